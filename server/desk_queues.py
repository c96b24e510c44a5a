"""How each queue of a hall fares now: for desks, supervisors and boards."""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, Connection, and_, bindparam, case, func, or_, select

from kiosk.domain.ticket import StopState
from kiosk.sync.desk_wire import CounterState, QueueView
from server.schema import counters, queue_closures, stops, tickets

_turn_at = func.coalesce(stops.c.called_at_ms, stops.c.started_at_ms)
_waited_s = (_turn_at - tickets.c.effective_at_ms) / 1000
_is_promised: ColumnElement[bool] = stops.c.promised_high_s.is_not(None)
_had_a_turn: ColumnElement[bool] = and_(_is_promised, _turn_at.is_not(None))
_is_kept: ColumnElement[bool] = and_(_had_a_turn, _waited_s <= stops.c.promised_high_s)
_is_overdue: ColumnElement[bool] = and_(
    _is_promised,
    _turn_at.is_(None),
    stops.c.state.in_((StopState.WAITING, StopState.PENDING)),
    (bindparam("now_ms", type_=BigInteger) - tickets.c.effective_at_ms) / 1000 > stops.c.promised_high_s,
)
"""Still waits, longer than was promised. docs/waits.md says what counts as kept."""


def _count(*states: StopState) -> ColumnElement[int]:
    return func.sum(case((stops.c.state.in_(states), 1), else_=0))


_QUEUES: Final = (
    select(
        stops.c.queue_code,
        _count(StopState.WAITING, StopState.PENDING).label("waiting"),
        _count(StopState.CALLED, StopState.SERVING).label("serving"),
        _count(StopState.NO_SHOW).label("missed"),
        _count(StopState.COMPLETED).label("served"),
        func.min(case((stops.c.state == StopState.WAITING, tickets.c.effective_at_ms))).label("oldest_ms"),
        func.sum(case((or_(_had_a_turn, _is_overdue), 1), else_=0)).label("promises"),
        func.sum(case((_is_kept, 1), else_=0)).label("kept"),
    )
    .join(tickets, and_(tickets.c.site_id == stops.c.site_id, tickets.c.ticket_id == stops.c.ticket_id))
    .where(
        stops.c.site_id == bindparam("site"),
        stops.c.service_day == bindparam("day"),
        stops.c.queue_code.in_(bindparam("codes", expanding=True)),
    )
    .group_by(stops.c.queue_code)
)
_CLOSED: Final = select(queue_closures.c.queue_code).where(
    queue_closures.c.site_id == bindparam("site"),
    queue_closures.c.service_day == bindparam("day"),
    queue_closures.c.is_closed == 1,
)
"""Built once: SQLAlchemy takes longer to build a statement than SQLite to carry it out."""

_OPEN: Final = select(counters.c.counter, counters.c.queues).where(
    counters.c.site_id == bindparam("site"), counters.c.state == CounterState.OPEN
)

Waits = Mapping[str, tuple[int | None, int | None]]
"""Queue -> seconds that who would come now waits, from and to; None: cannot be said yet."""


def queue_views(  # noqa: PLR0913, PLR0917  # where, when, which, how long
    connection: Connection, site_id: str, service_day: str, codes: Collection[str], now_ms: int, waits: Waits
) -> Sequence[QueueView]:
    """By code; queues that nobody has come to yet, too. `now_ms`: milliseconds since 1970."""
    which = {"site": site_id, "day": service_day}
    found = connection.execute(_QUEUES, which | {"codes": sorted(codes), "now_ms": now_ms})
    rows = {row.queue_code: row for row in found}
    closed = set(connection.execute(_CLOSED, which).scalars())
    counters_open = open_counters_by_queue(connection, site_id)
    return [
        _view(code, rows.get(code), now_ms, waits.get(code, (None, None))).model_copy(
            update={"is_closed": code in closed, "counters_open": len(counters_open.get(code, ()))}
        )
        for code in sorted(codes)
    ]


def open_counters_by_queue(connection: Connection, site_id: str) -> Mapping[str, Sequence[int]]:
    """Queue -> the counters that serve it at this moment, by number."""
    found: dict[str, list[int]] = {}
    for row in connection.execute(_OPEN, {"site": site_id}):
        for code in json.loads(row.queues):
            found.setdefault(code, []).append(row.counter)
    return {code: sorted(numbers) for code, numbers in found.items()}


def _view(code: str, row: Any, now_ms: int, wait: tuple[int | None, int | None]) -> QueueView:
    if row is None:
        return QueueView(queue=code, waiting=0, wait_low_s=wait[0], wait_high_s=wait[1])
    longest_ms = 0 if row.oldest_ms is None else max(now_ms - row.oldest_ms, 0)
    return QueueView(
        queue=code,
        waiting=row.waiting,
        serving=row.serving,
        wait_low_s=wait[0],
        wait_high_s=wait[1],
        longest_wait_s=longest_ms // 1000,
        missed=row.missed,
        served=row.served,
        promises=row.promises,
        promises_kept=row.kept,
    )
