"""How the kiosk's database came to its present shape, one function a change. `schema.sql` is what they produce."""

from collections.abc import Iterator
from contextlib import contextmanager
from inspect import cleandoc
from typing import Final

from sqlite_utils import Database, Migrations

from kiosk.errors import StoreTooNewError


def begin(db: Database) -> None:
    """Tables of the first release. STRICT, because a wrong type is a bug to see at once."""
    db.executescript(
        """
        CREATE TABLE node_state (
            only INTEGER PRIMARY KEY CHECK (only = 1),
            origin TEXT NOT NULL,
            clock_floor_ms INTEGER NOT NULL
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

        CREATE TABLE acknowledgements (
            incarnation TEXT NOT NULL,
            by TEXT NOT NULL CHECK (by IN ('site', 'central')),
            sequence INTEGER NOT NULL,
            PRIMARY KEY (incarnation, by)
        ) STRICT, WITHOUT ROWID;

        CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
        BEGIN
            SELECT RAISE(ABORT, 'history is never rewritten');
        END;

        -- Forgotten only when central holds the event and it is 90 days older than the newest one.
        CREATE TRIGGER events_are_kept BEFORE DELETE ON events
        WHEN OLD.sequence > coalesce(
                (SELECT sequence FROM acknowledgements WHERE incarnation = OLD.incarnation AND by = 'central'), 0)
            OR (OLD.hlc >> 16) + 90 * 86400000 > (SELECT hlc >> 16 FROM events ORDER BY position DESC LIMIT 1)
        BEGIN
            SELECT RAISE(ABORT, 'events are kept until central has held them for 90 days');
        END;

        CREATE TABLE service_days (
            position INTEGER PRIMARY KEY,
            site_id TEXT NOT NULL,
            service_day TEXT NOT NULL,
            clock_trusted INTEGER NOT NULL CHECK (clock_trusted IN (0, 1)),
            UNIQUE (site_id, service_day)
        ) STRICT;

        -- session_key is the visitor's sitting, not part of history: NULL where a ticket is rebuilt from the log.
        CREATE TABLE tickets (
            id TEXT PRIMARY KEY CHECK (length(id) = 16),
            session_key TEXT UNIQUE,
            site_id TEXT NOT NULL,
            service_day TEXT NOT NULL,
            series INTEGER NOT NULL CHECK (series BETWEEN 0 AND 26),
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

        CREATE TABLE stops (
            ticket_id TEXT NOT NULL REFERENCES tickets (id),
            position INTEGER NOT NULL CHECK (position >= 1),
            service_day TEXT NOT NULL,
            service_id TEXT NOT NULL,
            service_number INTEGER NOT NULL,
            queue_code TEXT NOT NULL,
            after TEXT NOT NULL CHECK (json_valid(after)),
            state TEXT NOT NULL,
            people_ahead INTEGER,
            PRIMARY KEY (ticket_id, position)
        ) STRICT, WITHOUT ROWID;

        CREATE INDEX stops_of_a_queue ON stops (service_day, queue_code, state, ticket_id);

        -- queued_monotonic is the age clock of this boot; jobs of an earlier start are settled before it is read.
        CREATE TABLE print_jobs (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            ticket_id TEXT NOT NULL REFERENCES tickets (id),
            copy INTEGER NOT NULL CHECK (copy >= 0),
            state TEXT NOT NULL,
            detail TEXT NOT NULL,
            queued_at TEXT NOT NULL,
            queued_monotonic REAL NOT NULL,
            UNIQUE (ticket_id, copy)
        ) STRICT;

        CREATE INDEX print_jobs_in_flight ON print_jobs (id) WHERE state IN ('queued', 'sending');

        -- The data files last accepted whole, byte for byte; replaced together: old or new, never mixed.
        CREATE TABLE catalogue_snapshot (
            kind TEXT PRIMARY KEY CHECK (kind IN ('catalogue', 'numbers', 'site')),
            raw BLOB NOT NULL,
            sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
            activated_at TEXT NOT NULL
        ) STRICT;
        """
    )


def count_anew_after_a_loss(db: Database) -> None:
    """A kiosk that may have forgotten its own numbers goes on in a further series of its letter: up to 255 of them.

    No constraint can be changed in place, so the table is made anew under the foreign keys that point to it.
    """
    db.conn.execute("ALTER TABLE node_state ADD COLUMN generation_day TEXT")
    db.conn.execute(
        "ALTER TABLE node_state ADD COLUMN own_generation INTEGER NOT NULL DEFAULT 0 CHECK (own_generation >= 0)"
    )
    db.conn.execute(
        """
        CREATE TABLE tickets_of_255_series (
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
        ) STRICT, WITHOUT ROWID
        """
    )
    columns = (
        "id, session_key, site_id, service_day, series, queue_code, number, label, is_priority, language, issued_at,"
        " clock_trusted, token"
    )
    db.conn.execute(f"INSERT INTO tickets_of_255_series ({columns}) SELECT {columns} FROM tickets")  # noqa: S608  # our own column names
    db.conn.execute("DROP TABLE tickets")
    db.conn.execute("ALTER TABLE tickets_of_255_series RENAME TO tickets")
    orphan = db.conn.execute("PRAGMA foreign_key_check").fetchone()
    if orphan is not None:
        raise RuntimeError(f"a row of {orphan[0]} lost its ticket while the table was made anew")


