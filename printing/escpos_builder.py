"""ESC/POS bytes, through python-escpos. The only file that knows that library.

python-escpos 3.1 is imported late and fenced in: its import calls `logging.basicConfig()`, leaves a temporary folder
behind in every process and unpickles whatever lies in a folder named by the environment (research/anchors.md, 3.5).
"""

from __future__ import annotations

import logging
import os
import re
import tempfile
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple, cast

from PIL import Image

from printing.profile import BAND_DOTS, Cutter, Profile, RasterCommand

if TYPE_CHECKING:
    from collections.abc import Callable

    from escpos.printer.dummy import Dummy  # type: ignore[import-untyped]

GS: Final = b"\x1d"
ESC: Final = b"\x1b"
_COLUMN_BAND_DOTS: Final = 24
_ONCE: Final = b"\x00"
_TWICE: Final = b"\x03"
"""Of `GS v 0`: each dot printed as it is, or as two by two."""


class _Density(NamedTuple):
    """Of `ESC *`: the number of a mode, and how many rows of a picture one line takes in it."""

    mode: bytes
    rows: int


_DOTS_24: Final = _Density(b"\x21", _COLUMN_BAND_DOTS)
_DOTS_8: Final = _Density(b"\x00", 8)
"""Each dot is printed two across and three down."""

_COARSE_DOTS: Final = 6
"""Dots a module that _DOTS_8 can print."""

_PICKLE_DIR: Final = "ESCPOS_CAPABILITIES_PICKLE_DIR"
_INK_FOR_BARE: Final = [255] + [0] * 255
"""Our pictures have 0 for ink, a printer's raster has 1. (Pillow keeps 1-bit white as 255 or as 1.)"""

_REALTIME: Final = re.compile(rb"\x10(?=[\x04\x05\x14])")


@cache
def load_escpos() -> Callable[[], Dummy]:
    """python-escpos' byte collector, imported without its side effects. About 0.3 s the first time."""
    handlers = logging.getLogger().handlers[:]
    tempdir = tempfile.tempdir
    with tempfile.TemporaryDirectory(prefix="giliran-escpos-") as private:
        tempfile.tempdir = os.environ[_PICKLE_DIR] = private
        try:
            from escpos.printer.dummy import Dummy  # noqa: PLC0415  # late on purpose
        finally:
            tempfile.tempdir = tempdir
            del os.environ[_PICKLE_DIR]
    logging.getLogger().handlers[:] = handlers
    return cast("Callable[[], Dummy]", Dummy)


