"""What a desk has done while it was cut off: written into its own log, and read from there after a restart."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlite_utils import Database

from kiosk.desk.paper import Stop
from kiosk.domain import hlc
from kiosk.domain.course import Action
from kiosk.domain.desk_bodies import ACTION_TYPES, acted
from kiosk.domain.events import Event, decode
from kiosk.domain.stop_life import Verb, transition
from kiosk.domain.ticket import StopState, TicketId
from kiosk.store.database import transaction
from kiosk.store.log import Node, append

_REMEMBERED: Final = timedelta(hours=48)
"""Longer than any service day; a ticket of an earlier one is refused by its date."""
_VERBS: Final[Mapping[str, Verb]] = {ACTION_TYPES[verb]: verb for verb in Verb}
_TYPES: Final = ", ".join(f"'{name}'" for name in _VERBS)


@dataclass(frozen=True, slots=True)
class Deed:
    """`action`: 16 hex digits, its own name; the same one that the server was asked in vain to do it by. `officer`
    None: in the name of the desk.
    """

    action: str
    verb: Verb
    ticket: str
    position: int
    counter: int
    officer: str | None


def writing(node: Node, deed: Deed) -> Callable[[Database], None]:
    """Work for the store."""
    action = Action(
        key=("", "", "", 0),
        action=deed.action,
        verb=deed.verb,
        ticket_id=TicketId(deed.ticket),
        at_ms=0,
        position=deed.position,
        counter=deed.counter,
        officer=deed.officer,
    )

    def write(db: Database) -> None:
        with transaction(db):
            append(db, node, ACTION_TYPES[deed.verb], acted(action))

    return write


def reading(node: Node) -> Callable[[Database], Mapping[Stop, StopState]]:
    """What became of every stop that this desk has served by itself lately."""

    def read(db: Database) -> Mapping[Stop, StopState]:
        since = hlc.milliseconds(node.clock.read().at - _REMEMBERED) << 16
        rows = db.conn.execute(
            f"SELECT raw FROM events WHERE hlc >= ? AND type IN ({_TYPES}) ORDER BY hlc",  # noqa: S608  # our own words
            (since,),
        )
        states: dict[Stop, StopState] = {}
        for (raw,) in rows:
            event = decode(raw)
            if isinstance(event, Event):
                _take(states, event.type, event.body)
        return states

    return read


def after(states: Mapping[Stop, StopState], stop: Stop, verb: Verb) -> StopState | None:
    """What this verb makes of the stop; None: it cannot happen to it."""
    return transition(states.get(stop, StopState.WAITING), verb)


def _take(states: dict[Stop, StopState], event_type: str, body: Mapping[str, Any]) -> None:
    """A deed on somebody whom the server had called is the first that this log tells of him."""
    ticket, position = body.get("ticket_id"), body.get("position")
    if isinstance(ticket, str) and isinstance(position, int):
        verb = _VERBS[event_type]
        before = (states.get((ticket, position), StopState.WAITING), StopState.SERVING, StopState.CALLED)
        became = next(filter(None, (transition(state, verb) for state in before)), None)
        if became is not None:
            states[ticket, position] = became
