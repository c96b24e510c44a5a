"""What a log adds up to, as every node must see it: one row a ticket, and a hash over them.

Nothing here depends on when or where an event arrived. A ticket's own facts come from the one event that issued it;
what is told of its paper later is joined so that order and repetition do not matter. So two nodes with the same events
have the same rows, however the events of different origins were interleaved on their way. Events about devices and
about the server itself make no rows of it.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from kiosk.domain import hlc
from kiosk.domain.events import (
    DAY_OPENED,
    DEVICE_ENROLLED,
    DEVICE_REVOKED,
    EPOCH_RAISED,
    KIOSK_STATUS,
    NODE_STARTED,
    PRINT_FINISHED,
    PRINT_WITNESSED,
    TICKET_ABANDONED,
    TICKET_ISSUED,
    TICKET_REPRINTED,
    TICKET_SHOWN,
    Event,
    canonical,
)
from kiosk.domain.language import Language
from kiosk.domain.print_job import PrintState
from kiosk.domain.printer_facts import PrinterFacts
from kiosk.domain.ticket import MAX_STOPS, StopState

_PAPER_RANK: Final = (
    PrintState.EXPIRED,
    PrintState.FAILED,
    PrintState.UNKNOWN,
    PrintState.UNVERIFIED,
    PrintState.CONFIRMED,
)
"""Of two verdicts about one slip the one that knows more of paper in the visitor's hand counts."""

_HEX_16: Final = re.compile(r"[0-9a-f]{16}\Z")
_TEXT: Final = re.compile(r"[^\x00-\x1f\x7f]{1,200}\Z")
_QUEUE_CODE: Final = re.compile(r"[A-Z]{1,2}\Z")
_WORD: Final = re.compile(r"[a-z][a-z0-9_-]{0,39}\Z")
_MOST_COPIES: Final = 1000
_MOST_SLIPS: Final = 1_000_000


class NotUnderstoodError(Exception):
    """The type or its version is not known to this program, or the body is not of its type."""


@dataclass(frozen=True, slots=True)
class StopRow:
    position: int
    service_id: str
    queue_code: str
    state: str


