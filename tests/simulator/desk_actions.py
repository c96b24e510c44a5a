"""What officers do, by chance and by what their window shows. Nothing here judges."""

import secrets
from datetime import timedelta
from random import Random
from typing import Any, Final

from kiosk.desk.state import Link
from kiosk.domain.scan import ScanVerdict
from kiosk.domain.ticket import StopState
from kiosk.errors import KioskError
from kiosk.sync.desk_wire import CounterState, DeskVerb, VisitView
from tests.simulator.counter_book import Done
from tests.simulator.desk_machine import DeskStation
from tests.simulator.kiosk_machine import HALL
from tests.simulator.network import Fate
from tests.simulator.promises import Key
from tests.simulator.schedule import Step
from tests.simulator.world import World
from tests.small_hall import SERVICE_NUMBERS

_LATELY: Final = 5
"""Slips of which one is scanned: so few that two desks often meet the same."""
_SLIPS_OF_THE_HAND: Final = 0.12
_BAD_MOMENTS: Final = 0.12
"""Something happens to just the call that is about a deed."""
_SUDDEN_ENDS: Final = 0.05
_BEGUN: Final = frozenset({ScanVerdict.STARTED, ScanVerdict.STARTED_OFFLINE, ScanVerdict.RETURNED})
_LEAVES_NO_TRACE: Final = frozenset({DeskVerb.NOTE, DeskVerb.ALARM, DeskVerb.PRIORITY})

_CALLED: Final = {"start": 45, "recall": 8, "no_show": 16, "scan": 20, "undo": 4}
_SERVING: Final = {"complete": 32, "park": 14, "transfer": 16, "add": 6, "priority": 3, "undo": 4, "scan": 8}
_NOBODY: Final = {"call_next": 50, "scan": 30, "from_line": 5, "back": 10, "undo": 4, "pause": 3}
_ALONE: Final = {"complete": 60, "park": 14, "start": 10, "no_show": 6, "scan": 10, "call_next": 2}


def at_a_counter(world: World, step: Step, chance: Random) -> None:
    """One officer's moment: the desk looks, sends what it has, and then something is done."""
    if not world.desks:
        return
    desk = world.desks[step.node % len(world.desks)]
    if not desk.is_up:
        return
    desk.serves = None
    with world.power.on(desk):
        if chance.random() < 0.7:
            desk.look(world.tell)
        if chance.random() < 0.5:
            send(world, desk, batches=step.amount % 3 + 1)
        sit_down(desk)
        if chance.random() < _BAD_MOMENTS:
            desk.line.fate = chance.choice(list(Fate))
        for _ in range(chance.choice((1, 1, 2, 3))):
            if _do_something(world, desk, chance) and chance.random() < _SLIPS_OF_THE_HAND:
                world.pass_time(timedelta(seconds=chance.randint(0, 14)))
                act(world, desk, DeskVerb.UNDO)
        visit = desk.state.offline_visit
        desk.serves = None if visit is None else (visit.ticket, visit.position)
    if chance.random() < _SUDDEN_ENDS:
        world.tell(f"{desk.name} is switched off and on")
        desk.die()
        world.start(desk, chance)


def send(world: World, desk: DeskStation, batches: int) -> None:
    try:
        desk.sync(batches)
    except KioskError as error:
        world.tell(f"{desk.name} cannot sync: {error}")


def sit_down(desk: DeskStation) -> None:
    """Signed in at the counter, which is open, if the server is there."""
    if desk.state.link is Link.LIVE and desk.state.person is None:
        desk.sign_in()
    view = desk.state.view
    if desk.is_live and (view is None or view.counter is None or view.counter.state is not CounterState.OPEN):
        desk.set_counter(state=CounterState.OPEN)


def act(world: World, desk: DeskStation, verb: DeskVerb, **facts: Any) -> bool:
    """Whether the officer is told that it was done."""
    action, was_alone = secrets.token_hex(8), desk.is_alone
    has_answer = desk.do(lambda deeds: deeds.act(verb, {"action": action, **facts}))
    answer = desk.state.answer
    if not has_answer or answer is None:
        return False
    is_done = answer.refusal is None
    world.tell(f"{desk.name}: {verb} {action} {'done' if is_done else answer.refusal}{_who(desk)}")
    if is_done and verb not in _LEAVES_NO_TRACE:
        _note_done(world, desk, verb, action, was_alone=was_alone)
    elif not is_done and not was_alone and desk.is_live:
        _note_refused(world, desk, verb, action)
    return is_done


def scan(world: World, desk: DeskStation, text: str) -> ScanVerdict | None:
    action, was_alone, before = secrets.token_hex(8), desk.is_alone, desk.state.scan_count
    desk.do(lambda deeds: deeds.scan(text, action))
    answer = desk.state.scan
    if answer is None or desk.state.scan_count == before:
        return None
    world.tell(f"{desk.name} scans {answer.label}: {answer.verdict} {action}{_who(desk)}")
    if answer.verdict in _BEGUN:
        _note_done(world, desk, DeskVerb.START, action, was_alone=was_alone)
    return answer.verdict


