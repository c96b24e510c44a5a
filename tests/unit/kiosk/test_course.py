"""What a visit's actions add up to: examples first, then what holds whatever was done, in whatever order heard."""

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.domain.course import (
    HIGHEST_POSITION,
    Action,
    Conflict,
    Course,
    CourseStop,
    Deed,
    Issued,
    NewStop,
    course_of,
)
from kiosk.domain.course_row import course_row
from kiosk.domain.stop_life import ACTIVE, CLOSED, OPEN, Verb
from kiosk.domain.ticket import StopState

D, P = CourseStop(1, "dukcapil.ktp", "D"), CourseStop(2, "polri.skck", "P")
BANK = NewStop("bank.teller", "B")
TICKET = "f" * 16


def done(*steps: tuple[Any, ...], first: int = 0, origin: str = "0a" * 8) -> list[Action]:
    """(verb, position, counter, more), a second apart."""
    actions = []
    for number, (verb, position, counter, *more) in enumerate(steps, start=first):
        key = (f"{number:016x}", origin, "1" * 16, number + 1)
        facts = more[0] if more else {}
        actions.append(
            Action(key, f"{origin[:2]}{number:014x}", verb, TICKET, number * 1000, position, counter, **facts)
        )
    return actions


def course(*steps: tuple[Any, ...], stops: Sequence[CourseStop] = (D, P), **issued: Any) -> Course:
    return course_of(Issued(tuple(stops), is_priority=False, **issued), done(*steps))


def states(found: Course) -> list[str]:
    return [stop.state.value for stop in found.stops]


def test_a_visit_goes_its_way() -> None:
    whole = course(
        (Verb.CALL, 1, 3), (Verb.RECALL, 1, 3), (Verb.START, 1, 3, {"officer": "A-1"}), (Verb.COMPLETE, 1, 3)
    )
    assert states(whole) == ["completed", "waiting"]
    assert whole.stops[0] == replace(
        D,
        state=StopState.COMPLETED,
        counter=3,
        officer="A-1",
        calls=2,
        called_at_ms=0,  # a recall makes no wait longer
        started_at_ms=2000,
        ended_at_ms=3000,
    )
    assert (whole.refused, whole.conflicts) == ((), ())


def test_who_is_at_one_counter_is_called_to_no_other() -> None:
    both = course((Verb.CALL, 1, 3), (Verb.CALL, 2, 4))
    assert states(both) == ["called", "waiting"]
    assert len(both.refused) == 1
    assert states(course((Verb.CALL, 1, 3), (Verb.NO_SHOW, 1, 3), (Verb.CALL, 2, 4))) == ["no_show", "called"]


def test_what_must_come_after_waits_for_it_and_can_be_served_all_the_same() -> None:
    stops = (D, replace(P, after=(1,)))
    assert states(course(stops=stops)) == ["waiting", "pending"]
    assert states(course((Verb.CALL, 2, 4), stops=stops)) == ["waiting", "pending"]
    assert states(course((Verb.CANCEL, 1, 3), stops=stops)) == ["cancelled", "waiting"]
    no_show = course((Verb.CALL, 1, 3), (Verb.NO_SHOW, 1, 3), stops=stops)
    assert states(no_show) == ["no_show", "pending"], "the visitor may still come"
    assert states(course((Verb.START, 2, 4), stops=stops)) == ["waiting", "serving"], "a desk's word is taken"


def test_a_transfer_keeps_the_place_and_the_visitor_comes_back_to_the_same_counter() -> None:
    back_at_noon = (Verb.RETURN, 1, 3, {"place_ms": 77})
    sent = course(
        (Verb.CALL, 1, 3),
        (Verb.NO_SHOW, 1, 3),
        back_at_noon,
        (Verb.START, 1, 3),
        (Verb.TRANSFER, 1, 3, {"new": BANK, "return_to": 3}),
    )
    assert states(sent) == ["transferred", "waiting", "waiting", "pending"]
    assert [stop.place_ms for stop in sent.stops] == [77, None, 77, 77]
    assert sent.stops[3] == CourseStop(4, D.service_id, "D", (3,), StopState.PENDING, bound_to=3, place_ms=77)
    steps = [(Verb.START, 1, 3), (Verb.TRANSFER, 1, 3, {"new": BANK, "return_to": 3}), (Verb.START, 3, 9)]
    assert states(course(*steps, (Verb.COMPLETE, 3, 9)))[2:] == ["completed", "waiting"]
    bound = [*steps, (Verb.COMPLETE, 3, 9), (Verb.CALL, 4, 8)]
    assert states(course(*bound))[3] == "called", "that the other counter must not is the server's to say"
    assert states(course(*bound, (Verb.CALL, 4, 3)))[3] == "called"


