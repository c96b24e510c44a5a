"""A mis-click is taken back by an event that says so: within ten seconds, by the counter that did it, if nothing was
done to the ticket since. History is never rewritten.
"""

from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import Connection, bindparam, desc, select

from kiosk.domain.course import Deed
from kiosk.sync.desk_wire import UNDO_WITHIN_S, Refusal
from server.desk_paper import paper_at
from server.desk_room import NotDoneError, Room
from server.schema import actions, tickets

_WITHIN_MS: Final = UNDO_WITHIN_S * 1000
_STANDS: Final = (actions.c.is_undone == 0, actions.c.is_refused == 0, actions.c.verb != Deed.UNDO.value)
_LAST_FIRST: Final = [desc(actions.c[name]) for name in ("rank", "origin", "incarnation", "sequence")]
LAST_HERE: Final = (
    select(actions.c.action, actions.c.ticket_id, actions.c.verb, actions.c.done_at_ms)
    .where(
        actions.c.site_id == bindparam("site"),
        actions.c.counter == bindparam("at_counter"),
        actions.c.done_at_ms >= bindparam("since"),
        *_STANDS,
    )
    .order_by(desc(actions.c.done_at_ms), *_LAST_FIRST)
    .limit(1)
)
_NAMED: Final = select(
    actions.c.action, actions.c.ticket_id, actions.c.verb, actions.c.done_at_ms, actions.c.counter
).where(actions.c.site_id == bindparam("site"), actions.c.action == bindparam("action"), *_STANDS)
_LAST_OF_TICKET: Final = (
    select(actions.c.action)
    .where(actions.c.site_id == bindparam("site"), actions.c.ticket_id == bindparam("ticket"), *_STANDS)
    .order_by(*_LAST_FIRST)
    .limit(1)
)
_LABEL: Final = select(tickets.c.label).where(
    tickets.c.site_id == bindparam("site"), tickets.c.ticket_id == bindparam("ticket")
)


@dataclass(frozen=True, slots=True)
class Undoable:
    """`until_ms`: milliseconds since 1970."""

    action: str
    verb: str
    label: str
    until_ms: int


def undoable(connection: Connection, site_id: str, counter: int, now_ms: int) -> Undoable | None:
    """The last deed of this counter, while it can be taken back."""
    which = {"site": site_id, "at_counter": counter, "since": now_ms - _WITHIN_MS}
    row = connection.execute(LAST_HERE, which).first()
    if row is None or not _is_last(connection, site_id, row.ticket_id, row.action):
        return None
    label = connection.execute(_LABEL, {"site": site_id, "ticket": row.ticket_id}).scalar_one()
    return Undoable(row.action, row.verb, label, row.done_at_ms + _WITHIN_MS)


def undo(room: Room, action: str, undoes: str | None) -> str:
    """`undoes` None: what the desk was offered. The ticket that it was about."""
    if undoes is None:
        offered = undoable(room.connection, room.site_id, room.counter, room.now_ms)
        undoes = None if offered is None else offered.action
    row = room.connection.execute(_NAMED, {"site": room.site_id, "action": undoes}).first()
    if row is None or row.counter != room.counter or room.now_ms - row.done_at_ms > _WITHIN_MS:
        raise NotDoneError(Refusal.TOO_LATE)
    visit = room.visit(row.ticket_id)
    if visit is None or not _is_last(room.connection, room.site_id, row.ticket_id, row.action):
        raise NotDoneError(Refusal.TOO_LATE)
    before = replace(visit, actions=[each for each in visit.actions if each.action != row.action]).course()
    here = room.here()
    is_busy = paper_at(room) is not None or (here is not None and here.ticket_id != row.ticket_id)
    if before.active is not None and is_busy:
        raise NotDoneError(Refusal.COUNTER_BUSY)  # this counter has called somebody else since
    room.append(Deed.UNDO, action, row.ticket_id, undoes=row.action)
    return str(row.ticket_id)


def _is_last(connection: Connection, site_id: str, ticket_id: str, action: str) -> bool:
    return connection.execute(_LAST_OF_TICKET, {"site": site_id, "ticket": ticket_id}).scalar() == action
