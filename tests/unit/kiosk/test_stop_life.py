"""Every pair of state and verb, one by one: what may follow, and that nothing else may."""

import itertools

import pytest

from kiosk.domain.stop_life import ACTIVE, CLOSED, OPEN, Verb, transition
from kiosk.domain.ticket import StopState

LETTERS = {
    "p": StopState.PENDING,
    "w": StopState.WAITING,
    "c": StopState.CALLED,
    "s": StopState.SERVING,
    "k": StopState.PARKED,
    "n": StopState.NO_SHOW,
    "C": StopState.COMPLETED,
    "X": StopState.CANCELLED,
    "T": StopState.TRANSFERRED,
    "E": StopState.EXPIRED,
}
TABLE = """
             p w c s k n C X T E
called       . c . . . . . . . .
recalled     . . c . . . . . . .
started      s s s . s s . . . s
completed    . . . C C . . . . .
no_show      . . n . . . . . . .
parked       . . . k . . . . . .
unparked     . . . . w . . . . .
transferred  . . . T . . . . . .
cancelled    X X X X X X . . . .
returned     . . . . . w . . . w
released     . . w w . . . . . .
"""
"""A column a state, a row a verb; a dot: it cannot happen. As design.md, section 5, has it."""


def cells() -> list[tuple[StopState, Verb, StopState | None]]:
    head, *rows = [line.split() for line in TABLE.strip().splitlines()]
    return [
        (LETTERS[column], Verb(row[0]), LETTERS.get(cell))
        for row in rows
        for column, cell in zip(head, row[1:], strict=True)
    ]


@pytest.mark.parametrize(("state", "verb", "follows"), cells())
def test_what_follows(state: StopState, verb: Verb, follows: StopState | None) -> None:
    assert transition(state, verb) is follows


def test_the_table_walks_every_pair() -> None:
    assert {(state, verb) for state, verb, _ in cells()} == set(itertools.product(StopState, Verb))
    assert len(cells()) == len(StopState) * len(Verb)


def test_each_state_is_open_or_closed() -> None:
    assert set(StopState) == OPEN | CLOSED
    assert not OPEN & CLOSED
    assert ACTIVE < OPEN


def test_what_is_closed_stays_closed_unless_it_was_thought_gone() -> None:
    reopened = {state for state in CLOSED for verb in Verb if transition(state, verb) is not None}
    assert reopened == {StopState.EXPIRED}
