"""A genuine ticket that has not arrived here yet, because its kiosk is cut off: served from what its paper says.

What is done to it is written into the log like everything else and waits there for its ticket (server/parked.py); then
the course is built with it. Until then only this process knows that somebody is being served: after a restart the
counter looks free, and nothing that was done is lost.
"""

import threading
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from sqlalchemy import select

from kiosk.domain.language import Language
from kiosk.domain.ticket import StopState
from kiosk.domain.token import Claims
from kiosk.sync.desk_wire import StopView, VisitView
from server.hall import Hall
from server.schema import tickets

if TYPE_CHECKING:
    from server.desk_room import Room


@dataclass(frozen=True, slots=True)
class PaperStop:
    position: int
    service_id: str
    queue_code: str


@dataclass(frozen=True, slots=True)
class PaperVisit:
    """`position`: the stop that is being served, since `started_at_ms`."""

    ticket_id: str
    label: str
    stops: tuple[PaperStop, ...]
    issued_at: datetime | None
    position: int
    started_at_ms: int


class PaperVisits:
    """Who is being served from paper, by site and counter. Safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_counter: dict[tuple[str, int], PaperVisit] = {}

    def at(self, room: "Room") -> PaperVisit | None:
        """None too where the ticket has come meanwhile: the tables know better then."""
        if room.officer.counter is None:
            return None
        key = (room.site_id, room.officer.counter)
        with self._lock:
            visit = self._by_counter.get(key)
        if visit is None:
            return None
        if is_known(room, visit.ticket_id):
            self.leave(room)
            return None
        return visit

    def counter_of(self, site_id: str, ticket_id: str) -> int | None:
        """Where it is being served."""
        with self._lock:
            found = (
                key[1] for key, visit in self._by_counter.items() if (key[0], visit.ticket_id) == (site_id, ticket_id)
            )
            return next(found, None)

    def serve(self, room: "Room", visit: PaperVisit) -> None:
        with self._lock:
            self._by_counter[room.site_id, room.counter] = visit

    def leave(self, room: "Room") -> None:
        with self._lock:
            self._by_counter.pop((room.site_id, room.counter), None)


def is_known(room: "Room", ticket_id: str) -> bool:
    this = select(tickets.c.sequence).where(tickets.c.site_id == room.site_id, tickets.c.ticket_id == ticket_id)
    return room.connection.execute(this).first() is not None


def stops_on_paper(hall: Hall, claims: Claims) -> tuple[PaperStop, ...]:
    """What the token says of them; a service that this hall does not know is left out."""
    found = []
    for position, number in enumerate(claims.service_numbers, start=1):
        service = hall.catalogue.services_by_number.get(number)
        queue = None if service is None else hall.site.queue_by_service.get(service.id)
        if service is not None and queue is not None:
            found.append(PaperStop(position, service.id, queue.code))
    return tuple(found)


def issued_at(hall: Hall, claims: Claims) -> datetime | None:
    """The token tells the minute only, and where its kiosk's clock was not trusted, none."""
    if claims.minute is None:
        return None
    at = time(claims.minute // 60, claims.minute % 60)
    return datetime.combine(claims.service_day, at, hall.site.timezone).astimezone(UTC)


def paper_view(room: "Room", visit: PaperVisit) -> VisitView:
    serving_s = max(room.now_ms - visit.started_at_ms, 0) // 1000
    return VisitView(
        ticket=visit.ticket_id,
        label=visit.label,
        is_priority=False,
        language=Language.INDONESIAN,
        issued_at=visit.issued_at,
        position=visit.position,
        stops=tuple(
            StopView(
                position=stop.position,
                service_id=stop.service_id,
                queue=stop.queue_code,
                state=StopState.SERVING if stop.position == visit.position else StopState.WAITING,
                counter=room.officer.counter if stop.position == visit.position else None,
                serving_s=serving_s if stop.position == visit.position else None,
            )
            for stop in visit.stops
        ),
    )
