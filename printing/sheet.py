"""A strip of paper to draw on, from top to bottom: ink or none, no greys. Lengths in dots."""

from collections.abc import Sequence
from typing import Final

from PIL import Image, ImageDraw

from printing.scripts import visual_order
from printing.typeface import Face, drawn_word, word_mask

INK: Final = 0
BARE: Final = 255
_INK_BELOW: Final = 150
"""Where a letter's edge falls between dots: this threshold keeps strokes as heavy as the font means them."""

_FIRST_DOTS: Final = 2_000
_LONGEST_SHEET: Final = 40_000
"""Five metres at 203 dpi. A slip with every block at its cap is 1.7 m long, of letters twice as tall not yet 4 m; real
ones are a tenth of that.
"""


class Sheet:
    """`y` is where the next thing goes. Text is drawn soft and cut to ink or none in `image`: sharper, and closer to
    the letters' shapes, than a font renderer's own 1-bit mode.
    """

    def __init__(self, width: int) -> None:
        self.width = width
        self.y = 0
        self._image = Image.new("L", (width, _FIRST_DOTS), BARE)
        self._draw = ImageDraw.Draw(self._image)

    def image(self) -> Image.Image:
        """What is drawn so far, 1-bit, 0 is ink."""
        self._need(0, self.y)
        drawn = self._image.crop((0, 0, self.width, self.y))
        return drawn.point(lambda value: 255 if value >= _INK_BELOW else 0, mode="1")

    def skip(self, dots: int) -> None:
        self.y += dots

    def lines(self, lines: Sequence[str], face: Face, *, left: int = 0, is_centred: bool = False) -> None:
        """One line under the other, from `left` or in the middle of the paper."""
        for line in lines:
            x = (self.width - face.width(line)) // 2 if is_centred else left
            above, below = face.overhang(line)
            self.text(x, self.y + above, line, face)
            self.y += above + face.line_height + below

    def text(self, x: int, y: int, line: str, face: Face, colour: int = INK) -> None:
        """One line whose box of `line_height` has its top left corner at (x, y). Does not move `y`."""
        self._need(y, 3 * face.line_height)
        baseline = y + face.baseline
        for word in visual_order(line.split(" ")):
            mask, left, top = word_mask(face, word)
            self._image.paste(colour, (x + left, baseline + top), mask)
            x += face.width(word) + face.space

    def capitals(self, line: str, face: Face) -> None:
        """One centred line, no higher than its ink. Not kept: labels are large, and no two slips share one."""
        mask, _, _ = drawn_word(face, line)
        self._need(self.y, mask.height)
        self._image.paste(INK, ((self.width - mask.width) // 2, self.y), mask)
        self.y += mask.height

    def rule(self, thickness: int, left: int = 0) -> None:
        self._need(self.y, thickness)
        self._draw.rectangle((left, self.y, self.width - 1, self.y + thickness - 1), fill=INK)
        self.y += thickness

    def eaves(self, pitch: int) -> None:
        """The *gigi balang* of a Betawi roof edge: a beam with pointed teeth, and a diamond in each gap."""
        self.rule(4)
        count = max(1, round(self.width / pitch))
        height, half = round(pitch * 0.8), self.width / count / 2
        self._need(self.y, height)
        for tooth in range(count):
            middle = (2 * tooth + 1) * half
            self._draw.polygon(
                ((middle - half, self.y), (middle + half, self.y), (middle, self.y + height)),
                fill=INK,
            )
        small = pitch * 0.16
        for gap in range(1, count):
            x, y = 2 * gap * half, self.y + height - small
            self._draw.polygon(((x, y - small), (x + small, y), (x, y + small), (x - small, y)), fill=INK)
        self.y += height

    def pill(self, left: int, line: str, face: Face, padding: int) -> None:
        """A line in bare letters on an inked, rounded box: what the eye must find first."""
        above, below = face.overhang(line)
        height = above + face.line_height + below + 6
        self._need(self.y, height)
        right = left + face.width(line) + 2 * padding
        self._draw.rounded_rectangle((left, self.y, right, self.y + height), radius=10, fill=INK)
        self.text(left + padding, self.y + 3 + above, line, face, colour=BARE)
        self.y += height + 1

    def band(self, line: str, face: Face, padding: int) -> None:
        """A line in bare letters on a box as wide as the paper."""
        height = face.line_height + 2 * padding
        self._draw.rectangle((0, self.y, self.width, self.y + height - 1), fill=INK)
        self.text((self.width - face.width(line)) // 2, self.y + padding, line, face, colour=BARE)
        self.y += height

    def outlined(self, line: str, face: Face, padding: int) -> None:
        """A centred line in a rounded frame."""
        width = face.width(line) + 4 * padding
        left, height = (self.width - width) // 2, face.line_height + 2 * padding
        self._need(self.y, height)
        self._draw.rounded_rectangle(
            (left, self.y, left + width, self.y + height - 1), radius=height // 2, outline=INK, width=4
        )
        self.text(left + 2 * padding, self.y + padding, line, face)
        self.y += height

    def disc(self, left: int, diameter: int, line: str, face: Face) -> None:
        """An inked disc with a short bare text in its middle. Does not move `y`."""
        self._need(self.y, diameter)
        self._draw.ellipse((left, self.y, left + diameter - 1, self.y + diameter - 1), fill=INK)
        mask, _, _ = word_mask(face, line)
        corner = left + (diameter - mask.width) // 2, self.y + (diameter - mask.height) // 2
        self._image.paste(BARE, corner, mask)

    def tick_box(self, left: int, face: Face) -> int:
        """An empty box beside a line of `face`; returns its width. Does not move `y`."""
        size = round(face.size * 0.82)
        top = self.y + (face.line_height - size) // 2
        self._need(top, size)
        self._draw.rectangle((left, top, left + size - 1, top + size - 1), outline=INK, width=3)
        return size

    def place(self, picture: Image.Image) -> None:
        """A 1-bit picture (0 is ink) in the middle, dot on dot."""
        self._need(self.y, picture.height)
        self._image.paste(picture.convert("L"), ((self.width - picture.width) // 2, self.y))
        self.y += picture.height

    def _need(self, top: int, height: int) -> None:
        """Longer paper, if something is to stand there. Raises ValueError where no slip can be meant."""
        bottom = top + height
        if bottom <= self._image.height:
            return
        if bottom > _LONGEST_SHEET:
            raise ValueError(f"{bottom} dots do not fit on a sheet of {_LONGEST_SHEET}")
        longer = Image.new("L", (self.width, min(_LONGEST_SHEET, 2 * bottom)), BARE)
        longer.paste(self._image, (0, 0))
        self._image, self._draw = longer, ImageDraw.Draw(longer)
