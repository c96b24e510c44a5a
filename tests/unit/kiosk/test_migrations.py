from collections.abc import Iterator
from pathlib import Path

import pytest
from pysqlite3 import dbapi2
from sqlite_utils import Database

from kiosk.errors import StoreTooNewError
from kiosk.store.database import open_database
from kiosk.store.migrations import _migrations, migrate, schema

SCHEMA = Path(__file__).parents[3] / "kiosk" / "store" / "schema.sql"
DAY_MS = 86_400_000


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    db = open_database(tmp_path / "kiosk.db")
    migrate(db)
    yield db
    db.close()


def insert_event(db: Database, sequence: int, at_ms: int, incarnation: str = "a" * 16) -> None:
    db.conn.execute(
        "INSERT INTO events (incarnation, sequence, hlc, type, hash, raw) VALUES (?, ?, ?, 'x.y', ?, x'00')",
        (incarnation, sequence, at_ms << 16, "0" * 64),
    )


def test_the_committed_schema_is_what_the_migrations_make(db: Database) -> None:
    assert schema(db) == SCHEMA.read_text(encoding="utf-8")


def test_the_committed_schema_makes_a_database_by_itself(db: Database) -> None:
    fresh = Database(memory=True, execute_plugins=False)
    fresh.executescript(SCHEMA.read_text(encoding="utf-8"))
    assert schema(fresh) == schema(db)
    fresh.close()


def test_every_table_is_strict(db: Database) -> None:
    strict = dict(
        db.conn.execute("SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND name NOT GLOB 'sqlite_*'")
    )
    assert {name for name, is_strict in strict.items() if not is_strict} == {"_sqlite_migrations"}


def test_migrating_twice_changes_nothing(db: Database) -> None:
    before = schema(db)
    migrate(db)
    assert schema(db) == before


def test_a_database_of_a_newer_program_is_left_alone(db: Database) -> None:
    db.conn.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('kiosk', 'invent_something', '')"
    )
    with pytest.raises(StoreTooNewError, match="newer Giliran"):
        migrate(db)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET raw = x'01'",
        "UPDATE events SET sequence = 9",
        "DELETE FROM events",
        "INSERT OR REPLACE INTO events SELECT position, incarnation, sequence, hlc, type, hash, x'01' FROM events",
    ],
)
def test_history_is_never_rewritten(db: Database, statement: str) -> None:
    insert_event(db, 1, 0)
    with pytest.raises(dbapi2.IntegrityError, match=r"history is never rewritten|events are kept"):
        db.conn.execute(statement)


@pytest.mark.parametrize(
    ("by", "acknowledged", "age_days", "may_go"),
    [
        ("central", 1, 91, True),
        ("central", 1, 89, False),
        ("central", 0, 91, False),
        ("site", 1, 91, False),
        (None, 0, 91, False),
    ],
)
def test_an_event_goes_only_when_central_has_it_and_it_is_old(
    db: Database, by: str | None, acknowledged: int, age_days: int, *, may_go: bool
) -> None:
    insert_event(db, 1, DAY_MS)
    insert_event(db, 2, DAY_MS + age_days * DAY_MS)
    if by is not None:
        db.conn.execute("INSERT INTO acknowledgements VALUES (?, ?, ?)", ("a" * 16, by, acknowledged))
    delete = "DELETE FROM events WHERE sequence = 1"
    if may_go:
        assert db.conn.execute(delete).rowcount == 1
    else:
        with pytest.raises(dbapi2.IntegrityError, match="events are kept"):
            db.conn.execute(delete)


def test_tickets_of_the_first_release_are_kept_when_their_table_is_made_anew(tmp_path: Path) -> None:
    db = open_database(tmp_path / "kiosk.db")
    _migrations.apply(db, stop_before="count_anew_after_a_loss")
    db.conn.execute("INSERT INTO node_state (only, origin, clock_floor_ms) VALUES (1, 'o', 7)")
    ticket = (
        "a" * 16,
        "s",
        "hall",
        "2026-11-23",
        11,
        "D",
        45,
        "D-045K",
        0,
        "id",
        "2026-11-23T03:00:00+00:00",
        1,
        "K1.A",
    )
    db.conn.execute("INSERT INTO tickets VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", ticket)
    db.conn.execute("INSERT INTO stops VALUES (?, 1, '2026-11-23', 'x', 1, 'D', '[]', 'waiting', NULL)", ticket[:1])
    db.conn.execute("INSERT INTO print_jobs VALUES (1, ?, 0, 'queued', '', '', 0.0)", ticket[:1])
    migrate(db)
    assert db.conn.execute("SELECT * FROM tickets").fetchall() == [ticket]
    assert db.conn.execute("SELECT clock_floor_ms, own_generation, server_epoch FROM node_state").fetchall() == [
        (7, 0, None)
    ]
    with pytest.raises(dbapi2.IntegrityError, match="FOREIGN KEY"):
        db.conn.execute("DELETE FROM tickets")
    db.conn.execute("UPDATE tickets SET series = 255")
    with pytest.raises(dbapi2.IntegrityError, match="CHECK"):
        db.conn.execute("UPDATE tickets SET series = 256")
    db.close()
