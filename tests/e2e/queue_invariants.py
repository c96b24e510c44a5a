"""What must hold of a hall's day, whatever happened on it: judged from the server's database alone, after the day."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from kiosk.domain.course import Action, Course, CourseStop, Issued, course_of
from kiosk.domain.stop_life import ACTIVE, CLOSED, Verb
from kiosk.domain.ticket import StopState
from server.courses import action_of, issued_stops
from server.database import Database
from server.schema import actions, stops, tickets

HLC_BITS = 16


@dataclass(frozen=True)
class Visit:
    """`place`: in the order of calls. `known_ms`: from when on the server could call it."""

    label: str
    place: tuple[int, str, int]
    known_ms: int
    issued: Issued
    is_priority: bool
    kept: dict[int, str]


@dataclass(frozen=True)
class Day:
    """`done`: all that was done, in the order of its hybrid clock, by ticket; `own`: the server's own device id."""

    visits: dict[str, Visit]
    done: tuple[Action, ...]
    refused: frozenset[str]

    def courses(self) -> Iterator[tuple[Action, dict[str, Course]]]:
        """Each action, with the courses of all as they stood before it."""
        of_ticket: dict[str, list[Action]] = {ticket: [] for ticket in self.visits}
        now = {ticket: course_of(visit.issued, ()) for ticket, visit in self.visits.items()}
        for action in self.done:
            yield action, now
            of_ticket[action.ticket_id].append(action)
            now[action.ticket_id] = course_of(self.visits[action.ticket_id].issued, of_ticket[action.ticket_id])

    def at_the_end(self) -> dict[str, Course]:
        of_ticket: dict[str, list[Action]] = {ticket: [] for ticket in self.visits}
        for action in self.done:
            of_ticket[action.ticket_id].append(action)
        return {ticket: course_of(visit.issued, of_ticket[ticket]) for ticket, visit in self.visits.items()}


def read_day(database: Database) -> Day:
    with database.reading() as connection:
        return Day(*_read(connection))


def _read(connection: Connection) -> tuple[dict[str, Visit], tuple[Action, ...], frozenset[str]]:
    of_stops: dict[str, list[Any]] = {}
    for row in connection.execute(select(stops).order_by(stops.c.position)):
        of_stops.setdefault(row.ticket_id, []).append(row)
    visits = {
        row.ticket_id: Visit(
            row.label,
            (row.effective_at_ms, row.origin, row.sequence),
            row.received_at_ms,
            Issued(issued_stops(of_stops[row.ticket_id]), bool(row.is_priority)),
            bool(row.has_priority),
            {stop.position: stop.state for stop in of_stops[row.ticket_id]},
        )
        for row in connection.execute(select(tickets))
    }
    rows = connection.execute(select(actions)).all()
    done = sorted({each.action: each for each in map(action_of, rows)}.values(), key=lambda each: each.key)
    return visits, tuple(done), frozenset(row.action for row in rows if row.is_refused)


def nobody_is_lost(day: Day, labels: set[str]) -> None:
    assert {visit.label for visit in day.visits.values()} == labels
    assert {action.ticket_id for action in day.done} <= day.visits.keys()


def nobody_is_called_twice(day: Day) -> None:
    """No call was refused, so each found its visitor waiting and at no counter; and no counter called two."""
    calls = {action.action for action in day.done if action.verb is Verb.CALL}
    assert not calls & day.refused
    for action, before in day.courses():
        if action.verb is not Verb.CALL:
            continue
        assert before[action.ticket_id].active is None
        here = [one for one in before.values() if one.active is not None and one.active.counter == action.counter]
        assert not here, action


def nobody_is_overtaken_by_his_own_class(day: Day) -> None:
    """Whoever is called out of the line came before all of his class who could have been called."""
    for action, before in day.courses():
        if action.verb is not Verb.CALL:
            continue
        called = next(stop for stop in before[action.ticket_id].stops if stop.position == action.position)
        mine = day.visits[action.ticket_id]
        for ticket, course in before.items():
            other = day.visits[ticket]
            if other.is_priority != mine.is_priority or other.known_ms >= action.at_ms or course.active is not None:
                continue
            for stop in course.stops:
                is_free = stop.state is StopState.WAITING and stop.bound_to in (None, action.counter)
                if (
                    is_free
                    and stop.queue_code == called.queue_code
                    and (ticket, stop.position)
                    != (
                        action.ticket_id,
                        action.position,
                    )
                ):
                    assert _place(stop, other) >= _place(called, mine), (mine.label, "before", other.label)


def _place(stop: CourseStop, visit: Visit) -> tuple[int, str, int]:
    return (visit.place[0] if stop.place_ms is None else stop.place_ms, *visit.place[1:])


def every_stop_is_over(day: Day) -> None:
    """Completed, handed on, cancelled; expired only where nobody came."""
    at_the_end = day.at_the_end()
    for ticket, visit in day.visits.items():
        for stop in at_the_end[ticket].stops:
            assert stop.state not in ACTIVE, (visit.label, stop)
            kept = StopState(visit.kept[stop.position])
            if stop.state in (StopState.NO_SHOW, StopState.PENDING):  # nobody came, and what waited for that
                assert kept is StopState.EXPIRED
            else:
                assert stop.state in CLOSED, (visit.label, stop)
                assert kept is stop.state
