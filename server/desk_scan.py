"""Scan = start: what a scanned ticket means at this counter, and what is done about it.

The signature is looked at first, before anybody waits for anybody. Then one transaction decides, as for every deed. The
first scan wins; a later one is told who had the ticket, where and when.

A genuine ticket that has not arrived here yet, because its kiosk is cut off, is STARTED all the same: the event awaits
its ticket in the log, and what the desk shows is built from the token (server/desk_paper.py).
"""

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import Final

from sqlalchemy import Connection, bindparam, select

from kiosk.domain.numbering import format_label
from kiosk.domain.scan import ScanVerdict
from kiosk.domain.stop_life import ACTIVE, CLOSED, OPEN, Verb
from kiosk.domain.ticket import StopState
from kiosk.domain.token import Claims
from kiosk.sync.desk_wire import Place, Refusal, Scan, ScanAnswer
from server.calling import bring_back, start_here
from server.courses import Visit
from server.database import lock_site, milliseconds, moment
from server.desk_paper import PaperVisit, counter_of, is_known, issued_at, serve, stops_on_paper, told_of
from server.desk_reading import Read, read_ticket
from server.desk_room import AnyRow, NotDoneError, Room, open_room
from server.desk_view import places_to_go, waiting_there
from server.node import Node
from server.schema import actions, tickets
from server.staff_sessions import session_of

_LABELLED: Final = select(tickets.c.ticket_id).where(
    tickets.c.site_id == bindparam("site"),
    tickets.c.service_day == bindparam("day"),
    tickets.c.label == bindparam("label"),
)
_DONE: Final = select(actions.c.ticket_id, actions.c.verb).where(
    actions.c.site_id == bindparam("site"), actions.c.action == bindparam("action")
)
_STARTABLE: Final = (StopState.WAITING, StopState.PARKED, StopState.NO_SHOW)
_STILL_TO_DO: Final = (StopState.WAITING, StopState.PARKED, StopState.NO_SHOW, StopState.PENDING)


def scan(node: Node, site_id: str, device_id: str, message: Scan) -> tuple[ScanAnswer, str | None]:
    """The answer without its view; and the ticket that something was done to."""
    now_ms = milliseconds(node.trusted_clock.read().at)
    with node.database.reading() as connection:
        hall = node.halls.of(connection, site_id, node.identity.device_id)
        read = read_ticket(connection, site_id, hall, message.text)
    if isinstance(read, ScanAnswer):
        return read, None

    def decide(connection: Connection) -> tuple[ScanAnswer, str | None]:
        lock_site(connection, site_id)
        officer = session_of(connection, site_id, device_id, message.session, now_ms)
        if isinstance(officer, Refusal):
            return ScanAnswer(verdict=ScanVerdict.UNREADABLE), None
        room = open_room(node, connection, site_id, officer, now_ms)
        return _Scan(room, message.action).decide(read)

    return node.database.decide(decide)


