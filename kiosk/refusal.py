"""Why a visitor gets no ticket, or no further slip of it."""

from enum import StrEnum

from kiosk.domain.availability import Closed


class Refusal(StrEnum):
    NOTHING_CHOSEN = "nothing_chosen"
    TOO_MANY_STOPS = "too_many_stops"
    UNKNOWN_SERVICE = "unknown_service"
    NO_QUEUE = "no_queue"
    CLOSED = "closed"
    NUMBERS_EXHAUSTED = "numbers_exhausted"
    UNKNOWN_TICKET = "unknown_ticket"
    COPIES_EXHAUSTED = "copies_exhausted"
    STILL_PRINTING = "still_printing"
    MAY_BE_OUT = "may_be_out"


class IssueRefused(Exception):  # noqa: N818  # an answer to the visitor, not an error of anybody's
    """`service_id` is the service it is about, where it is about one; for CLOSED, `closed` says why and until when."""

    def __init__(self, reason: Refusal, service_id: str | None = None, closed: Closed | None = None) -> None:
        super().__init__(reason if service_id is None else f"{reason}: {service_id}")
        self.reason = reason
        self.service_id = service_id
        self.closed = closed
