"""The wait that is promised: what it depends on, when nothing is said, and how well it holds in halls never seen."""

import os
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kiosk.domain.call_order import InLine, next_in_line
from kiosk.domain.calling_rules import CallingRules
from kiosk.domain.ticket import Stop
from kiosk.domain.wait import QueueOutlook, Wait, back_within_s, promised, told
from kiosk.domain.wait_estimate import Desk, Hall, Waiter, estimate
from kiosk.domain.wait_pace import Ended, Measured, Pace
from kiosk.domain.wait_play import Play
from tests.waits_world import EXAM, Days, Judged, Person, median_width_s, share_kept

NOW_MS = 1_790_000_000_000
STEADY = Pace({}, {"A": (300.0,) * 8, "B": (300.0,) * 8}, {"A": (0.0,) * 8, "B": (0.0,) * 8}, (300.0,) * 8, {})
VARIED = replace(STEADY, by_queue={"A": (120.0, 200.0, 260.0, 300.0, 340.0, 400.0, 480.0, 700.0)})


def waiter(number: int, queue: str = "A", *, is_priority: bool = False, ago_s: int = 600) -> Waiter:
    place = (NOW_MS - 1000 * ago_s + number, "k", number)
    return Waiter(InLine(f"{number:016x}", 1, queue, is_priority, place), f"{queue}-1")


def hall(people: int = 0, counters: int = 1, pace: Pace = STEADY, **changes: object) -> Hall:
    desks = tuple(Desk(number, ("A",)) for number in range(1, counters + 1))
    whole = Hall(NOW_MS, ("A", "B"), tuple(map(waiter, range(people))), desks, {}, {}, pace)
    return replace(whole, **changes)  # type: ignore[arg-type]


def newcomer(of: Hall, *, is_priority: bool = False) -> Wait | None:
    return estimate(of).newcomers.get(("A", is_priority))


@pytest.mark.parametrize(
    ("low_s", "high_s", "wait"),
    [
        (0, 30, Wait(0, 60)),
        (61, 299, Wait(60, 300)),
        (599, 601, Wait(540, 900)),
        (1199, 1201, Wait(900, 1500)),
        (3599, 3601, Wait(3300, 4200)),
        (-40, 20, Wait(0, 60)),
        (0, 3000, None),
        (12000, 16000, None),
    ],
)
def test_a_range_is_told_in_steps_that_people_read_and_outward(low_s: float, high_s: float, wait: Wait | None) -> None:
    assert told(low_s, high_s) == wait


def test_nobody_ahead_and_a_free_counter_is_at_once() -> None:
    assert newcomer(hall()) == Wait(0, 60)


def test_four_people_at_five_minutes_each_are_twenty_minutes() -> None:
    wait = newcomer(hall(4))

    assert wait is not None
    assert wait.low_s <= 20 * 60 <= wait.high_s
    assert wait.high_s <= 30 * 60


def test_who_is_being_served_is_waited_for_as_long_as_is_left() -> None:
    busy = Desk(1, ("A",), "f" * 16, "A-1", "A", busy_s=60.0)

    begun, nearly = (newcomer(hall(desks=(replace(busy, busy_s=since),))) for since in (10.0, 280.0))

    assert begun is not None
    assert nearly is not None
    assert nearly.high_s < begun.high_s


@pytest.mark.parametrize(
    "unknown",
    [
        hall(3, counters=0),
        hall(3, desks=(Desk(1, ("A",), paused_s=60.0),)),
        hall(3, pace=Pace({}, {}, {}, (), {})),
        hall(3, desks=(Desk(1, ("B",)),)),
        hall(pace=replace(STEADY, by_queue={"A": (30.0,) * 5 + (5000.0,) * 5}), line=(waiter(1),)),
        hall(200),
    ],
    ids=["no counter", "all away", "nothing measured", "not this queue", "too wide", "too long"],
)
def test_where_too_little_is_known_nothing_is_said(unknown: Hall) -> None:
    assert newcomer(unknown) is None


def test_priority_waits_less_and_those_who_are_still_to_come_with_it_make_others_wait_more() -> None:
    line = hall(12)
    crowd = replace(line, pace=replace(STEADY, priority_per_s={"A": 1 / 400}))

    ordinary, priority, beside = newcomer(line), newcomer(line, is_priority=True), newcomer(crowd)

    assert ordinary is not None
    assert priority is not None
    assert priority.high_s < ordinary.low_s
    assert beside is None or beside.high_s > ordinary.high_s


