"""All that the visitor's window knows at one moment. Replaced, never changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from kiosk.domain.availability import Closed
from kiosk.domain.print_job import PrintState
from kiosk.domain.screens import Screen, Situation, select_screen
from kiosk.domain.ticket import Wait
from kiosk.domain.visitor import VisitorSession
from kiosk.domain.wait import QueueOutlook
from printing.status import CannotTell, NeedsAttention, PrinterStatus, Unreachable
from ui.technician.rows import TechnicianRow


@dataclass(frozen=True, slots=True)
class QueueNow:
    """`closed` None: it gives numbers. `waiting` None: nobody can say how many people wait. `wait`: for who comes now,
    None: cannot be said; `is_told`: whether there is a hall to say it, so that an unknown wait is shown as such.
    `outlook`: what the hall said last, for a visit of several stops.
    """

    closed: Closed | None = None
    waiting: int | None = None
    wait: Wait | None = None
    is_told: bool = False
    outlook: QueueOutlook | None = None


@dataclass(frozen=True, slots=True)
class KioskState:
    """`local_now`: wall time at the site to the minute, None where the clock is not trusted. `hits`: service ids for
    the query `hits_of`, the newest that is answered. `idle_seconds_left`: None while there is nothing to warn of.
    `is_staff_told`: the server hears of the printer's troubles, so that saying so is true. `is_after_repair`: the slip
    on its way is the one that the printer's trouble had kept back. `is_from_before_restart`: the ticket was taken
    before the program began, and perhaps by somebody who has left. `has_scanner`: a slip may be held before it.
    """

    session: VisitorSession
    is_out_of_service: bool = False
    is_technician_here: bool = False
    local_now: datetime | None = None
    hall_closed: Closed | None = None
    queues: Mapping[str, QueueNow] = field(default_factory=dict)
    printer: PrinterStatus = CannotTell("not asked yet")  # noqa: RUF009  # a frozen value
    is_staff_told: bool = False
    is_verdict_late: bool = False
    is_after_repair: bool = False
    is_from_before_restart: bool = False
    hits: tuple[str, ...] = ()
    hits_of: str = ""
    idle_seconds_left: int | None = None
    ticket_seconds_left: int = 0
    qr_source: str = ""
    technician_rows: tuple[TechnicianRow, ...] = ()
    has_scanner: bool = False

    @property
    def is_printer_in_trouble(self) -> bool:
        return isinstance(self.printer, NeedsAttention | Unreachable)

    @property
    def is_paper_out(self) -> bool:
        """Whether the visitor has, or may take, a slip of paper."""
        job = self.session.job
        return job is not None and job.state in {PrintState.CONFIRMED, PrintState.UNVERIFIED}

    @property
    def is_paper_missing(self) -> bool:
        """Whether certainly no slip of the newest try came out, and none will."""
        job = self.session.job
        return job is not None and job.state in {PrintState.FAILED, PrintState.EXPIRED}

    @property
    def screen(self) -> Screen:
        return select_screen(
            Situation(
                session=self.session,
                is_out_of_service=self.is_out_of_service,
                is_hall_closed=self.hall_closed is not None,
                is_technician_here=self.is_technician_here,
                is_printer_in_trouble=self.is_printer_in_trouble,
                is_verdict_late=self.is_verdict_late,
            )
        )
