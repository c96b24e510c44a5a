"""One origin's log in a site server's database, as a conversation with central sees it. Nothing in it suspends: it
belongs to the relay's own thread, and a simulator drives it by hand.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import structlog
from sqlalchemy import bindparam, select, update

from kiosk.domain.events import Event, LogHead, StoredEvent, decode
from kiosk.sync.outgoing_log import Survey
from server.database import lock_site, milliseconds
from server.ingest import ingest
from server.node import Node
from server.schema import events, incarnations
from server.settings import Role
from server.stored_log import Chain, read_after

log = structlog.get_logger(__name__)

_MARK: Final = (
    update(incarnations)
    .where(
        incarnations.c.site_id == bindparam("of_site"),
        incarnations.c.origin == bindparam("of_origin"),
        incarnations.c.incarnation == bindparam("of_incarnation"),
    )
    .values(central_sequence=bindparam("held"))
)


class RelayLog:
    """An OutgoingLog. What central holds is what it has acknowledged: there is no further hop."""

    def __init__(self, node: Node, site_id: str, origin: str) -> None:
        self.origin = origin
        self._node = node
        self._site_id = site_id

    async def survey(self) -> Survey:
        query = (
            select(
                incarnations.c.incarnation,
                incarnations.c.sequence,
                incarnations.c.hash,
                incarnations.c.central_sequence,
            )
            .where(incarnations.c.site_id == self._site_id, incarnations.c.origin == self.origin)
            .order_by(incarnations.c.begun_at_ms, incarnations.c.incarnation)
        )
        with self._node.database.reading() as connection:
            rows = connection.execute(query).all()
        acknowledged = {row.incarnation: row.central_sequence for row in rows if row.central_sequence}
        return Survey(
            [LogHead(row.incarnation, row.sequence, row.hash) for row in rows],
            acknowledged,
            acknowledged,
            server_epoch=self._node.fences.highest(self._site_id, Role.CENTRAL) or None,
            site_epoch=self._node.epoch,
        )

    async def unsent(self) -> Sequence[str]:
        query = (
            select(incarnations.c.incarnation, events.c.raw)
            .join(
                events,
                (events.c.site_id == incarnations.c.site_id)
                & (events.c.origin == incarnations.c.origin)
                & (events.c.incarnation == incarnations.c.incarnation)
                & (events.c.sequence == incarnations.c.sequence),
            )
            .where(
                incarnations.c.site_id == self._site_id,
                incarnations.c.origin == self.origin,
                incarnations.c.sequence > incarnations.c.central_sequence,
            )
        )
        with self._node.database.reading() as connection:
            rows = connection.execute(query).all()
        newest_first = sorted(rows, key=lambda row: (stamp_of(bytes(row.raw)), row.incarnation), reverse=True)
        return [row.incarnation for row in newest_first]

    async def read_after(
        self, incarnation: str, sequence: int, max_events: int, max_bytes: int
    ) -> Sequence[StoredEvent]:
        with self._node.database.reading() as connection:
            return read_after(
                connection, Chain(self._site_id, self.origin, incarnation), sequence, max_events, max_bytes
            )

    async def believe(
        self, acknowledged: Mapping[str, int], retracted: Mapping[str, int], central: Mapping[str, int]
    ) -> None:
        marks = {**central, **acknowledged, **retracted}
        if not marks:
            return
        with self._node.database.writing() as connection:
            connection.execute(
                _MARK,
                [
                    {
                        "of_site": self._site_id,
                        "of_origin": self.origin,
                        "of_incarnation": incarnation,
                        "held": sequence,
                    }
                    for incarnation, sequence in marks.items()
                ],
            )

    async def hear_epoch(self, server_epoch: int) -> None:
        """The highest one is kept, because an older central server must not be heard (kiosk.sync.fence refuses it)."""
        now_ms = milliseconds(self._node.clock.now())
        self._node.fences.note(self._site_id, Role.CENTRAL, server_epoch, "central", now_ms)

    async def lose(self, *, has_twin: bool) -> None:
        """This server's database was restored from an older copy; its epoch tells the kiosks."""

    async def take_back(self, incarnation: str, after: int, events: Sequence[bytes]) -> str | None:
        node = self._node
        now_ms = milliseconds(node.trusted_clock.read().at)
        with node.database.writing() as connection:
            lock_site(connection, self._site_id)
            own = self.origin == node.identity.device_id
            receipt = ingest(connection, self._site_id, self.origin, events, now_ms, own=own)
            held = {"of_site": self._site_id, "of_origin": self.origin, "of_incarnation": incarnation}
            if receipt.sequence:
                connection.execute(_MARK, [held | {"held": receipt.sequence}])
        if receipt.accepted:
            node.stream.start_over(self._site_id)
        if receipt.parked:
            log.warning("events_parked", device=self.origin, incarnation=incarnation, count=receipt.parked)
        if receipt.refusal is None and receipt.incarnation == incarnation:
            return None
        detail = "they are of another incarnation" if receipt.refusal is None else receipt.refusal.detail
        return f"Central gives events back that do not fit what is here: {detail}."


def stamp_of(raw: bytes) -> int:
    """The hybrid logical clock of an event, 0 where it cannot be read."""
    event = decode(raw)
    return int(event.hlc, 16) if isinstance(event, Event) else 0
