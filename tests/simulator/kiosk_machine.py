"""A kiosk in the simulation: the product's store, issuing, spooler and conversation, on one thread and a fake disk."""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path
from random import Random
from typing import Any, Final, TypeVar

from sqlite_utils import Database

from kiosk.clock import Clock, FakeClock
from kiosk.config import KioskConfig, SyncConfig
from kiosk.domain.print_job import PrintState
from kiosk.domain.site import Site, TimeRange
from kiosk.domain.ticket import IssueRequest, Ticket, TicketId
from kiosk.hall_outlook import HallOutlook
from kiosk.held_tickets import HeldTickets
from kiosk.identity import Identity
from kiosk.issuing import Issued, IssueRefused, Issuing
from kiosk.store.database import explained, transaction
from kiosk.store.log import append
from kiosk.store.print_jobs import StoredPrintJobs
from kiosk.store.server_epochs import server_epoch
from kiosk.store.writer import Store, begin_incarnation
from kiosk.sync.conversation import Conversation
from kiosk.sync.engine import SyncEngine
from kiosk.sync.kiosk_log import KioskLog
from kiosk.witness import Testimony, Witness
from printing.printer import Draw, PrinterReport
from printing.profile import Profile, find_profile
from printing.spooler import Spooler
from printing.status import PrinterStatus, PrintVerdict, Ready
from tests.simulator.correspondent import Correspondence, Correspondent
from tests.simulator.disks import KioskDisk
from tests.simulator.network import Line, SimulatedClient, Told
from tests.small_hall import small_catalogue, small_site

T = TypeVar("T")

ALL_DAY: Final = ((TimeRange(time(0), time(23, 59, 59)),),) * 7
HALL: Final[Site] = small_site(hours=ALL_DAY)
LETTERS: Final = "ABCDEFGHIJ"
NO_LOOP: Final[Any] = object()

Printed = Callable[[Ticket, int], None]


class InlineStore(Store):
    """The product's store without its thread: what is submitted is done before anybody can look."""

    def __init__(self, db: Database, clock: Clock, identity: Identity, witness: Witness | None = None) -> None:
        self.path = Path("simulated")
        self.held = HeldTickets(clock)
        self._db = db
        self._fatal = None
        self._witness = witness
        self._guard = None
        with explained(self.path):
            self._node, self._begun = begin_incarnation(db, clock, identity, witness)

    def submit(self, work: Callable[[Database], T]) -> "Future[T]":
        result: Future[T] = Future()
        try:
            result.set_result(self.call(work))
        except Exception as error:  # noqa: BLE001  # as the product's: every failure belongs to its caller
            result.set_exception(error)
        return result

    def call(self, work: Callable[[Database], T]) -> T:
        return self._perform(self._db, work)


class OutsideWitness(Witness):
    """The product's witness, on another disk than the kiosk's: whoever restores that one leaves this one alone."""

    def __init__(self) -> None:
        super().__init__(Path("simulated"))
        self._known: dict[str, Testimony] = {}

    def recall(self, device_id: str) -> Testimony | None:
        return self._known.get(device_id)

    def remember(self, device_id: str, testimony: Testimony) -> None:
        self._known[device_id] = testimony


_PROFILE: Final = find_profile("generic-80mm")


class PaperPrinter:
    """Puts slips out, mostly; says what became of them, mostly."""

    def __init__(self, chance: Random, on_paper: Callable[[bytes], None]) -> None:
        self._chance = chance
        self._on_paper = on_paper

    def status(self) -> PrinterStatus:
        return Ready()

    def print(self, draw: Draw, job: int) -> PrintVerdict:
        state, comes_out = self._chance.choices(
            [(PrintState.CONFIRMED, True), (PrintState.UNKNOWN, True), (PrintState.UNKNOWN, False),
             (PrintState.FAILED, False), (PrintState.UNVERIFIED, True)],
            [80, 4, 3, 6, 7],
        )[0]  # fmt: skip
        if comes_out:
            self._on_paper(draw(_PROFILE))
        return PrintVerdict(state, Ready())

    def expect_fragment(self) -> None:
        """Torn slips are another test's matter."""

    def reports(self) -> tuple[PrinterReport, ...]:
        return ()

    def close(self) -> None:
        """Nothing is held."""


