"""The rows that ingest wrote, written again by the shortest way the database knows: what it could do at best."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final, Protocol

import psycopg
from psycopg import sql
from pysqlite3 import dbapi2
from sqlalchemy import Connection, Table, select

from kiosk.clock import SystemClock
from kiosk.sync.wire import MAX_BATCH_EVENTS
from server.database import FILE_NAME, open_database
from server.schema import events, stops, tickets
from server.settings import Role, ServerSettings

Rows = Sequence[Sequence[Any]]
Batch = Mapping[Table, Rows]
"""500 events, and the tickets and stops that they led to."""

_TABLES: Final = (events, tickets, stops)


class Committer(Protocol):
    def commit(self, batch: Batch) -> None:
        """Durably."""


def read_batches(connection: Connection, site_id: str) -> Iterator[Batch]:
    """What the server has taken of a site, as it came."""
    rows = {
        table: connection.execute(select(table).where(table.c.site_id == site_id).order_by(*table.primary_key)).all()
        for table in _TABLES
    }
    count = -(-len(rows[events]) // MAX_BATCH_EVENTS)
    for number in range(count):
        yield {
            table: [
                tuple(row) for row in of_table[len(of_table) * number // count : len(of_table) * (number + 1) // count]
            ]
            for table, of_table in rows.items()
        }


def events_per_second(database: Committer, batches: Sequence[Batch]) -> float:
    begun = time.perf_counter()
    for batch in batches:
        database.commit(batch)
    return sum(len(batch[events]) for batch in batches) / (time.perf_counter() - begun)


@contextmanager
def bare_database(folder: Path, url: str | None) -> Iterator[Committer]:
    """With the server's own schema and settings, in `folder` or at `url`, where no server works."""
    open_database(ServerSettings(Role.CENTRAL, folder, url), SystemClock()).close()
    if url is None:
        with closing(dbapi2.connect(str(folder / FILE_NAME), isolation_level=None)) as connection:
            connection.execute("PRAGMA synchronous=FULL")
            yield _Sqlite(connection)
    else:
        with psycopg.connect(url) as copying:
            yield _Postgres(copying)


class _Sqlite:
    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def commit(self, batch: Batch) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        for table, rows in batch.items():
            names = ", ".join(table.columns.keys())
            marks = ", ".join("?" * len(table.columns))
            statement = f"INSERT INTO {table.name} ({names}) VALUES ({marks})"  # noqa: S608  # our own names
            self._connection.executemany(statement, rows)
        self._connection.execute("COMMIT")


class _Postgres:
    def __init__(self, connection: "psycopg.Connection[Any]") -> None:
        self._connection = connection

    def commit(self, batch: Batch) -> None:
        for table, rows in batch.items():
            names = sql.SQL(", ").join(sql.Identifier(column.name) for column in table.columns)
            statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), names)
            with self._connection.cursor() as cursor, cursor.copy(statement) as copy:
                for row in rows:
                    copy.write_row(row)
        self._connection.commit()
