from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from kiosk.domain.service_day import Continue, OpenDay, day_of, decide_day

JAKARTA = ZoneInfo("Asia/Jakarta")
MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=JAKARTA).astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (at(TUESDAY, 2, 59), MONDAY),
        (at(TUESDAY, 3), TUESDAY),
        (at(TUESDAY, 0), MONDAY),
        (at(TUESDAY, 23, 59), TUESDAY),
    ],
)
def test_a_day_begins_at_three_in_the_morning(moment: datetime, day: date) -> None:
    assert day_of(moment, JAKARTA) == day


@pytest.mark.parametrize("zone", ["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"])
def test_the_day_is_the_sites_own(zone: str) -> None:
    there = ZoneInfo(zone)
    assert day_of(datetime(2026, 11, 24, 3, 0, tzinfo=there), there) == TUESDAY


@pytest.mark.parametrize(
    ("current", "moment", "clock_trusted", "decision"),
    [
        (None, at(MONDAY, 10), True, OpenDay(MONDAY, clock_trusted=True)),
        (None, at(MONDAY, 10), False, OpenDay(MONDAY, clock_trusted=False)),
        (MONDAY, at(MONDAY, 10), True, Continue(MONDAY)),
        (MONDAY, at(TUESDAY, 2, 59), True, Continue(MONDAY)),
        (MONDAY, at(TUESDAY, 3), True, OpenDay(TUESDAY, clock_trusted=True)),
        (MONDAY, at(TUESDAY, 3), False, Continue(MONDAY)),
        (TUESDAY, at(MONDAY, 10), True, Continue(TUESDAY)),
    ],
)
def test_which_day_a_kiosk_alone_numbers_in(
    current: date | None, moment: datetime, decision: OpenDay | Continue, *, clock_trusted: bool
) -> None:
    assert decide_day(current, moment, JAKARTA, clock_trusted=clock_trusted) == decision
