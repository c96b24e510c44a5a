"""A picture that shows which dots of a print head are dead, and how dark it burns. 1-bit, 0 is ink."""

from collections.abc import Iterator
from typing import Final

from PIL import Image

from printing.sheet import Sheet
from printing.typeface import Face, Weight

STEPS: Final = 8
"""Dots a tooth of the staircase: as many as lie between two marks of the ruler."""

BAR_DOTS: Final = 40
STEP_DOTS: Final = 6
_NUMBERED_DOTS: Final = 80
_MARKS: Final = ((_NUMBERED_DOTS, 26), (_NUMBERED_DOTS // 2, 18), (STEPS, 10))
_MARK_DOTS: Final = 26
_DIGITS: Final = Face(Weight.BOLD, 22)
_SHADE_DOTS: Final = 48
_DITHER: Final = ((0, 2), (3, 1))
"""Of every four dots, the order in which they are inked as the shade darkens."""


def head_pattern(width: int) -> Image.Image:
    """From top to bottom: numbers, a ruler, a full bar in which a dead dot is a white line, and a staircase that burns
    each dot of eight by itself, so that the dead one can be counted.
    """
    stairs = STEPS * STEP_DOTS
    pattern = Image.new("1", (width, _MARK_DOTS + BAR_DOTS + stairs), 255)
    for x in range(width):
        length = next((length for every, length in _MARKS if x % every == 0), 0)
        if x == width - 1:
            length = _MARK_DOTS
        pattern.paste(0, (x, _MARK_DOTS - length, x + 1, _MARK_DOTS))
        top = _MARK_DOTS + BAR_DOTS + x % STEPS * STEP_DOTS
        pattern.paste(0, (x, top, x + 1, top + STEP_DOTS))
    pattern.paste(0, (0, _MARK_DOTS, width, _MARK_DOTS + BAR_DOTS))
    sheet = Sheet(width)
    for x, number in _numbers(width):
        sheet.text(x, 0, number, _DIGITS)
    sheet.skip(_DIGITS.line_height)
    sheet.place(pattern)
    return sheet.image()


def shades(width: int) -> Image.Image:
    """A quarter, a half, three quarters and all of the dots: a weak head or paper of another kind is seen here."""
    strip = Image.new("1", (width, _SHADE_DOTS), 255)
    for y in range(_SHADE_DOTS):
        for x in range(width):
            if _DITHER[y % 2][x % 2] <= 4 * x // width:
                strip.putpixel((x, y), 0)
    return strip


def _numbers(width: int) -> Iterator[tuple[int, str]]:
    """Where each number begins: in the middle over its mark, but on the paper."""
    for dot in range(0, width, _NUMBERED_DOTS):
        number = str(dot)
        room = _DIGITS.width(number)
        x = min(max(0, dot - room // 2), width - room)
        yield x, number
