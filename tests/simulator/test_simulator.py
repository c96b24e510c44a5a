"""Random histories of a whole site and its central server; every invariant after each. `make test-long` runs more."""

import pytest

from tests.simulator.schedule import draw
from tests.simulator.simulation import simulate

SCHEDULES = 300
AT_A_TIME = 10


@pytest.mark.parametrize("first", range(0, SCHEDULES, AT_A_TIME))
def test_invariants_hold_after_any_history(first: int) -> None:
    for seed in range(first, first + AT_A_TIME):
        simulate(draw(seed))


def test_the_same_seed_gives_the_same_history() -> None:
    first: list[str] = []
    second: list[str] = []
    simulate(draw(7), first.append)
    simulate(draw(7), second.append)
    assert first == second
    assert len(first) > 100
