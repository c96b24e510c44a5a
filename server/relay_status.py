"""What a technician sees of a site server's way to central: the same as of a kiosk's way to its site."""

import threading
from collections.abc import Callable

from kiosk.sync.status import SyncStatus

RelayStatus = SyncStatus


class RelayReport:
    """Written by the relay's thread alone, read by any. `status` None: this server has no upstream."""

    def __init__(self) -> None:
        self._status: RelayStatus | None = None
        self._told = threading.Condition()

    @property
    def status(self) -> RelayStatus | None:
        return self._status

    def tell(self, status: RelayStatus) -> None:
        with self._told:
            self._status = status
            self._told.notify_all()

    def wait_for(self, holds: Callable[[RelayStatus], bool], within_s: float) -> bool:
        """Whether the status became so in time."""
        with self._told:
            return self._told.wait_for(lambda: self._status is not None and holds(self._status), within_s)
