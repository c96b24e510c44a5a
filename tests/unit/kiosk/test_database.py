import stat
from pathlib import Path
from threading import Thread

import pytest
from pysqlite3 import dbapi2

from kiosk.errors import (
    StoreCorruptError,
    StoreError,
    StoreFullError,
    StoreLockedError,
    StoreReadOnlyError,
)
from kiosk.store.database import assert_sqlite_version, explained, open_database, transaction


def test_the_connection_is_set_for_tickets_that_must_survive_a_power_cut(tmp_path: Path) -> None:
    db = open_database(tmp_path / "a.db")
    values = {
        name: db.conn.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "trusted_schema", "cell_size_check")
    }
    db.close()
    assert values == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 5000,
        "trusted_schema": 0,
        "cell_size_check": 1,
    }


def test_the_files_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    db = open_database(tmp_path / "a.db")
    db.conn.execute("CREATE TABLE t (x INTEGER) STRICT")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    db.close()
    assert modes == dict.fromkeys(("a.db", "a.db-wal", "a.db-shm"), 0o600)


@pytest.mark.parametrize("version", ["3.40.1", "3.51.2"])
def test_a_sqlite_that_may_lose_commits_is_refused(version: str) -> None:
    with pytest.raises(StoreError, match=f"SQLite {version} may lose committed tickets"):
        assert_sqlite_version(version)


@pytest.mark.parametrize("version", ["3.51.3", "3.53.4", "4.0.0"])
def test_newer_ones_are_taken(version: str) -> None:
    assert_sqlite_version(version)


def test_a_transaction_is_all_or_nothing(tmp_path: Path) -> None:
    db = open_database(tmp_path / "a.db")
    db.conn.execute("CREATE TABLE t (x INTEGER) STRICT")
    with pytest.raises(dbapi2.IntegrityError), transaction(db):
        db.conn.executemany("INSERT INTO t VALUES (?)", [(1,), ("text",)])
    with transaction(db):
        db.conn.execute("INSERT INTO t VALUES (2)")
    assert db.conn.execute("SELECT x FROM t").fetchall() == [(2,)]
    db.close()


def test_a_transaction_holds_the_write_lock_from_its_first_word(tmp_path: Path) -> None:
    first, second = open_database(tmp_path / "a.db"), open_database(tmp_path / "a.db")
    second.conn.execute("PRAGMA busy_timeout = 0")
    with transaction(first), pytest.raises(StoreLockedError), explained(tmp_path), transaction(second):
        pass
    first.close()
    second.close()


def test_a_connection_belongs_to_its_thread(tmp_path: Path) -> None:
    db = open_database(tmp_path / "a.db")
    seen: list[BaseException] = []

    def use() -> None:
        try:
            db.conn.execute("SELECT 1")
        except dbapi2.ProgrammingError as error:
            seen.append(error)

    thread = Thread(target=use)
    thread.start()
    thread.join()
    db.close()
    assert len(seen) == 1


@pytest.mark.parametrize(
    ("content", "error"),
    [(b"not a database at all, just text" * 40, StoreCorruptError)],
)
def test_a_file_that_is_no_database_is_refused(tmp_path: Path, content: bytes, error: type[StoreError]) -> None:
    path = tmp_path / "a.db"
    path.write_bytes(content)
    with pytest.raises(error, match="set it aside"):
        open_database(path)


def test_a_damaged_page_is_found_at_open(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    db = open_database(path)
    db.conn.execute("CREATE TABLE t (x TEXT) STRICT")
    with transaction(db):
        db.conn.executemany("INSERT INTO t VALUES (?)", [("x" * 500,)] * 200)
    db.close()
    damaged = bytearray(path.read_bytes())
    damaged[3 * 4096 : 3 * 4096 + 200] = b"\xff" * 200
    path.write_bytes(damaged)
    with pytest.raises(StoreCorruptError):
        open_database(path)


def test_a_folder_that_is_missing_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(StoreReadOnlyError, match="check folder and permissions"):
        open_database(tmp_path / "nowhere" / "a.db")


def test_a_full_disk_is_said_so_and_what_was_there_stays(tmp_path: Path) -> None:
    db = open_database(tmp_path / "a.db")
    db.conn.execute("CREATE TABLE t (x BLOB) STRICT")
    db.conn.execute("PRAGMA max_page_count = 20")
    with pytest.raises(StoreFullError, match="free some space"), explained(tmp_path), transaction(db):
        db.conn.execute("INSERT INTO t VALUES (zeroblob(1000000))")
    with transaction(db):
        db.conn.execute("INSERT INTO t VALUES (zeroblob(1))")
    db.close()


def test_our_own_mistakes_are_not_dressed_up(tmp_path: Path) -> None:
    db = open_database(tmp_path / "a.db")
    with pytest.raises(dbapi2.OperationalError, match="no such table"), explained(tmp_path):
        db.conn.execute("SELECT * FROM nowhere")
    with pytest.raises(dbapi2.ProgrammingError), explained(tmp_path):
        db.conn.execute("SELECT ?", ())
    db.close()
