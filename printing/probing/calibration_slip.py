"""The slip that a technician looks at: how wide the head is, which letters it has, whether it cuts, whether its symbols
can be read.

Its words go in the printer's own letters, which every printer has; only what is looked at is drawn. Nothing on it
depends on what is yet to be found out.
"""

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from PIL import Image, ImageDraw

from printing.escpos_builder import EscposBuilder
from printing.printable import encode
from printing.profile import Cutter, Profile, RasterCommand, Renderer, find_profile
from printing.qr_symbol import qr_image, qr_modules
from printing.sheet import Sheet
from printing.typeface import Face, Weight

MARKS: Final = (320, 360, 384, 416, 432, 448, 480, 512, 544, 560, 576, 640, 720, 832)
"""Widths in dots of the marks 1, 2, 3... The heads of receipt printers, and steps between them that a person can see: 8
dots are a millimetre. A head between two marks is used up to the lower one.
"""

_COLUMNS: Final = MARKS[0] // 12
_MARK_HEIGHT: Final = 28
_MARK_GAP: Final = 2
_BOX_WIDTH: Final = 58
_DIGITS: Final = Face(Weight.EXTRA_BOLD, 21)
_LETTERS: Final = Face(Weight.SEMI_BOLD, 25)
_INIT: Final = b"\x1b@"
_SYMBOL: Final = "GILIRAN: what this printer draws, a phone can read."
_SYMBOL_WIDTH: Final = 320


class CodePage(NamedTuple):
    """`number` selects it by `ESC t`, as on most makes. `sample` holds letters that the others have elsewhere."""

    codec: str
    number: int
    sample: str


CODE_PAGES: Final = (
    CodePage("cp437", 0, "Café Ñoño 5¢ ½ ¥"),
    CodePage("cp850", 2, "Café Ñoño 5¢ ½ À Ø"),
    CodePage("cp1252", 16, "Café Ñoño 5¢ ½ À Ø €"),
    CodePage("cp858", 19, "Café Ñoño 5¢ ½ À Ø €"),
)
"""The lines 1, 2, 3... of the second question. Where several are right, the last has most letters."""


@dataclass(frozen=True, slots=True)
class CalibrationSlip:
    """`raster`: how its pictures are sent. `renderer`: how tickets will be, since symbols are sent differently by
    each. `feed_dots` lie between the symbol and the cut.
    """

    device: str
    raster: RasterCommand = RasterCommand.GS_V_0
    renderer: Renderer = Renderer.RASTER
    feed_dots: int = 96

    def document(self) -> bytes:
        """All bytes, from `ESC @` to the cut."""
        last = EscposBuilder(self._profile(Cutter.PARTIAL, feed_dots=self.feed_dots)).finish()
        return _INIT + b"".join(self._parts()) + last.removeprefix(_INIT)

    def _parts(self) -> Iterator[bytes]:
        yield self._words("GILIRAN", scale=2)
        yield self._words("Calibration slip", *textwrap.wrap(self.device, _COLUMNS)[:3])
        yield self._heading("1. Last box that is whole?")
        for number, width in enumerate(MARKS, 1):
            yield self._picture(_mark(number, width))
        yield self._heading("2. Where do both lines", "   read the same?")
        for number, page in enumerate(CODE_PAGES, 1):
            yield self._picture(_line(f"{number}  {page.sample}"))
            yield self._typed(f"{number}  ", page)
        yield self._heading("3. Was it cut off? Does a", "   phone read this?")
        yield self._symbol()

    def _heading(self, *lines: str) -> bytes:
        return self._words("", "-" * _COLUMNS, *lines)

    def _words(self, *lines: str, scale: int = 1) -> bytes:
        builder = EscposBuilder(self._profile())
        for line in lines:
            builder.text(encode(line, "cp437"), scale=scale, is_bold=True)
        builder.text(b"")  # back to the size and weight that everything else begins with
        return _only(builder)

    def _typed(self, first: str, page: CodePage) -> bytes:
        builder = EscposBuilder(replace(self._profile(), code_page=page.codec, code_page_number=page.number))
        builder.code_page()
        builder.text(encode(first + page.sample, page.codec))
        return _only(builder)

    def _picture(self, image: Image.Image) -> bytes:
        """From the left edge and no wider than itself: nobody knows the middle yet."""
        builder = EscposBuilder(replace(self._profile(), dots=image.width))
        builder.picture(image)
        return _only(builder)

    def _symbol(self) -> bytes:
        if self.renderer is Renderer.RASTER:
            return self._picture(qr_image(_SYMBOL, _SYMBOL_WIDTH))
        builder = EscposBuilder(self._profile())
        builder.symbol(*qr_modules(_SYMBOL, _SYMBOL_WIDTH))
        return _only(builder)

    def _profile(self, cutter: Cutter = Cutter.NONE, *, feed_dots: int = 0) -> Profile:
        usual = find_profile("generic-80mm")
        return replace(usual, dots=MARKS[0], raster=self.raster, cutter=cutter, feed_dots=feed_dots)


def _only(builder: EscposBuilder) -> bytes:
    """What `builder` made, as a part of a slip that was begun before."""
    return builder.finish().removeprefix(_INIT)


def _mark(number: int, width: int) -> Image.Image:
    """A line from the left edge to a box with a number, whose right side is the last dot of `width`. 0 is ink."""
    image = Image.new("L", (width, _MARK_HEIGHT + _MARK_GAP), 255)
    draw = ImageDraw.Draw(image)
    left, middle = width - _BOX_WIDTH, _MARK_HEIGHT // 2
    draw.rectangle((0, middle - 1, left, middle + 1), fill=0)
    draw.rectangle((left, 0, width - 1, _MARK_HEIGHT - 1), outline=0, width=4)
    draw.text((left + _BOX_WIDTH / 2, middle + 7), str(number), fill=0, font=_DIGITS.font, anchor="ms")
    return image.point(lambda value: 255 if value >= 150 else 0, mode="1")


def _line(words: str) -> Image.Image:
    sheet = Sheet(MARKS[0])
    sheet.skip(6)
    sheet.lines((words,), _LETTERS)
    return sheet.image()
