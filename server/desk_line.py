"""Who waits in the queues of one counter, and in which order it would call them."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, and_, bindparam, func, select

from kiosk.domain.call_order import InLine, call_sequence
from kiosk.domain.calling_rules import CallingRules
from kiosk.domain.stop_life import ACTIVE
from kiosk.domain.ticket import StopState
from kiosk.sync.desk_wire import CounterState
from server.schema import counters, stops, tickets

_IN_THE_ROOM: Final = (StopState.WAITING, StopState.PENDING, StopState.PARKED, StopState.NO_SHOW)
_THEIR_TICKET: Final = and_(tickets.c.site_id == stops.c.site_id, tickets.c.ticket_id == stops.c.ticket_id)
_OF_THESE_QUEUES: Final = (
    stops.c.site_id == bindparam("site"),
    stops.c.service_day == bindparam("day"),
    stops.c.queue_code.in_(bindparam("codes", expanding=True)),
)
_elsewhere = stops.alias("elsewhere")
_IS_ELSEWHERE: Final = (
    select(_elsewhere.c.position)
    .where(
        _elsewhere.c.site_id == stops.c.site_id,
        _elsewhere.c.ticket_id == stops.c.ticket_id,
        _elsewhere.c.state.in_(sorted(ACTIVE)),
    )
    .exists()
)
_LINE: Final = (
    select(
        stops.c.ticket_id,
        stops.c.position,
        stops.c.service_id,
        stops.c.queue_code,
        stops.c.state,
        stops.c.counter,
        stops.c.bound_to,
        stops.c.place_ms,
        stops.c.issued_state,
        stops.c.promised_high_s,
        tickets.c.label,
        tickets.c.has_priority,
        tickets.c.origin,
        tickets.c.sequence,
        tickets.c.effective_at_ms,
        _IS_ELSEWHERE.label("is_elsewhere"),
    )
    .join(tickets, _THEIR_TICKET)
    .where(*_OF_THESE_QUEUES, stops.c.state.in_(_IN_THE_ROOM))
)
_NOT_CLOSED: Final = select(counters.c.counter, counters.c.queues).where(
    counters.c.site_id == bindparam("site"), counters.c.state != CounterState.CLOSED
)
_turn_at = func.coalesce(stops.c.called_at_ms, stops.c.started_at_ms)
_LAST_PRIORITY: Final = (
    select(stops.c.queue_code, func.max(_turn_at).label("at_ms"))
    .join(tickets, _THEIR_TICKET)
    .where(*_OF_THESE_QUEUES, tickets.c.has_priority == 1, _turn_at.is_not(None))
    .group_by(stops.c.queue_code)
    .subquery("last_priority")
)
_OTHERS_SINCE: Final = (
    select(_LAST_PRIORITY.c.queue_code, func.count(tickets.c.ticket_id))
    .select_from(
        _LAST_PRIORITY.outerjoin(
            stops,
            and_(
                *_OF_THESE_QUEUES, stops.c.queue_code == _LAST_PRIORITY.c.queue_code, _turn_at > _LAST_PRIORITY.c.at_ms
            ),
        ).outerjoin(tickets, and_(_THEIR_TICKET, tickets.c.has_priority == 0))
    )
    .group_by(_LAST_PRIORITY.c.queue_code)
)
"""Built once: SQLAlchemy takes longer to build a statement than SQLite to carry it out."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One stop whose visitor has not left. `since_ms`: when the waiting began, milliseconds since 1970. `counter`:
    where it was called or served last. `bound_to`: the counter that wants the visitor back.
    """

    who: InLine
    label: str
    service_id: str
    state: StopState
    since_ms: int
    counter: int | None
    bound_to: int | None
    promised_high_s: int | None
    is_elsewhere: bool

    @property
    def is_callable(self) -> bool:
        return self.state is StopState.WAITING and not self.is_elsewhere


@dataclass(frozen=True, slots=True)
class Lines:
    """Of the queues that were asked for; who is to come back to another counter is left out. `since_priority`: as
    `kiosk.domain.call_order` wants it.
    """

    waiting: Sequence[Waiting]
    since_priority: Mapping[str, int]
    rules: Mapping[str, CallingRules]
    now_ms: int

    def sequence(self, most: int | None = None) -> Sequence[Waiting]:
        """Those that can be called, in the order of calls."""
        by_stop = {(row.who.ticket_id, row.who.position): row for row in self.waiting if row.is_callable}
        called = call_sequence(
            (row.who for row in by_stop.values()), self.rules, self.since_priority, self.now_ms, most
        )
        return [by_stop[who.ticket_id, who.position] for who in called]

    @property
    def callable_count(self) -> int:
        return sum(row.is_callable for row in self.waiting)

    def blocked(self) -> Sequence[Waiting]:
        """Who is somewhere else now, or must be first: they keep their places."""
        rows = (row for row in self.waiting if row.state in (StopState.WAITING, StopState.PENDING))
        return sorted((row for row in rows if not row.is_callable), key=lambda row: row.who.place)

    def of_state(self, state: StopState) -> Sequence[Waiting]:
        return sorted((row for row in self.waiting if row.state is state), key=lambda row: row.who.place)


def lines_of(  # noqa: PLR0913, PLR0917  # where, when, which, how
    connection: Connection,
    site_id: str,
    service_day: str,
    codes: Collection[str],
    rules: Mapping[str, CallingRules],
    now_ms: int,
    counter: int | None = None,
) -> Lines:
    """`counter`: who asks; None sees what is bound to any. `now_ms`: milliseconds since 1970."""
    if not codes:
        return Lines((), {}, rules, now_ms)
    which = {"site": site_id, "day": service_day, "codes": sorted(codes)}
    rows = [_waiting(row) for row in connection.execute(_LINE, which)]
    mine = rows if counter is None else [row for row in rows if row.bound_to in (None, counter)]
    if len(mine) < len(rows):
        wanted = bound_counters(connection, site_id) - {(counter, code) for code in codes}
        mine = [row for row in rows if (row.bound_to, row.who.queue_code) not in wanted]
    since = {row[0]: row[1] for row in connection.execute(_OTHERS_SINCE, which)}
    return Lines(mine, since, rules, now_ms)


def bound_counters(connection: Connection, site_id: str) -> frozenset[tuple[int | None, str]]:
    """(counter, queue): who is to come back there waits for that counter, until it is closed or serves others."""
    found = connection.execute(_NOT_CLOSED, {"site": site_id})
    return frozenset((row.counter, code) for row in found for code in json.loads(row.queues))


def place_after(lines: Lines, queue_code: str, count: int, *, is_priority: bool) -> int | None:
    """Where in the order of calls somebody comes who comes back: after the next `count` of that queue. None: nobody of
    his class is among them, and he keeps his place.
    """
    first = [row.who for row in lines.sequence() if row.who.queue_code == queue_code][:count]
    places = [who.place[0] for who in first if who.is_priority is is_priority]
    return max(places) + 1 if places else None


def _waiting(row: Row[*tuple[Any, ...]]) -> Waiting:
    place_ms = row.effective_at_ms if row.place_ms is None else row.place_ms
    who = InLine(
        row.ticket_id, row.position, row.queue_code, bool(row.has_priority), (place_ms, row.origin, row.sequence)
    )
    return Waiting(
        who=who,
        label=row.label,
        service_id=row.service_id,
        state=StopState(row.state),
        since_ms=began_waiting_ms(row),
        counter=row.counter,
        bound_to=row.bound_to,
        promised_high_s=row.promised_high_s,
        is_elsewhere=bool(row.is_elsewhere),
    )


def began_waiting_ms(row: Row[*tuple[Any, ...]]) -> int:
    """Who comes back has waited from the beginning; a stop that was added later, from its own."""
    is_added = row.issued_state is None and row.place_ms is not None
    return int(max(row.effective_at_ms, row.place_ms) if is_added else row.effective_at_ms)
