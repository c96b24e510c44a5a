"""The paper of the simulated printer: what the head would have burnt, dot by dot."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from PIL import Image, ImageDraw

from printing.typeface import Face, Weight

CELL_WIDTH: Final = 12
CELL_HEIGHT: Final = 24
LINE_DOTS: Final = 30
"""The usual line height after `ESC @`: 1/6 inch at 180 dpi."""

_CODE_PAGES: Final[Mapping[int, str]] = MappingProxyType({0: "cp437", 2: "cp850", 16: "cp1252", 19: "cp858"})
_REGULAR: Final = Face(Weight.MEDIUM, 19)
_BOLD: Final = Face(Weight.EXTRA_BOLD, 19)


@dataclass(frozen=True, slots=True)
class Style:
    """How text is printed now. `alignment`: 0 left, 1 centre, 2 right."""

    width: int = 1
    height: int = 1
    is_bold: bool = False
    is_reversed: bool = False
    alignment: int = 0
    code_page: int = 0
    line_dots: int = LINE_DOTS


class PaperCanvas:
    """`width` in dots. Rows are only known as printed once the paper has moved under them."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.style = Style()
        self._strips: list[Image.Image] = []
        self._line: list[Image.Image] = []

    @property
    def height(self) -> int:
        """Dots of paper since the last cut."""
        return sum(strip.height for strip in self._strips)

    @property
    def has_ink(self) -> bool:
        return any(strip.getbbox() for strip in self._strips)

    def reset(self) -> None:
        """`ESC @`: the line that was begun is lost, the paper is not."""
        self.style = Style()
        self._line.clear()

    def write(self, letters: bytes) -> int:
        """Put letters in the line; returns the dots of paper that full lines took."""
        fed = 0
        codec = _CODE_PAGES.get(self.style.code_page, "cp437")
        for letter in letters.decode(codec, errors="replace"):
            if self._line_width() + CELL_WIDTH * self.style.width > self.width:
                fed += self.end_line()
            self._line.append(_cell(letter, self.style))
        return fed

    def write_columns(self, dots: bytes, width: int) -> None:
        """Put a piece of picture in the line, as `ESC * 33` does: 24 dots a column, the top one first."""
        columns = Image.frombytes("1", (CELL_HEIGHT, width), dots)
        self._line.append(columns.transpose(Image.Transpose.TRANSPOSE))

    def end_line(self) -> int:
        """Print the line and move the paper on; returns by how many dots."""
        tallest = max((piece.height for piece in self._line), default=0)
        strip = Image.new("1", (self.width, max(self.style.line_dots, tallest)), 0)
        room = self.width - self._line_width()
        x = (0, room // 2, room)[self.style.alignment]
        for piece in self._line:
            strip.paste(piece, (x, tallest - piece.height))
            x += piece.width
        self._line.clear()
        return self._add(strip)

    def feed(self, dots: int) -> int:
        """Move bare paper on."""
        return self._add(Image.new("1", (self.width, dots), 0)) if dots else 0

    def raster(self, row_bytes: int, height: int, dots: bytes) -> int:
        """Print a picture as `GS v 0` does. Dots beyond the head's width are lost, as on paper."""
        picture = Image.frombytes("1", (row_bytes * 8, height), dots)
        strip = Image.new("1", (self.width, height), 0)
        room = max(0, self.width - picture.width)
        strip.paste(picture, ((0, room // 2, room)[self.style.alignment], 0))
        return self._add(strip)

    def take(self, lost_dots: int = 0) -> Image.Image:
        """Cut: what is on the paper (1-bit, 0 is ink), and the canvas is bare again. `lost_dots` at the end were never
        burnt, because the paper had ended.
        """
        height = max(1, self.height - lost_dots)
        paper = Image.new("1", (self.width, height), 255)
        y = 0
        for strip in self._strips:
            paper.paste(0, (0, y), strip)
            y += strip.height
        self._strips.clear()
        return paper

    def _line_width(self) -> int:
        return sum(piece.width for piece in self._line)

    def _add(self, strip: Image.Image) -> int:
        self._strips.append(strip)
        return strip.height


def _cell(letter: str, style: Style) -> Image.Image:
    """One letter as a printer's own font has it: drawn small, each dot then made larger."""
    face = _BOLD if style.is_bold else _REGULAR
    natural = max(CELL_WIDTH, face.width(letter) + 1)
    cell = Image.new("L", (natural, CELL_HEIGHT), 0)
    ImageDraw.Draw(cell).text((natural / 2, 19), letter, fill=255, font=face.font, anchor="ms")
    cell = cell.resize((CELL_WIDTH, CELL_HEIGHT), Image.Resampling.BILINEAR)  # our W is wider than a printer's
    dots = cell.point(lambda value: 255 if (value >= 110) != style.is_reversed else 0, mode="1")
    return dots.resize((CELL_WIDTH * style.width, CELL_HEIGHT * style.height), Image.Resampling.NEAREST)
