"""Tickets that stand on a screen: whoever reads the number there has not gone."""

from datetime import timedelta
from math import inf
from threading import Lock
from typing import Final

from kiosk.clock import Clock
from kiosk.domain.ticket import TicketId

HELD_FOR: Final = timedelta(seconds=90)
"""So long after it was last seen on the screen. The screen says it again while it stands there."""


class HeldTickets:
    """In memory: no screen outlives the program. From any thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = Lock()
        self._seen: dict[TicketId, float] = {}

    def hold(self, ticket_id: TicketId) -> None:
        now = self._clock.monotonic()
        with self._lock:
            self._seen = {one: at for one, at in self._seen.items() if now - at < HELD_FOR.total_seconds()}
            self._seen[ticket_id] = now

    def keep(self, ticket_id: TicketId) -> None:
        """As long as the program runs: its visitor took it along, and the store could not write that down."""
        with self._lock:
            self._seen[ticket_id] = inf

    def is_held(self, ticket_id: TicketId) -> bool:
        with self._lock:
            seen = self._seen.get(ticket_id)
        return seen is not None and self._clock.monotonic() - seen < HELD_FOR.total_seconds()
