"""Reading what the tables hold of visits: what they were issued with, and all that was done to them since."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import BindParameter, Connection, Row, bindparam, select

from kiosk.domain import hlc
from kiosk.domain.course import Action, Course, CourseStop, Deed, Issued, course_of
from kiosk.domain.desk_bodies import ACTION_TYPES
from kiosk.domain.events import Event
from kiosk.domain.history import IssuedTicket, NotUnderstoodError, Paper, effect_of
from kiosk.domain.stop_life import Verb
from kiosk.domain.ticket import StopState
from server.schema import actions, closed_days, stops, tickets

_SITE: Final[BindParameter[str]] = bindparam("of_site")
_THESE: Final[BindParameter[list[str]]] = bindparam("ids", expanding=True)
_TICKETS: Final = (
    select(tickets)
    .where(tickets.c.site_id == _SITE, tickets.c.ticket_id.in_(_THESE))
    .order_by(tickets.c.ticket_id)
    .with_for_update()
)
"""One order for all, so that two writers cannot wait for each other."""
_LOOK: Final = select(tickets).where(tickets.c.site_id == _SITE, tickets.c.ticket_id.in_(_THESE))
_STOPS: Final = select(stops).where(stops.c.site_id == _SITE, stops.c.ticket_id.in_(_THESE)).order_by(stops.c.position)
_ACTIONS: Final = select(actions).where(actions.c.site_id == _SITE, actions.c.ticket_id.in_(_THESE))
_CLOSED: Final = select(closed_days.c.service_day).where(
    closed_days.c.site_id == _SITE, closed_days.c.service_day.in_(bindparam("days", expanding=True))
)
"""Built once: SQLAlchemy takes longer to build a statement than SQLite to carry it out."""

_TYPES: Final = {str(verb): event_type for verb, event_type in ACTION_TYPES.items()}

AnyRow = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Visit:
    """A ticket's rows, as they are."""

    ticket: AnyRow
    stops: Sequence[AnyRow]
    actions: Sequence[AnyRow]
    is_day_over: bool

    def course(self) -> Course:
        """As it follows from them; the rows may say something else yet."""
        is_ghost = paper_of(self.ticket).is_ghost
        issued = Issued(issued_stops(self.stops), bool(self.ticket.is_priority), is_ghost, self.is_day_over)
        return course_of(issued, map(action_of, self.actions))


def course_for(connection: Connection, site_id: str, ticket_id: str) -> Course | None:
    """With its conflicts and all; None: no such ticket."""
    visit = visit_of(connection, site_id, ticket_id)
    return None if visit is None else visit.course()


def visit_of(connection: Connection, site_id: str, ticket_id: str) -> Visit | None:
    """To look at; None: no such ticket."""
    found = _visits(connection, site_id, connection.execute(_LOOK, {"of_site": site_id, "ids": [ticket_id]}).all())
    return found[0] if found else None


def visits_to_change(connection: Connection, site_id: str, ids: Collection[str]) -> Sequence[Visit]:
    """By ticket id; those that are not known are left out. Nobody else changes them until the transaction ends."""
    return _visits(connection, site_id, connection.execute(_TICKETS, {"of_site": site_id, "ids": sorted(ids)}).all())


def closed_among(connection: Connection, site_id: str, days: Collection[str]) -> frozenset[str]:
    """Of these days those that are over."""
    return frozenset(connection.execute(_CLOSED, {"of_site": site_id, "days": sorted(days)}).scalars())


def closed_days_of(connection: Connection, site_id: str) -> frozenset[str]:
    query = select(closed_days.c.service_day).where(closed_days.c.site_id == site_id)
    return frozenset(connection.execute(query).scalars())


def actions_of(connection: Connection, site_id: str, ticket_id: str) -> Sequence[Action]:
    return [action_of(row) for row in connection.execute(_ACTIONS, {"of_site": site_id, "ids": [ticket_id]})]


def issued_stops(rows: Iterable[AnyRow]) -> tuple[CourseStop, ...]:
    """As the ticket was issued: whatever was added since is left out. What a transfer made others wait for, too."""
    issued = [row for row in rows if row.issued_state is not None]
    known = {row.position for row in issued}
    return tuple(
        CourseStop(
            row.position,
            row.service_id,
            row.queue_code,
            tuple(position for position in json.loads(row.after) if position in known),
            StopState(row.issued_state),
        )
        for row in issued
    )


def stops_of(ticket: IssuedTicket) -> tuple[CourseStop, ...]:
    return tuple(
        CourseStop(stop.position, stop.service_id, stop.queue_code, stop.after, StopState(stop.state))
        for stop in ticket.stops
    )


def action_of(row: AnyRow) -> Action:
    """Of a row of actions, its time as this server reckons it. Raises NotUnderstoodError where it was changed."""
    body = json.loads(row.body)
    event = Event(row.origin, row.incarnation, row.sequence, hlc.to_hex(row.hlc), _TYPES[row.verb], 1, body, "")
    effect = effect_of(event)
    if not isinstance(effect, Action):
        raise NotUnderstoodError(f"table actions holds {event.type}")
    return replace(effect, at_ms=row.done_at_ms)


def verb_of(word: str) -> Verb | Deed:
    """Of a row's column."""
    return Deed(word) if word in set(Deed) else Verb(word)


def paper_of(row: AnyRow) -> Paper:
    """Of a row of tickets."""
    return Paper(
        row.copies,
        row.print_copy,
        row.print_verdict,
        bool(row.shown_on_screen),
        bool(row.may_be_out),
        bool(row.is_abandoned),
    )


def _visits(connection: Connection, site_id: str, found: Sequence[AnyRow]) -> Sequence[Visit]:
    if not found:
        return ()
    these = {"of_site": site_id, "ids": [row.ticket_id for row in found]}
    of_stops, of_actions = defaultdict[str, list[AnyRow]](list), defaultdict[str, list[AnyRow]](list)
    for row in connection.execute(_STOPS, these):
        of_stops[row.ticket_id].append(row)
    for row in connection.execute(_ACTIONS, these):
        of_actions[row.ticket_id].append(row)
    closed = closed_among(connection, site_id, {row.service_day for row in found})
    return [Visit(row, of_stops[row.ticket_id], of_actions[row.ticket_id], row.service_day in closed) for row in found]
