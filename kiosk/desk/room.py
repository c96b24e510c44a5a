"""What a desk stands on: its key, its store, the hall that was handed down, and the way upstream."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from kiosk.clock import Clock
from kiosk.data_in_force import DataInForce, DataPaths, load_in_force
from kiosk.desk.config import DeskConfig, enrolled
from kiosk.desk.paper import Known
from kiosk.desk.told_clock import ToldClock
from kiosk.domain.service_day import day_of
from kiosk.domain.trust import TrustList
from kiosk.enrolment import Enrolment
from kiosk.handed_down import HandedDown
from kiosk.identity import Identity, load_or_create_identity
from kiosk.machine_binding import bind_to_this_machine
from kiosk.paths import make_folder, resource_path
from kiosk.store.log import backlog
from kiosk.store.snapshots import TakenFile, taken
from kiosk.store.writer import Store
from kiosk.sync.client import Deadlines, SyncClient
from kiosk.sync.engine import SyncEngine
from kiosk.sync.pace import Pace
from kiosk.sync.snapshots import DEADLINES, SnapshotTaker
from kiosk.sync.status import SyncState, SyncStatus
from kiosk.sync.wire import SnapshotKind
from kiosk.trust_file import parse_trust_list

if TYPE_CHECKING:
    from datetime import date

_SHIPPED: Final = DataPaths(
    resource_path("assets/catalogue/mpp-jakarta.json"),
    resource_path("assets/sites/mpp-jakarta.json"),
    is_catalogue_named=False,
    is_site_named=False,
)
"""Until the server hands down the hall's own."""
_SENDS_WITHIN_S: Final = 1.5
"""An officer waits for it."""
_NO_USE: Final = frozenset({SyncState.ALARM, SyncState.REFUSED})
"""Somebody must look first; until then nothing more is sent."""


class Room:
    """Opened by `open`, which raises KioskError; `close` lets go of everything in order. Used by the desk's loop."""

    def __init__(
        self,
        config: DeskConfig,
        enrolment: Enrolment,
        identity: Identity,
        store: Store,
        clocks: tuple[Clock, ToldClock],
    ) -> None:
        self.config = config
        self.enrolment = enrolment
        self.identity = identity
        self.store = store
        self._wall, self.clock = clocks
        self.server_url = config.sync.server or enrolment.server_url
        self._handed_down = HandedDown(store, _SHIPPED, enrolment.site, enrolment.keys)
        self._engine: SyncEngine | None = None
        self._taker: SnapshotTaker | None = None
        self._trust: tuple[TakenFile, TrustList] | None = None
        self._synced = asyncio.Event()
        self._sync_state = SyncState.CONNECTING
        self.data: DataInForce | None = None

    @classmethod
    def open(cls, config: DeskConfig, clock: Clock) -> Self | None:
        """None where no server has let this desk in yet: then nothing is opened, so that `giliran enrol` may."""
        if enrolled(config)[1] is None:
            return None
        make_folder(config.data_dir)
        if config.bind_to_machine:
            bind_to_this_machine(config.data_dir)
        settled, enrolment = enrolled(config)
        if enrolment is None:
            return None
        identity = load_or_create_identity(config.data_dir)
        told = ToldClock(clock)
        room = cls(settled, enrolment, identity, Store.open(config.data_dir, told, identity), (clock, told))
        try:
            room.load()
        except BaseException:
            room.store.close()
            raise
        return room

    @property
    def folder(self) -> Path:
        return self.config.data_dir

    def load(self) -> None:
        """What is in force now. Waits for the store. Another hall than the one that let this desk in is none."""
        data = load_in_force(self.store, _SHIPPED, self.clock)
        self.data = data if data.site.id == self.enrolment.site else None

    def start(self, pace: Pace, on_status: Callable[[SyncStatus], None], on_data: Callable[[], None]) -> None:
        """What is passed in is called on other threads."""
        self._taker = SnapshotTaker(self._handed_down, lambda: self.connection(DEADLINES), on_data)
        self._engine = SyncEngine(
            self.store,
            self.identity,
            self.server_url,
            self._wall,
            on_status,
            site_id=self.enrolment.site,
            authority=self.config.sync.authority,
            pace=pace,
            on_snapshots=self._taker.offer,
            details=lambda: () if self._taker is None else self._taker.troubles,
        )
        self._taker.start()
        self._engine.start()

    def connection(self, deadlines: Deadlines) -> SyncClient:
        return SyncClient(
            self.server_url,
            self.enrolment.site,
            self.identity,
            deadlines,
            authority=self.config.sync.authority,
        )

    def wake(self) -> None:
        """Something was written."""
        if self._engine is not None:
            self._engine.wake()

    def hear_of_sync(self, status: SyncStatus) -> None:
        """How sending went, as `start` was told. On the desk's loop."""
        self._sync_state = status.state
        self._synced.set()

    async def send(self) -> int:
        """What is not sent, now. How many events are left of it when that takes too long, or can do no good."""
        self._synced.clear()
        self.wake()
        ends_at = asyncio.get_running_loop().time() + _SENDS_WITHIN_S
        while left := await self.unsent():
            try:
                async with asyncio.timeout_at(ends_at):
                    await self._synced.wait()
            except TimeoutError:
                break
            self._synced.clear()
            if self._sync_state in _NO_USE:
                return await self.unsent()
        return left

    async def unsent(self) -> int:
        """Events that the server does not have."""
        return (await asyncio.wrap_future(self.store.submit(backlog))).count

    async def known(self, day: "date | None") -> Known | None:
        """What tickets are judged by while nobody can be asked; None: the hall is not known yet."""
        data = self.data
        if data is None:
            return None
        reading = self.store.clock.read()
        by_clock = day_of(reading.at, data.site.timezone) if reading.is_trusted else None
        return Known(data.site, data.catalogue, await self._trusted(), day, by_clock)

    def close(self) -> None:
        if self._engine is not None:
            self._engine.stop()
        if self._taker is not None:
            self._taker.stop()
        self.store.close()

    async def _trusted(self) -> TrustList | None:
        """The newest list that the pinned server has sealed."""
        files = await asyncio.wrap_future(self.store.submit(lambda db: taken(db, SnapshotKind.TRUST)))
        newest = next((file for file in files if file.signer in self.enrolment.keys), None)
        if newest is None:
            return None
        if self._trust is None or self._trust[0] != newest:
            self._trust = (newest, parse_trust_list(newest.name, newest.raw))
        return self._trust[1]
