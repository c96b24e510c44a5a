"""What a supervisor does: open and close queues and counters, set who serves what, unlock, void, release, answer."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from sqlalchemy import Connection, bindparam, select

from kiosk.domain.course import Action
from kiosk.domain.desk_bodies import acted, alarm, counter_opened, counter_paused, queue_opened, voided
from kiosk.domain.events import ALARM_ANSWERED, COUNTER_OPENED, COUNTER_PAUSED, QUEUE_OPENED
from kiosk.domain.stop_life import OPEN, Verb
from kiosk.sync.desk_wire import Answer, CounterState, Leaving, Refusal, Role, Supervise, SuperviseVerb
from server.counters import Told, at_counter, close_counter, left_by_change, queues_for
from server.database import lock_site, milliseconds
from server.desk_room import AnyRow, NotDoneError, Room, open_room
from server.leaving import close_queue, dismiss, is_queue_closed, settle
from server.node import Node
from server.schema import stops, tickets
from server.staff import StaffError, unlock_account
from server.staff_sessions import Officer, free_counter, session_of

_BY_LABEL: Final = select(tickets.c.ticket_id).where(
    tickets.c.site_id == bindparam("site"),
    tickets.c.service_day == bindparam("day"),
    tickets.c.label == bindparam("label"),
)
_OPEN_STOPS: Final = select(stops.c.position, stops.c.active_counter).where(
    stops.c.site_id == bindparam("site"), stops.c.ticket_id == bindparam("ticket"), stops.c.state.in_(sorted(OPEN))
)

Left = tuple[str, ...]
"""Queues whose visitors are sent home after the transaction, where that was asked."""


def supervise(node: Node, site_id: str, device_id: str, message: Supervise) -> tuple[Answer, Told]:
    """The answer without its view. Each deed in one transaction; again with the same `action` does nothing more."""
    now_ms = milliseconds(node.trusted_clock.read().at)

    def decide(connection: Connection) -> tuple[Officer, Told, Left] | Answer:
        lock_site(connection, site_id)
        officer = session_of(connection, site_id, device_id, message.session, now_ms)
        if isinstance(officer, Refusal):
            return Answer(refusal=officer)
        if officer.role is not Role.SUPERVISOR:
            return Answer(refusal=Refusal.NOT_ALLOWED)
        room = open_room(node, connection, site_id, officer, now_ms)
        try:
            with connection.begin_nested():
                return officer, *_DEEDS[message.verb](room, message)
        except NotDoneError as error:
            return Answer(refusal=error.refusal, waiting=error.waiting)

    decided = node.database.decide(decide)
    if isinstance(decided, Answer):
        return decided, Told()
    officer, told, left = decided
    if message.leaving is Leaving.DISMISS and left:
        told = replace(told, tickets=(*told.tickets, *dismiss(node, site_id, officer, left, now_ms)))
    return Answer(), told


def _open_queue(room: Room, message: Supervise) -> tuple[Told, Left]:
    code = _queue(room, message)
    if is_queue_closed(room, code):
        body = queue_opened(code, date.fromisoformat(room.day), room.officer.staff)
        room.node.own_log.append(room.connection, room.site_id, QUEUE_OPENED, body)
    return Told(hall=True), ()


def _close_queue(room: Room, message: Supervise) -> tuple[Told, Left]:
    """KEEP closes it as well: that was asked."""
    code = _queue(room, message)
    room.day  # noqa: B018  # raises where there is none
    settle(room, (code,), message.leaving)
    close_queue(room, code)
    return Told(hall=True), (code,)


def _close_counter(room: Room, message: Supervise) -> tuple[Told, Left]:
    """Also one that was left alone; its officer is signed in still, and has no counter any more."""
    row = _counter(room, message)
    left = () if row.state == CounterState.CLOSED else close_counter(room, row, message.leaving)
    free_counter(room.connection, room.site_id, row.counter)
    return Told((row.counter,), hall=message.leaving is not None), left


def _set_queues(room: Room, message: Supervise) -> tuple[Told, Left]:
    row = _counter(room, message)
    if row.state == CounterState.CLOSED or row.device_id is None:
        raise NotDoneError(Refusal.COUNTER_CLOSED)
    queues = queues_for(room, row.counter, message.queues or ())
    if sorted(json.loads(row.queues)) == list(queues):
        return Told(), ()
    left = left_by_change(room, row, queues, message.leaving)
    staff = row.officer or room.officer.staff
    body = counter_opened(row.counter, queues, staff, row.device_id)
    room.node.own_log.append(room.connection, room.site_id, COUNTER_OPENED, body)
    if row.state == CounterState.PAUSED:
        body = counter_paused(row.counter, staff)
        room.node.own_log.append(room.connection, room.site_id, COUNTER_PAUSED, body)
    return Told((row.counter,), hall=True), left


def _unlock(room: Room, message: Supervise) -> tuple[Told, Left]:
    try:
        unlock_account(room.connection, room.node.own_log, room.site_id, message.staff or "", by=room.officer.staff)
    except StaffError as error:
        raise NotDoneError(Refusal.NOT_POSSIBLE) from error
    return Told(), ()


def _void(room: Room, message: Supervise) -> tuple[Told, Left]:
    if message.reason is None or message.label is None:
        raise NotDoneError(Refusal.NOT_POSSIBLE)
    if room.was_done(message.action):
        return Told(), ()
    which = {"site": room.site_id, "day": room.day, "label": message.label.strip().upper()}
    ticket_id = room.connection.execute(_BY_LABEL, which).scalars().first()
    if ticket_id is None:
        raise NotDoneError(Refusal.NO_SUCH_TICKET)
    rows = room.connection.execute(_OPEN_STOPS, {"site": room.site_id, "ticket": ticket_id}).all()
    if not rows:
        raise NotDoneError(Refusal.NOT_POSSIBLE)
    done = _done(room, Verb.CANCEL, message.action, ticket_id)
    room.write(done, voided(done, message.reason))
    return Told(tuple(row.active_counter for row in rows if row.active_counter is not None), (ticket_id,)), ()


def _release(room: Room, message: Supervise) -> tuple[Told, Left]:
    """Back into the line, at the old place: the counter cannot go on with whoever is there."""
    if room.was_done(message.action):
        return Told(), ()
    row = _counter(room, message)
    here = at_counter(room, row.counter).here()
    if here is None:
        raise NotDoneError(Refusal.NOBODY_HERE)
    done = _done(room, Verb.RELEASE, message.action, here.ticket_id, here.position)
    room.write(done, acted(done))
    return Told((row.counter,), (here.ticket_id,)), ()


def _answer_alarm(room: Room, message: Supervise) -> tuple[Told, Left]:
    row = _counter(room, message)
    if row.alarm_at_ms is not None:
        body = alarm(row.counter, room.officer.staff)
        room.node.own_log.append(room.connection, room.site_id, ALARM_ANSWERED, body)
    return Told((row.counter,)), ()


def _done(room: Room, verb: Verb, action: str, ticket_id: str, position: int | None = None) -> Action:
    """At no counter: a supervisor may, whoever has the visitor. Its key and time are the event's own."""
    return Action(("", "", "", 0), action, verb, ticket_id, 0, position, officer=room.officer.staff)


def _queue(room: Room, message: Supervise) -> str:
    if message.queue is None or message.queue not in room.hall.site.queue_by_code:
        raise NotDoneError(Refusal.NO_SUCH_QUEUE)
    return message.queue


def _counter(room: Room, message: Supervise) -> AnyRow:
    """One that was never open does nothing that could be changed."""
    row = None if message.counter is None else at_counter(room, message.counter).counter_row
    if row is None:
        raise NotDoneError(Refusal.NO_COUNTER)
    return row


_DEEDS: Final[Mapping[SuperviseVerb, Callable[[Room, Supervise], tuple[Told, Left]]]] = {
    SuperviseVerb.OPEN_QUEUE: _open_queue,
    SuperviseVerb.CLOSE_QUEUE: _close_queue,
    SuperviseVerb.CLOSE_COUNTER: _close_counter,
    SuperviseVerb.SET_QUEUES: _set_queues,
    SuperviseVerb.UNLOCK: _unlock,
    SuperviseVerb.VOID: _void,
    SuperviseVerb.RELEASE: _release,
    SuperviseVerb.ANSWER_ALARM: _answer_alarm,
}
