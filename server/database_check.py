"""A look at the database's pages at the start and once a day, beside the work: damage must be known before it spreads.

`giliran verify` looks at every event as well.
"""

import threading
from typing import Any, Final

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from kiosk.errors import StoreCorruptError
from server.database import Database, store_error

log = structlog.get_logger(__name__)

EVERY_S: Final = 24 * 3600.0

_STEPS: Final = 100_000
"""Of SQLite's machine, between two looks at whether to stop: a few milliseconds."""
_FAILURES: Final = "SELECT checksum_failures FROM pg_stat_database WHERE datname = current_database()"


class DatabaseCheck:
    """`damage`: what the last check found, empty while all is well. Read by any thread."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._is_stopped = threading.Event()
        self.damage = ""

    def run(self) -> None:
        """On a thread of its own: a large file takes minutes. What cannot be read now is told by /readyz."""
        try:
            with self._database.reading() as connection:
                found = self._sqlite(connection) if self._database.dialect == "sqlite" else _postgresql(connection)
        except DBAPIError as error:
            explained = store_error(error)
            if not isinstance(explained, StoreCorruptError):
                return
            found = str(explained)
        if found and not self.damage:
            log.error("database_damaged", detail=found)
        self.damage = found

    def stop(self) -> None:
        """Ends a check in hand within moments; its verdict is that of the one before."""
        self._is_stopped.set()

    def _sqlite(self, connection: Connection) -> str:
        raw: Any = connection.connection.dbapi_connection
        raw.set_progress_handler(self._is_stopped.is_set, _STEPS)
        try:
            verdict = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
        finally:
            raw.set_progress_handler(None, 0)
        return "" if verdict == "ok" else str(verdict)


def _postgresql(connection: Connection) -> str:
    """It checks each page as it reads it, where the cluster was made with data checksums; else this says nothing."""
    failures = connection.exec_driver_sql(_FAILURES).scalar_one_or_none()
    return f"PostgreSQL has met {failures} damaged pages" if failures else ""
