"""The one way to open a SQLite file here, the one kind of transaction, and the one place that explains its errors."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from pysqlite3 import dbapi2
from sqlite_utils import Database

from kiosk.errors import (
    StoreCorruptError,
    StoreDiskError,
    StoreError,
    StoreFullError,
    StoreLockedError,
    StoreReadOnlyError,
)

MINIMUM_SQLITE: Final = (3, 51, 3)
"""Older ones may lose commits when two connections share a WAL (the WAL-reset bug; research/reliability.md, 0.1)."""

_PRAGMAS: Final = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # NORMAL forgets tickets that are on paper when the power fails
    "PRAGMA foreign_keys = ON",
    "PRAGMA busy_timeout = 5000",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cell_size_check = ON",
    "PRAGMA mmap_size = 0",
    "PRAGMA journal_size_limit = 16777216",
)

_EXPLANATIONS: Final[dict[int, tuple[type[StoreError], str]]] = {
    dbapi2.SQLITE_FULL: (StoreFullError, "The disk is full: free some space; nothing that was promised is lost."),
    dbapi2.SQLITE_BUSY: (StoreLockedError, "Another program holds the database: close it and try again."),
    dbapi2.SQLITE_LOCKED: (StoreLockedError, "Another program holds the database: close it and try again."),
    dbapi2.SQLITE_CORRUPT: (
        StoreCorruptError,
        (
            "The database is damaged. First save what it has not sent: giliran export --data FOLDER --all --out STICK."
            " Then set it aside with its -wal file and restart."
        ),
    ),
    dbapi2.SQLITE_NOTADB: (StoreCorruptError, "This file is not a database: set it aside and restart."),
    dbapi2.SQLITE_READONLY: (StoreReadOnlyError, "The database cannot be written: check the folder's permissions."),
    dbapi2.SQLITE_PERM: (StoreReadOnlyError, "The database cannot be written: check the folder's permissions."),
    dbapi2.SQLITE_CANTOPEN: (StoreReadOnlyError, "The database cannot be opened: check folder and permissions."),
    dbapi2.SQLITE_IOERR: (StoreDiskError, "The disk failed: restart, and replace the disk if it happens again."),
}
"""By primary result code (https://sqlite.org/rescode.html). Anything else is a bug of ours and passes unchanged."""


def open_database(path: Path) -> Database:
    """Open or create a file for writing, and check its pages.

    Belongs to the thread that opens it. Raises a StoreError in the words of `_EXPLANATIONS`.
    """
    assert_sqlite_version()
    if not path.exists():
        with suppress(OSError):  # SQLite says better what stands in the way
            path.touch(mode=0o600)  # whoever reads a token holds its ticket; the WAL beside it takes this mode too
    with explained(path):
        connection = dbapi2.connect(str(path), isolation_level=None)
        try:
            for pragma in _PRAGMAS:
                connection.execute(pragma)
            _check_pages(connection, path)
        except BaseException:
            connection.close()
            raise
        return Database(connection, execute_plugins=False)


def open_read_only(path: Path) -> Database:
    """Beside whoever writes there, or where nobody does. Raises a StoreError in the words of `_EXPLANATIONS`."""
    with explained(path):
        connection = dbapi2.connect(read_only_uri(path), uri=True, isolation_level=None)
    return Database(connection, execute_plugins=False)


def read_only_uri(path: Path) -> str:
    # To read a WAL database SQLite makes two files beside it, and leaves them. Without a -wal nobody has it open.
    promise = "" if path.with_name(f"{path.name}-wal").exists() else "&immutable=1"
    return f"{path.resolve().as_uri()}?mode=ro{promise}"


@contextmanager
def transaction(db: Database) -> Iterator[None]:
    """Everything inside, or nothing. Takes the write lock at once: a read that later writes would fail "locked"."""
    connection = db.conn
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # SQLite rolls back by itself on some errors, such as a full disk.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what the environment did to SQLite into a StoreError. Our own mistakes (SQL, constraints) pass."""
    try:
        yield
    except dbapi2.Error as error:
        code = getattr(error, "sqlite_errorcode", None)
        kind = None if code is None else _EXPLANATIONS.get(code & 0xFF)
        if kind is None:
            raise
        raise kind[0](_sentence(path, kind[1], str(error))) from error


def assert_sqlite_version(found: str = dbapi2.sqlite_version) -> None:
    if tuple(int(part) for part in found.split(".")) < MINIMUM_SQLITE:
        wanted = ".".join(str(part) for part in MINIMUM_SQLITE)
        raise StoreError(
            f"SQLite {found} may lose committed tickets; install the locked pysqlite3 ({wanted} or newer)."
        )


def _check_pages(connection: dbapi2.Connection, path: Path) -> None:
    (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise StoreCorruptError(_sentence(path, _EXPLANATIONS[dbapi2.SQLITE_CORRUPT][1], verdict))


def _sentence(path: Path, advice: str, detail: str) -> str:
    return f"{advice} ({path}: {detail})"
