"""What a technician reads of a printer, and what a script reads."""

from collections.abc import Mapping
from typing import Any, Final, assert_never

from printing.profile import Confirmation
from printing.status import Attention, CannotTell, NeedsAttention, PrinterStatus, PrintVerdict, Ready, Unreachable

_TROUBLE: Final[Mapping[Attention, str]] = {
    Attention.NO_PAPER: "load paper",
    Attention.COVER_OPEN: "close the cover",
    Attention.CUTTER: "free the cutter, then switch the printer off and on",
    Attention.OVERHEATED: "let the print head cool down",
    Attention.OTHER: "look at the printer's own lights",
}

CONFIRMATIONS: Final[Mapping[Confirmation, str]] = {
    Confirmation.PROCESS_ID: "each slip, by its own id (GS ( H)",
    Confirmation.FENCE: "each slip, by an answer in its turn (GS r)",
    Confirmation.STATUS: "no slip: it only says that it is ready",
    Confirmation.NONE: "no slip: it answers nothing",
    Confirmation.AUTO: "cannot be told before it is ready",
}
"""How a printer confirms, behind the word "confirms"."""

UNCLEAR: Final = "cannot be told: what comes back for GS r is no clean answer"
"""The same of a printer that is ready."""


def sentence(status: PrinterStatus) -> str:
    match status:
        case Ready(paper_low=True):
            return "ready, but the paper will soon end"
        case Ready():
            return "ready"
        case NeedsAttention(reason):
            return f"stopped: {_TROUBLE[reason]}"
        case Unreachable(detail):
            return f"not to be reached: {detail}"
        case CannotTell(detail):
            return f"taking bytes, but says nothing of itself: {detail}"
        case _ as never:
            assert_never(never)


def facts(status: PrinterStatus) -> Mapping[str, Any]:
    match status:
        case Ready(paper_low):
            return {"status": "ready", "paper_low": paper_low}
        case NeedsAttention(reason):
            return {"status": "needs_attention", "reason": reason.value}
        case Unreachable(detail):
            return {"status": "unreachable", "detail": detail}
        case CannotTell(detail):
            return {"status": "cannot_tell", "detail": detail}
        case _ as never:
            assert_never(never)


def outcome(verdict: PrintVerdict) -> str:
    """With the printer's own reason, where it has one."""
    words = f"{verdict.state.value}, {verdict.detail}"
    return words if isinstance(verdict.status, Ready | CannotTell) else f"{words}; {sentence(verdict.status)}"