def test_who_is_at_another_counter_is_passed_over_and_keeps_the_place() -> None:
    both = waiter(1)
    there = Desk(2, ("B",), both.who.ticket_id, "B-1", "B", busy_s=0.0)

    waits = estimate(hall(line=(both, waiter(2)), desks=(Desk(1, ("A",)), there)))

    first, second = (waits.line[each.who.ticket_id, 1] for each in (both, waiter(2)))
    assert second.low_s == 0
    assert first.high_s > second.high_s


def test_it_is_the_same_for_the_same_hall() -> None:
    assert estimate(hall(7, 2, VARIED)) == estimate(hall(7, 2, VARIED))


def _middle(wait: Wait | None) -> float:
    return float("inf") if wait is None else wait.high_s


@settings(max_examples=30, deadline=None)
@given(people=st.integers(0, 14), more=st.integers(1, 4), counters=st.integers(1, 4))
def test_more_people_never_make_it_shorter_and_more_counters_never_longer(
    people: int, more: int, counters: int
) -> None:
    here = _middle(newcomer(hall(people, counters, VARIED)))

    assert _middle(newcomer(hall(people + more, counters, VARIED))) >= here
    assert _middle(newcomer(hall(people, counters + more, VARIED))) <= here


_PEOPLE = st.lists(
    st.tuples(
        st.sampled_from("AB"),
        st.booleans(),
        st.integers(0, 5_400_000) | st.integers(0, 18).map(lambda step: 300_000 * step),
    ),
    min_size=1,
    max_size=12,
)
"""Queue, has priority, milliseconds since the ticket was taken; many of them the same, and many just at a ceiling."""


@settings(max_examples=200, deadline=None)
@given(
    people=_PEOPLE,
    since=st.dictionaries(st.sampled_from("AB"), st.integers(0, 3)),
    counters=st.integers(1, 3),
    takes_s=st.lists(st.sampled_from((0.0, 0.001, 40.0, 300.0, 600.0)), min_size=1, max_size=4),
    number=st.integers(0, 47),
)
@example(  # B's ordinary visitor reaches the ceiling after the first call, a millisecond later: then he is next
    people=[("A", False, 0), ("B", False, 3_599_999), ("A", False, 0), ("B", True, 0)],
    since={},
    counters=1,
    takes_s=[0.001],
    number=0,
)
@example(  # two reach their ceilings in the same millisecond, in two queues: the earlier place
    people=[("A", False, 4_000_998), ("B", False, 4_900_998)], since={}, counters=1, takes_s=[300.0], number=0
)
def test_a_play_calls_whom_the_counters_would_call_at_each_moment(
    people: list[tuple[str, bool, int]], since: dict[str, int], counters: int, takes_s: list[float], number: int
) -> None:
    """Time goes on in a play, so that ceilings are reached in it: what is asked of call_order.py is its next, then."""
    waiting = {
        InLine(f"{of:016x}", 1, queue, is_priority, (NOW_MS - ago_ms, "k", of))
        for of, (queue, is_priority, ago_ms) in enumerate(people)
    }
    rules = {"A": CallingRules(ordinary_per_priority=1, ordinary_ceiling=timedelta(minutes=45))}
    pool = tuple(takes_s)
    pace = Pace({}, {"A": pool, "B": pool}, {"A": (0.0,), "B": (0.0,)}, pool, {})
    desks = tuple(Desk(each + 1, ("A", "B")) for each in range(counters))
    line = tuple(Waiter(who, who.queue_code) for who in waiting)
    seen: dict[tuple[str, int], list[float]] = {}

    assert [*Play(Hall(NOW_MS, ("A", "B"), line, desks, rules, since, pace), frozenset("AB")).run(number, seen)]

    for (ticket_id, _), (at_s,) in seen.items():  # in the order of the calls
        who = next_in_line(waiting, rules, since, NOW_MS + int(at_s * 1000))
        assert who is not None
        assert ticket_id == who.ticket_id
        waiting.remove(who)
        if who.is_priority:
            since = {**since, who.queue_code: 0}
        elif who.queue_code in since:
            since = {**since, who.queue_code: since[who.queue_code] + 1}
    assert not waiting


def test_a_forgotten_visit_and_a_mis_click_are_no_measure() -> None:
    measured = Measured()
    for number in range(20):
        begins = number * 400.0
        takes = {3: 9000.0, 4: 1.0}.get(number, 300.0)
        measured.note(Ended("s", "A", "agency", number, begins, begins, begins + takes))

    pace = measured.pace({"B": "agency"}, {})

    assert set(pace.of("s", "A")) == {300.0}
    assert pace.known("B")
    assert not pace.known("C")


