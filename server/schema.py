"""The server's tables. Every key leads with the site, so that the same schema can be spread over many machines.

Times are whole milliseconds since 1970, UTC: the one form that every database keeps alike. The truth lies in
`events`; `tickets` and `stops` are what they add up to and can be built again.
"""

from typing import Any, Final

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, LargeBinary, MetaData, Table, Text, text
from sqlalchemy import PrimaryKeyConstraint as PrimaryKey
from sqlalchemy import UniqueConstraint as Unique

BIG = BigInteger().with_variant(Integer(), "sqlite")
"""64 bits everywhere: STRICT tables of SQLite know INTEGER only, and it has 64."""

metadata = MetaData()


def _where(condition: str) -> dict[str, Any]:
    """Of an index over some of the rows only."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


_IS_ACTIVE: Final = "revoked_at_ms IS NULL"
_AT_A_COUNTER: Final = "active_counter IS NOT NULL"
IS_CALLED_OR_SERVED: Final = "state IN ('called', 'serving')"
"""Of a stop: its visitor is at a counter."""
_IS_ALONE: Final = "revoked_at_ms IS NULL AND kiosk_number IS NOT NULL AND letter IS NULL"

server_epoch = Table(
    "server_epoch",
    metadata,
    Column("epoch", Integer, primary_key=True, autoincrement=False),
    Column("opened_at_ms", BIG, nullable=False),
    sqlite_strict=True,
)
"""One row per life of this database; a restore adds one. The highest counts."""

owners = Table(
    "owners",
    metadata,
    Column("slot", Integer, primary_key=True, autoincrement=False),
    Column("device_id", Text, nullable=False),
    Column("since_ms", BIG, nullable=False),
    CheckConstraint("slot = 1", name="a_database_has_one_owner"),
    sqlite_strict=True,
)
"""Which server this database is of: one row, once it was started on it."""

devices = Table(
    "devices",
    metadata,
    Column("site_id", Text, nullable=False),
    Column("device_id", Text, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("kind", Text, nullable=False, server_default="kiosk"),
    Column("kiosk_number", Integer),
    Column("letter", Text),
    Column("name", Text, nullable=False),
    Column("enrolled_at_ms", BIG, nullable=False),
    Column("revoked_at_ms", BIG),
    PrimaryKey("site_id", "device_id"),
    CheckConstraint("kiosk_number BETWEEN 1 AND 255", name="kiosk_number_fits_the_token"),
    Index("one_kiosk_a_number", "site_id", "kiosk_number", unique=True, **_where(_IS_ACTIVE)),
    Index("one_kiosk_a_letter", "site_id", "letter", unique=True, **_where(_IS_ACTIVE)),
    Index("one_kiosk_without_a_letter", "site_id", unique=True, **_where(_IS_ALONE)),
    sqlite_strict=True,
)
"""Who may write here. `kind`: kiosk.sync.wire.DeviceKind; only kiosks have a number and a letter. Two that are not
revoked never share either: they would give out one label twice.
"""

sites = Table(
    "sites",
    metadata,
    Column("site_id", Text, nullable=False),
    Column("timezone", Text, nullable=False),
    PrimaryKey("site_id"),
    sqlite_strict=True,
)
"""The sites whose days are opened here; `timezone` is an IANA name."""

incarnations = Table(
    "incarnations",
    metadata,
    Column("site_id", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("incarnation", Text, nullable=False),
    Column("sequence", BIG, nullable=False),
    Column("hash", Text, nullable=False),
    Column("parent_hash", Text, nullable=False),
    Column("central_sequence", BIG, nullable=False, server_default="0"),
    Column("pruned_sequence", BIG, nullable=False, server_default="0"),
    Column("pruned_hash", Text),
    Column("begun_at_ms", BIG, nullable=False, server_default="0"),
    PrimaryKey("site_id", "origin", "incarnation"),
    Index("incarnations_by_parent", "site_id", "origin", "parent_hash"),
    sqlite_strict=True,
)
"""The head of each chain. `parent_hash` is what its first event continues: two with one parent are a fork.
`central_sequence`: the last event that central has acknowledged, 0 for none. `begun_at_ms`: when its first event came.
`pruned_sequence`, `pruned_hash`: the last event that was too old to be kept, 0 for none; what is left continues it.
"""

events = Table(
    "events",
    metadata,
    Column("site_id", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("incarnation", Text, nullable=False),
    Column("sequence", BIG, nullable=False),
    Column("hash", Text, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("received_at_ms", BIG, nullable=False),
    Column("not_before_ms", BIG),
    Column("not_after_ms", BIG),
    PrimaryKey("site_id", "origin", "incarnation", "sequence"),
    sqlite_strict=True,
)
"""`not_before_ms`: this server's clock when the origin last said that the event did not exist yet; `not_after_ms`: when
it first was known to exist. Whatever the origin's clock says, the event happened between them.
"""

contacts = Table(
    "contacts",
    metadata,
    Column("site_id", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("incarnation", Text, nullable=False),
    Column("sequence", BIG, nullable=False),
    Column("first_at_ms", BIG, nullable=False),
    Column("last_at_ms", BIG, nullable=False),
    PrimaryKey("site_id", "origin", "incarnation", "sequence"),
    sqlite_strict=True,
)
"""When an origin said that `sequence` was its last event, for the first and for the last time. Only what is still on
its way is kept: server/effective_time.py.
"""

timelines = Table(
    "timelines",
    metadata,
    Column("site_id", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("stated_at_ms", BIG),
    Column("effective_at_ms", BIG, nullable=False, server_default="0"),
    Column("hlc", BIG, nullable=False, server_default="0"),
    Column("incarnation", Text),
    PrimaryKey("site_id", "origin"),
    sqlite_strict=True,
)
"""`stated_at_ms`: when each origin last said how far its log reaches. `effective_at_ms`, `hlc`, `incarnation`: of its
newest ticket that was placed in the order of calls, so that the next one comes after it.
"""

forks = Table(
    "forks",
    metadata,
    Column("site_id", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("incarnation", Text, nullable=False),
    Column("sequence", BIG, nullable=False),
    Column("offered_hash", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("offered", LargeBinary),
    Column("seen_at_ms", BIG, nullable=False),
    PrimaryKey("site_id", "origin", "incarnation", "sequence", "offered_hash"),
    sqlite_strict=True,
)
"""Two histories of one origin, for a person to judge. `same_key`: another event under a key that is held here; it
is no part of the truth (`offered` is None where only its hash was told). `same_parent`: a second incarnation that
continues the same event, as a cloned or restored disk writes it; both go on.
"""

poison = Table(
    "poison",
    metadata,
    Column("site_id", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("incarnation", Text, nullable=False),
    Column("sequence", BIG, nullable=False),
    Column("reason", Text, nullable=False),
    Column("awaits", Text),
    Column("parked_at_ms", BIG, nullable=False),
    PrimaryKey("site_id", "origin", "incarnation", "sequence"),
    Index("poison_by_ticket", "site_id", "awaits"),
    sqlite_strict=True,
)
"""Events that are kept, acknowledged and relayed, but that this version could not project. `awaits`: the ticket that
was not known yet, where that is the reason.
"""

tickets = Table(
    "tickets",
    metadata,
    Column("site_id", Text, nullable=False),
    Column("ticket_id", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("service_day", Text, nullable=False),
    Column("series", Integer, nullable=False),
    Column("queue_code", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("label", Text, nullable=False),
    Column("is_priority", Integer, nullable=False),
    Column("language", Text, nullable=False),
    Column("issued_at_ms", BIG, nullable=False),
    Column("received_at_ms", BIG, nullable=False),
    Column("effective_at_ms", BIG, nullable=False, server_default="0"),
    Column("sequence", BIG, nullable=False, server_default="0"),
    Column("copies", Integer, nullable=False),
    Column("print_verdict", Text),
    Column("print_copy", Integer),
    Column("shown_on_screen", Integer, nullable=False),
    Column("may_be_out", Integer, nullable=False, server_default="0"),
    Column("is_abandoned", Integer, nullable=False, server_default="0"),
    Column("has_priority", Integer, nullable=False, server_default="0"),
    Column("conflicts", Integer, nullable=False, server_default="0"),
    PrimaryKey("site_id", "ticket_id"),
    Unique("site_id", "service_day", "series", "queue_code", "number", name="no_label_twice"),
    Index("tickets_by_arrival", "site_id", "received_at_ms"),
    Index("tickets_by_label", "site_id", "service_day", "label"),
    sqlite_strict=True,
)
"""`is_priority`: as issued; `has_priority`: as an officer left it. `conflicts`: so often two counters had it at once.

