"""A genuine ticket that has not arrived here yet, because its kiosk is cut off: served from what its paper says.

What is done to it is written into the log like everything else and waits there for its ticket (server/parked.py); then
the course is built with it. Until then a table of its own knows that somebody is being served, also after a restart.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, delete, select

from kiosk.domain.course import Action, Course, CourseStop, Issued, course_of
from kiosk.domain.history import effect_of
from kiosk.domain.language import Language
from kiosk.domain.ticket import StopState
from kiosk.domain.token import Claims
from kiosk.sync.desk_wire import StopView, VisitView
from server.database import Upsert, milliseconds, moment
from server.hall import Hall
from server.parked import awaiting
from server.schema import paper_visits, tickets

if TYPE_CHECKING:
    from server.desk_room import Room

_OF_DAY: Final = (
    paper_visits.c.site_id == bindparam("site"),
    paper_visits.c.service_day == bindparam("day"),
    ~select(tickets.c.sequence)
    .where(tickets.c.site_id == paper_visits.c.site_id, tickets.c.ticket_id == paper_visits.c.ticket_id)
    .correlate(paper_visits)
    .exists(),
)
_AT: Final = select(paper_visits).where(*_OF_DAY, paper_visits.c.counter == bindparam("at_counter"))
_WHERE: Final = (
    select(paper_visits.c.counter)
    .where(*_OF_DAY, paper_visits.c.ticket_id == bindparam("ticket"))
    .order_by(paper_visits.c.counter)
    .limit(1)
)
_LEAVE: Final = delete(paper_visits).where(
    paper_visits.c.site_id == bindparam("site"), paper_visits.c.counter == bindparam("at_counter")
)
_SERVE: Final = Upsert(
    paper_visits,
    lambda new: new.on_conflict_do_update(
        index_elements=["site_id", "counter"],
        set_={column.name: new.excluded[column.name] for column in paper_visits.c if not column.primary_key},
    ),
)
"""Built once: SQLAlchemy takes longer to build a statement than SQLite to carry it out."""


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


def paper_at(room: "Room") -> PaperVisit | None:
    """Who is being served from paper at this counter. None too where the ticket has come meanwhile: the tables of
    visits know better then; and on another day.
    """
    if room.officer.counter is None or room.service_day is None:
        return None
    which = {"site": room.site_id, "day": room.service_day, "at_counter": room.officer.counter}
    row = room.connection.execute(_AT, which).one_or_none()
    if row is None:
        return None
    issued = None if row.issued_at_ms is None else moment(row.issued_at_ms)
    found = tuple(PaperStop(**stop) for stop in json.loads(row.stops))
    return PaperVisit(row.ticket_id, row.label, found, issued, row.position, row.started_at_ms)


def counter_of(room: "Room", ticket_id: str) -> int | None:
    """Where it is being served from its paper."""
    which = {"site": room.site_id, "day": room.day, "ticket": ticket_id}
    return room.connection.execute(_WHERE, which).scalar_one_or_none()


def serve(room: "Room", visit: PaperVisit) -> None:
    """At this counter, from now on; whoever was there before is not any more."""
    row = {
        "site_id": room.site_id,
        "counter": room.counter,
        "service_day": room.day,
        "ticket_id": visit.ticket_id,
        "label": visit.label,
        "stops": json.dumps([asdict(stop) for stop in visit.stops], separators=(",", ":")),
        "issued_at_ms": None if visit.issued_at is None else milliseconds(visit.issued_at),
        "position": visit.position,
        "started_at_ms": visit.started_at_ms,
    }
    _SERVE.execute(room.connection, row)


def leave(room: "Room") -> None:
    room.connection.execute(_LEAVE, {"site": room.site_id, "at_counter": room.counter})


def told_of(room: "Room", ticket_id: str, paper: Sequence[PaperStop]) -> Course:
    """What has become of a ticket that has not come, as far as is told: by what awaits it here."""
    told = (effect_of(parked.arrival.event) for parked in awaiting(room.connection, room.site_id, [ticket_id]))
    stops = tuple(CourseStop(stop.position, stop.service_id, stop.queue_code) for stop in paper)
    return course_of(Issued(stops, is_priority=False), (effect for effect in told if isinstance(effect, Action)))


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
    told = {stop.position: stop.state for stop in told_of(room, visit.ticket_id, visit.stops).stops}
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
                state=StopState.SERVING if stop.position == visit.position else told[stop.position],
                counter=room.officer.counter if stop.position == visit.position else None,
                serving_s=serving_s if stop.position == visit.position else None,
            )
            for stop in visit.stops
        ),
    )
