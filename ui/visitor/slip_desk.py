"""Sees to the paper of the one ticket on the screen: prints, asks whether it came, and prints again after a repair.

Lives on the UI thread and never waits on it.
"""

from dataclasses import replace
from functools import partial

import structlog
from PySide6.QtCore import QObject, Slot

from kiosk.clock import Clock
from kiosk.config import KioskConfig
from kiosk.domain import visitor
from kiosk.domain.patience import HOLDING_TICKET
from kiosk.domain.print_job import PrintJob, PrintState
from kiosk.domain.ticket import Ticket
from kiosk.domain.visitor import Problem, VisitorSession
from kiosk.errors import KioskError
from kiosk.issuing import Issued
from printing.status import PrinterStatus
from ui.background import Background
from ui.visitor.hall import Hall
from ui.visitor.machinery import Machinery
from ui.visitor.presenter import can_reprint
from ui.visitor.qr_image import QrTexts
from ui.visitor.stage import Stage

log = structlog.get_logger(__name__)


class SlipDesk(Stage):
    """`machinery` None: the kiosk is out of service, and there are no slips."""

    def __init__(  # noqa: PLR0913, PLR0917  # everything a visitor's window stands on
        self,
        hall: Hall,
        machinery: Machinery | None,
        clock: Clock,
        config: KioskConfig,
        qr: QrTexts,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(hall, clock, config, qr, is_out_of_service=machinery is None, parent=parent)
        self._machinery = machinery
        self._store_work = Background("attendant", self)
        self._newest_job: PrintJob | None = None

    # What the visitor wants

    def reprint(self) -> None:
        """The same slip once more where certainly none came out, else one that is marked as a copy. Not by the second
        of two quick taps, which was meant for the screen before.
        """
        if can_reprint(self._state) and self._has_been_read():
            self._print_once_more()

    def paper_came(self) -> None:
        """The visitor's answer to the question whether it did."""
        ticket, job = self._state.session.ticket, self._state.session.job
        if self._machinery is None or ticket is None or job is None or not self._may_put_ticket_away():
            return
        if job.state is PrintState.UNKNOWN:
            self._store_work.run(partial(self._machinery.paper_came, ticket.id, job.copy), _note_failure)
        self._end_session()

    def ticket_seen(self) -> None:
        """The visitor took the number from the screen."""
        ticket = self._state.session.ticket
        if self._machinery is None or ticket is None or not self._may_put_ticket_away():
            return
        self._store_work.run(partial(self._machinery.shown, ticket.id), _note_failure)
        self._end_session()

    # What comes back from the machine; always on the UI thread

    @Slot(object)
    def on_job(self, job: PrintJob) -> None:
        """A slip moved on. It may come before the answer to the request that made it."""
        self._newest_job = job
        current = self._state.session.job
        if current is not None and current.id == job.id:
            self._put(replace(self._state.session, job=job, problem=Problem.NONE))

    @Slot(object)
    def on_printer_status(self, status: PrinterStatus) -> None:
        was_in_trouble = self._state.is_printer_in_trouble
        self._set_state(replace(self._state, printer=status))
        if was_in_trouble and not self._state.is_printer_in_trouble and self._waits_for_repair():
            self._print_once_more(is_after_repair=True)

    def _waits_for_repair(self) -> bool:
        """Certainly no slip came out, and whoever took this number still has it on the screen. What an earlier run of
        the program left behind waits for a finger: nobody knows who stands there now. What was refused is not asked
        for again, and the screen no longer promises it.
        """
        is_refused = self._state.session.problem is not Problem.NONE
        return self._state.is_paper_missing and not self._state.is_from_before_restart and not is_refused

    def _print_once_more(self, *, is_after_repair: bool = False) -> None:
        session = self._state.session
        if self._machinery is None or session.ticket is None or session.is_issuing:
            return
        again = self._machinery.print_again if self._state.is_paper_missing else self._machinery.reprint
        self._newest_job = None  # of the try before, under the same number
        self._begin_printing(replace(session, is_issuing=True), is_after_repair=is_after_repair)
        self._store_work.run(partial(again, session.ticket.id), partial(self._on_printing_again, session.key))

    def _begin_printing(self, session: VisitorSession, *, is_after_repair: bool = False) -> None:
        self._printing_since = self._clock.monotonic()
        state = replace(
            self._state, is_verdict_late=False, is_after_repair=is_after_repair, is_from_before_restart=False
        )
        self._put(replace(session, problem=Problem.NONE), state)

    def _on_printing_again(self, key: str, result: PrintJob | Problem | KioskError) -> None:
        session = self._state.session
        if session.key != key:
            return
        if isinstance(result, PrintJob):
            self._put(replace(session, is_issuing=False, job=self._newest(result)))
        else:
            self._put(replace(session, is_issuing=False, problem=told(result, Problem.NOT_REPRINTED)))

    def _newest(self, job: PrintJob) -> PrintJob:
        return self._newest_job if self._newest_job is not None and self._newest_job.id == job.id else job

    # The last visitor's ticket, after a restart

    def _offer_last_ticket(self) -> None:
        if self._machinery is not None:
            self._store_work.run(self._machinery.last_visitor, self.on_last_visitor)

    def on_last_visitor(self, result: Issued | KioskError | None) -> None:
        if isinstance(result, KioskError):
            log.error("last_visitor_not_read", problem=str(result))
        elif result is not None and self.is_unattended and self._can_be_described(result.ticket):
            session = replace(self._state.session, language=result.ticket.language)
            state = replace(
                self._state,
                qr_source=self._qr.show(result.ticket.token),
                is_from_before_restart=True,
                is_verdict_late=False,
            )
            self._printing_since = self._clock.monotonic()
            self._put(visitor.issued(session, result.ticket, self._newest(result.job)), state)

    def _can_be_described(self, ticket: Ticket) -> bool:
        """The hall may have been given another catalogue while the kiosk was down."""
        return all(stop.service_id in self._hall.catalogue.services for stop in ticket.stops)

    # Steps

    def _hold_ticket(self) -> None:
        """Whoever has no paper but still has the number on the screen does not lose the place."""
        ticket = self._state.session.ticket
        if self._machinery is not None and ticket is not None and not self._state.is_paper_out:
            self._store_work.run(partial(self._machinery.hold, ticket.id), _note_failure)

    def _may_put_ticket_away(self) -> bool:
        return self._state.screen in HOLDING_TICKET and self._has_been_read()


def told(result: Problem | KioskError, otherwise: Problem) -> Problem:
    """What a visitor hears of it; the log hears the rest."""
    if isinstance(result, Problem):
        return result
    log.error("visitor_not_served", problem=str(result))
    return otherwise


def _note_failure(result: KioskError | None) -> None:
    if isinstance(result, KioskError):
        log.error("ticket_shown_not_stored", problem=str(result))
