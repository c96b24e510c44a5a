CREATE TABLE acknowledgements (
    incarnation TEXT NOT NULL,
    by TEXT NOT NULL CHECK (by IN ('site', 'central')),
    sequence INTEGER NOT NULL,
    PRIMARY KEY (incarnation, by)
) STRICT, WITHOUT ROWID;

CREATE TABLE anchors (
    incarnation TEXT PRIMARY KEY CHECK (length(incarnation) = 16),
    sequence INTEGER NOT NULL CHECK (sequence >= 1),
    hash TEXT NOT NULL CHECK (length(hash) = 64)
) STRICT, WITHOUT ROWID;

CREATE TABLE catalogue_snapshot (
    kind TEXT PRIMARY KEY CHECK (kind IN ('catalogue', 'numbers', 'site')),
    raw BLOB NOT NULL,
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
    activated_at TEXT NOT NULL
) STRICT;

CREATE TABLE events (
    position INTEGER PRIMARY KEY,
    incarnation TEXT NOT NULL CHECK (length(incarnation) = 16),
    sequence INTEGER NOT NULL CHECK (sequence >= 1),
    hlc INTEGER NOT NULL,
    type TEXT NOT NULL,
    hash TEXT NOT NULL CHECK (length(hash) = 64),
    raw BLOB NOT NULL,
    UNIQUE (incarnation, sequence)
) STRICT;

CREATE TRIGGER events_are_kept BEFORE DELETE ON events
WHEN OLD.sequence > coalesce(
        (SELECT sequence FROM acknowledgements WHERE incarnation = OLD.incarnation AND by = 'central'), 0)
    OR (OLD.hlc >> 16) + 90 * 86400000 > (SELECT hlc >> 16 FROM events ORDER BY position DESC LIMIT 1)
BEGIN
    SELECT RAISE(ABORT, 'events are kept until central has held them for 90 days');
END;

CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
BEGIN
    SELECT RAISE(ABORT, 'history is never rewritten');
END;

CREATE TABLE node_state (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    origin TEXT NOT NULL,
    clock_floor_ms INTEGER NOT NULL
, generation_day TEXT, own_generation INTEGER NOT NULL DEFAULT 0 CHECK (own_generation >= 0), server_epoch INTEGER, boots INTEGER NOT NULL DEFAULT 0, incarnation TEXT, forgotten_generations INTEGER NOT NULL DEFAULT 0) STRICT;

CREATE TABLE papers (
    ticket_id TEXT PRIMARY KEY CHECK (length(ticket_id) = 16),
    is_shown INTEGER NOT NULL CHECK (is_shown IN (0, 1)),
    may_be_out INTEGER NOT NULL CHECK (may_be_out IN (0, 1)),
    is_abandoned INTEGER NOT NULL CHECK (is_abandoned IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE TABLE print_jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    ticket_id TEXT NOT NULL REFERENCES tickets (id),
    copy INTEGER NOT NULL CHECK (copy >= 0),
    state TEXT NOT NULL,
    detail TEXT NOT NULL,
    queued_at TEXT NOT NULL,
    queued_monotonic REAL NOT NULL, times_again INTEGER NOT NULL DEFAULT 0,
    UNIQUE (ticket_id, copy)
) STRICT;

CREATE INDEX print_jobs_in_flight ON print_jobs (id) WHERE state IN ('queued', 'sending');

CREATE TABLE service_days (
    position INTEGER PRIMARY KEY,
    site_id TEXT NOT NULL,
    service_day TEXT NOT NULL,
    clock_trusted INTEGER NOT NULL CHECK (clock_trusted IN (0, 1)),
    UNIQUE (site_id, service_day)
) STRICT;

CREATE TABLE snapshots (
    kind TEXT NOT NULL CHECK (kind IN ('catalogue', 'site', 'trust')),
    site_id TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1),
    received INTEGER NOT NULL,
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
    signer TEXT NOT NULL CHECK (length(signer) = 16),
    signature TEXT NOT NULL,
    raw BLOB NOT NULL,
    received_at TEXT NOT NULL,
    PRIMARY KEY (kind, site_id, version)
) STRICT;

CREATE TABLE stops (
    ticket_id TEXT NOT NULL REFERENCES tickets (id),
    position INTEGER NOT NULL CHECK (position >= 1),
    service_day TEXT NOT NULL,
    service_id TEXT NOT NULL,
    service_number INTEGER NOT NULL,
    queue_code TEXT NOT NULL,
    after TEXT NOT NULL CHECK (json_valid(after)),
    state TEXT NOT NULL,
    people_ahead INTEGER, state_before TEXT, promised_low_s INTEGER, promised_high_s INTEGER,
    PRIMARY KEY (ticket_id, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX stops_of_a_queue ON stops (service_day, queue_code, state, ticket_id);

CREATE TABLE "tickets" (
    id TEXT PRIMARY KEY CHECK (length(id) = 16),
    session_key TEXT UNIQUE,
    site_id TEXT NOT NULL,
    service_day TEXT NOT NULL,
    series INTEGER NOT NULL CHECK (series BETWEEN 0 AND 255),
    queue_code TEXT NOT NULL,
    number INTEGER NOT NULL CHECK (number BETWEEN 1 AND 65535),
    label TEXT NOT NULL,
    is_priority INTEGER NOT NULL CHECK (is_priority IN (0, 1)),
    language TEXT NOT NULL,
    issued_at TEXT NOT NULL,
    clock_trusted INTEGER NOT NULL CHECK (clock_trusted IN (0, 1)),
    token TEXT NOT NULL,
    UNIQUE (site_id, service_day, series, queue_code, number)
) STRICT, WITHOUT ROWID;
