"""Is this database what the kiosk wrote? Pages, hashes, the chain, and tables against the log. Reads only.

SQLite's own `integrity_check` does not see a flipped byte of content (measured: research/reliability.md, 0.5). What is
compared lies in a database of its own: a log of any length takes the same memory.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from pysqlite3 import dbapi2
from sqlite_utils import Database

from kiosk.domain.events import NO_EVENT, PRINT_FINISHED, Event, LogHead
from kiosk.domain.projection_hash import projection_hash
from kiosk.domain.verdict import Broken, Link, Verified, read_link
from kiosk.replay import Replay
from kiosk.store.database import explained, read_only_uri
from kiosk.store.projection import TABLES, projected

__all__ = ["Broken", "Verified", "verify"]

Progress = Callable[[int, int], None]
"""Called now and then with how many events of how many are done."""

_NOW_AND_THEN: Final = 1000
_EXPECTED: Final = {
    "service_days": "site_id, service_day, clock_trusted, PRIMARY KEY (site_id, service_day)",
    "tickets": "id PRIMARY KEY, site_id, service_day, series, queue_code, number, label, is_priority, language,"
    " issued_at, clock_trusted",
    "stops": "ticket_id, position, service_day, service_id, service_number, queue_code, after, state, people_ahead,"
    " promised_low_s, promised_high_s, PRIMARY KEY (ticket_id, position)",
    "print_jobs": "ticket_id, copy, state, PRIMARY KEY (ticket_id, copy, state)",
}
_KEY: Final = {"tickets": 1, "print_jobs": 3}
"""How many of the first columns name a row; two where nothing is said. A slip that was tried again has had several
verdicts, and what is kept is one of them; while it is tried again, it has none.
"""
_FINAL_JOBS: Final = "SELECT ticket_id, copy, state FROM kiosk.print_jobs WHERE state NOT IN ('queued', 'sending')"
_ABANDONED: Final = (
    "UPDATE expected_stops SET state = 'expired' WHERE ticket_id = ? AND state IN ('waiting', 'pending')"
)
_SAME_LABEL: Final = (
    "SELECT 1 FROM kiosk.tickets JOIN expected_tickets AS twin ON"
    " (tickets.site_id, tickets.service_day, tickets.series, tickets.queue_code, tickets.number)"
    " = (twin.site_id, twin.service_day, twin.series, twin.queue_code, twin.number)"
    " WHERE twin.id = ? AND tickets.id <> twin.id"
)


def verify(path: Path, progress: Progress = lambda *_: None) -> Verified | Broken:
    """Check a kiosk's database; a running kiosk may go on writing meanwhile. Raises StoreError if it cannot be read."""
    with explained(path), TemporaryDirectory(prefix="giliran-") as folder:
        db = Database(dbapi2.connect(str(Path(folder) / "expected.db"), isolation_level=None), execute_plugins=False)
        try:
            _attach(db, path)
            # One read transaction: log and tables are seen at the same moment.
            db.conn.execute("BEGIN")
            return _check_pages(db) or _check_tables(db) or _check_log(db, progress)
        except dbapi2.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in {dbapi2.SQLITE_CORRUPT, dbapi2.SQLITE_NOTADB}:
                return Broken(str(error))
            raise
        finally:
            db.close()


def _attach(db: Database, path: Path) -> None:
    """Beside an empty database of our own, for what is expected: what SQLite calls temporary lies in memory here."""
    for pragma in ("PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF", "PRAGMA cache_size = -4000"):
        db.conn.execute(pragma)
    db.conn.execute("ATTACH ? AS kiosk", (read_only_uri(path),))


def _check_pages(db: Database) -> Broken | None:
    (verdict,) = db.conn.execute("PRAGMA kiosk.integrity_check(1)").fetchone()
    return None if verdict == "ok" else Broken(f"the pages are damaged: {verdict}")


def _check_tables(db: Database) -> Broken | None:
    """A server's database has events and tickets too, but acknowledges nothing."""
    needed = {"events", "acknowledgements", *TABLES}
    found = {name for (name,) in db.conn.execute("SELECT name FROM kiosk.sqlite_schema WHERE type = 'table'")}
    return None if needed <= found else Broken("this is not a kiosk's database")


