"""The kiosk's own log, as a conversation sees it: through the store's writer, so that no visitor waits for it."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from sqlite_utils import Database

from kiosk.domain.events import StoredEvent
from kiosk.store import log
from kiosk.store.database import transaction
from kiosk.store.writer import Store
from kiosk.sync.outgoing_log import Survey

T = TypeVar("T")


class KioskLog:
    """An OutgoingLog. A store whose `submit` answers at once never makes it wait."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._epoch: int | None = None

    @property
    def origin(self) -> str:
        return self._store.node.origin

    async def survey(self) -> Survey:
        heads, acknowledged = await self._ask(lambda db: (log.heads(db), log.acknowledged(db, "site")))
        return Survey(heads, acknowledged, server_epoch=self._epoch)

    async def unsent(self) -> Sequence[str]:
        return await self._ask(lambda db: log.unsent(db, "site"))

    async def read_after(
        self, incarnation: str, sequence: int, max_events: int, max_bytes: int
    ) -> Sequence[StoredEvent]:
        return await self._ask(lambda db: log.read_after(db, incarnation, sequence, max_events, max_bytes))

    async def believe(
        self, acknowledged: Mapping[str, int], retracted: Mapping[str, int], central: Mapping[str, int]
    ) -> None:
        def write(db: Database) -> None:
            with transaction(db):
                for incarnation, sequence in acknowledged.items():
                    log.acknowledge(db, incarnation, sequence, "site")
                for incarnation, sequence in retracted.items():
                    log.retract(db, incarnation, sequence, "site")
                for incarnation, sequence in central.items():
                    log.acknowledge(db, incarnation, sequence, "central")
                    log.retract(db, incarnation, sequence, "central")

        if acknowledged or retracted or central:
            await self._ask(write)

    async def hear_epoch(self, server_epoch: int) -> None:
        self._epoch = max(server_epoch, self._epoch or 0)

    async def lose(self, *, has_twin: bool) -> None:
        """What this kiosk may have said of numbers since is not known here."""

    async def take_back(self, incarnation: str, after: int, events: Sequence[bytes]) -> str | None:
        return "The server holds events of this kiosk that are not here: its disk was restored or cloned."

    async def _ask(self, work: Callable[[Database], T]) -> T:
        answer = self._store.submit(work)
        return answer.result() if answer.done() else await asyncio.wrap_future(answer)
