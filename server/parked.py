"""Events that could not be projected: kept, acknowledged, relayed, and tried again. None stands in another's way."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, and_, bindparam, delete, insert, select

from kiosk.domain.events import Event, decode
from server.effective_time import Bracket
from server.schema import events, poison

KEY: Final = ("origin", "incarnation", "sequence")

_PARKED: Final = select(
    poison.c.awaits,
    poison.c.reason,
    events.c.raw,
    events.c.received_at_ms,
    events.c.not_before_ms,
    events.c.not_after_ms,
).join(
    events,
    (events.c.site_id == poison.c.site_id)
    & (events.c.origin == poison.c.origin)
    & (events.c.incarnation == poison.c.incarnation)
    & (events.c.sequence == poison.c.sequence),
)

_AWAITS_ANY: Final = (
    select(poison.c.awaits).where(poison.c.site_id == bindparam("site_id"), poison.c.awaits.is_not(None)).limit(1)
)

_WAITING_OF: Final = (
    select(events.c.raw)
    .join_from(poison, events, and_(*(poison.c[name] == events.c[name] for name in ("site_id", *KEY))))
    .where(
        poison.c.site_id == bindparam("site_id"),
        poison.c.origin == bindparam("of_origin"),
        poison.c.awaits.is_not(None),
    )
)


@dataclass(slots=True)
class Arrival:
    """An event that is held here. `effective_at_ms`: of a ticket, its place in the order of calls."""

    event: Event
    received_at_ms: int
    bracket: Bracket
    effective_at_ms: int = 0


@dataclass(frozen=True, slots=True)
class Parked:
    """`awaits`: the ticket or device that is not known yet, where that is the reason."""

    arrival: Arrival
    reason: str
    awaits: str | None = None


def park(connection: Connection, site_id: str, parked: Sequence[Parked]) -> None:
    rows = [
        _key(site_id, one.arrival.event)
        | {"reason": one.reason[:500], "awaits": one.awaits, "parked_at_ms": one.arrival.received_at_ms}
        for one in parked
    ]
    if rows:
        connection.execute(insert(poison), rows)


def awaiting(connection: Connection, site_id: str, ids: Collection[str]) -> Sequence[Parked]:
    """What came before the ticket or the device that it speaks of. As a rule nothing does, and no id is looked for."""
    if connection.execute(_AWAITS_ANY, {"site_id": site_id}).first() is None:
        return ()
    rows = connection.execute(_PARKED.where(poison.c.site_id == site_id, poison.c.awaits.in_(list(ids)))).all()
    return _read(rows)


def awaits_its_ticket(connection: Connection, site_id: str, origin: str, action: str) -> bool:
    """Whether a deed of that name, told by that origin, waits here for its ticket: no table has it yet."""
    rows = connection.execute(_WAITING_OF, {"site_id": site_id, "of_origin": origin}).scalars()
    found = (decode(bytes(raw)) for raw in rows)
    return any(isinstance(event, Event) and event.body.get("action") == action for event in found)


def parked_events(connection: Connection, site_id: str, after: tuple[str, str, int], limit: int) -> Sequence[Parked]:
    """The next in the order of their keys. `after`: origin, incarnation, sequence."""
    origin, incarnation, sequence = after
    beyond = (
        (poison.c.origin > origin)
        | ((poison.c.origin == origin) & (poison.c.incarnation > incarnation))
        | ((poison.c.origin == origin) & (poison.c.incarnation == incarnation) & (poison.c.sequence > sequence))
    )
    query = _PARKED.where(poison.c.site_id == site_id, beyond).order_by(*(poison.c[name] for name in KEY))
    return _read(connection.execute(query.limit(limit)).all())


def release(connection: Connection, site_id: str, events_parked: Sequence[Event]) -> None:
    for event in events_parked:
        this = (poison.c[name] == value for name, value in _key(site_id, event).items())
        connection.execute(delete(poison).where(*this))


def arrival_of(row: Row[*tuple[Any, ...]]) -> Arrival | None:
    """Of a row with `raw`, `received_at_ms` and the bracket; None: the bytes are damaged."""
    event = decode(bytes(row.raw))
    if not isinstance(event, Event):
        return None
    not_after_ms = row.received_at_ms if row.not_after_ms is None else row.not_after_ms
    return Arrival(event, row.received_at_ms, Bracket(row.not_before_ms, not_after_ms))


def _read(rows: Sequence[Row[*tuple[Any, ...]]]) -> Sequence[Parked]:
    return [Parked(arrival, row.reason, row.awaits) for row in rows if (arrival := arrival_of(row)) is not None]


def _key(site_id: str, event: Event) -> dict[str, Any]:
    return {
        "site_id": site_id,
        "origin": event.origin,
        "incarnation": event.incarnation,
        "sequence": event.sequence,
    }
