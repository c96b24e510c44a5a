"""Reading one origin's log as it is stored here: what a relay sends on, and what a restored device asks back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, bindparam, select

from kiosk.domain.events import StoredEvent
from server.schema import events, incarnations

_NEXT: Final = (
    select(events.c.incarnation, events.c.sequence, events.c.hash, events.c.raw)
    .where(
        events.c.site_id == bindparam("site_id"),
        events.c.origin == bindparam("origin"),
        events.c.incarnation == bindparam("incarnation"),
        events.c.sequence > bindparam("after"),
    )
    .order_by(events.c.sequence)
    .limit(bindparam("most"))
)
"""Built once: a pull and every batch of a relay begin with it."""


@dataclass(frozen=True, slots=True)
class Chain:
    """One incarnation of one origin of one site."""

    site_id: str
    origin: str
    incarnation: str


def read_after(
    connection: Connection, chain: Chain, sequence: int, max_events: int, max_bytes: int
) -> tuple[StoredEvent, ...]:
    """The next events in order: as many as both limits allow, and at least one if there is one."""
    batch: list[StoredEvent] = []
    size = 0
    rows = connection.execute(
        _NEXT,
        {
            "site_id": chain.site_id,
            "origin": chain.origin,
            "incarnation": chain.incarnation,
            "after": sequence,
            "most": max_events,
        },
    )
    for row in rows:
        size += len(row.raw)
        if batch and size > max_bytes:
            break
        batch.append(StoredEvent(row.incarnation, row.sequence, row.hash, bytes(row.raw)))
    return tuple(batch)


def held_at_central(connection: Connection, site_id: str, origin: str, named: Iterable[str]) -> Mapping[str, int]:
    """Of these incarnations, how far central has acknowledged them to this site; without those of which it has none."""
    query = select(incarnations.c.incarnation, incarnations.c.central_sequence).where(
        incarnations.c.site_id == site_id,
        incarnations.c.origin == origin,
        incarnations.c.incarnation.in_(list(named)),
        incarnations.c.central_sequence > 0,
    )
    return {row.incarnation: row.central_sequence for row in connection.execute(query)}
