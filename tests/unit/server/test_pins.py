"""PINs: which are too easily guessed, and how long a guesser waits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.pins import LOCKED_AT, LONGEST_AT_TERMINAL_MS, Tries, is_weak, random_pin, wait_ms

EASY = {
    "repeats": ["000000", "111111", "121212", "123123", "112112", "474747", "888588", "110011", "343344", "552255"],
    "pairs": ["112233", "447722", "998811"],
    "runs": ["123456", "654321", "012345", "890123", "098765", "246802", "123789", "123987", "456321"],
    "both ways": ["123321", "482284", "907709"],
    "dates": ["170845", "450817", "081745", "010190", "311299", "290200", "199012", "121990", "202611", "072009"],
    "habits": ["159753", "147258", "314159", "102030"],
    "no PIN": ["", "12345", "1234567", "48291a", "٤٨٢٩١٥", "4829 5"],
}


@pytest.mark.parametrize(("kind", "pin"), [(kind, pin) for kind, pins in EASY.items() for pin in pins])
def test_easy_pins_are_refused(kind: str, pin: str) -> None:
    assert is_weak(pin, "P-017"), kind


@pytest.mark.parametrize("pin", ["482915", "730962", "905174", "603184", "971438"])
def test_others_are_good(pin: str) -> None:
    assert not is_weak(pin, "P-017")


@pytest.mark.parametrize(
    ("pin", "staff"), [("482915", "482915"), ("482915", "AB-482915"), ("482915", "P-482"), ("482915", "P-9148291512")]
)
def test_the_officers_own_id_is_no_pin(pin: str, staff: str) -> None:
    assert is_weak(pin, staff)


def test_nine_of_ten_pins_are_left() -> None:
    step = 97
    tried = range(0, 10**6, step)
    assert sum(not is_weak(f"{number:06d}", "P-017") for number in tried) > 0.85 * len(tried)


@given(staff=st.from_regex(r"[A-Z0-9][A-Z0-9-]{1,11}", fullmatch=True))
def test_a_pin_that_is_made_is_never_weak(staff: str) -> None:
    assert not is_weak(random_pin(staff), staff)


def test_pins_differ() -> None:
    assert len({random_pin("P-017") for _ in range(200)}) > 190


@pytest.mark.parametrize(("failures", "seconds"), [(0, 0), (4, 0), (5, 15), (6, 30), (7, 60), (10, 480), (14, 7680)])
def test_the_wait_doubles_from_the_fifth_on(failures: int, seconds: int) -> None:
    assert wait_ms(failures) == seconds * 1000


def test_a_desk_waits_a_quarter_of_an_hour_at_most() -> None:
    assert [wait_ms(failures, LONGEST_AT_TERMINAL_MS) for failures in (5, 11, 1000)] == [15_000, 900_000, 900_000]


def test_a_wait_ends_and_cannot_be_made_longer_by_a_clock_set_back() -> None:
    tries = Tries()
    for _ in range(LOCKED_AT):
        tries = tries.failed(1_000_000)
    whole = wait_ms(LOCKED_AT)
    assert tries.left_ms(1_000_000) == whole
    assert tries.left_ms(1_000_000 + whole - 1) == 1
    assert tries.left_ms(1_000_000 + whole) == 0
    assert tries.left_ms(0) == whole
