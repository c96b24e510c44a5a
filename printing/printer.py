"""What the rest of the program knows of a printer: its state, and what became of one slip."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from printing.profile import Confirmation, Profile
from printing.status import PrinterStatus, PrintVerdict

Draw = Callable[[Profile], bytes]
"""One slip's bytes for the printer that is to print it: another printer may have other paper."""


@dataclass(frozen=True, slots=True)
class PrinterReport:
    """One device, for the technician. `slips_left`: an estimate; None where nobody can say. `is_in_use`: the next slip
    comes out here.
    """

    device: str
    profile: str
    status: PrinterStatus
    confirmation: Confirmation
    slips_left: int | None
    is_in_use: bool


class Printer(Protocol):
    """One device, used by one thread. No method raises for what a printer may do; trouble is in the values.

    Every method has a total deadline of its own, so none blocks for longer than about a minute (docs/printers.md).
    """

    def status(self) -> PrinterStatus:
        """Ask the device now."""

    def print(self, draw: Draw, job: int) -> PrintVerdict:
        """Send one whole slip. `job` is the print job's id, for the log. An error that `draw` raises comes through,
        before the first byte is sent.
        """

    def expect_fragment(self) -> None:
        """A slip was broken off before this program began: its rest is cut off as soon as the device is ready."""

    def reports(self) -> tuple[PrinterReport, ...]:
        """Every device behind this printer, as last seen; asks nothing. From any thread."""

    def close(self) -> None:
        """Let go of the device. The next call takes hold of it again."""
