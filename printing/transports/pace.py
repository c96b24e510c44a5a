"""How much may go to a device at once."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """`piece` bytes at a time, and only while `may_send`."""

    piece: int = 4_096
    may_send: Callable[[], bool] = lambda: True
