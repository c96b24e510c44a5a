"""Text that is safe on paper. Names come from files and servers; a printer obeys bytes, so no byte may be chosen there.

Two steps: `clean` when a layout is made (what our fonts can draw), `encode` when a text renderer needs bytes (what one
code page can print; `is_encodable` says whether that is all of it). Neither ever yields a control byte.
"""
# ruff: noqa: RUF001  # characters that look alike are this file's subject

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from printing.scripts import is_drawable, script_of

CODE_PAGES: Final = ("cp437", "cp850", "cp858", "cp1252")
"""The code pages a profile may name, by their Python codecs. All four hold ASCII unchanged."""

UNPRINTABLE: Final = "?"
"""Stands for a run of letters that we cannot print, so that a hole in a name is seen."""

_TYPOGRAPHY: Final[Mapping[int, str]] = MappingProxyType(
    str.maketrans(
        {
            "‐": "-",
            "‑": "-",
            "‒": "–",
            "―": "—",
            "−": "-",
            "‛": "'",
            "′": "'",
            "″": '"',
            "•": "·",
            "∙": "·",
            "⁄": "/",
            "×": "x",
        }
    )
)
_ASCII: Final[Mapping[int, str]] = MappingProxyType(
    str.maketrans(
        {
            "–": "-",
            "—": "-",
            "‘": "'",
            "’": "'",
            "‚": ",",
            "“": '"',
            "”": '"',
            "„": '"',
            "…": "...",
            "·": "-",
            "€": "EUR",
            "«": '"',
            "»": '"',
            "ß": "ss",
            "Æ": "AE",
            "æ": "ae",
            "Œ": "OE",
            "œ": "oe",
            "Ø": "O",
            "ø": "o",
            "Đ": "D",
            "đ": "d",
            "Ł": "L",
            "ł": "l",
            "ı": "i",
        }
    )
)
_DRAWABLE: Final = re.compile("[ -~¡-¬®-žƠơƯưẠ-ỹ–—‘’‚“”„…€]")  # the soft hyphen, U+00AD, is missing on purpose

_MOST_MARKS: Final = 4
"""On one letter, as no language needs: a tower of marks would stand in the lines above."""


def clean(text: str, limit: int) -> str:
    """`text` on one line, with only what our fonts draw, at most `limit` characters (the last is then "…").

    Controls, bidirectional marks, joiners and emoji go without a trace; letters and digits of scripts that no shipped
    font covers leave one UNPRINTABLE a run.
    """
    shown = "".join(map(_drawable, unicodedata.normalize("NFKC", text[: limit * 4]).translate(_TYPOGRAPHY)))
    if not shown.isascii():
        shown = _with_marks_on_letters(shown)
    shown = " ".join(re.sub(r"\?{2,}", UNPRINTABLE, shown).split())
    return shown if len(shown) <= limit else shown[: limit - 1].rstrip() + "…"


def encode(text: str, code_page: str) -> bytes:
    """`text` in a code page of CODE_PAGES. Every byte is 0x20 or more and not 0x7F, whatever `text` holds."""
    return b"".join(_encoded(character, code_page) for character in text)


def is_encodable(text: str, code_page: str) -> bool:
    """Whether `encode` keeps all that `text` says, if need be in other letters."""
    return UNPRINTABLE not in encode(text.replace(UNPRINTABLE, ""), code_page).decode(code_page)


def _drawable(character: str) -> str:
    if _DRAWABLE.match(character) or is_drawable(character):
        return character
    plain = "".join(part for part in unicodedata.normalize("NFKD", character) if _DRAWABLE.match(part))
    if plain:
        return plain
    category = unicodedata.category(character)
    if category.startswith("Z") or character in "\t\n\r\v\f":
        return " "
    return UNPRINTABLE if category[0] in "LN" else ""


def _with_marks_on_letters(text: str) -> str:
    """Without marks that stand on no letter of their own script, and without more than _MOST_MARKS on one."""
    kept: list[str] = []
    marks = 0
    for character in text:
        if unicodedata.category(character).startswith("M"):
            marks += 1
            if not kept or script_of(kept[-1]) != script_of(character) or marks > _MOST_MARKS:
                continue
        else:
            marks = 0
        kept.append(character)
    return "".join(kept)


def _encoded(character: str, code_page: str) -> bytes:
    for candidate in (character, character.translate(_ASCII), _without_accents(character)):
        try:
            data = candidate.encode(code_page)
        except UnicodeEncodeError:
            continue
        if all(byte >= 0x20 and byte != 0x7F for byte in data):
            return data
    return UNPRINTABLE.encode()


def _without_accents(character: str) -> str:
    return "".join(part for part in unicodedata.normalize("NFKD", character) if not unicodedata.combining(part)) or " "
