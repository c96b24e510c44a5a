"""The service day of each site: opened here, once, by a clock that can be trusted. Numbers count within it.

A day never goes back, so the one mistake that cannot be mended is a day opened too far ahead. A leap longer than any
closure is therefore believed only when this server's clock and a kiosk's say the same.
"""

import json
from datetime import date, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import Connection, bindparam, func, select

from kiosk.domain.desk_bodies import day_closed
from kiosk.domain.event_bodies import day_opened
from kiosk.domain.events import DAY_CLOSED, DAY_OPENED
from kiosk.domain.service_day import OpenDay, day_of
from kiosk.paths import resource_path
from kiosk.trusted_clock import Reading, TrustedClock
from server.database import Database, lock_site, upsert
from server.own_log import OwnLog
from server.schema import closed_days, devices, service_days, sites

log = structlog.get_logger(__name__)

LONGEST_CLOSURE: Final = timedelta(days=31)
"""Idul Fitri with its joint leave closes an office for two weeks."""

_A_DAY: Final = timedelta(days=1)
_CLOSED_AT_ONCE: Final = 3
"""As a rule there is one: the day before. After an upgrade there may be ninety, and somebody waits for a number."""

_IN_FORCE: Final = (
    select(func.max(service_days.c.service_day))
    .where(service_days.c.site_id == bindparam("site"), service_days.c.service_day <= bindparam("latest"))
    .scalar_subquery()
)
_END_OF_TIME: Final = date.max.isoformat()
_DAY: Final = select(_IN_FORCE)
_DAY_AND_ZONE: Final = select(
    _IN_FORCE, select(sites.c.timezone).where(sites.c.site_id == bindparam("site")).scalar_subquery()
)
_LEFT_OPEN: Final = (
    select(service_days.c.service_day)
    .outerjoin(
        closed_days,
        (closed_days.c.site_id == service_days.c.site_id) & (closed_days.c.service_day == service_days.c.service_day),
    )
    .where(
        service_days.c.site_id == bindparam("site"),
        service_days.c.service_day < bindparam("day"),
        closed_days.c.service_day.is_(None),
    )
    .order_by(service_days.c.service_day.desc())
    .limit(_CLOSED_AT_ONCE)
)


class ServiceDays:
    """Safe to use from many threads: what it knows is in the database."""

    def __init__(self, own_log: OwnLog, clock: TrustedClock) -> None:
        self._own_log = own_log
        self._clock = clock
        self._doubted: date | None = None
        self._told: set[str] = set()

    def is_certain(self, site_id: str) -> bool:
        """Whether this server's own clock can tell which day it is there, or a kiosk has told it since the start."""
        return site_id in self._told or self._clock.read().is_trusted

    def ensure(self, connection: Connection, site_id: str, told: date | None = None) -> date:
        """The day in force, opened within the caller's transaction where it is due.

        `told`: the day that a kiosk with a trusted clock is in. It counts only where our own clock says nothing.
        """
        if told is not None:
            self._told.add(site_id)
        current, due = self._look(connection, site_id, told)
        if due is not None:  # nearly never: who only looks makes nobody wait
            lock_site(connection, site_id)
            current, due = self._look(connection, site_id, told)
        if due is not None:
            self._open(connection, site_id, due)
            return due.day
        assert current is not None  # noqa: S101  # without any day one is due
        return current

    def _look(self, connection: Connection, site_id: str, told: date | None) -> tuple[date | None, OpenDay | None]:
        """The day in force, and the one that is to be opened."""
        reading = self._clock.read()
        day, timezone = connection.execute(_DAY_AND_ZONE, {"site": site_id, "latest": _latest(reading)}).one()
        current = None if day is None else date.fromisoformat(day)
        zone = ZoneInfo(timezone) if timezone else _sample_timezone()
        due = day_due(current, reading, zone, told)
        if due is None:
            self._doubt(current, day_of(reading.at, zone), reading)
        return current, due

    def in_force(self, connection: Connection, site_id: str) -> date | None:
        """None: no day was ever opened there."""
        return day_in_force(connection, site_id, self._clock.read())

    def possible(self, connection: Connection, site_id: str) -> tuple[date, ...]:
        """What today may be: the day in force, and what a trusted clock says, because a server that was restored from
        an old copy has not opened it yet. None: nobody knows.
        """
        reading = self._clock.read()
        current = day_in_force(connection, site_id, reading)
        by_clock = reading.at.date() if reading.is_trusted else None
        return tuple(day for day in (current, by_clock) if day is not None)

    def open_due(self, database: Database) -> None:
        """For every site of this server, whether anybody asks or not. Writes only where a day is due, or one is over
        that nobody has closed yet: a kiosk opened the next one, or there were too many at once.
        """
        with database.reading() as connection:
            sites_here = known_sites(connection)
            due = [site_id for site_id in sites_here if self._is_due(connection, site_id)]
            left = [site_id for site_id in sites_here if self._is_any_left_open(connection, site_id)]
        for site_id in due:
            with database.writing() as connection:
                self.ensure(connection, site_id)
        for site_id in left:
            with database.writing() as connection:
                lock_site(connection, site_id)
                day = self.in_force(connection, site_id)
                if day is not None:
                    self._close_before(connection, site_id, day)

    def _is_any_left_open(self, connection: Connection, site_id: str) -> bool:
        """Without a trusted clock none is: a kiosk from the future may have opened a day."""
        day = self.in_force(connection, site_id) if self._clock.read().is_trusted else None
        return day is not None and bool(_left_open(connection, site_id, day))

    def _is_due(self, connection: Connection, site_id: str) -> bool:
        """Without a trusted clock none is: the first visitor opens the day then, or a kiosk's own clock."""
        reading = self._clock.read()
        if not reading.is_trusted:
            return False
        day, timezone = connection.execute(_DAY_AND_ZONE, {"site": site_id, "latest": _latest(reading)}).one()
        candidate = day_of(reading.at, ZoneInfo(timezone) if timezone else _sample_timezone())
        return day is None or candidate.isoformat() > day

    def _open(self, connection: Connection, site_id: str, due: OpenDay) -> None:
        self._close_before(connection, site_id, due.day)
        body = day_opened(site_id, due.day, clock_trusted=due.clock_trusted)
        self._own_log.append(connection, site_id, DAY_OPENED, body)
        log.info("day_opened", site=site_id, service_day=due.day.isoformat(), clock_trusted=due.clock_trusted)

    def _close_before(self, connection: Connection, site_id: str, day: date) -> None:
        """Whoever still waits there has gone home."""
        for over in _left_open(connection, site_id, day):
            self._own_log.append(connection, site_id, DAY_CLOSED, day_closed(site_id, over))
            log.info("day_closed", site=site_id, service_day=over.isoformat())

    def _doubt(self, current: date | None, candidate: date, reading: Reading) -> None:
        if not reading.is_trusted or current is None or candidate <= current or candidate == self._doubted:
            return
        self._doubted = candidate
        log.error("day_doubted", service_day=current.isoformat(), clock_says=candidate.isoformat())