def test_between_two_visits_counts_only_where_somebody_waited() -> None:
    measured = Measured()
    for number in range(9):
        called = number * 400.0
        measured.note(Ended("s", "A", "p", 1, called - 390.0 if number % 2 else called, called, called + 340.0))

    assert measured.pace({}, {}).gaps_of("A") == (20.0,)
    for number in range(9, 20):
        called = number * 400.0
        measured.note(Ended("s", "A", "p", 1, 0.0, called, called + 340.0))
    assert set(measured.pace({}, {}).gaps_of("A")) == {60.0}


def test_who_stands_in_two_lines_is_promised_the_first_turn_and_told_that_it_may_take_longer() -> None:
    outlooks = {
        "A": QueueOutlook(3, Wait(300, 600), Wait(0, 60), Wait(120, 300)),
        "B": QueueOutlook(1, Wait(300, 900), None, Wait(200, 400)),
        "C": QueueOutlook(1, None),
    }
    a, b, c = Stop(1, "s", 1, "A"), Stop(2, "s", 2, "B"), Stop(3, "s", 3, "C")

    assert promised((a,), outlooks, is_priority=False) == (Wait(300, 600),)
    assert promised((a, b), outlooks, is_priority=False) == (Wait(300, 1200), Wait(300, 1200))
    assert promised((a, replace(b, after=(1,))), outlooks, is_priority=False) == (Wait(300, 600), Wait(420, 900))
    assert promised((a, b), outlooks, is_priority=True) == (None, None)
    assert promised((c,), outlooks, is_priority=False) == (None,)


def test_a_whole_hall_is_estimated_within_half_a_second() -> None:
    codes = tuple(f"{first}{second}" for first in "ABCDEF" for second in "ABCDEFG")
    pool = (120.0, 200.0, 260.0, 300.0, 340.0, 400.0, 480.0, 700.0) * 8
    pace = Pace({}, dict.fromkeys(codes, pool), dict.fromkeys(codes, (20.0,) * 8), pool, dict.fromkeys(codes, 0.0005))
    line = tuple(waiter(60 * row + number, code) for row, code in enumerate(codes) for number in range(30))
    whole = Hall(NOW_MS, codes, line, tuple(Desk(row + 1, (code,)) for row, code in enumerate(codes)), {}, {}, pace)
    begun = time.process_time()

    waits = estimate(whole)

    assert waits.line
    assert time.process_time() - begun < 3.0  # 0.5 s on a machine of its own: docs/waits.md


def called_before_return(judged: list[Judged]) -> tuple[int, int]:
    """How many were told a time of return, by the slip's rule and rounding; and how many of them were called for one of
    their stops before it, so that whoever trusts it comes late.
    """
    first_s: dict[int, float] = {}
    people: dict[int, Person] = {}
    for one in judged:
        key = id(one.person)
        people[key] = one.person
        first_s[key] = min(one.real_s, first_s.get(key, one.real_s))
    told = late = 0
    for key, person in people.items():
        within_s = back_within_s(person.promises)
        if within_s is not None:
            told += 1
            late += person.came_s + first_s[key] < (person.came_s + within_s) // 300 * 300
    return told, late


_MOST_LATE = 0.05
_ENOUGH = 100
"""Visitors who were told when to be back: fewer say nothing of their world alone."""


def _examine(days: int, ask_every: int) -> None:
    judged = []
    judged_returns: tuple[int, ...] = ()
    for world in EXAM:
        month = Days(world, 4242, ask_every)
        of_world = [each for number in range(days) for each in month.day(number)]
        came_back, late = called_before_return(of_world)
        told_share = sum(each.promise is not None for each in of_world) / len(of_world)
        print(  # noqa: T201  # the figures of docs/waits.md
            f"{world.name}: {len(of_world)} waits, {told_share:.0%} promised, {share_kept(of_world):.1%} kept,"
            f" median width {median_width_s(of_world) / 60:.0f} min; of {came_back} told when to be back {late} late"
        )
        judged += of_world
        assert told_share >= 0.7
        assert came_back > 0
        assert came_back < _ENOUGH or late <= _MOST_LATE * came_back
        judged_returns += (came_back, late)
    print(f"all: {share_kept(judged):.1%} kept, median width {median_width_s(judged) / 60:.0f} min")  # noqa: T201
    assert sum(judged_returns[1::2]) <= _MOST_LATE * sum(judged_returns[::2])
    assert 0.75 <= share_kept(judged) <= 0.90
    assert median_width_s(judged) <= 25 * 60


def test_most_promises_hold_in_halls_that_were_never_seen() -> None:
    _examine(days=4, ask_every=6)


@pytest.mark.skipif(not os.environ.get("GILIRAN_MONTH"), reason="a whole month of halls: GILIRAN_MONTH=1")
def test_a_month_of_halls() -> None:
    _examine(days=22, ask_every=1)
