"""One visit from the first touch to the slip, by a visitor made of code, through the windows that people use."""

import re
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Final

from kiosk.domain.catalogue import Service
from kiosk.domain.language import Language
from kiosk.domain.print_job import PrintJob
from kiosk.domain.screens import Screen
from kiosk.domain.ticket import Ticket
from kiosk.domain.visitor import VisitorSession
from kiosk.errors import KioskError
from kiosk.store.log import backlog
from kiosk.sync.status import SyncState
from ui.app import KioskApplication
from ui.driver import VisitorDriver

_LONGEST_QUERY: Final = 18
"""Nobody types the whole official name of a service."""

_READING_S: Final = 1.2
"""A finger that comes sooner after the ticket appears is not heard: it was meant for the screen before."""

_WAYS_OUT: Final = ("finishButton", "ticketSeenButton", "paperCameButton")


class VisitError(KioskError):
    """The visit did not get where it should."""


@dataclass(frozen=True, slots=True)
class Visit:
    """What came of it. `trouble`: why the server does not have it, empty where it does. `timings_ms`: from the
    press that takes the number, and `start` from the first touch.
    """

    ticket: Ticket
    job: PrintJob
    is_synced: bool
    trouble: str
    timings_ms: dict[str, float]


@dataclass
class ScriptedVisit:
    """`services`: what the visitor comes for, the first one typed in. `album`: where a picture of each screen goes."""

    application: KioskApplication
    services: tuple[Service, ...]
    language: Language
    album: Path
    driver: VisitorDriver
    _pictures: int = field(default=0, init=False)

    def make(self) -> Visit:
        first, *others = self.services
        began = monotonic()
        self._enter()
        self._search_for(first)
        for another in others:
            self._touch("addToVisitButton", Screen.HOME)
            self._keep("home-with-visit")
            self._walk_to(another)
        self._touch("takeTicketButton", Screen.PRIORITY)
        self._keep("priority")
        pressed = monotonic()
        self.driver.touch("priorityNo")
        ticket = self._wait_for_ticket()
        durable = monotonic()
        job = self._wait_for_verdict()
        settled = monotonic()
        self.driver.wait_until(lambda: self.driver.screen_name() in {"Ticket", "PrinterTrouble"}, "the ticket's screen")
        self._keep("ticket")
        is_synced = self._wait_for_sync()
        timings = {
            "visit": settled - began,
            "press_to_ticket": durable - pressed,
            "press_to_verdict": settled - pressed,
        }
        if is_synced:
            timings["press_to_synced"] = monotonic() - pressed
        self.driver.look(_READING_S)
        self._put_ticket_away()
        trouble = "" if is_synced else self._trouble()
        return Visit(ticket, job, is_synced, trouble, {name: round(1000 * took, 1) for name, took in timings.items()})

    @property
    def _session(self) -> VisitorSession:
        return self.application.attendant.state.session

    def _put_ticket_away(self) -> None:
        """By whichever way out the screen offers: who has no paper must say something first."""
        self._touch(next(name for name in _WAYS_OUT if self.driver.find(name)), Screen.ATTRACT)

    def _enter(self) -> None:
        attendant = self.application.attendant
        self.driver.wait_until(lambda: bool(attendant.state.queues), "the hall")
        if attendant.state.is_from_before_restart:  # the last visitor's number, of a run less than a minute ago
            self.driver.look(_READING_S)
            self._put_ticket_away()
        self.driver.wait_for(Screen.ATTRACT)
        self._keep("attract")
        self._touch("attractStart", Screen.HOME)
        if self._session.language is not self.language:
            self.driver.touch(f"language_{self.language.value}")
            self.driver.wait_until(lambda: self._session.language is self.language, "the language")
        self._keep("home")

    def _search_for(self, service: Service) -> None:
        """Type until the service is in sight; by way of its agency where typing does not lead there."""
        self._touch("searchField", Screen.SEARCH)
        self.driver.type(_need(service, self.language))
        self.driver.wait_until(lambda: bool(self.application.attendant.view.search_results), "search results")
        self._keep("search")
        if service.id in {hit.service_id for hit in self.application.attendant.view.search_results}:
            self._touch(f"service_{service.id}", Screen.SERVICE)
            self._keep("service")
        else:
            self._touch("backButton", Screen.HOME)
            self._walk_to(service)

    def _walk_to(self, service: Service) -> None:
        self._touch("allAgencies", Screen.AGENCIES)
        self._keep("agencies")
        self._touch(f"agency_{service.agency_id}", Screen.AGENCY)
        self._keep("agency")
        self._touch(f"service_{service.id}", Screen.SERVICE)
        self._keep("service")

    def _touch(self, name: str, then: Screen) -> None:
        self.driver.touch(name)
        self.driver.wait_for(then)

    def _wait_for_ticket(self) -> Ticket:
        self.driver.wait_until(lambda: bool(self._session.ticket or self._session.problem), "the ticket")
        if self._session.ticket is None:
            raise VisitError(f"No ticket was issued: {self._session.problem.value}.")
        return self._session.ticket

    def _wait_for_verdict(self) -> PrintJob:
        def final() -> PrintJob | None:
            job = self._session.job
            return job if job is not None and job.state.is_final else None

        self.driver.wait_until(lambda: final() is not None, "the printer's word")
        job = final()
        if job is None:
            raise VisitError("The printer's word was lost again.")
        return job

    def _wait_for_sync(self) -> bool:
        """Whether the server has acknowledged everything that this kiosk wrote. Not waited for where none was met."""
        machine = self.application.machine
        if machine is None or machine.sync is None:
            return False
        store, sync = machine.store, machine.sync

        def is_in_step() -> bool:
            return store.call(backlog).count == 0

        def is_hopeless() -> bool:
            return sync.status.last_contact is None and sync.status.state is not SyncState.CONNECTING

        with suppress(TimeoutError):
            self.driver.wait_until(lambda: is_in_step() or is_hopeless(), "the server's acknowledgement")
        return is_in_step()

    def _trouble(self) -> str:
        """In the words of the sync."""
        machine = self.application.machine
        if machine is None or machine.sync is None:
            return "This kiosk has no server."
        return machine.sync.status.detail or "It did not acknowledge the ticket in time."

    def _keep(self, name: str) -> None:
        self._pictures += 1
        self.driver.save(self.album / f"{self._pictures:02d}-{name}.png")


def _need(service: Service, language: Language) -> str:
    """What a person would type on the screen's keyboard: everyday words where the catalogue has them."""
    is_indonesian = language is Language.INDONESIAN
    words = service.keywords[0] if is_indonesian and service.keywords else service.name.in_language(language)
    return " ".join(re.sub(r"[^a-z0-9]+", " ", words.lower())[:_LONGEST_QUERY].split())
