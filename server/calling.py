"""What an officer does at a counter, decided here: each deed in one transaction, at most once, and never for two.

Deeds of one hall come one after the other. Whoever calls chooses within the transaction, takes the visitor with one
conditional statement (desk_room.CLAIM), and says so in the log; the tables follow from the log. What the officer may
do is stricter than what can have happened (kiosk/domain/stop_life.py): a desk that is cut off is believed.
"""

from collections.abc import Callable, Mapping
from typing import Final

from sqlalchemy import Connection

from kiosk.domain.course import HIGHEST_POSITION, Deed, NewStop
from kiosk.domain.desk_bodies import alarm
from kiosk.domain.events import ALARM_RAISED
from kiosk.domain.stop_life import ACTIVE, OPEN, Verb
from kiosk.domain.ticket import StopState
from kiosk.sync.desk_wire import Act, Answer, DeskVerb, Refusal
from server.database import lock_site, milliseconds
from server.desk_line import Waiting, place_after
from server.desk_notes import keep_note, looks_personal
from server.desk_paper import PaperVisit, leave, paper_at
from server.desk_room import AnyRow, NotDoneError, Room, open_room
from server.desk_undo import undo
from server.node import Node
from server.staff_sessions import session_of

_MOST_OVERTAKEN: Final = 12
"""Labels that an officer reads before he confirms; their number is told besides."""
_FROM_THE_LINE: Final = (StopState.WAITING, StopState.PARKED, StopState.NO_SHOW)


def act(node: Node, site_id: str, device_id: str, message: Act) -> tuple[Answer, str | None]:
    """The answer without its view; and the ticket that something was done to."""
    now_ms = milliseconds(node.trusted_clock.read().at)

    def decide(connection: Connection) -> tuple[Answer, str | None]:
        lock_site(connection, site_id)
        officer = session_of(connection, site_id, device_id, message.session, now_ms)
        if isinstance(officer, Refusal):
            return Answer(refusal=officer), None
        room = open_room(node, connection, site_id, officer, now_ms)
        try:
            with connection.begin_nested():
                done = None if room.was_done(message.action) else _DEEDS[message.verb](room, message)
        except NotDoneError as error:
            return Answer(refusal=error.refusal, overtaken=error.overtaken, waiting=error.waiting), None
        return Answer(), done

    return node.database.decide(decide)


def _call_next(room: Room, message: Act) -> str:
    room.must_be_ready()
    for row in room.lines().sequence(most=3):
        if _call(room, message.action, row):
            return row.who.ticket_id
    raise NotDoneError(Refusal.NOBODY_WAITS)


def _call_this(room: Room, message: Act) -> str:
    room.must_be_ready()
    line = room.lines().sequence()
    for ahead, row in enumerate(line):
        if row.who.ticket_id == message.ticket and message.position in (None, row.who.position):
            if ahead and not message.confirmed:
                labels = tuple(dict.fromkeys(each.label for each in line[:ahead]))
                raise NotDoneError(Refusal.OVERTAKES, labels[:_MOST_OVERTAKEN], len(labels))
            if _call(room, message.action, row):
                return row.who.ticket_id
    visit = None if message.ticket is None else room.visit(message.ticket)
    if visit is None:
        raise NotDoneError(Refusal.NO_SUCH_TICKET)
    is_taken = any(stop.active_counter is not None or stop.state in ACTIVE for stop in visit.stops)
    raise NotDoneError(Refusal.TAKEN if is_taken else Refusal.NOT_POSSIBLE)


def _call(room: Room, action: str, row: Waiting) -> bool:
    try:
        with room.connection.begin_nested():
            if not room.claim(row.who.ticket_id, row.who.position, (StopState.WAITING,)):
                return False
            room.append(Verb.CALL, action, row.who.ticket_id, row.who.position)
    except NotDoneError:
        return False
    return True


def _recall(room: Room, message: Act) -> str:
    return _move_here(room, message, Verb.RECALL, StopState.CALLED)


def _start(room: Room, message: Act) -> str:
    here = room.here()
    if message.ticket is None or (here is not None and here.ticket_id == message.ticket):
        return _move_here(room, message, Verb.START, StopState.CALLED)
    room.must_be_ready()
    stop = _stop_named(room, message, _FROM_THE_LINE)
    start_here(room, message.action, stop, _FROM_THE_LINE)
    return message.ticket


