"""A ticket is one visitor's visit: one label, one QR token, one or more stops.

A visitor waits in all chosen queues at once (design.md, section 5); paper is not a ticket state
(see print_job.py).
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NewType

from kiosk.domain.language import Language

TicketId = NewType("TicketId", str)
"""16 lower-case hex digits: 64 random bits. Never shown to a person."""

MAX_STOPS = 4
"""As many stops as the QR token has room for."""

SHARED_SERIES = 0
"""The series without a letter: the site server's, or that of a kiosk alone at its site. A kiosk's own series
is its letter's place in the alphabet, A = 1, and 26 more for each further generation."""


class StopState(StrEnum):
    PENDING = "pending"
    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
    PARKED = "parked"
    TRANSFERRED = "transferred"
    COMPLETED = "completed"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Wait:
    """Seconds until the call: probably neither less than `low_s` nor more than `high_s`."""

    low_s: int
    high_s: int


@dataclass(frozen=True, slots=True)
class Stop:
    """One service of the visit. `position` counts from 1; `after` names positions that must be closed first."""

    position: int
    service_id: str
    service_number: int
    queue_code: str
    after: tuple[int, ...] = ()
    state: StopState = StopState.WAITING


@dataclass(frozen=True, slots=True)
class Ticket:
    """`issued_at` is aware UTC; where `clock_trusted` is False no time may be shown or printed from it.

    `people_ahead` and `promised` are what was promised at issue: per stop, None where it could not be known; no
    `promised` at all where nobody knew anything.
    """

    id: TicketId
    site_id: str
    service_day: date
    series: int
    queue_code: str
    number: int
    label: str
    stops: tuple[Stop, ...]
    is_priority: bool
    language: Language
    issued_at: datetime
    clock_trusted: bool
    token: str
    people_ahead: tuple[int | None, ...]
    promised: tuple[Wait | None, ...] = ()

    def promise_of(self, stop: Stop) -> Wait | None:
        return self.promised[stop.position - 1] if self.promised else None


@dataclass(frozen=True, slots=True)
class IssueRequest:
    """A visitor's wish for a ticket. `session_key` makes it idempotent: the same key always gives the same ticket."""

    session_key: str
    service_ids: tuple[str, ...]
    is_priority: bool
    language: Language
