"""Opening, pausing and closing a counter, and taking another one. A counter belongs to the desk that has taken it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from kiosk.domain.desk_bodies import counter_closed, counter_opened, counter_paused
from kiosk.domain.events import COUNTER_CLOSED, COUNTER_OPENED, COUNTER_PAUSED
from kiosk.sync.desk_wire import Answer, CounterState, Leaving, Refusal, Role, SetCounter
from server.database import lock_site, milliseconds, moment
from server.desk_room import AnyRow, NotDoneError, Room, open_room
from server.leaving import dismiss, queues_left_alone, settle
from server.node import Node
from server.staff_sessions import Officer, holder_of, session_of, take_counter


@dataclass(frozen=True, slots=True)
class Told:
    """What others need to hear of: counters, tickets; `hall`: everything may look different."""

    counters: tuple[int, ...] = ()
    tickets: tuple[str, ...] = ()
    hall: bool = False


def set_counter(node: Node, site_id: str, device_id: str, message: SetCounter) -> tuple[Answer, Told]:
    """The answer without its view."""
    now_ms = milliseconds(node.trusted_clock.read().at)

    def decide(connection: Connection) -> tuple[Officer, tuple[str, ...]] | Answer:
        lock_site(connection, site_id)
        officer = session_of(connection, site_id, device_id, message.session, now_ms)
        if isinstance(officer, Refusal):
            return Answer(refusal=officer)
        room = open_room(node, connection, site_id, officer, now_ms)
        try:
            with connection.begin_nested():
                is_opened = message.state is CounterState.OPEN
                return officer, _open(room, device_id, message) if is_opened else _leave(room, message)
        except NotDoneError as error:
            return Answer(refusal=error.refusal, waiting=error.waiting)

    decided = node.database.decide(decide)
    if isinstance(decided, Answer):
        return decided, Told()
    officer, left = decided
    gone: tuple[str, ...] = ()
    if message.leaving is Leaving.DISMISS and left:
        gone = dismiss(node, site_id, officer, left, now_ms)
    touched = tuple(number for number in {officer.counter, message.counter} if number is not None)
    return Answer(), Told(touched, gone, hall=message.leaving is not None)


def close_counter(room: Room, row: AnyRow, leaving: Leaving | None, but: Sequence[str] = ()) -> tuple[str, ...]:
    """The queues that nobody serves any more, all but `but`. `row` of `counters`, not closed yet.

    Raises NotDoneError: somebody is called or served there, or people wait and nothing was said of them.
    """
    at_counter(room, row.counter).must_be_free()
    left: tuple[str, ...] = ()
    if row.state == CounterState.OPEN:
        left = queues_left_alone(room, row.counter, set(json.loads(row.queues)) - set(but))
    settle(room, left, leaving)
    room.node.own_log.append(
        room.connection, room.site_id, COUNTER_CLOSED, counter_closed(row.counter, room.officer.staff)
    )
    return left


def left_by_change(room: Room, row: AnyRow, queues: Sequence[str], leaving: Leaving | None) -> tuple[str, ...]:
    """The queues that nobody serves any more once this open counter serves `queues` only. Raises NotDoneError where
    people wait there and nothing was said of them.
    """
    if row.state != CounterState.OPEN:
        return ()
    left = queues_left_alone(room, row.counter, set(json.loads(row.queues)) - set(queues))
    settle(room, left, leaving)
    return left


def at_counter(room: Room, counter: int) -> Room:
    """The same moment, looked at from that counter."""
    return replace(room, officer=Officer(room.officer.staff, room.officer.role, counter))


def queues_for(room: Room, counter: int, asked: Sequence[str] | None) -> tuple[str, ...]:
    """What a counter serves when it opens: as asked by a supervisor; else as one has left it today; else as the site's
    file says. Raises NotDoneError.
    """
    known = room.hall.site.queue_by_code
    if asked is not None:
        if room.officer.role is not Role.SUPERVISOR:
            raise NotDoneError(Refusal.NOT_ALLOWED)
        if not asked or not set(asked) <= set(known):
            raise NotDoneError(Refusal.NO_SUCH_QUEUE)
        return tuple(sorted(set(asked)))
    row = at_counter(room, counter).counter_row
    if row is not None and _is_of_today(room, row):
        left = tuple(code for code in json.loads(row.queues) if code in known)
        if left:
            return left
    return room.hall.queues_of(counter)


def _is_of_today(room: Room, row: AnyRow) -> bool:
    local = moment(row.since_ms).astimezone(room.hall.site.timezone)
    return local.date().isoformat() == room.service_day


def _open(room: Room, device_id: str, message: SetCounter) -> tuple[str, ...]:
    """The queues that were left alone by taking another counter."""
    wanted = message.counter
    if wanted not in room.hall.place_by_counter:
        raise NotDoneError(Refusal.NO_COUNTER)
    holder = holder_of(room.connection, room.site_id, wanted, room.now_ms)
    if holder is not None and holder.device_id != device_id:
        raise NotDoneError(Refusal.COUNTER_TAKEN)
    queues = queues_for(room, wanted, message.queues)
    left: tuple[str, ...] = ()
    if room.officer.counter not in (None, wanted):
        left = _leave_for(room, queues, message.leaving)
    row = at_counter(room, wanted).counter_row
    if row is not None:
        left += left_by_change(room, row, queues, message.leaving)
    take_counter(room.connection, room.site_id, message.session, wanted)
    if row is None or not _is_as_wanted(row, room.officer.staff, device_id, queues):
        body = counter_opened(wanted, queues, room.officer.staff, device_id)
        room.node.own_log.append(room.connection, room.site_id, COUNTER_OPENED, body)
    return left


def _leave_for(room: Room, queues: Sequence[str], leaving: Leaving | None) -> tuple[str, ...]:
    """The counter that the desk had is closed; what the next one serves is not left alone."""
    room.must_be_free()
    row = room.counter_row
    if row is None or row.state == CounterState.CLOSED:
        return ()
    return close_counter(room, row, leaving, queues)


def _is_as_wanted(row: AnyRow, staff: str, device_id: str, queues: Sequence[str]) -> bool:
    return bool(
        row.state == CounterState.OPEN
        and (row.officer, row.device_id) == (staff, device_id)
        and sorted(json.loads(row.queues)) == sorted(queues)
    )


def _leave(room: Room, message: SetCounter) -> tuple[str, ...]:
    if room.officer.counter != message.counter:
        raise NotDoneError(Refusal.NO_COUNTER)
    row = room.counter_row
    if row is None or row.state in (CounterState.CLOSED, message.state):
        return ()
    if message.state is CounterState.CLOSED:
        return close_counter(room, row, message.leaving)
    room.must_be_free()
    body = counter_paused(message.counter, room.officer.staff)
    room.node.own_log.append(room.connection, room.site_id, COUNTER_PAUSED, body)
    return ()
