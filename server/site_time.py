"""When something was, as the clock on the wall of its site showed it."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from server.schema import sites


def timezones(connection: Connection) -> Mapping[str, str]:
    """Site -> IANA name, of those whose timezone is known here."""
    return {row.site_id: row.timezone for row in connection.execute(select(sites))}


def local_time(at: datetime, timezone: str | None) -> str:
    """`2026-11-23 12:00 WIB`; in UTC, and so named, where the site's timezone is not known."""
    local = at.astimezone(ZoneInfo(timezone or "UTC"))
    return f"{local:%Y-%m-%d %H:%M %Z}"
