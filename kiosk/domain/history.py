"""What a log adds up to, as every node must see it: one row a ticket, and a hash over them.

Nothing here depends on when or where an event arrived. A ticket's own facts come from the one event that issued it;
what is told of its paper later is joined so that order and repetition do not matter. So two nodes with the same events
have the same rows, however the events of different origins were interleaved on their way. Events about devices and
about the server itself make no rows of it.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from kiosk.domain import deeds, hlc
from kiosk.domain.deeds import DeskEffect
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
from kiosk.domain.fields import HEX_16, QUEUE_CODE, TEXT, WORD, boolean, given, match, number, positions
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

_MOST_COPIES: Final = 1000
_MOST_SLIPS: Final = 1_000_000
_A_DAY_S: Final = 86_400


class NotUnderstoodError(Exception):
    """The type or its version is not known to this program, or the body is not of its type."""


@dataclass(frozen=True, slots=True)
class StopRow:
    """`after`: positions of the same ticket that must be closed first. `promised_low_s`, `promised_high_s`: seconds of
    waiting that the slip promised, None for no promise. None of them is part of the canonical row, which is older.
    """

    position: int
    service_id: str
    queue_code: str
    state: str
    after: tuple[int, ...] = ()
    promised_low_s: int | None = None
    promised_high_s: int | None = None


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


Effect = IssuedTicket | PaperNews | DayOpened | PrinterNews | DeskEffect
"""What one event changes; None: no row."""


def effect_of(event: Event) -> Effect:
    """Raises NotUnderstoodError; what it says is for the technician."""
    reader = READERS.get((event.type, event.version))
    if reader is None:
        raise NotUnderstoodError(f"{event.type} version {event.version} is not known here")
    try:
        return reader(event)
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
    if any(stop.after for stop in stops):
        known = {stop.position for stop in stops}
        stops = tuple(replace(stop, after=tuple(each for each in stop.after if each in known)) for stop in stops)
    issued_at = datetime.fromisoformat(body["issued_at"])
    if issued_at.tzinfo is None:
        raise ValueError("issued_at")
    return IssuedTicket(
        ticket_id=match(HEX_16, body["ticket_id"]),
        service_day=date.fromisoformat(body["service_day"]).isoformat(),
        series=number(body["series"], 0, 255),
        queue_code=match(QUEUE_CODE, body["queue_code"]),
        number=number(body["number"], 1, 65535),
        label=match(TEXT, body["label"]),
        is_priority=boolean(body["is_priority"]),
        language=Language(body["language"]).value,
        issued_at_ms=hlc.milliseconds(issued_at),
        stops=stops,
    )


def _stop(body: Mapping[str, Any]) -> StopRow:
    state = StopState(body["state"])
    if state not in (StopState.WAITING, StopState.PENDING):
        raise ValueError(f"nobody is {state} before the ticket is issued")
    return StopRow(
        position=number(body["position"], 1, MAX_STOPS),
        service_id=match(TEXT, body["service_id"]),
        queue_code=match(QUEUE_CODE, body["queue_code"]),
        state=state.value,
        after=positions(body["after"], MAX_STOPS) if body.get("after") else (),
        promised_low_s=_promise(body, "promised_low_s"),
        promised_high_s=_promise(body, "promised_high_s"),
    )


def _promise(body: Mapping[str, Any], name: str) -> int | None:
    return number(body[name], 0, _A_DAY_S) if given(body, name) else None


def _reprinted(body: Mapping[str, Any]) -> PaperNews:
    return PaperNews(match(HEX_16, body["ticket_id"]), Paper(copies=number(body["copy"], 1, _MOST_COPIES)))


def _print_finished(body: Mapping[str, Any]) -> PaperNews:
    state = PrintState(body["state"])
    if not state.is_final:
        raise ValueError(f"{state} is not final")
    copy = number(body["copy"], 0, _MOST_COPIES)
    paper = Paper(print_copy=copy, verdict=state.value, may_be_out=state.may_be_out)
    return PaperNews(match(HEX_16, body["ticket_id"]), paper)


def _shown(body: Mapping[str, Any]) -> PaperNews:
    return PaperNews(match(HEX_16, body["ticket_id"]), Paper(is_shown=True))


def _witnessed(body: Mapping[str, Any]) -> None:
    """It follows a verdict that nobody is sure of, so that the slip counts as one that may be out already."""
    match(HEX_16, body["ticket_id"])
    number(body["copy"], 0, _MOST_COPIES)


def _abandoned(body: Mapping[str, Any]) -> PaperNews:
    return PaperNews(match(HEX_16, body["ticket_id"]), Paper(is_abandoned=True))


def _printers(body: Mapping[str, Any]) -> PrinterNews:
    """A word that this program does not know yet is a word all the same."""
    if body["in_use"] not in ("first", "second") or type(body["paper_low"]) is not bool:
        raise ValueError("in_use or paper_low")
    return PrinterNews(
        PrinterFacts(
            printer=match(WORD, body["printer"]),
            fallback=None if body["fallback"] is None else match(WORD, body["fallback"]),
            in_use=body["in_use"],
            confirmation=match(WORD, body["confirmation"]),
            slips_left=None if body["slips_left"] is None else number(body["slips_left"], 0, _MOST_SLIPS),
            is_paper_low=body["paper_low"],
        )
    )


def _day_opened(body: Mapping[str, Any]) -> DayOpened:
    return DayOpened(date.fromisoformat(body["service_day"]).isoformat())


def _nothing(_: Mapping[str, Any]) -> None:
    return None


def _told(read: Callable[[Mapping[str, Any]], Effect]) -> Callable[[Event], Effect]:
    """All that these say stands in the body."""
    return lambda event: read(event.body)


READERS: Final[dict[tuple[str, int], Callable[[Event], Effect]]] = {
    **deeds.READERS,
    (NODE_STARTED, 1): _told(_nothing),
    (DEVICE_ENROLLED, 1): _told(_nothing),
    (DEVICE_REVOKED, 1): _told(_nothing),
    (EPOCH_RAISED, 1): _told(_nothing),
    (DAY_OPENED, 1): _told(_day_opened),
    (TICKET_ISSUED, 1): _told(_issued),
    (TICKET_REPRINTED, 1): _told(_reprinted),
    (PRINT_FINISHED, 1): _told(_print_finished),
    (TICKET_SHOWN, 1): _told(_shown),
    (PRINT_WITNESSED, 1): _told(_witnessed),
    (TICKET_ABANDONED, 1): _told(_abandoned),
    (KIOSK_STATUS, 1): _told(_printers),
}
"""By type and version: every one that was ever released."""
