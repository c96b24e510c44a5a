"""Two printers as one: the second prints while the first cannot, and gives way when the first is good again."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import structlog

from kiosk.clock import Clock, SystemClock
from kiosk.domain.print_job import PrintState
from printing.printer import Draw, Printer, PrinterReport
from printing.status import (
    Attention,
    CannotTell,
    NeedsAttention,
    PrinterStatus,
    PrintVerdict,
    in_one_word,
    is_usable,
)

log = structlog.get_logger(__name__)

UNKNOWN_IN_A_ROW: Final = 2
"""So many slips of the first printer without a verdict, or lost in the midst though it calls itself ready after, and
the second takes over for a while."""

REST_S: Final = 60.0
"""For so long at least; then one more slip is dared, and a further one without a verdict ends that at once."""

GOOD_IN_A_ROW: Final = 2
"""So many good answers of the first before it prints again: somebody may still be at work in it."""

_SPARE_POLL_S: Final = 60.0
"""The printer that is not in use is asked this often, so that a spare that is dead is known before it is needed."""

_PAUSES_TO_ASKING: Final = 9
"""Asking a printer that is away takes seconds, in which a visitor may come: at most a tenth of the time goes there."""


class FallbackPrinter:
    """Used by one thread, as every printer; `reports` from any. A slip goes to the other printer only where it is
    certain that no slip of it came out, or will.
    """

    def __init__(self, first: Printer, second: Printer, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._first = _Asked(first, self._clock)
        self._second = _Asked(second, self._clock)
        self._is_second_in_use = False
        self._good_in_a_row = 0
        self._unknown_in_a_row = 0
        self._resting_since: float | None = None

    def status(self) -> PrinterStatus:
        """Of the printer that the next slip comes out of; of the first where neither can print."""
        return self._with_second() if self._is_second_in_use else self._with_first()

    def print(self, draw: Draw, job: int) -> PrintVerdict:
        if self._is_second_in_use or self._rests():
            return self._on_second_first(draw, job)
        verdict = self._on_first(draw, job)
        if verdict.state is PrintState.FAILED:
            return _after_failure(verdict, self._second.print(draw, job), self._use_second)
        if self._rests() and is_usable(status := self._second.ask()):
            # This slip's fate stays unknown; the next one has a printer.
            self._use_second()
            return replace(verdict, status=status)
        return verdict

    def expect_fragment(self) -> None:
        """Nobody noted which of the two was printing when the program ended."""
        self._first.printer.expect_fragment()
        self._second.printer.expect_fragment()

    def reports(self) -> tuple[PrinterReport, ...]:
        is_second = self._is_second_in_use
        return (
            *(replace(report, is_in_use=not is_second) for report in self._first.printer.reports()),
            *(replace(report, is_in_use=is_second) for report in self._second.printer.reports()),
        )

    def close(self) -> None:
        self._first.printer.close()
        self._second.printer.close()

    def _with_first(self) -> PrinterStatus:
        self._first.ask()
        status = self._first_if_rested()
        if is_usable(status):
            if self._second.is_due(_SPARE_POLL_S):
                self._second.ask()
            return status
        spare = self._second.ask()
        if is_usable(spare):
            self._use_second()
            return spare
        return status

    def _with_second(self) -> PrinterStatus:
        spare = self._second.ask()
        if self._first.is_due(0.0):
            self._good_in_a_row = self._good_in_a_row + 1 if is_usable(self._first.ask()) else 0
        first = self._first_if_rested()
        enough = GOOD_IN_A_ROW if is_usable(spare) else 1  # with nobody else to print, the first good word will do
        if is_usable(first) and self._good_in_a_row >= enough:
            self._leave_second()
            return first
        return spare if is_usable(spare) else first

    def _first_if_rested(self) -> PrinterStatus:
        status = self._first.status
        return NeedsAttention(Attention.OTHER) if self._rests() and is_usable(status) else status

    def _on_second_first(self, draw: Draw, job: int) -> PrintVerdict:
        verdict = self._second.print(draw, job)
        if verdict.state is not PrintState.FAILED:
            self._use_second()
            return verdict
        if self._rests():
            return verdict
        return _after_failure(verdict, self._on_first(draw, job), self._leave_second)

    def _on_first(self, draw: Draw, job: int) -> PrintVerdict:
        verdict = self._first.print(draw, job)
        has_broken_off = verdict.state is PrintState.FAILED and is_usable(verdict.status)
        if verdict.state is not PrintState.UNKNOWN and not has_broken_off:
            self._unknown_in_a_row = 0
            return verdict
        # One that calls itself ready and loses each slip would else come back between any two visitors.
        self._unknown_in_a_row += 1
        if self._unknown_in_a_row >= UNKNOWN_IN_A_ROW:
            self._resting_since = self._clock.monotonic()
            self._unknown_in_a_row = UNKNOWN_IN_A_ROW - 1
        return verdict

    def _rests(self) -> bool:
        """The first printer, after slips whose fate it kept to itself."""
        return self._resting_since is not None and self._clock.monotonic() - self._resting_since < REST_S

    def _use_second(self) -> None:
        if self._is_second_in_use:
            return
        self._is_second_in_use, self._good_in_a_row = True, 0
        log.warning("printer_fallback_used", first=in_one_word(self._first.status), is_resting=self._rests())

    def _leave_second(self) -> None:
        log.info("printer_fallback_left", second=in_one_word(self._second.status))
        self._is_second_in_use, self._resting_since = False, None


class _Asked:
    """A printer, what it said last, and whether it is time to ask it again."""

    def __init__(self, printer: Printer, clock: Clock) -> None:
        self.printer = printer
        self.status: PrinterStatus = CannotTell("not asked yet")
        self._clock = clock
        self._asked_at: float | None = None
        self._took_s = 0.0

    def ask(self) -> PrinterStatus:
        began = self._clock.monotonic()
        self.status = self.printer.status()
        self._asked_at = self._clock.monotonic()
        self._took_s = self._asked_at - began
        return self.status

    def print(self, draw: Draw, job: int) -> PrintVerdict:
        verdict = self.printer.print(draw, job)
        self.status = verdict.status
        return verdict

    def is_due(self, every_s: float) -> bool:
        pause = max(every_s, _PAUSES_TO_ASKING * self._took_s)
        return self._asked_at is None or self._clock.monotonic() - self._asked_at >= pause


def _after_failure(failed: PrintVerdict, other: PrintVerdict, take_over: Callable[[], None]) -> PrintVerdict:
    """`other` is what became of the same slip, whole, on the other printer."""
    if other.state is not PrintState.FAILED:
        take_over()
        return other
    detail = f"{failed.detail}; the other printer: {other.detail}"
    return replace(failed, detail=detail, paper_mm=failed.paper_mm + other.paper_mm)