class EscposBuilder:
    """Collects one job. It begins with `ESC @`, so that nothing of an earlier job is still in force."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._dummy = load_escpos()()
        self._dummy.hw("INIT")
        self._align, self._is_bold, self._scale = "", False, 1

    def picture(self, image: Image.Image) -> None:
        """A 1-bit image (0 is ink), as wide as the head or narrower; it is put in the middle."""
        ink = Image.new("1", (self._profile.dots, image.height), 0)
        ink.paste(image.point(_INK_FOR_BARE, mode="1"), ((self._profile.dots - image.width) // 2, 0))
        self._set(align="left")  # a picture obeys the alignment of the text before it
        self._bands(ink)

    def drawn_line(self, image: Image.Image, *, is_centred: bool = False) -> None:
        """A line of a text slip in a script that the printer does not have (0 is ink). Bare paper around it is not
        sent: the printer puts it in the middle.
        """
        ink = image.point(_INK_FOR_BARE, mode="1")
        left, _, right, _ = ink.getbbox() or (0, 0, 8, 0)
        self._set(align="center" if is_centred else "left")
        self._bands(ink.crop((left if is_centred else 0, 0, right, ink.height)))

    def symbol(self, modules: Image.Image, dots: int) -> None:
        """A symbol (0 is ink, no quiet zone) that the printer enlarges, `dots` a module, and centres: of a slip in
        the printer's own letters, whole dots would be nine bytes in ten.

        The quiet zone is bare paper: a line above, which is 1/6 inch whatever the printer's motion unit, one below, and
        the rest of the line. Where alignment is ignored, the paper's own margin of 4 mm stands at its left.
        """
        self._set(align="center", scale=1)
        self._send(b"\n")
        match self._profile.raster:
            case RasterCommand.GS_V_0:
                by = 2 if dots % 2 == 0 else 1
                self._raster_bands(_ink(modules, dots // by, dots // by), _TWICE if by == 2 else _ONCE)
            case RasterCommand.ESC_STAR if dots == _COARSE_DOTS:
                self._column_bands(_ink(modules, dots // 2, dots // 3), _DOTS_8)
            case RasterCommand.ESC_STAR:
                self._column_bands(_ink(modules, dots, dots), _DOTS_24)
        self._send(b"\n")

    def code_page(self) -> None:
        """Select the profile's code page."""
        self._send(ESC + b"t" + bytes([self._profile.code_page_number]))

    def text(self, encoded: bytes, *, scale: int = 1, is_bold: bool = False, is_centred: bool = False) -> None:
        """One line of text that printable.encode() made. `scale` 1..8 times the size of a cell."""
        self._set(align="center" if is_centred else "left", is_bold=is_bold, scale=scale)
        self._send(encoded + b"\n")

    def finish(self) -> bytes:
        """Feed the last line past the knife, cut, and hand over all bytes."""
        self._feed(self._profile.feed_dots)
        match self._profile.cutter:
            case Cutter.PARTIAL:
                self._send(GS + b"V\x01")
            case Cutter.FULL:
                self._send(GS + b"V\x00")
            case Cutter.NONE:
                pass
        return bytes(self._dummy.output)

    def _send(self, data: bytes) -> None:
        """Bytes that the library would spoil: its `text` and `ln` pick code pages by themselves, its `image` prints to
        stdout for a profile of unknown width and copies each picture three times, its `cut` feeds six lines.
        """
        self._dummy._raw(data)  # noqa: SLF001  # documented for this use: doc/user/usage.rst, "preprocess printing"

    def _set(self, *, align: str, is_bold: bool | None = None, scale: int | None = None) -> None:
        """Only what is not so already: on a slow line each of these is three letters late."""
        if align != self._align:
            self._dummy.set(align=align)
            self._align = align
        if is_bold is not None and is_bold != self._is_bold:
            self._dummy.set(bold=is_bold)
            self._is_bold = is_bold
        if scale is not None and scale != self._scale:
            self._dummy.set(custom_size=True, width=scale, height=scale)
            self._scale = scale

    def _feed(self, dots: int) -> None:
        for part in (*[255] * (dots // 255), dots % 255):
            if part:
                self._send(ESC + b"J" + bytes([part]))

    def _bands(self, ink: Image.Image) -> None:
        match self._profile.raster:
            case RasterCommand.GS_V_0:
                self._raster_bands(ink)
            case RasterCommand.ESC_STAR:
                self._column_bands(ink, _DOTS_24)

    def _raster_bands(self, ink: Image.Image, mode: bytes = _ONCE) -> None:
        """Each band only as far to the right as it has ink: on a slow line every byte is waited for."""
        for top in range(0, ink.height, BAND_DOTS):
            bottom = min(top + BAND_DOTS, ink.height)
            _, _, right, _ = ink.crop((0, top, ink.width, bottom)).getbbox() or (0, 0, 1, 0)
            row = -(-right // 8)
            size = row.to_bytes(2, "little") + (bottom - top).to_bytes(2, "little")
            self._send(GS + b"v0" + mode + size + _defused(ink.crop((0, top, row * 8, bottom)).tobytes()))

    def _column_bands(self, ink: Image.Image, density: _Density) -> None:
        """Some rows at a time, top dot first. The line height is set to 24 dots, so that bands touch."""
        self._send(ESC + b"3" + bytes([_COLUMN_BAND_DOTS]))
        for top in range(0, ink.height, density.rows):
            band = ink.crop((0, top, ink.width, top + density.rows))
            columns = _defused(band.transpose(Image.Transpose.TRANSPOSE).tobytes())
            self._send(ESC + b"*" + density.mode + ink.width.to_bytes(2, "little") + columns + b"\n")
        self._send(ESC + b"2")


def _ink(modules: Image.Image, across: int, down: int) -> Image.Image:
    """A symbol as a raster has it, 1 for ink, with so many dots a module, in the middle of whole bytes."""
    size = modules.width * across, modules.height * down
    ink = Image.new("1", (-(-size[0] // 8) * 8, size[1]), 0)
    enlarged = modules.point(_INK_FOR_BARE, mode="1").resize(size, Image.Resampling.NEAREST)
    ink.paste(enlarged, ((ink.width - size[0]) // 2, 0))
    return ink


def _defused(dots: bytes) -> bytes:
    """`dots` without a byte pair that begins a real-time command.

    Printers look for `DLE EOT`, `DLE ENQ` and `DLE DC4` in everything they receive, pictures too: `10 05 02` in the
    edge of a letter would clear the buffer and lose the slip. One dot more beside the lone dot of 0x10 is never seen;
    a QR symbol, whose modules are 5 dots wide and more, has no lone dot.
    """
    return _REALTIME.sub(b"\x18", dots)
