"""Attends one visitor after the other: takes their intents, and sends work to where it may wait.

Lives on the UI thread and never waits on it.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

import structlog
from PySide6.QtCore import QTimer, Slot

from kiosk.clock import Clock
from kiosk.config import KioskConfig
from kiosk.domain import visitor
from kiosk.domain.language import Language
from kiosk.domain.patience import HOLDING_TICKET
from kiosk.domain.screens import Screen
from kiosk.domain.visitor import HOME, Place, Problem, Step, VisitorSession
from kiosk.errors import KioskError
from kiosk.issuing import Issued
from kiosk.sync.status import SyncState, SyncStatus
from ui.background import Background
from ui.technician.report import trouble_row
from ui.technician.rows import TechnicianRow
from ui.visitor.hall import Hall
from ui.visitor.machinery import HallNow, Machinery
from ui.visitor.qr_image import QrTexts
from ui.visitor.slip_desk import told
from ui.visitor.slip_reader import SlipReader

log = structlog.get_logger(__name__)

TICK_MS: Final = 200
_REFRESH_S: Final = 5.0
_BEFORE_CHOOSING: Final = frozenset({Screen.ATTRACT, Screen.CLOSED, Screen.OUT_OF_SERVICE})
_CHOOSING: Final = frozenset(
    {
        Screen.HOME,
        Screen.SEARCH,
        Screen.AGENCIES,
        Screen.LIFE_EVENTS,
        Screen.AGENCY,
        Screen.LIFE_EVENT,
        Screen.SERVICE,
        Screen.VISIT,
        Screen.PRIORITY,
        Screen.YOUR_VISIT,
    }
)

Change = Callable[[VisitorSession], VisitorSession]


class Attendant(SlipReader):
    """`machinery` None: the kiosk is out of service. `report` gathers the technician's rows, on a worker thread."""

    def __init__(  # noqa: PLR0913, PLR0917  # everything a visitor's window stands on
        self,
        hall: Hall,
        machinery: Machinery | None,
        report: Callable[[], Sequence[TechnicianRow]],
        clock: Clock,
        config: KioskConfig,
        qr: QrTexts,
    ) -> None:
        super().__init__(hall, machinery, clock, config, qr)
        self._report = report
        self._search_work = Background("search", self)
        self._refreshed_at = clock.monotonic()
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self.pass_time)

    def attend(self) -> None:
        """From now on time passes and the hall is watched."""
        self._offer_last_ticket()
        self._refresh()
        if self._machinery is not None:
            self._search("")  # builds the index before the first visitor types
        self._timer.start()

    def stop(self) -> None:
        """Wait for the work in hand; nothing is delivered afterwards."""
        self._timer.stop()
        self._store_work.stop()
        self._scan_work.stop()
        self._search_work.stop(self._machinery.stop_finding if self._machinery else None)

    # What the visitor wants

    def start(self) -> None:
        if self._state.screen is Screen.ATTRACT:
            self._put(visitor.opened(self._state.session, HOME))

    def still_here(self) -> None:
        self._put(self._state.session)

    def go_back(self) -> None:
        self._choose(visitor.went_back)

    def go_home(self) -> None:
        if self._state.screen in HOLDING_TICKET:
            self.finish()
        else:
            self._choose(visitor.went_home)

    def finish(self) -> None:
        if self._state.screen in _CHOOSING or self._may_put_ticket_away():
            self._end_session()

    def set_language(self, code: str) -> None:
        if code not in {language.value for language in Language}:
            return
        self._put(replace(self._state.session, language=Language(code)))
        if self._state.session.query:
            self._search(self._state.session.query)

    def cycle_text_scale(self) -> None:
        self._put(visitor.scaled(self._state.session))

    def toggle_contrast(self) -> None:
        session = self._state.session
        self._put(replace(session, high_contrast=not session.high_contrast))

    def open_search(self) -> None:
        self._open(Step.SEARCH)

    def open_agencies(self) -> None:
        self._open(Step.AGENCIES)

    def open_life_events(self) -> None:
        self._open(Step.LIFE_EVENTS)

    def open_visit(self) -> None:
        self._open(Step.VISIT)

    def open_agency(self, agency_id: str) -> None:
        if any(agency.id == agency_id for agency in self._hall.agencies):
            self._open(Step.AGENCY, agency_id)

    def open_life_event(self, life_event_id: str) -> None:
        if any(event.id == life_event_id for event in self._hall.life_events):
            self._open(Step.LIFE_EVENT, life_event_id)

    def open_service(self, service_id: str) -> None:
        if service_id in self._hall.catalogue.services:
            self._open(Step.SERVICE, service_id)

    def type_text(self, text: str) -> None:
        if self._state.screen is Screen.HOME:
            self.open_search()
        if self._state.screen is Screen.SEARCH:
            self._ask(visitor.typed(self._state.session, text))

    def backspace(self) -> None:
        if self._state.screen is Screen.SEARCH:
            self._ask(replace(self._state.session, query=self._state.session.query[:-1]))

    def clear_query(self) -> None:
        if self._state.screen is Screen.SEARCH:
            self._ask(replace(self._state.session, query=""))

    def toggle_selected(self, service_id: str) -> None:
        if self._state.screen is Screen.LIFE_EVENT and self._is_open(service_id):
            self._choose(lambda session: visitor.toggled(session, service_id))

    def continue_with_selected(self) -> None:
        if self._state.screen is Screen.LIFE_EVENT and self._state.session.selected:
            self._choose(visitor.continued)

    def add_to_visit(self) -> None:
        service_id = self._state.session.subject_of(Step.SERVICE)
        if self._state.screen is Screen.SERVICE and self._is_open(service_id):
            self._choose(lambda session: visitor.added(session, service_id))
            if self._state.session.problem is Problem.NONE:
                self._choose(visitor.went_home)

    def remove_from_visit(self, service_id: str) -> None:
        self._choose(lambda session: visitor.removed(session, service_id))

    def take_ticket(self) -> None:
        if self._state.screen in {Screen.SERVICE, Screen.VISIT}:
            self._choose(visitor.asked_for_ticket)

    def answer_priority(self, is_priority: bool) -> None:
        """Issues. The guard and the session's key both see to it that there is one ticket, however often this comes."""
        if self._state.screen is not Screen.PRIORITY or self._machinery is None:
            return
        session = self._state.session
        self._begin_printing(replace(session, is_issuing=True))
        request, issue = session.request(is_priority=is_priority), self._machinery.issue
        self._store_work.run(lambda: issue(request), self._on_issued)

    def open_technician(self) -> None:
        if self._state.screen in _BEFORE_CHOOSING | _CHOOSING:
            self._touched_at = self._clock.monotonic()
            self._set_state(replace(self._state, is_technician_here=True))
            self._store_work.run(self._report, self._on_report)

    def close_technician(self) -> None:
        if self._state.is_technician_here:
            self._end_session()

    def change_roll(self, printer: int) -> None:
        """The technician has put new paper in (0: in the first printer)."""
        if self._machinery is not None and self._state.is_technician_here:
            self._machinery.new_roll(printer)
            self._refresh()

    # What another hall changes

    def take_over(self, hall: Hall, machinery: Machinery) -> None:
        """From now on this hall is shown and served. Only while unattended."""
        if self._machinery is not None:
            self._search_work.run(self._machinery.stop_finding, lambda _: None)
        self._hall, self._machinery = hall, machinery
        self._set_state(replace(self._state, session=self._new_session(), queues={}, hits=(), hits_of=""))
        self._refresh()
        self._search("")

    # What comes back from the machine; always on the UI thread

    @Slot(object)
    def on_sync(self, status: SyncStatus) -> None:
        self._set_state(replace(self._state, is_staff_told=status.state is SyncState.ONLINE))
        if self._state.is_technician_here:
            self._store_work.run(self._report, self._on_report)

    def _on_issued(self, result: Issued | Problem | KioskError) -> None:
        session = self._state.session
        if isinstance(result, Issued):
            state = replace(self._state, qr_source=self._qr.show(result.ticket.token))
            self._put(visitor.issued(session, result.ticket, self._newest(result.job)), state)
            self._refresh()
            return
        self._put(visitor.refused(session, told(result, Problem.TICKET_NOT_SAVED)))
        self._refresh()

    def _on_found(self, result: tuple[str, tuple[str, ...]] | KioskError | None) -> None:
        """Only the newest query's answer is of interest; the visitor may have typed on meanwhile."""
        if isinstance(result, tuple) and result[0] and result[0] == self._state.session.query:
            self._set_state(replace(self._state, hits=result[1], hits_of=result[0]))

    def _on_hall(self, result: HallNow | KioskError) -> None:
        if isinstance(result, KioskError):
            log.error("hall_not_read", problem=str(result))
            return
        self._set_state(
            replace(self._state, local_now=result.local_now, hall_closed=result.closed, queues=result.queues)
        )

    def _on_report(self, result: Sequence[TechnicianRow] | KioskError) -> None:
        rows = (trouble_row(result),) if isinstance(result, KioskError) else result
        self._set_state(replace(self._state, technician_rows=tuple(rows)))

    # Time

    @Slot()
    def pass_time(self) -> None:
        """Look at the clock: what has run out ends, what is due is done."""
        if self._clock.monotonic() - self._refreshed_at >= _REFRESH_S:
            self._refresh()
        self._let_time_pass()

    def _refresh(self) -> None:
        self._refreshed_at = self._clock.monotonic()
        if self._machinery is not None:
            self._store_work.run(self._machinery.hall_now, self._on_hall)
        self._hold_ticket()
        if self._state.is_technician_here:
            self._store_work.run(self._report, self._on_report)

    # Steps

    def _choose(self, change: Change) -> None:
        """A step on the way to a ticket; at any other time it is nothing, whatever QML sends."""
        if self._state.screen in _CHOOSING:
            self._put(change(replace(self._state.session, problem=Problem.NONE)))

    def _open(self, step: Step, subject: str = "") -> None:
        self._choose(lambda session: visitor.opened(session, Place(step, subject)))

    def _is_open(self, service_id: str) -> bool:
        queue = self._hall.site.queue_by_service.get(service_id)
        if queue is None:
            return False
        now = self._state.queues.get(queue.code)
        return now is None or now.closed is None

    def _ask(self, session: VisitorSession) -> None:
        self._put(replace(session, problem=Problem.NONE))
        if session.query:
            self._search(session.query)

    def _search(self, query: str) -> None:
        if self._machinery is None:
            return
        find, language = self._machinery.find, self._state.session.language

        # Runs on the search thread; the state is a frozen value, so a glance at the newest one is safe.
        def newest_only() -> tuple[str, tuple[str, ...]] | None:
            is_stale = query and query != self._state.session.query
            return None if is_stale else (query, find(query, language))

        self._search_work.run(newest_only, self._on_found)
