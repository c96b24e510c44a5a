"""What each kind of step does to the world. Nothing here judges: tests/simulator/invariants.py does."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from random import Random
from typing import Final

from sqlalchemy.exc import DBAPIError

from kiosk.errors import KioskError, StoreError
from kiosk.issuing import IssueRefused
from server.enrolment import revoke
from tests.simulator import troubles
from tests.simulator.correspondent import Correspondent
from tests.simulator.desk_actions import at_a_counter
from tests.simulator.kiosk_machine import HALL, KioskMachine
from tests.simulator.network import Fate, Line
from tests.simulator.schedule import Kind, Step
from tests.simulator.world import World
from tests.small_hall import SERVICE_NUMBERS, request

Action = Callable[[World, Step, Random], None]


def perform(world: World, step: Step) -> None:
    """One step, a moment after the one before."""
    chance = Random(step.luck)  # noqa: S311  # a replay needs a chance that repeats
    world.pass_time(timedelta(seconds=chance.randint(1, 20)))
    do_chores(world)
    late = [line for line in world.lines if line.waiting]
    ACTIONS[step.kind](world, step, chance)
    for line in late:
        line.deliver_late()
    world.note_written()


def do_chores(world: World, *, at_once: bool = False) -> None:
    """What machines do by themselves, here once a minute."""
    if not world.begins_minute() and not at_once:
        return
    for machine in world.machines:
        if not machine.is_up:
            continue
        with world.power.on(machine):
            try:
                machine.do_chores()
                if isinstance(machine, KioskMachine):
                    machine.witness_told_at = world.now
            except (DBAPIError, StoreError) as error:
                world.tell(f"{machine.name} cannot do its chores: {error}")


def _issue(world: World, step: Step, chance: Random) -> None:
    """A visitor takes a number, sometimes with nervous fingers; mostly the slip comes at once."""
    kiosk = _kiosk(world, step)
    if chance.random() < 0.7:  # one was due every two seconds
        beat(kiosk, world)
    services = chance.sample(sorted(SERVICE_NUMBERS), chance.choice((1, 1, 1, 2)))
    session = f"{kiosk.name} {step.luck:08x}"
    for _ in range(chance.choice((1, 1, 1, 2))):
        if not kiosk.is_up:
            return
        with world.power.on(kiosk):
            try:
                given = kiosk.issue(request(session, *services, is_priority=chance.random() < 0.2))
            except StoreError as error:
                world.tell(f"{kiosk.name} cannot issue: {error}")
                return
            if isinstance(given, IssueRefused):
                world.tell(f"{kiosk.name} refuses: {given}")
                return
            world.promises.sessions.setdefault(session, set()).add(given.ticket.id)
            world.tell(f"{kiosk.name} issues {given.ticket.label} of {given.ticket.service_day} ({given.ticket.id})")
            if chance.random() < 0.9:
                kiosk.print_waiting()
    print_again(world, kiosk, Random(step.luck + 1))  # noqa: S311  # a replay needs a chance that repeats


def _reprint(world: World, step: Step, chance: Random) -> None:
    kiosk = _kiosk(world, step)
    mine = [paper.ticket_id for paper in world.promises.papers if paper.machine == kiosk.name]
    if not (kiosk.process and mine):
        return
    ticket_id = mine[step.amount % len(mine)]
    with world.power.on(kiosk):
        try:
            slip = kiosk.process.issuing.reprint(ticket_id)
        except (IssueRefused, StoreError) as error:
            world.tell(f"{kiosk.name} does not reprint {ticket_id}: {error}")
            return
        world.promises.reprints[ticket_id] = max(slip.copy, world.promises.reprints[ticket_id] + 1)
        kiosk.print_waiting()


def print_again(world: World, kiosk: KioskMachine, chance: Random) -> None:
    """Somebody stands before a ticket without paper: the printer is good again, or the screen is read."""
    if kiosk.process is None:
        return
    with world.power.on(kiosk):
        try:
            for ticket_id in kiosk.lost_slips():
                fate = chance.random()
                if fate < 0.4:
                    kiosk.process.issuing.print_again(ticket_id)
                    world.promises.again[ticket_id] += 1
                elif fate < 0.5:
                    world.promises.taken.add(ticket_id)
                    kiosk.process.issuing.shown(ticket_id)
                    world.promises.shown.add(ticket_id)
                elif fate < 0.6:
                    kiosk.process.issuing.hold(ticket_id)
            kiosk.print_waiting()
        except (IssueRefused, StoreError) as error:
            world.tell(f"{kiosk.name} does not print again: {error}")


def _sync(world: World, step: Step, chance: Random) -> None:
    sync(world, world.correspondents[step.node % len(world.correspondents)], batches=step.amount % 3 + 1)


def sync(world: World, kiosk: Correspondent, batches: int) -> bool:
    """Whether nothing is left to send."""
    is_done = False
    if kiosk.is_up:
        with world.power.on(kiosk):
            try:
                is_done = kiosk.sync(batches)
            except KioskError as error:
                world.tell(f"{kiosk.name} cannot sync: {error}")
    return is_done


def _heartbeat(world: World, step: Step, chance: Random) -> None:
    for one in world.correspondents:
        beat(one, world)


def beat(kiosk: Correspondent, world: World) -> None:
    if kiosk.is_up:
        with world.power.on(kiosk):
            kiosk.beat()


def _relay(world: World, step: Step, chance: Random) -> None:
    relay(world, batches=step.amount % 4 + 1)


def relay(world: World, batches: int) -> bool:
    """Whether nothing is left to send."""
    is_done = False
    if world.site.is_up:
        with world.power.on(world.site):
            try:
                is_done = world.site.relay(batches)
            except (KioskError, DBAPIError) as error:
                world.tell(f"site cannot relay: {error}")
    return is_done


def _clone(world: World, step: Step, chance: Random) -> None:
    """The disk in a second machine that its key is not bound to; once in a history."""
    original = _kiosk(world, step)
    if not world.cloned:
        twin = world.clone(original)
        world.tell(f"{original.name}'s disk is cloned into another machine")
        world.start(twin, chance)


def _time(world: World, step: Step, chance: Random) -> None:
    """Much more than any request takes."""
    for line in world.lines:
        line.deliver_late()
    world.pass_time(timedelta(minutes=step.amount % 180 + 1))


def _rollover(world: World, step: Step, chance: Random) -> None:
    """On to the next 03:00 of the hall, and a little."""
    for line in world.lines:
        line.deliver_late()
    local = world.now.astimezone(HALL.timezone)
    night = local.replace(hour=3, minute=0, second=0, microsecond=0)
    night = night if night > local else night + timedelta(days=1)
    world.pass_time(night - local + timedelta(minutes=step.amount % 60))
    world.tell(f"it is {world.now.isoformat()}")


def _cut(world: World, step: Step, chance: Random) -> None:
    line = _line(world, step)
    line.is_cut = True
    world.tell(f"{line.name} is cut")


def _heal(world: World, step: Step, chance: Random) -> None:
    line = _line(world, step)
    line.is_cut = False
    world.tell(f"{line.name} is whole")


def _bad_line(world: World, step: Step, chance: Random) -> None:
    _line(world, step).fate = chance.choice(list(Fate))


def _poison(world: World, step: Step, chance: Random) -> None:
    kiosk = _kiosk(world, step)
    if kiosk.is_up:
        with world.power.on(kiosk):
            try:
                kiosk.write("future.thing")
            except StoreError as error:
                world.tell(f"{kiosk.name} cannot write: {error}")


def _revoke(world: World, step: Step, chance: Random) -> None:
    """Never the last one."""
    kiosk = world.kiosks[0]
    if world.site.process is None or len(world.kiosks) < 3:
        return
    with world.power.on(world.site):
        try:
            revoke(world.site.process.node, HALL.id, kiosk.identity.device_id)
        except DBAPIError as error:
            world.tell(f"{kiosk.name} cannot be shut out: {error}")
            return
        world.revoked.add(kiosk.identity.device_id)
        world.tell(f"{kiosk.name} is shut out")


def _islands(world: World, step: Step, chance: Random) -> None:
    for desk in world.desks:
        desk.line.is_cut = True
    world.tell("all desks are cut off")


ACTIONS: Final[Mapping[Kind, Action]] = {
    Kind.ISSUE: _issue,
    Kind.REPRINT: _reprint,
    Kind.SYNC: _sync,
    Kind.HEARTBEAT: _heartbeat,
    Kind.RELAY: _relay,
    Kind.TIME: _time,
    Kind.ROLLOVER: _rollover,
    Kind.CUT: _cut,
    Kind.HEAL: _heal,
    Kind.BAD_LINE: _bad_line,
    Kind.CRASH: troubles.crash,
    Kind.FAULT: troubles.fault,
    Kind.START: troubles.start,
    Kind.SNAPSHOT: troubles.snapshot,
    Kind.RESTORE: troubles.restore,
    Kind.CLONE: _clone,
    Kind.CLOCK: troubles.clock,
    Kind.FULL: troubles.full,
    Kind.FREE: troubles.free,
    Kind.POISON: _poison,
    Kind.REVOKE: _revoke,
    Kind.COUNTER: at_a_counter,
    Kind.ISLANDS: _islands,
}


def _kiosk(world: World, step: Step) -> KioskMachine:
    return world.kiosks[step.node % len(world.kiosks)]


def _line(world: World, step: Step) -> Line:
    return world.lines[step.node % len(world.lines)]