def remember_the_server_epoch(db: Database) -> None:
    """The highest one ever seen: an older server that comes back is not listened to."""
    db.conn.execute("ALTER TABLE node_state ADD COLUMN server_epoch INTEGER")


def keep_what_the_server_hands_down(db: Database) -> None:
    """Whole signed files, checked before they are kept; the newest two of each, in case one cannot be read later."""
    db.conn.execute(
        """
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
        ) STRICT
        """
    )


def know_a_restored_disk(db: Database) -> None:
    """How often the kiosk was started, and as which incarnation last: what a witness outside of the disk compares."""
    db.conn.execute("ALTER TABLE node_state ADD COLUMN boots INTEGER NOT NULL DEFAULT 0")
    db.conn.execute("ALTER TABLE node_state ADD COLUMN incarnation TEXT")
    db.conn.execute("ALTER TABLE node_state ADD COLUMN forgotten_generations INTEGER NOT NULL DEFAULT 0")


def remember_where_pruning_ended(db: Database) -> None:
    """The last event of each incarnation that was too old to be kept: what is left continues it."""
    db.conn.execute(
        """
        CREATE TABLE anchors (
            incarnation TEXT PRIMARY KEY CHECK (length(incarnation) = 16),
            sequence INTEGER NOT NULL CHECK (sequence >= 1),
            hash TEXT NOT NULL CHECK (length(hash) = 64)
        ) STRICT, WITHOUT ROWID
        """
    )


def know_who_holds_a_ticket(db: Database) -> None:
    """A ticket that nobody can hold keeps no place in a queue; a slip that certainly is not out may be printed again.

    What the log has told of slips so far is added up; none of it says that a ticket was abandoned. What the disk has
    damaged of it says nothing, and keeps no kiosk from starting: `giliran verify` finds it.
    """
    db.conn.execute(
        """
        CREATE TABLE papers (
            ticket_id TEXT PRIMARY KEY CHECK (length(ticket_id) = 16),
            is_shown INTEGER NOT NULL CHECK (is_shown IN (0, 1)),
            may_be_out INTEGER NOT NULL CHECK (may_be_out IN (0, 1)),
            is_abandoned INTEGER NOT NULL CHECK (is_abandoned IN (0, 1))
        ) STRICT, WITHOUT ROWID
        """
    )
    db.conn.execute("ALTER TABLE stops ADD COLUMN state_before TEXT")
    db.conn.execute("ALTER TABLE print_jobs ADD COLUMN times_again INTEGER NOT NULL DEFAULT 0")
    db.conn.execute(
        """
        INSERT INTO papers (ticket_id, is_shown, may_be_out, is_abandoned)
        SELECT ticket_id, max(type = 'ticket.shown'), max(type = 'print.finished'), 0 FROM (
            SELECT type, json_extract(said, '$.body.ticket_id') AS ticket_id,
                json_extract(said, '$.body.state') AS state
            FROM (
                SELECT type, CASE WHEN json_valid(CAST(raw AS TEXT)) THEN CAST(raw AS TEXT) END AS said
                FROM events WHERE type IN ('ticket.shown', 'print.finished')
            )
        )
        WHERE length(ticket_id) = 16
            AND (type = 'ticket.shown' OR state IN ('confirmed', 'unverified', 'unknown'))
        GROUP BY ticket_id
        """
    )


def keep_what_was_promised(db: Database) -> None:
    """Seconds of waiting, from and to; NULL for nothing promised."""
    db.conn.execute("ALTER TABLE stops ADD COLUMN promised_low_s INTEGER")
    db.conn.execute("ALTER TABLE stops ADD COLUMN promised_high_s INTEGER")


_CHANGES: Final = (
    begin,
    count_anew_after_a_loss,
    remember_the_server_epoch,
    keep_what_the_server_hands_down,
    know_a_restored_disk,
    remember_where_pruning_ended,
    know_who_holds_a_ticket,
    keep_what_was_promised,
)
_migrations: Final = Migrations("kiosk")
for _change in _CHANGES:
    _migrations()(_change)


def migrate(db: Database) -> None:
    """Bring the database up to this program; refuse one that a newer program has changed."""
    unknown = {applied.name for applied in _migrations.applied(db)} - {change.__name__ for change in _CHANGES}
    if unknown:
        raise StoreTooNewError(
            "The database was written by a newer Giliran: install that version again; this one will not touch it."
        )
    with _loose_foreign_keys(db):
        _migrations.apply(db)


@contextmanager
def _loose_foreign_keys(db: Database) -> Iterator[None]:
    """A table that others point to can only be made anew while nobody looks; inside a transaction it is too late."""
    (were_on,) = db.conn.execute("PRAGMA foreign_keys").fetchone()
    db.conn.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        db.conn.execute(f"PRAGMA foreign_keys = {were_on}")


def schema(db: Database) -> str:
    """What `schema.sql` holds: every statement that made the present tables, indexes and triggers, by name."""
    rows = db.conn.execute(
        "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT GLOB 'sqlite_*'"
        " AND tbl_name <> ? ORDER BY tbl_name, type <> 'table', name",
        (Migrations.migrations_table,),
    )
    return "\n\n".join(f"{cleandoc(sql)};" for (sql,) in rows) + "\n"
