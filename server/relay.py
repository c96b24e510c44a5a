"""Bringing the logs of a whole site to central, byte for byte, over one connection: what is said, without any waiting.

Each origin has its own conversation. What was written last goes first: a hall's present day reaches the nation within
one batch, however much of an outage is still waiting behind it.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog
from sqlalchemy import ColumnElement, func, select

from kiosk.sync.conversation import Conversation
from kiosk.sync.outgoing_log import Upstream
from kiosk.sync.wire import MAX_BATCH_EVENTS
from server.database import moment
from server.node import Node
from server.relay_log import RelayLog, stamp_of
from server.schema import devices, events, incarnations

log = structlog.get_logger(__name__)

CENTRAL: Final = "central"
"""Whom a restored site waits for, beside its kiosks, before it gives numbers again."""

_RECOVERED: Final = "This server's database came from an older copy; what central held of this site was fetched back."

Unit = tuple[str, str]
"""Origin and incarnation."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    """`count`: events that central lacks. `stamp`: of the last of them."""

    count: int
    stamp: int


class Relay:
    """Of one thread, except `wake`. Whoever drives it gives the connection: `greet` first, then `push` until False."""

    def __init__(self, node: Node, site_id: str, upstream: Upstream) -> None:
        self.site_id = site_id
        self._node = node
        self._upstream = upstream
        self._conversations: dict[str, Conversation] = {}
        self._waiting: dict[Unit, _Waiting] = {}
        self._grown: deque[str] = deque()
        self._is_bulk_next = False

    @property
    def trouble(self) -> str:
        """One sentence on what a person must look at; empty where all is well."""
        talks = self._conversations.values()
        alarms = (sentence for talk in talks for sentence in talk.alarms.values())
        return next(alarms, _RECOVERED if any(talk.recovered for talk in talks) else "")

    @property
    def backlog(self) -> int:
        return sum(one.count for one in self._waiting.values())

    def wake(self, origin: str) -> None:
        """This origin's log may have grown. From any thread."""
        self._grown.append(origin)

    async def greet(self) -> None:
        """Compares every origin's log with central's, and takes back what a restored database lacks.

        Raises SyncError; what was compared by then stays compared.
        """
        greeted: set[str] = set()
        # This server's own log comes first: it tells of devices that came after the copy was made.
        while new := [origin for origin in self._origins() if origin not in greeted]:
            for origin in new:
                await self._conversation(origin).hello()
                greeted.add(origin)
        self._waiting.clear()
        self._look()
        self._node.recoveries.heard(self.site_id, CENTRAL)

    async def push(self) -> bool:
        """Sends one batch; False when central holds all there is. Raises SyncError."""
        grown = {self._grown.popleft() for _ in range(len(self._grown))}
        if grown:
            # Whoever writes was let in by an event of this server, without which central believes nobody.
            grown.add(self._node.identity.device_id)
            self._look(incarnations.c.origin.in_(sorted(grown)))
        while unit := self._next():
            origin, incarnation = unit
            is_sent = await self._conversation(origin).push_next(incarnation)
            del self._waiting[unit]  # where nothing was sent, nothing must be: a person has been told
            if is_sent:
                self._look(incarnations.c.origin == origin, incarnations.c.incarnation == incarnation)
                return True
        return False

    def unsent(self) -> tuple[int, datetime | None]:
        """As `backlog` and `oldest_unsent`, counted anew."""
        self._waiting.clear()
        self._look()
        return self.backlog, self.oldest_unsent() if self.backlog else None

    def oldest_unsent(self) -> datetime | None:
        """When the first of the events came here that central lacks."""
        first = incarnations.c.central_sequence + 1
        query = (
            select(func.min(events.c.received_at_ms))
            .select_from(incarnations)
            .join(events, _same_incarnation() & (events.c.sequence == first))
            .where(incarnations.c.site_id == self.site_id, incarnations.c.sequence >= first)
        )
        with self._node.database.reading() as connection:
            oldest_ms = connection.execute(query).scalar_one()
        return None if oldest_ms is None else moment(oldest_ms)

    def _next(self) -> Unit | None:
        """The newest status; and every other time a batch of what is too long for one, so that it ends one day too."""
        short = {unit: one for unit, one in self._waiting.items() if one.count <= MAX_BATCH_EVENTS}
        long = {unit: one for unit, one in self._waiting.items() if one.count > MAX_BATCH_EVENTS}
        chosen = long if long and (self._is_bulk_next or not short) else short
        self._is_bulk_next = chosen is short
        return max(chosen, key=lambda unit: (chosen[unit].stamp, unit), default=None)

    def _look(self, *which: ColumnElement[bool]) -> None:
        """Learns what central lacks, of all or of some."""
        query = (
            select(
                incarnations.c.origin,
                incarnations.c.incarnation,
                incarnations.c.sequence,
                incarnations.c.central_sequence,
                events.c.raw,
            )
            .join(events, _same_incarnation() & (events.c.sequence == incarnations.c.sequence))
            .where(
                incarnations.c.site_id == self.site_id,
                incarnations.c.sequence > incarnations.c.central_sequence,
                *which,
            )
        )
        with self._node.database.reading() as connection:
            rows = connection.execute(query).all()
        for row in rows:
            waiting = _Waiting(row.sequence - row.central_sequence, stamp_of(bytes(row.raw)))
            self._waiting[row.origin, row.incarnation] = waiting

    def _origins(self) -> Sequence[str]:
        """Everyone of the site who may have written, this server first."""
        with self._node.database.reading() as connection:
            known: Iterable[str] = connection.execute(
                select(devices.c.device_id).where(devices.c.site_id == self.site_id)
            ).scalars()
            heard: Iterable[str] = connection.execute(
                select(incarnations.c.origin).where(incarnations.c.site_id == self.site_id).distinct()
            ).scalars()
            return list(dict.fromkeys([self._node.identity.device_id, *sorted({*known, *heard})]))

    def _conversation(self, origin: str) -> Conversation:
        if origin not in self._conversations:
            self._conversations[origin] = Conversation(
                self._upstream, RelayLog(self._node, self.site_id, origin), f"device {origin}"
            )
        return self._conversations[origin]


def _same_incarnation() -> ColumnElement[bool]:
    return (
        (events.c.site_id == incarnations.c.site_id)
        & (events.c.origin == incarnations.c.origin)
        & (events.c.incarnation == incarnations.c.incarnation)
    )
