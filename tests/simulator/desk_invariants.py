"""What must hold of calls and deeds, whatever was cut off meanwhile (design.md, section 5). As invariants.py."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Final

from kiosk.domain.course import Action
from kiosk.domain.events import ACTION_UNDONE, Event, decode
from kiosk.domain.history import NotUnderstoodError, effect_of
from kiosk.domain.stop_life import Verb
from kiosk.sync.desk_wire import UNDO_WITHIN_S
from server.courses import course_for
from tests.simulator.kiosk_machine import HALL
from tests.simulator.world import World

Invariant = Callable[[World], Iterator[str]]

_PRESENT: Final = "state IN ('called', 'serving')"
_AT_ONE: Final = "active_counter IS NOT NULL"
_FAULTS: Final = (
    ("ticket_id", _PRESENT, "count(*) > 1", "{} is at two counters at once"),
    ("ticket_id", _AT_ONE, "count(*) > 1", "{} has two counters"),
    ("active_counter", _AT_ONE, "count(*) > 1", "two are at counter {}"),
    ("counter", _PRESENT, "count(active_counter) <> 1", "counter {} has people, and none of them is there"),
    (
        "ticket_id",
        f"{_AT_ONE} AND (NOT {_PRESENT} OR counter <> active_counter)",
        "1",
        "{} is at a counter and is not",
    ),
)
"""Of whom, among which stops, when it is a fault, and what is said of it."""
_MEETING: Final = frozenset({Verb.START, Verb.COMPLETE, Verb.RECALL})
"""What lies between two starts of one stop that must be told as a conflict."""


def c1_one_counter_has_one_visitor(world: World) -> Iterator[str]:
    """At any moment, at the site: of one ticket one stop at most is called or served; a counter has one visitor, and
    has one of them where several are said to be there.
    """
    if not world.desks:
        return
    connection = world.site.disk.connection
    for who, where, having, sentence in _FAULTS:
        query = f"SELECT {who} FROM stops WHERE site_id = ? AND {where} GROUP BY 1 HAVING {having}"  # noqa: S608
        for (found,) in connection.execute(query, (HALL.id,)).fetchall():
            yield sentence.format(found)


def c2_an_officer_is_told_the_truth(world: World) -> Iterator[str]:
    """What is said to be done is written and changes something; what is said not to be done is not written; a desk that
    starts again knows whom it served. Excused there: a desk whose disk was full, or put back.
    """
    yield from world.book.faults
    yield from (f"a desk fell over: {alarm}" for alarm in world.alarms if alarm.get("event") == "desk_failed")


def c3_no_deed_is_lost(world: World) -> Iterator[str]:
    """What an officer was told to be done is at central. Excused: what the last disk that held it has lost."""
    held = world.held(world.last)
    for done in world.book.done.values():
        if not any(key in held or key in world.promises.destroyed for key in done.keys):
            yield f"{done.verb} {done.action} of {done.desk} is not at {world.last.name}"


def c4_two_who_served_one_are_told(world: World) -> Iterator[str]:
    """Where one stop was begun at two counters, with nothing between that would have let it go, there is a conflict of
    those two: at the site, whoever told of it first. And it is one truth: the stop is in one state, at one of them.
    """
    if not world.desks:
        return
    actions = _actions(world)
    with world.site.disk.database.reading() as connection:
        for ticket_id, pairs in _met(actions).items():
            course = course_for(connection, HALL.id, ticket_id)
            if course is None:  # its kiosk cannot tell any more
                continue
            flagged = {(one.position, frozenset((one.counter, one.held_by))) for one in course.conflicts}
            for pair in pairs:
                if pair not in flagged:
                    yield f"{ticket_id} was served twice ({pair}), and nobody is told"


def c5_undone_within_ten_seconds(world: World) -> Iterator[str]:
    """By the counter that did it, and by the true time. Excused: where the site's clock was set, and what a desk did by
    itself: its time is not known better than when it was told.
    """
    actions = {action.action: action for action in _actions(world)}
    for action in actions.values():
        undone = actions.get(action.undoes or "")
        if undone is None:
            continue
        if undone.counter != action.counter:
            yield f"{undone.action} was undone by another counter"
        deed, undoing = world.book.done.get(undone.action), world.book.done.get(action.action)
        if deed is None or undoing is None or deed.is_alone or not world.site_clock_is_good:
            continue
        if undoing.at - deed.at > timedelta(seconds=UNDO_WITHIN_S):
            yield f"{undone.action} was undone after {undoing.at - deed.at}"


def c6_all_desks_are_back(world: World) -> Iterator[str]:
    """After all is repaired each desk believes its server again, and has nothing that the server lacks."""
    for desk in world.desks:
        if not desk.is_live or desk.state.unsent:
            yield f"{desk.name} is {desk.state.link} with {desk.state.unsent} events of its own"


def c7_what_was_done_alone_counts(world: World) -> Iterator[str]:
    """What a desk did by itself to a visitor who was at no other counter changed something.
    Excused: a desk that may have forgotten what it did before, its disk having been full, or put back.
    """
    if not world.desks:
        return
    counters = {desk.name: desk.counter for desk in world.desks if not desk.may_forget}
    actions = {action.action: action for action in _actions(world)}
    met = defaultdict[str, set[int | None]](set)
    for one in actions.values():
        met[one.ticket_id].add(one.counter)
    refused = world.site.disk.connection.execute(
        "SELECT action FROM actions WHERE site_id = ? AND is_refused = 1", (HALL.id,)
    )
    for (name,) in refused.fetchall():
        done, action = world.book.done.get(name), actions.get(name)
        if done is None or action is None or not done.is_alone:
            continue
        if met[action.ticket_id] == {counters.get(done.desk)}:
            yield f"{done.verb} {name} of {done.desk}, by itself on {action.ticket_id}, counts for nothing"


AT_COUNTERS_NOW: Final[tuple[Invariant, ...]] = (c1_one_counter_has_one_visitor, c2_an_officer_is_told_the_truth)
AT_COUNTERS: Final[tuple[Invariant, ...]] = (
    *AT_COUNTERS_NOW,
    c3_no_deed_is_lost,
    c4_two_who_served_one_are_told,
    c5_undone_within_ten_seconds,
    c6_all_desks_are_back,
    c7_what_was_done_alone_counts,
)


def _actions(world: World) -> Sequence[Action]:
    """All that was done to tickets, in the order of its stamps."""
    found = []
    for _, raw in world.held(world.last).values():
        event = decode(raw)
        if not isinstance(event, Event) or not event.type.startswith(("stop.", "ticket.p", ACTION_UNDONE)):
            continue
        try:
            effect = effect_of(event)
        except NotUnderstoodError:
            continue
        if isinstance(effect, Action):
            found.append(effect)
    once = {action.action: action for action in sorted(found, key=lambda one: one.key, reverse=True)}
    return sorted(once.values(), key=lambda one: one.key)


def _met(actions: Sequence[Action]) -> Mapping[str, set[tuple[int, frozenset[int | None]]]]:
    """Ticket -> (position, the two counters) of every stop that a second one began while the first had it."""
    undone = {action.undoes for action in actions if action.undoes is not None}
    met = defaultdict[str, set[tuple[int, frozenset[int | None]]]](set)
    holder: dict[tuple[str, int], int | None] = {}
    for action in actions:
        if action.action in undone:
            continue
        if action.position is None or action.verb not in _MEETING:
            for stop in [each for each in holder if each[0] == action.ticket_id]:
                del holder[stop]
            continue
        stop = (action.ticket_id, action.position)
        if action.verb is not Verb.START:
            continue
        before = holder.setdefault(stop, action.counter)
        if before != action.counter:
            met[action.ticket_id].add((action.position, frozenset((before, action.counter))))
    return met
