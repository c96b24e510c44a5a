"""How much paper the bytes of one slip use, and up to which of them it is certainly not complete. Pure.

Counts what moves paper in Epson's ESC/POS command reference: pictures, lines, feeds. A symbol that the printer draws by
itself (`GS ( k`) is not counted: nothing of ours sends one on a ticket.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from printing.escpos_parser import TEXT, Command, parse
from printing.profile import Profile, Renderer

_DOTS_PER_MM: Final = 8.0
"""203 dpi, as most receipt printers have."""

_COARSE_DOTS_PER_MM: Final = 180 / 25.4
_WIDEST_MARGINS_MM: Final = 12
"""A head that leaves more of the paper bare at 203 dpi is one of 180 dpi."""

_LINE_DOTS: Final = 30
_CELLS: Final = {0: (12, 24), 1: (9, 17)}
"""Width and height of one letter in dots: font A, font B."""

_MISSED_AT_LEAST_MM: Final = 12.0
"""A slip that lacks so much ink at its end is certainly not complete: a good part of the symbol is not there."""

_HEAD_START_MM: Final = {Renderer.RASTER: 20.0, Renderer.TEXT: 60.0}
"""So much paper lies between where the printer is asked whether it has come so far and where it must have the rest:
the answer is back before it has to stop for it. Letters take few bytes for much paper: on the slow lines that they are
for, the line would stand idle while the head comes there.
"""


@dataclass(frozen=True, slots=True)
class SlipLength:
    """`mm` of paper in all. Bytes up to `point_of_no_return` alone never make a complete slip; the printer that has
    come to `checkpoint` (not after it) is soon there. Both lie between two commands; 0 where a slip is too short.
    """

    mm: float
    checkpoint: int
    point_of_no_return: int


@dataclass(frozen=True, slots=True)
class _Mark:
    """Between two commands: bytes before, dots of paper before, and where the last ink before it ends."""

    offset: int
    dots: int
    ink_end: int


def paper_length_mm(document: bytes, profile: Profile) -> float:
    """Millimetres of paper that `document` uses on a printer of this profile; also for a slip cut off anywhere."""
    return max((mark.dots for mark in _marks(document, profile)), default=0) / dots_per_mm(profile)


def measure_slip(document: bytes, profile: Profile) -> SlipLength:
    """The length of a whole slip, and the two places where the driver looks what became of it."""
    marks = tuple(_marks(document, profile))
    scale = dots_per_mm(profile)
    ink_end = max((mark.ink_end for mark in marks), default=0)
    last = _last(marks, ink_end - _MISSED_AT_LEAST_MM * scale)
    first = _last(marks, last.dots - _HEAD_START_MM[profile.renderer] * scale)
    checkpoint = first if first.offset else last
    return SlipLength(max((mark.dots for mark in marks), default=0) / scale, checkpoint.offset, last.offset)


def dots_per_mm(profile: Profile) -> float:
    is_fine = profile.paper_mm - profile.dots / _DOTS_PER_MM <= _WIDEST_MARGINS_MM
    return _DOTS_PER_MM if is_fine else _COARSE_DOTS_PER_MM


def _last(marks: tuple[_Mark, ...], dots: float) -> _Mark:
    """The last place before which at most `dots` of paper lie, and some ink; else the very beginning."""
    fitting = [mark for mark in marks if mark.dots <= dots and mark.ink_end]
    return fitting[-1] if fitting else _Mark(0, 0, 0)


def _marks(document: bytes, profile: Profile) -> Iterator[_Mark]:
    """One after each command that leaves no line half written."""
    walker = _Walker(profile.dots, profile.feed_dots)
    offset = 0
    for command in parse(document):
        offset += len(command.raw)
        walker.walk(command)
        if not walker.is_in_line:
            yield _Mark(offset, walker.dots, walker.ink_end)
    yield _Mark(offset, walker.dots + walker.line_height, walker.ink_end)


class _Walker:
    """Where the paper is. State as after `ESC @`."""

    def __init__(self, head_dots: int, feed_dots: int) -> None:
        self.dots = 0
        self.ink_end = 0
        self._head_dots = head_dots
        self._feed_dots = feed_dots
        self._reset()

    def _reset(self) -> None:
        self._line_dots = _LINE_DOTS
        self._font, self._width, self._height = 0, 1, 1
        self._x = 0
        self._tallest = 0

    @property
    def is_in_line(self) -> bool:
        return self._x > 0

    @property
    def line_height(self) -> int:
        """Of the line that is begun; 0 where none is."""
        return max(self._line_dots, self._tallest) if self.is_in_line else 0

    def walk(self, command: Command) -> None:  # noqa: C901  # one case a command
        first = command.parameters[0] if command.parameters else 0
        match command.name:
            case "ESC @":
                self._reset()
            case _ if command.name == TEXT:
                self._write(len(command.data))
            case "LF":
                self._end_line()
            case "ESC d":
                for _ in range(first):
                    self._end_line()
            case "ESC J":
                self._feed(first)
            case "ESC *":
                self._x += int.from_bytes(command.parameters[1:3], "little")
                self._tallest = max(self._tallest, 24)
            case "GS v 0":
                self._raster(command)
            case "GS V" if len(command.parameters) == 2:
                self._feed(command.parameters[1] + self._feed_dots)
            case "unknown" if command.raw.startswith(b"\x1dv0"):
                self._broken_raster(command.raw)
            case _:
                self._style(command.name, first)

    def _style(self, name: str, value: int) -> None:
        match name:
            case "ESC 2":
                self._line_dots = _LINE_DOTS
            case "ESC 3":
                self._line_dots = value
            case "ESC M":
                self._font = value % 48 & 1
            case "ESC !":
                self._font, self._height, self._width = value & 1, 1 + (value >> 4 & 1), 1 + (value >> 5 & 1)
            case "GS !":
                self._width, self._height = 1 + (value >> 4 & 7), 1 + (value & 7)

    def _write(self, letters: int) -> None:
        width, height = _CELLS[self._font][0] * self._width, _CELLS[self._font][1] * self._height
        while letters:
            fitting = min(letters, max(0, self._head_dots - self._x) // width)
            if fitting:
                self._x += fitting * width
                self._tallest = max(self._tallest, height)
            elif not self._x:
                return  # a letter wider than the head
            letters -= fitting
            if letters:
                self._end_line()

    def _end_line(self) -> None:
        if self.is_in_line:
            self.ink_end = self.dots + self._tallest
        self.dots += max(self._line_dots, self._tallest)
        self._x = self._tallest = 0

    def _feed(self, dots: int) -> None:
        if self.is_in_line:
            self.ink_end = self.dots + self._tallest
        self.dots += dots
        self._x = self._tallest = 0

    def _raster(self, command: Command) -> None:
        row, height = (int.from_bytes(command.parameters[at : at + 2], "little") for at in (2, 4))
        times = 2 if command.parameters[1] & 2 else 1
        inked = len(command.data.rstrip(b"\x00"))
        if inked and row:
            self.ink_end = self.dots + -(-inked // row) * times
        self.dots += height * times

    def _broken_raster(self, raw: bytes) -> None:
        """A picture whose end did not come: the rows that did."""
        row = int.from_bytes(raw[4:6], "little")
        if len(raw) > 8 and row:
            self.dots += (len(raw) - 8) // row
