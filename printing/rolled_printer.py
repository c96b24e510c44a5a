"""A printer that keeps its roll's book: what every slip used, and what every status tells of the paper."""

from dataclasses import replace

from kiosk.domain.print_job import PrintState
from printing.printer import Draw, Printer, PrinterReport
from printing.roll import RollBook
from printing.status import NeedsAttention, PrinterStatus, PrintVerdict


class RolledPrinter:
    """Wraps the printer of one device; `reports` then tell how many slips are left on its roll."""

    def __init__(self, printer: Printer, book: RollBook) -> None:
        self._printer = printer
        self._book = book

    def status(self) -> PrinterStatus:
        status = self._printer.status()
        self._book.saw(status)
        self._book.keep()
        return status

    def print(self, draw: Draw, job: int) -> PrintVerdict:
        """Writes nothing to the disk: the visitor waits for the verdict. The next `status` does."""
        verdict = self._printer.print(draw, job)
        if isinstance(verdict.status, NeedsAttention):
            # In this order: if the paper ended within this slip, its length is no part of what the roll held.
            self._book.saw(verdict.status)
            self._book.used(verdict.paper_mm)
        else:
            self._book.used(verdict.paper_mm)
            self._book.saw(verdict.status)
        if verdict.state is PrintState.CONFIRMED:
            self._book.confirmed()
        return verdict

    def expect_fragment(self) -> None:
        self._printer.expect_fragment()

    def reports(self) -> tuple[PrinterReport, ...]:
        return tuple(replace(report, slips_left=self._book.slips_left) for report in self._printer.reports())

    def close(self) -> None:
        self._printer.close()
        self._book.keep()
