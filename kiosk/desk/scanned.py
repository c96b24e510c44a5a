"""What a scanner typed, or a hand: a ticket's token, a label, or neither. Pure; raises nothing, whatever came.

A scanner is a keyboard. Its prefix may be mangled, Caps Lock may have inverted every letter, and a computer that is
set to another layout than the scanner types other characters: research/reliability.md, 2.e.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kiosk.domain.token import LENGTHS, Parsed, parse
from kiosk.sync.desk_wire import MOST_SCANNED


@dataclass(frozen=True, slots=True)
class Token:
    """`text`: `K1.` and the token's Base32, upper case, as it was printed; well-formed, not yet believed."""

    text: str


@dataclass(frozen=True, slots=True)
class Label:
    """`text`: as tickets carry it, such as D-045 or D-007K."""

    text: str


class Reason(StrEnum):
    EMPTY = "empty"
    TOO_LONG = "too_long"
    PART = "part"
    """The end of a token, or one that was scanned in pieces."""
    OTHER = "other"
    """Something else than a ticket."""


@dataclass(frozen=True, slots=True)
class Nothing:
    reason: Reason


Scanned = Token | Label | Nothing

_UPPER: Final = str.maketrans("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_LAYOUTS: Final = tuple(
    str.maketrans(typed, keys)
    for typed, keys in (
        ("", ""),
        ("AQZW?,MÉé\"'(-§Èè", "QAWZMM;223456677"),  # AZERTY, of France and of Belgium
        ("YZ", "ZY"),  # QWERTZ
        ("\"',<.>PYFGCRLAOEUIDHTNS:;QJKXBMWVZ", "QQWWEERTYUIOPASDFGHJKL;ZZXCVBNM,./"),  # Dvorak
    )
)
"""What is typed on that layout, after letters were made capitals, and by which keys of the US one. Both shifts of a key
where the token needs it: Caps Lock is the other one.
"""

_AT_THE_END: Final = re.compile(r"[A-Z2-7]+\Z")
_SHORTEST_PART: Final = 24
"""So many characters of the token's alphabet in a row are no word that anybody types."""
_LABEL: Final = re.compile(
    r"(?:(?:NOMOR|NO|ANTREAN|ANTRIAN|TIKET)[\s.:]*)*([A-Z]{1,2})[\s._/-]*([0-9]{1,5})\s*((?:[A-Z][0-9]?)?)\Z"
)


def read_scan(text: str, is_genuine: Callable[[str], bool] = lambda _: False) -> Scanned:
    """`is_genuine`: whether a trusted kiosk has signed this token. It is asked only where the text may be read in more
    than one way, and tells which layout it was; where it knows none of them, the text is taken as it stands.
    """
    if len(text) > MOST_SCANNED:
        return Nothing(Reason.TOO_LONG)
    line = text.strip().translate(_UPPER)
    if not line:
        return Nothing(Reason.EMPTY)
    readings = list(dict.fromkeys(_tokens(line)))
    if readings:
        chosen = readings[0] if len(readings) == 1 else next(filter(is_genuine, readings), readings[0])
        return Token(chosen)
    label = _LABEL.match(line)
    if label is not None and int(label[2]):
        return Label(f"{label[1]}-{int(label[2]):03d}{label[3]}")
    return Nothing(Reason.PART if _is_part(line) else Reason.OTHER)


def _tokens(line: str) -> Iterator[str]:
    """Every way to read it as a token, the likeliest first. The prefix may have become letters of the alphabet."""
    for layout in _LAYOUTS:
        found = _AT_THE_END.search(line.translate(layout))
        run = "" if found is None else found.group()
        if len(run) in LENGTHS and _is_whole(run):
            yield f"K1.{run}"
        for length in sorted(LENGTHS, reverse=True):
            if length < len(run) and _is_whole(run[-length:]):
                yield f"K1.{run[-length:]}"


def _is_whole(body: str) -> bool:
    return isinstance(parse(f"K1.{body}"), Parsed)


def _is_part(line: str) -> bool:
    return any(
        found is not None and len(found.group()) >= _SHORTEST_PART
        for found in (_AT_THE_END.search(line.translate(layout)) for layout in _LAYOUTS)
    )
