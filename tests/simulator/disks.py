"""Disks of the simulation: SQLite in memory. They outlive programs, can be copied, put back and filled."""

from typing import Any, Final

from pysqlite3 import dbapi2
from sqlalchemy import create_engine, event
from sqlalchemy.pool import StaticPool
from sqlite_utils import Database as KioskDatabase

from kiosk.faults import fault_point
from kiosk.store.migrations import migrate
from server import database as server_database
from server import sqlite_engine
from tests.simulator.power import COMMIT

_LARGEST: Final = 1_000_000
"""Pages."""


class Disk:
    """One database. A copy of another where `image` is given."""

    def __init__(self, image: "Disk | None" = None) -> None:
        self.connection: Any = dbapi2.connect(":memory:", isolation_level=None, check_same_thread=False)
        self.is_full = False
        if image is not None:
            self.put_back(image)

    def put_back(self, image: "Disk") -> None:
        """Whoever has this disk open must have died before."""
        image.connection.backup(self.connection)

    def fill(self) -> None:
        """From now on no page more: SQLite itself says that the disk is full."""
        (pages,) = self.connection.execute("PRAGMA page_count").fetchone()
        self.connection.execute(f"PRAGMA max_page_count = {pages}")
        self.is_full = True

    def free(self) -> None:
        self.connection.execute(f"PRAGMA max_page_count = {_LARGEST}")
        self.is_full = False


class KioskDisk(Disk):
    def __init__(self, image: Disk | None = None) -> None:
        super().__init__(image)
        self.connection.execute("PRAGMA foreign_keys = ON")
        self.database = KioskDatabase(self.connection, execute_plugins=False)

    @classmethod
    def formatted(cls) -> "KioskDisk":
        disk = cls()
        migrate(disk.database)
        return disk


class ServerDisk(Disk):
    """`database` is the product's own, on one connection: this simulation has one thread."""

    def __init__(self) -> None:
        super().__init__()
        self.connection.execute("PRAGMA foreign_keys = ON")
        self.engine = create_engine(
            "sqlite+pysqlite://", module=dbapi2, creator=lambda: self.connection, poolclass=StaticPool
        )
        event.listen(self.engine, "begin", sqlite_engine.begin)
        event.listen(self.engine, "commit", lambda _: fault_point(COMMIT))
        self.database = server_database.Database(self.engine)

    @classmethod
    def formatted(cls) -> "ServerDisk":
        disk = cls()
        with disk.engine.begin() as connection:
            server_database._migrate(connection)
        return disk
