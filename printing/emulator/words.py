"""The words by which a person, a test or a script changes the printer: `cover open`, `paper 12`."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from printing.emulator.condition import Condition

_NEVER_MM: Final = 0.0
_ALWAYS_MM: Final = 1e9

CHANGES: Final[Mapping[str, Callable[[Condition], Condition]]] = MappingProxyType(
    {
        "near on": lambda now: replace(now, near_end_mm=_ALWAYS_MM),
        "near off": lambda now: replace(now, near_end_mm=_NEVER_MM),
        "cover open": lambda now: replace(now, is_cover_open=True),
        "cover close": lambda now: replace(now, is_cover_open=False),
        "cutter jam": lambda now: replace(now, is_cutter_jammed=True),
        "cutter free": lambda now: replace(now, is_cutter_jammed=False),
        "heat hot": lambda now: replace(now, is_overheated=True),
        "heat cool": lambda now: replace(now, is_overheated=False),
        "silence on": lambda now: replace(now, is_silent=True),
        "silence off": lambda now: replace(now, is_silent=False),
        "noise on": lambda now: replace(now, is_noisy=True),
        "noise off": lambda now: replace(now, is_noisy=False),
    }
)
"""What changes the printer itself."""

ON_THE_LINE: Final = (
    "unplug", "plug", "drop", "stall on", "stall off", "late on", "late off", "power off", "power on", "head dead",
    "head alive",
)  # fmt: skip
"""What changes its line, its power or its head: printing/emulator/peer.py knows how."""

UNDO: Final[Mapping[str, str]] = MappingProxyType(
    {
        "near on": "near off", "cover open": "cover close", "cutter jam": "cutter free", "heat hot": "heat cool",
        "silence on": "silence off", "noise on": "noise off", "unplug": "plug", "stall on": "stall off",
        "late on": "late off", "power off": "power on", "head dead": "head alive",
    }
)  # fmt: skip
"""What sets a fault right again. New paper is `paper 80000`."""


def change_of(words: str) -> Callable[[Condition], Condition] | None:
    """What `words` do to the condition; None for those of ON_THE_LINE. Raises ValueError that says what there is."""
    if words in CHANGES:
        return CHANGES[words]
    if words in ON_THE_LINE:
        return None
    verb, _, rest = words.partition(" ")
    if verb != "paper":
        raise ValueError(f"{words!r} is no command; there are paper MM, {', '.join((*CHANGES, *ON_THE_LINE))}, state")
    try:
        mm = float(rest)
    except ValueError:
        mm = -1.0
    if not 0 <= mm <= _ALWAYS_MM:
        raise ValueError(f"{words!r} names no length; write paper MM, such as paper 80000")
    return lambda now: replace(now, paper_mm=mm)


def undo_of(words: str) -> str | None:
    return "paper 80000" if words.startswith("paper ") else UNDO.get(words)
