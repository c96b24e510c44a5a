"""The line is back: from when on the server may be asked again, and believed."""

from collections.abc import Callable
from typing import Final, Protocol

_SENDS_WITHIN_S: Final = 10.0


class Outgoing(Protocol):
    """What this desk has done by itself, on its way up: kiosk.desk.room.Room, seen from here. Raises StoreError."""

    async def unsent(self) -> int:
        """Events that the server does not have."""

    async def send(self) -> int:
        """Sends them at once, within moments. How many it still does not have then."""


class Return:
    """The server still believes what was before the line broke: it would call whom this desk has served since, and
    begin anew what is done. So nothing is asked of it, and nothing that it says of the hall is believed, before it has
    all that was done here. A log that it does not take holds nobody up for long: then its word counts all the same.

    `monotonic`: seconds that never jump. `look_again`: soon.
    """

    def __init__(self, monotonic: Callable[[], float], outgoing: Outgoing, look_again: Callable[[], None]) -> None:
        self._monotonic = monotonic
        self._outgoing = outgoing
        self._look_again = look_again
        self._since: float | None = None
        self._has_given_up = False

    async def may_ask(self) -> bool:
        """Before each deed, since what is asked of the server must not overtake what was done without it. Raises
        StoreError.
        """
        return await self._outgoing.unsent() == 0 or await self._outgoing.send() == 0 or self._has_given_up

    async def waits_for(self, unsent: int) -> bool:
        """The server has answered. True where its word does not count yet. `unsent`: before it was asked. Raises
        StoreError.
        """
        if unsent == 0:
            self.forget()
        if unsent == 0 or self._has_given_up:
            return False
        since = self._since = self._monotonic() if self._since is None else self._since
        if await self._outgoing.send() == 0:
            self._look_again()  # what it said is older than what it has heard by now
            return True
        self._has_given_up = self._since == since and self._monotonic() - since >= _SENDS_WITHIN_S  # or is cut again
        return not self._has_given_up

    def forget(self) -> None:
        """The line is cut, or the server has all."""
        self._since = None
        self._has_given_up = False
