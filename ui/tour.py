"""Leads a running kiosk through every screen it has: for pictures, and for tests that hold on all of them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from kiosk.clock import FakeClock
from kiosk.domain.print_job import PrintJob, PrintState
from kiosk.domain.screens import Screen
from kiosk.domain.visitor import MAX_COPIES, Problem
from kiosk.domain.wait import QueueOutlook, Wait
from kiosk.issuing import Issued
from printing.status import Attention, NeedsAttention, Ready, Unreachable
from ui.app import KioskApplication
from ui.driver import VisitorDriver
from ui.tour_visits import visits
from ui.visitor.attendant import Attendant


@dataclass(frozen=True, slots=True)
class Tour:
    """`clock` is the one that the application runs on, at a moment when its hall is open."""

    application: KioskApplication
    clock: FakeClock
    driver: VisitorDriver
    dress: Callable[[Attendant], None]
    """Sets language, text size and contrast, at the beginning of each visit."""

    def scenes(self) -> Iterator[str]:
        """The name of each scene, when it stands. The last ones close the hall for good."""
        attendant = self.application.attendant
        self.driver.wait_until(lambda: bool(attendant.state.queues), "the hall")
        yield from self._choosing(attendant)
        yield from self._holding(attendant)
        yield from self._asking(attendant)
        yield from self._beside(attendant)

    def _choosing(self, attendant: Attendant) -> Iterator[str]:
        hall = attendant.hall
        self.dress(attendant)
        yield self._at(Screen.ATTRACT)
        attendant.on_printer_status(NeedsAttention(Attention.NO_PAPER))
        yield self._at(Screen.ATTRACT, "no-paper")
        attendant.on_printer_status(Ready())
        attendant.start()
        yield self._at(Screen.HOME)
        attendant.on_printer_status(NeedsAttention(Attention.COVER_OPEN))
        yield self._at(Screen.HOME, "cover-open")
        attendant.on_printer_status(Ready())
        attendant.open_search()
        yield self._at(Screen.SEARCH)
        yield from self._searching(attendant, "ktp hilang", "found")
        yield from self._searching(attendant, "qqqq", "nothing")
        attendant.go_home()
        attendant.open_agencies()
        yield self._at(Screen.AGENCIES)
        attendant.open_agency(hall.home_agencies[0].id)
        yield self._at(Screen.AGENCY)
        attendant.go_home()
        attendant.open_life_events()
        yield self._at(Screen.LIFE_EVENTS)
        event = max(hall.life_events, key=lambda event: len(event.service_ids))
        attendant.open_life_event(event.id)
        for service in hall.services_of(event)[:2]:
            attendant.toggle_selected(service.id)
        self._tell_waits(attendant)
        yield self._at(Screen.LIFE_EVENT)
        attendant.continue_with_selected()
        yield self._at(Screen.VISIT)
        attendant.go_home()
        yield self._at(Screen.HOME, "with-visit")
        attendant.open_service(_service_of_longest_name(attendant))
        attendant.add_to_visit()
        attendant.open_service(_richest_service(attendant))
        self._tell_waits(attendant, is_known=False)
        yield self._at(Screen.SERVICE, "wait-unknown")
        self._tell_waits(attendant)
        yield self._at(Screen.SERVICE)
        attendant.take_ticket()
        yield self._at(Screen.PRIORITY)
        attendant.on_printer_status(Unreachable("no answer"))
        yield self._at(Screen.PRIORITY, "unreachable")
        attendant.on_printer_status(Ready())
        self.clock.advance(timedelta(seconds=self.application.config.session.idle_s + 2))
        attendant.pass_time()
        yield self._at(Screen.PRIORITY, "idle")
        attendant.still_here()
        self._tell_waits(attendant)

    def _tell_waits(self, attendant: Attendant, *, is_known: bool = True) -> None:
        """As a site server would: that it knows nothing yet, or how long people wait in each queue."""
        machine, site = self.application.machine, attendant.hall.site
        if machine is None:
            raise RuntimeError("a tour through a kiosk that did not start")
        day = self.clock.now().astimezone(site.timezone).date()
        told = {queue.code: _waits(number) for number, queue in enumerate(site.queues)}
        machine.outlook.hear(day, told if is_known else {})
        self.clock.advance(timedelta(seconds=5))  # a kiosk looks at its hall that often
        attendant.pass_time()
        self.driver.wait_until(
            lambda: all(now.is_told and (now.wait is not None) is is_known for now in attendant.state.queues.values()),
            "the waits of the hall",
        )

    def _searching(self, attendant: Attendant, query: str, name: str) -> Iterator[str]:
        attendant.clear_query()
        attendant.type_text(query)
        self.driver.wait_until(lambda: attendant.state.hits_of == query, f"the answer to {query}")
        yield self._at(Screen.SEARCH, name)

    def _holding(self, attendant: Attendant) -> Iterator[str]:
        """The same ticket under each fate that a slip may have."""
        attendant.answer_priority(is_priority=False)
        self.driver.wait_for(Screen.TICKET)
        yield self._at(Screen.TICKET)
        ticket, job = attendant.state.session.ticket, attendant.state.session.job
        if ticket is None or job is None:
            raise RuntimeError("a ticket without a slip")
        for state, screen in _FATES:
            attendant.on_job(replace(job, state=state))
            yield self._at(screen, state.value)
        attendant.on_printer_status(NeedsAttention(Attention.NO_PAPER))
        yield self._at(Screen.PRINTER_TROUBLE)
        # As if it were repaired: the store knows that its slip is out, and refuses a second one.
        attendant.on_printer_status(Ready())
        self.driver.wait_until(lambda: attendant.state.session.problem is not Problem.NONE, "the refusal")
        yield self._at(Screen.TICKET, "not-reprinted")
        attendant.on_job(replace(job, state=PrintState.SENDING))
        yield self._at(Screen.PRINTING, "after-repair")
        yield from self._doubting(attendant, job)
        self.clock.advance(timedelta(seconds=2))
        attendant.finish()
        yield from self._returning(attendant, Issued(replace(ticket, stops=ticket.stops[:1]), job))

    def _doubting(self, attendant: Attendant, job: PrintJob) -> Iterator[str]:
        """Nobody knows whether the slip is out, and the printer is no help."""
        attendant.on_job(replace(job, state=PrintState.UNKNOWN))
        attendant.on_printer_status(NeedsAttention(Attention.COVER_OPEN))
        yield self._at(Screen.TICKET, "unknown-cover-open")
        attendant.on_printer_status(Ready())
        attendant.on_job(replace(job, state=PrintState.UNKNOWN, copy=MAX_COPIES))
        yield self._at(Screen.TICKET, "unknown-last-copy")
        attendant.on_job(replace(job, state=PrintState.CONFIRMED))
        self.driver.wait_for(Screen.TICKET)

    def _returning(self, attendant: Attendant, last: Issued) -> Iterator[str]:
        """What a kiosk shows that was restarted under a visitor's hands: here for one stop only."""
        attendant.on_last_visitor(last)
        self.dress(attendant)
        for state in (PrintState.UNKNOWN, PrintState.EXPIRED):
            attendant.on_job(replace(last.job, state=state))
            yield self._at(Screen.TICKET, f"{state.value}-before-restart")
        attendant.on_printer_status(NeedsAttention(Attention.CUTTER))
        yield self._at(Screen.PRINTER_TROUBLE, "before-restart")
        attendant.on_printer_status(Ready())
        self.clock.advance(timedelta(seconds=2))
        attendant.finish()

    def _asking(self, attendant: Attendant) -> Iterator[str]:
        """A slip before the scanner, over a choice that was begun and with nobody else there."""
        self.dress(attendant)
        attendant.start()
        attendant.scan("BEGUN")
        self.driver.wait_until(lambda: attendant.state.session.looked_up is not None, "the answer to what is no ticket")
        yield self._at(Screen.YOUR_VISIT, "begun")
        attendant.go_back()
        attendant.finish()
        self.dress(attendant)
        attendant.scan("SLIP")
        self.driver.wait_until(lambda: attendant.state.session.looked_up is not None, "the answer to a slip")
        key, slip = attendant.state.session.key, attendant.state.session.slip
        yesterday = self.clock.now().date() - timedelta(days=1)
        for name, status in visits(attendant.hall, yesterday):
            attendant.on_looked_up(key, slip, status)
            yield self._at(Screen.YOUR_VISIT, name)
        attendant.finish()

    def _beside(self, attendant: Attendant) -> Iterator[str]:
        self.dress(attendant)
        attendant.open_technician()
        self.driver.wait_until(lambda: bool(attendant.state.technician_rows), "the report")
        yield self._at(Screen.TECHNICIAN)
        self.driver.bring_into_view("changeRoll_0")
        yield self._at(Screen.TECHNICIAN, "paper")
        attendant.close_technician()
        self.dress(attendant)
        self.clock.advance(timedelta(hours=12))
        attendant.pass_time()
        self.driver.wait_for(Screen.CLOSED)
        self.dress(attendant)
        yield self._at(Screen.CLOSED)

    def _at(self, screen: Screen, variant: str = "") -> str:
        self.driver.wait_for(screen)
        return "-".join(filter(None, (screen.name.lower().replace("_", "-"), variant)))


