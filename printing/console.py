"""What a technician asks a printer from the command line. Words for people, or one JSON document for scripts.

Each function returns the exit code: 0 good, 1 the printer needs a person.
"""

import json
import threading
from collections.abc import Mapping
from functools import partial
from typing import Any, Final, assert_never

import click

from kiosk.domain.print_job import PrintState
from printing.escpos_printer import EscposPrinter
from printing.profile import Confirmation, find_profile
from printing.status import Attention, CannotTell, NeedsAttention, PrinterStatus, PrintVerdict, Ready, Unreachable
from printing.test_page import render_raster_page, render_text_page
from printing.transports.devices import open_device

_POLL_S: Final = 1.0
_TROUBLE: Final[Mapping[Attention, str]] = {
    Attention.NO_PAPER: "load paper",
    Attention.COVER_OPEN: "close the cover",
    Attention.CUTTER: "free the cutter, then switch the printer off and on",
    Attention.OVERHEATED: "let the print head cool down",
    Attention.OTHER: "look at the printer's own lights",
}
_CONFIRMATIONS: Final[Mapping[Confirmation, str]] = {
    Confirmation.PROCESS_ID: "It confirms each slip by its own id (GS ( H)",
    Confirmation.FENCE: "It confirms each slip by an answer in its turn (GS r)",
    Confirmation.STATUS: "It answers its status, but cannot confirm a slip",
    Confirmation.NONE: "It answers nothing, so no slip can be confirmed",
    Confirmation.AUTO: "How it confirms a slip cannot be told before it is ready",
}


def show_status(device: str, profile: str, *, as_json: bool) -> int:
    status = _printer(device, profile).status()
    _tell(as_json, sentence(status), device=device, **facts(status))
    return _exit_code(status)


def probe(device: str, profile: str, *, as_json: bool) -> int:
    """Prints nothing on paper."""
    known = find_profile(profile)
    printer = _printer(device, profile)
    status = printer.status()
    words = "\n".join(
        (
            f"{device} is {sentence(status)}",
            f"{_CONFIRMATIONS[printer.confirmation]}.",
            f"Profile {known.name}: {known.description}, {known.dots} dots on {known.paper_mm} mm of paper.",
        )
    )
    _tell(
        as_json,
        words,
        device=device,
        **facts(status),
        confirmation=printer.confirmation.value,
        profile=known.name,
        dots=known.dots,
        paper_mm=known.paper_mm,
    )
    return _exit_code(status)


def print_test_page(device: str, profile: str, *, as_json: bool) -> int:
    """Two slips: one drawn by us, one in the printer's own letters."""
    printer = _printer(device, profile)
    verdicts = {
        "raster": printer.print(partial(render_raster_page, device), 1),
        "text": printer.print(render_text_page, 2),
    }
    words = "\n".join(f"{name}: {_outcome(verdict)}" for name, verdict in verdicts.items())
    slips = {
        name: {"state": verdict.state.value, "detail": verdict.detail, "printer": facts(verdict.status)}
        for name, verdict in verdicts.items()
    }
    _tell(as_json, words, device=device, slips=slips)
    good = {PrintState.CONFIRMED, PrintState.UNVERIFIED}
    return 0 if good.issuperset(verdict.state for verdict in verdicts.values()) else 1


def watch(device: str, profile: str, *, as_json: bool) -> int:
    """One line a change of status, until Ctrl-C."""
    printer = _printer(device, profile)
    seen: PrinterStatus | None = None
    try:
        while True:
            status = printer.status()
            if status != seen:
                _tell(as_json, sentence(status), indent=None, device=device, **facts(status))
                seen = status
            threading.Event().wait(_POLL_S)
    except KeyboardInterrupt:
        return 0


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


def _outcome(verdict: PrintVerdict) -> str:
    """With the printer's own reason, where it has one."""
    words = f"{verdict.state.value}, {verdict.detail}"
    return words if isinstance(verdict.status, Ready | CannotTell) else f"{words}; {sentence(verdict.status)}"


def _printer(device: str, profile: str) -> EscposPrinter:
    known = find_profile(profile)
    return EscposPrinter(open_device(device, known), known)


def _exit_code(status: PrinterStatus) -> int:
    return 0 if isinstance(status, Ready | CannotTell) else 1


def _tell(as_json: bool, words: str, *, indent: int | None = 2, **document: Any) -> None:  # noqa: FBT001  # an option
    click.echo(json.dumps(document, indent=indent) if as_json else words)
