"""What befalls machines: power, disks, clocks. Nothing here judges."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final

from kiosk.clock import FakeClock
from tests.simulator.desk_machine import DeskStation
from tests.simulator.disks import Disk
from tests.simulator.memory_folder import DeskDisk
from tests.simulator.schedule import Step
from tests.simulator.server_machine import ServerMachine
from tests.simulator.world import AnyMachine, Snapshot, World

POINTS: Final = 12
"""A fault strikes at one of so many points that the product passes next."""


def crash(world: World, step: Step, chance: Random) -> None:
    """The power goes between two requests; sometimes for the whole machine, so that its steady clock starts anew."""
    machine = machine_of(world, step)
    if machine.is_up:
        world.tell(f"{machine.name} loses its power")
        machine.die()
    if chance.random() < 0.5:
        world.clocks[machine.name] = FakeClock(world.clock(machine).now())
    if chance.random() < 0.7:
        world.start(machine, chance)


def fault(world: World, step: Step, chance: Random) -> None:
    """The power will go in the middle of something."""
    machine_of(world, step).points_to_live = chance.randint(1, POINTS)


def start(world: World, step: Step, chance: Random) -> None:
    for machine in world.machines:
        world.start(machine, chance)


def snapshot(world: World, step: Step, chance: Random) -> None:
    machine = machine_of(world, step)
    world.snapshots.append(
        Snapshot(machine, DeskDisk(machine.disk) if isinstance(machine, DeskStation) else Disk(machine.disk))
    )
    world.tell(f"{machine.name}'s disk is copied")


def restore(world: World, step: Step, chance: Random) -> None:
    if not world.snapshots:
        return
    snapshot = world.snapshots[step.amount % len(world.snapshots)]
    machine = snapshot.machine
    world.tell(f"{machine.name}'s disk is put back to an older state")
    machine.die()
    if isinstance(machine, ServerMachine):
        before = machine.disk.database.epoch()
        world.put_back(machine, snapshot)
        world.has_forgotten_an_epoch |= machine.disk.database.epoch() < before
        machine.raise_epoch(world.clock(machine), above=before)
    else:
        world.put_back(machine, snapshot)
    if chance.random() < 0.8:
        world.start(machine, chance)


def clock(world: World, step: Step, chance: Random) -> None:
    machine = machine_of(world, step)
    clock = world.clock(machine)
    true = world.now
    clock.jump(
        chance.choice([
            clock.now() - timedelta(hours=1),
            clock.now() + timedelta(hours=1),
            clock.now() + timedelta(days=3650),
            datetime(2000, 1, 1, tzinfo=UTC),
            true,
            true,
        ])
    )  # fmt: skip
    if machine is world.site:
        world.site_clock_is_good = False
    world.tell(f"{machine.name}'s clock says {clock.now().isoformat()}")


def full(world: World, step: Step, chance: Random) -> None:
    machine = machine_of(world, step)
    machine.disk.fill()
    if isinstance(machine, DeskStation):
        machine.may_forget = True
    world.tell(f"{machine.name}'s disk is full")


def free(world: World, step: Step, chance: Random) -> None:
    for machine in world.machines:
        machine.disk.free()


def machine_of(world: World, step: Step) -> AnyMachine:
    return world.machines[step.node % len(world.machines)]
