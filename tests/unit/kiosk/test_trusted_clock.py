import time
from datetime import UTC, datetime, timedelta

import pytest

from kiosk.clock import FakeClock, SystemClock
from kiosk.trusted_clock import CORRECTION, LONGEST_LEAP, LONGEST_REST, Reading, TrustedClock

FLOOR = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
DEAD_BATTERY = datetime(2000, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize("late", [timedelta(0), HOUR, timedelta(days=400), -CORRECTION])
def test_a_clock_at_or_past_the_floor_is_trusted_at_start(late: timedelta) -> None:
    assert TrustedClock(FakeClock(FLOOR + late), FLOOR).read() == Reading(FLOOR + late, is_trusted=True)


@pytest.mark.parametrize("wall", [FLOOR + LONGEST_REST + HOUR, datetime(2099, 1, 1, tzinfo=UTC)])
def test_a_start_in_a_far_future_is_not_believed_and_harms_nothing(wall: datetime) -> None:
    clock = FakeClock(wall)
    trusted = TrustedClock(clock, FLOOR)
    assert trusted.read() == Reading(FLOOR, is_trusted=False)
    clock.jump(FLOOR + HOUR)
    assert trusted.read() == Reading(FLOOR + HOUR, is_trusted=True)


def test_the_first_word_of_a_time_server_is_taken_after_a_weekend_without_a_battery() -> None:
    """Such machines wake at the time they were switched off, which is no lie that the floor could see."""
    clock = FakeClock(FLOOR)
    trusted = TrustedClock(clock, FLOOR)
    clock.advance(timedelta(minutes=1))
    trusted.read()
    monday = FLOOR + timedelta(hours=62)
    clock.jump(monday)
    assert trusted.read() == Reading(monday, is_trusted=True)
    clock.jump(monday + timedelta(days=40))
    assert trusted.read() == Reading(monday, is_trusted=False), "its second word is a wild jump"


def test_the_system_clock_counts_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a kiosk that slept over the weekend would take Monday for a wild jump, and give numbers of Friday."""
    monkeypatch.setattr(time, "clock_gettime", {time.CLOCK_BOOTTIME: 42.0}.__getitem__)
    assert SystemClock().monotonic() == 42.0


def test_a_dead_battery_is_not_trusted_and_time_is_reckoned_from_the_floor() -> None:
    clock = FakeClock(DEAD_BATTERY)
    trusted = TrustedClock(clock, FLOOR)
    assert trusted.read() == Reading(FLOOR, is_trusted=False)
    clock.advance(HOUR)
    assert trusted.read() == Reading(FLOOR + HOUR, is_trusted=False)


def test_trust_comes_back_when_the_wall_is_set_right() -> None:
    clock = FakeClock(DEAD_BATTERY)
    trusted = TrustedClock(clock, FLOOR)
    trusted.read()
    clock.jump(FLOOR + timedelta(days=40))
    assert trusted.read() == Reading(FLOOR + timedelta(days=40), is_trusted=True)
    clock.jump(FLOOR + timedelta(days=80))
    assert not trusted.read().is_trusted


@pytest.mark.parametrize(
    ("jump", "is_trusted"),
    [
        (HOUR, True),
        (LONGEST_LEAP, True),
        (LONGEST_LEAP + HOUR, False),
        (timedelta(days=3650), False),
        (-CORRECTION, True),
        (-HOUR, False),
    ],
)
def test_a_jump_the_steady_clock_did_not_see(jump: timedelta, *, is_trusted: bool) -> None:
    clock = FakeClock(FLOOR)
    trusted = TrustedClock(clock, FLOOR)
    clock.advance(HOUR)
    trusted.read()
    clock.jump(FLOOR + HOUR + jump)
    assert trusted.read() == Reading(FLOOR + HOUR + (jump if is_trusted else timedelta(0)), is_trusted=is_trusted)


def test_a_long_night_is_no_jump() -> None:
    clock = FakeClock(FLOOR)
    trusted = TrustedClock(clock, FLOOR)
    clock.advance(timedelta(days=30))
    assert trusted.read().is_trusted


def test_the_floor_rises_with_every_trusted_reading() -> None:
    clock = FakeClock(FLOOR)
    trusted = TrustedClock(clock, FLOOR)
    clock.advance(10 * HOUR)
    trusted.read()
    clock.jump(FLOOR + HOUR)
    assert not trusted.read().is_trusted
