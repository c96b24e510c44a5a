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

_INTRODUCERS: Final = (b"\x1b", b"\x1d", b"\x10")
_LETTERS: Final = re.compile(rb"[\x20-\xff]+")
_SINGLE: Final[Mapping[bytes, str]] = MappingProxyType(
    {b"\x00": "NUL", b"\t": "HT", b"\n": "LF", b"\x0c": "FF", b"\r": "CR", b"\x18": "CAN"}
)
_FIXED: Final[Mapping[bytes, tuple[str, int]]] = MappingProxyType(
    {
        b"\x1b@": ("ESC @", 0),
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
        b"\x1dL": ("GS L", 2),
        b"\x1dW": ("GS W", 2),
        b"\x1da": ("GS a", 1),
        b"\x1dr": ("GS r", 1),
        b"\x10\x04": ("DLE EOT", 1),
        b"\x10\x05": ("DLE ENQ", 1),
    }
)
"""Two bytes that name a command -> its name and how many bytes of parameters follow."""

_FEEDING_CUTS: Final = (65, 66)


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
        command = _first_command(bytes(self._pending))
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


def _first_command(stream: bytes) -> Command | None:
    letters = _LETTERS.match(stream)
    if letters:
        return Command(TEXT, letters.group(), data=letters.group())
    head = stream[:2]
    if head[:1] not in _INTRODUCERS:
        return Command(_SINGLE.get(head[:1], UNKNOWN), head[:1]) if head else None
    if head in _FIXED:
        name, count = _FIXED[head]
        return _whole(name, stream, count)
    return _variable(head, stream) if len(head) == 2 else None


def _variable(head: bytes, stream: bytes) -> Command | None:
    """Commands whose own first bytes tell how long they are."""
    read = {b"\x1dV": _cut, b"\x1dv": _raster, b"\x1b*": _columns, b"\x1d(": _function}.get(head)
    return read(stream) if read else Command(UNKNOWN, head)


def _cut(stream: bytes) -> Command | None:
    if len(stream) < 3:
        return None
    return _whole("GS V", stream, 2 if stream[2] in _FEEDING_CUTS else 1)


def _function(stream: bytes) -> Command | None:
    if len(stream) < 5:
        return None
    return _whole(f"GS ( {chr(stream[2])}", stream, 3, int.from_bytes(stream[3:5], "little"))


def _raster(stream: bytes) -> Command | None:
    if len(stream) < 8:
        return None
    row, height = int.from_bytes(stream[4:6], "little"), int.from_bytes(stream[6:8], "little")
    return _whole("GS v 0", stream, 6, row * height)


def _columns(stream: bytes) -> Command | None:
    if len(stream) < 5:
        return None
    bytes_a_column = 3 if stream[2] in (32, 33) else 1
    return _whole("ESC *", stream, 3, int.from_bytes(stream[3:5], "little") * bytes_a_column)


def _whole(name: str, stream: bytes, parameters: int, data: int = 0) -> Command | None:
    body = 2 + parameters
    if len(stream) < body + data:
        return None
    return Command(name, stream[: body + data], stream[2:body], stream[body : body + data])
