"""A printer that may not be there yet: unplugged, or at an address that is of no use here so far."""

from collections.abc import Callable

from kiosk.domain.print_job import PrintState
from kiosk.errors import KioskError, TransportError
from printing.printer import Draw, Printer, PrinterReport
from printing.profile import Confirmation
from printing.status import PrinterStatus, PrintVerdict, Unreachable


class AwaitedPrinter:
    """A printer whose device cannot be taken hold of yet, because it is unplugged or its address is of no use here:
    unreachable until it can. `make` raises `absence` until then, and is called with each question.
    """

    def __init__(
        self, device: str, profile: str, make: Callable[[], Printer], absence: type[KioskError] = TransportError
    ) -> None:
        self._device = device
        self._profile = profile
        self._make = make
        self._absence = absence
        self._printer: Printer | None = None
        self._why = ""
        self._holds_fragment = False
        self._find()

    def status(self) -> PrinterStatus:
        printer = self._find()
        return Unreachable(self._why) if printer is None else printer.status()

    def print(self, draw: Draw, job: int) -> PrintVerdict:
        printer = self._find()
        if printer is None:
            return PrintVerdict(PrintState.FAILED, Unreachable(self._why), "nothing was sent")
        return printer.print(draw, job)

    def expect_fragment(self) -> None:
        self._holds_fragment = True
        if self._printer is not None:
            self._printer.expect_fragment()

    def reports(self) -> tuple[PrinterReport, ...]:
        if self._printer is not None:
            return self._printer.reports()
        away = Unreachable(self._why)
        return (PrinterReport(self._device, self._profile, away, Confirmation.AUTO, None, is_in_use=True),)

    def close(self) -> None:
        if self._printer is not None:
            self._printer.close()

    def _find(self) -> Printer | None:
        if self._printer is None:
            try:
                self._printer = self._make()
            except self._absence as error:
                self._why = str(error)
                return None
            if self._holds_fragment:
                self._printer.expect_fragment()
        return self._printer
