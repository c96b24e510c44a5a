"""Opening the server's database, SQLite or PostgreSQL: its migrations, its transactions, who waits for whom."""

import hashlib
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

import structlog
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from pysqlite3 import dbapi2
from sqlalchemy import (
    BigInteger,
    Connection,
    Engine,
    ExceptionContext,
    Insert,
    Table,
    bindparam,
    event,
    func,
    insert,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DatabaseError, DBAPIError, InternalError, OperationalError, ProgrammingError

from kiosk.clock import Clock
from kiosk.errors import StoreError, StoreFullError, StoreLockedError, StoreTooNewError
from kiosk.paths import resource_path
from server.postgresql_engine import copy_rows, is_postgresql, postgresql_engine, postgresql_error, prepare_to_migrate
from server.schema import server_epoch
from server.settings import ServerSettings
from server.sqlite_engine import FILE_NAME, READ_ONLY, insert_rows, sqlite_engine, sqlite_error

__all__ = [
    "FILE_NAME",
    "Database",
    "Upsert",
    "insert_many",
    "is_databases_fault",
    "lock_site",
    "milliseconds",
    "moment",
    "open_database",
    "store_error",
    "upsert",
]

log = structlog.get_logger(__name__)

_T = TypeVar("_T")

_SQLITE_CONNECTIONS: Final = 40
"""As many as the threads that answer requests: each costs an open file."""
_POSTGRESQL_CONNECTIONS: Final = 16
"""Each costs a process over there, and more of them than it has processors wait for one another."""
_TURN_S: Final = 5.0

_READING: Final[dict[str, dict[str, Any]]] = {
    "sqlite": {READ_ONLY: True},
    "postgresql": {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
}
_LOOKING: Final[dict[str, dict[str, Any]]] = {
    "sqlite": {READ_ONLY: True},
    "postgresql": {"isolation_level": "AUTOCOMMIT"},
}
_SCHEMA_TURN: Final = "the schema"
_TURN: Final = select(func.pg_advisory_xact_lock(bindparam("key", type_=BigInteger)))


class Database:
    """Transactions on one database. Safe to use from many threads.

    On SQLite writers take turns. On PostgreSQL (READ COMMITTED) they meet, and whoever first reads what he then
    writes needs `lock_site`.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._readers = engine.execution_options(**_READING[engine.dialect.name])
        self._lookers = engine.execution_options(**_LOOKING[engine.dialect.name])
        self._turn = threading.Lock() if engine.dialect.name == "sqlite" else None

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._engine.dialect.name

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction; durable when the block has ended, undone when it raised. Not to be nested."""
        with self._own_turn(), self._engine.begin() as connection:
            yield connection

    def decide(self, work: Callable[[Connection], _T]) -> _T:
        """`work` in one transaction, and once more from its beginning where a lock was waited for in vain: the others
        are slow, and whoever waits here has pressed a key. `work` changes nothing but the database.

        Raises DBAPIError: the second time, too, or for another reason.
        """
        try:
            return self._decide(work)
        except DBAPIError as error:
            if not isinstance(store_error(error), StoreLockedError):
                raise
            log.info("lock_waited_for", detail=str(error.orig))
        return self._decide(work)

    def _decide(self, work: Callable[[Connection], _T]) -> _T:
        with self.writing() as connection:
            return work(connection)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One snapshot that no writer waits for."""
        with self._readers.begin() as connection:
            yield connection

    @contextmanager
    def looking(self) -> Iterator[Connection]:
        """For one statement that reads: it is a snapshot by itself."""
        with self._lookers.connect() as connection:
            yield connection

    def epoch(self) -> int:
        with self.reading() as connection:
            return int(connection.execute(select(func.max(server_epoch.c.epoch))).scalar_one())

    def when_full(self, relieve: Callable[[], object]) -> None:
        """`relieve` is called when SQLite finds no room on its disk; what was under way is undone all the same."""

        def look(context: ExceptionContext) -> None:
            if isinstance(context.original_exception, dbapi2.Error) and isinstance(
                sqlite_error(context.original_exception), StoreFullError
            ):
                relieve()

        event.listen(self._engine, "handle_error", look)

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def _own_turn(self) -> Iterator[None]:
        """SQLite's own waiting is polling, and unfair: threads of one process queue up here instead.

        Who waited in vain goes on all the same, and SQLite says that it is locked.
        """
        if self._turn is None:
            yield
            return
        has_turn = self._turn.acquire(timeout=_TURN_S)
        try:
            yield
        finally:
            if has_turn:
                self._turn.release()


def open_database(settings: ServerSettings, clock: Clock) -> Database:
    """Brings the schema up to date first.

    Raises:
        StoreTooNewError: a newer program has written here.
        StoreError: the database cannot be used; the sentence says why.
    """
    engine = _engine(settings)
    try:
        with engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                prepare_to_migrate(connection)
            _wait_for_turn(connection, _SCHEMA_TURN)
            _migrate(connection)
            _open_epoch(connection, clock)
    except DBAPIError as error:
        engine.dispose()
        raise store_error(error) from error
    except StoreError:
        engine.dispose()
        raise
    return Database(engine)


def look_into(settings: ServerSettings) -> Database:
    """As it is, for checking: nothing is made, and nothing brought up to date.

    Raises StoreError where it cannot be read, or is not in the shape of this version.
    """
    if settings.database is None and not (settings.data_dir / FILE_NAME).exists():
        raise StoreError(f"There is no {FILE_NAME} in {settings.data_dir}: name the data folder of a server.")
    engine = _engine(settings)
    try:
        with Database(engine).reading() as connection:
            found = MigrationContext.configure(connection).get_current_heads()
            known = ScriptDirectory.from_config(migration_config(connection)).get_heads()
    except DBAPIError as error:
        engine.dispose()
        raise store_error(error) from error
    if set(found) != set(known):
        engine.dispose()
        raise StoreError(
            f"The server's database is of another version (it is at {', '.join(found) or 'none'}, this program knows"
            f" {', '.join(known)}): start the server of this version once, or use the version that wrote it."
        )
    return Database(engine)


def store_error(error: DBAPIError) -> StoreError:
    is_sqlite = hasattr(error.orig, "sqlite_errorcode") or type(error.orig).__module__.startswith("pysqlite3")
    return sqlite_error(error.orig) if is_sqlite else postgresql_error(error.orig)


def is_databases_fault(error: BaseException) -> bool:
    """Full, locked, damaged, gone: the same statement may pass later. Else what it was asked to write is wrong."""
    if not isinstance(error, DBAPIError):
        return False
    if isinstance(error, ProgrammingError):  # of PostgreSQL itself: no such table, no such right; else a fault of ours
        return getattr(error.orig, "sqlstate", None) is not None
    always = isinstance(error, OperationalError | InternalError) or type(error) is DatabaseError
    return always or error.connection_invalidated


def lock_site(connection: Connection, site_id: str) -> None:
    """Until this transaction ends, nobody else passes here for the same site. Sites do not wait for each other.

    It comes before the transaction's first look at what it will change, and before any row's lock: who locks a row
    first and a site after it waits for somebody who does it the other way round. Again is harmless.
    """
    _wait_for_turn(connection, f"site {site_id}")


def upsert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An insert that may be told what to do about a row that is there: `on_conflict_do_nothing`, `_do_update`."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


class Upsert:
    """`upsert`, built once: SQLAlchemy takes longer to build a statement than the database to carry it out.

    `decide`: given the insert, says what to do about a row that is there.
    """

    def __init__(self, table: Table, decide: Callable[[sqlite.Insert | postgresql.Insert], Insert]) -> None:
        self._of_dialect = {"sqlite": decide(sqlite.insert(table)), "postgresql": decide(postgresql.insert(table))}

    def execute(self, connection: Connection, rows: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> None:
        connection.execute(self._of_dialect[connection.dialect.name], rows)


def insert_many(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """All of them or, with IntegrityError, none. Every row names the same columns."""
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        copy_rows(connection, table, rows)
    else:
        insert_rows(connection, table, rows)


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
    address = settings.database
    if address is None or address.startswith("sqlite"):
        return sqlite_engine(settings.data_dir, address, _SQLITE_CONNECTIONS)
    if is_postgresql(address):
        return postgresql_engine(address, _POSTGRESQL_CONNECTIONS)
    raise StoreError("--database takes postgresql://USER@HOST/DATABASE; leave it out to use SQLite.")


def _wait_for_turn(connection: Connection, subject: str) -> None:
    if connection.dialect.name == "postgresql":  # SQLite has one writer anyway
        key = int.from_bytes(hashlib.sha256(subject.encode()).digest()[:8], "big", signed=True)
        connection.execute(_TURN, {"key": key})


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
