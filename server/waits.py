"""The waits of every hall of this server, found again when something has changed: a chore, that no request waits for.

What is measured and how: docs/waits.md.
"""

import time
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Final

from sqlalchemy import Connection, bindparam, select

from kiosk.domain.ticket import StopState
from kiosk.domain.wait import QueueOutlook
from kiosk.domain.wait_estimate import Hall as HallNow
from kiosk.domain.wait_estimate import HallWaits, Waiter, estimate
from kiosk.sync.desk_wire import QueueView
from kiosk.sync.wire import Outlook
from server.database import milliseconds
from server.desk_line import lines_of
from server.desk_queues import queue_views
from server.node import Node
from server.outlooks import SiteOutlook
from server.schema import queue_closures, queues
from server.service_day import known_sites
from server.wait_measures import Learnt, desks_of, priority_rates

LOOK_EVERY_S: Final = 2.0
_PLAY_EVERY_S: Final = 5.0
"""At most, while things change."""
_PLAY_AGAIN_S: Final = 20.0
"""Where nothing changed: whoever is served has been so for longer."""
_BREATH_S: Final = 0.002

_COUNTS: Final = select(queues.c.queue_code, queues.c.waiting).where(
    queues.c.site_id == bindparam("site"), queues.c.service_day == bindparam("day")
)
_CLOSED: Final = select(queue_closures.c.queue_code).where(
    queue_closures.c.site_id == bindparam("site"),
    queue_closures.c.service_day == bindparam("day"),
    queue_closures.c.is_closed == 1,
)
"""Built once: SQLAlchemy takes longer to build a statement than SQLite to carry it out."""


class WaitWatch:
    """On the chores' thread."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._learnt: dict[str, Learnt] = {}
        self._seen: dict[str, tuple[object, float]] = {}

    def look(self) -> None:
        with self._node.database.reading() as connection:
            site_ids = known_sites(connection)
        for site_id in site_ids:
            self._look_at(site_id)

    def _look_at(self, site_id: str) -> None:
        before, played_at = self._seen.get(site_id, (None, float("-inf")))
        since_s = time.monotonic() - played_at
        if since_s < _PLAY_EVERY_S:
            return
        with self._node.database.reading() as connection:
            hall = self._read(connection, site_id)
        now = None if hall is None else _fingerprint(hall)
        if hall is None or (now == before and since_s < _PLAY_AGAIN_S):
            return
        waits = estimate(hall, breathe=lambda: time.sleep(_BREATH_S))  # requests go first
        made_at = time.monotonic()
        self._node.outlooks.put(site_id, SiteOutlook(_outlooks(hall, waits), waits.line, made_at))
        self._seen[site_id] = (now, made_at)

    def _read(self, connection: Connection, site_id: str) -> HallNow | None:
        day = self._node.service_days.in_force(connection, site_id)
        if day is None:
            return None
        hall = self._node.halls.of(connection, site_id, self._node.identity.device_id)
        now_ms = milliseconds(self._node.trusted_clock.read().at)
        learnt = self._learnt.setdefault(site_id, Learnt())
        learnt.catch_up(connection, site_id, day.isoformat(), hall, now_ms)
        codes = tuple(sorted(hall.site.queue_by_code))
        lines = lines_of(connection, site_id, day.isoformat(), codes, hall.rules, now_ms)
        pools = {code: queue.agency_id for code, queue in hall.site.queue_by_code.items()}
        return HallNow(
            now_ms=now_ms,
            codes=codes,
            line=tuple(Waiter(row.who, row.service_id) for row in lines.waiting if row.state is StopState.WAITING),
            desks=desks_of(connection, site_id, day.isoformat(), now_ms),
            rules=hall.rules,
            since_priority=lines.since_priority,
            pace=learnt.measured.pace(pools, priority_rates(connection, site_id, day.isoformat(), now_ms)),
        )


def _fingerprint(hall: HallNow) -> object:
    desks = tuple((desk.number, desk.queues, desk.ticket_id, desk.paused_s is None) for desk in hall.desks)
    return desks, frozenset((one.who, one.service_id) for one in hall.line)


def _outlooks(hall: HallNow, waits: HallWaits) -> Mapping[str, QueueOutlook]:
    waiting = Counter(one.who.queue_code for one in hall.line)
    return {
        code: QueueOutlook(
            waiting=waiting[code],
            ordinary=waits.newcomers.get((code, False)),
            priority=waits.newcomers.get((code, True)),
            visit=waits.visits.get(code),
        )
        for code in hall.codes
    }


def told_to_kiosks(node: Node, connection: Connection, site_id: str, day: date | None) -> Mapping[str, Outlook]:
    """What a heartbeat's answer says: who waits and what is closed as it is now, the waits as they were last found."""
    if day is None:
        return {}
    where = {"site": site_id, "day": day.isoformat()}
    waiting = {row.queue_code: max(row.waiting, 0) for row in connection.execute(_COUNTS, where)}
    closed = set(connection.execute(_CLOSED, where).scalars())
    known = node.outlooks.of_site(site_id).queues
    told = {}
    for code in sorted(waiting.keys() | closed | known.keys()):
        one = known.get(code, QueueOutlook(0))
        told[code] = Outlook(
            waiting=waiting.get(code, 0),
            low_s=None if one.ordinary is None else one.ordinary.low_s,
            high_s=None if one.ordinary is None else one.ordinary.high_s,
            priority_low_s=None if one.priority is None else one.priority.low_s,
            priority_high_s=None if one.priority is None else one.priority.high_s,
            visit_low_s=None if one.visit is None else one.visit.low_s,
            visit_high_s=None if one.visit is None else one.visit.high_s,
            is_closed=code in closed,
        )
    return told


def hall_queues(
    node: Node, connection: Connection, site_id: str, day: date, codes: Collection[str]
) -> Sequence[QueueView]:
    """The views of these queues, with their waits."""
    now_ms = milliseconds(node.trusted_clock.read().at)
    return queue_views(connection, site_id, day.isoformat(), codes, now_ms, node.outlooks.ranges(site_id))
