"""The whole hall, as a supervisor sees it."""

from datetime import date
from typing import Final

from sqlalchemy import bindparam, func, select

from kiosk.sync.desk_wire import CounterState, CounterView, HallView
from server.database import moment
from server.desk_queues import Waits, queue_views
from server.desk_room import AnyRow, Room
from server.desk_view import counter_view, desk_view
from server.queue_hours import with_reasons
from server.schema import counters, devices, tickets
from server.staff import locked_accounts

SILENT_AFTER_S: Final = 600
"""A desk says every few seconds that it is there."""

_COUNTERS: Final = select(counters).where(counters.c.site_id == bindparam("site"))
_OF_TODAY: Final = (tickets.c.site_id == bindparam("site"), tickets.c.service_day == bindparam("day"))
_CONFLICTS: Final = select(func.count()).select_from(tickets).where(*_OF_TODAY, tickets.c.conflicts > 0)
_OWN_SERIES: Final = select(func.count()).select_from(tickets).where(*_OF_TODAY, tickets.c.series > 0)


def hall_view(room: Room, waits: Waits) -> HallView:
    """`room`: of a snapshot. `offline_tickets`: of today, which kiosks numbered without this server."""
    today = {"site": room.site_id, "day": room.service_day or ""}
    codes = room.hall.site.queue_by_code
    views = queue_views(room.connection, room.site_id, today["day"], codes, room.now_ms, waits)
    return HallView(
        server_time=moment(room.now_ms),
        service_day=None if room.service_day is None else date.fromisoformat(room.service_day),
        counters=tuple(_counters(room)),
        queues=with_reasons(room, views),
        locked_staff=locked_accounts(room.connection, room.site_id),
        conflicts=room.connection.execute(_CONFLICTS, today).scalar_one(),
        offline_tickets=room.connection.execute(_OWN_SERIES, today).scalar_one(),
        unseen_slips=tuple(_without_paper(room)),
        view=desk_view(room),
    )


def _without_paper(room: Room) -> list[str]:
    """The names of the kiosks whose slips nobody seems to hold."""
    found = [origin for site_id, origin in room.node.unseen_slips.found if site_id == room.site_id]
    named = select(devices.c.name).where(devices.c.site_id == room.site_id, devices.c.device_id.in_(found))
    return sorted(room.connection.execute(named).scalars()) if found else []


def _counters(room: Room) -> list[CounterView]:
    """Those of the hall's file, and those that somebody has opened all the same; by number."""
    rows = {row.counter: row for row in room.connection.execute(_COUNTERS, {"site": room.site_id})}
    views = (counter_view(room.hall, number, rows.get(number)) for number in {*room.hall.place_by_counter, *rows})
    shown = [view.model_copy(update={"silent_s": _silent_s(room, rows.get(view.counter))}) for view in views if view]
    return sorted(shown, key=lambda view: view.counter)


def _silent_s(room: Room, row: AnyRow | None) -> int | None:
    if row is None or row.state == CounterState.CLOSED or row.device_id is None:
        return None
    contact = room.node.contacts.last(room.site_id, row.device_id)
    heard_ms = row.since_ms if contact is None else max(contact.last_at_ms, row.since_ms)
    silent_s = (room.now_ms - heard_ms) // 1000
    return int(silent_s) if silent_s > SILENT_AFTER_S else None