def test_what_came_after_a_stop_comes_after_what_has_taken_its_place() -> None:
    stops = (D, replace(P, after=(1,)))
    steps = [(Verb.START, 1, 3), (Verb.TRANSFER, 1, 3, {"new": BANK})]
    assert states(course(*steps, stops=stops)) == ["transferred", "pending", "waiting"]
    again = [*steps, (Verb.START, 3, 4), (Verb.TRANSFER, 3, 4, {"new": BANK, "return_to": 4}), (Verb.START, 4, 5)]
    whole = course(*again, (Verb.COMPLETE, 4, 5), stops=stops)
    assert states(whole) == ["transferred", "pending", "transferred", "completed", "waiting"]
    last = course(*again, (Verb.COMPLETE, 4, 5), (Verb.START, 5, 4), (Verb.COMPLETE, 5, 4), stops=stops)
    assert states(last)[1] == "waiting"


def test_no_more_than_so_many_stops_and_then_a_transfer_does_not_lose_the_visitor() -> None:
    many = [(Deed.ADD, None, 3, {"new": BANK})] * HIGHEST_POSITION
    full = course(*many, (Verb.START, 1, 3), (Verb.TRANSFER, 1, 3, {"new": BANK}))
    assert len(full.stops) == HIGHEST_POSITION
    assert full.stops[0].state is StopState.SERVING
    assert len(full.refused) == 3


def test_two_cut_off_desks_that_served_the_same_stop_both_hear_of_it() -> None:
    one = done((Verb.START, 1, 1), (Verb.COMPLETE, 1, 1), first=10, origin="0a" * 8)
    for first in (5, 10, 11, 30):
        other = done((Verb.START, 1, 2), (Verb.COMPLETE, 1, 2), first=first, origin="0b" * 8)
        whole = course_of(Issued((D,), is_priority=False), one + other)
        assert states(whole) == ["completed"]
        assert len(whole.conflicts) == 1, "told once"
        conflict = whole.conflicts[0]
        assert {conflict.counter, conflict.held_by} == {1, 2}
        assert conflict.held_by == whole.stops[0].counter
        assert len(whole.refused) == 2


def test_two_desks_that_served_different_stops_at_once_leave_one_of_them_for_later() -> None:
    both = course((Verb.START, 1, 1), (Verb.START, 2, 2))
    assert states(both) == ["parked", "serving"]
    assert both.conflicts == (Conflict("0a" + f"{1:014x}", 1, 2, 1),)
    called = course((Verb.CALL, 1, 1), (Verb.START, 2, 2))
    assert states(called) == ["waiting", "serving"]
    assert called.stops[0].calls == 0
    assert course((Verb.START, 1, 1), (Verb.START, 2, 1)).conflicts == (), "one counter, two stops: no conflict"


def test_who_was_called_by_one_counter_and_came_to_another_is_served_there() -> None:
    met = course((Verb.CALL, 1, 1), (Verb.START, 1, 2), (Verb.NO_SHOW, 1, 1), (Verb.COMPLETE, 1, 1))
    assert (states(met)[0], met.stops[0].counter) == ("serving", 2)
    assert {(one.counter, one.held_by) for one in met.conflicts} == {(2, 1), (1, 2)}


@pytest.mark.parametrize("verb", [Verb.RECALL, Verb.NO_SHOW, Verb.RELEASE])
def test_only_who_called_says_what_came_of_it(verb: Verb) -> None:
    assert states(course((Verb.CALL, 1, 1), (verb, 1, 2)))[0] == "called"
    assert states(course((Verb.CALL, 1, 1), (verb, 1, 1)))[0] == {"recalled": "called", "no_show": "no_show"}.get(
        verb, "waiting"
    )


def test_a_ghost_that_comes_waits_for_everything_again() -> None:
    assert states(course(is_ghost=True)) == ["expired", "expired"]
    assert states(course((Verb.START, 1, 3), is_ghost=True)) == ["serving", "waiting"]
    assert states(course((Verb.RETURN, None, 3), is_ghost=True)) == ["waiting", "waiting"]


def test_all_stops_go_at_once_and_one_visitor_is_at_one_counter() -> None:
    assert states(course((Verb.CANCEL, None, 3))) == ["cancelled", "cancelled"]
    for verb in (Verb.CALL, Verb.START):
        assert sum(state in ACTIVE for state in states(course((verb, None, 3)))) == 1


def test_priority_is_the_last_word() -> None:
    on, off = {"is_priority": True}, {"is_priority": False}
    assert course((Deed.PRIORITISE, None, 3, on)).is_priority
    assert not course((Deed.PRIORITISE, None, 3, on), (Deed.PRIORITISE, None, 3, off)).is_priority


def test_a_repeated_action_counts_once_and_the_earlier_of_two_of_one_name() -> None:
    """A desk heard no answer, wrote it into its own log too, and sends that later."""
    online = done((Deed.ADD, None, 3, {"new": BANK}), first=5)
    again = [replace(online[0], key=(f"{6:016x}", "0d" * 8, "1" * 16, 1), at_ms=6000)]
    whole = course_of(Issued((D,), is_priority=False), again + online)
    assert states(whole) == ["waiting", "waiting"]
    assert whole == course_of(Issued((D,), is_priority=False), online)


COUNTERS = st.none() | st.integers(1, 3)


