"""A slip before a kiosk's scanner: where the visit stands; and who missed a call stands in the line again.

Whoever holds the slip asks, so nothing is told but what the boards tell too, and nobody is signed in. A visitor who is
called changes nothing by asking once more: only where to go is said.
"""

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import Final

from sqlalchemy import Connection

from kiosk.desk.paper import Known, status_on_paper
from kiosk.domain.stop_life import ACTIVE, Verb
from kiosk.domain.ticket import StopState, Wait
from kiosk.domain.token import Claims
from kiosk.domain.visit_status import StopStatus, VisitStatus, VisitVerdict
from kiosk.sync.desk_wire import Role, ScanAnswer
from kiosk.sync.visit_wire import Look
from server.calling import bring_back
from server.courses import Visit
from server.database import lock_site, milliseconds
from server.desk_paper import is_known
from server.desk_reading import read_ticket
from server.desk_room import AnyRow, NotDoneError, Room, open_room
from server.node import Node
from server.staff_sessions import Officer

NOBODY: Final = Officer("", Role.OFFICER, None)
"""Is signed in at a kiosk."""


def look(node: Node, site_id: str, kiosk: str, message: Look) -> tuple[VisitStatus, str | None]:
    """The answer; and the ticket that was brought back. `kiosk`: its device id."""
    now_ms = milliseconds(node.trusted_clock.read().at)
    with node.database.reading() as connection:
        seen = _read(node, connection, site_id, message)
        if isinstance(seen, VisitStatus):
            return seen, None
        asked = _Asked(_room(node, connection, site_id, kiosk, now_ms), message.action, seen)
        if not asked.is_to_come_back:
            return asked.status(), None
    with node.database.writing() as connection:  # what was seen before may have changed meanwhile
        lock_site(connection, site_id)
        asked = _Asked(_room(node, connection, site_id, kiosk, now_ms), message.action, seen)
        touched = asked.come_back()
        return asked.status(), touched


def _read(node: Node, connection: Connection, site_id: str, message: Look) -> Claims | VisitStatus:
    hall = node.halls.of(connection, site_id, node.identity.device_id)
    read = read_ticket(connection, site_id, hall, message.text)
    if isinstance(read, ScanAnswer):
        return VisitStatus(VisitVerdict(read.verdict.value))
    if read.claims is None:  # a label, which proves nothing
        return VisitStatus(VisitVerdict.UNREADABLE)
    return read.claims


def _room(node: Node, connection: Connection, site_id: str, kiosk: str, now_ms: int) -> Room:
    return replace(open_room(node, connection, site_id, NOBODY, now_ms), kiosk=kiosk)


class _Asked:
    """Of one genuine ticket, in one transaction."""

    def __init__(self, room: Room, action: str, claims: Claims) -> None:
        self._room = room
        self._action = action
        self._claims = claims
        self._ticket_id = str(claims.ticket_id)

    @cached_property
    def _visit(self) -> Visit | None:
        """None where it is not of today, or not known here."""
        room = self._room
        is_today = room.service_day is not None and self._claims.service_day == date.fromisoformat(room.service_day)
        return room.visit(self._ticket_id) if is_today else None

    @property
    def is_to_come_back(self) -> bool:
        return self._is_given_up or bool(self._missed())

    def come_back(self) -> str | None:
        """Into the line again, as by a scan at a desk. The ticket, where anything was done."""
        touched = None
        for position in self._missed():
            with suppress(NotDoneError), self._room.connection.begin_nested():
                stop = next(one for one in self._stops() if one.position == position)
                bring_back(self._room, self._name(position), stop)
                touched = self._ticket_id
            del self._visit
        if self._is_given_up:
            with suppress(NotDoneError), self._room.connection.begin_nested():
                self._room.append(Verb.RETURN, self._name(0), self._ticket_id)
                touched = self._ticket_id
            del self._visit
        return touched

    def status(self) -> VisitStatus:
        room, day = self._room, self._claims.service_day
        visit = self._visit
        if visit is not None:
            stops = tuple(map(self._status_of, self._stops()))
            verdict = VisitVerdict.RETURNED if any(stop.returned for stop in stops) else VisitVerdict.FOUND
            return VisitStatus(verdict, visit.ticket.label, day, stops)
        if room.service_day is None or day != date.fromisoformat(room.service_day):
            return VisitStatus(VisitVerdict.OTHER_DAY, service_day=day)
        return VisitStatus(VisitVerdict.UNKNOWN) if is_known(room, self._ticket_id) else self._from_paper()

    def _stops(self) -> Sequence[AnyRow]:
        """Those that another one has taken the place of are left out."""
        visit = self._visit
        return () if visit is None else [stop for stop in visit.stops if stop.state != StopState.TRANSFERRED]

    def _missed(self) -> Sequence[int]:
        """Positions. None while the visitor is called or served: that comes first. None that this scan has brought back
        before: its answer was lost, and the visitor may have missed another call since.
        """
        stops = self._stops()
        if any(stop.state in ACTIVE for stop in stops):
            return ()
        missed = (stop.position for stop in stops if stop.state == StopState.NO_SHOW)
        return [position for position in missed if not self._room.was_done(self._name(position))]

    @property
    def _is_given_up(self) -> bool:
        """The kiosk took the visitor for gone without paper."""
        stops = self._stops()
        is_over = bool(stops) and all(stop.state == StopState.EXPIRED for stop in stops)
        return is_over and not self._room.was_done(self._name(0))

    def _name(self, position: int) -> str:
        """Of what is done to this stop, the same whenever this scan is told again."""
        return hashlib.sha256(f"{self._action} {position}".encode()).hexdigest()[:16]

    def _status_of(self, stop: AnyRow) -> StopStatus:
        state = StopState(stop.state)
        counter = str(stop.counter) if state in ACTIVE else None
        if state is not StopState.WAITING:
            return StopStatus(stop.service_id, state, counter=counter)
        returned = self._room.was_done(self._name(stop.position))
        # Whoever has just come back is not in what was found of the waits before.
        wait = None if returned else self._waits.get((self._ticket_id, stop.position))
        return StopStatus(stop.service_id, state, self._ahead_of(stop), wait, returned=returned)

    @cached_property
    def _waits(self) -> Mapping[tuple[str, int], Wait]:
        return self._room.node.outlooks.of_site(self._room.site_id).line

    def _ahead_of(self, stop: AnyRow) -> int | None:
        """Who would be called before, if everybody who waits were here: who is at another counter keeps the place."""
        lines = self._room.lines_of((stop.queue_code,))
        present = replace(lines, waiting=[replace(row, is_elsewhere=False) for row in lines.waiting])
        line = [(row.who.ticket_id, row.who.position) for row in present.sequence()]
        key = (self._ticket_id, stop.position)
        return line.index(key) if key in line else None

    def _from_paper(self) -> VisitStatus:
        """Its kiosk is cut off, and has not told of it yet."""
        hall = self._room.hall
        return status_on_paper(self._claims, Known(hall.site, hall.catalogue))