`may_be_out`: of some slip it is not certain that it did not come out. `is_abandoned`: the visitor went without
paper; where nothing else says that somebody may hold the number, its stops are `expired`.
"""

stops = Table(
    "stops",
    metadata,
    Column("site_id", Text, nullable=False),
    Column("ticket_id", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("service_id", Text, nullable=False),
    Column("queue_code", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("issued_state", Text),
    Column("service_day", Text, nullable=False, server_default=""),
    Column("after", Text, nullable=False, server_default="[]"),
    Column("counter", Integer),
    Column("active_counter", Integer),
    Column("officer", Text),
    Column("bound_to", Integer),
    Column("place_ms", BIG),
    Column("calls", Integer, nullable=False, server_default="0"),
    Column("called_at_ms", BIG),
    Column("started_at_ms", BIG),
    Column("ended_at_ms", BIG),
    Column("promised_low_s", Integer),
    Column("promised_high_s", Integer),
    PrimaryKey("site_id", "ticket_id", "position"),
    Index("one_active_stop_a_ticket", "site_id", "ticket_id", unique=True, **_where(_AT_A_COUNTER)),
    Index("one_active_stop_a_counter", "site_id", "active_counter", unique=True, **_where(_AT_A_COUNTER)),
    Index("stops_in_line", "site_id", "service_day", "queue_code", "state"),
    Index("stops_by_end", "site_id", "service_id", "ended_at_ms", **_where("ended_at_ms IS NOT NULL")),
    Index("stops_at_counters", "site_id", "counter", **_where(IS_CALLED_OR_SERVED)),
    sqlite_strict=True,
)
"""As all that was done to them leaves them (kiosk/domain/course.py). `issued_state`: as the ticket was issued with,
None of a stop that was added later. `after`: positions, as JSON.

