"""The tables' own answer to what the log adds up to, in the words that every node shares, and its hash."""

from collections import Counter
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from sqlalchemy import Connection, Row, select

from kiosk.domain.history import (
    IssuedTicket,
    NotUnderstoodError,
    Paper,
    PaperNews,
    StopRow,
    canonical_row,
    effect_of,
    standing,
)
from kiosk.domain.projection_hash import ProjectionHash, projection_hash
from kiosk.domain.ticket import StopState
from kiosk.replay import ReplayedTicket
from server.parked import parked_events
from server.schema import stops, tickets
from server.ticket_projection import paper_of

ROWS_AT_ONCE: Final = 1000

_TICKETS: Final = (
    select(
        tickets,
        stops.c.position,
        stops.c.service_id,
        stops.c.queue_code.label("stop_queue_code"),
        stops.c.state,
    )
    .outerjoin(stops, (stops.c.site_id == tickets.c.site_id) & (stops.c.ticket_id == tickets.c.ticket_id))
    .order_by(tickets.c.ticket_id, stops.c.position)
    .execution_options(yield_per=ROWS_AT_ONCE)
)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """What the parked events would add: tickets by id, each with its origin; paper by ticket id."""

    tickets: Mapping[str, list[tuple[str, IssuedTicket]]]
    papers: Mapping[str, Paper]


@dataclass(frozen=True, slots=True)
class Lines:
    """(service day, queue) -> visitors: who took a number for it, and who still waits there."""

    issued: Counter[tuple[str, str]] = field(default_factory=Counter)
    waiting: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, ticket: IssuedTicket) -> None:
        """As it stands in the tables."""
        self.issued.update((ticket.service_day, code) for code in {stop.queue_code for stop in ticket.stops})
        still = {stop.queue_code for stop in ticket.stops if stop.state != StopState.EXPIRED}
        self.waiting.update((ticket.service_day, code) for code in still)


def site_hash(connection: Connection, site_id: str) -> ProjectionHash:
    return projection_hash((row.origin, row.row) for row in projected_rows(connection, site_id))


def projected_rows(
    connection: Connection, site_id: str, lines: Lines | None = None
) -> Generator[ReplayedTicket, None, None]:
    """By ticket id, then origin, in constant memory. `lines` is told every ticket that is in the tables.

    A ticket whose label another one has is parked, and which of the two is a question of arrival: it counts here all
    the same, so that two nodes with one log have one hash.
    """
    waiting = _waiting(connection, site_id)
    left = sorted(waiting.tickets, reverse=True)
    with closing(connection.execute(_TICKETS.where(tickets.c.site_id == site_id))) as rows:
        for ticket_id, of_ticket in groupby(rows, key=lambda row: str(row.ticket_id)):
            while left and left[-1] < ticket_id:
                yield from _rows(waiting, left.pop())
            ticket, paper, origin = _read(list(of_ticket))
            if lines is not None:
                lines.add(ticket)
            found = [(origin, ticket)]
            if left and left[-1] == ticket_id:
                twins = waiting.tickets[left.pop()]
                found += [(whose, standing(twin, paper)) for whose, twin in twins if whose != origin]
            for whose, which in sorted(found, key=lambda one: one[0]):
                yield ReplayedTicket(ticket_id, whose, canonical_row(which, paper))
    while left:
        yield from _rows(waiting, left.pop())


def _rows(waiting: _Waiting, ticket_id: str) -> Iterator[ReplayedTicket]:
    paper = waiting.papers.get(ticket_id, Paper())
    for origin, ticket in sorted(waiting.tickets[ticket_id], key=lambda one: one[0]):
        yield ReplayedTicket(ticket_id, origin, canonical_row(standing(ticket, paper), paper))


def _read(rows: list[Row[*tuple[object, ...]]]) -> tuple[IssuedTicket, Paper, str]:
    row = rows[0]
    ticket = IssuedTicket(
        ticket_id=row.ticket_id,
        service_day=row.service_day,
        series=row.series,
        queue_code=row.queue_code,
        number=row.number,
        label=row.label,
        is_priority=bool(row.is_priority),
        language=row.language,
        issued_at_ms=row.issued_at_ms,
        stops=tuple(
            StopRow(stop.position, stop.service_id, stop.stop_queue_code, stop.state)
            for stop in rows
            if stop.position is not None
        ),
    )
    return ticket, paper_of(row), row.origin


def _waiting(connection: Connection, site_id: str) -> _Waiting:
    found: dict[str, list[tuple[str, IssuedTicket]]] = {}
    papers: dict[str, Paper] = {}
    after = ("", "", 0)
    while chunk := parked_events(connection, site_id, after, ROWS_AT_ONCE):
        for parked in chunk:
            event = parked.arrival.event
            after = (event.origin, event.incarnation, event.sequence)
            try:
                effect = effect_of(event)
            except NotUnderstoodError:
                continue
            if isinstance(effect, IssuedTicket):
                of_this = found.setdefault(effect.ticket_id, [])
                if event.origin not in {origin for origin, _ in of_this}:
                    of_this.append((event.origin, effect))
            elif isinstance(effect, PaperNews):
                papers[effect.ticket_id] = papers.get(effect.ticket_id, Paper()).joined(effect.paper)
    return _Waiting(found, papers)
