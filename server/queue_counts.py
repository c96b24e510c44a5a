"""How many wait in each queue, and who has left it because nobody can hold the number."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, select, update

from kiosk.domain.ticket import StopState
from server.database import Upsert
from server.schema import queues, stops, tickets

Lines = Mapping[tuple[str, str], int]
"""(service day, queue) -> visitors."""

_COUNTED: Final = Upsert(
    queues,
    lambda new: new.on_conflict_do_update(
        index_elements=["site_id", "service_day", "queue_code"],
        set_={"issued": queues.c.issued + new.excluded.issued, "waiting": queues.c.waiting + new.excluded.waiting},
    ),
)
"""Built once: SQLAlchemy takes longer to build a statement than SQLite to carry it out."""

_OPEN: Final = (StopState.WAITING, StopState.PENDING)


def count_visitors(connection: Connection, site_id: str, issued: Lines, waiting: Lines) -> None:
    """Adds those who took a number, and those who came to wait (who left it: less than nothing)."""
    rows = [
        {
            "site_id": site_id,
            "service_day": day,
            "queue_code": code,
            "issued": issued.get((day, code), 0),
            "waiting": waiting.get((day, code), 0),
        }
        for day, code in sorted(issued.keys() | waiting.keys())
    ]
    if rows:
        _COUNTED.execute(connection, rows)


def expire_stops(connection: Connection, site_id: str, ticket_ids: Sequence[str]) -> None:
    """Nobody can hold these tickets: they wait nowhere."""
    _move(connection, site_id, ticket_ids, stops.c.state.in_(_OPEN), -1)


def revive_stops(connection: Connection, site_id: str, ticket_ids: Sequence[str]) -> None:
    """Somebody may hold these tickets after all: they wait where they waited."""
    _move(connection, site_id, ticket_ids, stops.c.state_before.is_not(None), 1)


def _move(
    connection: Connection, site_id: str, ticket_ids: Sequence[str], which: ColumnElement[bool], visitors: int
) -> None:
    if not ticket_ids:
        return
    these = (stops.c.site_id == site_id, stops.c.ticket_id.in_(list(ticket_ids)), which)
    places = (
        select(stops.c.ticket_id, tickets.c.service_day, stops.c.queue_code)
        .join(tickets, (tickets.c.site_id == stops.c.site_id) & (tickets.c.ticket_id == stops.c.ticket_id))
        .where(*these)
        .distinct()
    )
    lines = Counter((row.service_day, row.queue_code) for row in connection.execute(places))
    moved: dict[str, Any] = (
        {"state": StopState.EXPIRED.value, "state_before": stops.c.state}
        if visitors < 0
        else {"state": stops.c.state_before, "state_before": None}
    )
    connection.execute(update(stops).where(*these).values(moved))
    count_visitors(connection, site_id, {}, {line: visitors * count for line, count in lines.items()})
