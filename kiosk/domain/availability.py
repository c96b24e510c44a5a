"""Whether a queue gives numbers now, and if not: why, and when it will again."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from kiosk.domain.language import Text
from kiosk.domain.site import END_OF_DAY, DateException, Queue, Site, TimeRange, WeeklyHours

HORIZON: Final = timedelta(days=400)
"""How far ahead to look for the next opening: further than any row of closed days."""

_FRIDAY: Final = 4
_CLOSED_BY_HALL: Final = Text("Loket tidak menerima antrean baru hari ini.", "The counter takes no more numbers today.")


class ClosedReason(StrEnum):
    """In the order in which they are looked for."""

    FORCED_CLOSED = "forced_closed"
    CLOSED_BY_HALL = "closed_by_hall"
    """A supervisor, or the last counter that closed, takes no more for today."""
    HOLIDAY = "holiday"
    OUTSIDE_HOURS = "outside_hours"
    FRIDAY_BREAK = "friday_break"
    CUT_OFF = "cut_off"
    QUOTA_REACHED = "quota_reached"


@dataclass(frozen=True, slots=True)
class Open:
    """`until`: when the last number of this stretch is given, aware, in the site's time zone."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Closed:
    """`sentence` is for the visitor. `reopens_at` is aware, in the site's time zone; None: nobody can say."""

    reason: ClosedReason
    sentence: Text
    reopens_at: datetime | None


def closed_by_hall() -> Closed:
    """What the site server says of a queue that serves those who wait, and nobody else today."""
    return Closed(ClosedReason.CLOSED_BY_HALL, _CLOSED_BY_HALL, None)


def availability(site: Site, queue: Queue, local_now: datetime, issued_today: int) -> Open | Closed:
    """Whether the queue gives a number at the aware moment `local_now`, after `issued_today` on this service day."""
    if queue.force_closed is not None:
        return Closed(ClosedReason.FORCED_CLOSED, queue.force_closed, None)
    used_up = queue.quota if queue.quota is not None and issued_today >= queue.quota else None
    return _availability(site, local_now.astimezone(site.timezone), queue.hours, queue.cut_off, used_up)


def hall_availability(site: Site, local_now: datetime) -> Open | Closed:
    """Whether the hall as a whole serves at the aware moment `local_now`; cut-offs and quotas are its queues' own."""
    return _availability(site, local_now.astimezone(site.timezone), None, timedelta(), None)


def _availability(
    site: Site, now: datetime, own: WeeklyHours | None, cut_off: timedelta, used_up: int | None
) -> Open | Closed:
    """`own`: the queue's hours, if it has any. `used_up`: the quota, once it is reached."""

    def closed(reason: ClosedReason, sentence: Text) -> Closed:
        tomorrow = datetime.combine(now.date() + timedelta(days=1), time(), site.timezone)
        search_from = now if used_up is None else tomorrow
        return Closed(reason, sentence, _next_opening(site, search_from, own, cut_off))

    day = now.date()
    ranges = _service_hours(site, day, own)
    exception = _exception(site, day)
    if exception is not None and not exception.ranges:
        return closed(ClosedReason.HOLIDAY, _holiday(exception.reason))
    if _holding(ranges, now.time()) is None:
        return closed(ClosedReason.OUTSIDE_HOURS, _outside_hours(ranges))
    rest = _rest(site, day)
    if rest is not None and rest.opens <= now.time() < rest.closes:
        return closed(ClosedReason.FRIDAY_BREAK, _friday_break(rest))
    given = _giving_hours(ranges, rest, cut_off)
    stretch = _holding(given, now.time())
    if stretch is None:
        return closed(ClosedReason.CUT_OFF, _cut_off(given))
    if used_up is not None:
        return closed(ClosedReason.QUOTA_REACHED, _quota(used_up))
    return Open(datetime.combine(day, stretch.closes, site.timezone))


def _exception(site: Site, day: date) -> DateException | None:
    return next((exception for exception in site.exceptions if exception.date == day), None)


def _service_hours(site: Site, day: date, own: WeeklyHours | None) -> tuple[TimeRange, ...]:
    """The day's hours in order. An exception's hours are the hall's: they narrow a queue's own, never widen them."""
    exception = _exception(site, day)
    hall = site.hours[day.weekday()] if exception is None else exception.ranges
    if own is None:
        return hall
    mine = own[day.weekday()]
    return mine if exception is None else tuple(_overlaps(mine, hall))


