"""How much room a call needs on a board: one line, or two where label, place and counter would have to shrink.

All lengths are in heights of a call's capitals, which never get smaller than the farthest seat reads. What CallRow.qml
draws and what is reckoned here is held together by tests/ui/test_board_room.py.
"""

from math import ceil
from typing import Final

from kiosk.board_config import BoardScreenConfig

MARGIN_SHARE: Final = 0.03
"""Of the panel's height, on the left and on the right: Main.qml."""
_WIDTHS: Final = {
    "A": 0.94, "B": 0.89, "C": 1.0, "D": 0.95, "E": 0.75, "F": 0.75, "G": 1.04, "H": 0.94, "I": 0.34, "J": 0.49,
    "K": 0.88, "L": 0.69, "M": 1.18, "N": 0.96, "O": 1.14, "P": 0.83, "Q": 1.14, "R": 0.86, "S": 0.83, "T": 0.7,
    "U": 0.93, "V": 0.92, "W": 1.34, "X": 0.88, "Y": 0.86, "Z": 0.72, "0": 0.9, "1": 0.51, "2": 0.76, "3": 0.78,
    "4": 0.85, "5": 0.78, "6": 0.77, "7": 0.72, "8": 0.81, "9": 0.77, "-": 0.81,
}  # fmt: skip
"""Of Plus Jakarta Sans ExtraBold with the tracking of a call on one line."""
_WIDEST_LETTER: Final = 1.34
_BESIDES: Final = 1.7
"""Edges, gaps and the arrow."""


def takes_two_lines(label: str, counter: int, floor: int | None, screen: BoardScreenConfig) -> bool:
    """Whether a call must stand on two lines of this panel."""
    capital_px = ceil(screen.capital_mm * screen.width_px / screen.panel_width_mm)
    room = (screen.width_px - 2 * MARGIN_SHARE * screen.height_px) / capital_px
    return _width(label) + place_width(floor) + _width(str(counter)) + _BESIDES > room


def place_width(floor: int | None) -> float:
    """Of "Loket", and of the floor under it by the words of BoardWords.qml, at 0.27 of the capitals' height."""
    if floor is None:
        return 1.0
    if floor == 0:
        return 2.1
    digits = len(str(abs(floor)))
    return 1.12 + 0.2 * digits if floor > 0 else 1.48 + 0.22 * digits


def _width(text: str) -> float:
    return sum(_WIDTHS.get(letter, _WIDEST_LETTER) for letter in text)
