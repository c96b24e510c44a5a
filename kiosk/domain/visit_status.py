"""What a kiosk says to a visitor who holds a slip before its scanner: where every service of the visit stands.

Never a name, and nothing that the slip does not lead to: whoever holds it may know this.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kiosk.domain.ticket import StopState, Wait


class VisitVerdict(StrEnum):
    FOUND = "found"
    RETURNED = "returned"
    """A call was missed; stands in the line again, after a few others."""
    FROM_PAPER = "from_paper"
    """Cut off from the server: genuine by its signature; only what the paper says is known."""
    OTHER_DAY = "other_day"
    OTHER_SITE = "other_site"
    FORGED = "forged"
    UNKNOWN_KEY = "unknown_key"
    """Signed by a kiosk that is not in the trust list."""
    REVOKED_KEY = "revoked_key"
    UNKNOWN = "unknown"
    """Nobody holds this ticket: it was taken back."""
    UNREADABLE = "unreadable"
    """No ticket: something else was scanned, or only a part of it."""


@dataclass(frozen=True, slots=True)
class StopStatus:
    """One service. `state` is the one it was issued in where the verdict is FROM_PAPER. `ahead`: people before it,
    `wait`: until its call; None: not waiting, or not known. `counter`: what the sign says of the one where it is
    called or served (`12`; floor and zone by the site's file), None at all other times. `returned`: this scan has put
    it into the line again.
    """

    service_id: str
    state: StopState
    ahead: int | None = None
    wait: Wait | None = None
    counter: str | None = None
    returned: bool = False


@dataclass(frozen=True, slots=True)
class VisitStatus:
    """`label`, `service_day` and `stops` as far as they are known: of what is no ticket of this hall, nothing is."""

    verdict: VisitVerdict
    label: str = ""
    service_day: date | None = None
    stops: tuple[StopStatus, ...] = ()
