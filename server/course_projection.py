"""What was done at the counters, in the tables: a touched ticket's course is built anew from all that is known of it.

So it does not matter in which order the logs of a server and of desks that were cut off arrive. Tickets that nothing
was done to are not looked at.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, select, text, update

from kiosk.domain.course import Action, Course, CourseStop
from kiosk.domain.events import canonical
from kiosk.domain.stop_life import ACTIVE
from server.courses import Visit, course_for, visits_to_change
from server.database import insert_many
from server.parked import Arrival
from server.queue_counts import Line, count_waiting
from server.schema import IS_CALLED_OR_SERVED, actions, stops, tickets

__all__ = ["Acted", "course_for", "insert_actions", "rebuild_courses"]

Acted = tuple[Arrival, Action]

_AT_ONCE: Final = 500
"""Tickets that are read in one go."""

_FACTS: Final = (
    "service_id",
    "queue_code",
    "state",
    "after",
    "counter",
    "officer",
    "bound_to",
    "place_ms",
    "calls",
    "called_at_ms",
    "started_at_ms",
    "ended_at_ms",
)
"""The columns that follow from the course."""

_THIS_STOP: Final = (
    stops.c.site_id == bindparam("of_site"),
    stops.c.ticket_id == bindparam("of_ticket"),
    stops.c.position == bindparam("of_position"),
)
_CHANGE: Final = (
    update(stops).where(*_THIS_STOP).values({name: bindparam(f"new_{name}") for name in (*_FACTS, "active_counter")})
)
_REMOVE: Final = delete(stops).where(*_THIS_STOP)
_AT_COUNTERS: Final = select(
    stops.c.ticket_id,
    stops.c.position,
    stops.c.counter,
    stops.c.active_counter,
    stops.c.called_at_ms,
    stops.c.started_at_ms,
).where(
    stops.c.site_id == bindparam("of_site"),
    stops.c.counter.in_(bindparam("counters", expanding=True)),
    text(IS_CALLED_OR_SERVED),  # word for word as in the index, or SQLite does not use it
)
_HAS: Final = update(stops).where(*_THIS_STOP).values(active_counter=bindparam("new_counter"))
_TICKET: Final = (
    update(tickets)
    .where(tickets.c.site_id == bindparam("of_site"), tickets.c.ticket_id == bindparam("of_ticket"))
    .values(has_priority=bindparam("new_priority"), conflicts=bindparam("new_conflicts"))
)
_JUDGED: Final = (
    update(actions)
    .where(
        actions.c.site_id == bindparam("of_site"),
        actions.c.ticket_id == bindparam("of_ticket"),
        actions.c.origin == bindparam("of_origin"),
        actions.c.incarnation == bindparam("of_incarnation"),
        actions.c.sequence == bindparam("of_sequence"),
    )
    .values(is_undone=bindparam("new_undone"), is_refused=bindparam("new_refused"))
)
"""Built once: SQLAlchemy takes longer to build a statement than SQLite to carry it out."""


def insert_actions(connection: Connection, site_id: str, acted: Iterable[Acted]) -> None:
    """Of tickets that are known. Their courses are built by `rebuild_courses`, once all is in."""
    rows = [
        {
            "site_id": site_id,
            "ticket_id": action.ticket_id,
            "action": action.action,
            "origin": arrival.event.origin,
            "incarnation": arrival.event.incarnation,
            "sequence": arrival.event.sequence,
            "hlc": int(arrival.event.hlc, 16),
            "rank": int(action.key[0], 16),
            "done_at_ms": arrival.bracket.clamp(action.at_ms),
            "verb": str(action.verb),
            "counter": action.counter,
            "body": canonical(arrival.event.body).decode(),
        }
        for arrival, action in acted
    ]
    insert_many(connection, actions, rows)


def rebuild_courses(connection: Connection, site_id: str, ticket_ids: Collection[str]) -> None:
    """Brings their stops, their flags, who is at which counter, and the queues' counts up to date."""
    ids = sorted(set(ticket_ids))
    lines: set[Line] = set()
    counters: set[int] = set()
    for first in range(0, len(ids), _AT_ONCE):
        visits = visits_to_change(connection, site_id, ids[first : first + _AT_ONCE])
        _write(connection, site_id, [(visit, visit.course()) for visit in visits], lines, counters)
    _settle_counters(connection, site_id, counters)
    count_waiting(connection, site_id, lines)


