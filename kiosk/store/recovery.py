"""What a restored disk has forgotten, put back from the server: events, their tickets, the days they opened.

The events lie behind our own in position, and keep their own incarnations, sequences and hashes.
"""

from collections.abc import Iterable, Sequence
from typing import Final

import structlog
from pysqlite3 import dbapi2
from sqlite_utils import Database

from kiosk.domain import hlc
from kiosk.domain.events import (
    DAY_OPENED,
    PRINT_FINISHED,
    Event,
    LogHead,
    Malformed,
    broken_link,
    decode,
    digest,
    encode,
)
from kiosk.domain.history import NotUnderstoodError, PaperNews, effect_of
from kiosk.store.log import acknowledge, head_of
from kiosk.store.papers import note_paper, settle_stops
from kiosk.store.projection import Row, projected

_log = structlog.get_logger(__name__)

_COLUMNS: Final = {
    "tickets": "id, site_id, service_day, series, queue_code, number, label, is_priority, language, issued_at,"
    " clock_trusted, token",
    "stops": "ticket_id, position, service_day, service_id, service_number, queue_code, after, state, people_ahead,"
    " promised_low_s, promised_high_s",
}
"""As `projected` yields them; a ticket's token is signed when it is issued, and is no part of history."""


class _ForeignError(ValueError):
    """The message says why these events are no continuation of what is here."""


def take_back(db: Database, origin: str, incarnation: str, after: int, events: Sequence[bytes]) -> str | None:
    """Inside the caller's transaction: all of `events`, or a sentence on why none.

    They follow `after`, which is the last event here of this incarnation (0 for none), and are noted as held upstream.
    """
    before = head_of(db, incarnation)
    if (0 if before is None else before.sequence) != after:
        return "The log has grown while the server gave events back: it is asked again."
    try:
        ours = [*_continuing(origin, incarnation, before, events)]
    except _ForeignError as error:
        return f"The server gives events as this kiosk's that are not: {error}."
    for raw, event in ours:
        db.conn.execute(
            "INSERT INTO events (incarnation, sequence, hlc, type, hash, raw) VALUES (?, ?, ?, ?, ?, ?)",
            (incarnation, event.sequence, int(event.hlc, 16), event.type, digest(raw), raw),
        )
        rebuild_rows(db, event)
    if ours:
        acknowledge(db, incarnation, ours[-1][1].sequence, "site")
    return None


def _continuing(
    origin: str, incarnation: str, before: LogHead | None, events: Iterable[bytes]
) -> Iterable[tuple[bytes, Event]]:
    for raw in events:
        event = decode(raw)
        if isinstance(event, Malformed):
            raise _ForeignError(event.reason)
        if (event.origin, event.incarnation) != (origin, incarnation):
            raise _ForeignError(f"they are of {event.origin}, incarnation {event.incarnation}")
        try:
            fault = broken_link(event, before) or ("not written canonically" if encode(event) != raw else None)
        except (ValueError, RecursionError) as error:
            raise _ForeignError("holds what canonical JSON cannot say") from error
        if fault is not None:
            raise _ForeignError(f"event {event.sequence} {fault}")
        before = LogHead(incarnation, event.sequence, digest(raw))
        yield raw, event


def rebuild_rows(db: Database, event: Event) -> None:
    """The rows that the event made. A body that nobody here can read makes none, as when it was written."""
    try:
        rows = [*projected(event)]
    except (KeyError, TypeError):
        _log.warning("event_not_rebuilt", incarnation=event.incarnation, sequence=event.sequence, type=event.type)
        return
    if event.type == DAY_OPENED:
        _open_day(db, rows[0][1])
        return
    _note_slip(db, event)
    try:
        for table, row in rows:
            _insert(db, table, (*row, "") if table == "tickets" else row)
            if table == "stops":
                settle_stops(db, row[0])
    except dbapi2.IntegrityError:
        # Printed twice before anybody could know: the log keeps both, the tables the one that is here.
        _log.error("label_given_twice", incarnation=event.incarnation, sequence=event.sequence)


def _note_slip(db: Database, event: Event) -> None:
    """Of a ticket that the restored disk still knows: the next copy must not be counted as this one was, and what may
    be out must not be printed again as if it were not.
    """
    try:
        news = effect_of(event)
    except NotUnderstoodError:
        return
    if not isinstance(news, PaperNews):
        return
    note_paper(db, news.ticket_id, news.paper)
    if event.type == PRINT_FINISHED:
        written_at = hlc.time_of(int(event.hlc, 16)).isoformat()
        db.conn.execute(
            "INSERT OR IGNORE INTO print_jobs (ticket_id, copy, state, detail, queued_at, queued_monotonic)"
            " SELECT ?1, ?2, ?3, 'before the disk was restored', ?4, 0"
            " WHERE EXISTS (SELECT 1 FROM print_jobs WHERE ticket_id = ?1)",
            (news.ticket_id, news.paper.print_copy, news.paper.verdict, written_at),
        )
        if news.paper.may_be_out:
            db.conn.execute(
                "UPDATE print_jobs SET state = ? WHERE ticket_id = ? AND copy = ? AND state IN ('failed', 'expired')",
                (news.paper.verdict, news.ticket_id, news.paper.print_copy),
            )


def _insert(db: Database, table: str, row: Row) -> None:
    places = ", ".join("?" * len(row))
    db.conn.execute(f"INSERT INTO {table} ({_COLUMNS[table]}) VALUES ({places})", row)  # noqa: S608  # our own names


def _open_day(db: Database, row: Row) -> None:
    """The newest by position is in force, and a day never goes back: an earlier one takes a place before all others."""
    site_id, day, _ = row
    first, newest = db.conn.execute(
        "SELECT coalesce(min(position), 1), coalesce(max(service_day) FILTER (WHERE site_id = ?), '')"
        " FROM service_days",
        (site_id,),
    ).fetchone()
    position = None if day > newest else first - 1
    db.conn.execute(
        "INSERT OR IGNORE INTO service_days (position, site_id, service_day, clock_trusted) VALUES (?, ?, ?, ?)",
        (position, *row),
    )