_FATES: Final[Sequence[tuple[PrintState, Screen]]] = (
    (PrintState.SENDING, Screen.PRINTING),
    (PrintState.UNVERIFIED, Screen.TICKET),
    (PrintState.UNKNOWN, Screen.TICKET),
    (PrintState.FAILED, Screen.TICKET),
)


def _waits(number: int) -> QueueOutlook:
    """Of the queue that stands there in the list; all of them differ a little."""
    low_s, waiting = 60 * (10 + 5 * (number % 4)), 3 + number % 12
    return QueueOutlook(waiting, Wait(low_s, low_s + 900), Wait(0, 600), Wait(240, 600))


def _service_of_longest_name(attendant: Attendant) -> str:
    """One of the agency whose name needs the most room."""
    hall = attendant.hall
    offered = [service for agency in hall.agencies for service in agency.services if hall.is_offered(service)]
    return max(offered, key=lambda service: len(hall.catalogue.agency_of(service).short + service.name.id)).id


def _richest_service(attendant: Attendant) -> str:
    """The popular service with the most to show."""

    def richness(service_id: str) -> int:
        service = attendant.hall.catalogue.services[service_id]
        return len(service.requirements) + 5 * (service_id in attendant.hall.site.after)

    return max((service.id for service in attendant.hall.popular), key=richness)
