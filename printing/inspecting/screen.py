"""One printer on one screen: a line a part, and the same as one document for scripts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import click

from printing.inspecting.chosen import Chosen
from printing.inspecting.parts import Parts, ask_parts
from printing.inspecting.words import CONFIRMATIONS, UNCLEAR, facts, sentence
from printing.profile import Confirmation, Profile
from printing.roll import RollBook
from printing.status import CannotTell, PrinterStatus, Ready, Unreachable, is_usable

SILENT: Final = "it does not say"
_NAME_WIDTH: Final = 14


@dataclass(frozen=True, slots=True)
class Line:
    """`is_bad`: a person has to see to it."""

    name: str
    words: str
    is_bad: bool = False


@dataclass(frozen=True, slots=True)
class Inspected:
    """One printer as it was when it was looked at."""

    device: str
    role: str
    profile: Profile
    status: PrinterStatus
    confirmation: Confirmation
    parts: Parts
    book: RollBook | None


def inspect(chosen: Chosen, *, with_identity: bool = True) -> Inspected:
    """Ask the printer now, in two conversations of some seconds at most; prints nothing."""
    status = chosen.printer.status()
    parts = Parts()
    if not isinstance(status, Unreachable):
        parts = chosen.ask(lambda transport: ask_parts(transport, with_identity=with_identity)) or parts
    confirmation = chosen.driver.confirmation
    if isinstance(status, CannotTell) and confirmation is Confirmation.AUTO:
        confirmation = Confirmation.NONE
    return Inspected(chosen.device, chosen.role, chosen.profile, status, confirmation, parts, chosen.book)


def show(seen: Inspected) -> str:
    """The whole screen; colours are taken out again where nobody sees them."""
    role = f"{seen.role} printer, " if seen.role else ""
    colour = "green" if is_usable(seen.status) else "red"
    head = f"{role}{seen.device}: {click.style(sentence(seen.status), fg=colour, bold=True)}"
    return "\n".join((head, *map(_shown, lines(seen))))


def lines(seen: Inspected) -> Iterator[Line]:
    """Of a printer that says nothing of its parts, only what is known without it."""
    if seen.parts.bits:
        yield from _part_lines(seen.parts)
    elif isinstance(seen.status, CannotTell | Unreachable) and seen.device.startswith("tcp:"):
        yield Line("perhaps", "another program holds its port: it serves one at a time")
    remembered = f"{seen.profile.identity}, when it was probed" if seen.profile.identity else SILENT
    yield Line("calls itself", seen.parts.identity or remembered)
    is_unclear = seen.confirmation is Confirmation.AUTO and isinstance(seen.status, Ready)
    yield Line("confirms", UNCLEAR if is_unclear else CONFIRMATIONS[seen.confirmation])
    profile = seen.profile
    yield Line("profile", f"{profile.name}: {profile.dots} dots on {profile.paper_mm} mm of paper")
    yield from paper_lines(seen.book)


def _part_lines(parts: Parts) -> Iterator[Line]:
    yield _paper(parts)
    yield _part("near end", parts.is_near_end, "the sensor says so: change the roll soon", "not yet")
    yield _part("cover", parts.is_cover_open, "open", "closed")
    yield _part("cutter", parts.is_cutter_jammed, "jammed", "free")
    yield _part("print head", parts.is_head_hot, "too hot", "cool enough")
    yield _part("online", _not(parts.is_online), "no", "yes")
    if parts.is_broken:
        yield Line("error", "one that does not go away by itself: switch it off and on", is_bad=True)


def paper_lines(book: RollBook | None) -> Iterator[Line]:
    """What the kiosk wrote down: nothing without its settings."""
    if book is None:
        return
    last, left = book.confirmed_at, book.slips_left
    yield Line("last confirmed", "none yet" if last is None else _when(last))
    words = "unknown until a new roll is in" if left is None else f"about {left}"
    yield Line(
        "slips left", f"{words}; change the roll in the next quiet minute" if book.is_low else words, book.is_low
    )


def document(seen: Inspected) -> Mapping[str, Any]:
    parts = seen.parts
    return {
        "device": seen.device,
        **({"role": seen.role} if seen.role else {}),
        **facts(seen.status),
        "parts": {
            "online": parts.is_online,
            "paper_out": parts.is_paper_out,
            "near_end": parts.is_near_end,
            "cover_open": parts.is_cover_open,
            "cutter_jammed": parts.is_cutter_jammed,
            "head_hot": parts.is_head_hot,
            "broken": parts.is_broken,
        },
        "identity": parts.identity or None,
        "confirmation": seen.confirmation.value,
        "profile": seen.profile.name,
        "dots": seen.profile.dots,
        "paper_mm": seen.profile.paper_mm,
        **paper_facts(seen.book),
    }


def paper_facts(book: RollBook | None) -> Mapping[str, Any]:
    if book is None:
        return {}
    last = book.confirmed_at
    return {
        "slips_left": book.slips_left,
        "is_paper_low": book.is_low,
        "last_confirmed_at": None if last is None else last.isoformat(),
    }


def show_paper(device: str, role: str, book: RollBook) -> str:
    """Of a printer that cannot be asked now."""
    return "\n".join((f"{role} printer, {device}: not asked", *map(_shown, paper_lines(book))))


def _paper(parts: Parts) -> Line:
    match parts.is_paper_out:
        case None:
            return Line("paper", SILENT)
        case True:
            return Line("paper", "none: load a roll", is_bad=True)
        case False:
            return Line("paper", "there is some")


def _part(name: str, is_bad: bool | None, bad: str, good: str) -> Line:  # noqa: FBT001  # a bit and its two words
    return Line(name, SILENT) if is_bad is None else Line(name, bad if is_bad else good, is_bad)


def _not(is_so: bool | None) -> bool | None:  # noqa: FBT001
    return None if is_so is None else not is_so


def _shown(line: Line) -> str:
    words = click.style(line.words, fg="red", bold=True) if line.is_bad else line.words
    return f"  {line.name:<{_NAME_WIDTH}}  {words}"


def _when(at: datetime) -> str:
    """In the machine's own time: the technician looks at its wall."""
    local = at.astimezone()
    is_today = local.date() == datetime.now(local.tzinfo).date()
    return f"today at {local:%H:%M}" if is_today else f"{local:%Y-%m-%d %H:%M}"
