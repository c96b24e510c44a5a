"""The site server as a desk asks it: one method per path of kiosk/sync/desk_wire.py. All raise SyncError."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from kiosk.errors import OfflineError
from kiosk.sync import desk_wire as wire
from kiosk.sync.client import SyncClient

AnswerT = TypeVar("AnswerT")


class DeskClient:
    """Belongs to one event loop; one call at a time."""

    def __init__(self, connection: SyncClient) -> None:
        self._connection = connection

    async def seal_key(self) -> wire.SealKey:
        return await self._connection.ask(wire.SEAL_PATH, wire.Seal(), wire.SealKey)

    async def sign_in(self, message: wire.SignIn) -> wire.SignInAnswer:
        return await self._connection.ask(wire.SIGN_IN_PATH, message, wire.SignInAnswer)

    async def sign_out(self, message: wire.SignOut) -> wire.Answer:
        return await self._connection.ask(wire.SIGN_OUT_PATH, message, wire.Answer)

    async def view(self, message: wire.View) -> wire.Answer:
        return await self._connection.ask(wire.VIEW_PATH, message, wire.Answer)

    async def act(self, message: wire.Act) -> wire.Answer:
        return await self._connection.ask(wire.ACT_PATH, message, wire.Answer)

    async def scan(self, message: wire.Scan) -> wire.ScanAnswer:
        return await self._connection.ask(wire.SCAN_PATH, message, wire.ScanAnswer)

    async def set_counter(self, message: wire.SetCounter) -> wire.Answer:
        return await self._connection.ask(wire.COUNTER_PATH, message, wire.Answer)

    async def hall(self, message: wire.View) -> wire.HallAnswer:
        return await self._connection.ask(wire.HALL_PATH, message, wire.HallAnswer)

    async def supervise(self, message: wire.Supervise) -> wire.HallAnswer:
        return await self._connection.ask(wire.SUPERVISE_PATH, message, wire.HallAnswer)


async def twice(call: Callable[[], Awaitable[AnswerT]]) -> AnswerT:
    """Once more where no answer came: what was asked has a name of its own, and is done at most once."""
    try:
        return await call()
    except OfflineError:
        return await call()
