"""Whether the server is asked for a number at all: a visitor waits for it once, the next one not any more."""

from threading import Lock
from typing import Final

import structlog

log = structlog.get_logger(__name__)

_NO_CONTACT: Final = "The server has not been heard of yet."


class Breaker:
    """Closed: ask. Open: do not even try; `reason` is a sentence for the technician. Safe to use from any thread."""

    def __init__(self) -> None:
        self.reason = _NO_CONTACT
        self._lock = Lock()
        self._troubles = 0
        self._is_given_up = False

    @property
    def is_closed(self) -> bool:
        return not self.reason

    @property
    def troubles(self) -> int:
        """How often something went wrong so far: what a good sign began with is shown to `close`."""
        return self._troubles

    def open(self, reason: str) -> None:
        with self._lock:
            self._open(reason, is_given_up=False)

    def give_up(self, reason: str) -> None:
        """The server reserves no numbers at all: stay open however well it is, until `open` tells of a trouble."""
        with self._lock:
            self._open(reason, is_given_up=True)

    def close(self, troubles: int) -> None:
        """All is well, by a sign that began after so many troubles. One that happened meanwhile is stronger."""
        with self._lock:
            if self.is_closed or self._is_given_up or troubles != self._troubles:
                return
            self.reason = ""
        log.info("shared_numbers_used")

    def _open(self, reason: str, *, is_given_up: bool) -> None:
        if self.is_closed:
            log.info("own_numbers_used", reason=reason)
        self.reason = reason
        self._troubles += 1
        self._is_given_up = is_given_up
