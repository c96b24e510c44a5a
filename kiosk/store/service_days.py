"""The days that were opened here, in order; the newest one is in force."""

from datetime import date
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from kiosk.domain.event_bodies import day_opened
from kiosk.domain.events import DAY_OPENED
from kiosk.domain.service_day import Continue, decide_day
from kiosk.store.log import Node, append
from kiosk.trusted_clock import Reading


def current_day(db: Database, site_id: str) -> date | None:
    row = db.conn.execute(
        "SELECT service_day FROM service_days WHERE site_id = ? ORDER BY position DESC LIMIT 1", (site_id,)
    ).fetchone()
    return date.fromisoformat(row[0]) if row else None


def ensure_day(db: Database, node: Node, site_id: str, timezone: ZoneInfo, reading: Reading) -> date:
    """The day in force at `reading`, opened inside the caller's transaction if it is new."""
    decision = decide_day(current_day(db, site_id), reading.at, timezone, clock_trusted=reading.is_trusted)
    if isinstance(decision, Continue):
        return decision.day
    append(db, node, DAY_OPENED, day_opened(site_id, decision.day, clock_trusted=decision.clock_trusted))
    db.conn.execute(
        "INSERT INTO service_days (site_id, service_day, clock_trusted) VALUES (?, ?, ?)",
        (site_id, decision.day.isoformat(), decision.clock_trusted),
    )
    return decision.day
