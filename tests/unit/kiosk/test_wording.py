"""Dates, times, money and places in both languages."""

from datetime import UTC, date, datetime, time

import pytest

from kiosk.domain import wording
from kiosk.domain.language import Language
from kiosk.domain.site import TimeRange

ID, EN = Language.INDONESIAN, Language.ENGLISH
DASH = "\N{EN DASH}"


@pytest.mark.parametrize(
    ("day", "indonesian", "english"),
    [
        (date(2026, 11, 21), "Sabtu, 21 November 2026", "Saturday, 21 November 2026"),
        (date(2028, 2, 29), "Selasa, 29 Februari 2028", "Tuesday, 29 February 2028"),
        (date(2026, 8, 17), "Senin, 17 Agustus 2026", "Monday, 17 August 2026"),
    ],
)
def test_dates(day: date, indonesian: str, english: str) -> None:
    assert (wording.long_date(day, ID), wording.long_date(day, EN)) == (indonesian, english)


def test_times() -> None:
    assert (wording.clock_time(time(9, 5), ID), wording.clock_time(time(9, 5), EN)) == ("09.05", "09:05")


@pytest.mark.parametrize(
    ("amount", "indonesian", "english"),
    [(0, "Rp0", "Rp 0"), (50_000, "Rp50.000", "Rp 50,000"), (1_250_000, "Rp1.250.000", "Rp 1,250,000")],
)
def test_money(amount: int, indonesian: str, english: str) -> None:
    assert (wording.rupiah(amount, ID), wording.rupiah(amount, EN)) == (indonesian, english)


@pytest.mark.parametrize(
    ("items", "indonesian", "english"),
    [
        ([], "", ""),
        (["A"], "A", "A"),
        (["A", "B"], "A dan B", "A and B"),
        (["A", "B", "C"], "A, B, dan C", "A, B and C"),
    ],
)
def test_lists(items: list[str], indonesian: str, english: str) -> None:
    assert (wording.joined(items, ID), wording.joined(items, EN)) == (indonesian, english)


@pytest.mark.parametrize(
    ("numbers", "text"),
    [([], ""), ([5], "5"), ([5, 6], "5, 6"), ([8, 5, 6, 7], f"5{DASH}8"), ([1, 2, 3, 9, 9], f"1{DASH}3, 9")],
)
def test_ranges_of_numbers(numbers: list[int], text: str) -> None:
    assert wording.number_ranges(numbers) == text


def test_hours() -> None:
    ranges = (TimeRange(time(7, 30), time(12)), TimeRange(time(13), time(16)))
    assert wording.hours(ranges, ID) == f"07.30{DASH}12.00, 13.00{DASH}16.00"
    assert wording.hours((), ID) == ""


@pytest.mark.parametrize(
    ("at", "indonesian", "english"),
    [
        (datetime(2026, 11, 21, 13, tzinfo=UTC), "Buka lagi hari ini pukul 13.00.", "Opens again today at 13:00."),
        (datetime(2026, 11, 22, 7, 30, tzinfo=UTC), "Buka lagi besok pukul 07.30.", "Opens again tomorrow at 07:30."),
        (
            datetime(2026, 11, 23, 7, 30, tzinfo=UTC),
            "Buka lagi Senin, 23 November 2026 pukul 07.30.",
            "Opens again Monday, 23 November 2026 at 07:30.",
        ),
    ],
)
def test_reopening(at: datetime, indonesian: str, english: str) -> None:
    now = datetime(2026, 11, 21, 12, tzinfo=UTC)
    assert (wording.reopening(at, now, ID), wording.reopening(at, now, EN)) == (indonesian, english)