def start_here(room: Room, action: str, stop: AnyRow, states: tuple[StopState, ...]) -> None:
    """Somebody who stands here, called or not. `states`: what the stop may be in."""
    with room.connection.begin_nested():
        if not room.claim(stop.ticket_id, stop.position, states):
            raise NotDoneError(Refusal.TAKEN)
        room.append(Verb.START, action, stop.ticket_id, stop.position)


def _complete(room: Room, message: Act) -> str:
    here, paper = room.here(), paper_at(room)
    ids = {here.ticket_id if here is not None else None, paper.ticket_id if paper is not None else None}
    if message.ticket is not None and message.ticket not in ids:
        stop = _stop_named(room, message, (StopState.PARKED,))
        room.append(Verb.COMPLETE, message.action, message.ticket, stop.position)
        return message.ticket
    return _move_here(room, message, Verb.COMPLETE, StopState.SERVING)


def _no_show(room: Room, message: Act) -> str:
    stop = _here(room, message)
    rules = room.hall.rules.get(stop.queue_code)
    if stop.state == StopState.CALLED and rules is not None and stop.calls < rules.calls:
        raise NotDoneError(Refusal.NOT_YET_MISSED)
    return _move_here(room, message, Verb.NO_SHOW, StopState.CALLED)


def _park(room: Room, message: Act) -> str:
    return _move_here(room, message, Verb.PARK, StopState.SERVING)


def _unpark(room: Room, message: Act) -> str:
    """Back into the line: who was parked at the old place, who was missed after a few others."""
    if message.ticket is None:
        parked = [row for row in room.lines().of_state(StopState.PARKED) if row.counter == room.officer.counter]
        if not parked:
            raise NotDoneError(Refusal.NOBODY_HERE)
        room.append(Verb.UNPARK, message.action, parked[0].who.ticket_id, parked[0].who.position)
        return parked[0].who.ticket_id
    stop = _stop_named(room, message, (StopState.PARKED, StopState.NO_SHOW))
    if stop.state == StopState.PARKED:
        room.append(Verb.UNPARK, message.action, message.ticket, stop.position)
    else:
        bring_back(room, message.action, stop)
    return message.ticket


def bring_back(room: Room, action: str, stop: AnyRow) -> None:
    """Who did not come when called stands in the line again, after the next few of it."""
    visit = room.visit(stop.ticket_id)
    is_priority = visit is not None and bool(visit.ticket.has_priority)
    rules = room.hall.rules.get(stop.queue_code)
    after = 0 if rules is None else rules.return_after
    place_ms = place_after(room.lines_of((stop.queue_code,)), stop.queue_code, after, is_priority=is_priority)
    room.append(Verb.RETURN, action, stop.ticket_id, stop.position, place_ms=place_ms)


def _transfer(room: Room, message: Act) -> str:
    """To another service, with the credit of the waiting so far; `comes_back`: to this counter after it."""
    stop = _here(room, message)
    if stop.state != StopState.SERVING:
        raise NotDoneError(Refusal.NOT_POSSIBLE)
    new = _new_stop(room, message, stop.ticket_id)
    return_to = room.counter if message.comes_back else None
    room.append(Verb.TRANSFER, message.action, stop.ticket_id, stop.position, new=new, return_to=return_to)
    return str(stop.ticket_id)


def _add(room: Room, message: Act) -> str:
    """One more service for the same visit. It waits from now on: nobody is overtaken who has waited there."""
    ticket_id = _ticket_named(room, message)
    room.append(Deed.ADD, message.action, ticket_id, new=_new_stop(room, message, ticket_id), place_ms=room.now_ms)
    return ticket_id


def _priority(room: Room, message: Act) -> str:
    ticket_id = _ticket_named(room, message)
    visit = room.visit(ticket_id)
    was_priority = visit is not None and bool(visit.ticket.has_priority)
    is_priority = not was_priority if message.is_priority is None else message.is_priority
    if is_priority is not was_priority:
        room.append(Deed.PRIORITISE, message.action, ticket_id, is_priority=is_priority)
    return ticket_id


def _note(room: Room, message: Act) -> str:
    ticket_id = _ticket_named(room, message)
    note = (message.note or "").strip()
    if looks_personal(note):
        raise NotDoneError(Refusal.PERSONAL)
    keep_note(room.connection, room.site_id, ticket_id, note, room.officer.staff, room.now_ms)
    return ticket_id


def _undo(room: Room, message: Act) -> str:
    return undo(room, message.action, message.undoes)


