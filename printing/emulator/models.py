"""The kinds of printers there are: what each understands, and how far it can be believed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Clears(StrEnum):
    """When `DLE ENQ 2` drops what the printer still holds."""

    ALWAYS = "always"
    """Whenever it comes. Cheap printers that know it at all."""
    ON_ERROR = "error"
    """As the reference says: only in an error to recover from, a jammed cutter or a cover opened while it printed.
    Not at the end of the paper, and not in a hot head's pause.
    """
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Model:
    """`identity`: the answers to `GS I n`; nothing else is answered. `prints_unknown`: `GS ( H` comes out as letters.
    `is_lying`: every status is clean, and what proves a slip is sent as soon as it is asked for. `speed_mm_s`: None
    prints at once. `buffer_bytes`: so much it takes while it is stopped or behind.
    """

    name: str
    identity: Mapping[int, bytes]
    answers_status: bool = True
    answers_fence: bool = True
    answers_process_id: bool = True
    pushes_reports: bool = True
    prints_unknown: bool = False
    draws_qr: bool = True
    clears: Clears = Clears.ON_ERROR
    clears_by_request: bool = True
    """Whether it knows `DLE DC4` function 8, which clears the buffer in every state."""
    is_lying: bool = False
    speed_mm_s: float | None = None
    buffer_bytes: int = 65_536


def _blocks(firmware: str, maker: str, model: str, serial: str) -> dict[int, bytes]:
    """`GS I 65` to `68`, each in a block of its own."""
    words = zip((65, 66, 67, 68), (firmware, maker, model, serial), strict=True)
    return {number: b"_" + word.encode() + b"\x00" for number, word in words}


_EPSON_IDENTITY: Final = MappingProxyType(
    {1: b"\x20", 2: b"\x02", 3: b"\x10", 69: b"_\x00", **_blocks("10.01", "EPSON", "TM-T88VI", "GLR0000001")}
)

EPSON: Final = Model("epson", _EPSON_IDENTITY)
"""Everything the reference has: reports, process id, fence, identity."""

CLONE: Final = Model(
    "clone",
    MappingProxyType({1: b"\x02", **_blocks("2.33", "EPSON", "TM-T88V", "0000000000")}),
    answers_process_id=False,
    pushes_reports=False,
    prints_unknown=True,
    draws_qr=False,
    clears=Clears.NEVER,
    clears_by_request=False,
    buffer_bytes=16_384,
)
"""A cheap printer that calls itself an Epson: `DLE EOT` and `GS r` only. It prints the letters of `GS ( H`."""

MUTE: Final = Model(
    "mute",
    MappingProxyType({}),
    answers_status=False,
    answers_fence=False,
    answers_process_id=False,
    pushes_reports=False,
    draws_qr=False,
    clears=Clears.NEVER,
    clears_by_request=False,
    buffer_bytes=16_384,
)
"""It prints and never says a word, as many do whose back channel is not wired."""

LIAR: Final = replace(EPSON, name="liar", identity=CLONE.identity, is_lying=True, clears=Clears.NEVER)
"""Its status is always clean, and it vouches for every slip before it has printed any of it."""

SLOW: Final = replace(EPSON, name="slow", speed_mm_s=20.0, buffer_bytes=4_096)
"""An Epson at 20 mm/s with the small receive buffer of old models."""

MODELS: Final[Mapping[str, Model]] = MappingProxyType({model.name: model for model in (EPSON, CLONE, MUTE, LIAR, SLOW)})
