import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.queue_code import LETTER_NAMES, sounds_alike

CODES = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=2)


@pytest.mark.parametrize(("one", "other"), list(itertools.combinations("AFHKLMRSX", 2)))
def test_clear_letters_are_told_apart(one: str, other: str) -> None:
    assert not sounds_alike(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("B", "D"), ("D", "W"), ("P", "T"), ("M", "N"), ("I", "Q"), ("V", "E"),
        ("KM", "KN"), ("BA", "PA"), ("TJ", "DD"),
        ("K", "KA"),  # "ka-a" is a long "ka"
        ("B", "DE"),
    ],
)  # fmt: skip
def test_codes_that_sound_alike(one: str, other: str) -> None:
    assert sounds_alike(one, other)


@pytest.mark.parametrize(("one", "other"), [("D", "TJ"), ("KM", "MK"), ("A", "AI"), ("K", "KS"), ("M", "MI")])
def test_codes_that_do_not(one: str, other: str) -> None:
    assert not sounds_alike(one, other)


@given(CODES, CODES, CODES)
def test_sounding_alike_is_an_equivalence(one: str, other: str, third: str) -> None:
    assert sounds_alike(one, one)
    assert sounds_alike(one, other) == sounds_alike(other, one)
    if sounds_alike(one, other) and sounds_alike(other, third):
        assert sounds_alike(one, third)


def test_every_letter_has_a_name() -> None:
    assert "".join(LETTER_NAMES) == "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
