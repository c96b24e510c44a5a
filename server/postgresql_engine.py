"""PostgreSQL as a server's database: psycopg under SQLAlchemy, and what must hold before events are trusted to it.

No sentence from here shows a password, wherever in the URL it stood.
"""

import selectors
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry

from kiosk.errors import StoreCorruptError, StoreError, StoreFullError, StoreLockedError, StoreReadOnlyError

OLDEST: Final = 15
_ASKED_AFTER_S: Final = 10.0
"""So long a connection may have rested in the pool; after that PostgreSQL must answer before it is used."""
_RESTED_SINCE: Final = "rested since"
_SCHEMES: Final = ("postgresql", "postgres", "postgresql+psycopg")

_CONNECTING: Final[Mapping[str, str]] = {
    "application_name": "giliran",
    "connect_timeout": "5",
    "keepalives_idle": "30",
    "tcp_user_timeout": "10000",  # a half-open line is noticed in 10 s instead of 15 min
}
"""What the URL may say otherwise."""

_SESSION: Final = """
    SELECT set_config('statement_timeout', '30s', false),
           set_config('lock_timeout', '5s', false),
           set_config('idle_in_transaction_session_timeout', '30s', false),
           set_config('synchronous_commit', CASE value WHEN 'off' THEN 'on' ELSE value END, false)
    FROM current_setting('synchronous_commit') AS value
"""
"""The last: set here, nobody's later change to the configuration turns an acknowledgement into a hope."""

_CHECK: Final = text("""
    SELECT current_setting('server_version_num')::int / 10000 AS version,
           current_setting('server_encoding') AS encoding,
           current_setting('fsync') AS fsync,
           pg_is_in_recovery() AS is_standby,
           (SELECT reset_val FROM pg_settings WHERE name = 'synchronous_commit') AS synchronous_commit
""")

_KINDS: Final[Mapping[str, tuple[type[StoreError], str]]] = {
    "53100": (StoreFullError, "its disk is full: make room there"),
    "25006": (StoreReadOnlyError, "it only reads: name the primary, not a standby"),
    "55P03": (StoreLockedError, "another transaction holds what is needed: try again"),
    "57014": (StoreLockedError, "a statement took too long: try again, and look what keeps it busy"),
    "40P01": (StoreLockedError, "two transactions waited for each other: try again"),
    "40001": (StoreLockedError, "two transactions met: try again"),
    "53300": (StoreLockedError, "it has no connection left: raise its max_connections"),
    "57P01": (StoreLockedError, "it is being stopped: try again when it runs"),
    "57P02": (StoreLockedError, "it crashed and comes back by itself: try again"),
    "closed": (StoreError, "allow connections to it: ALTER DATABASE ... ALLOW_CONNECTIONS true"),
    "57P03": (StoreLockedError, "it is starting or recovering: wait, and try again in a moment"),
    "XX001": (StoreCorruptError, "its data are damaged: restore it from a backup"),
    "XX002": (StoreCorruptError, "an index of it is damaged: run REINDEX"),
    "42501": (StoreReadOnlyError, "this user may not do that: make it the owner of the database"),
    "28P01": (StoreError, "the password is wrong: put the right one into the URL or into ~/.pgpass"),
    "28000": (StoreError, "this user is not let in: look at pg_hba.conf and at the user's name"),
    "3D000": (StoreError, "the database does not exist: create it with `createdb`, owned by this user"),
}
_TOLD: Final[Mapping[str, str]] = {
    "password authentication failed": "28P01",
    "no password supplied": "28P01",
    "pg_hba.conf": "28000",
    "role ": "28000",
    "too many clients": "53300",
    "the database system is shutting down": "57P01",
    "the database system is ": "57P03",  # starting up, in recovery mode, not (yet) accepting connections
    "is not currently accepting connections": "closed",
    'FATAL: database "': "3D000",
}
"""libpq keeps no code of a connection that was refused: what its words mean, the first that fits."""


def is_postgresql(address: str) -> bool:
    return address.partition("://")[0] in _SCHEMES


