"""What becomes of those who wait when a queue closes, or the last counter that serves it."""

import secrets
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Final

from sqlalchemy import Connection, bindparam, func, select, tuple_

from kiosk.domain.desk_bodies import queue_closed
from kiosk.domain.events import QUEUE_CLOSED
from kiosk.domain.stop_life import Verb
from kiosk.domain.ticket import StopState
from kiosk.sync.desk_wire import Leaving, Refusal
from server.database import lock_site
from server.desk_queues import open_counters_by_queue
from server.desk_room import AnyRow, NotDoneError, Room, open_room
from server.node import Node
from server.schema import queue_closures, stops
from server.staff_sessions import Officer

AT_ONCE: Final = 100
"""Visitors that are sent home in one transaction: whoever calls or issues meanwhile waits for it."""

_STILL_THERE: Final = (StopState.PENDING, StopState.WAITING, StopState.PARKED, StopState.NO_SHOW)

_IN_QUEUES: Final = (
    stops.c.site_id == bindparam("site"),
    stops.c.service_day == bindparam("day"),
    stops.c.queue_code.in_(bindparam("codes", expanding=True)),
)
_WAITING: Final = (
    select(func.count())
    .select_from(stops)
    .where(*_IN_QUEUES, stops.c.state.in_((StopState.PENDING, StopState.WAITING)))
)
_TO_DISMISS: Final = (
    select(stops.c.ticket_id, stops.c.position)
    .where(
        *_IN_QUEUES,
        stops.c.state.in_(_STILL_THERE),
        tuple_(stops.c.ticket_id, stops.c.position) > tuple_(bindparam("last_ticket"), bindparam("last_position")),
    )
    .order_by(stops.c.ticket_id, stops.c.position)
    .limit(AT_ONCE)
)
_IS_CLOSED: Final = select(queue_closures.c.is_closed).where(
    queue_closures.c.site_id == bindparam("site"),
    queue_closures.c.service_day == bindparam("day"),
    queue_closures.c.queue_code == bindparam("code"),
)


def queues_left_alone(room: Room, counter: int, codes: Collection[str]) -> tuple[str, ...]:
    """Those of `codes` that no open counter serves once this one is gone."""
    others = open_counters_by_queue(room.connection, room.site_id)
    return tuple(code for code in sorted(codes) if not set(others.get(code, ())) - {counter})


def settle(room: Room, codes: Sequence[str], leaving: Leaving | None) -> None:
    """Asks first where people wait; closes the queues where no more numbers are wanted. Whoever is to be sent home
    goes by `dismiss`, after this transaction.

    Raises NotDoneError(PEOPLE_WAIT).
    """
    waiting = people_waiting(room, codes)
    if waiting and leaving is None:
        raise NotDoneError(Refusal.PEOPLE_WAIT, waiting=waiting)
    if leaving in (Leaving.SERVE_ONLY, Leaving.DISMISS):
        for code in codes:
            close_queue(room, code)


def people_waiting(room: Room, codes: Collection[str]) -> int:
    if room.service_day is None or not codes:
        return 0
    which = {"site": room.site_id, "day": room.service_day, "codes": sorted(codes)}
    return int(room.connection.execute(_WAITING, which).scalar_one())


def close_queue(room: Room, code: str) -> None:
    """Once is enough."""
    if not is_queue_closed(room, code):
        body = queue_closed(code, date.fromisoformat(room.day), room.officer.staff)
        room.node.own_log.append(room.connection, room.site_id, QUEUE_CLOSED, body)


def is_queue_closed(room: Room, code: str) -> bool:
    which = {"site": room.site_id, "day": room.day, "code": code}
    return bool(room.connection.execute(_IS_CLOSED, which).scalar_one_or_none())


def dismiss(node: Node, site_id: str, officer: Officer, codes: Sequence[str], now_ms: int) -> tuple[str, ...]:
    """Sends home who still waits there, some at a time. Whoever is called or served meanwhile is not of them.

    The tickets whose stops there were cancelled. Where the power goes meanwhile, to ask again does the rest.
    """
    gone: list[str] = []
    last = ("", 0)

    def some(connection: Connection) -> tuple[Sequence[AnyRow], list[str]]:
        lock_site(connection, site_id)
        room = open_room(node, connection, site_id, replace(officer, counter=None), now_ms)
        which = {"site": site_id, "day": room.service_day or "", "codes": sorted(codes)}
        rows = connection.execute(_TO_DISMISS, which | {"last_ticket": last[0], "last_position": last[1]}).all()
        sent = []
        for row in rows:
            with suppress(NotDoneError), connection.begin_nested():
                room.append(Verb.CANCEL, secrets.token_hex(8), row.ticket_id, row.position)
                sent.append(row.ticket_id)
        return rows, sent

    while True:
        rows, sent = node.database.decide(some)
        gone += sent
        if len(rows) < AT_ONCE:
            return tuple(dict.fromkeys(gone))
        last = (rows[-1].ticket_id, rows[-1].position)
