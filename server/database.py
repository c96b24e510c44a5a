"""Opening the server's database: its pragmas, its migrations, its one writer at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from pysqlite3 import dbapi2
from sqlalchemy import Connection, Engine, Table, create_engine, event, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError

from kiosk.clock import Clock
from kiosk.errors import (
    StoreCorruptError,
    StoreError,
    StoreFullError,
    StoreLockedError,
    StoreReadOnlyError,
    StoreTooNewError,
)
from kiosk.paths import make_folder, resource_path
from server.schema import server_epoch
from server.settings import ServerSettings

FILE_NAME: Final = "server.db"
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
_READ_ONLY: Final = "giliran_read_only"


_KINDS: Final[dict[int, type[StoreError]]] = {
    dbapi2.SQLITE_FULL: StoreFullError,
    dbapi2.SQLITE_BUSY: StoreLockedError,
    dbapi2.SQLITE_CORRUPT: StoreCorruptError,
    dbapi2.SQLITE_NOTADB: StoreCorruptError,
    dbapi2.SQLITE_READONLY: StoreReadOnlyError,
    dbapi2.SQLITE_CANTOPEN: StoreReadOnlyError,
}


class Database:
    """Transactions on one SQLite file. Safe to use from many threads; writers take turns."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._readers = engine.execution_options(**{_READ_ONLY: True})

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction; durable when the block has ended, undone when it raised."""
        with self._engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One snapshot that no writer waits for."""
        with self._readers.begin() as connection:
            yield connection

    def epoch(self) -> int:
        with self.reading() as connection:
            return int(connection.execute(select(func.max(server_epoch.c.epoch))).scalar_one())

    def close(self) -> None:
        self._engine.dispose()


def open_database(settings: ServerSettings, clock: Clock) -> Database:
    """Brings the schema up to date first.

    Raises:
        StoreTooNewError: a newer program has written here.
        StoreError: the file cannot be used; the sentence says why.
    """
    engine = _engine(settings)
    try:
        with engine.begin() as connection:
            _migrate(connection)
            _open_epoch(connection, clock)
    except DBAPIError as error:
        engine.dispose()
        raise store_error(error) from error
    except StoreError:
        engine.dispose()
        raise
    return Database(engine)


def store_error(error: DBAPIError) -> StoreError:
    code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF  # the primary code: https://sqlite.org/rescode.html
    kind = _KINDS.get(code, StoreError)
    return kind(f"The server's database cannot be used: {error.orig}.")


def upsert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An insert that may be told what to do about a row that is there: `on_conflict_do_nothing`, `_do_update`."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


def milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def migration_config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(resource_path("server/migrations")).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _engine(settings: ServerSettings) -> Engine:
    if settings.database is not None and not settings.database.startswith("sqlite"):
        raise StoreError(f"The database {settings.database!r} is not supported: leave --database out to use SQLite.")
    if dbapi2.sqlite_version_info < _SAFE_SQLITE:
        raise StoreError(f"SQLite {dbapi2.sqlite_version} is too old: install pysqlite3 0.6.1 or newer.")
    make_folder(settings.data_dir)
    url = settings.database or f"sqlite+pysqlite:///{_forward(settings.data_dir / FILE_NAME)}"
    engine = create_engine(url, module=dbapi2)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _forward(path: Path) -> str:
    return path.absolute().as_posix()


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # SQLAlchemy's "begin" event says when, and how
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _begin(connection: Connection) -> None:
    read_only = connection.get_execution_options().get(_READ_ONLY, False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


def _migrate(connection: Connection) -> None:
    config = migration_config(connection)
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        known = ", ".join(ScriptDirectory.from_config(config).get_heads())
        raise StoreTooNewError(
            f"The server's database was written by a newer version of this program (this one knows {known}): "
            "install that version again."
        ) from error


def _open_epoch(connection: Connection, clock: Clock) -> None:
    if connection.execute(select(func.count()).select_from(server_epoch)).scalar_one() == 0:
        connection.execute(insert(server_epoch).values(epoch=1, opened_at_ms=milliseconds(clock.now())))
