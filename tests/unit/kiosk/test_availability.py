from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.availability import Closed, ClosedReason, Open, availability, hall_availability
from kiosk.domain.language import Text
from kiosk.domain.site import END_OF_DAY, Counter, DateException, Floor, Queue, Site, TimeRange, WeeklyHours, Zone

JAKARTA = ZoneInfo("Asia/Jakarta")


def hours(*ranges: str) -> tuple[TimeRange, ...]:
    return tuple(TimeRange(*(time.fromisoformat(each) for each in text.split("-"))) for text in ranges)


QUEUE = Queue(
    code="D",
    number=1,
    agency_id="dukcapil",
    name=Text("Dukcapil", "Dukcapil"),
    service_ids=frozenset({"dukcapil.ktp-hilang"}),
    counters=(Counter(1, "1A"),),
    cut_off=timedelta(minutes=30),
    quota=50,
)
WORKDAY = hours("07:30-16:00")
SITE = Site(
    id="hall",
    number=1,
    name=Text("Mal", "Mall"),
    short_name=Text("Mal", "Mall"),
    address="Jalan",
    timezone=JAKARTA,
    floors=(Floor(1, Text("Lantai 1", "Floor 1")),),
    zones=(Zone("1A", 1, Text("Zona 1A", "Zone 1A")),),
    queues=(QUEUE,),
    hours=(WORKDAY, WORKDAY, WORKDAY, WORKDAY, hours("07:30-16:30"), hours("07:30-12:00"), ()),
    exceptions=(
        DateException(date(2026, 12, 25), Text("Hari Natal", "Christmas Day")),
        DateException(date(2026, 12, 24), Text("Cuti bersama", "Joint leave"), hours("08:00-11:00")),
    ),
    friday_break=TimeRange(time(11, 30), time(13, 0)),
    procedure=(),
    complaint_channels=(),
    after={},
    public_url=None,
    is_demonstration=True,
)


def at(text: str) -> datetime:
    """A moment in Jakarta. 2026-11-23 is a Monday."""
    return datetime.fromisoformat(text).replace(tzinfo=JAKARTA)


@pytest.mark.parametrize(
    ("moment", "until"),
    [
        ("2026-11-23T07:30", "2026-11-23T15:30"),
        ("2026-11-23T15:29:59", "2026-11-23T15:30"),
        ("2026-11-27T11:29", "2026-11-27T11:30"),  # numbers are given until the Friday break, and again after it
        ("2026-11-27T13:00", "2026-11-27T16:00"),
        ("2026-11-28T11:00", "2026-11-28T11:30"),
        ("2026-12-24T08:00", "2026-12-24T10:30"),
    ],
)
def test_a_queue_is_open(moment: str, until: str) -> None:
    assert availability(SITE, QUEUE, at(moment), 49) == Open(at(until))


@pytest.mark.parametrize(
    ("moment", "reason", "reopens_at", "sentence"),
    [
        ("2026-11-23T07:29:59", ClosedReason.OUTSIDE_HOURS, "2026-11-23T07:30", "07.30 sampai 16.00"),
        ("2026-11-23T15:30", ClosedReason.CUT_OFF, "2026-11-24T07:30", "15.30"),
        ("2026-11-23T16:00", ClosedReason.OUTSIDE_HOURS, "2026-11-24T07:30", "07.30 sampai 16.00"),
        ("2026-11-27T11:30", ClosedReason.FRIDAY_BREAK, "2026-11-27T13:00", "13.00"),
        ("2026-11-27T12:59:59", ClosedReason.FRIDAY_BREAK, "2026-11-27T13:00", "13.00"),
        ("2026-11-26T12:00", None, None, None),  # a Thursday has no such break
        ("2026-11-28T11:30", ClosedReason.CUT_OFF, "2026-11-30T07:30", "11.30"),
        ("2026-11-29T10:00", ClosedReason.OUTSIDE_HOURS, "2026-11-30T07:30", "tidak ada layanan"),
        ("2026-12-24T07:45", ClosedReason.OUTSIDE_HOURS, "2026-12-24T08:00", "08.00 sampai 11.00"),
        ("2026-12-24T12:00", ClosedReason.OUTSIDE_HOURS, "2026-12-26T07:30", "08.00 sampai 11.00"),
        # Christmas 2026 is a Friday: the holiday is said, not the break
        ("2026-12-25T12:00", ClosedReason.HOLIDAY, "2026-12-26T07:30", "Hari Natal"),
    ],
)
def test_a_queue_is_closed(
    moment: str, reason: ClosedReason | None, reopens_at: str | None, sentence: str | None
) -> None:
    found = availability(SITE, QUEUE, at(moment), 0)
    if reason is None:
        assert isinstance(found, Open)
        return
    assert isinstance(found, Closed)
    assert (found.reason, found.reopens_at) == (reason, at(reopens_at or ""))
    assert (sentence or "") in found.sentence.id
    assert found.sentence.en != found.sentence.id


def test_the_quota_closes_until_the_next_day_of_service() -> None:
    assert isinstance(availability(SITE, QUEUE, at("2026-11-23T10:00"), 49), Open)
    assert availability(SITE, QUEUE, at("2026-11-23T10:00"), 50) == Closed(
        ClosedReason.QUOTA_REACHED,
        Text("Kuota hari ini, 50 nomor, sudah habis.", "All 50 numbers of today have been taken."),
        at("2026-11-24T07:30"),
    )
    friday_break = availability(SITE, QUEUE, at("2026-11-27T12:00"), 50)
    assert isinstance(friday_break, Closed)
    assert friday_break.reopens_at == at("2026-11-28T07:30"), "a used-up quota does not come back after the break"


