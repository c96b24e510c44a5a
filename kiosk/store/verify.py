"""Is this database what the kiosk wrote? Pages, hashes, the chain, and tables against the log. Reads only.

SQLite's own `integrity_check` does not see a flipped byte of content (measured: research/reliability.md, 0.5). What is
compared lies in temporary tables: a log of any length takes the same memory.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from pysqlite3 import dbapi2
from sqlite_utils import Database

from kiosk.domain.events import NO_EVENT, PRINT_FINISHED, Event, LogHead
from kiosk.domain.history import projection_hash
from kiosk.domain.verdict import Broken, Link, Verified, read_link
from kiosk.replay import Replay
from kiosk.store.database import explained
from kiosk.store.log import acknowledged
from kiosk.store.projection import TABLES, projected

__all__ = ["Broken", "Verified", "verify"]

Progress = Callable[[int, int], None]
"""Called now and then with how many events of how many are done."""

_NOW_AND_THEN: Final = 1000
_ODD_JOB: Final = (
    "SELECT ticket_id, copy, state FROM print_jobs WHERE state NOT IN ('queued', 'sending')"
    " EXCEPT SELECT * FROM temp.expected_print_jobs LIMIT 1"
)
_SAME_LABEL: Final = (
    "SELECT 1 FROM tickets JOIN temp.expected_tickets AS twin ON"
    " (tickets.site_id, tickets.service_day, tickets.series, tickets.queue_code, tickets.number)"
    " = (twin.site_id, twin.service_day, twin.series, twin.queue_code, twin.number)"
    " WHERE twin.id = ? AND tickets.id <> twin.id"
)


def verify(path: Path, progress: Progress = lambda *_: None) -> Verified | Broken:
    """Check a kiosk's database; a running kiosk may go on writing meanwhile. Raises StoreError if it cannot be read."""
    with explained(path):
        db = Database(_connect(path), execute_plugins=False)
        try:
            # One read transaction: log and tables are seen at the same moment.
            db.conn.execute("BEGIN")
            return _check_pages(db) or _check_tables(db) or _check_log(db, progress)
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


def _check_log(db: Database, progress: Progress) -> Verified | Broken:
    """Every event, incarnation by incarnation in the order they began; then the tables against what the events say."""
    for table, columns in _EXPECTED.items():
        db.conn.execute(f"CREATE TEMP TABLE expected_{table} ({columns})")
    heads: dict[str, LogHead] = {}
    anchors = pruned(db)
    (total,) = db.conn.execute("SELECT count(*) FROM events").fetchone()
    (origin,) = db.conn.execute("SELECT origin FROM node_state").fetchone() or (None,)
    count = 0
    with Replay() as replay:
        rows = db.conn.execute("SELECT incarnation, sequence, hash, raw, hlc, type FROM events ORDER BY position")
        for incarnation, sequence, stored_hash, raw, *columns in rows:
            last = heads.get(incarnation) or anchors.get(incarnation)
            event = read_link(Link(incarnation, sequence, stored_hash, raw), last)
            if isinstance(event, Event) and [int(event.hlc, 16), event.type, event.origin] != [*columns, origin]:
                event = "its columns contradict its bytes, or it is not of this kiosk"
            if isinstance(event, Event):
                event = _odd(db, event, last, anchors) or event
            if isinstance(event, str):
                return Broken(event, incarnation, sequence, origin)
            replay.add(event)
            heads[incarnation] = LogHead(incarnation, sequence, stored_hash)
            count += 1
            if count % _NOW_AND_THEN == 0:
                progress(count, total)
        total_hash = projection_hash((ticket.origin, ticket.row) for ticket in replay.tickets())
        tickets = replay.count_tickets()
    good = Verified(len(heads), count, tickets, total_hash.origins, total_hash.whole, replay.not_understood)
    return _difference(db) or good


def pruned(db: Database) -> dict[str, LogHead]:
    """Incarnation -> the last event that was too old to be kept."""
    if "anchors" not in db.table_names():
        return {}  # written by an older program, which never pruned
    rows = db.conn.execute("SELECT incarnation, sequence, hash FROM anchors")
    held = acknowledged(db, "central")
    return {row[0]: LogHead(*row) for row in rows if row[1] <= held.get(row[0], 0)}


