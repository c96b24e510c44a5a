"""What a technician sees on the calibration slip: asked at most three times, or given beforehand in one word each."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeVar

import click

from printing.probing.calibration_slip import CODE_PAGES, MARKS, CodePage
from printing.profile import Cutter, RasterCommand

_T = TypeVar("_T")
_KEYS: Final = ("width", "letters", "cut", "symbol", "pictures")


class NoWidth(StrEnum):
    """What else may be where the boxes should be."""

    RUBBISH = "rubbish"
    """It does not know how the pictures were sent, and printed them as letters."""
    NOTHING = "nothing"
    """Not one slip came out."""


@dataclass(frozen=True, slots=True)
class Sight:
    """`page` None: no line of letters is right. `cutter` None: it cut through the symbol. `is_symbol_read`: by a
    phone.
    """

    dots: int
    page: CodePage | None
    cutter: Cutter | None
    is_symbol_read: bool


@dataclass(frozen=True, slots=True)
class Foretold:
    """`--answers`: what will be seen, said before the slip is printed. `raster`: which pictures the slip has."""

    raster: RasterCommand
    width: int | NoWidth
    sight: Sight


_ENDS: Final[Mapping[str, tuple[Cutter | None, bool, str]]] = MappingProxyType(
    {
        "1": (Cutter.FULL, True, "cut off whole, and a phone reads the symbol"),
        "2": (Cutter.PARTIAL, True, "cut, hangs on by a bridge, and a phone reads the symbol"),
        "3": (Cutter.NONE, True, "not cut, and a phone reads the symbol"),
        "4": (None, False, "cut through the symbol"),
        "5": (Cutter.PARTIAL, False, "whole, but no phone reads the symbol"),
    }
)
_CUTS: Final[Mapping[str, Cutter | None]] = MappingProxyType(
    {"full": Cutter.FULL, "partial": Cutter.PARTIAL, "none": Cutter.NONE, "through": None}
)


def ask_width() -> int | NoWidth:
    """The first question: a head's width in dots, or why there is none."""
    click.echo(
        "\n1. Beside the lines stand boxes with numbers. Which is the last one that is whole, closed also on its right?"
        "\n   r: there is rubbish instead of boxes.  n: no slip came out."
    )
    answer = click.prompt(
        "   Answer", type=click.Choice([*map(str, range(1, len(MARKS) + 1)), "r", "n"]), show_choices=False
    )
    return {"r": NoWidth.RUBBISH, "n": NoWidth.NOTHING}.get(answer) or MARKS[int(answer) - 1]


def ask_page() -> CodePage | None:
    """The second question."""
    click.echo(
        "\n2. Each line of letters stands there twice, drawn and typed. Which is the last number under which both read"
        " the same?\n   n: none."
    )
    numbers = [str(number) for number, _ in enumerate(CODE_PAGES, 1)]
    answer = click.prompt("   Answer", type=click.Choice([*numbers, "n"]), show_choices=False)
    return None if answer == "n" else CODE_PAGES[int(answer) - 1]


def ask_end() -> tuple[Cutter | None, bool]:
    """The third question: how it cuts, and whether its symbols can be read."""
    click.echo("\n3. How did the slip come out? Hold a phone's camera over the symbol.")
    for number, (_, _, words) in _ENDS.items():
        click.echo(f"   {number}: {words}")
    cutter, is_read, _ = _ENDS[click.prompt("   Answer", type=click.Choice(list(_ENDS)), show_choices=False)]
    return cutter, is_read


def foretold(text: str) -> Foretold:
    """`width=576,letters=4,cut=partial`, and if need be `symbol=no`, `pictures=columns`.

    `width`: a box's number or the dots themselves, `rubbish` or `nothing`; `letters`: a line's number, a code page or
    `none`; `cut`: full, partial, none, or through (the symbol). Raises click.BadParameter.
    """
    words = dict(word.strip().partition("=")[::2] for word in text.split(","))
    strange = sorted(words.keys() - set(_KEYS))
    missing = [key for key in _KEYS[:3] if key not in words]
    if strange or missing:
        problem = f"no question is called {strange[0]}" if strange else f"{missing[0]} is not answered"
        raise click.BadParameter(f"{problem}; write width=576,letters=4,cut=partial.")
    is_columns = _word(words, "pictures", {"raster": False, "columns": True}, "raster")
    width = _width(words["width"])
    sight = Sight(
        width if isinstance(width, int) else MARKS[0],
        _page(words["letters"]),
        _word(words, "cut", _CUTS),
        _word(words, "symbol", {"yes": True, "no": False}, "yes") and words["cut"] != "through",
    )
    return Foretold(RasterCommand.ESC_STAR if is_columns else RasterCommand.GS_V_0, width, sight)


def _width(word: str) -> int | NoWidth:
    if word in set(NoWidth):
        return NoWidth(word)
    if word.isdecimal() and 1 <= int(word) <= len(MARKS):
        return MARKS[int(word) - 1]
    if word.isdecimal() and MARKS[0] <= int(word) <= 1024 and int(word) % 8 == 0:
        return int(word)
    raise click.BadParameter(
        f"width is the number of a box, 1 to {len(MARKS)}, or dots, such as 576, or rubbish, or nothing; not {word}."
    )


def _page(word: str) -> CodePage | None:
    pages = {page.codec: page for page in CODE_PAGES} | {str(n): page for n, page in enumerate(CODE_PAGES, 1)}
    if word != "none" and word not in pages:
        raise click.BadParameter(f"letters is the number of a line, 1 to {len(CODE_PAGES)}, or none; not {word}.")
    return pages.get(word)


def _word(words: Mapping[str, str], key: str, meanings: Mapping[str, _T], usual: str = "") -> _T:
    word = words.get(key, usual)
    if word not in meanings:
        raise click.BadParameter(f"{key} is one of {', '.join(meanings)}; not {word}.")
    return meanings[word]
