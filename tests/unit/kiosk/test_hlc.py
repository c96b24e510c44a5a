from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.hlc import milliseconds, next_stamp, time_of, to_hex

MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(2999, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(st.lists(MOMENTS, min_size=1))
def test_stamps_grow_whatever_the_clock_does(wall: list[datetime]) -> None:
    stamp = 0
    for now in wall:
        following = next_stamp(stamp, now)
        assert following > stamp
        assert time_of(following) >= now - timedelta(milliseconds=1)
        assert to_hex(following) > to_hex(stamp)
        stamp = following


def test_a_full_counter_carries_into_the_milliseconds() -> None:
    now = datetime(2026, 11, 23, tzinfo=UTC)
    full = (milliseconds(now) << 16) | 0xFFFF
    assert time_of(next_stamp(full, now)) == now + timedelta(milliseconds=1)


@given(MOMENTS)
def test_a_stamp_tells_its_time_to_the_millisecond(now: datetime) -> None:
    assert time_of(next_stamp(0, now)) == now.replace(microsecond=now.microsecond // 1000 * 1000)
    assert len(to_hex(next_stamp(0, now))) == 16
