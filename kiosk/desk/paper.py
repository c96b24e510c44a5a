"""A ticket as its paper tells it: whom a desk without a server may serve, and what it then knows of the visit. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from kiosk.domain.catalogue import Catalogue
from kiosk.domain.language import Language
from kiosk.domain.numbering import format_label
from kiosk.domain.scan import ScanVerdict
from kiosk.domain.site import Counter, Queue, Site
from kiosk.domain.ticket import StopState
from kiosk.domain.token import Claims, KioskKey, Parsed, Reason, Refused, parse, verify
from kiosk.domain.trust import TrustList, key_id
from kiosk.domain.visit_status import StopStatus, VisitStatus, VisitVerdict
from kiosk.sync.desk_wire import LineRow, Place, StopView, VisitView

Stop = tuple[str, int]
"""Ticket and position."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the server has handed down. `day`: the last that it has told, `by_clock`: the one that a trusted clock
    names; None where there is none.
    """

    site: Site
    catalogue: Catalogue
    trust: TrustList | None = None
    day: date | None = None
    by_clock: date | None = None

    def is_today(self, day: date) -> bool:
        """The day comes from the server, not from this computer's clock. Where it has told of no later one and the
        clock says that there is one, a kiosk's signature under that same day is believed.
        """
        is_newer = self.by_clock is not None and (self.day is None or self.by_clock > self.day)
        return day == (self.by_clock if is_newer else self.day)


def believed(text: str, known: Known) -> Claims | ScanVerdict:
    """What a genuine ticket of this hall and day claims; else why it is none."""
    parsed = parse(text)
    if not isinstance(parsed, Parsed):
        return ScanVerdict.UNREADABLE
    site, day = known.site.number, parsed.claims.service_day
    if parsed.claims.site_number != site:
        return ScanVerdict.OTHER_SITE
    every_key = {} if known.trust is None else _keys(known.trust, site)
    judged = verify(text, every_key, site)
    if isinstance(judged, Refused):
        return ScanVerdict.UNKNOWN_KEY if judged.reason is Reason.UNKNOWN_KEY else ScanVerdict.FORGED
    if known.trust is None or judged.claims.key_id not in known.trust.kiosk_keys(site, day):
        return ScanVerdict.REVOKED_KEY
    return judged.claims if known.is_today(day) else ScanVerdict.OTHER_DAY


def is_genuine(text: str, known: Known) -> bool:
    """Whether a kiosk that is or was of this hall has signed it, whenever that was."""
    keys = {} if known.trust is None else _keys(known.trust, known.site.number)
    return not isinstance(verify(text, keys, known.site.number), Refused)


def visit_of(claims: Claims, known: Known, states: Mapping[Stop, StopState]) -> VisitView | None:
    """`states`: what this desk itself has done. None where this hall has no such queue, or no service that is known.

    `position` is that of the first stop. Whether other counters have served the visitor meanwhile nobody knows here.
    """
    site = known.site
    queue = next((queue for queue in site.queues if queue.number == claims.queue_number), None)
    services = [known.catalogue.services_by_number.get(number) for number in claims.service_numbers]
    if queue is None or not services or any(one is None or one.id not in site.queue_by_service for one in services):
        return None
    ids = [one.id for one in services if one is not None]
    return VisitView(
        ticket=claims.ticket_id,
        label=format_label(queue.code, claims.number, claims.series),
        is_priority=False,
        language=Language.INDONESIAN,
        issued_at=_issued_at(claims, site),
        position=1,
        stops=tuple(_stops(claims.ticket_id, ids, site, states)),
    )


def status_on_paper(claims: Claims, known: Known) -> VisitStatus:
    """For the visitor, who is promised nothing by it. UNKNOWN as `visit_of`."""
    visit = visit_of(claims, known, {})
    if visit is None:
        return VisitStatus(VisitVerdict.UNKNOWN)
    stops = tuple(StopStatus(stop.service_id, stop.state) for stop in visit.stops)
    return VisitStatus(VisitVerdict.FROM_PAPER, visit.label, claims.service_day, stops)


def visit_in_line(row: LineRow, known: Known | None) -> VisitView:
    """Of somebody whom the server had told of before the line was cut."""
    queue = None if known is None else known.site.queue_by_code.get(row.queue)
    stop = StopView(
        position=row.position,
        service_id=row.service_id,
        queue=row.queue,
        state=row.state,
        waited_s=row.waited_s,
        promised_high_s=row.promised_high_s,
        places=() if known is None or queue is None else places(known.site, queue),
    )
    return VisitView(
        ticket=row.ticket,
        label=row.label,
        is_priority=row.is_priority,
        language=Language.INDONESIAN,
        issued_at=None,
        position=row.position,
        stops=(stop,),
    )


def places(site: Site, queue: Queue) -> tuple[Place, ...]:
    return tuple(_place(site, counter) for counter in queue.counters)


def queues_at(site: Site, counter: int) -> tuple[str, ...]:
    """The queues that the site's file gives to this counter."""
    return tuple(queue.code for queue in site.queues if counter in {each.number for each in queue.counters})


def stop_at(visit: VisitView, position: int) -> StopView | None:
    return next((stop for stop in visit.stops if stop.position == position), None)


def stops_here(visit: VisitView, queues: Iterable[str]) -> list[StopView]:
    """The visitor's stops that these queues serve; those that wait for nothing first."""
    mine = [stop for stop in visit.stops if stop.queue in set(queues)]
    return sorted(mine, key=lambda stop: stop.state is StopState.PENDING)


def with_state(visit: VisitView, position: int, state: StopState) -> VisitView:
    """The same visit, about this stop, which is in that state now."""
    stops = tuple(
        stop.model_copy(update={"state": state}) if stop.position == position else stop for stop in visit.stops
    )
    return visit.model_copy(update={"position": position, "stops": stops})


def _stops(ticket_id: str, ids: Sequence[str], site: Site, states: Mapping[Stop, StopState]) -> Iterator[StopView]:
    """In the order of the paper, whatever the site's file says today."""
    for position, service_id in enumerate(ids, start=1):
        after = tuple(ids.index(earlier) + 1 for earlier in site.after.get(service_id, ()) if earlier in ids)
        after = tuple(sorted(one for one in after if one < position))
        is_free = all(states.get((ticket_id, one)) is StopState.COMPLETED for one in after)
        queue = site.queue_by_service[service_id]
        yield StopView(
            position=position,
            service_id=service_id,
            queue=queue.code,
            state=states.get((ticket_id, position), StopState.WAITING if is_free else StopState.PENDING),
            after=after,
            places=places(site, queue),
        )


def _keys(trust: TrustList, site_number: int) -> Mapping[int, KioskKey]:
    """Of every kiosk, those that were shut out too."""
    return {
        key_id(device.facts.public_key): KioskKey(device.facts.public_key, site_number, device.facts.kiosk_number)
        for device in trust.devices
        if device.facts.kiosk_number is not None
    }


def _place(site: Site, counter: Counter) -> Place:
    zone = site.zone_by_id[counter.zone_id]
    return Place(counter=counter.number, floor=zone.floor, zone=zone.id)


def _issued_at(claims: Claims, site: Site) -> datetime | None:
    """A minute before 03:00 is of the night after."""
    if claims.minute is None:
        return None
    at = datetime.combine(claims.service_day, time.min) + timedelta(minutes=claims.minute)
    if claims.minute < 3 * 60:
        at += timedelta(days=1)
    return at.replace(tzinfo=site.timezone).astimezone(UTC)
