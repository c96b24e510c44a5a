"""After a restore: no number until every kiosk has said what it holds, or a minute has passed.

The copy does not know which numbers were given after it was made; the kiosks do. Where one of them was not heard,
every series of the day jumps, so that what that one has on paper is not given again.
"""

from dataclasses import dataclass, field
from threading import Lock
from typing import Final

import structlog
from sqlalchemy import Connection, select, update

from kiosk.clock import Clock
from kiosk.sync.wire import DeviceKind
from server.database import Database, lock_site, milliseconds, upsert
from server.schema import devices, number_series, recoveries
from server.service_day import ServiceDays

log = structlog.get_logger(__name__)

PATIENCE_S: Final = 60.0
JUMP: Final = 100
EVERY_QUEUE: Final = "*"
"""As a queue's code in `number_series`: what holds for every queue of the day, those without a row too."""


def begin_recovery(connection: Connection, site_id: str, epoch: int, now_ms: int) -> None:
    connection.execute(
        upsert(connection, recoveries).values(site_id=site_id, epoch=epoch, began_at_ms=now_ms).on_conflict_do_nothing()
    )


@dataclass(slots=True)
class _Recovery:
    """`until`: on the steady clock, from this start of the server, because only then can kiosks be heard."""

    until: float
    heard: set[str] = field(default_factory=set)
    awaited: set[str] = field(default_factory=set)


class Recoveries:
    """Those that have not ended, of all sites. Safe to use from many threads."""

    def __init__(self, database: Database, clock: Clock, days: ServiceDays) -> None:
        self._database = database
        self._clock = clock
        self._days = days
        self._lock = Lock()
        with database.reading() as connection:
            open_ones = select(recoveries.c.site_id).where(recoveries.c.ended_at_ms.is_(None)).distinct()
            until = clock.monotonic() + PATIENCE_S
            self._open = {site_id: _Recovery(until) for site_id in connection.execute(open_ones).scalars()}

    def is_open(self, site_id: str) -> bool:
        return site_id in self._open

    def expect(self, site_id: str, who: str) -> None:
        """Beside the kiosks this one must be heard, too."""
        if site_id in self._open:
            self._open[site_id].awaited.add(who)

    def heard(self, site_id: str, device_id: str) -> None:
        """This kiosk has said hello, and what it holds is noted. Ends the recovery with the last of them."""
        recovery = self._open.get(site_id)
        if recovery is not None:
            recovery.heard.add(device_id)
            self._settle(site_id)

    def settle(self) -> None:
        """Ends those whose time is up, or for which there is nobody to wait."""
        for site_id in tuple(self._open):
            self._settle(site_id)

    def _settle(self, site_id: str) -> None:
        with self._lock:
            recovery = self._open.get(site_id)
            if recovery is None:
                return
            with self._database.writing() as connection:
                lock_site(connection, site_id)
                missing = sorted((_kiosks(connection, site_id) | recovery.awaited) - recovery.heard)
                if missing and self._clock.monotonic() < recovery.until:
                    return
                if missing:
                    _jump(connection, site_id, self._days.ensure(connection, site_id).isoformat())
                still = (recoveries.c.site_id == site_id, recoveries.c.ended_at_ms.is_(None))
                now_ms = milliseconds(self._clock.now())
                connection.execute(update(recoveries).where(*still).values(ended_at_ms=now_ms))
            del self._open[site_id]
        (log.warning if missing else log.info)("recovery_ended", site=site_id, missing=missing)


def _kiosks(connection: Connection, site_id: str) -> set[str]:
    query = select(devices.c.device_id).where(
        devices.c.site_id == site_id, devices.c.kind == DeviceKind.KIOSK, devices.c.revoked_at_ms.is_(None)
    )
    return set(connection.execute(query).scalars())


def _jump(connection: Connection, site_id: str, day: str) -> None:
    every = upsert(connection, number_series).values(
        site_id=site_id, service_day=day, queue_code=EVERY_QUEUE, highest=0
    )
    connection.execute(every.on_conflict_do_nothing())
    of_the_day = (number_series.c.site_id == site_id, number_series.c.service_day == day)
    connection.execute(update(number_series).where(*of_the_day).values(highest=number_series.c.highest + JUMP))
