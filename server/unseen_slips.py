"""Kiosks whose printers confirm slips that nobody seems to hold: found from time to time by the hall's own calls."""

from collections.abc import Mapping, Sequence
from typing import Final

import structlog
from sqlalchemy import Connection, and_, bindparam, case, func, select

from kiosk.domain.print_job import PrintState
from kiosk.domain.ticket import StopState
from kiosk.domain.unseen_paper import Fate, Unseen, unseen
from server.database import Database, moment
from server.schema import stops, tickets
from server.service_day import ServiceDays

log = structlog.get_logger(__name__)

LOOK_EVERY_S: Final = 60.0

_STAYED_AWAY: Final = and_(stops.c.state.in_((StopState.NO_SHOW.value, StopState.EXPIRED.value)), stops.c.calls > 0)
_FATES: Final = (
    select(
        tickets.c.site_id,
        tickets.c.origin,
        stops.c.counter,
        func.coalesce(stops.c.called_at_ms, stops.c.started_at_ms).label("called_ms"),
        stops.c.ticket_id,
        case((stops.c.started_at_ms.is_not(None), 1), else_=0).label("came"),
    )
    .join(tickets, and_(tickets.c.site_id == stops.c.site_id, tickets.c.ticket_id == stops.c.ticket_id))
    .where(
        tickets.c.site_id == bindparam("site"),
        tickets.c.service_day == bindparam("day"),
        tickets.c.print_verdict == PrintState.CONFIRMED.value,
        stops.c.counter.is_not(None),
        stops.c.started_at_ms.is_not(None) | _STAYED_AWAY,
    )
    .order_by(func.coalesce(stops.c.called_at_ms, stops.c.started_at_ms))
)


class UnseenSlips:
    """By site and device, who is under suspicion today. `look` belongs to one thread; `found` may be read from any."""

    def __init__(self) -> None:
        self.found: Mapping[tuple[str, str], Unseen] = {}

    def look(self, database: Database, days: ServiceDays, sites: Sequence[str]) -> None:
        """Says in the log who comes under suspicion, and who is free of it again."""
        now: dict[tuple[str, str], Unseen] = {}
        with database.reading() as connection:
            for site_id in sites:
                day = days.in_force(connection, site_id)
                if day is not None:
                    alarms = unseen(fates(connection, site_id, day.isoformat()))
                    now |= {(site_id, origin): alarm for origin, alarm in alarms.items()}
        before, self.found = self.found, now
        for (site_id, origin), alarm in now.items():
            if (site_id, origin) not in before:
                since = moment(alarm.since_ms).isoformat()
                log.warning("slips_unseen", site=site_id, device=origin, slips=alarm.run, since=since)
        for site_id, origin in before.keys() - now.keys():
            log.info("slips_seen", site=site_id, device=origin)


def fates(connection: Connection, site_id: str, service_day: str) -> Sequence[Fate]:
    """Of each ticket with a confirmed slip that was called or served: whether anybody came."""
    of_ticket: dict[str, Fate] = {}
    for row in connection.execute(_FATES, {"site": site_id, "day": service_day}):
        known = of_ticket.get(row.ticket_id)
        if known is None or (row.came and not known.came):
            of_ticket[row.ticket_id] = Fate(row.origin, row.counter, row.called_ms, bool(row.came))
    return list(of_ticket.values())
