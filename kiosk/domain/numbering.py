"""Ticket numbers and the labels people read and hear."""

import string
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from kiosk.domain.ticket import SHARED_SERIES, TicketId


@dataclass(frozen=True, slots=True)
class ReservedNumber:
    """A number that the site server keeps for one ticket in the shared series."""

    queue_code: str
    number: int


class NumberSource(Protocol):
    """Who gives numbers of the shared series. None: nobody in time, so the kiosk uses its own series."""

    def reserve(self, ticket_id: TicketId, queue_code: str, service_day: date) -> ReservedNumber | None: ...


class OwnSeriesOnly:
    """The number source of a kiosk that is alone, or whose site server does not reserve numbers yet."""

    def reserve(self, ticket_id: TicketId, queue_code: str, service_day: date) -> ReservedNumber | None:
        del ticket_id, queue_code, service_day
        return None


def series_of_letter(letter: str | None) -> int:
    """The own series of the kiosk with this letter; a kiosk without one is alone and uses the shared series."""
    return SHARED_SERIES if letter is None else string.ascii_uppercase.index(letter) + 1


def format_label(queue_code: str, number: int, series: int = SHARED_SERIES) -> str:
    """`D-045` in the shared series, `D-007K` in kiosk K's own. The two shapes cannot collide."""
    suffix = "" if series == SHARED_SERIES else string.ascii_uppercase[series - 1]
    return f"{queue_code}-{number:03d}{suffix}"
