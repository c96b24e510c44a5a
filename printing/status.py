"""What a printer says of itself, and what became of a slip. Expected trouble is a value, never an exception."""

from dataclasses import dataclass
from enum import StrEnum

from kiosk.domain.print_job import PrintState


class Attention(StrEnum):
    NO_PAPER = "no_paper"
    COVER_OPEN = "cover_open"
    CUTTER = "cutter"
    OVERHEATED = "overheated"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Ready:
    paper_low: bool = False


@dataclass(frozen=True, slots=True)
class NeedsAttention:
    reason: Attention


@dataclass(frozen=True, slots=True)
class Unreachable:
    """Nothing answers at the device's address. `detail` is for the technician, never for the visitor."""

    detail: str


@dataclass(frozen=True, slots=True)
class CannotTell:
    """The device takes bytes but answers no status: not the same as Ready."""

    detail: str


PrinterStatus = Ready | NeedsAttention | Unreachable | CannotTell


def is_usable(status: PrinterStatus) -> bool:
    """Whether a slip may be sent to it: nothing is known that would keep it back."""
    return isinstance(status, Ready | CannotTell)


def in_one_word(status: PrinterStatus) -> str:
    """For who looks at many kiosks at once: `ready`, `paper_low`, `unreachable`, `cannot_tell`, or what is wrong."""
    match status:
        case Ready():
            return "paper_low" if status.paper_low else "ready"
        case NeedsAttention():
            return status.reason.value
        case Unreachable():
            return "unreachable"
        case CannotTell():
            return "cannot_tell"


@dataclass(frozen=True, slots=True)
class PrintVerdict:
    """What became of one slip: `state` is final, CONFIRMED, UNVERIFIED, UNKNOWN or FAILED; `status` is the last word
    of the printer; `detail` is for the technician. `paper_mm`: so much paper its bytes use, 0 where none were sent.
    """

    state: PrintState
    status: PrinterStatus
    detail: str = ""
    paper_mm: float = 0.0
