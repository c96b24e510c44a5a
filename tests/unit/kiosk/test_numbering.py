import string
from datetime import date

from kiosk.domain.numbering import (
    HIGHEST_GENERATION,
    HIGHEST_SERIES,
    NumbersToCome,
    ReservedNumber,
    format_label,
    series_of_letter,
)
from kiosk.domain.ticket import TicketId

NUMBER = ReservedNumber("D", 45, date(2026, 11, 23))


class Always:
    def reserve(self, ticket_id: TicketId, queue_code: str, service_day: date | None, given: int) -> ReservedNumber:
        return NUMBER


def test_every_series_has_its_own_shape() -> None:
    labels = [format_label("D", 7, series) for series in range(HIGHEST_SERIES + 1)]
    assert len(set(labels)) == HIGHEST_SERIES + 1
    assert [labels[series] for series in (0, 1, 11, 26, 27, 37, 53)] == [
        "D-007", "D-007A", "D-007K", "D-007Z", "D-007A2", "D-007K2", "D-007A3",
    ]  # fmt: skip


def test_each_letter_has_series_of_its_own_in_every_generation() -> None:
    generations = range(HIGHEST_GENERATION + 1)
    series = [series_of_letter(letter, generation) for letter in string.ascii_uppercase for generation in generations]
    assert sorted(series) == list(range(1, 26 * 9 + 1))
    assert series_of_letter(None) == 0


def test_nobody_answers_until_the_machine_is_up() -> None:
    numbers = NumbersToCome()
    assert numbers.reserve(TicketId("a" * 16), "D", None, 0) is None
    numbers.source = Always()
    assert numbers.reserve(TicketId("a" * 16), "D", None, 0) == NUMBER
