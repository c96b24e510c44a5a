"""From the state to what is on the screen. Pure: the same state always looks the same."""

from typing import Final

from kiosk.config import ScreenConfig
from kiosk.domain import wording
from kiosk.domain.screens import Screen
from kiosk.domain.ticket import MAX_STOPS, Stop, Ticket
from kiosk.domain.visit_status import VisitStatus
from kiosk.domain.visitor import MAX_COPIES, Problem, Step
from ui.visitor.describer import Describer
from ui.visitor.enums import closed_reason, part_of_day, print_outcome, printer_trouble
from ui.visitor.hall import Hall
from ui.visitor.rows import ServiceRow, TicketStopRow, TicketView, YourVisitView
from ui.visitor.state import KioskState
from ui.visitor.view import KioskView

_WITHOUT_WAY_BACK: Final = frozenset({Screen.CLOSED, Screen.OUT_OF_SERVICE, Screen.TECHNICIAN})


def present(state: KioskState, hall: Hall, config: ScreenConfig, ticket_s: int) -> KioskView:
    session = state.session
    describer = Describer(hall, session.language, state.queues, state.local_now)
    screen = state.screen
    agency = hall.catalogue.agencies_by_id.get(session.subject_of(Step.AGENCY))
    life_event = hall.catalogue.life_events_by_id.get(session.subject_of(Step.LIFE_EVENT))
    service = hall.catalogue.services.get(session.subject_of(Step.SERVICE))
    now = state.local_now
    return KioskView(
        screen=int(screen),
        language=session.language.value,
        text_scale=session.text_scale,
        high_contrast=session.high_contrast,
        animations=config.animations,
        can_go_back=session.is_choosing and len(session.route) > 1 and screen not in _WITHOUT_WAY_BACK,
        mm_width=config.panel_width_mm,
        site_name=describer.say(hall.site.name),
        site_short_name=describer.say(hall.site.short_name),
        is_demonstration=hall.site.is_demonstration,
        date_text=wording.long_date(now.date(), session.language) if now else "",
        clock_text=wording.clock_time(now.time(), session.language) if now else "",
        part_of_day=part_of_day(now),
        query=session.query,
        search_results=_services(describer, state.hits),
        popular_services=_services(describer, tuple(service.id for service in hall.popular)),
        home_agencies=tuple(map(describer.agency_row, hall.home_agencies)),
        agencies=tuple(map(describer.agency_row, hall.agencies)),
        agency_count=len(hall.agencies),
        home_life_events=tuple(map(describer.life_event_row, hall.home_life_events)),
        life_events=tuple(map(describer.life_event_row, hall.life_events)),
        life_event_count=len(hall.life_events),
        agency=describer.agency_view(agency),
        agency_services=tuple(
            describer.service_row(service)
            for service in (agency.services if agency else ())
            if hall.is_offered(service)
        ),
        life_event=describer.life_event_view(life_event, len(session.selected)),
        life_event_services=tuple(
            describer.service_row(service, selected=service.id in session.selected)
            for service in (hall.services_of(life_event) if life_event else ())
        ),
        service=describer.service_view(service, session.chosen),
        visit=describer.visit_rows(session.chosen),
        visit_count=len(session.chosen),
        visit_is_full=len(session.chosen) >= MAX_STOPS,
        ticket=_ticket(describer, state),
        your_visit=_your_visit(describer, session.looked_up) if screen is Screen.YOUR_VISIT else YourVisitView(),
        visit_begun=session.has_begun,
        has_scanner=state.has_scanner,
        print_outcome=print_outcome(session.job),
        can_reprint=can_reprint(state),
        ticket_seconds_left=state.ticket_seconds_left,
        ticket_seconds_total=ticket_s,
        printer_trouble=printer_trouble(state.printer),
        staff_told=state.is_staff_told,
        after_repair=state.is_after_repair,
        before_restart=state.is_from_before_restart,
        idle_warning=state.idle_seconds_left is not None,
        idle_seconds_left=state.idle_seconds_left or 0,
        closed_reason=closed_reason(state.hall_closed),
        closed_text=describer.say(state.hall_closed.sentence) if state.hall_closed else "",
        reopens_text=describer.reopens(state.hall_closed),
        busy=screen is Screen.PRINTING,
        problem=session.problem.value,
        technician_rows=tuple(row.in_language(session.language) for row in state.technician_rows),
    )


def _services(describer: Describer, service_ids: tuple[str, ...]) -> tuple[ServiceRow, ...]:
    services = describer.hall.catalogue.services
    return tuple(describer.service_row(services[service_id]) for service_id in service_ids if service_id in services)


def can_reprint(state: KioskState) -> bool:
    """Not twice after it was refused. Copies are few; a slip that certainly never came out is no copy."""
    job = state.session.job
    if job is None or not job.state.is_final or state.session.problem is not Problem.NONE:
        return False
    return (state.is_paper_missing or job.copy < MAX_COPIES) and not state.is_printer_in_trouble


def _ticket(describer: Describer, state: KioskState) -> TicketView:
    ticket, job = state.session.ticket, state.session.job
    if ticket is None:
        return TicketView()
    local = ticket.issued_at.astimezone(describer.hall.site.timezone)
    language = describer.language
    return TicketView(
        label=ticket.label,
        qr_source=state.qr_source,
        stop_count=len(ticket.stops),
        stops=tuple(_stop(describer, ticket, stop) for stop in ticket.stops),
        is_copy=job is not None and job.copy > 0,
        date_text=wording.long_date(local.date(), language) if ticket.clock_trusted else "",
        time_text=wording.clock_time(local.time(), language) if ticket.clock_trusted else "",
    )


def _your_visit(describer: Describer, status: VisitStatus | None) -> YourVisitView:
    from ui.visitor.your_visit import describe_visit  # noqa: PLC0415  # that the first frame need not wait for

    return describe_visit(describer, status)


def _stop(describer: Describer, ticket: Ticket, stop: Stop) -> TicketStopRow:
    row = describer.service_row(describer.hall.catalogue.services[stop.service_id])
    ahead = ticket.people_ahead[stop.position - 1]
    before = [other for other in ticket.stops if other.position in stop.after]
    names = [describer.hall.catalogue.services[other.service_id] for other in before]
    return TicketStopRow(
        position=stop.position,
        agency_name=row.agency_name,
        service_name=row.name,
        monogram=row.monogram,
        tile_color=row.tile_color,
        floor_text=row.floor_text,
        counter_text=describer.counters_of(describer.queue_of(stop.service_id)),
        people_ahead=-1 if ahead is None else ahead,
        wait_text=_promise(describer, ticket, stop),
        after_text=wording.joined(
            [describer.hall.catalogue.agency_of(service).short for service in names], describer.language
        ),
    )


def _promise(describer: Describer, ticket: Ticket, stop: Stop) -> str:
    """As it was promised, whatever has become of it since."""
    wait = ticket.promise_of(stop)
    is_told = describer.queue_now(describer.queue_of(stop.service_id)).is_told
    return wording.wait_sentence(wait, describer.language) if wait is not None or is_told else ""
