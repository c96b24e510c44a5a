"""One thread owns the printer: it takes the stored jobs in order, one at a time, and says what became of each.

A job is stored as `sending` before its first byte leaves, so that after a crash nobody has to guess whether a slip may
be out. Nothing is ever printed twice by this room: a job whose fate is unknown stays unknown (design.md, section 9).
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final, Protocol

import structlog

from kiosk.clock import Clock
from kiosk.domain.print_job import PrintJob, PrintState
from kiosk.domain.ticket import Ticket, TicketId
from kiosk.errors import KioskError
from kiosk.faults import fault_point
from printing.printer import Printer
from printing.profile import Profile
from printing.status import Attention, CannotTell, NeedsAttention, PrinterStatus, PrintVerdict, Ready, is_usable

log = structlog.get_logger(__name__)

UNKNOWN_IN_A_ROW: Final = 2
"""So many slips without a verdict, and the printer is taken out of service."""

REST_S: Final = 60.0
"""How long it then stays so, at least, until a status without trouble lets it try again."""

Render = Callable[[Ticket, int, Profile], bytes]
"""A ticket and the number of the copy (0: the first slip) to the bytes of one slip, for a printer of this profile."""


class PrintJobs(Protocol):
    """The stored jobs. Every change is durable when the call returns."""

    def take_next(self) -> PrintJob | None:
        """The oldest queued job, now `sending`."""

    def finish(self, job_id: int, state: PrintState, detail: str) -> object:
        """Store the final state of a job that was taken."""

    def ticket(self, ticket_id: TicketId) -> Ticket:
        """The ticket of a job."""

    def recover(self) -> Sequence[PrintJob]:
        """At start: whatever a crash left as `sending` becomes unknown, as `queued` expired; returns them."""

    def expire(self) -> Sequence[PrintJob]:
        """Queued jobs whose visitors have gone become expired; returns them."""

    def abandon(self) -> object:
        """Tickets that nobody can hold, because no slip of them came out, leave their queues."""


class Spooler:
    """`on_job` and `on_status` are called on the spooler's thread: with each job as it is taken and as it ends, also
    those that an earlier run left behind, and with each change of the printer's status. `prepare` is called there once,
    before the first slip: what it loads, no visitor waits for.
    """

    def __init__(  # noqa: PLR0913, PLR0917  # the seams of this room, all needed
        self,
        printer: Printer,
        jobs: PrintJobs,
        render: Render,
        on_job: Callable[[PrintJob], None],
        on_status: Callable[[PrinterStatus], None],
        clock: Clock,
        *,
        poll_s: float = 5.0,
        prepare: Callable[[], object] = lambda: None,
    ) -> None:
        self._printer = printer
        self._jobs = jobs
        self._render = render
        self._on_job = on_job
        self._on_status = on_status
        self._clock = clock
        self._poll_s = poll_s
        self._prepare = prepare
        self._status: PrinterStatus = CannotTell("not asked yet")
        self._is_asked = False
        self._is_recovered = False
        self._unknown_in_a_row = 0
        self._resting_since: float | None = None
        self._device = self._device_in_use()
        self._condition = threading.Condition()
        self._is_awake = False
        self._is_stopping = False
        self._thread = threading.Thread(target=self._run, name="spooler")

    @property
    def status(self) -> PrinterStatus:
        """The printer's last known status; from any thread."""
        return self._status

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """Something was queued. From any thread; returns at once."""
        with self._condition:
            self._is_awake = True
            self._condition.notify()

    def stop(self) -> None:
        """Finish the slip in flight, then let go of the printer. Returns when the thread has ended."""
        with self._condition:
            self._is_stopping = True
            self._condition.notify()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        self._guarded(self._recover)
        self._guarded(self._prepare)
        while not self._is_stopping:
            self._guarded(self._work_off)
            self._guarded(self._let_go)
            self._guarded(self._poll)
            with self._condition:
                self._condition.wait_for(lambda: self._is_awake or self._is_stopping, timeout=self._poll_s)
                self._is_awake = False
        self._printer.close()

    def _guarded(self, step: Callable[[], object]) -> None:
        """This thread outlives what goes wrong in one round: a dead spooler would strand every later visitor."""
        try:
            step()
        except KioskError as error:
            log.error("spooler_hindered", problem=str(error))  # noqa: TRY400  # the environment's fault has no traceback
        except Exception:
            log.exception("spooler_failed")

    def _recover(self) -> None:
        for job in self._jobs.recover():
            if job.state is PrintState.UNKNOWN:
                self._printer.expect_fragment()
            self._on_job(job)
        self._is_recovered = True

    def _work_off(self) -> None:
        if not self._is_recovered:
            self._recover()  # the disk was full, perhaps: until it is done, what waits may be of an earlier run
        while not self._is_stopping:
            for expired in self._jobs.expire():
                self._on_job(expired)
            job = self._jobs.take_next()
            if job is None:
                return
            self._on_job(job)
            self._settle(job, self._print(job))

    def _let_go(self) -> None:
        """After the slips, and apart from them: no visitor's paper waits for it, or fails with it."""
        if self._is_recovered:  # until then, what an earlier run left behind is not known to be lost
            self._jobs.abandon()

    def _print(self, job: PrintJob) -> PrintVerdict:
        if self._resting_since is not None:
            return PrintVerdict(
                PrintState.FAILED, self._status, "the printer is out of service after slips without a verdict"
            )
        is_drawn = False

        def draw(profile: Profile) -> bytes:
            nonlocal is_drawn
            is_drawn = False
            document = self._render(ticket, job.copy, profile)
            is_drawn = True
            return document

        try:
            ticket = self._jobs.ticket(job.ticket_id)
            return self._printer.print(draw, job.id)
        except Exception as error:
            # A bug must not leave the job `sending`, nor let a slip that may be out be printed again unmarked.
            if is_drawn:
                log.exception("spooler_failed")
                self._printer.expect_fragment()
                return PrintVerdict(PrintState.UNKNOWN, self._status, f"lost sight of the slip: {type(error).__name__}")
            log.exception("slip_not_rendered", job=job.id)
            return PrintVerdict(PrintState.FAILED, self._status, f"the slip could not be drawn: {type(error).__name__}")

    def _settle(self, job: PrintJob, verdict: PrintVerdict) -> None:
        fault_point("after_cut")
        self._jobs.finish(job.id, verdict.state, verdict.detail)
        if verdict.state is PrintState.UNKNOWN:
            self._unknown_in_a_row += 1
        elif verdict.state is not PrintState.FAILED:  # a slip that did not come out speaks for no printer
            self._unknown_in_a_row = 0
        self._notice_another_device()
        log.info("slip_finished", job=job.id, state=verdict.state.value, detail=verdict.detail)
        self._on_job(replace(job, state=verdict.state, detail=verdict.detail))
        if self._unknown_in_a_row >= UNKNOWN_IN_A_ROW and self._resting_since is None:
            self._resting_since = self._clock.monotonic()
            log.error("printer_rested", slips=self._unknown_in_a_row)
        self._publish(verdict.status)

    def _poll(self) -> None:
        status = self._printer.status()
        self._notice_another_device()
        if self._is_rested() and isinstance(status, Ready | CannotTell):
            self._resting_since = None
            self._unknown_in_a_row = 0
        self._publish(status)

    def _notice_another_device(self) -> None:
        """A second printer has taken over, or the first is back: what the other one did is not laid to its charge."""
        device = self._device_in_use()
        if device != self._device:
            self._device = device
            self._unknown_in_a_row = 0
            self._resting_since = None

    def _device_in_use(self) -> str | None:
        return next((report.device for report in self._printer.reports() if report.is_in_use), None)

    def _is_rested(self) -> bool:
        return self._resting_since is not None and self._clock.monotonic() - self._resting_since >= REST_S

    def _publish(self, status: PrinterStatus) -> None:
        if self._resting_since is not None and isinstance(status, Ready | CannotTell):
            status = NeedsAttention(Attention.OTHER)
        before, was_asked = self._status, self._is_asked
        if was_asked and status == before:
            return
        self._status, self._is_asked = status, True
        if is_usable(before) and not is_usable(status):
            log.warning("printer_lost", status=repr(status))
        elif was_asked and is_usable(status) and not is_usable(before):
            log.info("printer_recovered", status=repr(status))
        self._on_status(status)
