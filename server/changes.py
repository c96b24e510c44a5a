"""What there is to tell of a batch that was just stored, and of who is there: states, read from the tables."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection, select
from sqlalchemy.exc import DBAPIError

from kiosk.domain.events import Event, decode
from server.database import Database, milliseconds
from server.node import Node
from server.schema import queues, stops, tickets
from server.stream import Change

LOST_AFTER_MS: Final = 10_000
"""Five heartbeats of silence."""


def tell_of_batch(node: Node, site_id: str, batch: Sequence[bytes]) -> None:
    """After the commit. Where nobody watches, nothing is read. What cannot be read fails no request: whoever watches
    fetches the state anew.
    """
    with suppress(DBAPIError):
        node.stream.publish(site_id, lambda: _of_batch(node.database, site_id, batch))


class Presence:
    """Says when a device of a watched site fell silent, and when it is back. Used by one chore's thread."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._present: dict[tuple[str, str], bool] = {}

    def look(self) -> None:
        for site_id in self._node.stream.watched():
            self._node.stream.publish(site_id, partial(tuple, tuple(self._changes(site_id))))

    def _changes(self, site_id: str) -> Iterator[Change]:
        now_ms = milliseconds(self._node.trusted_clock.read().at)
        for device_id, contact in self._node.contacts.of_site(site_id).items():
            is_present = now_ms - contact.last_at_ms < LOST_AFTER_MS
            if self._present.get((site_id, device_id)) != is_present:
                self._present[site_id, device_id] = is_present
                yield Change("device", {"device": device_id, "contact": "present" if is_present else "lost"})


def _of_batch(database: Database, site_id: str, batch: Sequence[bytes]) -> Sequence[Change]:
    ids = tuple(dict.fromkeys(_ticket_ids(batch)))
    if not ids:
        return ()
    with database.reading() as connection:
        told = list(_tickets(connection, site_id, ids))
        days = {change.facts["service_day"] for change in told}
        codes = {stop["queue_code"] for change in told for stop in change.facts["stops"]}
        return (*told, *_queues(connection, site_id, days, codes))


def _ticket_ids(batch: Sequence[bytes]) -> Iterator[str]:
    for raw in batch:
        event = decode(raw)
        ticket_id = event.body.get("ticket_id") if isinstance(event, Event) else None
        if isinstance(ticket_id, str):
            yield ticket_id


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
