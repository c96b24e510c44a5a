"""Random histories of a hall with counters: officers at work while lines are cut, and their logs merged later."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from unittest.mock import patch

import pytest

from kiosk.desk.offline import OfflineCounter
from kiosk.domain import course
from server import course_projection, courses, desk_undo, ticket_projection
from server.desk_room import Room
from tests.simulator.schedule import draw_with_desks
from tests.simulator.simulation import SimulationError, simulate
from tests.simulator.test_protections import WITHIN, Sabotage

SCHEDULES = 60
AT_A_TIME = 10


@pytest.mark.parametrize("first", range(0, SCHEDULES, AT_A_TIME))
def test_nobody_is_forgotten_or_called_twice_whatever_was_cut_off(first: int) -> None:
    for seed in range(first, first + AT_A_TIME):
        simulate(draw_with_desks(seed))


def test_the_same_seed_gives_the_same_history() -> None:
    first: list[str] = []
    second: list[str] = []
    simulate(draw_with_desks(7), first.append)
    simulate(draw_with_desks(7), second.append)
    assert first == second
    assert any(line.startswith("desk-") for line in first)


@dataclass(frozen=True)
class Flaw:
    """`sabotage` switches a protection off; then one of WITHIN schedules from `first` on fails with `sign`."""

    sabotage: Sabotage
    sign: str
    first: int = 0


@contextmanager
def _forgets_whom_it_serves() -> Iterator[None]:
    async def begin(self: Any) -> None:
        self._states, self._own = {}, set()

    with patch.object(OfflineCounter, "begin", begin):
        yield


@contextmanager
def _sorted_by_origin() -> Iterator[None]:
    def sort(issued: course.Issued, actions: Iterable[course.Action]) -> course.Course:
        return course.course_of(issued, (replace(one, key=(one.key[1], *one.key[1:])) for one in actions))

    with patch.object(courses, "course_of", sort):
        yield


def _settles_nobody(*_: object) -> None:
    """Whoever claims a counter keeps it."""


FLAWS: Mapping[str, Flaw] = {
    "what was done is sorted by who did it": Flaw(_sorted_by_origin, "Forgotten|c1_|c2_"),
    "nobody is told that two counters served one visitor": Flaw(
        lambda: patch.object(course._Walk, "_conflict", lambda *_: None), "c4_"
    ),
    "a deed can be taken back all day": Flaw(lambda: patch.object(desk_undo, "_WITHIN_MS", 86_400_000), "c5_", first=5),
    "what a desk asks twice is done twice": Flaw(
        lambda: patch.object(Room, "was_done", lambda *_: False), "c2_", first=12
    ),
    "a desk that starts again has forgotten whom it serves": Flaw(_forgets_whom_it_serves, "c2_", first=11),
    "two visitors at one counter stay there": Flaw(
        lambda: patch.object(course_projection, "_settle_counters", _settles_nobody), "c1_|IntegrityError"
    ),
    "what a desk did before its kiosk was heard stays unread": Flaw(
        lambda: patch.object(ticket_projection, "awaiting", lambda *_: ()), "Forgotten|i7_|c4_"
    ),
}


@pytest.mark.parametrize("name", FLAWS)
def test_flaw_is_found(name: str) -> None:
    flaw = FLAWS[name]
    with flaw.sabotage(), pytest.raises(SimulationError, match=flaw.sign):
        _simulate_until_one_fails(flaw)


def _simulate_until_one_fails(flaw: Flaw) -> None:
    for seed in range(flaw.first, flaw.first + WITHIN):
        simulate(draw_with_desks(seed))
