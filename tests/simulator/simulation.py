"""One schedule from its first step to its verdict, in this process and on this thread."""

import secrets
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from random import Random
from typing import Any, Final
from unittest.mock import patch

import structlog

from kiosk.faults import watching_faults
from kiosk.sync import conversation
from server import greeting, relay, sync_api
from tests.simulator.actions import do_chores, perform
from tests.simulator.desk_hall import cheap_desks
from tests.simulator.emptying import serve_everybody
from tests.simulator.invariants import check_all, check_now
from tests.simulator.schedule import Schedule, draw
from tests.simulator.settling import settle
from tests.simulator.stillness import still
from tests.simulator.world import Tell, World

SMALL_BATCH: Final = 4
"""Events, so that a few tickets already take several batches."""
FEW_FORGOTTEN: Final = 2
"""Incarnations that a server names at a time, so that a restored kiosk must ask several times."""
_QUIET_FIELDS: Final = frozenset({"event", "exc_info"})


class SimulationError(AssertionError):
    """A schedule after which an invariant does not hold, or over which the product itself fell."""

    def __init__(self, schedule: Schedule, step: int | None, cause: BaseException) -> None:
        where = "after all was repaired" if step is None else f"at step {step}"
        super().__init__(
            f"seed {schedule.seed}, {where}: {type(cause).__name__} {cause}\n"
            f"Replay it: scripts/test_long.sh --seed {schedule.seed}{_option(schedule)}"
        )
        self.schedule = schedule
        self.cause = cause


def _option(schedule: Schedule) -> str:
    if schedule.desks:
        return " --desks"
    return " --harsh" if schedule.is_harsh else ""


def simulate(schedule: Schedule, tell: Tell = lambda _: None) -> World:
    """Raises SimulationError. `tell` is given a line for each thing that happens."""
    alarms: list[Mapping[str, Any]] = []
    with _repeatable() as ids, _heard(tell, alarms), still(), _small(), cheap_desks():
        world = World(schedule.kiosks, tell, alarms, schedule.skews_s)
        with watching_faults(world.power.passed):
            for machine in world.machines:
                world.start(machine, ids)
            if world.desks:
                do_chores(world, at_once=True)  # the day is opened
            world.note_written()
            number: int | None = None
            try:
                for number, step in enumerate(schedule.steps):  # named in the error
                    tell(f"{number:3d} {step}")
                    ids.seed(step.luck)
                    perform(world, step)
                    check_now(world)
                number = None
                ids.seed(schedule.seed)
                if world.desks:
                    settle(world, relays=False)
                    serve_everybody(world)
                settle(world)
                check_all(world)
            except Exception as error:
                raise SimulationError(schedule, number, error) from error
    return world


def outcome(seed: int, draw_one: Callable[[int], Schedule] = draw) -> str | None:
    """What went wrong, None for nothing: for another process, to which a string can be sent."""
    try:
        simulate(draw_one(seed))
    except SimulationError as error:
        return str(error)
    return None


def shorten(schedule: Schedule, fails: Callable[[Schedule], bool], tries: int = 400) -> Schedule:
    """The same failure with fewer steps: halves, quarters ... are left out as long as it goes on failing."""
    steps = schedule.steps
    size = max(1, len(steps) // 2)
    while tries > 0:
        is_shorter = False
        start = 0
        while start < len(steps) and tries > 0:
            fewer = steps[:start] + steps[start + size :]
            tries -= 1
            if fails(replace(schedule, steps=fewer)):
                steps, is_shorter = fewer, True
            else:
                start += size
        if size == 1 and not is_shorter:
            break
        size = max(1, size // 2)
    return replace(schedule, steps=steps)


@contextmanager
def _repeatable() -> Iterator[Random]:
    """Whatever the product draws by chance comes from here."""
    chance = Random(0)  # noqa: S311  # a replay needs a chance that repeats

    def token_hex(size: int | None = None) -> str:
        return chance.randbytes(size or 32).hex()

    with patch.object(secrets, "token_hex", token_hex), patch.object(secrets, "token_bytes", chance.randbytes):
        yield chance


@contextmanager
def _small() -> Iterator[None]:
    """What only a large hall would ever reach is reached."""
    with ExitStack() as patches:
        for module in (conversation, relay, sync_api):
            patches.enter_context(patch.object(module, "MAX_BATCH_EVENTS", SMALL_BATCH))
        patches.enter_context(patch.object(greeting, "MAX_FORGOTTEN", FEW_FORGOTTEN))
        yield


@contextmanager
def _heard(tell: Tell, alarms: list[Mapping[str, Any]]) -> Iterator[None]:
    """The product's own log lines become part of the trace; here they are no fault of a test. Errors are `alarms`."""
    before = structlog.get_config()

    def line(_: object, method: str, facts: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        rest = " ".join(f"{name}={value}" for name, value in facts.items() if name not in _QUIET_FIELDS)
        tell(f"      {method}: {facts['event']} {rest}")
        if method in {"error", "exception"}:
            alarms.append(dict(facts))
        raise structlog.DropEvent

    structlog.configure(processors=[line], cache_logger_on_first_use=False)
    try:
        yield
    finally:
        structlog.configure(**before)