def _odd(db: Database, event: Event, last: LogHead | None, anchors: dict[str, LogHead]) -> str | None:
    """What is wrong with an event whose bytes and place are right. Notes the rows that it should have made."""
    try:
        fault = _broken_parent(db, event, anchors) if last is None else None
        if fault is None:
            for table, row in projected(event):
                _expect(db, table, row)
            if event.type == PRINT_FINISHED:
                _expect(db, "print_jobs", (event.body["ticket_id"], event.body["copy"], event.body["state"]))
    except (KeyError, TypeError):
        return f"its body is not that of {event.type}"
    return fault


def _expect(db: Database, table: str, row: tuple[Any, ...]) -> None:
    places = ", ".join("?" * len(row))
    db.conn.execute(f"INSERT INTO temp.expected_{table} VALUES ({places})", row)  # noqa: S608  # our own names


def _broken_parent(db: Database, event: Event, anchors: dict[str, LogHead]) -> str | None:
    """Why an incarnation does not begin where another one was; None when it does."""
    parent = event.body["parent"]
    if parent is None:  # a disk that was replaced begins anew, and is given its past back
        return None if event.previous == NO_EVENT else "begins anew, though it names an event before it"
    named = LogHead(parent["incarnation"], parent["sequence"], parent["hash"])
    if event.previous != named.hash:
        return "names one parent in its body and another as the event before it"
    anchor = anchors.get(named.incarnation)
    if anchor == named or (anchor is not None and named.sequence < anchor.sequence):
        return None
    found = db.conn.execute(
        "SELECT hash FROM events WHERE incarnation = ? AND sequence = ?", (named.incarnation, named.sequence)
    ).fetchone()
    if found == (named.hash,) or (found is None and _was_put_back(db, event)):
        return None
    return f"its parent is not here: incarnation {named.incarnation}, sequence {named.sequence}"


def _was_put_back(db: Database, event: Event) -> bool:
    """A restored disk is given back what the server holds; what was never sent is lost, and may be the parent.

    Whatever is put back lies right behind what was here. Where events were taken out, a place is empty.
    """
    query = (
        "SELECT 1 FROM events AS first JOIN events AS before ON before.position = first.position - 1"
        " WHERE first.incarnation = ? AND first.sequence = ?"
    )
    return db.conn.execute(query, (event.incarnation, event.sequence)).fetchone() is not None


_EXPECTED: Final = {
    "service_days": "site_id, service_day, clock_trusted",
    "tickets": "id, site_id, service_day, series, queue_code, number, label, is_priority, language,"
    " issued_at, clock_trusted",
    "stops": "ticket_id, position, service_day, service_id, service_number, queue_code, after, state, people_ahead",
    "print_jobs": "ticket_id, copy, state",
}


def _difference(db: Database) -> Broken | None:
    """What was fetched back after a loss left no print job, and of two tickets with one label the log has both."""
    for table, columns in TABLES.items():
        stored = f"SELECT {columns} FROM main.{table}"  # noqa: S608  # our own names
        expected = f"SELECT * FROM temp.expected_{table}"  # noqa: S608  # our own names
        for row in db.conn.execute(f"{expected} EXCEPT {stored}"):
            if not _is_there(db, table, row):
                return Broken(f"table {table} lacks or contradicts what the log says of {row[0]}")
        odd = db.conn.execute(f"{stored} EXCEPT {expected} LIMIT 1").fetchone()
        if odd is not None:
            return Broken(f"table {table} holds {odd[0]}, of which the log knows nothing")
    odd = db.conn.execute(_ODD_JOB).fetchone()
    if odd is not None:
        return Broken(f"table print_jobs holds slip {odd[1]} of {odd[0]} as {odd[2]}, of which the log knows nothing")
    return None


def _is_there(db: Database, table: str, row: tuple[Any, ...]) -> bool:
    """Under another name: of two events that open one day the first counts, of two tickets with one label either."""
    if table == "service_days":
        same = "SELECT 1 FROM main.service_days WHERE (site_id, service_day) = (?, ?)"
        return db.conn.execute(same, row[:2]).fetchone() is not None
    return db.conn.execute(_SAME_LABEL, (row[0],)).fetchone() is not None
