"""A spooler at work on a real store and a simulated printer, and how to wait for what it says."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from kiosk.domain.print_job import PrintJob, PrintState
from kiosk.domain.ticket import Ticket
from printing.escpos_printer import Deadlines, EscposPrinter
from printing.profile import Profile, find_profile
from printing.simulated import SimulatedPrinter
from printing.slip import SlipRenderer
from printing.spooler import Spooler
from printing.status import PrinterStatus
from printing.transports.sim import SimTransport
from printing.transports.transport import Transport
from tests.small_hall import Machine, request, running_kiosk, small_catalogue, small_site

QUICK: Final = Deadlines(open_s=2, answer_s=0.3, write_s=0.3, confirm_s=1, settle_s=1, slowest_mm_s=1_000)
PROFILE: Final = find_profile("generic-80mm")
PATIENCE_S: Final = 20.0
"""How long a test waits for what must come, before it fails."""


@dataclass
class Heard:
    """Everything that a spooler said, in order."""

    jobs: list[PrintJob] = field(default_factory=list)
    statuses: list[PrinterStatus] = field(default_factory=list)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def job(self, job: PrintJob) -> None:
        with self._changed:
            self.jobs.append(job)
            self._changed.notify_all()

    def status(self, status: PrinterStatus) -> None:
        with self._changed:
            self.statuses.append(status)
            self._changed.notify_all()

    def wait_for(self, is_so: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(is_so, PATIENCE_S), (self.jobs, self.statuses)

    def verdict(self, job_id: int) -> PrintState:
        """Wait for the job's final state."""
        self.wait_for(lambda: any(job.id == job_id and job.state.is_final for job in self.jobs))
        return next(job.state for job in self.jobs if job.id == job_id and job.state.is_final)

    def states(self, job_id: int) -> list[PrintState]:
        return [job.state for job in self.jobs if job.id == job_id]


@dataclass(frozen=True)
class Works:
    """A kiosk that prints."""

    machine: Machine
    simulated: SimulatedPrinter
    spooler: Spooler
    heard: Heard

    def issue(self, session_key: str) -> PrintJob:
        job = self.machine.issuing.issue(request(session_key)).job
        self.spooler.wake()
        return job

    def slip_bytes(self) -> list[bytes]:
        return [path.with_suffix(".bin").read_bytes() for path in self.simulated.slips()]


@contextmanager
def printing_kiosk(
    directory: Path,
    *,
    transport: Callable[[SimulatedPrinter], Transport] = SimTransport,
    render: Callable[[Ticket, int, Profile], bytes] | None = None,
    poll_s: float = 60.0,
    prepare: Callable[[], object] = lambda: None,
) -> Iterator[Works]:
    """The spooler has made its first round when this begins, unless `poll_s` says otherwise it polls when woken."""
    simulated = SimulatedPrinter(directory / "slips", PROFILE)
    heard = Heard()
    with running_kiosk(directory) as machine:
        spooler = Spooler(
            EscposPrinter(transport(simulated), PROFILE, QUICK),
            machine.jobs,
            render or SlipRenderer(small_site(), small_catalogue(), PROFILE),
            heard.job,
            heard.status,
            machine.clock,
            poll_s=poll_s,
            prepare=prepare,
        )
        spooler.start()
        try:
            heard.wait_for(lambda: bool(heard.statuses))
            yield Works(machine, simulated, spooler, heard)
        finally:
            spooler.stop()
