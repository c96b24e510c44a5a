"""What a person can do to a printer, and how it shows in its status bytes. Pure."""

from dataclasses import dataclass
from typing import Final

from pydantic import ConfigDict

_REALTIME_FIXED: Final = 0x12
_REPORT_FIXED: Final = 0x10


@dataclass(frozen=True, slots=True)
class Condition:
    """`paper_mm` is what is left on the roll; under `near_end_mm` the near-end sensor reports."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    paper_mm: float = 80_000
    near_end_mm: float = 3_000
    is_cover_open: bool = False
    is_cutter_jammed: bool = False
    is_overheated: bool = False
    is_silent: bool = False
    is_noisy: bool = False

    @property
    def has_paper(self) -> bool:
        return self.paper_mm > 0

    @property
    def is_near_end(self) -> bool:
        return self.paper_mm < self.near_end_mm or not self.has_paper

    @property
    def is_stopped(self) -> bool:
        """Whether the printer takes bytes without printing them."""
        return not self.has_paper or self.is_cover_open or self.is_cutter_jammed or self.is_overheated

    def realtime_status(self, kind: int) -> int:
        """The answer to `DLE EOT kind`, 1 to 4."""
        match kind:
            case 1:
                bits = 0x08 * self.is_stopped
            case 2:
                has_error = self.is_cutter_jammed or self.is_overheated
                bits = 0x04 * self.is_cover_open | 0x20 * (not self.has_paper) | 0x40 * has_error
            case 3:
                bits = 0x08 * self.is_cutter_jammed | 0x40 * self.is_overheated
            case _:
                bits = 0x0C * self.is_near_end | 0x60 * (not self.has_paper)
        return _REALTIME_FIXED | bits

    def paper_status(self) -> int:
        """The answer to `GS r 1`."""
        return 0x03 * self.is_near_end | 0x0C * (not self.has_paper)

    def report(self) -> bytes:
        """The four bytes of `GS a`: online and cover, errors, paper sensors, nothing."""
        first = _REPORT_FIXED | 0x08 * self.is_stopped | 0x20 * self.is_cover_open
        return bytes(
            (first, 0x08 * self.is_cutter_jammed | 0x40 * self.is_overheated, self.paper_status(), 0),
        )
