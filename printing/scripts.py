"""Writing systems of our visitors besides the Latin one: whose fonts we ship, and in what order their words stand.

Letters of these scripts change with their neighbours, so they are drawn only where Pillow has its shaping engine
(`can_shape`): a wrong shape is worse than an honest `?`. Nothing is loaded before a character of a script is met.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Final

from kiosk.paths import resource_path
from printing.font_coverage import characters_of


@dataclass(frozen=True, slots=True)
class Script:
    """`blocks` are ranges of code points, both ends included. `scale` makes its letters look as large as Latin ones of
    the same size; `thickening`, in parts of the size, stands in for a bold font where there is none. `joins` are the
    signs that put the next letter under the last.
    """

    family: str
    blocks: tuple[tuple[int, int], ...]
    scale: float = 1.0
    has_bold: bool = True
    is_rtl: bool = False
    thickening: float = 0.0
    joins: str = ""

    def font_file(self, weight: str) -> str:
        """Of `Regular` and `Bold`, that which there is."""
        return f"assets/fonts/{self.family}-{weight if self.has_bold else 'Regular'}.ttf"


SCRIPTS: Final = (
    Script("NotoNaskhArabic", ((0x0600, 0x06FF), (0x0750, 0x077F), (0x08A0, 0x08FF)), scale=1.25, is_rtl=True),
    Script("NotoSansJavanese", ((0xA980, 0xA9DF),), joins="\ua9c0"),
    Script("NotoSansBalinese", ((0x1B00, 0x1B7F),), joins="\u1b44"),
    Script("NotoSansSundanese", ((0x1B80, 0x1BBF), (0x1CC0, 0x1CCF)), joins="\u1bab"),
    Script("NotoSansBatak", ((0x1BC0, 0x1BFF),), has_bold=False, thickening=0.035),
    Script("NotoSansBuginese", ((0x1A00, 0x1A1F),), has_bold=False, thickening=0.035),
    Script("NotoSansRejang", ((0xA930, 0xA95F),), has_bold=False, thickening=0.035),
)
_FIRST: Final = min(first for script in SCRIPTS for first, _ in script.blocks)
_JOINS: Final = "".join(script.joins for script in SCRIPTS)
_MIRRORED: Final = str.maketrans("()[]{}<>«»", ")(][}{><»«")


def script_of(character: str) -> Script | None:
    """None: it is no letter of these scripts."""
    code = ord(character)
    if code < _FIRST:
        return None
    return next((script for script in SCRIPTS for first, last in script.blocks if first <= code <= last), None)


def is_drawable(character: str) -> bool:
    """Whether a script of ours has a shape for it, and this machine can choose the right one."""
    script = script_of(character)
    return (
        script is not None
        and unicodedata.category(character)[0] != "C"
        and can_shape()
        and ord(character) in _characters(script)
    )


def has_scripts(text: str) -> bool:
    """Whether any letter of `text` is of these scripts."""
    return any(script_of(character) for character in text)


@cache
def can_shape() -> bool:
    """Whether Pillow found libfribidi, without which its shaping engine stays off."""
    from PIL import features  # noqa: PLC0415  # only texts in these scripts ask

    return bool(features.check("raqm"))


def clusters(word: str) -> Iterator[str]:
    """A word in pieces that may stand in different lines: a letter with its marks, and what hangs under it."""
    piece = ""
    for character in word:
        if piece and not unicodedata.category(character).startswith("M") and piece[-1] not in _JOINS:
            yield piece
            piece = ""
        piece += character
    if piece:
        yield piece


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring characters of one font; `script` None is our own."""

    script: Script | None
    text: str


def runs(word: str) -> tuple[Run, ...]:
    """A word from left to right on the paper, however it is read."""
    found = [Run(script, "".join(letters)) for script, letters in groupby(word, script_of)]
    if not _is_rtl(word):
        return tuple(found)
    return tuple(Run(None, run.text.translate(_MIRRORED)) if run.script is None else run for run in reversed(found))


def visual_order(words: Sequence[str]) -> list[str]:
    """The words of one line from left to right. A line runs as its first letter does; numbers stay in the run of
    words before them (Unicode's bidirectional algorithm, word by word).
    """
    directions = _directions(words)
    starts_rtl = next((is_rtl for is_rtl in map(_is_rtl, words) if is_rtl is not None), False)
    stretches = [
        (is_rtl, [word for _, word in stretch])
        for is_rtl, stretch in groupby(zip(directions, words, strict=True), key=lambda pair: pair[0])
    ]
    ordered = [stretch[::-1] if is_rtl else stretch for is_rtl, stretch in stretches]
    return [word for stretch in (reversed(ordered) if starts_rtl else ordered) for word in stretch]


def _directions(words: Sequence[str]) -> list[bool]:
    """Whether each word stands in a stretch that runs from right to left."""
    own = [_is_rtl(word) for word in words]
    base = next((is_rtl for is_rtl in own if is_rtl is not None), False)
    directions: list[bool] = []
    last = base
    for place, (word, is_rtl) in enumerate(zip(words, own, strict=True)):
        if is_rtl is not None:
            last = is_rtl
            directions.append(is_rtl)
            continue
        following = next((other for other in own[place + 1 :] if other is not None), base)
        is_number = any(character.isdigit() for character in word)
        directions.append(last if is_number or following == last else base)
    return directions


def _is_rtl(word: str) -> bool | None:
    """By its first letter; None where it has none."""
    for character in word:
        if unicodedata.bidirectional(character) in {"R", "AL"}:
            return True
        if unicodedata.bidirectional(character) == "L":
            return False
    return None


@cache
def _characters(script: Script) -> frozenset[int]:
    return characters_of(resource_path(script.font_file("Regular")))