@st.composite
def histories(draw: st.DrawFn) -> list[Action]:
    """Anything at all, at up to three counters, of up to three logs; some of it twice."""
    count = draw(st.integers(0, 14))
    found = []
    for number in range(count):
        verb = draw(st.sampled_from([*Verb, *Deed, Verb.CALL, Verb.START, Verb.START, Verb.COMPLETE]))
        key = (f"{draw(st.integers(0, 9)):016x}", draw(st.sampled_from(["0a" * 8, "0b" * 8, "0c" * 8])), "1", number)
        undoes = f"{draw(st.integers(0, count)):016x}" if verb is Deed.UNDO else None
        found.append(
            Action(
                key,
                f"{draw(st.integers(0, count)):016x}" if draw(st.integers(0, 9)) == 0 else f"{number:016x}",
                verb,
                TICKET,
                int(key[0], 16),
                draw(st.none() | st.integers(1, 5)),
                draw(COUNTERS),
                draw(st.sampled_from([None, "A-1", "B-2"])),
                draw(st.sampled_from([None, BANK, NewStop("x", "X")])),
                draw(COUNTERS),
                draw(st.none() | st.integers(0, 99)),
                draw(st.none() | st.booleans()),
                undoes,
            )
        )
    return found


@st.composite
def beginnings(draw: st.DrawFn) -> Issued:
    count = draw(st.integers(1, 4))
    after = st.lists(st.integers(1, 5), max_size=2).map(tuple)
    stops = tuple(
        CourseStop(position, f"s{position}", draw(st.sampled_from("DP")), draw(after))
        for position in range(1, count + 1)
    )
    return Issued(stops, draw(st.booleans()), is_ghost=draw(st.booleans()), is_day_over=draw(st.booleans()))


@settings(max_examples=400)
@given(beginnings(), histories(), st.randoms(use_true_random=False))
def test_any_order_and_any_repetition_give_the_same(
    issued: Issued, actions: list[Action], chance: random.Random
) -> None:
    shuffled = actions + chance.sample(actions, len(actions) // 2)
    chance.shuffle(shuffled)
    assert course_of(issued, shuffled) == course_of(issued, actions)
    assert course_row(TICKET, course_of(issued, iter(shuffled))) == course_row(TICKET, course_of(issued, actions))


@settings(max_examples=400)
@given(beginnings(), histories())
def test_whatever_was_done_a_visitor_is_at_one_counter_and_a_day_that_is_over_leaves_nothing_open(
    issued: Issued, actions: list[Action]
) -> None:
    whole = course_of(issued, actions)
    assert sum(stop.state in ACTIVE for stop in whole.stops) <= 1
    assert [stop.position for stop in whole.stops] == list(range(1, len(whole.stops) + 1))
    if issued.is_day_over:
        assert not any(stop.state in OPEN for stop in whole.stops)
    closed = {stop.position for stop in whole.stops if stop.state in CLOSED}
    for stop in whole.stops:
        if stop.state is StopState.WAITING:
            assert set(stop.after) & set(range(1, len(whole.stops) + 1)) <= closed
    names = {action.action for action in actions}
    assert set(whole.refused) | whole.undone | {one.action for one in whole.conflicts} <= names


@settings(max_examples=400)
@given(beginnings(), histories())
def test_what_is_closed_never_opens_again(issued: Issued, actions: list[Action]) -> None:
    """Step by step; without undoing, without a day's end, and of tickets that somebody holds."""
    issued = replace(issued, is_ghost=False, is_day_over=False)
    ordered = sorted((one for one in actions if one.verb is not Deed.UNDO), key=lambda one: one.key)
    before = course_of(issued, [])
    for count in range(1, len(ordered) + 1):
        after = course_of(issued, ordered[:count])
        for old, new in zip(before.stops, after.stops, strict=False):
            if old.state in CLOSED:
                assert new == replace(old, after=new.after)
        assert len(after.stops) >= len(before.stops)
        before = after


@settings(max_examples=400)
@given(beginnings(), histories(), st.data())
def test_what_was_undone_has_not_been(issued: Issued, actions: list[Action], data: st.DataObject) -> None:
    without = [one for one in actions if one.verb is not Deed.UNDO]
    if not without:
        return
    taken_back = data.draw(st.sampled_from(without))
    undo = Action(("f" * 16, "0f" * 8, "1", 99), "f" * 16, Deed.UNDO, TICKET, 0, undoes=taken_back.action)
    left = course_of(issued, [one for one in without if one.action != taken_back.action])
    whole = course_of(issued, [*without, undo])
    assert replace(whole, undone=frozenset()) == left
    assert whole.undone == {taken_back.action}


@settings(max_examples=200)
@given(beginnings(), histories())
def test_what_was_refused_might_as_well_not_have_been_said(issued: Issued, actions: list[Action]) -> None:
    """But for what it tells of two counters."""
    actions = [one for one in actions if one.verb is not Deed.UNDO]
    whole = course_of(issued, actions)
    if len({one.action for one in actions}) == len(actions):
        told = course_of(issued, [one for one in actions if one.action not in whole.refused])
        assert told.stops == whole.stops