def postgresql_engine(address: str, connections: int) -> Engine:
    """Connects to nothing yet. Raises StoreError: the URL cannot be read, or libpq is missing."""
    url = _url(address)
    try:
        import psycopg  # noqa: F401, PLC0415  # a hall on SQLite has no libpq, and needs none
    except ImportError as error:
        raise StoreError("PostgreSQL's client library is missing: install libpq5.") from error
    engine = create_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=10,
        hide_parameters=True,
        connect_args={
            **{name: value for name, value in _CONNECTING.items() if name not in url.query},
            "client_encoding": "UTF8",
        },
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "checkin", _note_rest)
    event.listen(engine, "checkout", _look_for_life)
    return engine


def prepare_to_migrate(connection: Connection) -> None:
    """Refuses what an acknowledgement cannot stand on. Then this transaction may take its time."""
    row = connection.execute(_CHECK).one()
    if row.version < OLDEST:
        raise StoreError(f"PostgreSQL {row.version} is too old: use {OLDEST} or newer.")
    if row.encoding != "UTF8":
        raise StoreError(f"The database is in {row.encoding}: create it anew with `createdb --encoding UTF8`.")
    if row.is_standby:
        raise StoreReadOnlyError("This PostgreSQL is a standby, which only reads: name its primary.")
    for setting in ("fsync", "synchronous_commit"):
        if getattr(row, setting) == "off":
            raise StoreError(f"PostgreSQL runs with {setting} = off and may lose what it acknowledged: turn it on.")
    connection.execute(text("SET LOCAL lock_timeout = '60s'"))
    connection.execute(text("SET LOCAL statement_timeout = 0"))


def copy_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """By COPY: a fifth of the time that as many inserts take. Raises DBAPIError as any statement of `connection`."""
    import psycopg  # noqa: PLC0415  # it is there, or there would be no connection
    from psycopg import sql  # noqa: PLC0415

    names = tuple(rows[0])
    columns = sql.SQL(", ").join(map(sql.Identifier, names))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), columns)
    driver: psycopg.Connection[Any] = connection.connection.driver_connection  # type: ignore[assignment]  # known by us
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row([row[name] for name in names])
    except psycopg.Error as error:
        told = statement.as_string()
        raise DBAPIError.instance(told, None, error, psycopg.Error, True, dialect=connection.dialect) from error


def postgresql_error(fault: BaseException | None) -> StoreError:
    said = " ".join(str(fault).split())
    code = getattr(fault, "sqlstate", None) or next((code for words, code in _TOLD.items() if words in said), None)
    kind, what_to_do = _KINDS.get(code or "", (StoreError, None))
    if what_to_do is None:
        what_to_do = "look whether it runs and can be reached" if code is None else "look into its own log"
    return kind(f"PostgreSQL cannot be used, {what_to_do}. ({said})")


def _url(address: str) -> URL:
    try:
        return make_url(address).set(drivername="postgresql+psycopg")
    except (ArgumentError, ValueError) as error:
        raise StoreError(
            "--database is no URL: write postgresql://USER@HOST/DATABASE, with %-signs for special characters."
        ) from error


def _prepare(connection: Any, _record: object) -> None:
    connection.execute(_SESSION)
    connection.commit()


def _note_rest(_connection: object, record: ConnectionPoolEntry) -> None:
    record.info[_RESTED_SINCE] = time.monotonic()


def _look_for_life(connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
    """A connection that died costs no request. One that was used just now is only looked at: to ask it takes as long as
    a short statement. What PostgreSQL says unasked is as a rule its farewell.
    """
    rested_since = record.info.get(_RESTED_SINCE)
    if rested_since is None:
        return  # it was opened for this checkout
    if time.monotonic() - rested_since < _ASKED_AFTER_S and not _has_spoken(connection):
        return
    try:
        connection.execute("")
        connection.rollback()
    except connection.OperationalError as error:
        raise InvalidatePoolError from error


def _has_spoken(connection: Any) -> bool:
    """Whether something waits to be read, if only the end."""
    with selectors.DefaultSelector() as line:
        line.register(connection, selectors.EVENT_READ)
        return bool(line.select(0))
