"""Ticket numbers and the labels people read and hear."""

import string
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol

from kiosk.domain.ticket import SHARED_SERIES, TicketId

_LETTERS: Final = string.ascii_uppercase

HIGHEST_SERIES: Final = 0xFF
"""The token's one byte."""
HIGHEST_GENERATION: Final = HIGHEST_SERIES // len(_LETTERS) - 1
"""The last one that has room for every letter of the alphabet."""


@dataclass(frozen=True, slots=True)
class ReservedNumber:
    """A number that the site server keeps for one ticket in the shared series, and the only day that it is good for."""

    queue_code: str
    number: int
    service_day: date


class NumberSource(Protocol):
    """Who gives numbers of the shared series."""

    def reserve(
        self, ticket_id: TicketId, queue_code: str, service_day: date | None, given: int
    ) -> ReservedNumber | None:
        """None: nobody in time, so the kiosk uses its own series.

        `service_day`: the asker's, None where its clock cannot tell; the answer's may be another. `given`: the highest
        shared number that the asker holds for this queue on that day, 0 for none.
        """


class OwnSeriesOnly:
    """The number source of a kiosk that is alone."""

    def reserve(self, ticket_id: TicketId, queue_code: str, service_day: date | None, given: int) -> None:
        """Nobody is asked."""


class NumbersToCome:
    """The number source of a machine that is still starting: `source` answers as soon as there is one."""

    def __init__(self) -> None:
        self.source: NumberSource | None = None

    def reserve(
        self, ticket_id: TicketId, queue_code: str, service_day: date | None, given: int
    ) -> ReservedNumber | None:
        return None if self.source is None else self.source.reserve(ticket_id, queue_code, service_day, given)


def series_of_letter(letter: str | None, generation: int = 0) -> int:
    """The own series of the kiosk with this letter; a kiosk without one is alone and uses the shared series.

    A kiosk that may have forgotten what it printed today counts anew in its next `generation`, at most
    HIGHEST_GENERATION (design.md, section 6: a gap is legal, a repeat is not).
    """
    return SHARED_SERIES if letter is None else _LETTERS.index(letter) + 1 + len(_LETTERS) * generation


def generation_of(series: int) -> int:
    """Of an own series; the shared one has none."""
    return (series - 1) // len(_LETTERS)


def letter_of(series: int) -> str:
    """Of an own series, whatever its generation; the shared one has none."""
    return _LETTERS[(series - 1) % len(_LETTERS)]


def format_label(queue_code: str, number: int, series: int = SHARED_SERIES) -> str:
    """`D-045` in the shared series, `D-007K` in kiosk K's own, `D-007K2` in its second generation.

    No two series share a shape.
    """
    return f"{queue_code}-{number:03d}{_suffix(series)}"


def _suffix(series: int) -> str:
    if series == SHARED_SERIES:
        return ""
    generation = generation_of(series)
    return letter_of(series) + (str(generation + 1) if generation else "")
