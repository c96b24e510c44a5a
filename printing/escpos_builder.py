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
from typing import TYPE_CHECKING, Final, cast

from PIL import Image

from printing.profile import BAND_DOTS, Cutter, Profile, RasterCommand

if TYPE_CHECKING:
    from collections.abc import Callable

    from escpos.printer.dummy import Dummy  # type: ignore[import-untyped]

GS: Final = b"\x1d"
ESC: Final = b"\x1b"
_COLUMN_BAND_DOTS: Final = 24
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

    def picture(self, image: Image.Image) -> None:
        """A 1-bit image (0 is ink), as wide as the head or narrower; it is put in the middle."""
        ink = Image.new("1", (self._profile.dots, image.height), 0)
        ink.paste(image.point(_INK_FOR_BARE, mode="1"), ((self._profile.dots - image.width) // 2, 0))
        self._dummy.set(align="left")  # a picture obeys the alignment of the text before it
        match self._profile.raster:
            case RasterCommand.GS_V_0:
                self._raster_bands(ink)
            case RasterCommand.ESC_STAR:
                self._column_bands(ink)

    def code_page(self) -> None:
        """Select the profile's code page."""
        self._send(ESC + b"t" + bytes([self._profile.code_page_number]))

    def text(self, encoded: bytes, *, scale: int = 1, is_bold: bool = False, is_centred: bool = False) -> None:
        """One line of text that printable.encode() made. `scale` 1..8 times the size of a cell."""
        self._dummy.set(
            align="center" if is_centred else "left",
            bold=is_bold,
            custom_size=True,
            width=scale,
            height=scale,
        )
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

    def _feed(self, dots: int) -> None:
        for part in (*[255] * (dots // 255), dots % 255):
            if part:
                self._send(ESC + b"J" + bytes([part]))

    def _raster_bands(self, ink: Image.Image) -> None:
        """Each band only as far to the right as it has ink: on a slow line every byte is waited for."""
        for top in range(0, ink.height, BAND_DOTS):
            bottom = min(top + BAND_DOTS, ink.height)
            _, _, right, _ = ink.crop((0, top, ink.width, bottom)).getbbox() or (0, 0, 1, 0)
            row = -(-right // 8)
            size = row.to_bytes(2, "little") + (bottom - top).to_bytes(2, "little")
            self._send(GS + b"v0\x00" + size + _defused(ink.crop((0, top, row * 8, bottom)).tobytes()))

    def _column_bands(self, ink: Image.Image) -> None:
        """24 rows at a time, top dot first. The line height is set to 24 dots, so that bands touch."""
        self._send(ESC + b"3" + bytes([_COLUMN_BAND_DOTS]))
        for top in range(0, ink.height, _COLUMN_BAND_DOTS):
            band = ink.crop((0, top, ink.width, top + _COLUMN_BAND_DOTS))
            columns = band.transpose(Image.Transpose.TRANSPOSE)
            self._send(ESC + b"*\x21" + ink.width.to_bytes(2, "little") + _defused(columns.tobytes()) + b"\n")
        self._send(ESC + b"2")


def _defused(dots: bytes) -> bytes:
    """`dots` without a byte pair that begins a real-time command.

    Printers look for `DLE EOT`, `DLE ENQ` and `DLE DC4` in everything they receive, pictures too: `10 05 02` in the
    edge of a letter would clear the buffer and lose the slip. One dot more beside the lone dot of 0x10 is never seen;
    a QR symbol, whose modules are 5 dots wide and more, has no lone dot.
    """
    return _REALTIME.sub(b"\x18", dots)
