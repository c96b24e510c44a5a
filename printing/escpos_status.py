"""What the answers to `DLE EOT 1..4` mean. Pure.

Source: Epson's ESC/POS command reference, "DLE EOT (transmit real-time status)". Silence and noise are never "ready".
"""

from collections.abc import Mapping
from enum import IntEnum
from typing import Final

from printing.status import Attention, CannotTell, NeedsAttention, PrinterStatus, Ready

_FIXED_MASK: Final = 0b1001_0011
_FIXED_BITS: Final = 0b0001_0010


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
    """The last byte with the fixed bits of a status (0xx1xx10), or None: the rest is noise, or an answer to others."""
    return next((byte for byte in reversed(answer) if byte & _FIXED_MASK == _FIXED_BITS), None)


def read_status(answers: Mapping[Question, bytes]) -> PrinterStatus:
    """What the printer says of itself. A question that is missing was not answered, as clones do with 2 and 3."""
    known = {question: byte for question, answer in answers.items() if (byte := status_byte(answer)) is not None}
    if not known:
        garbled = any(answers.values())
        return CannotTell("its answers are no status" if garbled else "it answers no status request")
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
