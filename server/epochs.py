"""Which life of a server counts. A restored copy or a standby that takes over opens a new epoch; whoever is of an
earlier one gives no number and takes no event any more, as soon as a device tells it so (fencing).
"""

from threading import Lock

import structlog
from sqlalchemy import Connection, case, func, insert, select

from kiosk.clock import Clock
from kiosk.domain.event_bodies import epoch_raised
from kiosk.domain.events import EPOCH_RAISED
from kiosk.sync.fence import is_believable
from kiosk.sync.wire import ProblemCode
from server.database import Database, lock_site, milliseconds, upsert
from server.own_log import OwnLog
from server.problems import RefusedError
from server.recovery import begin_recovery
from server.schema import fences, server_epoch
from server.service_day import known_sites
from server.settings import Role

log = structlog.get_logger(__name__)


def raise_epoch(database: Database, role: Role, own_log: OwnLog, clock: Clock, *, above: int = 0) -> int:
    """After a restore, or when a standby takes over: above every epoch that was heard of here, and above `above`.
    Returns the new one.

    Numbers are given again once the kiosks have said what they know (server.recovery).
    """
    now_ms = milliseconds(clock.now())
    with database.writing() as connection:
        here = connection.execute(select(func.max(server_epoch.c.epoch))).scalar_one()
        heard = connection.execute(select(func.max(fences.c.epoch)).where(fences.c.role == role)).scalar_one()
        epoch = int(max(here, heard or 0, above)) + 1
        connection.execute(insert(server_epoch).values(epoch=epoch, opened_at_ms=now_ms))
        for site_id in known_sites(connection) if role is Role.SITE else ():
            lock_site(connection, site_id)
            begin_recovery(connection, site_id, epoch, now_ms)
            own_log.append(connection, site_id, EPOCH_RAISED, epoch_raised(epoch))
    return epoch


class Fences:
    """The highest epochs heard of. Safe to use from many threads; kept in the database and in memory."""

    def __init__(self, database: Database, role: Role, epoch: int) -> None:
        self._database = database
        self._role = role
        self._epoch = epoch
        self._lock = Lock()
        with database.reading() as connection:
            rows = connection.execute(select(fences.c.site_id, fences.c.role, fences.c.epoch))
            self._highest = {(row.site_id, Role(row.role)): int(row.epoch) for row in rows}

    def highest(self, site_id: str, role: Role) -> int:
        """Of the server of this site, or of the central one as this site knows it; 0 when none was heard of."""
        return self._highest.get((site_id, role), 0)

    def note(self, site_id: str, role: Role, epoch: int | None, told_by: str, now_ms: int) -> None:
        """`told_by` has seen this epoch of that server. Durable when this returns; nearly always there is no news."""
        own = self._epoch if role is self._role else 0
        if epoch is None or epoch <= max(own, self.highest(site_id, role)) or not is_believable(epoch, own):
            return
        with self._lock, self._database.writing() as connection:
            _keep(connection, {"site_id": site_id, "role": role, "epoch": epoch, "told_by": told_by}, now_ms)
            self._highest[site_id, role] = max(epoch, self.highest(site_id, role))
        if role is self._role:
            log.error("server_fenced", site=site_id, own_epoch=self._epoch, epoch=epoch, told_by=told_by)

    def check(self, site_id: str) -> None:
        """Raises RefusedError where another server has taken over this one's part for the site."""
        epoch = self.highest(site_id, self._role)
        if epoch > self._epoch:
            raise RefusedError(
                ProblemCode.FENCED,
                f"This is epoch {self._epoch}, and epoch {epoch} of this server has begun elsewhere.",
            )

    def check_relay(self, site_id: str, epoch: int | None, told_by: str, now_ms: int) -> None:
        """At central: of two servers of one site only the later is listened to. Raises RefusedError for the other."""
        if epoch is None:
            return
        self.note(site_id, Role.SITE, epoch, told_by, now_ms)
        highest = self.highest(site_id, Role.SITE)
        if epoch < highest:
            detail = f"Epoch {highest} of {site_id} has begun; this is epoch {epoch}."
            raise RefusedError(ProblemCode.FENCED, detail, site_epoch=highest)

    @property
    def fenced_sites(self) -> tuple[str, ...]:
        return tuple(sorted(site for (site, role), epoch in self._highest.items() if self._is_fence(role, epoch)))

    def _is_fence(self, role: Role, epoch: int) -> bool:
        return role is self._role and epoch > self._epoch


def _keep(connection: Connection, row: dict[str, str | int], now_ms: int) -> None:
    new = upsert(connection, fences).values(**row, seen_at_ms=now_ms)
    is_news = new.excluded.epoch > fences.c.epoch
    facts = ("epoch", "told_by", "seen_at_ms")
    changes = {name: case((is_news, new.excluded[name]), else_=fences.c[name]) for name in facts}
    connection.execute(new.on_conflict_do_update(index_elements=["site_id", "role"], set_=changes))