`active_counter`: where the visitor is, or is called to; the indexes let nobody be called twice, and no counter call
two. Where desks that were cut off did it all the same, the latest one has it here. `bound_to`, `place_ms`, `calls`: see
CourseStop. `promised_low_s`, `promised_high_s`: seconds of waiting that the ticket promised, None for nothing promised.
"""

actions = Table(
    "actions",
    metadata,
    Column("site_id", Text, nullable=False),
    Column("ticket_id", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("incarnation", Text, nullable=False),
    Column("sequence", BIG, nullable=False),
    Column("hlc", BIG, nullable=False),
    Column("rank", BIG, nullable=False),
    Column("done_at_ms", BIG, nullable=False),
    Column("verb", Text, nullable=False),
    Column("counter", Integer),
    Column("body", Text, nullable=False),
    Column("is_undone", Integer, nullable=False, server_default="0"),
    Column("is_refused", Integer, nullable=False, server_default="0"),
    PrimaryKey("site_id", "ticket_id", "origin", "incarnation", "sequence"),
    Index("actions_by_counter", "site_id", "counter", "done_at_ms"),
    Index("actions_by_name", "site_id", "action"),
    Index("actions_by_verb", "site_id", "verb", "hlc"),
    sqlite_strict=True,
)
"""What was done to the tickets (Action), one row an event; their course is built from it. `hlc`: the event's own stamp;
`rank`: that of the action's key, which sorts. `done_at_ms`: when it was done, by this server's clock, whatever its
origin's says (server/effective_time.py). `body`: the event's, as JSON. `is_undone`,
`is_refused`: what the course made of it.
"""

counters = Table(
    "counters",
    metadata,
    Column("site_id", Text, nullable=False),
    Column("counter", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("queues", Text, nullable=False),
    Column("officer", Text),
    Column("device_id", Text),
    Column("since_ms", BIG, nullable=False),
    Column("alarm_at_ms", BIG),
    Column("hlc", BIG, nullable=False),
    Column("incarnation", Text, nullable=False),
    Column("opened_hlc", BIG, nullable=False, server_default="0"),
    PrimaryKey("site_id", "counter"),
    sqlite_strict=True,
)
"""Each counter (loket) as its newest event says: `open`, `paused` or `closed`; `queues`: codes it serves, as JSON.
`alarm_at_ms`: its officer has called for help, and nobody has answered. `opened_hlc`: of the event that told of its
queues.
"""

queue_closures = Table(
    "queue_closures",
    metadata,
    Column("site_id", Text, nullable=False),
    Column("service_day", Text, nullable=False),
    Column("queue_code", Text, nullable=False),
    Column("is_closed", Integer, nullable=False),
    Column("hlc", BIG, nullable=False),
    Column("incarnation", Text, nullable=False),
    PrimaryKey("site_id", "service_day", "queue_code"),
    sqlite_strict=True,
)
"""Queues that give no more numbers on a day, by the newest word about each."""

closed_days = Table(
    "closed_days",
    metadata,
    Column("site_id", Text, nullable=False),
    Column("service_day", Text, nullable=False),
    PrimaryKey("site_id", "service_day"),
    sqlite_strict=True,
)
"""Days that are over: what is still open on them has expired."""

paper_visits = Table(
    "paper_visits",
    metadata,
    Column("site_id", Text, nullable=False),
    Column("counter", Integer, nullable=False),
    Column("service_day", Text, nullable=False),
    Column("ticket_id", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("stops", Text, nullable=False),
    Column("issued_at_ms", BIG),
    Column("position", Integer, nullable=False),
    Column("started_at_ms", BIG, nullable=False),
    PrimaryKey("site_id", "counter"),
    sqlite_strict=True,
)
"""Who is being served from a genuine ticket that has not arrived here yet (server/desk_paper.py). `stops`: what the
token says of them, as JSON; `position`: the one that is being served.
"""

staff = Table(
    "staff",
    metadata,
    Column("site_id", Text, nullable=False),
    Column("staff_id", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("pin_hash", Text, nullable=False),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("wait_until_ms", BIG),
    Column("is_locked", Integer, nullable=False, server_default="0"),
    Column("must_change", Integer, nullable=False, server_default="0"),
    Column("added_at_ms", BIG, nullable=False),
    PrimaryKey("site_id", "staff_id"),
    sqlite_strict=True,
)
"""Who works here, by an id that says no name. Here alone, in no log and nowhere upstream. `pin_hash`: Argon2id."""

terminal_failures = Table(
    "terminal_failures",
    metadata,
    Column("site_id", Text, nullable=False),
    Column("device_id", Text, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("wait_until_ms", BIG),
    PrimaryKey("site_id", "device_id"),
    sqlite_strict=True,
)
"""Wrong PINs at one desk, whoever's they were meant to be."""

