"""Is this database what the kiosk wrote? Pages, hashes, the chain, and tables against the log. Reads only.

SQLite's own `integrity_check` does not see a flipped byte of content (measured: research/reliability.md, 0.5).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pysqlite3 import dbapi2
from sqlite_utils import Database

from kiosk.domain.events import NO_EVENT, Event, LogHead, Malformed, broken_link, decode, digest
from kiosk.store.database import explained
from kiosk.store.log import acknowledged
from kiosk.store.projection import TABLES, Row, projected, stored


@dataclass(frozen=True, slots=True)
class Verified:
    """How much was checked."""

    incarnations: int
    events: int
    tickets: int


@dataclass(frozen=True, slots=True)
class Broken:
    """The first thing that is wrong. `incarnation` and `sequence` name the event, where it is about one."""

    what: str
    incarnation: str | None = None
    sequence: int | None = None

    def __str__(self) -> str:
        if self.incarnation is None:
            return self.what
        return f"incarnation {self.incarnation}, sequence {self.sequence}: {self.what}"


def verify(path: Path) -> Verified | Broken:
    """Check a kiosk's database; a running kiosk may go on writing meanwhile. Raises StoreError if it cannot be read."""
    with explained(path):
        db = Database(_connect(path), execute_plugins=False)
        try:
            # One read transaction: log and tables are seen at the same moment.
            db.conn.execute("BEGIN")
            return _check_pages(db) or _check_tables(db) or _check_log(db)
        except dbapi2.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in {dbapi2.SQLITE_CORRUPT, dbapi2.SQLITE_NOTADB}:
                return Broken(str(error))
            raise
        finally:
            db.close()


def _connect(path: Path) -> Any:
    # To read a WAL database SQLite makes two files beside it, and leaves them. Without a -wal nobody has it open.
    promise = "" if path.with_name(f"{path.name}-wal").exists() else "&immutable=1"
    return dbapi2.connect(f"{path.resolve().as_uri()}?mode=ro{promise}", uri=True, isolation_level=None)


def _check_pages(db: Database) -> Broken | None:
    (verdict,) = db.conn.execute("PRAGMA integrity_check(1)").fetchone()
    return None if verdict == "ok" else Broken(f"the pages are damaged: {verdict}")


def _check_tables(db: Database) -> Broken | None:
    """A server's database has events and tickets too, but acknowledges nothing."""
    needed = {"events", "acknowledgements", *TABLES}
    return None if needed.issubset(db.table_names()) else Broken("this is not a kiosk's database")


def _check_log(db: Database) -> Verified | Broken:
    """Every event in the order it was written; then the tables against what the events say."""
    pruned = acknowledged(db, "central")
    heads: dict[str, LogHead] = {}
    expected: dict[str, set[Row]] = {table: set() for table in TABLES}
    count = 0
    rows = db.conn.execute("SELECT incarnation, sequence, hlc, type, hash, raw FROM events ORDER BY position")
    for incarnation, sequence, *columns, stored_hash, raw in rows:
        event = decode(raw)
        if digest(raw) != stored_hash:
            fault: str | None = "its bytes are not those that were hashed"
        elif isinstance(event, Malformed):
            fault = f"is no event: {event.reason}"
        elif [event.incarnation, event.sequence, int(event.hlc, 16), event.type] != [incarnation, sequence, *columns]:
            fault = "its columns contradict its bytes"
        else:
            fault = _check_event(event, heads, pruned, expected)
        if fault is not None:
            return Broken(fault, incarnation, sequence)
        heads[incarnation] = LogHead(incarnation, sequence, stored_hash)
        count += 1
    return _difference(db, expected) or Verified(len(heads), count, len(expected["tickets"]))


def _check_event(
    event: Event, heads: Mapping[str, LogHead], pruned: Mapping[str, int], expected: Mapping[str, set[Row]]
) -> str | None:
    before = heads.get(event.incarnation)
    if before is None and 1 < event.sequence <= pruned.get(event.incarnation, 0) + 1:
        return None  # what came before it is held by central, and was pruned here
    fault = broken_link(event, before)
    try:
        if fault is None and before is None:
            fault = _broken_parent(event, heads, pruned)
        for table, row in projected(event):
            expected[table].add(row)
    except (KeyError, TypeError):
        return f"its body is not that of {event.type}"
    return fault


def _broken_parent(event: Event, heads: Mapping[str, LogHead], pruned: Mapping[str, int]) -> str | None:
    """Why an incarnation does not begin where the one before it ended; None when it does."""
    parent = event.body["parent"]
    if parent is None:
        return None if event.previous == NO_EVENT and not heads else "begins anew, though there are events before it"
    named = LogHead(parent["incarnation"], parent["sequence"], parent["hash"])
    if event.previous != named.hash:
        return "names one parent in its body and another as the event before it"
    if heads.get(named.incarnation) != named and named.sequence > pruned.get(named.incarnation, 0):
        return f"its parent is not here: incarnation {named.incarnation}, sequence {named.sequence}"
    return None


def _difference(db: Database, expected: Mapping[str, set[Row]]) -> Broken | None:
    for table, rows in expected.items():
        found = stored(db, table)
        for row in sorted(rows - found, key=repr):
            return Broken(f"table {table} lacks or contradicts what the log says of {row[0]}")
        for row in sorted(found - rows, key=repr):
            return Broken(f"table {table} holds {row[0]}, of which the log knows nothing")
    return None
