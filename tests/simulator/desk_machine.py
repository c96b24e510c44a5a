"""A desk in the simulation: the product's machine, deeds, offline counter and log, on one thread and a fake disk."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Final, cast

from kiosk.clock import FakeClock
from kiosk.desk.config import DeskConfig, DeskSyncConfig
from kiosk.desk.deeds import Deeds
from kiosk.desk.machine import DeskMachine, DeskPace, Job
from kiosk.desk.room import Room
from kiosk.desk.state import DeskState, Link
from kiosk.desk.told_clock import ToldClock
from kiosk.domain.trust import TrustList
from kiosk.enrolment import Enrolment
from kiosk.errors import KioskError
from kiosk.identity import Identity
from kiosk.store.server_epochs import server_epoch
from kiosk.sync.conversation import Conversation
from kiosk.sync.desk_wire import VisitView
from kiosk.sync.engine import SyncEngine
from kiosk.sync.fence import EpochFence
from kiosk.sync.kiosk_log import KioskLog
from tests.simulator.correspondent import Correspondence, Correspondent
from tests.simulator.desk_hall import AT_HAND, PIN, officer_of
from tests.simulator.kiosk_machine import HALL, InlineStore
from tests.simulator.memory_folder import DeskDisk, Folder
from tests.simulator.network import Line, SimulatedClient, Told
from tests.simulator.stillness import at_once

_BATCHES: Final = 200
"""More than any desk ever has to send."""


class SimulatedRoom(Room):
    """What was handed down is in its hands; its one file is on the simulated disk."""

    trust: TrustList
    files: Folder
    push: Callable[[], None]

    @property
    def folder(self) -> Path:
        return cast("Path", self.files)

    async def _trusted(self) -> TrustList | None:
        return self.trust

    async def send(self) -> int:
        with suppress(KioskError):
            self.push()
        return await self.unsent()


@dataclass
class Process(Correspondence):
    """What one life of the program has in memory."""

    machine: DeskMachine
    deeds: Deeds


@dataclass(frozen=True)
class Upstream:
    """`trust`: whose tickets are believed. `told`: is given what the site says to be safe."""

    line: Line
    told: Told
    enrolment: Enrolment
    trust: TrustList


class DeskStation(Correspondent):
    """`counter`: at which its officer always sits."""

    process: Process | None

    def __init__(self, counter: int, identity: Identity, disk: DeskDisk, upstream: Upstream) -> None:
        super().__init__(f"desk-{counter}")
        self.counter = counter
        self.identity = identity
        self.disk = disk
        self.files = disk.folder
        self.line = upstream.line
        self.upstream = upstream
        self.config = DeskConfig(
            name=self.name,
            counter=counter,
            sync=DeskSyncConfig(server="http://site.invalid"),
            bind_to_machine=False,
        )
        self.process = None
        self.serves: tuple[str, int] | None = None
        """Ticket and position of whom it serves by itself; None too where that is not certain."""
        self.may_forget = False
        """Its disk was full, or was put back."""

    @property
    def officer(self) -> str:
        return officer_of(self.counter)

    @property
    def state(self) -> DeskState:
        assert self.process is not None
        return self.process.machine.state

    @property
    def is_alone(self) -> bool:
        assert self.process is not None
        return self.process.deeds._is_alone

    @property
    def is_live(self) -> bool:
        return self.process is not None and self.state.link is Link.LIVE and not self.is_alone

    @property
    def visit(self) -> VisitView | None:
        """Whoever is at this counter, as its window shows it."""
        state = self.state
        if state.offline_visit is not None or self.is_alone:
            return state.offline_visit
        return None if state.view is None else state.view.visit

    def start(self, clock: FakeClock, chance: Random) -> None:
        """Raises StoreError where the disk does not let it begin."""
        told = ToldClock(clock)
        store = InlineStore(self.disk.database, told, self.identity)
        room = SimulatedRoom(self.config, self.upstream.enrolment, self.identity, store, (clock, told))
        room.files, room.trust, room.data = self.files, self.upstream.trust, AT_HAND
        room.push = self._push
        engine = SyncEngine(
            store,
            self.identity,
            "http://site.invalid",
            clock,
            lambda _: None,
            site_id=HALL.id,
            chance=chance.random,
        )
        engine._fence.newest = store.call(server_epoch)
        for_log, for_heart = (self._client(engine._fence) for _ in range(2))
        for_deeds, for_looks = (self._client(EpochFence()) for _ in range(2))
        machine = DeskMachine(self.config, clock, DeskPace())
        machine.show(link=Link.STARTING, name=self.name)
        deeds = Deeds(machine, room, for_deeds, for_looks, clock.monotonic)
        at_once(deeds.begin())
        self.process = Process(store, engine, Conversation(for_log, KioskLog(store)), for_heart, machine, deeds)

    def _client(self, fence: EpochFence) -> SimulatedClient:
        return SimulatedClient(self.line, HALL.id, self.identity, fence, self.upstream.told)

    def _push(self) -> None:
        """As the engine's thread does when it is woken."""
        self.sync(_BATCHES)

    def do(self, job: Job) -> bool:
        """One deed, as the machine's own thread carries it out. Whether an answer came."""
        assert self.process is not None
        before = (self.state.answer_count, self.state.scan_count)
        at_once(self.process.machine._carry_out(self.process.deeds, job))
        return before != (self.state.answer_count, self.state.scan_count)

    def sign_in(self) -> None:
        self.do(lambda deeds: deeds.sign_in(self.officer, PIN, self.counter, None))

    def set_counter(self, **facts: Any) -> None:
        self.do(lambda deeds: deeds.set_counter({"counter": self.counter, "queues": None, "leaving": None} | facts))

    def look(self, tell: Callable[[str], None]) -> None:
        """As it does every few seconds, and when it hears of something."""
        assert self.process is not None
        try:
            at_once(self.process.deeds.look())
        except KioskError as error:
            tell(f"{self.name} cannot look: {error}")


def recollected(desk: DeskStation) -> list[str]:
    """What is wrong with what a desk knows after its start."""
    expected, desk.serves = desk.serves, None
    visit = desk.state.offline_visit
    found = None if visit is None else (visit.ticket, visit.position)
    if expected is None or desk.may_forget or found == expected:
        return []
    return [f"{desk.name} served {expected} when its power went, and after the start it serves {found}"]
