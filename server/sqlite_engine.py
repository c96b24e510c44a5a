"""SQLite as a server's database: a file in its folder, through pysqlite3, with one writer at a time."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from pysqlite3 import dbapi2
from sqlalchemy import Connection, Engine, Table, create_engine, event

from kiosk.errors import StoreCorruptError, StoreError, StoreFullError, StoreLockedError, StoreReadOnlyError
from kiosk.paths import make_folder

FILE_NAME: Final = "server.db"
READ_ONLY: Final = "giliran_read_only"
"""Execution option: this transaction asks for no lock that a writer would wait for."""

_SAFE_SQLITE: Final = (3, 51, 3)
"""Older ones can lose commits when two connections reset the WAL at once."""

_PRAGMAS: Final = (
    "PRAGMA busy_timeout=5000",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",  # an acknowledgement is a promise that survives a power cut
    "PRAGMA foreign_keys=ON",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA cell_size_check=ON",
    "PRAGMA journal_size_limit=16777216",
)

_KINDS: Final[dict[int, type[StoreError]]] = {
    dbapi2.SQLITE_FULL: StoreFullError,
    dbapi2.SQLITE_BUSY: StoreLockedError,
    dbapi2.SQLITE_CORRUPT: StoreCorruptError,
    dbapi2.SQLITE_NOTADB: StoreCorruptError,
    dbapi2.SQLITE_READONLY: StoreReadOnlyError,
    dbapi2.SQLITE_CANTOPEN: StoreReadOnlyError,
}


def sqlite_engine(data_dir: Path, url: str | None, connections: int) -> Engine:
    """`url` None: the file in `data_dir`, which is made. Raises StoreError where SQLite is too old."""
    if dbapi2.sqlite_version_info < _SAFE_SQLITE:
        raise StoreError(f"SQLite {dbapi2.sqlite_version} is too old: install pysqlite3 0.6.1 or newer.")
    make_folder(data_dir)
    file = data_dir / FILE_NAME
    if url is None and not file.exists():
        with suppress(OSError):  # SQLite says better what stands in the way
            file.touch(mode=0o600)  # the files that SQLite makes beside it take this mode too
    address = url or f"sqlite+pysqlite:///{file.absolute().as_posix()}"
    engine = create_engine(address, module=dbapi2, pool_size=connections, max_overflow=0, pool_timeout=10)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", begin)
    return engine


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """As they are: SQLAlchemy's look at each value takes as long as SQLite itself."""
    names = tuple(rows[0])
    marks = ", ".join("?" * len(names))
    statement = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608  # our own names
    connection.exec_driver_sql(statement, [tuple(row[name] for name in names) for row in rows])


def sqlite_error(fault: BaseException | None) -> StoreError:
    code = getattr(fault, "sqlite_errorcode", 0) & 0xFF  # the primary code: https://sqlite.org/rescode.html
    kind = _KINDS.get(code, StoreError)
    return kind(f"The server's database cannot be used: {fault}.")


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # SQLAlchemy's "begin" event says when, and how
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def begin(connection: Connection) -> None:
    """Listens to an engine's "begin": an outer transaction that writes has the only write lock from its start."""
    if connection.get_execution_options().get(READ_ONLY, False):
        connection.connection.cursor().execute("BEGIN")  # waits for nothing, so nothing of it need be explained
    else:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
