"""What the log adds up to, in the transaction that stores the events: tickets, queues, days, devices.

An event that cannot be projected is parked, never refused: it is stored, acknowledged and relayed all the same, and
tried again when what it speaks of arrives, and by a later version. So no event can stand in the way of those behind it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import structlog
from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError

from kiosk.domain.events import DEVICE_ENROLLED
from kiosk.domain.history import Effect, IssuedTicket, NotUnderstoodError
from server.database import Database, is_databases_fault, lock_site
from server.device_projection import DEVICE_EVENTS, apply_device_event
from server.effective_time import effective_times
from server.hall_projection import apply_hall_news
from server.parked import Arrival, Parked, awaiting, park, parked_events, release
from server.printer_projection import apply_printer_news
from server.schema import poison, tickets
from server.speakers import Kinds, SpeakerUnknownError, heard, kind_of
from server.ticket_projection import apply_effects

log = structlog.get_logger(__name__)

_AT_ONCE: Final = 200
"""Parked events that are tried again in one transaction."""

_Known = Sequence[tuple[Arrival, Effect]]


@dataclass(frozen=True, slots=True)
class _Place:
    """`own`: the id of this server, whose own word about devices counts. `is_new`: what goes wrong is told."""

    connection: Connection
    site_id: str
    own: str | None
    is_new: bool


def project(connection: Connection, site_id: str, arrivals: Sequence[Arrival], own: str | None = None) -> int:
    """Applies events of one origin in their order; parks those that cannot be applied and says how many they are, but
    for those that only wait to be told who speaks: that is the order of arrival, and no fault.
    """
    place = _Place(connection, site_id, own, is_new=True)
    known: list[tuple[Arrival, Effect]] = []
    parked: list[Parked] = []
    early: list[Parked] = []
    kind = kind_of(connection, site_id, arrivals[0].event.origin) if arrivals else None
    for arrival in arrivals:
        try:
            known.append((arrival, heard(arrival.event, kind)))
        except SpeakerUnknownError as error:
            early.append(Parked(arrival, str(error), arrival.event.origin))
        except Exception as error:  # noqa: BLE001  # any fault of ours must park the event, not block its origin
            parked.append(Parked(arrival, str(error)))
    issued = [arrival for arrival, effect in known if isinstance(effect, IssuedTicket)]
    times = effective_times(connection, site_id, [(arrival.event, arrival.bracket) for arrival in issued])
    for arrival, time in zip(issued, times, strict=True):
        arrival.effective_at_ms = time
    parked += _apply_all(place, known)
    park(connection, site_id, [*early, *parked])
    return len(parked)


def project_parked(database: Database, own: str) -> int:
    """Tries every parked event again, until nothing moves: at start, when a newer version may know more.

    In chunks, so that nobody waits long. Says how many moved.
    """
    with database.reading() as connection:
        sites = connection.execute(select(poison.c.site_id).distinct().order_by(poison.c.site_id)).scalars().all()
    total = 0
    for site_id in sites:
        while moved := sum(_try_parked_chunks(database, site_id, own)):
            total += moved
    if total:
        log.info("parked_events_projected", count=total)
    return total


def _try_parked_chunks(database: Database, site_id: str, own: str) -> Iterator[int]:
    after = ("", "", 0)
    while True:
        with database.writing() as connection:
            lock_site(connection, site_id)
            chunk = parked_events(connection, site_id, after, _AT_ONCE)
            yield try_again(connection, site_id, chunk, own)
        if len(chunk) < _AT_ONCE:
            return
        last = chunk[-1].arrival.event
        after = (last.origin, last.incarnation, last.sequence)


def try_again(connection: Connection, site_id: str, chunk: Sequence[Parked], own: str | None) -> int:
    place = _Place(connection, site_id, own, is_new=False)
    kinds = Kinds(connection, site_id)
    moved = 0
    for parked in chunk:
        try:
            effect = heard(parked.arrival.event, kinds.of(parked.arrival.event.origin))
        except NotUnderstoodError:
            continue
        parked.arrival.effective_at_ms = parked.arrival.bracket.clamp(int(parked.arrival.event.hlc, 16) >> 16)
        if _try(place, [(parked.arrival, effect)]) == []:
            release(connection, site_id, [parked.arrival.event])
            moved += 1
    return moved


def _apply_all(place: _Place, known: _Known) -> Sequence[Parked]:
    """All at once where all goes well, else one by one."""
    if not known:
        return []
    outcome = _try(place, known)
    if not isinstance(outcome, str):
        return outcome
    parked: list[Parked] = []
    for one in known:
        outcome = _try(place, [one])
        parked += [Parked(one[0], outcome)] if isinstance(outcome, str) else outcome
    return parked


def _try(place: _Place, known: _Known) -> Sequence[Parked] | str:
    """All or nothing of them: those that await something, or the reason if nothing was done. What the disk does to us
    is no reason: it ends the transaction.
    """
    try:
        with place.connection.begin_nested():
            return _apply(place, known)
    except NotUnderstoodError as error:
        return str(error)
    except IntegrityError as error:
        return _contradiction(place, known) or f"{type(error).__name__}: {error.orig}"
    except Exception as error:
        if is_databases_fault(error):
            raise  # full, locked, damaged: SQLite may have undone everything already, and the batch comes again
        # Any fault of ours must park the event, not block its origin.
        return f"{type(error).__name__}: {error}"


def _apply(place: _Place, known: _Known) -> Sequence[Parked]:
    apply_hall_news(place.connection, place.site_id, known)
    parked = [
        Parked(arrival, f"ticket {ticket_id} is not known here yet", ticket_id)
        for arrival, ticket_id in apply_effects(place.connection, place.site_id, known)
    ]
    apply_printer_news(place.connection, place.site_id, known)
    for arrival, _ in known:
        if arrival.event.type in DEVICE_EVENTS:
            awaited = apply_device_event(
                place.connection, place.site_id, arrival.event, arrival.received_at_ms, place.own
            )
            if awaited is not None:
                parked.append(Parked(arrival, f"device {awaited} is not known here yet", awaited))
            elif arrival.event.type == DEVICE_ENROLLED:
                _hear_at_last(place, arrival.event.body["device_id"])
    return parked


def _hear_at_last(place: _Place, device_id: str) -> None:
    """What it said before anybody had told who it is."""
    said = [one.arrival for one in awaiting(place.connection, place.site_id, [device_id])]
    said = sorted((one for one in said if one.event.origin == device_id), key=_in_its_order)
    if said:
        release(place.connection, place.site_id, [one.event for one in said])
        project(place.connection, place.site_id, said)


def _in_its_order(arrival: Arrival) -> tuple[str, str, int]:
    return arrival.event.hlc, arrival.event.incarnation, arrival.event.sequence


def _contradiction(place: _Place, known: _Known) -> str | None:
    """Two tickets with one label: a kiosk was cloned, or two have one letter. Both visitors hold paper."""
    effect = known[0][1]
    if len(known) > 1 or not isinstance(effect, IssuedTicket):
        return None
    twin = place.connection.execute(
        select(tickets.c.ticket_id).where(
            tickets.c.site_id == place.site_id,
            tickets.c.service_day == effect.service_day,
            tickets.c.series == effect.series,
            tickets.c.queue_code == effect.queue_code,
            tickets.c.number == effect.number,
        )
    ).scalar_one_or_none()
    if twin is None or twin == effect.ticket_id:
        return f"ticket {effect.ticket_id} was issued already"
    if place.is_new:
        facts = {"day": effect.service_day, "label": effect.label, "origin": known[0][0].event.origin}
        log.error("label_given_twice", site=place.site_id, **facts)
    return f"{effect.label} of {effect.service_day} was given to ticket {twin} already"
