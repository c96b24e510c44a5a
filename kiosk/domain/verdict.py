"""What checking a database gives: how much is good, or the first thing that is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from kiosk.domain.events import Event, LogHead, Malformed, broken_link, decode, digest


@dataclass(frozen=True, slots=True)
class Verified:
    """How much was checked. `origins`: origin -> the hash of its tickets; `hash`: over all of them. Another node that
    holds the same log has the same (kiosk/domain/history.py). `parked`: events that could not be projected.
    `courses`: at a server, the hash over what became of all tickets (kiosk/domain/course_row.py).
    """

    incarnations: int
    events: int
    tickets: int
    origins: Mapping[str, str] = field(default_factory=dict, compare=False)
    hash: str = field(default="", compare=False)
    parked: int = field(default=0, compare=False)
    courses: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Broken:
    """The first thing that is wrong. `origin`, `incarnation` and `sequence` name the event, where it is about one."""

    what: str
    incarnation: str | None = None
    sequence: int | None = None
    origin: str | None = None

    def __str__(self) -> str:
        if self.incarnation is None:
            return self.what
        origin = "" if self.origin is None else f"origin {self.origin}, "
        return f"{origin}incarnation {self.incarnation}, sequence {self.sequence}: {self.what}"


@dataclass(frozen=True, slots=True)
class Link:
    """One event as it is stored: the columns beside its bytes."""

    incarnation: str
    sequence: int
    hash: str
    raw: bytes


def read_link(link: Link, before: LogHead | None) -> Event | str:
    """The event, or why it is not the one that was written after `before`: the last one that was pruned, or is here."""
    if digest(link.raw) != link.hash:
        return "its bytes are not those that were hashed"
    event = decode(link.raw)
    if isinstance(event, Malformed):
        return f"is no event: {event.reason}"
    if (event.incarnation, event.sequence) != (link.incarnation, link.sequence):
        return "its columns contradict its bytes"
    fault = broken_link(event, before)
    return event if fault is None else fault
