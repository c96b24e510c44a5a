"""How a printer says that a slip is complete: what to ask on the way and after the cut, and what answer counts
(docs/printers.md).
"""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Final, Protocol

from printing.answers import Answer, InfoBlock, LoneByte, Noise, ProcessDone
from printing.profile import Confirmation

FENCE_REQUEST: Final = b"\x1dr\x01"

_LETTERS: Final = b"0134578ABCDEFGHIJKLMNOPQSTUWXY9"
"""Of process ids. Without the five letters and digits that a status byte may look like: a garbled id is no status."""

_ID_LENGTH: Final = 4


class Evidence(Protocol):
    """For one slip on one connection. `heard`: everything that came since its first byte was sent."""

    @property
    def name(self) -> str:
        """For the technician."""

    @property
    def checkpoint(self) -> bytes:
        """Bytes to send in mid-slip, where the slip is long enough for two parts."""

    @property
    def request(self) -> bytes:
        """Bytes to send right behind the cut; the printer takes them in their turn."""

    def is_underway(self, heard: Sequence[Answer]) -> bool:
        """Whether the printer has carried out what came before the checkpoint."""

    def is_given(self, heard: Sequence[Answer]) -> bool:
        """Whether the printer has carried out the whole slip."""


@dataclass(frozen=True, slots=True)
class ProcessId:
    """`GS ( H` function 48: the printer sends our own ids back when the printing before them is completed. Nobody else
    has them, so noise and late answers of other slips do no harm.
    """

    first: bytes
    last: bytes

    @property
    def name(self) -> str:
        return Confirmation.PROCESS_ID.value

    @property
    def checkpoint(self) -> bytes:
        return _process_request(self.first)

    @property
    def request(self) -> bytes:
        return _process_request(self.last)

    def is_underway(self, heard: Sequence[Answer]) -> bool:
        return ProcessDone(self.first) in heard or self.is_given(heard)

    def is_given(self, heard: Sequence[Answer]) -> bool:
        return ProcessDone(self.last) in heard


@dataclass(frozen=True, slots=True)
class Fence:
    """`GS r 1` is answered when it is its turn: by one lone byte for the checkpoint, and one after the cut.

    The bytes do not tell whose answers they are. So they count only on a line that is in step (printing/line.py), and
    among noise none of them proves anything.
    """

    has_checkpoint: bool = True

    @property
    def name(self) -> str:
        return Confirmation.FENCE.value

    @property
    def checkpoint(self) -> bytes:
        return FENCE_REQUEST

    @property
    def request(self) -> bytes:
        return FENCE_REQUEST

    def is_underway(self, heard: Sequence[Answer]) -> bool:
        return lone_bytes(heard) in (1, 2)

    def is_given(self, heard: Sequence[Answer]) -> bool:
        return lone_bytes(heard) == 1 + self.has_checkpoint


def lone_bytes(heard: Sequence[Answer]) -> int:
    """How many answers to `GS r` came; -1 among noise, where nobody can tell."""
    if any(isinstance(answer, Noise | InfoBlock) for answer in heard):
        return -1
    return sum(isinstance(answer, LoneByte) for answer in heard)


def process_ids() -> Iterator[bytes]:
    """One after the other from a random beginning, so that a printer's late answer of an earlier run is not ours."""
    kinds = len(_LETTERS)
    for number in count(secrets.randbelow(kinds**_ID_LENGTH)):
        yield bytes(_LETTERS[number // kinds**place % kinds] for place in range(_ID_LENGTH))


def _process_request(process_id: bytes) -> bytes:
    return b"\x1d(H\x06\x0000" + process_id
