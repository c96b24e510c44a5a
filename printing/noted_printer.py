"""A printer of which somebody wants to hear."""

from collections.abc import Callable

from printing.printer import Draw, Printer, PrinterReport
from printing.status import PrinterStatus, PrintVerdict


class NotedPrinter:
    """Says so after everything that may have changed how its printers fare, also where that keeps no slip back."""

    def __init__(self, printer: Printer, note: Callable[[], None]) -> None:
        self._printer = printer
        self._note = note

    def status(self) -> PrinterStatus:
        status = self._printer.status()
        self._note()
        return status

    def print(self, draw: Draw, job: int) -> PrintVerdict:
        verdict = self._printer.print(draw, job)
        self._note()
        return verdict

    def expect_fragment(self) -> None:
        self._printer.expect_fragment()

    def reports(self) -> tuple[PrinterReport, ...]:
        return self._printer.reports()

    def close(self) -> None:
        self._printer.close()
