"""The service day: what numbers count within. Opened by an event, never by looking at a calendar."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

ROLLOVER = timedelta(hours=3)
"""The day begins at 03:00 local time: nobody stands at a kiosk then, and nothing open past midnight is torn apart."""


@dataclass(frozen=True, slots=True)
class Continue:
    """The day that is open goes on, and its numbers with it."""

    day: date


@dataclass(frozen=True, slots=True)
class OpenDay:
    """A day to open. Not `clock_trusted`: the newest date this machine can prove, which need not be today's."""

    day: date
    clock_trusted: bool


LONGEST_AHEAD: Final = timedelta(days=5 * 365)
"""A server's day beyond this comes from a wrong clock (2036, 2099), and would never end here."""


def day_of(at: datetime, timezone: ZoneInfo) -> date:
    """The service day that an aware time falls into at the site."""
    return (at.astimezone(timezone).replace(tzinfo=None) - ROLLOVER).date()


def decide_day(current: date | None, at: datetime, timezone: ZoneInfo, *, clock_trusted: bool) -> Continue | OpenDay:
    """Which day a kiosk alone numbers in at this moment; `at` is the best estimate of the time there is.

    A day never goes back, and an untrusted clock ends none: visitors still get numbers, growing ones.
    """
    candidate = day_of(at, timezone)
    if current is None or (clock_trusted and candidate > current):
        return OpenDay(candidate, clock_trusted)
    return Continue(current)


def adopt_day(own: Continue | OpenDay, servers: date, *, clock_trusted: bool) -> Continue | OpenDay | None:
    """Which day a number of the server's day is given in, where this kiosk alone would number in `own`.

    The server decides the day. None: its day is over here, or cannot be; a number of it is not to be used.
    """
    if servers < own.day or servers > own.day + LONGEST_AHEAD:
        return None
    return own if servers == own.day else OpenDay(servers, clock_trusted)
