"""How fast a hall works, from what was measured: how long visits took, and how soon after one the next was called."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

ENOUGH: Final = 8
"""Fewer visits than these say nothing."""
_MIS_CLICK_S: Final = 5.0
_FORGOTTEN_S: Final = 3 * 3600.0
"""Whoever is still being served after three hours has been forgotten on the screen."""
_CLIPPED: Final = 0.95
"""What is longer than this share of all counts as long as that."""
LONGEST_GAP_S: Final = 30 * 60.0
"""A counter that called nobody for longer was not at work."""
USUAL_GAP_S: Final = 20.0
"""Where none was measured."""

RECENT: Final = 60
"""Visits of a service, a queue or an agency that are remembered."""

Recent = deque[float]
Pool = tuple[float, ...]
"""Seconds, in no order that matters; what is recent is in it twice."""


@dataclass(frozen=True, slots=True)
class Pace:
    """`gaps`: queue -> seconds between the end of one and the call of the next while somebody waited. `priority_per_s`:
    queue -> visitors with priority who come each second.
    """

    by_service: Mapping[str, Pool]
    by_queue: Mapping[str, Pool]
    gaps: Mapping[str, Pool]
    everything: Pool
    priority_per_s: Mapping[str, float]

    def known(self, queue_code: str) -> bool:
        return bool(self.by_queue.get(queue_code))

    def of(self, service_id: str, queue_code: str) -> Pool:
        """Of the service, else of its queue (or agency), else of the whole hall."""
        return self.by_service.get(service_id) or self.by_queue.get(queue_code) or self.everything

    def gaps_of(self, queue_code: str) -> Pool:
        return self.gaps.get(queue_code) or (USUAL_GAP_S,)


@dataclass(frozen=True, slots=True)
class Ended:
    """One visit to a counter that is over, completed or given up; times in seconds of one clock. `placed_s`: since when
    he stood in this line. `pool`: a wider one than the queue, of similar work: the agency.
    """

    service_id: str
    queue_code: str
    pool: str
    counter: int
    placed_s: float
    called_s: float
    ended_s: float


class Measured:
    """What was learnt from visits that are over; told in the order in which they ended."""

    def __init__(self) -> None:
        self._services: dict[str, Recent] = {}
        self._queues: dict[str, Recent] = {}
        self._pools: dict[str, Recent] = {}
        self._gaps: dict[str, Recent] = {}
        self._last_end: dict[int, float] = {}

    def note(self, ended: Ended) -> None:
        occupied_s = ended.ended_s - ended.called_s
        if _MIS_CLICK_S <= occupied_s <= _FORGOTTEN_S:
            for recent, name in (
                (self._services, ended.service_id),
                (self._queues, ended.queue_code),
                (self._pools, ended.pool),
            ):
                recent.setdefault(name, deque(maxlen=RECENT)).append(occupied_s)
        before_s = self._last_end.get(ended.counter)
        if before_s is not None and ended.placed_s <= before_s <= ended.called_s <= before_s + LONGEST_GAP_S:
            self._gaps.setdefault(ended.queue_code, deque(maxlen=RECENT)).append(ended.called_s - before_s)
        self._last_end[ended.counter] = ended.ended_s

    def pace(self, pools: Mapping[str, str], priority_per_s: Mapping[str, float]) -> Pace:
        """`pools`: queue -> its wider pool."""
        by_queue = _enough(self._queues)
        by_pool = _enough(self._pools)
        for code, pool in pools.items():
            if code not in by_queue and pool in by_pool:
                by_queue[code] = by_pool[pool]
        everything = tuple(seconds for pool in by_pool.values() for seconds in pool)
        gaps = {code: tuple(recent) for code, recent in self._gaps.items() if len(recent) >= ENOUGH}
        return Pace(_enough(self._services), by_queue, gaps, everything, priority_per_s)


def _enough(recent: Mapping[str, Recent]) -> dict[str, Pool]:
    return {name: _robust([*reversed(seconds)]) for name, seconds in recent.items() if len(seconds) >= ENOUGH}


def _robust(newest_first: Sequence[float]) -> Pool:
    """Without what is out of all proportion, and the newest third twice: the day's own pace tells more."""
    fence = sorted(newest_first)[int(_CLIPPED * (len(newest_first) - 1))]
    clipped = tuple(min(seconds, fence) for seconds in newest_first)
    return clipped + clipped[: len(clipped) // 3]
