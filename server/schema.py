"""The server's tables. Every key leads with the site, so that the same schema can be spread over many machines.

Times are whole milliseconds since 1970, UTC: the one form that every database keeps alike. The truth lies in
`events`; `tickets` and `stops` are what they add up to and can be built again.
"""

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, LargeBinary, MetaData, Table, Text
from sqlalchemy import PrimaryKeyConstraint as PrimaryKey
from sqlalchemy import UniqueConstraint as Unique

BIG = BigInteger().with_variant(Integer(), "sqlite")
"""64 bits everywhere: STRICT tables of SQLite know INTEGER only, and it has 64."""

metadata = MetaData()

server_epoch = Table(
    "server_epoch",
    metadata,
    Column("epoch", Integer, primary_key=True, autoincrement=False),
    Column("opened_at_ms", BIG, nullable=False),
    sqlite_strict=True,
)
"""One row per life of this database; a restore adds one. The highest counts."""

devices = Table(
    "devices",
    metadata,
    Column("site_id", Text, nullable=False),
    Column("device_id", Text, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("kiosk_number", Integer, nullable=False),
    Column("letter", Text),
    Column("name", Text, nullable=False),
    Column("enrolled_at_ms", BIG, nullable=False),
    Column("revoked_at_ms", BIG),
    PrimaryKey("site_id", "device_id"),
    CheckConstraint("kiosk_number BETWEEN 1 AND 255", name="kiosk_number_fits_the_token"),
    sqlite_strict=True,
)

incarnations = Table(
    "incarnations",
    metadata,
    Column("site_id", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("incarnation", Text, nullable=False),
    Column("sequence", BIG, nullable=False),
    Column("hash", Text, nullable=False),
    Column("parent_hash", Text, nullable=False),
    PrimaryKey("site_id", "origin", "incarnation"),
    Index("incarnations_by_parent", "site_id", "origin", "parent_hash"),
    sqlite_strict=True,
)
"""The head of each chain. `parent_hash` is what its first event continues: two with one parent are a fork."""

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
    PrimaryKey("site_id", "origin", "incarnation", "sequence"),
    sqlite_strict=True,
)

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
    Column("parked_at_ms", BIG, nullable=False),
    PrimaryKey("site_id", "origin", "incarnation", "sequence"),
    sqlite_strict=True,
)
"""Events that are kept, acknowledged and relayed, but that this version could not project."""

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
    Column("copies", Integer, nullable=False),
    Column("print_verdict", Text),
    Column("shown_on_screen", Integer, nullable=False),
    PrimaryKey("site_id", "ticket_id"),
    Unique("site_id", "service_day", "series", "queue_code", "number", name="no_label_twice"),
    Index("tickets_by_arrival", "site_id", "received_at_ms"),
    sqlite_strict=True,
)

stops = Table(
    "stops",
    metadata,
    Column("site_id", Text, nullable=False),
    Column("ticket_id", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("service_id", Text, nullable=False),
    Column("queue_code", Text, nullable=False),
    Column("state", Text, nullable=False),
    PrimaryKey("site_id", "ticket_id", "position"),
    sqlite_strict=True,
)
