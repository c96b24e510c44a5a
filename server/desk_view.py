"""All that a desk shows, read from the tables in one snapshot."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Final

from sqlalchemy import bindparam, func, select

from kiosk.domain.stop_life import ACTIVE, CLOSED
from kiosk.domain.ticket import StopState
from kiosk.sync.desk_wire import (
    MOST_IN_LINE,
    ConflictView,
    CounterState,
    CounterView,
    DeskView,
    LineRow,
    Place,
    Role,
    StopView,
    UndoOffer,
    VisitView,
)
from server.courses import Visit, course_for
from server.database import moment
from server.desk_line import Lines, Waiting
from server.desk_notes import note_of
from server.desk_paper import paper_at, paper_view
from server.desk_queues import open_counters_by_queue, queue_views
from server.desk_room import AnyRow, Room
from server.desk_undo import undoable
from server.hall import Hall
from server.queue_hours import with_reasons
from server.schema import counters, stops, tickets

_MOST_ASIDE: Final = 60
"""Rows of those who are parked, or were missed."""

_ALARMS: Final = (
    select(counters.c.counter)
    .where(counters.c.site_id == bindparam("site"), counters.c.alarm_at_ms.is_not(None))
    .order_by(counters.c.alarm_at_ms)
)
_DISPUTED: Final = (
    select(tickets.c.ticket_id, tickets.c.label)
    .where(tickets.c.site_id == bindparam("site"), tickets.c.service_day == bindparam("day"), tickets.c.conflicts > 0)
    .order_by(tickets.c.label)
)
_WAITING_THERE: Final = (
    select(stops.c.queue_code, func.count())
    .where(
        stops.c.site_id == bindparam("site"),
        stops.c.service_day == bindparam("day"),
        stops.c.queue_code.in_(bindparam("codes", expanding=True)),
        stops.c.state == StopState.WAITING,
    )
    .group_by(stops.c.queue_code)
)


def desk_view(room: Room) -> DeskView:
    """`room`: of a snapshot, nothing is written. Raises nothing: where something is missing, less is shown."""
    view = DeskView(
        server_time=moment(room.now_ms),
        service_day=None if room.service_day is None else date.fromisoformat(room.service_day),
        staff=room.officer.staff,
        role=room.officer.role,
        counter=counter_view(room.hall, room.officer.counter, room.counter_row),
        alarms=_alarms(room) if room.officer.role is Role.SUPERVISOR else (),
    )
    if room.service_day is None:
        return view
    lines = room.lines()
    called, blocked = lines.sequence(MOST_IN_LINE), lines.blocked()
    line = [*(_row(room, row) for row in called), *(_row(room, row, blocked=True) for row in blocked[:MOST_IN_LINE])]
    return view.model_copy(
        update={
            "visit": visit_here(room),
            "line": tuple(line[:MOST_IN_LINE]),
            "line_total": lines.callable_count + len(blocked),
            "parked": _aside(room, lines, StopState.PARKED),
            "missed": _aside(room, lines, StopState.NO_SHOW),
            "queues": with_reasons(
                room,
                queue_views(
                    room.connection,
                    room.site_id,
                    room.service_day,
                    room.queues,
                    room.now_ms,
                    room.node.outlooks.ranges(room.site_id),
                ),
            ),
            "undo": _offer(room),
            "conflicts": () if room.officer.counter is None else _conflicts(room),
        }
    )


def counter_view(hall: Hall, counter: int | None, row: AnyRow | None) -> CounterView | None:
    """`row` of `counters`, None: it was never open. None where there is no counter."""
    if counter is None:
        return None
    place = hall.place_of(counter)
    if row is None:
        queues = hall.queues_of(counter)
        return CounterView(
            counter=counter, state=CounterState.CLOSED, queues=queues, floor=place.floor, zone=place.zone
        )
    return CounterView(
        counter=counter,
        state=CounterState(row.state),
        queues=tuple(json.loads(row.queues)),
        officer=row.officer,
        floor=place.floor,
        zone=place.zone,
        since=moment(row.since_ms),
        has_alarm=row.alarm_at_ms is not None,
    )


def visit_here(room: Room) -> VisitView | None:
    """Whoever is called to this counter, or served at it."""
    here = room.here()
    paper = paper_at(room) if here is None else None
    if paper is not None:
        return paper_view(room, paper)
    visit = None if here is None else room.visit(here.ticket_id)
    return None if here is None or visit is None else visit_view(room, visit, here.position)


def visit_view(room: Room, visit: Visit, position: int) -> VisitView:
    waiting = waiting_there(room, {stop.queue_code for stop in visit.stops})
    served = open_counters_by_queue(room.connection, room.site_id)
    ticket = visit.ticket
    return VisitView(
        ticket=ticket.ticket_id,
        label=ticket.label,
        is_priority=bool(ticket.has_priority),
        language=ticket.language,
        issued_at=moment(ticket.issued_at_ms),
        position=position,
        stops=tuple(_stop(room, ticket, stop, waiting, served) for stop in visit.stops),
        note=note_of(room.connection, room.site_id, ticket.ticket_id),
        conflict=ticket.conflicts > 0,
    )


def places_to_go(room: Room, queue_code: str, served: Mapping[str, Sequence[int]] | None = None) -> tuple[Place, ...]:
    """The counters that serve the queue now, else those that do by the site's file; nearest first: this floor, then
    the number next to this counter's.
    """
    if served is None:
        served = open_counters_by_queue(room.connection, room.site_id)
    numbers = served.get(queue_code, ())
    places = tuple(map(room.hall.place_of, numbers)) if numbers else room.hall.places(queue_code)
    own = room.officer.counter
    if own is None:
        return places
    here = room.hall.place_of(own)

    def distance(place: Place) -> tuple[bool, bool, int, int]:
        return (place.floor != here.floor, place.zone != here.zone, abs(place.counter - own), place.counter)

    return tuple(sorted(places, key=distance))


def waiting_there(room: Room, codes: Collection[str]) -> Mapping[str, int]:
    """Queue -> how many wait there."""
    which = {"site": room.site_id, "day": room.day, "codes": sorted(codes)}
    return {row[0]: row[1] for row in room.connection.execute(_WAITING_THERE, which)}


def _stop(  # what a row of a visit is made of
    room: Room, ticket: AnyRow, stop: AnyRow, waiting: Mapping[str, int], served: Mapping[str, Sequence[int]]
) -> StopView:
    state = StopState(stop.state)
    called_ms = stop.called_at_ms or stop.started_at_ms
    until_ms = called_ms if state in ACTIVE | CLOSED and called_ms is not None else stop.ended_at_ms or room.now_ms
    place_ms = ticket.effective_at_ms if stop.place_ms is None else stop.place_ms
    began_ms = place_ms if stop.issued_state is None else ticket.effective_at_ms
    is_open = state not in CLOSED | ACTIVE
    return StopView(
        position=stop.position,
        service_id=stop.service_id,
        queue=stop.queue_code,
        state=state,
        counter=stop.counter,
        after=tuple(json.loads(stop.after)),
        waited_s=max(until_ms - began_ms, 0) // 1000,
        serving_s=_serving_s(room, stop),
        calls=stop.calls,
        promised_low_s=stop.promised_low_s,
        promised_high_s=stop.promised_high_s,
        waiting_there=waiting.get(stop.queue_code, 0) if is_open else 0,
        places=places_to_go(room, stop.queue_code, served) if is_open else (),
    )


def _serving_s(room: Room, stop: AnyRow) -> int | None:
    if stop.started_at_ms is None:
        return None
    until_ms = room.now_ms if stop.state == StopState.SERVING else stop.ended_at_ms or room.now_ms
    return int(max(until_ms - stop.started_at_ms, 0) // 1000)


def _row(room: Room, row: Waiting, *, blocked: bool = False) -> LineRow:
    return LineRow(
        ticket=row.who.ticket_id,
        label=row.label,
        position=row.who.position,
        queue=row.who.queue_code,
        service_id=row.service_id,
        is_priority=row.who.is_priority,
        waited_s=max(room.now_ms - row.since_ms, 0) // 1000,
        promised_high_s=row.promised_high_s,
        state=row.state,
        is_blocked=blocked,
    )


def _aside(room: Room, lines: Lines, state: StopState) -> tuple[LineRow, ...]:
    rows = lines.of_state(state)[:_MOST_ASIDE]
    return tuple(_row(room, row, blocked=row.is_elsewhere) for row in rows)


def _offer(room: Room) -> UndoOffer | None:
    if room.officer.counter is None:
        return None
    offered = undoable(room.connection, room.site_id, room.officer.counter, room.now_ms)
    if offered is None:
        return None
    return UndoOffer(action=offered.action, verb=offered.verb, label=offered.label, until=moment(offered.until_ms))


def _conflicts(room: Room) -> tuple[ConflictView, ...]:
    """Of today's tickets that two counters had at once, those that this one had: both are told."""
    own = room.officer.counter
    found = []
    for row in room.connection.execute(_DISPUTED, {"site": room.site_id, "day": room.service_day}):
        course = course_for(room.connection, room.site_id, row.ticket_id)
        for conflict in () if course is None else course.conflicts:
            if own in (conflict.counter, conflict.held_by):
                other = conflict.held_by if conflict.counter == own else conflict.counter
                found.append(ConflictView(label=row.label, other_counter=other))
    return tuple(dict.fromkeys(found))


def _alarms(room: Room) -> tuple[int, ...]:
    return tuple(room.connection.execute(_ALARMS, {"site": room.site_id}).scalars())
