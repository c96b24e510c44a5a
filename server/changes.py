"""What there is to tell of what was just stored, and of who is there: states, read from the tables."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection, select
from sqlalchemy.exc import DBAPIError

from kiosk.domain import events
from kiosk.domain.availability import Open, hall_availability
from kiosk.domain.events import Event, decode
from kiosk.sync.desk_wire import CounterState, CounterView
from server.board_calls import newest_calls
from server.database import milliseconds, moment
from server.hall import Hall
from server.node import Node
from server.schema import counters, queues, stops, tickets
from server.stream import Change

LOST_AFTER_MS: Final = 10_000
"""Five heartbeats of silence."""

_OF_COUNTERS: Final = frozenset(
    {
        events.COUNTER_OPENED,
        events.COUNTER_PAUSED,
        events.COUNTER_CLOSED,
        events.ALARM_RAISED,
        events.ALARM_ANSWERED,
    }
)
_OF_THE_HALL: Final = frozenset(
    {events.QUEUE_CLOSED, events.QUEUE_OPENED, events.DAY_OPENED, events.DAY_CLOSED, events.ACTION_UNDONE}
)
"""A call that was undone is on no board any more, and who was called before it comes back."""


@dataclass(frozen=True, slots=True)
class Touched:
    """What may look different now. `hall`: more than can be named."""

    tickets: tuple[str, ...] = ()
    counters: tuple[int, ...] = ()
    hall: bool = False


def tell_of_batch(node: Node, site_id: str, batch: Sequence[bytes]) -> None:
    """After the commit. Where nobody watches, nothing is read. What cannot be read fails no request: whoever watches
    fetches the state anew.
    """
    with suppress(DBAPIError):
        node.stream.publish(site_id, lambda: _look(node, site_id, _touched(batch)))


def publish_deed(
    node: Node, site_id: str, tickets: Iterable[str] = (), counters: Iterable[int] = (), *, hall: bool = False
) -> None:
    """After the commit of what an officer did here, as `tell_of_batch`: these tickets with their calls and queues,
    these counters, and, where `hall`, that everybody looks again.
    """
    node.arrivals.tell(site_id, node.identity.device_id)
    touched = Touched(tuple(dict.fromkeys(tickets)), tuple(dict.fromkeys(counters)), hall)
    with suppress(DBAPIError):
        node.stream.publish(site_id, lambda: _look(node, site_id, touched))


class Presence:
    """Says when a device of a watched site fell silent and when it is back, and when the hall itself is another: its
    day, its hours, its file. Used by one chore's thread.
    """

    def __init__(self, node: Node) -> None:
        self._node = node
        self._present: dict[tuple[str, str], bool] = {}
        self._halls: dict[str, object] = {}

    def look(self) -> None:
        for site_id in self._node.stream.watched():
            changes = (*self._changes(site_id), *self._hall(site_id))
            self._node.stream.publish(site_id, partial(tuple, changes))

    def _hall(self, site_id: str) -> Iterator[Change]:
        node = self._node
        with suppress(DBAPIError), node.database.reading() as connection:
            hall = node.halls.of(connection, site_id, node.identity.device_id)
            is_open = isinstance(hall_availability(hall.site, node.trusted_clock.read().at), Open)
            standing = (id(hall), node.service_days.in_force(connection, site_id), is_open)
            known = self._halls.setdefault(site_id, standing)
            self._halls[site_id] = standing
            if known != standing:
                yield Change("hall", {})

    def _changes(self, site_id: str) -> Iterator[Change]:
        now_ms = milliseconds(self._node.trusted_clock.read().at)
        for device_id, contact in self._node.contacts.of_site(site_id).items():
            is_present = now_ms - contact.last_at_ms < LOST_AFTER_MS
            if self._present.get((site_id, device_id)) != is_present:
                self._present[site_id, device_id] = is_present
                yield Change("device", {"device": device_id, "contact": "present" if is_present else "lost"})


def _look(node: Node, site_id: str, touched: Touched) -> Sequence[Change]:
    if touched == Touched():
        return ()
    with node.database.reading() as connection:
        told = list(_tickets(connection, site_id, touched.tickets)) if touched.tickets else []
        days = {change.facts["service_day"] for change in told}
        codes = {stop["queue_code"] for change in told for stop in change.facts["stops"]}
        told += _queues(connection, site_id, days, codes)
        if touched.tickets or touched.counters:
            hall = node.halls.of(connection, site_id, node.identity.device_id)
            calls = newest_calls(connection, site_id, hall, touched.tickets) if touched.tickets else ()
            told += [Change("call", call.model_dump(mode="json")) for call in calls]
            told += [Change("counter", each) for each in _counters(connection, site_id, hall, touched.counters)]
    return (*told, Change("hall", {})) if touched.hall else told


def _touched(batch: Sequence[bytes]) -> Touched:
    bodies = [event for event in map(decode, batch) if isinstance(event, Event)]
    tickets = [event.body.get("ticket_id") for event in bodies]
    counters = [event.body.get("counter") for event in bodies if event.type in _OF_COUNTERS]
    return Touched(
        tuple(dict.fromkeys(one for one in tickets if isinstance(one, str))),
        tuple(dict.fromkeys(one for one in counters if type(one) is int)),
        any(event.type in _OF_THE_HALL for event in bodies),
    )


def _counters(connection: Connection, site_id: str, hall: Hall, numbers: Sequence[int]) -> Iterator[Mapping[str, Any]]:
    known = select(counters).where(counters.c.site_id == site_id, counters.c.counter.in_(numbers))
    for row in connection.execute(known.order_by(counters.c.counter)) if numbers else ():
        place = hall.place_of(row.counter)
        view = CounterView(
            counter=row.counter,
            state=CounterState(row.state),
            queues=tuple(json.loads(row.queues)),
            officer=row.officer,
            floor=place.floor,
            zone=place.zone,
            since=moment(row.since_ms),
            has_alarm=row.alarm_at_ms is not None,
        )
        yield view.model_dump(mode="json")


def _tickets(connection: Connection, site_id: str, ids: Sequence[str]) -> Iterator[Change]:
    of_stops = (
        select(stops.c.ticket_id, stops.c.service_id, stops.c.queue_code, stops.c.state)
        .where(stops.c.site_id == site_id, stops.c.ticket_id.in_(ids))
        .order_by(stops.c.ticket_id, stops.c.position)
    )
    by_ticket: dict[str, list[Mapping[str, Any]]] = {}
    for row in connection.execute(of_stops):
        stop = {"service_id": row.service_id, "queue_code": row.queue_code, "state": row.state}
        by_ticket.setdefault(row.ticket_id, []).append(stop)
    of_tickets = select(tickets.c.ticket_id, tickets.c.label, tickets.c.service_day).where(
        tickets.c.site_id == site_id, tickets.c.ticket_id.in_(ids)
    )
    for ticket in connection.execute(of_tickets.order_by(tickets.c.issued_at_ms, tickets.c.ticket_id)):
        yield Change(
            "ticket",
            {
                "ticket": ticket.ticket_id,
                "label": ticket.label,
                "service_day": ticket.service_day,
                "stops": by_ticket.get(ticket.ticket_id, []),
            },
        )


def _queues(connection: Connection, site_id: str, days: set[str], codes: set[str]) -> Iterator[Change]:
    query = select(queues).where(
        queues.c.site_id == site_id, queues.c.service_day.in_(days), queues.c.queue_code.in_(codes)
    )
    for row in connection.execute(query.order_by(queues.c.service_day, queues.c.queue_code)):
        yield Change(
            "queue",
            {
                "service_day": row.service_day,
                "queue_code": row.queue_code,
                "issued": row.issued,
                "waiting": row.waiting,
            },
        )
