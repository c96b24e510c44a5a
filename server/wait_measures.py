"""What the tables tell of how fast a hall works: visits that are over, counters at work, priority that keeps coming."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, and_, bindparam, func, select

from kiosk.domain.ticket import StopState
from kiosk.domain.wait_estimate import Desk
from kiosk.domain.wait_pace import RECENT, Ended, Measured
from kiosk.sync.desk_wire import CounterState
from server.hall import Hall
from server.schema import counters, stops, tickets

_WITHIN_MS: Final = 30 * 86_400_000
_RATE_OVER_MS: Final = 2 * 3_600_000
_RATE_AT_LEAST_MS: Final = 1_800_000
_OVER: Final = (StopState.COMPLETED, StopState.NO_SHOW)
_placed_ms = func.coalesce(stops.c.place_ms, tickets.c.effective_at_ms)


def _ended() -> Select[Any]:
    return (
        select(
            stops.c.service_id,
            stops.c.queue_code,
            stops.c.counter,
            _placed_ms.label("placed_ms"),
            func.coalesce(stops.c.called_at_ms, stops.c.started_at_ms).label("called_ms"),
            stops.c.ended_at_ms,
        )
        .join(tickets, and_(tickets.c.site_id == stops.c.site_id, tickets.c.ticket_id == stops.c.ticket_id))
        .where(
            stops.c.site_id == bindparam("site"),
            stops.c.state.in_(_OVER),
            stops.c.counter.is_not(None),
            stops.c.ended_at_ms > bindparam("since"),
        )
    )


_OF_SERVICE: Final = (
    _ended().where(stops.c.service_id == bindparam("service")).order_by(stops.c.ended_at_ms.desc()).limit(RECENT)
)
_OF_DAY: Final = _ended().where(stops.c.service_day == bindparam("day")).order_by(stops.c.ended_at_ms)
_COUNTERS: Final = select(counters.c.counter, counters.c.state, counters.c.queues, counters.c.since_ms).where(
    counters.c.site_id == bindparam("site"), counters.c.state.in_((CounterState.OPEN, CounterState.PAUSED))
)
_AT_COUNTERS: Final = select(
    stops.c.active_counter,
    stops.c.ticket_id,
    stops.c.service_id,
    stops.c.queue_code,
    func.coalesce(stops.c.started_at_ms, stops.c.called_at_ms).label("since_ms"),
).where(
    stops.c.site_id == bindparam("site"),
    stops.c.service_day == bindparam("day"),
    stops.c.active_counter.is_not(None),
)
_PRIORITY: Final = (
    select(stops.c.queue_code, func.count().label("came"))
    .join(tickets, and_(tickets.c.site_id == stops.c.site_id, tickets.c.ticket_id == stops.c.ticket_id))
    .where(
        stops.c.site_id == bindparam("site"),
        stops.c.service_day == bindparam("day"),
        tickets.c.has_priority == 1,
        tickets.c.effective_at_ms > bindparam("since"),
    )
    .group_by(stops.c.queue_code)
)
_FIRST: Final = select(func.min(tickets.c.effective_at_ms)).where(
    tickets.c.site_id == bindparam("site"), tickets.c.service_day == bindparam("day")
)
"""Built once: SQLAlchemy takes longer to build a statement than SQLite to carry it out."""


class Learnt:
    """Of one site. On one thread."""

    def __init__(self) -> None:
        self.measured = Measured()
        self._until_ms: int | None = None

    def catch_up(self, connection: Connection, site_id: str, day: str, hall: Hall, now_ms: int) -> None:
        """What has ended since the last time; the first time the last visits of each service, of a month."""
        if self._until_ms is None:
            self._until_ms = now_ms - _WITHIN_MS
            services = sorted({service for queue in hall.site.queues for service in queue.service_ids})
            found = [
                row
                for service in services
                for row in connection.execute(
                    _OF_SERVICE, {"site": site_id, "service": service, "since": self._until_ms}
                )
            ]
            self._note(sorted(found, key=lambda row: row.ended_at_ms), hall)
        else:
            self._note(connection.execute(_OF_DAY, {"site": site_id, "day": day, "since": self._until_ms}), hall)

    def _note(self, rows: Iterable[Row[Any]], hall: Hall) -> None:
        queues = hall.site.queue_by_code
        for row in rows:
            self._until_ms = max(self._until_ms or 0, row.ended_at_ms)
            if row.called_ms is not None and row.queue_code in queues:
                self.measured.note(
                    Ended(
                        service_id=row.service_id,
                        queue_code=row.queue_code,
                        pool=queues[row.queue_code].agency_id,
                        counter=row.counter,
                        placed_s=row.placed_ms / 1000,
                        called_s=row.called_ms / 1000,
                        ended_s=row.ended_at_ms / 1000,
                    )
                )


def desks_of(connection: Connection, site_id: str, day: str, now_ms: int) -> tuple[Desk, ...]:
    """The counters that somebody sits at, or has left for a while, with whom they have."""
    busy = {row.active_counter: row for row in connection.execute(_AT_COUNTERS, {"site": site_id, "day": day})}
    desks = []
    for row in connection.execute(_COUNTERS, {"site": site_id}).all():
        at = busy.get(row.counter)
        is_paused = row.state == CounterState.PAUSED
        desks.append(
            Desk(
                number=row.counter,
                queues=tuple(json.loads(row.queues)),
                ticket_id=None if at is None else at.ticket_id,
                service_id=None if at is None else at.service_id,
                busy_queue=None if at is None else at.queue_code,
                busy_s=0.0 if at is None or at.since_ms is None else max(now_ms - at.since_ms, 0) / 1000,
                paused_s=max(now_ms - row.since_ms, 0) / 1000 if is_paused else None,
            )
        )
    return tuple(sorted(desks, key=lambda desk: desk.number))


def priority_rates(connection: Connection, site_id: str, day: str, now_ms: int) -> Mapping[str, float]:
    """Queue -> visitors with priority a second, of the last two hours."""
    first_ms = connection.execute(_FIRST, {"site": site_id, "day": day}).scalar_one()
    if first_ms is None:
        return {}
    over_ms = min(max(now_ms - first_ms, _RATE_AT_LEAST_MS), _RATE_OVER_MS)
    rows = connection.execute(_PRIORITY, {"site": site_id, "day": day, "since": now_ms - over_ms})
    return {row.queue_code: 1000 * row.came / over_ms for row in rows}