@dataclass(frozen=True, slots=True)
class IssuedTicket:
    """A ticket as it was issued. `issued_at_ms`: its kiosk's clock, milliseconds since 1970."""

    ticket_id: str
    service_day: str
    series: int
    queue_code: str
    number: int
    label: str
    is_priority: bool
    language: str
    issued_at_ms: int
    stops: tuple[StopRow, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """What is known of a ticket's slips. `copies`: so many were asked for; `verdict` is about slip `print_copy`, the
    latest of which anything is known; `is_shown`: the number was taken from the screen; `may_be_out`: of some slip it
    is not certain that it did not come out; `is_abandoned`: the visitor went without paper.
    """

    copies: int = 0
    print_copy: int | None = None
    verdict: str | None = None
    is_shown: bool = False
    may_be_out: bool = False
    is_abandoned: bool = False

    def joined(self, other: "Paper") -> "Paper":
        """In whatever order, however often."""
        latest = max(self, other, key=lambda paper: paper.rank)
        return Paper(
            max(self.copies, other.copies),
            latest.print_copy,
            latest.verdict,
            self.is_shown or other.is_shown,
            self.may_be_out or other.may_be_out,
            self.is_abandoned or other.is_abandoned,
        )

    @property
    def is_ghost(self) -> bool:
        """Nobody can hold this number, so nobody waits. One word that somebody may, before or after, and they do."""
        return self.is_abandoned and not self.is_shown and not self.may_be_out

    @property
    def rank(self) -> tuple[int, int]:
        if self.print_copy is None or self.verdict is None:
            return (-1, 0)
        return (self.print_copy, _PAPER_RANK.index(PrintState(self.verdict)))


@dataclass(frozen=True, slots=True)
class PaperNews:
    """Something was told of the slips of a ticket, which may not be known yet."""

    ticket_id: str
    paper: Paper


@dataclass(frozen=True, slots=True)
class DayOpened:
    service_day: str


@dataclass(frozen=True, slots=True)
class PrinterNews:
    """How the printers of the kiosk that says so fare from now on."""

    facts: PrinterFacts


Effect = IssuedTicket | PaperNews | DayOpened | PrinterNews | None
"""What one event changes; None: no row."""


def effect_of(event: Event) -> Effect:
    """Raises NotUnderstoodError; what it says is for the technician."""
    reader = READERS.get((event.type, event.version))
    if reader is None:
        raise NotUnderstoodError(f"{event.type} version {event.version} is not known here")
    try:
        return reader(event.body)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise NotUnderstoodError(f"its body is not that of {event.type}: {error!r}") from error


def standing(ticket: IssuedTicket, paper: Paper) -> IssuedTicket:
    """The ticket as it stands after what is known of its paper: an abandoned one waits nowhere."""
    return replace(ticket, stops=tuple(map(_expired, ticket.stops))) if paper.is_ghost else ticket


def _expired(stop: StopRow) -> StopRow:
    waits = stop.state in (StopState.WAITING, StopState.PENDING)
    return replace(stop, state=StopState.EXPIRED.value) if waits else stop


def canonical_row(ticket: IssuedTicket, paper: Paper) -> bytes:
    """Only facts that follow from the log: not when it arrived, not its place in the order of calls. `ticket`: as it
    stands.
    """
    return canonical_ticket(ticket) + b" " + canonical_paper(paper)


def canonical_ticket(ticket: IssuedTicket) -> bytes:
    return canonical(
        {
            "ticket_id": ticket.ticket_id,
            "service_day": ticket.service_day,
            "series": ticket.series,
            "queue_code": ticket.queue_code,
            "number": ticket.number,
            "label": ticket.label,
            "is_priority": ticket.is_priority,
            "language": ticket.language,
            "issued_at_ms": ticket.issued_at_ms,
            "stops": [[stop.position, stop.service_id, stop.queue_code, stop.state] for stop in ticket.stops],
        }
    )


def ticket_of_canonical(raw: bytes) -> IssuedTicket:
    """What `canonical_ticket` wrote."""
    content = json.loads(raw)
    return IssuedTicket(**{**content, "stops": tuple(StopRow(*stop) for stop in content["stops"])})


def canonical_paper(paper: Paper) -> bytes:
    """A log in which nobody was abandoned has the hash that it always had."""
    content = {"copies": paper.copies, "print": [paper.print_copy, paper.verdict], "shown": paper.is_shown}
    return canonical(content | {"abandoned": True} if paper.is_abandoned else content)


def _issued(body: Mapping[str, Any]) -> IssuedTicket:
    stops = tuple(sorted(map(_stop, body["stops"]), key=lambda stop: stop.position))
    if not 1 <= len(stops) <= MAX_STOPS or len({stop.position for stop in stops}) < len(stops):
        raise ValueError("stops")
    issued_at = datetime.fromisoformat(body["issued_at"])
    if issued_at.tzinfo is None or type(body["is_priority"]) is not bool:
        raise ValueError("issued_at or is_priority")
    return IssuedTicket(
        ticket_id=_match(_HEX_16, body["ticket_id"]),
        service_day=date.fromisoformat(body["service_day"]).isoformat(),
        series=_number(body["series"], 0, 255),
        queue_code=_match(_QUEUE_CODE, body["queue_code"]),
        number=_number(body["number"], 1, 65535),
        label=_match(_TEXT, body["label"]),
        is_priority=body["is_priority"],
        language=Language(body["language"]).value,
        issued_at_ms=hlc.milliseconds(issued_at),
        stops=stops,
    )


def _stop(body: Mapping[str, Any]) -> StopRow:
    state = StopState(body["state"])
    if state not in (StopState.WAITING, StopState.PENDING):
        raise ValueError(f"nobody is {state} before the ticket is issued")
    return StopRow(
        position=_number(body["position"], 1, MAX_STOPS),
        service_id=_match(_TEXT, body["service_id"]),
        queue_code=_match(_QUEUE_CODE, body["queue_code"]),
        state=state.value,
    )


def _reprinted(body: Mapping[str, Any]) -> PaperNews:
    return PaperNews(_match(_HEX_16, body["ticket_id"]), Paper(copies=_number(body["copy"], 1, _MOST_COPIES)))


def _print_finished(body: Mapping[str, Any]) -> PaperNews:
    state = PrintState(body["state"])
    if not state.is_final:
        raise ValueError(f"{state} is not final")
    copy = _number(body["copy"], 0, _MOST_COPIES)
    paper = Paper(print_copy=copy, verdict=state.value, may_be_out=state.may_be_out)
    return PaperNews(_match(_HEX_16, body["ticket_id"]), paper)


def _shown(body: Mapping[str, Any]) -> PaperNews:
    return PaperNews(_match(_HEX_16, body["ticket_id"]), Paper(is_shown=True))


def _witnessed(body: Mapping[str, Any]) -> None:
    """It follows a verdict that nobody is sure of, so that the slip counts as one that may be out already."""
    _match(_HEX_16, body["ticket_id"])
    _number(body["copy"], 0, _MOST_COPIES)


def _abandoned(body: Mapping[str, Any]) -> PaperNews:
    return PaperNews(_match(_HEX_16, body["ticket_id"]), Paper(is_abandoned=True))


def _printers(body: Mapping[str, Any]) -> PrinterNews:
    """A word that this program does not know yet is a word all the same."""
    if body["in_use"] not in ("first", "second") or type(body["paper_low"]) is not bool:
        raise ValueError("in_use or paper_low")
    return PrinterNews(
        PrinterFacts(
            printer=_match(_WORD, body["printer"]),
            fallback=None if body["fallback"] is None else _match(_WORD, body["fallback"]),
            in_use=body["in_use"],
            confirmation=_match(_WORD, body["confirmation"]),
            slips_left=None if body["slips_left"] is None else _number(body["slips_left"], 0, _MOST_SLIPS),
            is_paper_low=body["paper_low"],
        )
    )


def _day_opened(body: Mapping[str, Any]) -> DayOpened:
    return DayOpened(date.fromisoformat(body["service_day"]).isoformat())


def _nothing(_: Mapping[str, Any]) -> None:
    return None


def _match(pattern: re.Pattern[str], value: Any) -> str:
    """What one database can keep and another cannot (a zero byte, a number too big) must be refused by all alike."""
    if not isinstance(value, str) or not pattern.match(value):
        raise ValueError(f"{value!r:.80}")
    return value


def _number(value: Any, lowest: int, highest: int) -> int:
    if type(value) is not int or not lowest <= value <= highest:
        raise ValueError(f"{value!r:.80}")
    return value


READERS: Final[dict[tuple[str, int], Callable[[Mapping[str, Any]], Effect]]] = {
    (NODE_STARTED, 1): _nothing,
    (DEVICE_ENROLLED, 1): _nothing,
    (DEVICE_REVOKED, 1): _nothing,
    (EPOCH_RAISED, 1): _nothing,
    (DAY_OPENED, 1): _day_opened,
    (TICKET_ISSUED, 1): _issued,
    (TICKET_REPRINTED, 1): _reprinted,
    (PRINT_FINISHED, 1): _print_finished,
    (TICKET_SHOWN, 1): _shown,
    (PRINT_WITNESSED, 1): _witnessed,
    (TICKET_ABANDONED, 1): _abandoned,
    (KIOSK_STATUS, 1): _printers,
}
"""By type and version: every one that was ever released."""
