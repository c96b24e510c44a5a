"""A slip on its way to paper. Commit first, then print; nothing prints by itself after a restart."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kiosk.domain.ticket import TicketId


class PrintState(StrEnum):
    """queued -> sending -> confirmed | unverified | unknown | failed | expired (design.md, section 9)."""

    QUEUED = "queued"
    SENDING = "sending"
    CONFIRMED = "confirmed"
    """The printer itself said that the slip is complete."""
    UNVERIFIED = "unverified"
    """All bytes were taken by a printer that cannot confirm."""
    UNKNOWN = "unknown"
    """Bytes went out, and then nobody could say what became of them."""
    FAILED = "failed"
    """The slip is certainly not complete."""
    EXPIRED = "expired"
    """Never sent in time: the visitor has gone."""

    @property
    def is_final(self) -> bool:
        return self not in (PrintState.QUEUED, PrintState.SENDING)

    @property
    def is_lost(self) -> bool:
        """Certainly no slip of it came out: it may be printed again, whole and unmarked."""
        return self in (PrintState.FAILED, PrintState.EXPIRED)

    @property
    def may_be_out(self) -> bool:
        """A visitor may hold it: whatever is printed from now on is a copy."""
        return self in (PrintState.CONFIRMED, PrintState.UNVERIFIED, PrintState.UNKNOWN)


@dataclass(frozen=True, slots=True)
class PrintJob:
    """`copy` is 0 for the first slip, then 1, 2 ...: those are marked SALINAN. `detail` is for the technician."""

    id: int
    ticket_id: TicketId
    copy: int
    state: PrintState
    detail: str
    queued_at: datetime