def _write(
    connection: Connection,
    site_id: str,
    built: Sequence[tuple[Visit, Course]],
    lines: set[Line],
    counters: set[int],
) -> None:
    """`lines`, `counters`: are told which queues and counters may look different now."""
    changed: list[Mapping[str, Any]] = []
    added: list[Mapping[str, Any]] = []
    gone: list[Mapping[str, Any]] = []
    flags: list[Mapping[str, Any]] = []
    judged: list[Mapping[str, Any]] = []
    for visit, course in built:
        ticket = visit.ticket
        key = {"of_site": site_id, "of_ticket": ticket.ticket_id}
        before = {row.position: row for row in visit.stops}
        for stop in course.stops:
            facts, claimed = _facts(stop), stop.counter if stop.state in ACTIVE else None
            row = before.pop(stop.position, None)
            held = None if row is None else row.active_counter
            if row is None:
                this = {"site_id": site_id, "ticket_id": ticket.ticket_id, "position": stop.position}
                added.append(this | facts | {"service_day": ticket.service_day})
                lines.add((ticket.service_day, stop.queue_code))
            elif claimed != held or any(getattr(row, name) != value for name, value in facts.items()):
                kept = held if claimed == held else None
                news = {f"new_{name}": value for name, value in facts.items()}
                changed.append(key | news | {"of_position": stop.position, "new_active_counter": kept})
                lines.update((ticket.service_day, code) for code in (row.queue_code, stop.queue_code))
            if claimed != held:
                counters.update(counter for counter in (claimed, held) if counter is not None)
        for row in before.values():
            gone.append(key | {"of_position": row.position})
            lines.add((ticket.service_day, row.queue_code))
            counters.update([row.active_counter] if row.active_counter is not None else [])
        new = (int(course.is_priority), len(course.conflicts))
        if new != (ticket.has_priority, ticket.conflicts):
            flags.append(key | {"new_priority": new[0], "new_conflicts": new[1]})
        judged += _judged(key, visit, course)
    for statement, rows in ((_REMOVE, gone), (_CHANGE, changed), (_TICKET, flags), (_JUDGED, judged)):
        if rows:
            connection.execute(statement, rows)
    insert_many(connection, stops, added)


def _facts(stop: CourseStop) -> dict[str, Any]:
    return {name: getattr(stop, name) for name in _FACTS} | {
        "state": stop.state.value,
        "after": json.dumps(stop.after, separators=(",", ":")),
    }


def _judged(key: Mapping[str, Any], visit: Visit, course: Course) -> Iterable[Mapping[str, Any]]:
    refused = set(course.refused)
    for row in visit.actions:
        new = (int(row.action in course.undone), int(row.action in refused))
        if new != (row.is_undone, row.is_refused):
            this = {f"of_{name}": getattr(row, name) for name in ("origin", "incarnation", "sequence")}
            yield {**key, **this, "new_undone": new[0], "new_refused": new[1]}


def _settle_counters(connection: Connection, site_id: str, counters: Collection[int]) -> None:
    """Where several are at one counter, because desks did not know of each other, the latest has it in the tables."""
    if not counters:
        return
    claims: dict[int, list[Any]] = {counter: [] for counter in counters}
    for row in connection.execute(_AT_COUNTERS, {"of_site": site_id, "counters": sorted(counters)}):
        claims[row.counter].append(row)
    left, taken = [], []
    for counter, rows in claims.items():
        latest = max(rows, key=_claim, default=None)
        for row in rows:
            this = {"of_site": site_id, "of_ticket": row.ticket_id, "of_position": row.position}
            if row is latest and row.active_counter != counter:
                taken.append(this | {"new_counter": counter})
            elif row is not latest and row.active_counter is not None:
                left.append(this | {"new_counter": None})
    for moved in (left, taken):  # first leave, then come: the indexes look at each row
        if moved:
            connection.execute(_HAS, moved)


def _claim(row: Any) -> tuple[int, str]:
    return max(row.called_at_ms or 0, row.started_at_ms or 0), row.ticket_id