def _overlaps(some: Iterable[TimeRange], others: tuple[TimeRange, ...]) -> Iterator[TimeRange]:
    for one in some:
        for other in others:
            opens, closes = max(one.opens, other.opens), min(one.closes, other.closes)
            if opens < closes:
                yield TimeRange(opens, closes)


def _rest(site: Site, day: date) -> TimeRange | None:
    return site.friday_break if day.weekday() == _FRIDAY else None


def _giving_hours(ranges: tuple[TimeRange, ...], rest: TimeRange | None, cut_off: timedelta) -> tuple[TimeRange, ...]:
    """When numbers are given: not in the Friday break, nor within `cut_off` of the day's last closing.

    Before a pause within the day numbers are still given: those people are served after it.
    """
    if not ranges:
        return ()
    until = _earlier(ranges[-1].closes, cut_off)
    before_cut_off = (TimeRange(each.opens, min(each.closes, until)) for each in ranges)
    return tuple(part for each in before_cut_off for part in _without(each, rest))


def _earlier(moment: time, by: timedelta) -> time:
    """The time of day `by` before `moment`; midnight, if that is on the day before."""
    if not by:
        return moment
    minutes = 24 * 60 if moment == END_OF_DAY else 60 * moment.hour + moment.minute
    return time(*divmod(max(minutes - by // timedelta(minutes=1), 0), 60))


def _without(whole: TimeRange, rest: TimeRange | None) -> Iterator[TimeRange]:
    parts = [whole]
    if rest is not None:
        parts = [
            TimeRange(whole.opens, min(whole.closes, rest.opens)),
            TimeRange(max(whole.opens, rest.closes), whole.closes),
        ]
    yield from (part for part in parts if part.opens < part.closes)


def _holding(ranges: Iterable[TimeRange], moment: time) -> TimeRange | None:
    return next((each for each in ranges if each.opens <= moment < each.closes), None)


def _next_opening(site: Site, search_from: datetime, own: WeeklyHours | None, cut_off: timedelta) -> datetime | None:
    """The first moment from `search_from` on at which numbers are given."""
    for ahead in range(HORIZON.days):
        day = search_from.date() + timedelta(days=ahead)
        earliest = time() if ahead else search_from.time()
        for each in _giving_hours(_service_hours(site, day, own), _rest(site, day), cut_off):
            if earliest < each.closes:
                return datetime.combine(day, max(each.opens, earliest), site.timezone)
    return None


def _holiday(reason: Text) -> Text:
    return Text(f"Hari ini tutup: {reason.id}.", f"Closed today: {reason.en}.")


def _outside_hours(ranges: tuple[TimeRange, ...]) -> Text:
    if not ranges:
        return Text("Hari ini tidak ada layanan.", "There is no service today.")
    hours_id = " dan ".join(f"{_clock_id(each.opens)} sampai {_clock_id(each.closes)}" for each in ranges)
    hours_en = " and ".join(f"{_clock_en(each.opens)} to {_clock_en(each.closes)}" for each in ranges)
    return Text(f"Jam layanan hari ini {hours_id}.", f"Service hours today are {hours_en}.")


def _friday_break(rest: TimeRange) -> Text:
    return Text(
        f"Istirahat salat Jumat sampai pukul {_clock_id(rest.closes)}.",
        f"Break for Friday prayers until {_clock_en(rest.closes)}.",
    )


def _cut_off(given: tuple[TimeRange, ...]) -> Text:
    if not given:
        return Text("Hari ini tidak ada nomor antrean.", "No queue numbers are given today.")
    last = given[-1].closes
    return Text(
        f"Pengambilan nomor hari ini sudah ditutup pukul {_clock_id(last)}.",
        f"The last numbers of today were given at {_clock_en(last)}.",
    )


def _quota(quota: int) -> Text:
    return Text(
        f"Kuota hari ini, {quota} nomor, sudah habis.",
        f"All {quota} numbers of today have been taken.",
    )


def _clock_id(moment: time) -> str:
    """Indonesian spelling puts a full stop between hours and minutes (EYD V)."""
    return _clock_en(moment).replace(":", ".")


def _clock_en(moment: time) -> str:
    return "24:00" if moment == END_OF_DAY else f"{moment:%H:%M}"
