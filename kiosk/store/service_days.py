"""The days that were opened here, in order; the newest one is in force."""

from datetime import date
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from kiosk.domain.event_bodies import day_opened
from kiosk.domain.events import DAY_OPENED
from kiosk.domain.service_day import Continue, OpenDay, decide_day
from kiosk.store.log import Node, append
from kiosk.trusted_clock import Reading


def day_at(db: Database, site_id: str, timezone: ZoneInfo, reading: Reading) -> Continue | OpenDay:
    """The day that a number taken at `reading` belongs to, whether it is open already or not."""
    row = db.conn.execute(
        "SELECT service_day FROM service_days WHERE site_id = ? ORDER BY position DESC LIMIT 1", (site_id,)
    ).fetchone()
    current = date.fromisoformat(row[0]) if row else None
    return decide_day(current, reading.at, timezone, clock_trusted=reading.is_trusted)


def enter_day(db: Database, node: Node, site_id: str, decision: Continue | OpenDay) -> date:
    """The day decided on, opened inside the caller's transaction if it is new."""
    if isinstance(decision, OpenDay):
        append(db, node, DAY_OPENED, day_opened(site_id, decision.day, clock_trusted=decision.clock_trusted))
        db.conn.execute(
            "INSERT INTO service_days (site_id, service_day, clock_trusted) VALUES (?, ?, ?)",
            (site_id, decision.day.isoformat(), decision.clock_trusted),
        )
    return decision.day
