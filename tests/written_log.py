"""A log written by hand: events of one origin, chained as they should be, at whatever time its clock shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection

from kiosk.domain import hlc
from kiosk.domain.event_bodies import node_started, print_finished, ticket_issued
from kiosk.domain.events import (
    NO_EVENT,
    NODE_STARTED,
    PRINT_FINISHED,
    TICKET_ISSUED,
    Event,
    LogHead,
    digest,
    encode,
)
from kiosk.domain.print_job import PrintState
from kiosk.domain.ticket import TicketId
from server.ingest import Receipt, ingest
from tests.paired_kiosk import SITE, some_ticket

NOW_MS = 1_795_000_000_000


@dataclass
class WrittenLog:
    """`clock_ms`: what its events are stamped with; the stamps never go back."""

    origin: str = "0a" * 8
    clock_ms: int = NOW_MS
    starts: int = 0
    head: LogHead | None = None
    stamp: int = 0
    events: dict[str, list[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.start()

    @property
    def incarnation(self) -> str:
        return list(self.events)[-1]

    def start(self) -> None:
        self.starts += 1
        parent, self.head = self.head, None
        self.events[f"{self.starts:x}{self.origin[:15]}"[:16]] = []
        self._write(NODE_STARTED, node_started(parent, "1.0", clock_trusted=True), parent)

    def write(self, event_type: str, body: Mapping[str, Any]) -> None:
        self._write(event_type, body, self.head)

    def issue(self, number: int, **changes: Any) -> TicketId:
        """A ticket whose id and label nobody else has, if `number` is its own."""
        ticket = replace(some_ticket(number), **changes)
        self.write(TICKET_ISSUED, ticket_issued(ticket, "c" * 64))
        return ticket.id

    def printed(self, ticket_id: TicketId, copy: int = 0, state: PrintState = PrintState.CONFIRMED) -> None:
        self.write(PRINT_FINISHED, print_finished(ticket_id, copy, state))

    def all(self) -> Sequence[tuple[str, bytes]]:
        """(incarnation, event) in the order they were written."""
        return [(incarnation, raw) for incarnation, events in self.events.items() for raw in events]

    def push(self, connection: Connection, now_ms: int = NOW_MS, site_id: str = SITE, *, own: bool = False) -> None:
        """All of it again, as a kiosk would that does not know what is held."""
        for events in self.events.values():
            receipt = take(connection, self.origin, events, now_ms, site_id, own=own)
            assert receipt.refusal is None, receipt

    def heads(self) -> Mapping[str, int]:
        return {incarnation: len(events) for incarnation, events in self.events.items()}

    def _write(self, event_type: str, body: Mapping[str, Any], before: LogHead | None) -> None:
        self.stamp = max(self.stamp + 1, self.clock_ms << 16)
        previous = NO_EVENT if before is None else before.hash
        sequence = len(self.events[self.incarnation]) + 1
        stamp = hlc.to_hex(self.stamp)
        raw = encode(Event(self.origin, self.incarnation, sequence, stamp, event_type, 1, body, previous))
        self.events[self.incarnation].append(raw)
        self.head = LogHead(self.incarnation, sequence, digest(raw))


def take(
    connection: Connection,
    origin: str,
    events: Sequence[bytes],
    now_ms: int = NOW_MS,
    site_id: str = SITE,
    *,
    own: bool = False,
) -> Receipt:
    return ingest(connection, site_id, origin, events, now_ms, own=own)
