"""The colours of agencies' tiles: dark enough for white text, distinct enough to find one's agency again."""

from typing import Final
from zlib import crc32

TILE_COLORS: Final = (
    "#0B4A6F",
    "#1A6B4F",
    "#8A2F1F",
    "#5B3A8C",
    "#7A4B00",
    "#1F4E9C",
    "#8C1D4F",
    "#2E5E12",
    "#005F66",
    "#6B2D5C",
    "#4A4F58",
    "#7B3F1D",
)
"""White text on each has a contrast of at least 4.5:1, which is tested."""


def tile_color(agency_id: str) -> str:
    """Always the same for one agency, whichever others there are."""
    return TILE_COLORS[crc32(agency_id.encode()) % len(TILE_COLORS)]
