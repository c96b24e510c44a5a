"""A slip in the printer's own letters: few bytes, for slow serial lines. Our own raster here too are the QR symbol, and
lines in letters that the code page has not.
"""

from dataclasses import dataclass
from textwrap import wrap
from typing import Final, assert_never

from printing.blocks import (
    Block,
    Checklist,
    CopyMark,
    Fact,
    Heading,
    Label,
    Lead,
    Mark,
    Phrase,
    Qr,
    Rule,
    StopRow,
    TicketLayout,
)
from printing.escpos_builder import EscposBuilder
from printing.printable import encode, is_encodable
from printing.profile import Profile
from printing.qr_symbol import qr_modules
from printing.sheet import Sheet
from printing.typeface import Face, Weight

_LARGEST_SCALE: Final = 8
_MAX_LINES: Final = 6
_BOX: Final = "[ ] "
_INDENT: Final = "   "
_PLAIN: Final = str.maketrans({"\u00b7": "-", "\u2013": "-"})
_CELL_DOTS: Final = 12
_SIZE: Final = 26
"""Dots of the em of a drawn line: as tall as the printer's own letters of 24 dots."""


def render_text(layout: TicketLayout, profile: Profile) -> bytes:
    """The whole job, from `ESC @` to the cut."""
    builder = EscposBuilder(profile)
    builder.code_page()
    typist = _Typist(builder, profile)
    for block in layout.blocks:
        typist.type(block)
    return builder.finish()


@dataclass(frozen=True, slots=True)
class _Typist:
    builder: EscposBuilder
    profile: Profile

    def type(self, block: Block) -> None:  # noqa: C901  # one case a block
        match block:
            case Heading():
                self._large(block.text)
            case Lead():
                self._phrase(block.phrase, is_bold=block.is_strong, is_centred=True)
            case CopyMark():
                self._large(f"* {_in_one_line(block.phrase)} *")
            case Label():
                self.builder.text(b"")
                self._line(block.text, scale=self._scale(block.text), is_bold=True, is_centred=True)
                self.builder.text(b"")
            case Mark():
                self._large(f"[ {_in_one_line(block.phrase)} ]")
            case Rule():
                self._line(("=" if block.is_heavy else "-") * (self.profile.columns // 4), is_centred=True)
            case StopRow():
                self._stop(block)
            case Checklist():
                self._checklist(block)
            case Fact():
                self._fact(block)
            case Qr():
                self.builder.symbol(*qr_modules(block.text, self.profile.dots))
            case _:
                assert_never(block)

    def _stop(self, block: StopRow) -> None:
        first = "" if block.position is None else f"{block.position}. "
        rest = " " * len(first)
        self._line(block.agency, first=first, rest=rest)
        self._phrase(block.service, first=rest, is_bold=True)
        scale = 2 if len(rest + block.place.text) <= self.profile.columns // 2 else 1
        self._line(rest[: len(rest) // scale] + block.place.text, rest=rest, scale=scale, is_bold=True)
        self._line(block.place.translation, first=rest)
        for note in block.notes:
            self._phrase(note, first=rest)

    def _checklist(self, block: Checklist) -> None:
        self._line(_in_one_line(block.title), is_bold=True)
        for item in block.items:
            self._line(item.text, first=_BOX, rest=" " * len(_BOX))
            self._line(item.translation, first=" " * len(_BOX))
        if block.left_out is not None:
            self._phrase(block.left_out)

    def _fact(self, block: Fact) -> None:
        for name, value in ((block.name.text, block.value.text), (block.name.translation, block.value.translation)):
            first = name if name.endswith("?") or not name else f"{name}:"
            self._line(f"{first} {value}".strip() if value else "", rest=_INDENT)

    def _phrase(self, phrase: Phrase, *, first: str = "", is_bold: bool = False, is_centred: bool = False) -> None:
        self._line(phrase.text, first=first, is_bold=is_bold, is_centred=is_centred)
        self._line(phrase.translation, first=first, is_centred=is_centred)

    def _large(self, text: str) -> None:
        self._line(text, scale=min(2, self._scale(text)), is_bold=True, is_centred=True)

    def _scale(self, text: str) -> int:
        return max(1, min(_LARGEST_SCALE, self.profile.columns // max(1, len(text))))

    def _line(  # noqa: PLR0913  # each names one thing a line has
        self,
        text: str,
        *,
        first: str = "",
        rest: str | None = None,
        scale: int = 1,
        is_bold: bool = False,
        is_centred: bool = False,
    ) -> None:
        """`text` in as many lines as it needs; `first` stands before the first, `rest` before the others."""
        if not is_encodable(text, self.profile.code_page):
            self._drawn(first, text, Face(Weight.BOLD if is_bold else Weight.SEMI_BOLD, _SIZE * scale), is_centred)
            return
        # Wrapped as the code page has it, where an ellipsis takes three cells. Our own words stay below 0x80: some
        # printers take what is above for halves of Chinese characters until they are set up.
        page = self.profile.code_page
        cells = encode(text.translate(_PLAIN), page).decode(page)
        for line in wrap(
            cells,
            self.profile.columns // scale,
            initial_indent=first,
            subsequent_indent=first if rest is None else rest,
            max_lines=_MAX_LINES,
            placeholder="...",
        ):
            self.builder.text(line.encode(page), scale=scale, is_bold=is_bold, is_centred=is_centred)

    def _drawn(self, first: str, text: str, face: Face, is_centred: bool) -> None:  # noqa: FBT001  # as in `_line`
        """The same as a picture, because the printer has no such letters."""
        left = _CELL_DOTS * len(first)
        for number, line in enumerate(face.break_lines(text, self.profile.dots - left, _MAX_LINES)):
            sheet = Sheet(self.profile.dots)
            if number == 0:
                sheet.text(0, face.overhang(line)[0], first.rstrip(), face)
            sheet.lines((line,), face, left=left)
            self.builder.drawn_line(sheet.image(), is_centred=is_centred)


def _in_one_line(phrase: Phrase) -> str:
    return f"{phrase.text} · {phrase.translation}" if phrase.translation else phrase.text
