"""The simulated printer on lines that go wrong at a chosen place of a slip, and the slip."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from kiosk.errors import TransportError
from printing.confirmation import FENCE_REQUEST
from printing.escpos_printer import Deadlines, EscposPrinter
from printing.paper_length import measure_slip
from printing.profile import Confirmation, Profile, find_profile
from printing.raster_renderer import render_raster
from printing.simulated import SimulatedPrinter
from printing.transports.sim import SimTransport
from printing.transports.transport import WriteError
from tests.sample_slips import paper_layout, paper_ticket

QUICK: Final = Deadlines(
    open_s=1, answer_s=0.05, write_s=0.2, confirm_s=0.3, stall_s=0.3, settle_s=0.3, quiet_s=0.02, slowest_mm_s=5_000
)
PROFILE: Final = find_profile("generic-80mm")
REQUESTS: Final = (FENCE_REQUEST, b"\x1dV\x01")
"""What the last part of a slip ends with, but for a process id."""
DOCUMENT: Final = render_raster(paper_layout(paper_ticket(), PROFILE), PROFILE)
LENGTH: Final = measure_slip(DOCUMENT, PROFILE)
PREFLIGHT_BYTES: Final = 18
"""Four questions for the status, and two fences to come into step."""


class TroubledTransport(SimTransport):
    """The simulated printer, with something that happens early in a slip, or when its end is about to leave."""

    def __init__(self, printer: SimulatedPrinter, trouble: Callable[[], None], *, is_late: bool = False) -> None:
        super().__init__(printer)
        self._trouble = trouble
        self._is_late = is_late
        self._large_writes = 0
        self.sent = b""

    def write(self, data: bytes, timeout_s: float) -> None:
        self.sent += data
        self._large_writes += len(data) > 1_000
        is_time = data.endswith(REQUESTS) if self._is_late else self._large_writes == 10
        if len(data) > 1_000 and is_time:
            self._trouble()
        super().write(data, timeout_s)


class RepairedTransport(SimTransport):
    """Trouble when the end of a slip is about to leave; all is mended when the printer has answered `word`."""

    before_the_end: dict[str, float]

    def __init__(self, printer: SimulatedPrinter, word: bytes, **repair: float) -> None:
        super().__init__(printer)
        self._word = word
        self._repair = repair

    def write(self, data: bytes, timeout_s: float) -> None:
        if data.endswith(REQUESTS) and len(data) > 1_000:
            self.printer.change(**self.before_the_end)
        super().write(data, timeout_s)

    def read(self, timeout_s: float) -> bytes:
        came = super().read(timeout_s)
        if self._word in came and self.printer.state.is_cover_open:
            self.printer.change(**self._repair)
        return came


class BrokenTransport(SimTransport):
    """A line that breaks after `bytes_left` bytes, or never connects."""

    def __init__(self, printer: SimulatedPrinter, bytes_left: int | None) -> None:
        super().__init__(printer)
        self.bytes_left = bytes_left

    def open(self, timeout_s: float) -> None:
        if self.bytes_left is None:
            raise TransportError("nobody is there")
        super().open(timeout_s)

    def write(self, data: bytes, timeout_s: float) -> None:
        left = self.bytes_left or 0
        super().write(data[:left], timeout_s)
        self.bytes_left = max(0, left - len(data))
        if left < len(data):
            raise WriteError("the cable was pulled", left)


def confirmed_by(confirmation: Confirmation) -> Profile:
    return replace(PROFILE, confirmation=confirmation)


def printer_of(simulated: SimulatedPrinter, confirmation: Confirmation = Confirmation.FENCE) -> EscposPrinter:
    return EscposPrinter(SimTransport(simulated), confirmed_by(confirmation), QUICK)


def printer_on(transport: SimTransport, confirmation: Confirmation = Confirmation.FENCE) -> EscposPrinter:
    return EscposPrinter(transport, confirmed_by(confirmation), QUICK)
