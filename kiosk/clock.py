"""Time, passed in. Durations come from `monotonic()`, facts from `now()`; nothing else reads a clock."""

import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware UTC wall time, as far as this machine knows."""

    def monotonic(self) -> float:
        """Seconds that never jump, sleep included; only differences mean anything."""


if sys.platform == "linux":

    def _steady() -> float:
        # Python's own stands still while Linux sleeps: a kiosk that slept over the weekend would not believe its wall.
        return time.clock_gettime(time.CLOCK_BOOTTIME)
else:  # pragma: no cover  # measured on Linux only
    _steady = time.monotonic


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return _steady()


class FakeClock:
    """A clock that moves when told: for tests, simulations and scripted visits. `jump` moves the wall alone."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._monotonic = 0.0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    def advance(self, by: timedelta) -> None:
        self._now += by
        self._monotonic += by.total_seconds()

    def jump(self, to: datetime) -> None:
        self._now = to
