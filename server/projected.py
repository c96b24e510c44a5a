"""The tables' own answer to what the log adds up to, in the words that every node shares, and its hash.

Of each ticket two rows: as it was issued, with what is known of its paper, which its kiosk has too; and its course, of
which servers alone know.
"""

import json
from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from sqlalchemy import Connection, select

from kiosk.domain.course import Action, CourseStop, Issued, course_of
from kiosk.domain.course_row import COURSE_FACTS, canonical_course, course_row
from kiosk.domain.history import (
    IssuedTicket,
    NotUnderstoodError,
    Paper,
    PaperNews,
    StopRow,
    canonical_row,
    standing,
)
from kiosk.domain.projection_hash import ProjectionHash
from kiosk.replay import ReplayedTicket
from server.courses import AnyRow, actions_of, closed_days_of, paper_of, stops_of
from server.parked import parked_events
from server.queue_counts import WAITS
from server.schema import stops, tickets
from server.speakers import Kinds, heard

ROWS_AT_ONCE: Final = 1000

_TICKETS: Final = (
    select(
        tickets,
        *(column for column in stops.c if column.name not in tickets.c),
        stops.c.queue_code.label("stop_queue_code"),
    )
    .outerjoin(stops, (stops.c.site_id == tickets.c.site_id) & (stops.c.ticket_id == tickets.c.ticket_id))
    .order_by(tickets.c.ticket_id, stops.c.position)
    .execution_options(yield_per=ROWS_AT_ONCE)
)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """What the parked events would add: tickets by id, each with its origin; paper and actions by ticket id.
    `closed`: days that are over.
    """

    tickets: Mapping[str, list[tuple[str, IssuedTicket]]]
    papers: Mapping[str, Paper]
    actions: Mapping[str, list[Action]]
    closed: frozenset[str]

    def rows(self, ticket_id: str) -> Iterator[ReplayedTicket]:
        """Of tickets that are not in the tables."""
        paper = self.papers.get(ticket_id, Paper())
        for origin, ticket in sorted(self.tickets[ticket_id], key=lambda one: one[0]):
            yield self.twin(origin, ticket, paper, self.actions.get(ticket_id, ()))

    def twin(self, origin: str, ticket: IssuedTicket, paper: Paper, actions: Iterable[Action]) -> ReplayedTicket:
        issued = Issued(stops_of(ticket), ticket.is_priority, paper.is_ghost, ticket.service_day in self.closed)
        course = course_row(ticket.ticket_id, course_of(issued, actions))
        return ReplayedTicket(ticket.ticket_id, origin, canonical_row(standing(ticket, paper), paper), course)


@dataclass(frozen=True, slots=True)
class Lines:
    """(service day, queue) -> visitors: who took a number for it, and who still waits there."""

    issued: Counter[tuple[str, str]] = field(default_factory=Counter)
    waiting: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, rows: Sequence[AnyRow]) -> None:
        """The stops of one ticket that is in the tables."""
        day = rows[0].service_day
        issued = {row.stop_queue_code for row in rows if row.issued_state is not None}
        self.issued.update((day, code) for code in issued)
        self.waiting.update((day, code) for code in {row.stop_queue_code for row in rows if row.state in WAITS})


def site_hash(connection: Connection, site_id: str) -> ProjectionHash:
    return hashes(connection, site_id)[0]


def hashes(connection: Connection, site_id: str) -> tuple[ProjectionHash, ProjectionHash]:
    """Over the tickets, and over their courses."""
    rows, courses = ProjectionHash(), ProjectionHash()
    for ticket in projected_rows(connection, site_id):
        rows.add(ticket.origin, ticket.row)
        courses.add(ticket.origin, ticket.course)
    return rows, courses


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
                yield from waiting.rows(left.pop())
            of_this = list(of_ticket)
            if lines is not None:
                lines.add(of_this)
            found = [_read(of_this)]
            if left and left[-1] == ticket_id:
                paper = paper_of(of_this[0])
                done = actions_of(connection, site_id, ticket_id)
                twins = waiting.tickets[left.pop()]
                found += [waiting.twin(whose, twin, paper, done) for whose, twin in twins if whose != found[0].origin]
            yield from sorted(found)
    while left:
        yield from waiting.rows(left.pop())


def _read(rows: Sequence[AnyRow]) -> ReplayedTicket:
    row, paper = rows[0], paper_of(rows[0])
    course = canonical_course(
        row.ticket_id,
        [_stop(stop) for stop in rows if stop.position is not None],
        row.conflicts,
        is_priority=bool(row.has_priority),
    )
    whole = canonical_row(standing(_ticket(rows), paper), paper)
    return ReplayedTicket(row.ticket_id, row.origin, whole, course)


def _stop(row: AnyRow) -> CourseStop:
    facts = {name: getattr(row, name) for name in COURSE_FACTS}
    return CourseStop(row.position, after=tuple(json.loads(row.after)), **facts | {"queue_code": row.stop_queue_code})


def _ticket(rows: Sequence[AnyRow]) -> IssuedTicket:
    """As it was issued."""
    row = rows[0]
    return IssuedTicket(
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
            StopRow(stop.position, stop.service_id, stop.stop_queue_code, stop.issued_state)
            for stop in rows
            if stop.issued_state is not None
        ),
    )


def _waiting(connection: Connection, site_id: str) -> _Waiting:
    found: dict[str, list[tuple[str, IssuedTicket]]] = {}
    papers: dict[str, Paper] = {}
    acted: dict[str, list[Action]] = {}
    kinds = Kinds(connection, site_id)
    after = ("", "", 0)
    while chunk := parked_events(connection, site_id, after, ROWS_AT_ONCE):
        for parked in chunk:
            event = parked.arrival.event
            after = (event.origin, event.incarnation, event.sequence)
            try:
                effect = heard(event, kinds.of(event.origin))
            except NotUnderstoodError:
                continue
            if isinstance(effect, IssuedTicket):
                of_this = found.setdefault(effect.ticket_id, [])
                if event.origin not in {origin for origin, _ in of_this}:
                    of_this.append((event.origin, effect))
            elif isinstance(effect, PaperNews):
                papers[effect.ticket_id] = papers.get(effect.ticket_id, Paper()).joined(effect.paper)
            elif isinstance(effect, Action):
                acted.setdefault(effect.ticket_id, []).append(effect)
    return _Waiting(found, papers, acted, closed_days_of(connection, site_id))
