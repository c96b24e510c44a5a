"""After a restore: no number until every kiosk has said what it holds, or a minute has passed.

The copy does not know which numbers were given after it was made; the kiosks do. Where one of them was not heard, or
one that the copy does not know asks to be let in, every series of the day jumps, so that what that one has on paper is
not given again.
"""

from dataclasses import dataclass, field
from threading import Lock
from typing import Final

import structlog
from sqlalchemy import Connection, select, update

from kiosk.clock import Clock
from kiosk.sync.wire import DeviceKind
from server.database import Database, lock_site, milliseconds, upsert
from server.number_series import leap
from server.schema import devices, recoveries
from server.service_day import ServiceDays

log = structlog.get_logger(__name__)

PATIENCE_S: Final = 60.0
JUMP: Final = 100
LISTENS_S: Final = 6.0
"""So long even where all were heard: a kiosk that was let in after the copy was made is known by its knocking alone,
and it knocks every five seconds.
"""


def begin_recovery(connection: Connection, site_id: str, epoch: int, now_ms: int) -> None:
    connection.execute(
        upsert(connection, recoveries).values(site_id=site_id, epoch=epoch, began_at_ms=now_ms).on_conflict_do_nothing()
    )


@dataclass(slots=True)
class _Recovery:
    """`since`: on the steady clock; from this start of the server, because only then can kiosks be heard."""

    since: float
    has_stranger: bool = False
    heard: set[str] = field(default_factory=set)
    awaited: set[str] = field(default_factory=set)

    @property
    def until(self) -> float:
        return self.since + PATIENCE_S


class Recoveries:
    """Those that have not ended, of all sites. Safe to use from many threads."""

    def __init__(self, database: Database, clock: Clock, days: ServiceDays) -> None:
        self._database = database
        self._clock = clock
        self._days = days
        self._lock = Lock()
        with database.reading() as connection:
            open_ones = select(recoveries.c.site_id).where(recoveries.c.ended_at_ms.is_(None)).distinct()
            now = clock.monotonic()
            self._open = {site_id: _Recovery(now) for site_id in connection.execute(open_ones).scalars()}

    def is_open(self, site_id: str) -> bool:
        return site_id in self._open

    @property
    def open_sites(self) -> tuple[str, ...]:
        return tuple(sorted(self._open))

    def expect(self, site_id: str, who: str) -> None:
        """Beside the kiosks this one must be heard, too."""
        if site_id in self._open:
            self._open[site_id].awaited.add(who)

    def heard(self, site_id: str, device_id: str) -> None:
        """This kiosk has said hello, and what it holds is noted. The last of them may end the recovery."""
        recovery = self._open.get(site_id)
        if recovery is not None:
            recovery.heard.add(device_id)
            self._settle(site_id)

    def knocked(self, site_id: str) -> None:
        """A device that is not known here has asked: the copy may be older than it, and it may hold numbers."""
        recovery = self._open.get(site_id)
        if recovery is not None:
            recovery.has_stranger = True

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
                if self._clock.monotonic() < (recovery.until if missing else recovery.since + LISTENS_S):
                    return
                missing += ["a stranger"] * recovery.has_stranger
                if missing and not self._days.is_certain(site_id):
                    return  # nobody knows which day's numbers to skip; kiosks count by themselves until then
                if missing:
                    leap(connection, site_id, self._days.ensure(connection, site_id).isoformat(), JUMP)
                still = (recoveries.c.site_id == site_id, recoveries.c.ended_at_ms.is_(None))
                now_ms = milliseconds(self._clock.now())
                connection.execute(update(recoveries).where(*still).values(ended_at_ms=now_ms))
            del self._open[site_id]
        if missing:
            log.warning("recovery_ended", site=site_id, missing=missing)
        else:
            log.info("recovery_ended", site=site_id, missing=missing)


def _kiosks(connection: Connection, site_id: str) -> set[str]:
    query = select(devices.c.device_id).where(
        devices.c.site_id == site_id, devices.c.kind == DeviceKind.KIOSK, devices.c.revoked_at_ms.is_(None)
    )
    return set(connection.execute(query).scalars())