class _Scan:
    def __init__(self, room: Room, action: str) -> None:
        self._room = room
        self._action = action
        self._touched: str | None = None

    def decide(self, read: Read) -> tuple[ScanAnswer, str | None]:
        try:
            with self._room.connection.begin_nested():
                return self._decide(read)
        except NotDoneError:  # of what a desk has done that was cut off the server cannot know the order yet
            return ScanAnswer(verdict=ScanVerdict.COUNTER_BUSY, label=read.label or ""), None

    def _decide(self, read: Read) -> tuple[ScanAnswer, str | None]:
        room = self._room
        if room.service_day is None:
            return ScanAnswer(verdict=ScanVerdict.OTHER_DAY, day=read.claims.service_day if read.claims else None), None
        if read.claims is not None and read.claims.service_day != date.fromisoformat(room.service_day):
            return ScanAnswer(verdict=ScanVerdict.OTHER_DAY, day=read.claims.service_day), None
        ticket_id = self._labelled(read.label) if read.claims is None else str(read.claims.ticket_id)
        if ticket_id is None:
            return ScanAnswer(verdict=ScanVerdict.UNKNOWN), None
        visit = room.visit(ticket_id)
        if visit is not None:
            return self._of_visit(visit), self._touched
        if read.claims is None or is_known(room, ticket_id):
            return ScanAnswer(verdict=ScanVerdict.UNKNOWN), None
        return self._of_paper(read.claims), self._touched

    def _labelled(self, label: str | None) -> str | None:
        which = {"site": self._room.site_id, "day": self._room.day, "label": label}
        return self._room.connection.execute(_LABELLED, which).scalar_one_or_none()

    def _of_visit(self, visit: Visit) -> ScanAnswer:
        if self._was_done():
            return self._about(visit, self._done_verdict(), visit.stops[0])
        active = next((stop for stop in visit.stops if stop.state in ACTIVE), None)
        if active is not None:
            return self._of_active(visit, active)
        return self._of_resting(visit)

    def _of_resting(self, visit: Visit) -> ScanAnswer:
        """Whose visitor is at no counter."""
        if all(stop.state == StopState.EXPIRED for stop in visit.stops):
            visit = self._revived(visit)
        mine = [stop for stop in visit.stops if self._is_mine(stop)]
        to_do = [stop for stop in mine if stop.state in _STILL_TO_DO]
        if not to_do:
            return self._nothing_here(visit, mine)
        if not self._room.is_open():
            return self._about(visit, ScanVerdict.COUNTER_CLOSED, to_do[0])
        startable = [stop for stop in to_do if stop.state in _STARTABLE]
        if not startable:
            return self._first_elsewhere(visit, to_do[0])
        return self._begin(visit, startable)

    def _begin(self, visit: Visit, startable: Sequence[AnyRow]) -> ScanAnswer:
        """Of several stops the one that waits, and among those the first in the order of calls."""
        stop = min(startable, key=lambda each: (_STARTABLE.index(each.state), each.place_ms or 0, each.position))
        if stop.state == StopState.NO_SHOW and self._others_wait(stop):
            bring_back(self._room, self._action, stop)
            return self._changed(visit, ScanVerdict.RETURNED, stop)
        if self._room.is_busy():
            return self._about(visit, ScanVerdict.COUNTER_BUSY, stop)
        try:
            start_here(self._room, self._action, stop, _STARTABLE)
        except NotDoneError:
            return self._about(visit, ScanVerdict.COUNTER_BUSY, stop)
        return self._changed(visit, ScanVerdict.STARTED, stop)

    def _was_done(self) -> bool:
        """The desk asks again because it did not hear the answer."""
        which = {"site": self._room.site_id, "action": self._action}
        self._done = self._room.connection.execute(_DONE, which).first()
        return self._done is not None

    def _done_verdict(self) -> ScanVerdict:
        is_return = self._done is not None and self._done.verb == Verb.RETURN
        return ScanVerdict.RETURNED if is_return else ScanVerdict.STARTED

    def _of_active(self, visit: Visit, stop: AnyRow) -> ScanAnswer:
        is_called = stop.state == StopState.CALLED
        if stop.counter != self._room.officer.counter:
            verdict = ScanVerdict.CALLED_ELSEWHERE if is_called else ScanVerdict.SERVED_ELSEWHERE
            place = self._room.hall.place_of(stop.counter)
            return self._about(visit, verdict, stop).model_copy(update={"where": (place,)})
        if not is_called:
            return self._about(visit, ScanVerdict.ALREADY_HERE, stop)
        if stop.active_counter is None:  # called here, and meanwhile the desk was cut off and has served another
            return self._about(visit, ScanVerdict.COUNTER_BUSY, stop)
        self._room.append(Verb.START, self._action, stop.ticket_id, stop.position)
        return self._changed(visit, ScanVerdict.STARTED, stop)

    def _revived(self, visit: Visit) -> Visit:
        """The kiosk took the visitor for gone without paper. He stands here, so he waits where he waited."""
        name = hashlib.sha256(f"back {self._action}".encode()).hexdigest()[:16]
        self._room.append(Verb.RETURN, name, visit.ticket.ticket_id)
        self._touched = str(visit.ticket.ticket_id)
        return self._room.visit(visit.ticket.ticket_id) or visit

    def _nothing_here(self, visit: Visit, mine: Sequence[AnyRow]) -> ScanAnswer:
        """Done already, or never to be done here: says where to go on."""
        open_ones = [stop for stop in visit.stops if stop.state in OPEN]
        ahead = next((stop for stop in open_ones if stop.state == StopState.WAITING), None) or next(
            iter(open_ones), None
        )
        done = [stop for stop in mine or visit.stops if stop.state == StopState.COMPLETED]
        if (mine and done) or ahead is None:
            verdict = ScanVerdict.COMPLETED if done else ScanVerdict.CANCELLED
            stop = max(done or visit.stops, key=lambda each: each.ended_at_ms or 0)
            answer = self._about(visit, verdict, stop)
        else:
            answer = self._about(visit, ScanVerdict.WRONG_COUNTER, ahead)
        return answer if ahead is None else self._towards(answer, ahead)

    def _first_elsewhere(self, visit: Visit, pending: AnyRow) -> ScanAnswer:
        first = [stop for stop in visit.stops if stop.state in OPEN and stop.state != StopState.PENDING]
        answer = self._about(visit, ScanVerdict.FIRST_ELSEWHERE, pending)
        return self._towards(answer, first[0]) if first else answer

    def _towards(self, answer: ScanAnswer, stop: AnyRow) -> ScanAnswer:
        if self._room.is_bound_elsewhere(stop):
            places: tuple[Place, ...] = (self._room.hall.place_of(stop.bound_to),)
        else:
            places = places_to_go(self._room, stop.queue_code)
        waiting = waiting_there(self._room, {stop.queue_code}).get(stop.queue_code, 0)
        return answer.model_copy(update={"where": places, "waiting": waiting, "queue": stop.queue_code})

    def _others_wait(self, stop: AnyRow) -> bool:
        return self._room.is_busy() or bool(self._room.lines_of((stop.queue_code,)).sequence(most=1))

    def _is_mine(self, stop: AnyRow) -> bool:
        return stop.queue_code in self._room.queues and not self._room.is_bound_elsewhere(stop)

    def _changed(self, visit: Visit, verdict: ScanVerdict, stop: AnyRow) -> ScanAnswer:
        self._touched = str(visit.ticket.ticket_id)
        return self._about(visit, verdict, stop)

    def _about(self, visit: Visit, verdict: ScanVerdict, stop: AnyRow) -> ScanAnswer:
        at_ms = stop.ended_at_ms or stop.started_at_ms or stop.called_at_ms
        tells_who = verdict in _TELLS_WHO
        return ScanAnswer(
            verdict=verdict,
            label=visit.ticket.label,
            queue=stop.queue_code,
            by=stop.officer if tells_who else None,
            counter=stop.counter if tells_who else None,
            at=moment(at_ms) if tells_who and at_ms is not None else None,
            day=date.fromisoformat(visit.ticket.service_day),
        )

    def _of_paper(self, claims: Claims) -> ScanAnswer:
        room = self._room
        code = room.hall.queue_code(claims.queue_number)
        label = "" if code is None else format_label(code, claims.number, claims.series)
        paper = stops_on_paper(room.hall, claims)
        mine = [stop for stop in paper if stop.queue_code in room.queues]
        answer = ScanAnswer(verdict=ScanVerdict.UNKNOWN, label=label, day=claims.service_day)
        if not paper:
            return answer
        answer = answer.model_copy(update={"queue": (mine or paper)[0].queue_code})
        at = counter_of(room, str(claims.ticket_id))
        if at is not None:
            verdict = ScanVerdict.ALREADY_HERE if at == room.officer.counter else ScanVerdict.SERVED_ELSEWHERE
            return answer.model_copy(update={"verdict": verdict, "counter": at, "where": (room.hall.place_of(at),)})
        if not mine:
            places = places_to_go(room, paper[0].queue_code)
            return answer.model_copy(update={"verdict": ScanVerdict.WRONG_COUNTER, "where": places})
        told = {stop.position: stop for stop in told_of(room, str(claims.ticket_id), paper).stops}
        to_do = [stop for stop in mine if told[stop.position].state not in CLOSED]
        if not to_do:
            done = told[mine[-1].position]
            return answer.model_copy(
                update={"verdict": ScanVerdict.COMPLETED, "by": done.officer, "counter": done.counter}
            )
        if not room.is_open() or room.is_busy():
            verdict = ScanVerdict.COUNTER_BUSY if room.is_open() else ScanVerdict.COUNTER_CLOSED
            return answer.model_copy(update={"verdict": verdict})
        position = to_do[0].position
        room.append(Verb.START, self._action, claims.ticket_id, position)
        serve(room, PaperVisit(claims.ticket_id, label, paper, issued_at(room.hall, claims), position, room.now_ms))
        self._touched = str(claims.ticket_id)
        return answer.model_copy(update={"verdict": ScanVerdict.STARTED})


_TELLS_WHO: Final = frozenset(
    {
        ScanVerdict.CALLED_ELSEWHERE,
        ScanVerdict.SERVED_ELSEWHERE,
        ScanVerdict.COMPLETED,
        ScanVerdict.CANCELLED,
        ScanVerdict.ALREADY_HERE,
    }
)
