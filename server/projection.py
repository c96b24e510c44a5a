"""What the log adds up to: tickets and their stops. Deterministic, in the transaction that stores the events.

An event that cannot be projected is parked, never refused: it is stored, acknowledged and relayed all the same, and
a later version projects it again. So no event can stand in the way of those behind it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final

from pydantic import AwareDatetime, BaseModel, Field
from sqlalchemy import Connection, insert, update
from sqlalchemy.exc import DatabaseError, OperationalError

from kiosk.domain.events import (
    DAY_OPENED,
    NODE_STARTED,
    PRINT_FINISHED,
    TICKET_ISSUED,
    TICKET_REPRINTED,
    TICKET_SHOWN,
    Event,
)
from kiosk.domain.language import Language
from kiosk.domain.print_job import PrintState
from kiosk.domain.ticket import StopState
from server.database import milliseconds
from server.schema import poison, stops, tickets

_NEW_TICKET: Final = insert(tickets)
_NEW_STOP: Final = insert(stops)
"""Built once: SQLAlchemy takes longer to build a statement than SQLite to carry it out."""


class ProjectionError(Exception):
    """The event is not understood, or does not fit what is known."""


class _Stop(BaseModel):
    position: int
    service_id: str
    queue_code: str
    state: StopState


class _Issued(BaseModel):
    ticket_id: str
    service_day: date
    series: int
    queue_code: str
    number: int
    label: str
    is_priority: bool
    language: Language
    issued_at: AwareDatetime
    stops: Annotated[tuple[_Stop, ...], Field(min_length=1)]


class _Reprinted(BaseModel):
    ticket_id: str
    copy_number: Annotated[int, Field(alias="copy", ge=1)]


class _PrintFinished(BaseModel):
    ticket_id: str
    state: PrintState


class _Shown(BaseModel):
    ticket_id: str


@dataclass(frozen=True, slots=True)
class _Place:
    """Where and when an event arrived."""

    connection: Connection
    site_id: str
    received_at_ms: int


def project(connection: Connection, site_id: str, events: Sequence[Event], now_ms: int) -> int:
    """Applies `events` in their order; parks those that cannot be applied and says how many they are."""
    place = _Place(connection, site_id, now_ms)
    if _try(place, events) is None:
        return 0
    parked = 0
    for event in events:
        reason = _try(place, [event])
        if reason is not None:
            _park(place, event, reason)
            parked += 1
    return parked


def _try(place: _Place, events: Sequence[Event]) -> str | None:
    """All or nothing of them; the reason if nothing. What the disk does to us is no reason: it ends the transaction."""
    try:
        with place.connection.begin_nested():
            for event in events:
                _apply(place, event)
    except Exception as error:
        if isinstance(error, OperationalError) or type(error) is DatabaseError:
            raise  # full, locked, damaged: SQLite may have undone everything already, and the batch comes again
        # Any fault of ours must park the event, not block its origin.
        return f"{type(error).__name__}: {error}"
    return None


def _apply(place: _Place, event: Event) -> None:
    handler = _HANDLERS.get((event.type, event.version))
    if handler is None:
        raise ProjectionError(f"{event.type} version {event.version} is not known here")
    handler(place, event)


def _issued(place: _Place, event: Event) -> None:
    body = _Issued.model_validate(event.body)
    ticket = {
        "site_id": place.site_id,
        "ticket_id": body.ticket_id,
        "origin": event.origin,
        "service_day": body.service_day.isoformat(),
        "series": body.series,
        "queue_code": body.queue_code,
        "number": body.number,
        "label": body.label,
        "is_priority": int(body.is_priority),
        "language": body.language,
        "issued_at_ms": milliseconds(body.issued_at),
        "received_at_ms": place.received_at_ms,
        "copies": 0,
        "shown_on_screen": 0,
    }
    place.connection.execute(_NEW_TICKET, ticket)
    rows = [
        {
            "site_id": place.site_id,
            "ticket_id": body.ticket_id,
            "position": stop.position,
            "service_id": stop.service_id,
            "queue_code": stop.queue_code,
            "state": stop.state,
        }
        for stop in body.stops
    ]
    place.connection.execute(_NEW_STOP, rows)


def _reprinted(place: _Place, event: Event) -> None:
    body = _Reprinted.model_validate(event.body)
    _update(place, body.ticket_id, copies=body.copy_number)


def _print_finished(place: _Place, event: Event) -> None:
    body = _PrintFinished.model_validate(event.body)
    _update(place, body.ticket_id, print_verdict=body.state)


def _shown(place: _Place, event: Event) -> None:
    body = _Shown.model_validate(event.body)
    _update(place, body.ticket_id, shown_on_screen=1)


def _update(place: _Place, ticket_id: str, **facts: str | int) -> None:
    this = (tickets.c.site_id == place.site_id, tickets.c.ticket_id == ticket_id)
    if place.connection.execute(update(tickets).where(*this).values(**facts)).rowcount == 0:
        raise ProjectionError(f"ticket {ticket_id} is not known here")


def _no_effect(place: _Place, event: Event) -> None:
    """Part of history, and of no ticket."""


_HANDLERS: Final[Mapping[tuple[str, int], Callable[[_Place, Event], None]]] = {
    (NODE_STARTED, 1): _no_effect,
    (DAY_OPENED, 1): _no_effect,
    (TICKET_ISSUED, 1): _issued,
    (TICKET_REPRINTED, 1): _reprinted,
    (PRINT_FINISHED, 1): _print_finished,
    (TICKET_SHOWN, 1): _shown,
}


def _park(place: _Place, event: Event, reason: str) -> None:
    place.connection.execute(
        insert(poison).values(
            site_id=place.site_id,
            origin=event.origin,
            incarnation=event.incarnation,
            sequence=event.sequence,
            reason=reason,
            parked_at_ms=place.received_at_ms,
        )
    )