def _check_log(db: Database, progress: Progress) -> Verified | Broken:
    """Every event, incarnation by incarnation in the order they began; then the tables against what the events say."""
    for table, columns in _EXPECTED.items():
        db.conn.execute(f"CREATE TABLE expected_{table} ({columns}) WITHOUT ROWID")
    heads: dict[str, LogHead] = {}
    anchors = _pruned(db)
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
        for ghost in replay.ghosts():
            db.conn.execute(_ABANDONED, (ghost,))
        total_hash = projection_hash((ticket.origin, ticket.row) for ticket in replay.tickets())
        tickets = replay.count_tickets()
    good = Verified(len(heads), count, tickets, total_hash.origins, total_hash.whole, replay.not_understood)
    return _difference(db) or good


def _pruned(db: Database) -> dict[str, LogHead]:
    """Incarnation -> the last event that was too old to be kept.

    Central held it when it went, and may have forgotten it since: one that was restored holds less than it once did.
    """
    if db.conn.execute("SELECT 1 FROM kiosk.sqlite_schema WHERE name = 'anchors'").fetchone() is None:
        return {}  # written by an older program, which never pruned
    rows = db.conn.execute("SELECT incarnation, sequence, hash FROM kiosk.anchors")
    return {row[0]: LogHead(*row) for row in rows}


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
    db.conn.execute(f"INSERT OR IGNORE INTO expected_{table} VALUES ({places})", row)  # noqa: S608  # our own names


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


def _difference(db: Database) -> Broken | None:
    """Both in the order of their keys, so that neither has to be held in memory."""
    for table, columns in TABLES.items():
        stored = f"SELECT {_as_stored(db, table, columns)} FROM kiosk.{table}"  # noqa: S608  # our own names
        for row, is_expected in _odd_rows(db, table, stored):
            if not is_expected:
                return Broken(f"table {table} holds {row[0]}, of which the log knows nothing")
            if not _is_twin(db, row[0]):
                return Broken(f"table {table} lacks or contradicts what the log says of {row[0]}")
    for row, is_expected in _odd_rows(db, "print_jobs", _FINAL_JOBS):
        if not is_expected:  # but what was fetched back after a loss left no slip here
            return Broken(
                f"table print_jobs holds slip {row[1]} of {row[0]}, of which the log knows nothing or another"
            )
    return None


def _as_stored(db: Database, table: str, columns: str) -> str:
    """`columns`, NULL in the place of those that a database of an older program has not yet."""
    there = {row[1] for row in db.conn.execute(f"PRAGMA kiosk.table_info({table})")}
    return ", ".join("NULL" if name.isidentifier() and name not in there else name for name in columns.split(", "))


def _odd_rows(db: Database, table: str, stored: str) -> Iterator[tuple[tuple[Any, ...], bool]]:
    """(row, whether it is of the log): what only one side has; of a row that they tell differently the log's first."""
    key = _KEY.get(table, 2)
    order = "ORDER BY " + ", ".join(str(column + 1) for column in range(key))
    found = db.conn.execute(f"{stored} {order}")
    expected = db.conn.execute(f"SELECT * FROM expected_{table} {order}")  # noqa: S608  # our own names
    ours, theirs = found.fetchone(), expected.fetchone()
    while ours is not None or theirs is not None:
        if theirs is None or (ours is not None and ours[:key] < theirs[:key]):
            yield ours, False
            ours = found.fetchone()
        elif ours is None or theirs[:key] < ours[:key]:
            yield theirs, True
            theirs = expected.fetchone()
        else:
            if ours != theirs:
                yield theirs, True
                yield ours, False
            ours, theirs = found.fetchone(), expected.fetchone()


def _is_twin(db: Database, ticket_id: str) -> bool:
    """Of two tickets with one label the log has both, and the tables one."""
    return db.conn.execute(_SAME_LABEL, (ticket_id,)).fetchone() is not None
