"""How long somebody may have to wait: a range, or nothing, where too little is known to promise one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil, floor
from typing import Final

from kiosk.domain.ticket import Stop, Wait

__all__ = ["QueueOutlook", "Wait", "back_within_s", "promised", "told"]

MOST_S: Final = 4 * 3600
"""Nobody is promised half a day."""
_MINUTE: Final = 60
_STEPS: Final = ((10, 1), (60, 5), (MOST_S // _MINUTE, 10))
"""(up to so many minutes, in steps of so many)."""
_WIDEST_S: Final = 25 * _MINUTE
_WIDEST_SHARE: Final = 1.2
"""A range may be as wide as the greater of the two: so many seconds, such a share of its middle."""

_WORTH_LEAVING_S: Final = 15 * _MINUTE
"""Of an early end: who has less stays where his number is heard."""
_SAFE_SHARE: Final = 0.8
"""Of the early end: one of five visitors is called before the range's early end is meant to come, and who trusts a time
of return must not be. Chosen in the worlds TUNING, and examined in others (docs/waits.md): 1 % and less are late.
"""


@dataclass(frozen=True, slots=True)
class QueueOutlook:
    """What a newcomer meets. `waiting`: visitors ahead. `ordinary`, `priority`: by class, None: cannot be said yet.
    `visit`: how long one is at the counter. `is_closed`: the hall gives no more numbers for it today.
    """

    waiting: int
    ordinary: Wait | None = None
    priority: Wait | None = None
    visit: Wait | None = None
    is_closed: bool = False

    def of_class(self, *, is_priority: bool) -> Wait | None:
        return self.priority if is_priority else self.ordinary


def told(low_s: float, high_s: float) -> Wait | None:
    """The range as people are told it: rounded outward, so that it is easily read and seldom changes. None where it is
    too wide to be of use, or too long to be believed.
    """
    low, high = _rounded(low_s, up=False), _rounded(high_s, up=True)
    if high > MOST_S or high - low > max(_WIDEST_S, _WIDEST_SHARE * (low + high) / 2):
        return None
    return Wait(low, high)


def promised(
    stops: Sequence[Stop], outlooks: Mapping[str, QueueOutlook], *, is_priority: bool
) -> tuple[Wait | None, ...]:
    """For each stop of one visit. Who stands in several lines may be at another counter when his turn comes, and who
    must be somewhere first waits for that: both make the later end later.
    """
    single = [_outlook(stop, outlooks, is_priority=is_priority) for stop in stops]
    found: dict[int, Wait | None] = {}
    for stop, alone in zip(stops, single, strict=True):
        first = [found.get(position) for position in stop.after]
        visits = [_visit(other, outlooks) for other in stops if other.position in stop.after]
        found[stop.position] = None if alone is None else _after(alone, first, visits)
    together: list[Wait | None] = []
    for stop in stops:
        wait = found[stop.position]
        for other in stops:
            if wait is not None and _may_collide(stop, other):
                wait = _beside(wait, found[other.position], _visit(other, outlooks))
        together.append(None if wait is None else told(wait.low_s, wait.high_s))
    return tuple(together)


def back_within_s(waits: Sequence[Wait | None]) -> int | None:
    """In how many seconds the visitor of these waits must be back so as not to miss the first of them. None where that
    is too soon to go anywhere, or where of some nobody knows.
    """
    if not waits or any(wait is None or wait.low_s < _WORTH_LEAVING_S for wait in waits):
        return None
    return int(min(wait.low_s for wait in waits if wait is not None) * _SAFE_SHARE)


def _outlook(stop: Stop, outlooks: Mapping[str, QueueOutlook], *, is_priority: bool) -> Wait | None:
    outlook = outlooks.get(stop.queue_code)
    return None if outlook is None else outlook.of_class(is_priority=is_priority)


def _visit(stop: Stop, outlooks: Mapping[str, QueueOutlook]) -> Wait | None:
    outlook = outlooks.get(stop.queue_code)
    return None if outlook is None else outlook.visit


def _after(alone: Wait, first: Sequence[Wait | None], visits: Sequence[Wait | None]) -> Wait | None:
    """The place in line is kept meanwhile: at the earliest the call comes as the last of `first` ends."""
    wait: Wait | None = alone
    for before, visit in zip(first, visits, strict=True):
        if wait is None or before is None or visit is None:
            return None
        wait = Wait(max(wait.low_s, before.low_s + visit.low_s), max(wait.high_s, before.high_s + visit.high_s))
    return wait


def _may_collide(stop: Stop, other: Stop) -> bool:
    return other is not stop and other.position not in stop.after and stop.position not in other.after


def _beside(wait: Wait, other: Wait | None, visit: Wait | None) -> Wait | None:
    if other is None or visit is None:
        return None
    if other.low_s > wait.high_s or other.high_s + visit.high_s < wait.low_s:
        return wait
    return replace(wait, high_s=wait.high_s + visit.high_s)


def _rounded(seconds: float, *, up: bool) -> int:
    minutes = max(seconds, 0.0) / _MINUTE
    step = next((step for until, step in _STEPS if minutes <= until), _STEPS[-1][1])
    return int(ceil(minutes / step) if up else floor(minutes / step)) * step * _MINUTE
