"""Random histories of a hall with counters: officers at work while lines are cut, and their logs merged later."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from unittest.mock import patch

import pytest

from kiosk.desk.offline import OfflineCounter
from kiosk.desk.return_to_server import Return
from kiosk.domain import course
from server import course_projection, courses, desk_undo, ticket_projection
from server.desk_room import Room
from tests.simulator.schedule import draw_with_desks
from tests.simulator.simulation import SimulationError, simulate
from tests.simulator.test_protections import WITHIN, Sabotage

SEEDS = (*range(8), 27, 35, 46, 2138)
"""The last ones have found faults."""
AT_A_TIME = 4


@pytest.mark.parametrize("first", range(0, len(SEEDS), AT_A_TIME))
def test_nobody_is_forgotten_or_called_twice_whatever_was_cut_off(first: int) -> None:
    for seed in SEEDS[first : first + AT_A_TIME]:
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


async def _at_once(_: Return) -> bool:
    """Whatever is not sent."""
    return True


FLAWS: Mapping[str, Flaw] = {
    "what was done is sorted by who did it": Flaw(_sorted_by_origin, "Forgotten|c1_|c2_"),
    "nobody is told that two counters served one visitor": Flaw(
        lambda: patch.object(course._Walk, "_conflict", lambda *_: None), "c4_"
    ),
    "a deed can be taken back all day": Flaw(lambda: patch.object(desk_undo, "_WITHIN_MS", 86_400_000), "c5_", first=5),
    "what a desk asks twice is done twice": Flaw(
        lambda: patch.object(Room, "was_done", lambda *_: False), "c2_", first=20
    ),
    "a desk that starts again has forgotten whom it serves": Flaw(_forgets_whom_it_serves, "c2_", first=11),
    "a desk that starts again has forgotten whom it sent on": Flaw(
        lambda: patch.object(OfflineCounter, "_done", lambda *_, **__: ()), "c7_", first=19
    ),
    "what is asked of the server overtakes what was done alone": Flaw(
        lambda: patch.object(Return, "may_ask", _at_once), "c7_", first=2138
    ),
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
