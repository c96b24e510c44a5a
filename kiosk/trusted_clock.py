"""Wall time with a verdict: a dead clock battery or a wild jump must not open a day, print a time or stamp an event.

Trust is lost below a floor that time has certainly passed, and by a jump that the steady clock did not see. It comes
back by itself when the wall is plausible again. While it is lost, time is reckoned from the last trusted reading.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

from kiosk.clock import Clock

CORRECTION: Final = timedelta(minutes=5)
"""How far a time server may set the wall back without making it a liar."""

LONGEST_LEAP: Final = timedelta(hours=26)
"""A leap forward beyond this, while the steady clock stood still, is no correction (research/reliability.md, 2.d)."""


FIRST_SETTING: Final = timedelta(minutes=15)
"""So soon after the start, one leap is the time server's: a machine without a battery wakes at the time it was switched
off, and is as little to be believed as at the start itself."""

LONGEST_REST: Final = timedelta(days=5 * 365)
"""So long may a kiosk lie in a store. A wall beyond that is a wrong one (2036, 2099), and a day opened by it would
never end: without a server's word the right time is before the floor then."""


@dataclass(frozen=True, slots=True)
class Reading:
    """`at`: aware UTC, the best estimate there is; only where `is_trusted` may anybody be shown it."""

    at: datetime
    is_trusted: bool


class TrustedClock:
    """Safe to read from any thread. `floor`: the newest time this machine can prove, aware UTC."""

    def __init__(self, clock: Clock, floor: datetime) -> None:
        self._clock = clock
        self._lock = Lock()
        self._floor = floor
        # Nothing can be said about how long the machine was off, so only the floor judges the first reading.
        now = clock.now()
        self._was_trusted = self._is_plausible(now)
        self._anchor = now if self._was_trusted else floor
        self._anchored_at = self._began_at = clock.monotonic()
        self._is_set = False

    def read(self) -> Reading:
        with self._lock:
            now = self._clock.now()
            steady = self._clock.monotonic()
            reckoned = self._anchor + timedelta(seconds=steady - self._anchored_at)
            leaps = now - reckoned > LONGEST_LEAP
            is_young = timedelta(seconds=steady - self._began_at) < FIRST_SETTING
            may_leap = not self._was_trusted or (is_young and not self._is_set)
            if (leaps and not may_leap) or not self._is_plausible(now):
                return Reading(reckoned, is_trusted=False)
            self._is_set = self._is_set or leaps or not self._was_trusted
            self._anchor, self._anchored_at, self._was_trusted = now, steady, True
            self._floor = max(self._floor, now)
            return Reading(now, is_trusted=True)

    def _is_plausible(self, now: datetime) -> bool:
        return self._floor - CORRECTION <= now <= self._floor + LONGEST_REST
