"""Who is called next: the table of design.md, section 5, and what must hold for every crowd."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.call_order import InLine, call_sequence, next_in_line
from kiosk.domain.calling_rules import CallingRules
from server.effective_time import Bracket

MINUTE = 60_000
RULES = CallingRules()
NO_CEILINGS = CallingRules(priority_ceiling=timedelta(days=9), ordinary_ceiling=timedelta(days=9))


def who(name: str, minute: float, *, queue: str = "D") -> InLine:
    """A name with an exclamation mark has priority; `minute`: when the ticket was taken."""
    return InLine(name, 1, queue, name.endswith("!"), (round(minute * MINUTE), "kiosk", 1))


def order(
    line: Sequence[InLine], *, now: float = 0, since: Mapping[str, int] | None = None, rules: CallingRules = RULES
) -> str:
    rules_of = {each.queue_code: rules for each in line}
    return " ".join(each.ticket_id for each in call_sequence(line, rules_of, since or {}, round(now * MINUTE)))


def crowd(names: str, queue: str = "D") -> list[InLine]:
    """One a minute, in this order."""
    return [who(name, minute, queue=queue) for minute, name in enumerate(names.split())]


@pytest.mark.parametrize(
    ("line", "since", "called"),
    [
        ("a b c", {}, "a b c"),
        ("a! b! c!", {}, "a! b! c!"),
        ("a b c p!", {}, "p! a b c"),
        ("a b c d e p! q! r!", {}, "p! a b q! c d r! e"),
        ("a b c d e p! q! r!", {"D": 0}, "a b p! c d q! e r!"),
        ("a b c d e p! q! r!", {"D": 1}, "a p! b c q! d e r!"),
        ("a b p! q!", {"D": 7}, "p! a b q!"),
        ("", {}, ""),
    ],
)
def test_one_with_priority_and_then_two_others(line: str, since: Mapping[str, int], called: str) -> None:
    assert order(crowd(line), since=since) == called
    assert order(crowd(line)[::-1], since=since) == called


def test_the_number_of_others_is_the_queues_own() -> None:
    assert order(crowd("a b c d p! q!"), rules=CallingRules(ordinary_per_priority=1)) == "p! a q! b c d"


@pytest.mark.parametrize(
    ("line", "now", "since", "called"),
    [
        ([who("a", 0), who("p!", 1)], 59, {}, "p!"),
        ([who("a", 0), who("p!", 45)], 60, {}, "a"),
        ([who("a", 0), who("p!", 30)], 60, {}, "p!"),  # reached its ceiling in minute 50, ten before the other
        ([who("a", 0), who("p!", 40)], 60, {}, "a"),  # both in this minute: the earlier place
        ([who("a", 5), who("p!", 39.9)], 60, {"D": 0}, "p!"),
        ([who("a", 5), who("p!", 40.1)], 60, {"D": 0}, "a"),
        ([who("a", 0, queue="A"), who("b", 1, queue="B")], 5, {}, "a"),
        ([who("a", 0, queue="A"), who("p!", 2, queue="B")], 22, {}, "p!"),
        ([who("a", 0, queue="A"), who("p!", 2, queue="B")], 70, {}, "p!"),
        ([who("a", 0, queue="A"), who("p!", 42, queue="B")], 70, {}, "a"),
    ],
)
def test_who_has_waited_longer_than_the_ceiling_comes_before_any_turn(
    line: Sequence[InLine], now: float, since: Mapping[str, int], called: str
) -> None:
    assert order(line, now=now, since=since).split()[0] == called


def test_equal_places_are_told_apart_by_origin_and_sequence() -> None:
    line = [InLine(name, 1, "D", False, (0, name[0], int(name[1]))) for name in ("b1", "a2", "a1")]
    assert order(line) == "a1 a2 b1"


def test_only_the_first_few_are_looked_for() -> None:
    line = crowd("a b c d e p! q!")
    assert [each.ticket_id for each in call_sequence(line, {}, {}, 0, most=3)] == ["p!", "a", "b"]
    assert call_sequence([], {}, {}, 0, most=3) == []
    assert next_in_line(line, {}, {}, 0) == line[5]
    assert next_in_line([], {}, {}, 0) is None


@st.composite
def crowds(draw: st.DrawFn) -> list[InLine]:
    queue, origin = st.sampled_from("AB"), st.sampled_from(("k1", "k2"))
    rows = draw(st.lists(st.tuples(queue, st.booleans(), st.integers(0, 200), origin), max_size=30))
    return [
        InLine(f"{number}{'!' * is_priority}", 1, code, is_priority, (minute * MINUTE, kiosk, number))
        for number, (code, is_priority, minute, kiosk) in enumerate(rows)
    ]


ALL_RULES = st.builds(
    CallingRules,
    ordinary_per_priority=st.integers(1, 4),
    priority_ceiling=st.integers(1, 60).map(lambda minutes: timedelta(minutes=minutes)),
    ordinary_ceiling=st.integers(1, 120).map(lambda minutes: timedelta(minutes=minutes)),
)


@given(crowds(), st.fixed_dictionaries({"A": ALL_RULES, "B": ALL_RULES}), st.integers(200, 400))
def test_everybody_is_called_once_and_of_the_same_class_and_queue_the_earlier_place_first(
    line: list[InLine], rules: Mapping[str, CallingRules], now: int
) -> None:
    called = call_sequence(line, rules, {}, now * MINUTE)
    assert Counter(called) == Counter(line)
    for code in "AB":
        for is_priority in (True, False):
            places = [one.place for one in called if (one.queue_code, one.is_priority) == (code, is_priority)]
            assert places == sorted(places)


@given(crowds(), ALL_RULES, st.integers(200, 400))
def test_whoever_is_overdue_comes_before_all_others_and_the_earliest_ceiling_first(
    line: list[InLine], rules: CallingRules, now: int
) -> None:
    called = call_sequence(line, {"A": rules, "B": rules}, {}, now * MINUTE)
    reached = [
        one.place[0]
        + (rules.priority_ceiling if one.is_priority else rules.ordinary_ceiling) // timedelta(milliseconds=1)
        for one in called
    ]
    late = [at for at in reached if at <= now * MINUTE]
    assert reached[: len(late)] == sorted(late)


@given(crowds(), st.integers(1, 4), st.none() | st.integers(0, 5))
def test_one_to_n_is_held_while_both_wait(line: list[InLine], others: int, since: int | None) -> None:
    line = [one for one in line if one.queue_code == "A"]
    rules = {"A": CallingRules(others, NO_CEILINGS.priority_ceiling, NO_CEILINGS.ordinary_ceiling)}
    called = call_sequence(line, rules, {} if since is None else {"A": since}, 0)
    left = Counter(one.is_priority for one in called)
    count = others if since is None else since
    for one in called:
        if left[True] and left[False]:
            assert one.is_priority == (count >= others)
        left[one.is_priority] -= 1
        count = 0 if one.is_priority else count + 1


@given(
    arrivals=st.lists(st.lists(st.booleans(), max_size=6), min_size=1, max_size=120),
    others=st.integers(1, 3),
    is_priority=st.booleans(),
)
def test_nobody_starves_under_any_arrivals(arrivals: list[list[bool]], others: int, *, is_priority: bool) -> None:
    """One counter, one call a minute, up to six come each minute. Once somebody's ceiling is reached, only those come
    before him who reached theirs earlier: nobody whose ticket is newer by more than the two ceilings differ.
    """
    rules = CallingRules(others, timedelta(minutes=5), timedelta(minutes=15))
    ceilings = {True: 5, False: 15}
    victim = InLine("victim", 1, "D", is_priority, (0, "a", 0))
    line = [victim]
    since: dict[str, int] = {}
    at_most = (
        ceilings[is_priority]
        + 1
        + sum(
            1
            for minute, group in enumerate(arrivals)
            for priority in group
            if minute + ceilings[priority] <= ceilings[is_priority]
        )
    )
    for minute in range(at_most + 1):
        group = arrivals[minute] if minute < len(arrivals) else [True] * 6
        line += [
            InLine(f"{minute}.{nth}", 1, "D", priority, (minute * MINUTE, "b", nth))
            for nth, priority in enumerate(group)
        ]
        called = next_in_line(line, {"D": rules}, since, minute * MINUTE)
        if called is victim:
            return
        assert called is not None
        line.remove(called)
        since["D"] = 0 if called.is_priority else since.get("D", others) + 1
    raise AssertionError(f"not called within {at_most} minutes")


@given(
    st.lists(st.tuples(st.integers(0, 100), st.integers(0, 30), st.integers(-500, 500), st.booleans()), max_size=20),
    ALL_RULES,
)
def test_nobody_is_called_before_one_of_his_class_whose_latest_possible_time_is_earlier(
    tickets: list[tuple[int, int, int, bool]], rules: CallingRules
) -> None:
    """Whatever the kiosks' clocks say: (not before, width of the bracket, what the clock said, priority)."""
    brackets = [Bracket(low * MINUTE, (low + width) * MINUTE) for low, width, _, _ in tickets]
    line = [
        InLine(str(number), number, "D", is_priority, (bracket.clamp(said * MINUTE), "k", number))
        for number, (bracket, (_, _, said, is_priority)) in enumerate(zip(brackets, tickets, strict=True))
    ]
    called = call_sequence(line, {"D": rules}, {}, 150 * MINUTE)
    for at, earlier in enumerate(called):
        for later in called[at + 1 :]:
            if earlier.is_priority is later.is_priority:
                earliest = brackets[earlier.position].not_before_ms
                assert earliest is not None
                assert earliest <= brackets[later.position].not_after_ms
