"""What follows from slips and statuses about the paper that is left."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from printing.roll_estimate import USUAL_NEAR_END_MM, USUAL_SLIP_MM, Roll
from printing.status import Attention, CannotTell, NeedsAttention, PrinterStatus, Ready, Unreachable

LOW, CLEAR = Ready(paper_low=True), Ready()
ENDED, COVER = NeedsAttention(Attention.NO_PAPER), NeedsAttention(Attention.COVER_OPEN)
AWAY, MUTE = Unreachable("no answer"), CannotTell("it answers nothing")
SLIP = 160.0


def lived(*happenings: PrinterStatus | float, roll: Roll | None = None) -> Roll:
    """A roll of 80 m after slips (their length in mm) and statuses."""
    roll = roll or Roll(80)
    for what in happenings:
        roll = roll.after_slip(what) if isinstance(what, float) else roll.after_status(what)
    return roll


def slips(count: int) -> list[float]:
    return [SLIP] * count


NEW = lived(ENDED, CLEAR)


@pytest.mark.parametrize(
    ("happenings", "left_mm"),
    [
        ([], None),
        ([CLEAR, *slips(10)], None),
        ([MUTE, *slips(10)], None),
        ([LOW], None),
        ([CLEAR, LOW], USUAL_NEAR_END_MM),
        ([CLEAR, LOW, *slips(2), LOW], USUAL_NEAR_END_MM - 2 * SLIP),
        ([CLEAR, LOW, *slips(100)], 0),
        ([ENDED], 0),
        ([ENDED, COVER], 0),
        ([ENDED, AWAY, COVER], 0),
        ([ENDED, CLEAR], 80_000),
        ([ENDED, COVER, ENDED, COVER, CLEAR, *slips(10)], 80_000 - 10 * SLIP),
        ([ENDED, LOW], None),
        ([ENDED, CLEAR, *slips(600)], 0),
        ([ENDED, CLEAR, LOW, COVER, CLEAR], 80_000),
        ([ENDED, CLEAR, LOW, AWAY, CLEAR], 80_000),
        ([ENDED, CLEAR, LOW, *slips(2), COVER, LOW], USUAL_NEAR_END_MM - 2 * SLIP),
        ([ENDED, CLEAR, *slips(5), COVER, CLEAR], 80_000 - 5 * SLIP),
        ([ENDED, CLEAR, MUTE, AWAY, CLEAR], 80_000),
        ([ENDED, CLEAR, 0.0, -5.0], 80_000),
    ],
)
def test_what_is_left(happenings: list[PrinterStatus | float], left_mm: float | None) -> None:
    assert lived(*happenings).left_mm == left_mm


def test_sensor_that_wavers_is_no_new_roll() -> None:
    wavering = lived(CLEAR, LOW, SLIP, CLEAR, SLIP, LOW, SLIP, CLEAR, SLIP, CLEAR, SLIP, LOW)
    assert wavering.left_mm == USUAL_NEAR_END_MM - 5 * SLIP


def test_sensor_that_stays_silent_for_half_a_metre_sees_a_new_roll() -> None:
    # somebody changed it while the kiosk was off: no status between told of that
    assert lived(CLEAR, LOW, CLEAR, *slips(3)).left_mm == USUAL_NEAR_END_MM - 3 * SLIP
    assert lived(CLEAR, LOW, CLEAR, *slips(4)).left_mm == 80_000 - 4 * SLIP


def test_sensor_that_ever_spoke_has_the_last_word_until_it_speaks() -> None:
    # 600 slips of 160 mm are more than the label's 80 m
    assert lived(ENDED, CLEAR, *slips(600)).left_mm == 0
    assert lived(CLEAR, LOW, ENDED, CLEAR, *slips(600)).left_mm == USUAL_NEAR_END_MM


def ended_roll(roll: Roll, before: int, after: int) -> Roll:
    """One roll more: `before` slips until the sensor speaks, `after` until the paper ends."""
    return lived(CLEAR, *slips(before), LOW, *slips(after), ENDED, CLEAR, roll=roll)


def test_near_end_is_learnt_from_the_last_five_rolls_and_their_middle_counts() -> None:
    roll = NEW
    for rest in (3, 100, 20, 22, 1, 21):  # the first is forgotten; 100 and 1 are strange
        roll = ended_roll(roll, 400, rest)
    assert roll.near_end_mm == 21 * SLIP
    assert lived(*slips(400), LOW, roll=roll).slips_left == 21


def test_rolls_that_hold_less_than_their_label_says_are_found_out() -> None:
    roll = ended_roll(ended_roll(NEW, 360, 10), 380, 10)
    assert roll.left_mm == 370 * SLIP  # of two, the shorter one
    assert roll.labelled(80) is roll
    assert roll.labelled(60).left_mm == 60_000  # another make is bought now


def test_paper_that_was_taken_out_early_teaches_nothing() -> None:
    roll = lived(*slips(30), ENDED, CLEAR, roll=NEW)
    assert (roll.left_mm, roll.near_end_mm) == (80_000, USUAL_NEAR_END_MM)
    assert lived(CLEAR, LOW, *slips(3), COVER, ENDED, roll=NEW).near_end_mm == USUAL_NEAR_END_MM
    assert lived(CLEAR, *slips(300), COVER, ENDED, roll=NEW).whole_mm == 80_000
    # nor does a sensor that speaks in the middle of a roll
    assert lived(CLEAR, LOW, *slips(300), ENDED, roll=NEW).near_end_mm == USUAL_NEAR_END_MM


def test_new_roll_by_hand() -> None:
    roll = lived(CLEAR, *slips(7), LOW).renewed()
    assert (roll.left_mm, roll.is_near_end, roll.slip_mm) == (80_000, False, (7 * SLIP) / 7)


@pytest.mark.parametrize(
    ("lengths", "mean"),
    [
        ([], USUAL_SLIP_MM),
        ([100.0], (100 + 4 * USUAL_SLIP_MM) / 5),
        ([100.0] * 5, 100),
        ([100.0] * 9 + [2_000.0], 100),  # one test page, or a slip with twelve services
        ([100.0] * 25 + [300.0] * 25, 200),
        ([900.0] * 60 + [100.0] * 50, 100),
    ],
)
def test_length_of_a_slip_is_that_of_the_last_ones_without_the_strangest(lengths: list[float], mean: float) -> None:
    assert lived(*lengths).slip_mm == pytest.approx(mean)


happenings = st.lists(
    st.one_of(
        st.sampled_from([LOW, CLEAR, ENDED, COVER, AWAY, MUTE]),
        st.floats(min_value=-10, max_value=3_000, allow_nan=False),
    ),
    max_size=120,
)


@given(happenings, st.integers(5, 300))
def test_never_more_than_a_roll_holds_and_never_less_than_nothing(
    happened: list[PrinterStatus | float], label_m: int
) -> None:
    roll = Roll(label_m)
    for what in happened:
        roll = lived(what, roll=roll)
        left = roll.left_mm
        # 1.5: a roll may hold more than its label says, not twice as much
        assert left is None or 0 <= left <= 1.5 * max(label_m * 1000, USUAL_NEAR_END_MM)
        assert (roll.slips_left is None) == (left is None)


@given(happenings)
def test_slips_only_take_paper_away(happened: list[PrinterStatus | float]) -> None:
    roll = lived(*happened)
    for _ in range(20):
        before, roll = roll, lived(SLIP, roll=roll)
        if before.left_mm is not None and roll.near_end_at_mm == before.near_end_at_mm:
            assert roll.left_mm is not None
            assert roll.left_mm <= before.left_mm


@given(happenings)
def test_after_a_roll_that_ran_out_and_was_replaced_it_is_known(happened: list[PrinterStatus | float]) -> None:
    roll = lived(*happened, ENDED, COVER, CLEAR)
    assert roll.left_mm is not None
    assert roll.left_mm >= max(0.4 * 80_000, roll.near_end_mm * roll.has_sensor)
    assert lived(LOW, ENDED, CLEAR, roll=replace(roll, slips_mm=())).slips_left is not None
