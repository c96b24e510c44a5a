"""The wait of everybody in the hall, by playing the rest of its day some dozens of times with what was measured.

In each play every counter that is free calls by the rules of kiosk/domain/call_order.py, visits take as long as some
measured one did, and visitors with priority go on coming. What most plays agree on is the range. docs/waits.md tells
how well it held.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from kiosk.domain.call_order import InLine
from kiosk.domain.calling_rules import CallingRules
from kiosk.domain.wait import Wait, told
from kiosk.domain.wait_pace import Pace
from kiosk.domain.wait_play import Play

_Key = TypeVar("_Key")

PLAYS: Final = 48
"""Enough for a fifth of them to be ten; the whole hall stays under half a second."""
LOW: Final = 0.2
HIGH: Final = 0.8
EARLIER: Final = 1.2
LATER: Final = 1.7
SLACK_S: Final = 30.0
"""The plays know less than the day holds: an officer goes for a meal, a form is missing, a printer jams. The early end
moves away from the middle by the one factor, the late end by the other and half a minute. Found in the worlds TUNING of
tests/waits_world.py, examined in others (docs/waits.md).
"""


@dataclass(frozen=True, slots=True)
class Waiter:
    """One who can be called, or could be if he were not at another counter just now."""

    who: InLine
    service_id: str


@dataclass(frozen=True, slots=True)
class Desk:
    """A counter at work. `ticket_id`, `service_id`, `busy_queue`: of the visitor who is called or served there, since
    `busy_s`; None where nobody is. `paused_s`: for how long nobody has sat there, None if somebody does.
    """

    number: int
    queues: tuple[str, ...]
    ticket_id: str | None = None
    service_id: str | None = None
    busy_queue: str | None = None
    busy_s: float = 0.0
    paused_s: float | None = None


@dataclass(frozen=True, slots=True)
class Hall:
    """All that is known at one moment. `codes`: the queues a newcomer may ask about. `since_priority`: as for
    `next_in_line`.
    """

    now_ms: int
    codes: tuple[str, ...]
    line: tuple[Waiter, ...]
    desks: tuple[Desk, ...]
    rules: Mapping[str, CallingRules]
    since_priority: Mapping[str, int]
    pace: Pace


@dataclass(frozen=True, slots=True)
class HallWaits:
    """`newcomers`: (queue, has priority) -> for who comes now. `line`: (ticket, position) -> for who waits already.
    `visits`: queue -> how long one is at the counter. What is missing cannot be said.
    """

    newcomers: Mapping[tuple[str, bool], Wait]
    line: Mapping[tuple[str, int], Wait]
    visits: Mapping[str, Wait]


def estimate(hall: Hall, plays: int = PLAYS, breathe: Callable[[], object] = lambda: None) -> HallWaits:
    """The same for the same hall, always. `breathe` is called between plays, for whoever shares the processor."""
    known = _known(hall)
    if not known:
        return HallWaits({}, {}, _visits(hall))
    play = Play(hall, known)
    newcomers: dict[tuple[str, bool], list[float]] = {}
    line: dict[tuple[str, int], list[float]] = {}
    for number in range(plays):
        for queue_code, is_priority, seconds in play.run(number, line):
            newcomers.setdefault((queue_code, is_priority), []).append(seconds)
        breathe()
    return HallWaits(_ranges(newcomers, plays), _ranges(line, plays), _visits(hall))


def _known(hall: Hall) -> frozenset[str]:
    """Queues of which something can be said: somebody sits at a counter of theirs, and enough was measured."""
    served = {code for desk in hall.desks if desk.paused_s is None for code in desk.queues}
    return frozenset(code for code in served if hall.pace.known(code))


def _visits(hall: Hall) -> Mapping[str, Wait]:
    visits = {code: hall.pace.of("", code) for code in hall.codes if hall.pace.known(code)}
    return {code: Wait(round(quantile(pool, LOW)), round(quantile(pool, HIGH))) for code, pool in visits.items()}


def _ranges(waits: Mapping[_Key, Sequence[float]], plays: int) -> Mapping[_Key, Wait]:
    ranges = {key: _range(seconds, plays) for key, seconds in waits.items()}
    return {key: wait for key, wait in ranges.items() if wait is not None}


def _range(seconds: Sequence[float], plays: int) -> Wait | None:
    """Whoever was not called in some plays has no later end."""
    if len(seconds) < plays:
        return None
    low, middle, high = (quantile(seconds, share) for share in (LOW, 0.5, HIGH))
    return told(middle - EARLIER * (middle - low), middle + LATER * (high - middle) + SLACK_S)


def quantile(seconds: Sequence[float], share: float) -> float:
    ordered = sorted(seconds)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]