def _do_something(world: World, desk: DeskStation, chance: Random) -> bool:
    """Whether the officer is told that it was done."""
    visit = desk.visit
    stop = None if visit is None else next((one for one in visit.stops if one.position == visit.position), None)
    if desk.is_alone:
        wishes = {"scan": 1} if visit is None else _ALONE
    elif stop is None:
        wishes = _NOBODY
    else:
        wishes = _CALLED if stop.state is StopState.CALLED else _SERVING
    wish = chance.choices(list(wishes), list(wishes.values()))[0]
    if stop is not None and visit is not None and stop.state is StopState.CALLED and not _is_there(world, visit):
        wish = "no_show" if wish in {"start", "scan"} else wish  # nobody stands there: he never had a slip
    return _carry_out(world, desk, wish, chance)


def _carry_out(world: World, desk: DeskStation, wish: str, chance: Random) -> bool:
    view = desk.state.view
    rows = () if view is None else (*view.parked, *view.missed) if wish == "back" else view.line
    if wish == "scan":
        return _scan_somebody(world, desk, chance) in _BEGUN
    if wish in {"transfer", "add"}:
        service = chance.choice(sorted(SERVICE_NUMBERS))
        comes_back = wish == "transfer" and chance.random() < 0.4
        return act(world, desk, DeskVerb(wish), service=service, comes_back=comes_back)
    if wish == "pause":
        desk.set_counter(state=CounterState.PAUSED)
        return False
    if wish not in {"back", "from_line"}:
        return act(world, desk, DeskVerb(wish))
    if not rows:
        return False
    row = chance.choice(rows)
    verb = DeskVerb.UNPARK if wish == "back" else DeskVerb.CALL
    return act(world, desk, verb, ticket=row.ticket, position=row.position, confirmed=True)


def _scan_somebody(world: World, desk: DeskStation, chance: Random) -> ScanVerdict | None:
    """Mostly one of today; more often than in any hall one that another desk has just had."""
    visit = desk.visit
    if visit is not None and visit.ticket in world.book.tokens and chance.random() < 0.6:
        return scan(world, desk, world.book.tokens[visit.ticket])
    papers = world.promises.papers[-_LATELY:]
    of_today = [paper for paper in papers if paper.service_day == papers[-1].service_day]
    if not papers:
        return None
    paper = chance.choice(of_today if chance.random() < 0.9 else papers)
    return scan(world, desk, paper.label if chance.random() < 0.15 else world.book.tokens[paper.ticket_id])


def _is_there(world: World, visit: VisitView) -> bool:
    """Whether the visitor knows his number."""
    held = {paper.ticket_id for paper in world.promises.papers} | world.promises.shown
    return visit.ticket in held


def _who(desk: DeskStation) -> str:
    visit = desk.visit
    return "" if visit is None else f", {visit.label} is here"


def _note_done(world: World, desk: DeskStation, verb: DeskVerb, action: str, *, was_alone: bool) -> None:
    keys = frozenset(_keys(world, desk, action))
    is_alone = was_alone or any(key.origin == desk.identity.device_id for key in keys)
    world.book.done[action] = Done(action, verb, desk.name, world.now, keys, is_alone)
    if not keys:
        world.book.faults.append(f"{desk.name} was told that {verb} {action} was done, and it is written nowhere")
    if is_alone:
        return
    refused = world.site.disk.connection.execute(
        "SELECT 1 FROM actions WHERE site_id = ? AND action = ? AND is_refused = 1", (HALL.id, action)
    ).fetchone()
    if refused is not None:
        world.book.faults.append(f"{desk.name} was told that {verb} {action} was done, and it changed nothing")


def _note_refused(world: World, desk: DeskStation, verb: DeskVerb, action: str) -> None:
    if any(_keys(world, desk, action)):
        world.book.faults.append(f"{desk.name} was told that {verb} {action} was not done, and it was")


def _keys(world: World, desk: DeskStation, action: str) -> list[Key]:
    """Where the deed of this name is written."""
    named = f'"action":"{action}"'
    of_site = world.site.disk.connection.execute(
        "SELECT origin, incarnation, sequence FROM events WHERE site_id = ? AND instr(CAST(raw AS TEXT), ?)",
        (HALL.id, named),
    ).fetchall()
    of_desk = desk.disk.connection.execute(
        "SELECT ?, incarnation, sequence FROM events WHERE instr(CAST(raw AS TEXT), ?)",
        (desk.identity.device_id, named),
    ).fetchall()
    return [Key(*row) for row in (*of_site, *of_desk)]
