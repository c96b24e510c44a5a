"""`python -m tests.simulator`: many schedules with a progress bar, or one of them step by step.

Run it with PYTHONHASHSEED=0, as scripts/test_long.sh does: then a replay takes every turn of the first run.
"""

import multiprocessing
import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tests.simulator.schedule import Schedule, draw, draw_with_desks
from tests.simulator.simulation import SimulationError, outcome, shorten, simulate

_MOST_FAILURES = 20


@click.command()
@click.option("--seed", type=int, help="Replay exactly this schedule and print what happens.")
@click.option("--shorten", "is_shortened", is_flag=True, help="With --seed: leave out what the failure does not need.")
@click.option("--count", default=300, show_default=True, help="How many schedules.")
@click.option("--first", default=0, show_default=True, help="The first seed.")
@click.option("--jobs", default=os.cpu_count() or 1, show_default=True, help="Processes.")
@click.option("--harsh", is_flag=True, help="Crash, copy and restore more than any hall has seen.")
@click.option("--desks", is_flag=True, help="Counters too, with officers at work.")
@click.option("--patient", is_flag=True, help="Go on however many have failed.")
def main(  # noqa: PLR0917  # one an option
    seed: int | None,
    is_shortened: bool,  # noqa: FBT001
    count: int,
    first: int,
    jobs: int,
    harsh: bool,  # noqa: FBT001
    desks: bool,  # noqa: FBT001
    patient: bool,  # noqa: FBT001
) -> None:
    """Simulate kiosks, a site server and the central one through random histories; exit code 1 if one goes wrong."""
    draw_one = draw_with_desks if desks else partial(draw, is_harsh=harsh)
    if seed is not None:
        sys.exit(_replay(draw_one(seed), is_shortened))
    failures = Counter[str]()
    columns = (TextColumn("schedules"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns) as progress:
        bar = progress.add_task("schedules", total=count)
        for failure in _outcomes(range(first, first + count), jobs, draw_one):
            progress.advance(bar)
            if failure is not None:
                failures[_kind(failure)] += 1
                progress.console.print(failure, markup=False, highlight=False, soft_wrap=True)
            if failures.total() >= _MOST_FAILURES and not patient:
                break
    for kind, times in failures.most_common():
        click.echo(f"{times:5d} x {kind}")
    click.echo(f"{failures.total()} of {count} schedules failed")
    sys.exit(1 if failures else 0)


def _outcomes(seeds: range, jobs: int, draw_one: Callable[[int], Schedule]) -> Iterator[str | None]:
    simulated = partial(outcome, draw_one=draw_one)
    if jobs == 1:
        yield from map(simulated, seeds)
        return
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(simulated, seeds, chunksize=5)


def _kind(failure: str) -> str:
    """The same sentence without what differs from seed to seed."""
    sentence = failure.splitlines()[0].partition(": ")[2]
    return re.sub(r"[0-9a-f]{16}|\d+", "#", sentence)


def _replay(schedule: Schedule, is_shortened: bool) -> int:  # noqa: FBT001
    if is_shortened:
        kind = _failure(schedule)
        schedule = shorten(schedule, lambda shorter: _failure(shorter) == kind)
    try:
        simulate(schedule, click.echo)
    except SimulationError as error:
        click.echo(str(error))
        return 1
    click.echo("all invariants hold")
    return 0


def _failure(schedule: Schedule) -> str:
    try:
        simulate(schedule)
    except SimulationError as error:
        return re.sub(r"\(.*\)", "", _kind(str(error)))
    return ""


if __name__ == "__main__":
    main()
