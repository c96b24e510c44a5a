"""Things of the hall as rows and opened pages, in one language at one moment. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from kiosk.domain import wording
from kiosk.domain.availability import Closed
from kiosk.domain.catalogue import Agency, Evidence, Fee, FeeKind, LifeEvent, Presence, Service
from kiosk.domain.language import Language, Text
from kiosk.domain.site import Queue, TimeRange
from kiosk.domain.visit import plan_stops
from kiosk.domain.wait import promised
from ui.visitor.enums import closed_reason
from ui.visitor.hall import Hall
from ui.visitor.life_event_icons import icon_of
from ui.visitor.palette import tile_color
from ui.visitor.rows import AgencyRow, AgencyView, LifeEventRow, LifeEventView, ServiceRow, ServiceView
from ui.visitor.state import QueueNow

_FREE: Final = Text("Gratis", "Free")
_FEE_VARIES: Final = Text("Berbeda-beda, tanyakan di loket", "Varies, ask at the counter")
_FEE_UNKNOWN: Final = Text("Tanyakan di loket", "Ask at the counter")
_HOURS_TODAY: Final = Text("Hari ini {hours}", "Today {hours}")
_CLOSED_TODAY: Final = Text("Hari ini tutup", "Closed today")
_NOT_HERE: Final = Text("Belum dilayani di sini.", "Not served here yet.")
NO_QUEUE: Final = QueueNow()


@dataclass(frozen=True, slots=True)
class Describer:
    """`now`: wall time at the site, None where the clock is not trusted."""

    hall: Hall
    language: Language
    queues: Mapping[str, QueueNow]
    now: datetime | None

    def say(self, text: Text | None) -> str:
        return "" if text is None else text.in_language(self.language)

    def queue_now(self, queue: Queue | None) -> QueueNow:
        return NO_QUEUE if queue is None else self.queues.get(queue.code, NO_QUEUE)

    def floor_of(self, queue: Queue | None) -> str:
        return "" if queue is None else wording.floor_name(self.hall.site, queue, self.language)

    def counters_of(self, queue: Queue | None) -> str:
        return "" if queue is None else wording.counter_names(queue, self.language)

    def queue_of(self, service_id: str) -> Queue | None:
        return self.hall.site.queue_by_service.get(service_id)

    def reopens(self, closed: Closed | None) -> str:
        if closed is None or closed.reopens_at is None or self.now is None:
            return ""
        return wording.reopening(closed.reopens_at, self.now, self.language)

    def service_row(self, service: Service, *, selected: bool = False) -> ServiceRow:
        agency = self.hall.catalogue.agency_of(service)
        queue = self.queue_of(service.id)
        now = self.queue_now(queue)
        return ServiceRow(
            service_id=service.id,
            name=self.say(service.name),
            agency_name=agency.short,
            monogram=self.hall.monograms.get(agency.id, ""),
            tile_color=tile_color(agency.id),
            floor_text=self.floor_of(queue),
            waiting_count=_known(now.waiting),
            is_open=queue is not None and now.closed is None,
            closed_text=self._closed_text(queue, now),
            fee_text=self.fee_text(service.fee),
            selected=selected,
            online_first=service.online_first,
            is_unconfirmed=service.evidence is Evidence.AGENCY,
            wait_text=wording.wait_sentence(now.wait, self.language) if now.is_told else "",
        )

    def visit_rows(self, chosen: tuple[str, ...]) -> tuple[ServiceRow, ...]:
        """The services of a visit, each with the wait that the ticket will promise: whoever stands in several lines may
        be at another counter when the turn comes.
        """
        known = self.hall.catalogue.services
        services = [known[service_id] for service_id in chosen if self.queue_of(service_id) and service_id in known]
        stops = plan_stops(services, self.hall.site)
        queues = {code: now.outlook for code, now in self.queues.items() if now.outlook is not None}
        waits = promised(stops, queues, is_priority=False)
        of_service = {stop.service_id: wait for stop, wait in zip(stops, waits, strict=True)}
        return tuple(
            replace(row, wait_text=wording.wait_sentence(of_service[row.service_id], self.language))
            if row.wait_text
            else row
            for row in map(self.service_row, services)
        )

    def agency_row(self, agency: Agency) -> AgencyRow:
        queues = self._queues_of(agency)
        waiting = [self.queue_now(queue).waiting for queue in queues]
        floors = list(dict.fromkeys(filter(None, map(self.floor_of, queues))))
        return AgencyRow(
            agency_id=agency.id,
            name=agency.short,
            full_name=self.say(agency.name),
            monogram=self.hall.monograms.get(agency.id, ""),
            tile_color=tile_color(agency.id),
            service_count=sum(service.id in self.hall.site.queue_by_service for service in agency.services),
            waiting_count=-1 if None in waiting else sum(filter(None, waiting)),
            is_open=any(self.queue_now(queue).closed is None for queue in queues),
            floor_text=wording.joined(floors, self.language),
        )

    def life_event_row(self, event: LifeEvent) -> LifeEventRow:
        return LifeEventRow(event.id, self.say(event.name), len(self.hall.services_of(event)), icon_of(event.id))

    def agency_view(self, agency: Agency | None) -> AgencyView:
        if agency is None:
            return AgencyView()
        row = self.agency_row(agency)
        queues = self._queues_of(agency)
        return AgencyView(
            agency_id=agency.id,
            name=agency.short,
            full_name=row.full_name,
            monogram=row.monogram,
            tile_color=row.tile_color,
            floor_text=row.floor_text,
            counter_text=wording.joined(list(filter(None, map(self.counters_of, queues))), self.language),
            hours_text=self._hours_text(queues),
            is_unconfirmed=agency.presence is Presence.TYPICAL,
        )

    def life_event_view(self, event: LifeEvent | None, selected_count: int) -> LifeEventView:
        if event is None:
            return LifeEventView()
        return LifeEventView(event.id, self.say(event.name), icon_of(event.id), selected_count)

    def service_view(self, service: Service | None, chosen: tuple[str, ...]) -> ServiceView:
        if service is None:
            return ServiceView()
        row = self.service_row(service)
        site = self.hall.site
        queue = self.queue_of(service.id)
        closed = self.queue_now(queue).closed
        first = self._first_to_do(service, chosen)
        procedure = site.procedure if service.procedure is None else service.procedure
        return ServiceView(
            service_id=service.id,
            name=row.name,
            agency_name=row.agency_name,
            agency_full_name=self.say(self.hall.catalogue.agency_of(service).name),
            monogram=row.monogram,
            tile_color=row.tile_color,
            floor_text=row.floor_text,
            counter_text=self.counters_of(queue),
            waiting_count=row.waiting_count,
            wait_text=row.wait_text,
            fee_text=row.fee_text,
            fee_note=(service.fee.note_en or "") if self.language is Language.ENGLISH else "",
            finishing_text=self.say(service.finishing_time),
            product_text=self.say(service.product),
            requirements=tuple(map(self.say, service.requirements)),
            procedure=tuple(map(self.say, procedure)),
            procedure_is_halls=service.procedure is None,
            legal_basis=service.legal_basis or "",
            complaints=site.complaint_channels,
            is_open=row.is_open,
            closed_reason=closed_reason(closed, is_served_here=queue is not None),
            closed_text=row.closed_text,
            reopens_text=self.reopens(closed),
            online_first=row.online_first,
            is_unconfirmed=row.is_unconfirmed,
            in_visit=service.id in chosen,
            first_do_name=self.say(first.name) if first else "",
            first_do_id=first.id if first else "",
            first_do_place=self._place_of(first) if first else "",
        )

    def fee_text(self, fee: Fee) -> str:
        match fee.kind:
            case FeeKind.FREE:
                return self.say(_FREE)
            case FeeKind.FIXED if fee.amount_idr is not None:
                return wording.rupiah(fee.amount_idr, self.language)
            case FeeKind.VARIES:
                return self.say(_FEE_VARIES)
            case _:
                return self.say(_FEE_UNKNOWN)

    def _closed_text(self, queue: Queue | None, now: QueueNow) -> str:
        if queue is None:
            return self.say(_NOT_HERE)
        return self.say(now.closed.sentence) if now.closed else ""

    def _queues_of(self, agency: Agency) -> list[Queue]:
        return [queue for queue in self.hall.site.queues if queue.agency_id == agency.id]

    def _hours_text(self, queues: list[Queue]) -> str:
        if self.now is None or not queues:
            return ""
        hours = wording.hours(self._hours_today(queues[0], self.now), self.language)
        return self.say(_HOURS_TODAY).format(hours=hours) if hours else self.say(_CLOSED_TODAY)

    def _hours_today(self, queue: Queue, now: datetime) -> tuple[TimeRange, ...]:
        site = self.hall.site
        for exception in site.exceptions:
            if exception.date == now.date():
                return exception.ranges
        return (queue.hours or site.hours)[now.weekday()]

    def _first_to_do(self, service: Service, chosen: tuple[str, ...]) -> Service | None:
        """A service that should come before this one, can be had here now and is not in the visit yet."""
        for service_id in self.hall.site.after.get(service.id, ()):
            first = self.hall.catalogue.services.get(service_id)
            if first and service_id not in chosen and self.hall.is_offered(first) and self.service_row(first).is_open:
                return first
        return None

    def _place_of(self, service: Service) -> str:
        row = self.service_row(service)
        return ", ".join(filter(None, (row.agency_name, row.floor_text)))


def _known(count: int | None) -> int:
    return -1 if count is None else count
