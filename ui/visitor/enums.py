"""The domain's values as the numbers of KioskViewModel's enums. That both agree is tested."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from kiosk.domain.availability import Closed, ClosedReason
from kiosk.domain.print_job import PrintJob, PrintState
from printing.status import Attention, NeedsAttention, PrinterStatus, Unreachable

PRINT_OUTCOME: Final[Mapping[PrintState, int]] = {
    PrintState.QUEUED: 0,
    PrintState.SENDING: 0,
    PrintState.CONFIRMED: 1,
    PrintState.UNVERIFIED: 2,
    PrintState.UNKNOWN: 3,
    PrintState.FAILED: 4,
    PrintState.EXPIRED: 5,
}
_TROUBLE: Final[Mapping[Attention, int]] = {
    Attention.NO_PAPER: 1,
    Attention.COVER_OPEN: 2,
    Attention.CUTTER: 3,
    Attention.OVERHEATED: 4,
    Attention.OTHER: 6,
}
_UNREACHABLE: Final = 5
_REASON: Final[Mapping[ClosedReason, int]] = {
    ClosedReason.FORCED_CLOSED: 1,
    ClosedReason.HOLIDAY: 2,
    ClosedReason.OUTSIDE_HOURS: 3,
    ClosedReason.FRIDAY_BREAK: 4,
    ClosedReason.CUT_OFF: 5,
    ClosedReason.QUOTA_REACHED: 6,
    ClosedReason.CLOSED_BY_HALL: 8,
}
_NOT_SERVED_HERE: Final = 7


def print_outcome(job: PrintJob | None) -> int:
    return 0 if job is None else PRINT_OUTCOME[job.state]


def printer_trouble(status: PrinterStatus) -> int:
    """0 where the printer works, or cannot say."""
    match status:
        case NeedsAttention(reason):
            return _TROUBLE[reason]
        case Unreachable():
            return _UNREACHABLE
        case _:
            return 0


def closed_reason(closed: Closed | None, *, is_served_here: bool = True) -> int:
    if not is_served_here:
        return _NOT_SERVED_HERE
    return 0 if closed is None else _REASON[closed.reason]


def part_of_day(now: datetime | None) -> int:
    """Morning to 10.59, noon to 14.59, afternoon to 17.59, then evening: when one says pagi, siang, sore, malam."""
    if now is None:
        return 0
    return sum(now.hour >= hour for hour in (11, 15, 18)) if now.hour >= 3 else 3
