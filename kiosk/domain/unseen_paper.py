"""Whether a kiosk's slips reach anybody: a dead print head, paper upside down and a printer that lies all confirm.

The only witness left is that nobody comes who was called. A pure rule over one hall's day, so that no hall, however its
officers work, sounds an alarm by its habits alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Final

LEAST_RUN: Final = 8
LEAST_CHANCE: Final = 1e-6
"""A hall of ten kiosks with a thousand tickets a day reaches it by chance once in some years, at the most."""


@dataclass(frozen=True, slots=True)
class Fate:
    """A ticket with a confirmed slip that was called, and what came of it. `counter`: where it was called first, at
    `called_ms`. `came`: somebody was served with it anywhere, by scan or by hand.
    """

    origin: str
    counter: int
    called_ms: int
    came: bool


@dataclass(frozen=True, slots=True)
class Unseen:
    """`run`: so many were called one after the other, and nobody came. `since_ms`: when the first of them was."""

    run: int
    since_ms: int


def unseen(fates: Iterable[Fate]) -> Mapping[str, Unseen]:
    """The kiosks (by origin) whose slips nobody seems to hold.

    Of each kiosk the last tickets are taken, in the order of their calls, up to the last visitor who came. If visitors
    of this kiosk came like those of the others, each of these would have stayed away with the chance 1 - s. There s is
    the share that came of the *other* kiosks' visitors, called at the *same counter* between the first and the last
    call of this run, reckoned low: came / (called + 2). Where none of them came, the ticket says nothing. The alarm is
    raised when at least LEAST_RUN tickets say something and the product of their chances is LEAST_CHANCE or less: some
    ten where nearly all others came, more where many stay away; never where officers do not start visits, and never
    where there is no other kiosk. One visitor who comes ends it.
    """
    ordered = sorted(fates, key=lambda fate: fate.called_ms)
    found = {}
    for origin in {fate.origin for fate in ordered}:
        own = [fate for fate in ordered if fate.origin == origin]
        run = list(takewhile(lambda fate: not fate.came, reversed(own)))[::-1]
        if len(run) >= LEAST_RUN and _is_unlikely(run, ordered):
            found[origin] = Unseen(len(run), run[0].called_ms)
    return found


def _is_unlikely(run: Sequence[Fate], all_fates: Sequence[Fate]) -> bool:
    first, last, origin = run[0].called_ms, run[-1].called_ms, run[0].origin
    called: dict[int, int] = {}
    came: dict[int, int] = {}
    for fate in all_fates:
        if fate.origin != origin and first <= fate.called_ms <= last:
            called[fate.counter] = called.get(fate.counter, 0) + 1
            came[fate.counter] = came.get(fate.counter, 0) + fate.came
    telling = [fate.counter for fate in run if came.get(fate.counter)]
    chance = 1.0
    for counter in telling:
        chance *= 1 - came[counter] / (called[counter] + 2)
    return len(telling) >= LEAST_RUN and chance <= LEAST_CHANCE
