"""Tickets and their stops, as rows. Written by kiosk/issuing.py alone."""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final

from sqlite_utils import Database

from kiosk.domain.language import Language
from kiosk.domain.ticket import SHARED_SERIES, Stop, StopState, Ticket, TicketId, Wait

_COLUMNS: Final = (
    "id, site_id, service_day, series, queue_code, number, label,"
    " is_priority, language, issued_at, clock_trusted, token"
)

_DAYS_TOLD: Final = 3
"""A server that was away longer than this opens a new day for its first number."""

_OPEN_STATES: Final = "'pending', 'waiting', 'called', 'serving', 'parked'"
"""A visitor in one of these is still to be served."""


def insert_ticket(db: Database, ticket: Ticket, session_key: str) -> None:
    db.conn.execute(
        f"INSERT INTO tickets (session_key, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608  # our own column names
        (
            session_key,
            ticket.id,
            ticket.site_id,
            ticket.service_day.isoformat(),
            ticket.series,
            ticket.queue_code,
            ticket.number,
            ticket.label,
            ticket.is_priority,
            ticket.language,
            ticket.issued_at.isoformat(),
            ticket.clock_trusted,
            ticket.token,
        ),
    )
    db.conn.executemany(
        "INSERT INTO stops (ticket_id, position, service_day, service_id, service_number, queue_code, after, state,"
        " people_ahead, promised_low_s, promised_high_s) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                ticket.id,
                stop.position,
                ticket.service_day.isoformat(),
                stop.service_id,
                stop.service_number,
                stop.queue_code,
                json.dumps(stop.after),
                stop.state,
                ahead,
                *_seconds(ticket.promise_of(stop)),
            )
            for stop, ahead in zip(ticket.stops, ticket.people_ahead, strict=True)
        ],
    )


def ticket_of_session(db: Database, session_key: str) -> Ticket | None:
    row = db.conn.execute(f"SELECT {_COLUMNS} FROM tickets WHERE session_key = ?", (session_key,)).fetchone()  # noqa: S608  # our own column names
    return _ticket(db, row) if row else None


def find_ticket(db: Database, ticket_id: TicketId) -> Ticket | None:
    row = db.conn.execute(f"SELECT {_COLUMNS} FROM tickets WHERE id = ?", (ticket_id,)).fetchone()  # noqa: S608  # our own column names
    return _ticket(db, row) if row else None


def highest_number(db: Database, site_id: str, day: date, series: int, queue_code: str) -> int:
    """0 where none was given."""
    (highest,) = db.conn.execute(
        "SELECT max(number) FROM tickets WHERE site_id = ? AND service_day = ? AND series = ? AND queue_code = ?",
        (site_id, day.isoformat(), series, queue_code),
    ).fetchone()
    return int(highest or 0)


def shared_numbers(db: Database) -> tuple[tuple[date, str, int], ...]:
    """(day, queue code, number): the highest of the shared series in each queue on the newest days of the present site.

    What a server that was restored from an older copy must not give again.
    """
    rows = db.conn.execute(
        "SELECT service_day, queue_code, max(number) FROM tickets"
        " WHERE series = ? AND (site_id, service_day) IN ("
        "   SELECT site_id, service_day FROM service_days"
        "   WHERE site_id = (SELECT site_id FROM service_days ORDER BY position DESC LIMIT 1)"
        "   ORDER BY position DESC LIMIT ?)"
        " GROUP BY service_day, queue_code ORDER BY service_day, queue_code",
        (SHARED_SERIES, _DAYS_TOLD),
    )
    return tuple((date.fromisoformat(day), code, number) for day, code, number in rows.fetchall())


def issued_today(db: Database, day: date, queue_code: str) -> int:
    """Visitors who took a number for this queue on that day, whatever became of them."""
    (count,) = db.conn.execute(
        "SELECT count(DISTINCT ticket_id) FROM stops WHERE service_day = ? AND queue_code = ?",
        (day.isoformat(), queue_code),
    ).fetchone()
    return int(count)


def letters_given(db: Database, day: date) -> frozenset[str]:
    """The queue codes that stand on tickets of that day."""
    rows = db.conn.execute("SELECT DISTINCT queue_code FROM stops WHERE service_day = ?", (day.isoformat(),))
    return frozenset(code for (code,) in rows.fetchall())


def waiting(db: Database, day: date, queue_codes: Iterable[str]) -> Mapping[str, int]:
    """Queue code -> visitors of that day who are still to be served from it."""
    counts = dict.fromkeys(queue_codes, 0)
    for code in counts:
        (counts[code],) = db.conn.execute(
            "SELECT count(DISTINCT ticket_id) FROM stops"  # noqa: S608  # our own state names
            f" WHERE service_day = ? AND queue_code = ? AND state IN ({_OPEN_STATES})",
            (day.isoformat(), code),
        ).fetchone()
    return counts


def _seconds(wait: Wait | None) -> tuple[int | None, int | None]:
    return (None, None) if wait is None else (wait.low_s, wait.high_s)


def _ticket(db: Database, row: tuple[Any, ...]) -> Ticket:
    stops = db.conn.execute(
        "SELECT position, service_id, service_number, queue_code, after, state, people_ahead, promised_low_s,"
        " promised_high_s FROM stops"
        " WHERE ticket_id = ? ORDER BY position",
        (row[0],),
    ).fetchall()
    return Ticket(
        id=TicketId(row[0]),
        site_id=row[1],
        service_day=date.fromisoformat(row[2]),
        series=row[3],
        queue_code=row[4],
        number=row[5],
        label=row[6],
        is_priority=bool(row[7]),
        language=Language(row[8]),
        issued_at=datetime.fromisoformat(row[9]),
        clock_trusted=bool(row[10]),
        token=row[11],
        stops=tuple(
            Stop(position, service_id, service_number, queue_code, tuple(json.loads(after)), StopState(state))
            for position, service_id, service_number, queue_code, after, state, *_ in stops
        ),
        people_ahead=tuple(stop[6] for stop in stops),
        promised=tuple(None if stop[7] is None else Wait(stop[7], stop[8]) for stop in stops),
    )
