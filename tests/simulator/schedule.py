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


def draw(seed: int, *, is_harsh: bool = False) -> Schedule:
    """The same seed gives the same schedule, on every machine."""
    weights = HARSH if is_harsh else WEIGHTS
    random = Random(seed)  # noqa: S311  # a replay needs a chance that repeats
    kiosks = random.randint(2, 4)
    kinds = random.choices(list(weights), list(weights.values()), k=random.randint(FEWEST_STEPS, MOST_STEPS))
    steps = tuple(Step(kind, random.randrange(60), random.randrange(1000), random.getrandbits(32)) for kind in kinds)
    return Schedule(seed, kiosks, steps, is_harsh)
