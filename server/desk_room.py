"""Where an officer's deed is done: one transaction, one counter, one moment."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, func, or_, select, update
from sqlalchemy.exc import IntegrityError

from kiosk.domain import hlc
from kiosk.domain.course import Action, Deed, NewStop
from kiosk.domain.desk_bodies import ACTION_TYPES, acted
from kiosk.domain.history import effect_of
from kiosk.domain.stop_life import ACTIVE, Verb
from kiosk.domain.ticket import StopState
from kiosk.sync.desk_wire import CounterState, Refusal
from server.courses import Visit, visit_of
from server.desk_line import Lines, bound_counters, lines_of
from server.desk_paper import paper_at
from server.hall import Hall
from server.node import Node
from server.parked import awaiting, awaits_its_ticket
from server.schema import actions, counters, stops
from server.staff_sessions import Officer

AnyRow = Row[*tuple[Any, ...]]

_WAS_DONE: Final = (
    select(actions.c.sequence).where(actions.c.site_id == bindparam("site"), actions.c.action == bindparam("action"))
).limit(1)
_WAS_REFUSED: Final = (
    select(actions.c.sequence)
    .where(actions.c.site_id == bindparam("site"), actions.c.action == bindparam("action"), actions.c.is_refused == 1)
    .limit(1)
)
_LAST_RANK: Final = select(func.max(actions.c.rank)).where(
    actions.c.site_id == bindparam("site"), actions.c.ticket_id == bindparam("ticket")
)
_HERE: Final = select(stops).where(
    stops.c.site_id == bindparam("site"), stops.c.active_counter == bindparam("at_counter")
)
_COUNTER: Final = select(counters).where(
    counters.c.site_id == bindparam("site"), counters.c.counter == bindparam("at_counter")
)
_elsewhere = stops.alias("elsewhere")
CLAIM: Final = (
    update(stops)
    .where(
        stops.c.site_id == bindparam("site"),
        stops.c.ticket_id == bindparam("ticket"),
        stops.c.position == bindparam("at_position"),
        stops.c.state.in_(bindparam("states", expanding=True)),
        stops.c.active_counter.is_(None),
        ~select(_elsewhere.c.position)
        .where(
            _elsewhere.c.site_id == stops.c.site_id,
            _elsewhere.c.ticket_id == stops.c.ticket_id,
            or_(_elsewhere.c.active_counter.is_not(None), _elsewhere.c.state.in_(sorted(ACTIVE))),
        )
        .correlate(stops)
        .exists(),
    )
    .values(active_counter=bindparam("at_counter"))
)
"""One statement decides who gets a visitor: nobody is called twice, whoever asks at the same moment."""


class NotDoneError(Exception):
    """Ends a deed, and takes back what it has written. `overtaken`, `waiting`: as desk_wire.Answer."""

    def __init__(self, refusal: Refusal, overtaken: tuple[str, ...] = (), waiting: int = 0) -> None:
        super().__init__(refusal)
        self.refusal = refusal
        self.overtaken = overtaken
        self.waiting = waiting


@dataclass(frozen=True)
class Room:
    """`service_day`: the one in force, None: there is none yet. `now_ms`: milliseconds since 1970. `kiosk`: the device
    id where it is no desk: `officer` is nobody then.
    """

    node: Node
    connection: Connection
    site_id: str
    officer: Officer
    service_day: str | None
    now_ms: int
    kiosk: str | None = None

    @cached_property
    def hall(self) -> Hall:
        return self.node.halls.of(self.connection, self.site_id, self.node.identity.device_id)

    @cached_property
    def counter_row(self) -> AnyRow | None:
        if self.officer.counter is None:
            return None
        this = {"site": self.site_id, "at_counter": self.officer.counter}
        return self.connection.execute(_COUNTER, this).one_or_none()

    @cached_property
    def queues(self) -> tuple[str, ...]:
        """What the counter serves."""
        row = self.counter_row
        return () if row is None else tuple(json.loads(row.queues))

    @property
    def day(self) -> str:
        if self.service_day is None:
            raise NotDoneError(Refusal.NO_DAY)
        return self.service_day

    @property
    def counter(self) -> int:
        if self.officer.counter is None:
            raise NotDoneError(Refusal.NO_COUNTER)
        return self.officer.counter

    def is_open(self) -> bool:
        return self.counter_row is not None and self.counter_row.state == CounterState.OPEN

    def here(self) -> AnyRow | None:
        """The stop whose visitor is called to this counter, or served at it."""
        if self.officer.counter is None:
            return None
        this = {"site": self.site_id, "at_counter": self.officer.counter}
        return self.connection.execute(_HERE, this).first()

    def must_be_ready(self) -> None:
        """For whoever comes next."""
        self.day  # noqa: B018  # raises where there is none
        self.counter  # noqa: B018
        if not self.is_open():
            raise NotDoneError(Refusal.COUNTER_CLOSED)
        self.must_be_free()

    def must_be_free(self) -> None:
        """No visitor is left behind. Raises NotDoneError."""
        if self.is_busy():
            raise NotDoneError(Refusal.COUNTER_BUSY)

    def is_busy(self) -> bool:
        """Somebody is called to this counter or served at it, also from paper."""
        return self.here() is not None or paper_at(self) is not None

    def lines(self) -> Lines:
        return self.lines_of(self.queues)

    def lines_of(self, codes: Collection[str]) -> Lines:
        return lines_of(
            self.connection, self.site_id, self.day, codes, self.hall.rules, self.now_ms, self.officer.counter
        )

    def is_bound_elsewhere(self, stop: AnyRow) -> bool:
        """Another counter wants that visitor back, and is there."""
        if stop.bound_to in (None, self.officer.counter):
            return False
        return (stop.bound_to, stop.queue_code) in bound_counters(self.connection, self.site_id)

    def visit(self, ticket_id: str) -> Visit | None:
        """Of a ticket of today."""
        found = visit_of(self.connection, self.site_id, ticket_id)
        return found if found is not None and found.ticket.service_day == self.day else None

    def was_done(self, action: str) -> bool:
        """Also to a visitor from paper, whose ticket has not come yet."""
        if self.connection.execute(_WAS_DONE, {"site": self.site_id, "action": action}).first() is not None:
            return True
        return awaits_its_ticket(self.connection, self.site_id, self.node.identity.device_id, action)

    def claim(self, ticket_id: str, position: int, states: Collection[StopState]) -> bool:
        """False: another counter was quicker, or the ticket has moved on."""
        this = {
            "site": self.site_id,
            "ticket": ticket_id,
            "at_position": position,
            "states": [str(state) for state in states],
            "at_counter": self.counter,
        }
        try:
            with self.connection.begin_nested():
                return self.connection.execute(CLAIM, this).rowcount == 1
        except IntegrityError:  # the indexes are the net under the condition
            return False

    def append(  # noqa: PLR0913  # one an ingredient of an Action
        self,
        verb: Verb | Deed,
        action: str,
        ticket_id: str,
        position: int | None = None,
        *,
        new: NewStop | None = None,
        return_to: int | None = None,
        place_ms: int | None = None,
        is_priority: bool | None = None,
        undoes: str | None = None,
    ) -> None:
        """Written, and the tables follow, with this transaction. Raises NotDoneError as `write`."""
        done = Action(
            key=("", "", "", 0),  # the event's own
            action=action,
            verb=verb,
            ticket_id=ticket_id,
            at_ms=0,
            position=position,
            counter=self.officer.counter,
            officer=self.officer.staff if self.kiosk is None else None,
            kiosk=self.kiosk,
            new=new,
            return_to=return_to,
            place_ms=place_ms,
            is_priority=is_priority,
            undoes=undoes,
        )
        self.write(done, acted(done))

    def write(self, done: Action, body: Mapping[str, Any]) -> None:
        """After whatever is known of the ticket, also where a desk that was cut off had a clock that is ahead: then the
        event names what it follows. This server's own clock is not moved by it.

        Raises NotDoneError where it changes nothing, for what was done by such a desk: nobody is told that it was done.
        """
        last = self._last_rank(done.ticket_id)
        if last >= self.now_ms << 16:
            body = {**body, "follows": hlc.to_hex(last)}
        self.node.own_log.append(self.connection, self.site_id, ACTION_TYPES[done.verb], body)
        if self.connection.execute(_WAS_REFUSED, {"site": self.site_id, "action": done.action}).first() is not None:
            raise NotDoneError(Refusal.NOT_POSSIBLE)

    def _last_rank(self, ticket_id: str) -> int:
        """Of what was done to it, 0 for nothing; also to one that is known from paper only."""
        last = self.connection.execute(_LAST_RANK, {"site": self.site_id, "ticket": ticket_id}).scalar_one()
        if last is not None:
            return int(last)
        told = (effect_of(parked.arrival.event) for parked in awaiting(self.connection, self.site_id, [ticket_id]))
        return max((int(effect.key[0], 16) for effect in told if isinstance(effect, Action)), default=0)


def open_room(node: Node, connection: Connection, site_id: str, officer: Officer, now_ms: int) -> Room:
    day = node.service_days.in_force(connection, site_id)
    service_day = None if day is None else day.isoformat()
    return Room(node, connection, site_id, officer, service_day, now_ms)