def test_a_forced_closure_comes_before_everything_and_nobody_says_until_when() -> None:
    forced = replace(QUEUE, force_closed=Text("Sistem pusat terganggu.", "The central system is down."))
    assert availability(SITE, forced, at("2026-12-25T12:00"), 99) == Closed(
        ClosedReason.FORCED_CLOSED, Text("Sistem pusat terganggu.", "The central system is down."), None
    )


def test_the_moment_is_judged_in_the_halls_time_zone() -> None:
    utc = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    assert isinstance(availability(SITE, QUEUE, utc, 0), Open)
    jayapura = replace(SITE, timezone=ZoneInfo("Asia/Jayapura"))
    assert isinstance(availability(jayapura, QUEUE, datetime(2026, 11, 23, 7, 0, tzinfo=UTC), 0), Closed)
    assert isinstance(availability(SITE, QUEUE, datetime(2026, 11, 23, 7, 0, tzinfo=UTC), 0), Open)


def test_a_queue_with_hours_of_its_own_follows_them_and_the_exceptions() -> None:
    mornings: WeeklyHours = (*[hours("09:00-12:00")] * 5, (), ())
    own = replace(QUEUE, hours=mornings, quota=None)
    assert isinstance(availability(SITE, own, at("2026-11-23T08:00"), 0), Closed)
    assert availability(SITE, own, at("2026-11-23T09:00"), 10_000) == Open(at("2026-11-23T11:30"))
    assert isinstance(availability(SITE, own, at("2026-11-28T10:00"), 0), Closed)
    assert availability(SITE, own, at("2026-12-24T09:00"), 0) == Open(at("2026-12-24T10:30"))


def test_a_pause_within_the_day_has_no_cut_off() -> None:
    split = replace(SITE, hours=(*[hours("08:00-12:00", "13:00-15:00")] * 5, (), ()))
    assert availability(split, QUEUE, at("2026-11-23T11:59"), 0) == Open(at("2026-11-23T12:00"))
    pause = availability(split, QUEUE, at("2026-11-23T12:00"), 0)
    assert isinstance(pause, Closed)
    assert (pause.reason, pause.reopens_at) == (ClosedReason.OUTSIDE_HOURS, at("2026-11-23T13:00"))


def test_a_hall_that_never_opens_says_nothing_about_reopening() -> None:
    never = replace(SITE, hours=((), (), (), (), (), (), ()), exceptions=())
    found = availability(never, QUEUE, at("2026-11-23T10:00"), 0)
    assert isinstance(found, Closed)
    assert found.reopens_at is None


def test_a_day_may_end_at_midnight() -> None:
    always = replace(SITE, hours=((TimeRange(time(), END_OF_DAY),),) * 7, exceptions=(), friday_break=None)
    assert isinstance(hall_availability(always, at("2026-11-29T23:59:59")), Open)
    last_numbers = availability(always, QUEUE, at("2026-11-23T23:30"), 0)
    assert isinstance(last_numbers, Closed)
    assert (last_numbers.reason, last_numbers.reopens_at) == (ClosedReason.CUT_OFF, at("2026-11-24T00:00"))
    evenings = replace(always, hours=((TimeRange(time(18), END_OF_DAY),),) * 7)
    afternoon = hall_availability(evenings, at("2026-11-23T17:00"))
    assert isinstance(afternoon, Closed)
    assert afternoon.sentence.en == "Service hours today are 18:00 to 24:00."


@pytest.mark.parametrize(
    ("moment", "reason"),
    [
        ("2026-11-23T15:59", None),
        ("2026-11-23T16:00", ClosedReason.OUTSIDE_HOURS),
        ("2026-11-27T11:30", ClosedReason.FRIDAY_BREAK),
        ("2026-12-25T10:00", ClosedReason.HOLIDAY),
    ],
)
def test_the_hall_is_open_until_it_closes_whatever_its_queues_cut_off(moment: str, reason: ClosedReason | None) -> None:
    found = hall_availability(SITE, at(moment))
    assert (found.reason if isinstance(found, Closed) else None) == reason


MOMENTS = st.datetimes(datetime(2026, 11, 1), datetime(2027, 1, 31), timezones=st.just(JAKARTA))  # noqa: DTZ001  # bounds are naive by contract
DAYS = st.lists(
    st.tuples(st.times(), st.times()).filter(lambda pair: pair[0] < pair[1]).map(lambda pair: TimeRange(*pair)),
    max_size=1,
).map(tuple)


@given(MOMENTS, st.tuples(*[DAYS] * 7), st.integers(0, 60), st.integers(0, 24 * 60))
def test_open_only_within_hours_and_reopening_is_true(
    now: datetime, week: WeeklyHours, issued: int, cut_off_minutes: int
) -> None:
    site = replace(SITE, hours=week)
    queue = replace(QUEUE, cut_off=timedelta(minutes=cut_off_minutes))
    found = availability(site, queue, now, issued)
    if isinstance(found, Open):
        ranges = next((each.ranges for each in SITE.exceptions if each.date == now.date()), week[now.weekday()])
        assert any(each.opens <= now.time() < each.closes for each in ranges)
        assert issued < 50
        assert now < found.until
        assert isinstance(availability(site, queue, found.until - timedelta(microseconds=1), issued), Open)
        assert isinstance(availability(site, queue, found.until, issued), Closed)
    elif found.reopens_at is not None:
        assert found.reopens_at > now
        assert isinstance(availability(site, queue, found.reopens_at, 0), Open)
        if found.reason is not ClosedReason.QUOTA_REACHED and issued < 50:
            just_before = found.reopens_at - timedelta(microseconds=1)
            assert isinstance(availability(site, queue, max(now, just_before), issued), Closed)