@dataclass
class Process(Correspondence):
    """What one life of the program has in memory."""

    issuing: Issuing
    spooler: Spooler


class KioskMachine(Correspondent):
    process: Process | None

    def __init__(self, name: str, number: int, identity: Identity, disk: KioskDisk, line: Line, told: Told) -> None:  # noqa: PLR0917
        super().__init__(name)
        self._told = told
        self.identity = identity
        self.disk = disk
        self.line = line
        self.letter = LETTERS[number - 1]
        self.config = KioskConfig(
            name=name, number=number, letter=self.letter, sync=SyncConfig(server="http://site.invalid")
        )
        self.witness = OutsideWitness()
        self.process = None
        self.witness_told_at = datetime.min.replace(tzinfo=UTC)
        self.noted = 0
        """Position of the last event whose time of writing the harness knows."""

    def start(self, clock: FakeClock, chance: Random, on_paper: Printed) -> None:
        """Raises StoreError where the disk does not let it begin."""
        store = InlineStore(self.disk.database, clock, self.identity, self.witness)
        outlook = HallOutlook(clock)
        engine = SyncEngine(
            store,
            self.identity,
            "http://simulated.invalid",
            clock,
            lambda _: None,
            site_id=HALL.id,
            chance=chance.random,
            outlook=outlook,
        )
        engine._fence.newest = store.call(server_epoch)
        for_log, for_heart, for_numbers = (
            SimulatedClient(self.line, HALL.id, self.identity, engine._fence, self._told) for _ in range(3)
        )
        engine.numbers._client, engine.numbers._loop = for_numbers, NO_LOOP
        conversation = Conversation(for_log, KioskLog(store))
        issuing = Issuing(store, HALL, small_catalogue(), self.identity, self.config, clock, engine.numbers, outlook)
        jobs = StoredPrintJobs(store, clock)
        slips: dict[bytes, tuple[Ticket, int]] = {}

        def render(ticket: Ticket, copy: int, _: Profile) -> bytes:
            document = f"{ticket.id} {copy}".encode()
            slips[document] = (ticket, copy)
            return document

        spooler = Spooler(
            PaperPrinter(chance, lambda document: on_paper(*slips[document])),
            jobs, render, lambda _: None, lambda _: None, clock,
        )  # fmt: skip
        self.process = Process(store, engine, conversation, for_heart, issuing, spooler)
        spooler._guarded(spooler._recover)

    def issue(self, request: IssueRequest) -> Issued | IssueRefused:
        assert self.process is not None
        try:
            return self.process.issuing.issue(request)
        except IssueRefused as refused:
            return refused

    def lost_slips(self) -> tuple[TicketId, ...]:
        """Tickets whose newest slip certainly did not come out, the last one first."""
        assert self.process is not None
        rows = self.process.store.call(
            lambda db: db.conn.execute(
                "SELECT ticket_id FROM print_jobs AS slip WHERE state IN ('failed', 'expired') AND copy ="
                " (SELECT max(copy) FROM print_jobs WHERE ticket_id = slip.ticket_id) ORDER BY id DESC LIMIT 3"
            ).fetchall()
        )
        return tuple(TicketId(ticket_id) for (ticket_id,) in rows)

    def print_waiting(self) -> None:
        assert self.process is not None
        self.process.spooler._guarded(self.process.spooler._work_off)
        self.process.spooler._guarded(self.process.spooler._let_go)
        self.process.spooler._guarded(self.process.spooler._poll)

    def write(self, event_type: str) -> None:
        """An event of a type that no server knows yet."""
        assert self.process is not None
        store = self.process.store

        def work(db: Database) -> None:
            with transaction(db):
                append(db, store.node, event_type, {"ticket_id": "unheard of"})

        store.call(work)
