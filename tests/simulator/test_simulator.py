"""Random histories of a whole site and its central server; every invariant after each. `make test-long` runs more."""

import pytest

from tests.simulator.schedule import Schedule, draw
from tests.simulator.simulation import simulate

SCHEDULES = 180
HARSH_SCHEDULES = 60
AT_A_TIME = 10


@pytest.mark.parametrize("first", range(0, SCHEDULES, AT_A_TIME))
def test_invariants_hold_after_any_history(first: int) -> None:
    for seed in range(first, first + AT_A_TIME):
        simulate(draw(seed))


@pytest.mark.parametrize("first", range(0, HARSH_SCHEDULES, AT_A_TIME))
def test_invariants_hold_where_disks_come_back_from_the_past_all_the_time(first: int) -> None:
    for seed in range(first, first + AT_A_TIME):
        simulate(draw(seed, is_harsh=True))


@pytest.mark.parametrize(
    "schedule",
    [
        pytest.param(draw(1222), id="one disk in two machines, and a site that is put back twice"),
        pytest.param(draw(1321), id="what a restored kiosk is given back continues what is lost"),
        pytest.param(draw(5381), id="a site is put back where the clock is dead"),
        pytest.param(draw(7133), id="a clone brings what the site has more of already"),
        pytest.param(draw(562, is_harsh=True), id="a slip is copied again that a restored kiosk has forgotten"),
        pytest.param(draw(86, is_harsh=True), id="kiosk and site are put back, and only central knows"),
        pytest.param(draw(93, is_harsh=True), id="central is put back to before an earlier restore"),
    ],
)
def test_history_that_once_went_wrong(schedule: Schedule) -> None:
    simulate(schedule)


def test_the_same_seed_gives_the_same_history() -> None:
    first: list[str] = []
    second: list[str] = []
    simulate(draw(7), first.append)
    simulate(draw(7), second.append)
    assert first == second
    assert len(first) > 100
