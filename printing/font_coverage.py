"""Which characters a TrueType font has shapes for: its `cmap` table, read without loading the font.

Source of shapes: the OpenType specification, `cmap` formats 4 and 12, of which every font we ship has one.
"""

import struct
from pathlib import Path
from typing import Final

_DIRECTORY: Final = 12
_TABLE: Final = 16
_SUBTABLE: Final = 8
_NO_CHARACTER: Final = 0xFFFF


def characters_of(font: Path) -> frozenset[int]:
    """Code points. Raises OSError where there is no file, and ValueError for one without a table that we can read."""
    data = font.read_bytes()
    start = _cmap(data)
    (count,) = struct.unpack_from(">H", data, start + 2)
    found: set[int] = set()
    for number in range(count):
        (offset,) = struct.unpack_from(">I", data, start + 4 + number * _SUBTABLE + 4)
        (table_format,) = struct.unpack_from(">H", data, start + offset)
        if table_format == 4:
            found |= _segments(data, start + offset)
        elif table_format == 12:
            found |= _groups(data, start + offset)
    if not found:
        raise ValueError(f"{font} says of no character that it has it")
    return frozenset(found)


def _cmap(data: bytes) -> int:
    (tables,) = struct.unpack_from(">H", data, 4)
    for number in range(tables):
        tag, _, offset, _ = struct.unpack_from(">4sIII", data, _DIRECTORY + number * _TABLE)
        if tag == b"cmap":
            return int(offset)
    raise ValueError("this is no TrueType font with a cmap table")


def _segments(data: bytes, at: int) -> set[int]:
    """Format 4: all ends, a pad, all starts."""
    count = struct.unpack_from(">H", data, at + 6)[0] // 2
    ends = struct.unpack_from(f">{count}H", data, at + 14)
    starts = struct.unpack_from(f">{count}H", data, at + 16 + 2 * count)
    return {code for first, last in zip(starts, ends, strict=True) for code in range(first, last + 1)} - {_NO_CHARACTER}


def _groups(data: bytes, at: int) -> set[int]:
    """Format 12: first, last, glyph."""
    (count,) = struct.unpack_from(">I", data, at + 12)
    found: set[int] = set()
    for number in range(count):
        first, last = struct.unpack_from(">II", data, at + 16 + 12 * number)
        found.update(range(first, last + 1))
    return found
