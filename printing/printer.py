"""What the rest of the program knows of a printer: its state, and what became of one slip."""

from typing import Protocol

from printing.status import PrinterStatus, PrintVerdict


class Printer(Protocol):
    """One device, used by one thread. No method raises for what a printer may do; trouble is in the values.

    Every method has a total deadline of its own, so none blocks for longer than about 30 seconds.
    """

    def status(self) -> PrinterStatus:
        """Ask the device now."""

    def print(self, document: bytes, job: int) -> PrintVerdict:
        """Send one whole slip. `job` is the print job's id, by which the printer's answer is recognised."""

    def expect_fragment(self) -> None:
        """A slip was broken off before this program began: its rest is cut off as soon as the device is ready."""

    def close(self) -> None:
        """Let go of the device. The next call takes hold of it again."""
