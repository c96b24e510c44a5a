"""The kiosk's own log, as a conversation sees it: through the store's writer, so that no visitor waits for it."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from sqlite_utils import Database

from kiosk.domain.events import StoredEvent
from kiosk.store import log, recovery, server_epochs
from kiosk.store.database import transaction
from kiosk.store.generations import distrust_own_series, forget_numbers
from kiosk.store.tickets import shared_numbers
from kiosk.store.writer import Store
from kiosk.sync.fence import is_believable, old_server
from kiosk.sync.outgoing_log import Survey
from kiosk.sync.wire import SharedNumber

T = TypeVar("T")


class KioskLog:
    """An OutgoingLog. A store whose `submit` answers at once never makes it wait."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._has_lost = False

    @property
    def origin(self) -> str:
        return self._store.node.origin

    async def survey(self) -> Survey:
        def look(db: Database) -> Survey:
            return Survey(
                log.heads(db),
                log.acknowledged(db, "site"),
                log.acknowledged(db, "central"),
                tuple(SharedNumber(service_day=day, queue=code, number=last) for day, code, last in shared_numbers(db)),
                server_epochs.server_epoch(db),
            )

        return await self._ask(look)

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
            for incarnation, sequence in acknowledged.items():
                log.acknowledge(db, incarnation, sequence, "site")
            for incarnation, sequence in retracted.items():
                log.retract(db, incarnation, sequence, "site")
            for incarnation, sequence in central.items():
                if sequence:
                    log.acknowledge(db, incarnation, sequence, "central")
                log.retract(db, incarnation, sequence, "central")

        if acknowledged or retracted or central:
            await self._in_transaction(write)

    async def hear_epoch(self, server_epoch: int) -> None:
        def keep(db: Database) -> int:
            newest = server_epochs.server_epoch(db)
            is_news = is_believable(server_epoch, newest)
            return server_epochs.remember_server_epoch(db, server_epoch) if is_news else server_epoch

        newest = await self._ask(keep)
        if server_epoch < newest:
            raise old_server(server_epoch, newest)

    async def lose(self, *, has_twin: bool) -> None:
        """Some of what this kiosk printed may be known nowhere: it counts in a series that it has not used."""
        if not self._has_lost:
            await self._in_transaction(forget_numbers)
            self._has_lost = True
        if has_twin:
            await self._in_transaction(distrust_own_series)

    async def take_back(self, incarnation: str, after: int, events: Sequence[bytes]) -> str | None:
        return await self._in_transaction(lambda db: recovery.take_back(db, self.origin, incarnation, after, events))

    async def _in_transaction(self, work: Callable[[Database], T]) -> T:
        def write(db: Database) -> T:
            with transaction(db):
                return work(db)

        return await self._ask(write)

    async def _ask(self, work: Callable[[Database], T]) -> T:
        answer = self._store.submit(work)
        return answer.result() if answer.done() else await asyncio.wrap_future(answer)
