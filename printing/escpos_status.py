"""What the answers to `DLE EOT 1..4` mean. Pure.

Source: Epson's ESC/POS command reference, "DLE EOT (transmit real-time status)". Silence and noise are never "ready".
"""

from collections.abc import Mapping
from enum import IntEnum
from typing import Final

from printing.status import Attention, CannotTell, NeedsAttention, PrinterStatus, Ready, Unreachable

_FIXED_MASK: Final = 0b1001_0011
_FIXED_BITS: Final = 0b0001_0010
_LONGEST_ANSWER: Final = 16


class Question(IntEnum):
    """The `n` of `DLE EOT n`."""

    PRINTER = 1
    OFFLINE_CAUSE = 2
    ERROR_CAUSE = 3
    PAPER = 4

    @property
    def request(self) -> bytes:
        return bytes([0x10, 0x04, self.value])


def status_byte(answer: bytes) -> int | None:
    """The one byte with the fixed bits of a status (0xx1xx10), or None.

    Other bytes beside it are noise, or answers to other requests; several such bytes, or a long answer, are text.
    """
    found = [byte for byte in answer if byte & _FIXED_MASK == _FIXED_BITS]
    return found[0] if len(found) == 1 and len(answer) <= _LONGEST_ANSWER else None


def read_status(answers: Mapping[Question, bytes]) -> PrinterStatus:
    """What the printer says of itself. A question that is missing was not answered, as clones do with 2 and 3."""
    known = {question: byte for question, answer in answers.items() if (byte := status_byte(answer)) is not None}
    if not known and any(answers.values()):
        return Unreachable("what answers there is no receipt printer, or does not speak at this speed")
    if not known:
        return CannotTell("it answers no status request")
    trouble = _trouble(known)
    if trouble is not None:
        return NeedsAttention(trouble)
    if Question.PRINTER not in known and Question.PAPER not in known:
        return CannotTell("it says neither that it is online nor that it has paper")
    return Ready(paper_low=bool(known.get(Question.PAPER, 0) & 0x0C))


def _trouble(known: Mapping[Question, int]) -> Attention | None:
    """The first thing a person has to see to."""
    printer, offline, error, paper = (known.get(question, 0) for question in Question)
    found = (
        (offline & 0x04, Attention.COVER_OPEN),
        (offline & 0x20 or paper & 0x60, Attention.NO_PAPER),
        (error & 0x08, Attention.CUTTER),
        (error & 0x40, Attention.OVERHEATED),
        (error & 0x20 or offline & 0x40 or printer & 0x08, Attention.OTHER),
    )
    return next((attention for is_so, attention in found if is_so), None)
