"""How a printer says that a slip is complete: what to ask after the cut, and what answer counts (docs/printers.md)."""

from dataclasses import dataclass
from typing import Final, Protocol

from printing.escpos_status import status_byte

FENCE_REQUEST: Final = b"\x1dr\x01"
_FENCE_FIXED_MASK: Final = 0b1001_0000
_PROCESS_ID_HEADER: Final = b"\x37\x22"


class Evidence(Protocol):
    """For one job on one connection."""

    def request(self) -> bytes:
        """Bytes to send right behind the cut; the printer takes them in their turn."""

    def is_given_by(self, answers: bytes) -> bool:
        """Whether `answers`, all that came since the request, prove that everything before it was carried out."""


@dataclass(frozen=True, slots=True)
class ProcessId:
    """`GS ( H` function 48: the printer sends our own id back when the printing before it is completed."""

    job: int

    def request(self) -> bytes:
        return b"\x1d(H\x06\x0000" + self._id

    def is_given_by(self, answers: bytes) -> bool:
        return _PROCESS_ID_HEADER + self._id + b"\x00" in answers

    @property
    def _id(self) -> bytes:
        """Four printable characters, other than those of the jobs before and after."""
        return b"%04d" % (self.job % 10_000)


@dataclass(frozen=True, slots=True)
class Fence:
    """`GS r 1` is answered when it is its turn, so after the cut.

    One lone byte must come, besides answers to `DLE EOT`: among noise, no byte proves anything.
    """

    def request(self) -> bytes:
        return FENCE_REQUEST

    def is_given_by(self, answers: bytes) -> bool:
        others = [byte for byte in answers if status_byte(bytes([byte])) is None]
        return len(others) == 1 and others[0] & _FENCE_FIXED_MASK == 0
