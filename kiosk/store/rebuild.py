"""Building a kiosk's tables again from its log. What no log holds stays where it is there: tokens, sittings, slips."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from sqlite_utils import Database

from kiosk.check_report import Rebuilt
from kiosk.domain.events import Event, decode
from kiosk.store.database import explained, open_database, transaction
from kiosk.store.migrations import migrate
from kiosk.store.projection import TABLES
from kiosk.store.recovery import rebuild_rows


def rebuild(path: Path, progress: Callable[[int, int], None] = lambda *_: None) -> Rebuilt:
    """In one transaction. The caller holds the folder's lock. Raises StoreError."""
    db = open_database(path)
    try:
        with explained(path):
            migrate(db)
            with transaction(db):
                return _rebuild(db, progress)
    finally:
        db.close()


def _rebuild(db: Database, progress: Callable[[int, int], None]) -> Rebuilt:
    before = _tables_hash(db)
    db.conn.execute("PRAGMA defer_foreign_keys = ON")  # slips point to tickets, which go and come again
    db.conn.execute("CREATE TEMP TABLE unlogged AS SELECT id, token, session_key FROM tickets")
    db.conn.execute("CREATE INDEX temp.unlogged_by_id ON unlogged (id)")
    for table in ("stops", "tickets", "papers", "service_days"):
        db.conn.execute(f"DELETE FROM {table}")  # noqa: S608  # our own names
    (total,) = db.conn.execute("SELECT count(*) FROM events").fetchone()
    count, last = 0, -1
    while rows := db.conn.execute(
        "SELECT position, raw FROM events WHERE position > ? ORDER BY position LIMIT 500", (last,)
    ).fetchall():
        last = rows[-1][0]
        for _, raw in rows:
            event = decode(raw)
            if isinstance(event, Event):
                rebuild_rows(db, event)
        count += len(rows)
        progress(count, total)
    db.conn.execute(
        "UPDATE tickets SET (token, session_key) = (SELECT token, session_key FROM unlogged WHERE id = tickets.id)"
        " WHERE id IN (SELECT id FROM unlogged)"
    )
    db.conn.execute("DELETE FROM print_jobs WHERE ticket_id NOT IN (SELECT id FROM tickets)")
    db.conn.execute("DROP TABLE unlogged")
    return Rebuilt(count, before, _tables_hash(db))


def _tables_hash(db: Database) -> str:
    total = sha256()
    for table, columns in TABLES.items():
        for row in db.conn.execute(f"SELECT {columns} FROM {table} ORDER BY 1, 2"):  # noqa: S608  # our own names
            total.update(repr(row).encode())
    return total.hexdigest()
