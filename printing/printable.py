"""Text that is safe on paper. Names come from files and servers; a printer obeys bytes, so no byte may be chosen there.

Two steps: `clean` when a layout is made (what our font can draw), `encode` when a text renderer needs bytes (what one
code page can print). Neither ever yields a control byte.
"""
# ruff: noqa: RUF001  # characters that look alike are this file's subject

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

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
_DRAWABLE: Final = re.compile("[ -~¡-¬®-ž–—‘’‚“”„…€]")  # the soft hyphen, U+00AD, is missing on purpose


def clean(text: str, limit: int) -> str:
    """`text` on one line, with only what our font draws, at most `limit` characters (the last is then "…").

    Controls, bidirectional marks, joiners and emoji go without a trace; letters and digits of other scripts leave one
    UNPRINTABLE a run.
    """
    shown = "".join(map(_drawable, unicodedata.normalize("NFKC", text[: limit * 4]).translate(_TYPOGRAPHY)))
    shown = " ".join(re.sub(r"\?{2,}", UNPRINTABLE, shown).split())
    return shown if len(shown) <= limit else shown[: limit - 1].rstrip() + "…"


def encode(text: str, code_page: str) -> bytes:
    """`text` in a code page of CODE_PAGES. Every byte is 0x20 or more and not 0x7F, whatever `text` holds."""
    return b"".join(_encoded(character, code_page) for character in text)


def _drawable(character: str) -> str:
    if _DRAWABLE.match(character):
        return character
    plain = "".join(part for part in unicodedata.normalize("NFKD", character) if _DRAWABLE.match(part))
    if plain:
        return plain
    category = unicodedata.category(character)
    if category.startswith("Z") or character in "\t\n\r\v\f":
        return " "
    return UNPRINTABLE if category[0] in "LN" else ""


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
