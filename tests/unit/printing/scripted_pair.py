"""Two printers that say what a test tells them to, and the printer that they are together."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from kiosk.clock import FakeClock
from kiosk.domain.print_job import PrintState
from printing.fallback_printer import FallbackPrinter
from printing.printer import Draw, PrinterReport
from printing.profile import Confirmation
from printing.status import CannotTell, PrinterStatus, PrintVerdict, Ready
from printing.test_page import render_text_page

READY = Ready()
CONFIRMED, UNKNOWN, FAILED = PrintState.CONFIRMED, PrintState.UNKNOWN, PrintState.FAILED


@dataclass
class Scripted:
    """A printer that says what it is told to. It counts what it is asked, and how long that takes is up to the test."""

    name: str
    clock: FakeClock
    now: PrinterStatus = READY
    verdict: PrintState | None = None
    takes_s: float = 0.0
    asked: int = 0
    printed: list[int] = field(default_factory=list)
    fragments: int = 0

    def status(self) -> PrinterStatus:
        self.asked += 1
        self.clock.advance(timedelta(seconds=self.takes_s))
        return self.now

    def print(self, draw: Draw, job: int) -> PrintVerdict:
        state = self.verdict or (CONFIRMED if isinstance(self.now, Ready | CannotTell) else FAILED)
        if state is not FAILED:
            self.printed.append(job)
        return PrintVerdict(state, self.now, f"{self.name} {state.value}", 100.0 if state is not FAILED else 1.0)

    def expect_fragment(self) -> None:
        self.fragments += 1

    def reports(self) -> tuple[PrinterReport, ...]:
        return (PrinterReport(self.name, "generic-80mm", self.now, Confirmation.FENCE, None, is_in_use=True),)

    def close(self) -> None:
        self.fragments = 0


class Pair:
    def __init__(self) -> None:
        self.clock = FakeClock(datetime(2026, 11, 21, tzinfo=UTC))
        self.first, self.second = Scripted("first", self.clock), Scripted("second", self.clock)
        self.printer = FallbackPrinter(self.first, self.second, self.clock)

    @property
    def in_use(self) -> list[str]:
        return [report.device for report in self.printer.reports() if report.is_in_use]

    def slip(self, job: int) -> PrintState:
        return self.printer.print(render_text_page, job).state

    def poll(self, *, after_s: float = 5.0) -> PrinterStatus:
        self.clock.advance(timedelta(seconds=after_s))
        return self.printer.status()
