"""When a kiosk's confirmed slips reach nobody; and that no hall sounds the alarm by its habits alone."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.unseen_paper import LEAST_RUN, Fate, Unseen, unseen

MINUTE = 60_000


def calls(origin: str, came: str, counter: int = 1, every: int = 2, first: int = 0) -> list[Fate]:
    """One call every so many minutes. `came`: + or - of each."""
    return [Fate(origin, counter, (first + every * n) * MINUTE, each == "+") for n, each in enumerate(came)]


OTHERS = calls("b", "+" * 60, every=1)


@pytest.mark.parametrize(
    ("fates", "run"),
    [
        (calls("a", "-" * 12) + OTHERS, 12),
        (calls("a", "+++" + "-" * 12) + OTHERS, 12),
        (calls("a", "-" * 7) + OTHERS, None),
        (calls("a", "-" * 12 + "+") + OTHERS, None),
        (calls("a", "-" * 12 + "+" + "-" * 5) + OTHERS, None),
        (calls("a", "-" * 12), None),
        (calls("a", "-" * 12) + calls("b", "-" * 60, every=1), None),
        (calls("a", "-" * 12) + calls("b", "+" * 60, counter=2, every=1), None),
        (calls("a", "-" * 12) + calls("b", "+" * 60, every=1, first=-100), None),
        (calls("a", "-" * 12) + calls("b", "+-" * 30, every=1), None),
        (calls("a", "-" * 30) + calls("b", "+-" * 30, every=1), 30),
        (calls("a", "-" * 12) + calls("b", "-" * 60, every=1) + calls("c", "+", first=5), None),
        (calls("a", "-" * 6) + calls("a", "-" * 6, counter=2) + OTHERS + calls("b", "+" * 60, 2, 1), 12),
    ],
    ids=[
        "dead print head", "died in the day", "too few", "one came at last", "new paper, too few since",
        "no other kiosk", "officers who start nobody", "others at another counter", "others before its time",
        "half stay away, too few", "half stay away, enough", "one who came by chance", "at two counters",
    ],
)  # fmt: skip
def test_alarm(fates: list[Fate], run: int | None) -> None:
    found = unseen(fates).get("a")
    assert (None if found is None else found.run) == run


def test_it_says_since_when() -> None:
    assert unseen(calls("a", "++" + "-" * 12) + OTHERS) == {"a": Unseen(12, 4 * MINUTE)}


FATES = st.lists(
    st.builds(Fate, st.sampled_from("abc"), st.integers(1, 3), st.integers(0, 10_000), st.booleans()), max_size=60
)


@given(FATES)
def test_order_of_arrival_never_matters_and_an_alarm_is_always_a_long_run(fates: list[Fate]) -> None:
    distinct = list({fate.called_ms: fate for fate in fates}.values())
    found = unseen(distinct)
    assert found == unseen(reversed(distinct))
    for origin, alarm in found.items():
        own = sorted((fate for fate in distinct if fate.origin == origin), key=lambda fate: fate.called_ms)
        assert alarm.run >= LEAST_RUN
        assert not any(fate.came for fate in own[-alarm.run :])
        assert own[-alarm.run].called_ms == alarm.since_ms
        assert any(fate.came for fate in distinct if fate.origin != origin)


@given(FATES, st.sampled_from("abc"))
def test_one_who_comes_ends_it(fates: list[Fate], origin: str) -> None:
    assert origin not in unseen([*fates, Fate(origin, 1, 20_000, came=True)])


@given(FATES)
def test_where_nobody_is_started_nobody_is_blamed(fates: list[Fate]) -> None:
    assert unseen([Fate(fate.origin, fate.counter, fate.called_ms, came=False) for fate in fates]) == {}


def test_halls_whose_printers_are_sound_sound_no_alarm() -> None:
    """Looked at after every call, as the server does: 30 days, officers of all habits, each scanning as he likes."""
    chance = Random(6)  # noqa: S311  # a hall, no secret
    for _ in range(30):
        habit = {counter: chance.choice((0.0, 0.3, 0.7, 0.95)) for counter in range(1, 5)}
        fates: list[Fate] = []
        for number in range(120):
            counter = chance.randint(1, 4)
            if number == 60:
                habit = {each: chance.choice((0.0, 0.5, 0.95)) for each in habit}  # other officers after lunch
            came = chance.random() < habit[counter]
            fates.append(Fate(chance.choice("abc"), counter, number * MINUTE, came))
            assert unseen(fates) == {}
