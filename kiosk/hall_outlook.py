"""How the whole hall stands, as the site server said last: believed while it is fresh."""

from collections.abc import Mapping
from datetime import date
from threading import Lock
from typing import Final, Protocol

from kiosk.domain.wait import QueueOutlook, Wait

FRESH_S: Final = 60.0
"""What was said longer ago is not believed any more."""
_ON_ITS_WAY_S: Final = 0.5
"""A ticket is told to the server within this; until then the server has not counted it."""


class MonotonicClock(Protocol):
    def monotonic(self) -> float: ...


class HallOutlook:
    """In memory. From any thread."""

    def __init__(self, clock: MonotonicClock) -> None:
        self._clock = clock
        self._lock = Lock()
        self._queues: Mapping[str, QueueOutlook] = {}
        self._day: date | None = None
        self._heard_at = float("-inf")
        self._given: list[tuple[float, frozenset[str]]] = []

    def hear(self, day: date | None, queues: Mapping[str, QueueOutlook]) -> None:
        """`day`: the service day that the server speaks of."""
        with self._lock:
            self._queues, self._day, self._heard_at = queues, day, self._clock.monotonic()
            self._given = [one for one in self._given if one[0] > self._heard_at - _ON_ITS_WAY_S]

    def gave(self, queue_codes: frozenset[str]) -> None:
        """This kiosk has given a ticket for these queues, which the server has still to hear of."""
        with self._lock:
            now = self._clock.monotonic()
            self._given = [*(one for one in self._given if now - one[0] < FRESH_S), (now, queue_codes)]

    @property
    def is_heard(self) -> bool:
        """Whether the hall has ever said how it stands, since this kiosk was started."""
        with self._lock:
            return self._day is not None

    def queues(self, day: date) -> Mapping[str, QueueOutlook]:
        """Queue -> how it stands on that day; empty where nobody has said it lately."""
        with self._lock:
            is_fresh = self._clock.monotonic() - self._heard_at < FRESH_S
            return self._queues if is_fresh and self._day == day else {}

    def closed(self, day: date) -> frozenset[str]:
        """Queues that take nobody more on that day. Believed until the server says otherwise: it may be away, and a
        number that nobody will call is worse than none.
        """
        with self._lock:
            return frozenset(code for code, one in self._queues.items() if one.is_closed and self._day == day)

    def people_ahead(self, day: date) -> Mapping[str, int]:
        """Queue -> visitors who wait there, from all kiosks; empty as `queues`."""
        queues = self.queues(day)
        with self._lock:
            given = list(self._given)
        return {code: one.waiting + sum(code in codes for _, codes in given) for code, one in queues.items()}


def wait_of(low_s: int | None, high_s: int | None) -> Wait | None:
    return None if low_s is None or high_s is None or low_s > high_s else Wait(low_s, high_s)
