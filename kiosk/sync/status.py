"""What the technician sees of the way upstream."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class SyncState(StrEnum):
    CONNECTING = "connecting"
    """Just started; no answer yet."""
    ONLINE = "online"
    OFFLINE = "offline"
    """No answer, or none that makes sense. Issuing goes on; the log waits."""
    REFUSED = "refused"
    """The server answers and does not want this kiosk: not paired, revoked, or of another age. A person must act."""
    ALARM = "alarm"
    """Two histories of this kiosk exist, or the server refuses an event (the rest still syncs), or one answers that was
    replaced (nothing does). A person must look.
    """


@dataclass(frozen=True, slots=True)
class SyncStatus:
    """`oldest_unsent`: when the oldest event was written that the server does not hold. Times are aware UTC.

    `detail` is one sentence for the technician, empty while all is well. `is_believed` False: somebody answers whose
    certificate proves nothing, or the file that would prove it cannot be used. Waiting does not mend that.
    """

    state: SyncState = SyncState.CONNECTING
    last_contact: datetime | None = None
    backlog: int = 0
    oldest_unsent: datetime | None = None
    detail: str = ""
    is_believed: bool = True
