"""What the harness knows and no disk does: papers in people's hands, acknowledgements given, events destroyed."""

from collections import Counter
from collections.abc import Callable, Collection, Container, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from kiosk.domain.ticket import Ticket, TicketId


class Key(NamedTuple):
    """Of one event."""

    origin: str
    incarnation: str
    sequence: int


@dataclass(frozen=True, slots=True)
class Paper:
    """One slip that a printer put out. `machine` names whose."""

    ticket_id: TicketId
    service_day: date
    series: int
    label: str
    copy: int
    machine: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Contact:
    """A hello or heartbeat that the site server heard in full: `at` in milliseconds of the site's own clock."""

    origin: str
    at_ms: int


@dataclass
class Promises:
    papers: list[Paper] = field(default_factory=list)
    acknowledged: dict[Key, str] = field(default_factory=dict)
    """Events that their origin was told to be safe -> who told it."""
    central: set[Key] = field(default_factory=set)
    """Events that their origin was told to be safe in the nation: it may prune them."""
    false_claims: list[Key] = field(default_factory=list)
    """Those of them that were not there at that moment."""
    destroyed: set[Key] = field(default_factory=set)
    """Events whose last copy went when a disk was put back to an older state. Nobody can have them any more."""
    denied: set[Key] = field(default_factory=set)
    """Events that a disk once held and then did not: while it lacks them, it says that they were never written."""
    untold: set[TicketId] = field(default_factory=set)
    """Tickets on paper of which a kiosk's witness had not heard when its disk was put back."""
    again: Counter[TicketId] = field(default_factory=Counter)
    """How often a slip that certainly had not come out was printed again."""
    shown: set[TicketId] = field(default_factory=set)
    """Tickets whose number somebody took from a screen."""
    taken: set[TicketId] = field(default_factory=set)
    """The same, also where a full disk could not note it: until the next start the kiosk does not give them up."""
    reprints: Counter[TicketId] = field(default_factory=Counter)
    written_ms: dict[Key, int] = field(default_factory=dict)
    """When each event was written: milliseconds of the site server's clock at that moment."""
    sessions: dict[str, set[TicketId]] = field(default_factory=dict)
    """Each visitor's sitting at one machine -> the tickets it was given."""
    contacts: list[Contact] = field(default_factory=list)

    def printed(self, ticket: Ticket, copy: int, machine: str, at: datetime) -> None:
        self.papers.append(Paper(ticket.id, ticket.service_day, ticket.series, ticket.label, copy, machine, at))

    def forget_untold(self, machine: str, since: datetime) -> None:
        self.untold.update(paper.ticket_id for paper in self.papers if paper.machine == machine and paper.at >= since)

    def acknowledge(self, origin: str, incarnation: str, sequence: int, by: str) -> None:
        while sequence and (key := Key(origin, incarnation, sequence)) not in self.acknowledged:
            self.acknowledged[key] = by
            sequence -= 1

    def safe_at_central(self, origin: str, incarnation: str, sequence: int, held: Callable[[], Container[Key]]) -> None:
        """`held`: asks central's disk, only where there is something new."""
        while sequence and (key := Key(origin, incarnation, sequence)) not in self.central:
            self.central.add(key)
            if key not in held():
                self.false_claims.append(key)
            sequence -= 1

    def put_back(self, lost: Collection[Key], found: Iterable[Key], elsewhere: set[Key]) -> None:
        """A disk lost some events and perhaps found others again; `elsewhere`: what all other disks hold."""
        self.denied.update(lost)
        self.destroyed.difference_update(found)
        self.destroyed.update(key for key in lost if key not in elsewhere)