staff_sessions = Table(
    "staff_sessions",
    metadata,
    Column("site_id", Text, nullable=False),
    Column("session_hash", Text, nullable=False),
    Column("staff_id", Text, nullable=False),
    Column("device_id", Text, nullable=False),
    Column("counter", Integer),
    Column("begun_at_ms", BIG, nullable=False),
    PrimaryKey("site_id", "session_hash"),
    sqlite_strict=True,
)
"""Who is signed in at which desk. `session_hash`: hex SHA-256 of what the desk shows with every request."""

notes = Table(
    "notes",
    metadata,
    Column("site_id", Text, nullable=False),
    Column("ticket_id", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("officer", Text, nullable=False),
    Column("written_at_ms", BIG, nullable=False),
    PrimaryKey("site_id", "ticket_id"),
    sqlite_strict=True,
)
"""What one officer wants the next to know. In no event: somebody may write a name after all, and it is gone with the
day.
"""

queues = Table(
    "queues",
    metadata,
    Column("site_id", Text, nullable=False),
    Column("service_day", Text, nullable=False),
    Column("queue_code", Text, nullable=False),
    Column("issued", Integer, nullable=False),
    Column("waiting", Integer, nullable=False),
    PrimaryKey("site_id", "service_day", "queue_code"),
    sqlite_strict=True,
)
"""What the stops of a day add up to: so many visitors took a number for this queue, so many of them still wait."""

service_days = Table(
    "service_days",
    metadata,
    Column("site_id", Text, nullable=False),
    Column("service_day", Text, nullable=False),
    Column("origin", Text, nullable=False),
    PrimaryKey("site_id", "service_day"),
    sqlite_strict=True,
)
"""The days that were opened, by whichever origin first. The newest is in force."""

number_series = Table(
    "number_series",
    metadata,
    Column("site_id", Text, nullable=False),
    Column("service_day", Text, nullable=False),
    Column("queue_code", Text, nullable=False),
    Column("highest", Integer, nullable=False),
    PrimaryKey("site_id", "service_day", "queue_code"),
    sqlite_strict=True,
)
"""The highest number of the shared series that was reserved, or heard of, in one queue on one day."""

reservations = Table(
    "reservations",
    metadata,
    Column("site_id", Text, nullable=False),
    Column("ticket_id", Text, nullable=False),
    Column("service_day", Text, nullable=False),
    Column("queue_code", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("device_id", Text, nullable=False),
    Column("reserved_at_ms", BIG, nullable=False),
    PrimaryKey("site_id", "ticket_id"),
    Unique("site_id", "service_day", "queue_code", "number", name="no_number_twice"),
    sqlite_strict=True,
)
"""Who was promised which number. A promise that no ticket redeems is a gap, and gaps are legal."""

recoveries = Table(
    "recoveries",
    metadata,
    Column("site_id", Text, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("began_at_ms", BIG, nullable=False),
    Column("ended_at_ms", BIG),
    PrimaryKey("site_id", "epoch"),
    sqlite_strict=True,
)
"""A site whose server was restored from an older copy: no number is given until this has ended."""

fences = Table(
    "fences",
    metadata,
    Column("site_id", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("told_by", Text, nullable=False),
    Column("seen_at_ms", BIG, nullable=False),
    PrimaryKey("site_id", "role"),
    sqlite_strict=True,
)
"""The highest epoch that was heard of: of the server of this site, of the central one (`role`). Where it is higher than
the epoch of who speaks, that one has been replaced.
"""

device_health = Table(
    "device_health",
    metadata,
    Column("site_id", Text, nullable=False),
    Column("device_id", Text, nullable=False),
    Column("last_contact_ms", BIG, nullable=False),
    Column("health", Text),
    PrimaryKey("site_id", "device_id"),
    sqlite_strict=True,
)
"""How each device said it fares (kiosk.sync.wire.Health, as JSON), and when it was last heard of."""

printers = Table(
    "printers",
    metadata,
    Column("site_id", Text, nullable=False),
    Column("device_id", Text, nullable=False),
    Column("hlc", BIG, nullable=False),
    Column("incarnation", Text, nullable=False),
    Column("printer", Text, nullable=False),
    Column("fallback", Text),
    Column("in_use", Text, nullable=False),
    Column("confirmation", Text, nullable=False),
    Column("slips_left", Integer),
    Column("paper_low", Integer, nullable=False),
    PrimaryKey("site_id", "device_id"),
    sqlite_strict=True,
)
"""The newest word of each kiosk about its printers (`kiosk.status`). `hlc`, `incarnation`: of that event."""

invitations = Table(
    "invitations",
    metadata,
    Column("site_id", Text, nullable=False),
    Column("invitation", Text, nullable=False),
    Column("derived_key", LargeBinary, nullable=False),
    Column("kind", Text, nullable=False),
    Column("kiosk_number", Integer),
    Column("letter", Text),
    Column("name", Text),
    Column("made_at_ms", BIG, nullable=False),
    Column("expires_at_ms", BIG, nullable=False),
    Column("tries_left", Integer, nullable=False),
    Column("device_id", Text),
    PrimaryKey("site_id", "invitation"),
    Index("invitations_by_code", "invitation", unique=True),
    sqlite_strict=True,
)
"""Pairing codes that were made. `device_id`: who used it; a used one opens nothing."""

snapshots = Table(
    "snapshots",
    metadata,
    Column("site_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("version", BIG, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("signer", Text, nullable=False),
    Column("signature", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("activated_at_ms", BIG, nullable=False),
    PrimaryKey("site_id", "kind", "version"),
    sqlite_strict=True,
)
"""Whole files to hand down, gzip over their exact bytes; the newest two of a kind are kept. `site_id` is `*` for what
holds everywhere: on a distributed database this is a reference table.
"""

daily_totals = Table(
    "daily_totals",
    metadata,
    Column("site_id", Text, nullable=False),
    Column("service_day", Text, nullable=False),
    Column("queue_code", Text, nullable=False),
    Column("issued", Integer, nullable=False),
    Column("printed", Integer, nullable=False),
    Column("priority", Integer, nullable=False),
    PrimaryKey("site_id", "service_day", "queue_code"),
    sqlite_strict=True,
)
"""What is left of a day when its tickets are too old to be kept."""

tallies = Table(
    "tallies",
    metadata,
    Column("site_id", Text, nullable=False),
    Column("tally", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("total", BIG, nullable=False),
    PrimaryKey("site_id", "tally", "kind"),
    sqlite_strict=True,
)
"""What was counted as it came (server/tallies.py); it only rises."""