def _alarm(room: Room, _: Act) -> str | None:
    """Silently: only supervisors hear of it."""
    row = room.counter_row
    if row is None:
        raise NotDoneError(Refusal.NO_COUNTER)
    if row.alarm_at_ms is None:
        body = alarm(room.counter, room.officer.staff)
        room.node.own_log.append(room.connection, room.site_id, ALARM_RAISED, body)
    return None


def _move_here(room: Room, message: Act, verb: Verb, state: StopState) -> str:
    """Whoever is at this counter, and in this state."""
    paper = paper_at(room)
    if paper is not None and room.here() is None:
        return _move_paper(room, message, verb, paper)
    stop = _here(room, message)
    if stop.state != state:
        raise NotDoneError(Refusal.NOT_POSSIBLE)
    room.append(verb, message.action, stop.ticket_id, stop.position)
    return str(stop.ticket_id)


def _move_paper(room: Room, message: Act, verb: Verb, paper: PaperVisit) -> str:
    """Of a ticket that has not arrived here yet: only what ends the serving."""
    if verb not in (Verb.COMPLETE, Verb.PARK) or message.ticket not in (None, paper.ticket_id):
        raise NotDoneError(Refusal.NOT_POSSIBLE)
    room.append(verb, message.action, paper.ticket_id, paper.position)
    leave(room)
    return paper.ticket_id


def _here(room: Room, message: Act) -> AnyRow:
    room.counter  # noqa: B018  # raises where there is none
    stop = room.here()
    if stop is None:
        is_paper = paper_at(room) is not None
        raise NotDoneError(Refusal.NOT_POSSIBLE if is_paper else Refusal.NOBODY_HERE)
    if message.ticket not in (None, stop.ticket_id):  # the desk shows what has passed
        raise NotDoneError(Refusal.TAKEN)
    return stop


def _ticket_named(room: Room, message: Act) -> str:
    """The one that is named, else the one that is here."""
    if message.ticket is None:
        return str(_here(room, message).ticket_id)
    if room.visit(message.ticket) is None:
        raise NotDoneError(Refusal.NO_SUCH_TICKET)
    return message.ticket


def _stop_named(room: Room, message: Act, states: tuple[StopState, ...]) -> AnyRow:
    """Of the ticket's stops in such a state that this counter serves the one that is named, else the first."""
    visit = None if message.ticket is None else room.visit(message.ticket)
    if visit is None:
        raise NotDoneError(Refusal.NO_SUCH_TICKET)
    mine = [stop for stop in visit.stops if stop.queue_code in room.queues or stop.counter == room.counter]
    fitting = [stop for stop in mine if stop.state in states and message.position in (None, stop.position)]
    fitting = [stop for stop in fitting if not room.is_bound_elsewhere(stop)]
    if fitting:
        return fitting[0]
    is_elsewhere = any(stop.active_counter not in (None, room.counter) for stop in visit.stops)
    raise NotDoneError(Refusal.TAKEN if is_elsewhere else Refusal.NOT_POSSIBLE)


def _new_stop(room: Room, message: Act, ticket_id: str) -> NewStop:
    queue = room.hall.site.queue_by_service.get(message.service or "")
    if queue is None or message.service is None:
        raise NotDoneError(Refusal.NO_SUCH_QUEUE)
    visit = room.visit(ticket_id)
    if visit is None or len(visit.stops) >= HIGHEST_POSITION:
        raise NotDoneError(Refusal.NOT_POSSIBLE)
    is_there = any(stop.service_id == message.service and stop.state in OPEN - ACTIVE for stop in visit.stops)
    if is_there:  # the visitor waits for it already
        raise NotDoneError(Refusal.NOT_POSSIBLE)
    return NewStop(message.service, queue.code)


_DEEDS: Final[Mapping[DeskVerb, Callable[[Room, Act], str | None]]] = {
    DeskVerb.CALL_NEXT: _call_next,
    DeskVerb.CALL: _call_this,
    DeskVerb.RECALL: _recall,
    DeskVerb.START: _start,
    DeskVerb.COMPLETE: _complete,
    DeskVerb.NO_SHOW: _no_show,
    DeskVerb.PARK: _park,
    DeskVerb.UNPARK: _unpark,
    DeskVerb.TRANSFER: _transfer,
    DeskVerb.ADD: _add,
    DeskVerb.PRIORITY: _priority,
    DeskVerb.NOTE: _note,
    DeskVerb.UNDO: _undo,
    DeskVerb.ALARM: _alarm,
}
