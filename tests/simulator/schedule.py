"""What happens in one simulated stretch of days: steps drawn by a seed, each of them complete in itself.

A step never depends on those before it for its meaning: whoever leaves some out still has a schedule. So a failing one
can be made shorter.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Final


class Kind(StrEnum):
    ISSUE = "issue"
    REPRINT = "reprint"
    SYNC = "sync"
    HEARTBEAT = "heartbeat"
    RELAY = "relay"
    TIME = "time"
    ROLLOVER = "rollover"
    CUT = "cut"
    HEAL = "heal"
    BAD_LINE = "bad_line"
    CRASH = "crash"
    FAULT = "fault"
    START = "start"
    SNAPSHOT = "snapshot"
    RESTORE = "restore"
    CLONE = "clone"
    CLOCK = "clock"
    FULL = "full"
    FREE = "free"
    POISON = "poison"
    REVOKE = "revoke"
    COUNTER = "counter"
    """An officer does something, or two things."""
    ISLANDS = "islands"
    """Every desk is cut off, and only desks."""


@dataclass(frozen=True, slots=True)
class Step:
    """`node` chooses who (modulo how many there are), `amount` how much or which; `luck` seeds all other chance."""

    kind: Kind
    node: int
    amount: int
    luck: int

    def __str__(self) -> str:
        return f"{self.kind} node={self.node} amount={self.amount} luck={self.luck:08x}"


@dataclass(frozen=True, slots=True)
class Schedule:
    seed: int
    kiosks: int
    steps: tuple[Step, ...]
    is_harsh: bool = False
    desks: int = 0
    skews_s: tuple[int, ...] = ()
    """By how much each desk's clock is ahead, seconds."""


FEWEST_STEPS: Final = 40
MOST_STEPS: Final = 120

WEIGHTS: Final[Mapping[Kind, float]] = {
    Kind.ISSUE: 26,
    Kind.REPRINT: 3,
    Kind.SYNC: 20,
    Kind.HEARTBEAT: 4,
    Kind.RELAY: 12,
    Kind.TIME: 8,
    Kind.ROLLOVER: 1,
    Kind.CUT: 4,
    Kind.HEAL: 5,
    Kind.BAD_LINE: 8,
    Kind.CRASH: 3,
    Kind.FAULT: 4,
    Kind.START: 5,
    Kind.SNAPSHOT: 3,
    Kind.RESTORE: 2,
    Kind.CLONE: 1,
    Kind.CLOCK: 2,
    Kind.FULL: 1,
    Kind.FREE: 2,
    Kind.POISON: 1,
    Kind.REVOKE: 0.2,
}

HARSH: Final[Mapping[Kind, float]] = {
    **WEIGHTS,
    Kind.SNAPSHOT: 10,
    Kind.RESTORE: 7,
    Kind.CRASH: 5,
    Kind.RELAY: 16,
}
"""More disks from the past than any hall has seen."""


WITH_DESKS: Final[Mapping[Kind, float]] = {
    **WEIGHTS,
    Kind.COUNTER: 62,
    Kind.ISLANDS: 3,
    Kind.SYNC: 9,
    Kind.HEARTBEAT: 2,
    Kind.RELAY: 5,
    Kind.TIME: 1,
    Kind.CUT: 4,
    Kind.HEAL: 12,
    Kind.CRASH: 2,
    Kind.FAULT: 5,
    Kind.START: 7,
    Kind.REPRINT: 1,
    Kind.CLONE: 0.3,
    Kind.CLOCK: 1,
    Kind.POISON: 0.3,
}
"""Officers who are at work all the time."""
_MOST_STEPS_WITH_DESKS: Final = 80
_LARGEST_SKEW_S: Final = 120


def draw_with_desks(seed: int) -> Schedule:
    """As `draw`, of a hall with two or three counters."""
    random = Random(f"desks {seed}")  # noqa: S311  # a replay needs a chance that repeats
    desks = random.randint(2, 3)
    skews = tuple(random.choice((0, random.randint(-_LARGEST_SKEW_S, _LARGEST_SKEW_S))) for _ in range(desks))
    steps = _steps(random, WITH_DESKS, most=_MOST_STEPS_WITH_DESKS)
    return Schedule(seed, random.randint(1, 2), steps, desks=desks, skews_s=skews)


def draw(seed: int, *, is_harsh: bool = False) -> Schedule:
    """The same seed gives the same schedule, on every machine."""
    weights = HARSH if is_harsh else WEIGHTS
    random = Random(seed)  # noqa: S311  # a replay needs a chance that repeats
    kiosks = random.randint(2, 4)
    return Schedule(seed, kiosks, _steps(random, weights), is_harsh)


def _steps(random: Random, weights: Mapping[Kind, float], most: int = MOST_STEPS) -> tuple[Step, ...]:
    kinds = random.choices(list(weights), list(weights.values()), k=random.randint(FEWEST_STEPS, most))
    return tuple(Step(kind, random.randrange(60), random.randrange(1000), random.getrandbits(32)) for kind in kinds)
