"""ESC/POS bytes as a printer reads them: a stream in pieces becomes commands. What we do not know is UNKNOWN.

Source of shapes: Epson's ESC/POS command reference, for the subset that receipt printers of all makes share.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

TEXT: Final = "text"
UNKNOWN: Final = "unknown"

_INTRODUCERS: Final = (b"\x1b", b"\x1c", b"\x1d", b"\x10")
_LETTERS: Final = re.compile(rb"[\x20-\xff]+")
_SINGLE: Final[Mapping[bytes, str]] = MappingProxyType(
    {b"\x00": "NUL", b"\t": "HT", b"\n": "LF", b"\x0c": "FF", b"\r": "CR", b"\x18": "CAN"}
)
_FIXED: Final[Mapping[bytes, tuple[str, int]]] = MappingProxyType(
    {
        b"\x1b@": ("ESC @", 0),
        b"\x1b ": ("ESC SP", 1),
        b"\x1b$": ("ESC $", 2),
        b"\x1b=": ("ESC =", 1),
        b"\x1bS": ("ESC S", 0),
        b"\x1bV": ("ESC V", 1),
        b"\x1b\\": ("ESC \\", 2),
        b"\x1bc": ("ESC c", 2),
        b"\x1bi": ("ESC i", 0),
        b"\x1bm": ("ESC m", 0),
        b"\x1bp": ("ESC p", 3),
        b"\x1b{": ("ESC {", 1),
        b"\x1cC": ("FS C", 1),
        b"\x1c.": ("FS .", 0),
        b"\x1c&": ("FS &", 0),
        b"\x1b!": ("ESC !", 1),
        b"\x1b-": ("ESC -", 1),
        b"\x1b2": ("ESC 2", 0),
        b"\x1b3": ("ESC 3", 1),
        b"\x1bE": ("ESC E", 1),
        b"\x1bG": ("ESC G", 1),
        b"\x1bJ": ("ESC J", 1),
        b"\x1bM": ("ESC M", 1),
        b"\x1bR": ("ESC R", 1),
        b"\x1ba": ("ESC a", 1),
        b"\x1bd": ("ESC d", 1),
        b"\x1bt": ("ESC t", 1),
        b"\x1d!": ("GS !", 1),
        b"\x1dB": ("GS B", 1),
        b"\x1dI": ("GS I", 1),
        b"\x1dH": ("GS H", 1),
        b"\x1dL": ("GS L", 2),
        b"\x1dP": ("GS P", 2),
        b"\x1dW": ("GS W", 2),
        b"\x1da": ("GS a", 1),
        b"\x1db": ("GS b", 1),
        b"\x1df": ("GS f", 1),
        b"\x1dh": ("GS h", 1),
        b"\x1dr": ("GS r", 1),
        b"\x1dw": ("GS w", 1),
        b"\x10\x04": ("DLE EOT", 1),
        b"\x10\x05": ("DLE ENQ", 1),
    }
)
"""Two bytes that name a command -> its name and how many bytes of parameters follow."""

_FEEDING_CUTS: Final = (65, 66)
_DLE_DC4: Final[Mapping[int, int]] = MappingProxyType({1: 3, 2: 3, 8: 8})
"""Function of `DLE DC4` -> how many bytes of parameters it has."""


@dataclass(frozen=True, slots=True)
class Command:
    """`name` as in the reference, or TEXT, or UNKNOWN. `parameters` are its own bytes, `data` what it carries (dots,
    letters); `raw` is the whole of it as received.
    """

    name: str
    raw: bytes
    parameters: bytes = b""
    data: bytes = b""


class EscposParser:
    """Feed it the stream in pieces of any size."""

    def __init__(self) -> None:
        self._pending = bytearray()

    @property
    def pending(self) -> int:
        """Bytes of a command that has begun and not ended."""
        return len(self._pending)

    def feed(self, data: bytes) -> None:
        self._pending += data

    def clear(self) -> None:
        """Forget what is pending."""
        self._pending.clear()

    def take(self) -> Command | None:
        """The next whole command, or None when the rest of it has not come yet."""
        command = _first_command(self._pending)
        if command is not None:
            del self._pending[: len(command.raw)]
        return command


def parse(document: bytes) -> Iterator[Command]:
    """All commands of a whole document. A command cut off by its end is UNKNOWN."""
    rest = document
    while rest:
        command = _first_command(rest) or Command(UNKNOWN, rest)
        yield command
        rest = rest[len(command.raw) :]


def _first_command(stream: bytes | bytearray) -> Command | None:
    letters = _LETTERS.match(stream)
    if letters:
        text = bytes(letters.group())
        return Command(TEXT, text, data=text)
    head = bytes(stream[:2])
    if head[:1] not in _INTRODUCERS:
        return Command(_SINGLE.get(head[:1], UNKNOWN), head[:1]) if head else None
    if head in _FIXED:
        name, count = _FIXED[head]
        return _whole(name, stream, count)
    return _variable(head, stream) if len(head) == 2 else None


def _variable(head: bytes, stream: bytes | bytearray) -> Command | None:
    """Commands whose own first bytes tell how long they are."""
    read = {
        b"\x1dV": _cut,
        b"\x1dv": _raster,
        b"\x1b*": _columns,
        b"\x1d(": _function,
        b"\x1dk": _bars,
        b"\x1bD": _tab_stops,
        b"\x10\x14": _request,
    }.get(head)
    return read(stream) if read else Command(UNKNOWN, head)


def _cut(stream: bytes | bytearray) -> Command | None:
    if len(stream) < 3:
        return None
    return _whole("GS V", stream, 2 if stream[2] in _FEEDING_CUTS else 1)


def _function(stream: bytes | bytearray) -> Command | None:
    if len(stream) < 5:
        return None
    return _whole(f"GS ( {chr(stream[2])}", stream, 3, int.from_bytes(stream[3:5], "little"))


def _bars(stream: bytes | bytearray) -> Command | None:
    """`GS k`: the letters of a bar code end with NUL, or are counted where the kind is 65 and up."""
    if len(stream) < 4:
        return None
    if stream[2] >= 65:
        return _whole("GS k", stream, 2, stream[3])
    end = stream.find(b"\x00", 3)
    return _whole("GS k", stream, 1, end - 2) if end >= 0 else None


def _tab_stops(stream: bytes | bytearray) -> Command | None:
    end = stream.find(b"\x00", 2)
    return _whole("ESC D", stream, end - 1) if end >= 0 else None


def _request(stream: bytes | bytearray) -> Command | None:
    if len(stream) < 3:
        return None
    return _whole("DLE DC4", stream, _DLE_DC4.get(stream[2], 1))


def _raster(stream: bytes | bytearray) -> Command | None:
    if len(stream) < 8:
        return None
    row, height = int.from_bytes(stream[4:6], "little"), int.from_bytes(stream[6:8], "little")
    return _whole("GS v 0", stream, 6, row * height)


def _columns(stream: bytes | bytearray) -> Command | None:
    if len(stream) < 5:
        return None
    bytes_a_column = 3 if stream[2] in (32, 33) else 1
    return _whole("ESC *", stream, 3, int.from_bytes(stream[3:5], "little") * bytes_a_column)


def _whole(name: str, stream: bytes | bytearray, parameters: int, data: int = 0) -> Command | None:
    body = 2 + parameters
    if len(stream) < body + data:
        return None
    raw = bytes(stream[: body + data])
    return Command(name, raw, raw[2:body], raw[body:])