def day_due(current: date | None, reading: Reading, timezone: ZoneInfo, told: date | None) -> OpenDay | None:
    """The day to open now; None: the one in force goes on. `told` as in `ensure`."""
    candidate = day_of(reading.at, timezone)
    own = candidate if reading.is_trusted else None
    if own is not None and current is not None and own <= current:
        return None
    for day, other in ((own, told), (told, own)):
        if day is not None and _is_plausible(day, current, other):
            return OpenDay(day, clock_trusted=day is own)
    return OpenDay(candidate, clock_trusted=False) if current is None else None


def _is_plausible(day: date, current: date | None, other: date | None) -> bool:
    if current is None:
        return True
    is_witnessed = other is not None and abs(day - other) <= _A_DAY
    return day > current and (is_witnessed or day - current <= LONGEST_CLOSURE)


def day_in_force(connection: Connection, site_id: str, reading: Reading | None = None) -> date | None:
    """The newest day opened at the site, by whomever; None: none was. `reading`: what a trusted clock makes of it."""
    latest = _END_OF_TIME if reading is None else _latest(reading)
    day = connection.execute(_DAY, {"site": site_id, "latest": latest}).scalar_one()
    return None if day is None else date.fromisoformat(day)


def _left_open(connection: Connection, site_id: str, day: date) -> list[date]:
    """Days before `day` that nobody has closed, the newest first; no more than can be closed at once."""
    found = connection.execute(_LEFT_OPEN, {"site": site_id, "day": day.isoformat()}).scalars()
    return [date.fromisoformat(one) for one in found]


def _latest(reading: Reading) -> str:
    """Tomorrow, anywhere on earth: a kiosk whose clock is years ahead opens a day for itself, not for the hall."""
    return (reading.at.date() + 2 * _A_DAY).isoformat() if reading.is_trusted else _END_OF_TIME


def known_sites(connection: Connection) -> list[str]:
    """Every site that has a device or a timezone here."""
    both = select(devices.c.site_id).union(select(sites.c.site_id))
    return sorted(connection.execute(both).scalars())


def note_timezone(connection: Connection, site_id: str, timezone: str) -> None:
    """As a kiosk told it. What a site file said stays."""
    row = {"site_id": site_id, "timezone": timezone}
    connection.execute(upsert(connection, sites).values(row).on_conflict_do_nothing())


@cache
def _sample_timezone() -> ZoneInfo:
    """Of the hall that ships with the program, for a site that nobody has told anything about."""
    return ZoneInfo(json.loads(resource_path("assets/sites/mpp-jakarta.json").read_bytes())["timezone"])
