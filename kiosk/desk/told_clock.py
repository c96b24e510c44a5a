"""A desk's clock that is never behind what the server has told, so that what happens here while the line is cut comes
after what the server did before, whatever this computer's own clock says.
"""

from datetime import datetime, timedelta
from threading import Lock
from typing import Final

from kiosk.clock import Clock

_A_MOMENT: Final = timedelta(milliseconds=1)
"""What stamps tell apart: within one, nobody knows what came after what."""


class ToldClock:
    """A Clock. Safe to use from many threads."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = Lock()
        self._ahead = timedelta()

    def hear(self, server_time: datetime) -> None:
        """Aware UTC, as it was when the server answered. A server that is ahead no more is followed back."""
        with self._lock:
            self._ahead = max(timedelta(), server_time + _A_MOMENT - self._clock.now())

    def now(self) -> datetime:
        with self._lock:
            return self._clock.now() + self._ahead

    def monotonic(self) -> float:
        return self._clock.monotonic()
