"""After the storm: everything is repaired, everybody speaks with everybody, until nobody has anything new to say."""

from datetime import timedelta
from random import Random
from typing import Final

from tests.simulator.actions import beat, do_chores, relay, sync
from tests.simulator.desk_actions import sit_down
from tests.simulator.world import World

ROUNDS: Final = 12
"""More than any history needs; the last ones must change nothing."""


class NeverQuietError(AssertionError):
    """After many rounds without any fault the machines still have something to say."""


def settle(world: World, *, relays: bool = True) -> None:
    """`relays`: to central too."""
    world.tell("all is repaired")
    repair(world)
    before = None
    for _ in range(ROUNDS):
        world.pass_time(timedelta(seconds=61))  # so that a recovering server stops waiting for those who are gone
        do_chores(world)
        for kiosk in world.kiosks:
            kiosk.print_waiting()
        for one in world.correspondents:
            beat(one, world)
            one.greet_again()
            sync(world, one, batches=200)
        for desk in world.desks:
            desk.look(world.tell)
            sit_down(desk)
        if relays:
            world.site.greet_again()
            relay(world, batches=1000)
        world.note_written()
        now = {machine.name: frozenset(world.held(machine)) for machine in world.machines}
        if now == before:
            return
        before = now
    raise NeverQuietError("the machines do not come to rest")


def repair(world: World) -> None:
    """Power, lines, disks and clocks are good again; what was under way arrives."""
    chance = Random(0)  # noqa: S311  # nothing is left to chance here
    for line in world.lines:
        line.is_cut, line.fate = False, None
        line.deliver_late()
    for machine in world.machines:
        machine.points_to_live = None
        machine.disk.free()
        world.clock(machine).jump(world.now)
        world.start(machine, chance)
    for kiosk in world.kiosks:
        kiosk.print_waiting()
    world.note_written()
