"""The paper of an emulated printer: what the head would burn, dot by dot."""

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

_SMALL_CELL: Final = 9, 17
"""Font B of `ESC M`."""

_CODE_PAGES: Final[Mapping[int, str]] = MappingProxyType(
    {
        0: "cp437", 2: "cp850", 3: "cp860", 4: "cp863", 5: "cp865", 13: "cp857", 14: "cp737", 15: "iso8859_7",
        16: "cp1252", 17: "cp866", 18: "cp852", 19: "cp858", 33: "cp775", 34: "cp855", 36: "cp862", 37: "cp864",
        40: "iso8859_15", 45: "cp1250", 46: "cp1251", 47: "cp1253", 48: "cp1254", 49: "cp1255", 50: "cp1256",
        51: "cp1257", 52: "cp1258",
    }
)  # fmt: skip
_REGULAR: Final = Face(Weight.MEDIUM, 19)
_BOLD: Final = Face(Weight.EXTRA_BOLD, 19)


@dataclass(frozen=True, slots=True)
class Style:
    """How text is printed now. `alignment`: 0 left, 1 centre, 2 right. `underline`: dots thick."""

    width: int = 1
    height: int = 1
    is_bold: bool = False
    is_reversed: bool = False
    is_small: bool = False
    underline: int = 0
    alignment: int = 0
    code_page: int = 0
    line_dots: int = LINE_DOTS


class PaperCanvas:
    """`width` in dots. First strips are drawn (1-bit, 255 is ink), then the head burns their rows one after another:
    only burnt rows are on the paper.
    """

    def __init__(self, width: int) -> None:
        self.width = width
        self.style = Style()
        self._burnt: list[Image.Image] = []
        self._line: list[Image.Image] = []

    @property
    def height(self) -> int:
        """Dots of paper since the last cut."""
        return sum(strip.height for strip in self._burnt)

    @property
    def has_ink(self) -> bool:
        return any(strip.getbbox() for strip in self._burnt)

    def reset(self) -> None:
        """`ESC @`: the line that was begun is lost, the paper is not."""
        self.style = Style()
        self.drop_line()

    def drop_line(self) -> None:
        """Forget the line that was begun, and nothing else."""
        self._line.clear()

    def write(self, letters: bytes) -> list[Image.Image]:
        """Put letters in the line; returns the strips of the lines that became full."""
        full = []
        codec = _CODE_PAGES.get(self.style.code_page, "cp437")
        wide = _cell_size(self.style)[0] * self.style.width
        for letter in letters.decode(codec, errors="replace"):
            if self._line_width() + wide > self.width:
                full.append(self.end_line())
            self._line.append(_cell(letter, self.style))
        return full

    def write_columns(self, dots: bytes, width: int, mode: int = 33) -> None:
        """Put a piece of picture in the line, as `ESC *` does: 8 (modes 0, 1) or 24 dots a column, the top one first.
        The even modes print each dot twice across, the modes of 8 three times down: all are 24 dots high.
        """
        high = 8 if mode in {0, 1} else CELL_HEIGHT
        columns = Image.frombytes("1", (high, width), dots).transpose(Image.Transpose.TRANSPOSE)
        across = 1 if mode in {1, 33} else 2
        self._line.append(columns.resize((width * across, CELL_HEIGHT), Image.Resampling.NEAREST))

    def end_line(self) -> Image.Image:
        """The strip of the line that was begun, at least as high as the line spacing."""
        tallest = max((piece.height for piece in self._line), default=0)
        strip = self.feed(max(self.style.line_dots, tallest))
        x = self._left_of(self._line_width())
        for piece in self._line:
            strip.paste(piece, (x, tallest - piece.height))
            x += piece.width
        self._line.clear()
        return strip

    def feed(self, dots: int) -> Image.Image:
        """A strip of bare paper."""
        return Image.new("1", (self.width, dots), 0)

    def raster(self, row_bytes: int, height: int, dots: bytes, mode: int = 0) -> Image.Image:
        """The strip of a picture as `GS v 0` prints it: mode 1 and 3 twice as wide, 2 and 3 twice as high. Dots beyond
        the head's width are lost, as on paper.
        """
        picture = Image.frombytes("1", (row_bytes * 8, height), dots)
        picture = picture.resize((picture.width * (1 + (mode & 1)), height * (1 + (mode >> 1 & 1))))
        return self.picture(picture)

    def picture(self, picture: Image.Image) -> Image.Image:
        """A strip with one picture on it, where the alignment says."""
        strip = self.feed(picture.height)
        strip.paste(picture, (self._left_of(picture.width), 0))
        return strip

    def burn(self, rows: Image.Image) -> None:
        """Rows of a strip, as they leave the head."""
        self._burnt.append(rows)

    def take(self) -> Image.Image:
        """Cut: what is on the paper (1-bit, 0 is ink, at least one row), and the canvas is bare again."""
        paper = Image.new("1", (self.width, max(1, self.height)), 255)
        y = 0
        for strip in self._burnt:
            paper.paste(0, (0, y), strip)
            y += strip.height
        self._burnt.clear()
        return paper

    def _line_width(self) -> int:
        return sum(piece.width for piece in self._line)

    def _left_of(self, width: int) -> int:
        room = max(0, self.width - width)
        return (0, room // 2, room)[self.style.alignment]


def _cell_size(style: Style) -> tuple[int, int]:
    return _SMALL_CELL if style.is_small else (CELL_WIDTH, CELL_HEIGHT)


def _cell(letter: str, style: Style) -> Image.Image:
    """One letter as a printer's own font has it: drawn small, each dot then made larger."""
    face = _BOLD if style.is_bold else _REGULAR
    natural = max(CELL_WIDTH, face.width(letter) + 1)
    cell = Image.new("L", (natural, CELL_HEIGHT), 0)
    ImageDraw.Draw(cell).text((natural / 2, 19), letter, fill=255, font=face.font, anchor="ms")
    size = _cell_size(style)
    cell = cell.resize(size, Image.Resampling.BILINEAR)  # our W is wider than a printer's
    if style.underline:
        cell.paste(255, (0, size[1] - style.underline, *size))
    dots = cell.point(lambda value: 255 if (value >= 110) != style.is_reversed else 0, mode="1")
    return dots.resize((size[0] * style.width, size[1] * style.height), Image.Resampling.NEAREST)
