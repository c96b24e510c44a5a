"""The line is back: from when on the server may be believed again."""

from collections.abc import Callable
from typing import Final

from kiosk.desk.state import Link

_SENDS_WITHIN_S: Final = 10.0


class Return:
    """The server still believes what was before the line broke: it would call whom this desk has served since. What it
    lacks is sent first; a log that it does not take holds nobody up for long.

    `monotonic`: seconds that never jump. `send`: what is not sent, at once.
    """

    def __init__(self, monotonic: Callable[[], float], send: Callable[[], None]) -> None:
        self._monotonic = monotonic
        self._send = send
        self._since: float | None = None

    def waits_for(self, link: Link, unsent: int) -> bool:
        """The server has answered. True where its word does not count yet."""
        if link is not Link.CUT_OFF or unsent == 0:
            return False
        if self._since is None:
            self._since = self._monotonic()
            self._send()
        return self._monotonic() - self._since < _SENDS_WITHIN_S

    def forget(self) -> None:
        self._since = None
