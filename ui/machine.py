"""Everything of a kiosk that has no face, put together: store, identity, hall, issuing, printer, sync."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from kiosk.clock import Clock
from kiosk.config import KioskConfig
from kiosk.data_in_force import DataInForce, DataPaths
from kiosk.domain.catalogue import Catalogue
from kiosk.domain.numbering import NumbersToCome
from kiosk.domain.print_job import PrintJob
from kiosk.domain.site import Site, shown_agencies
from kiosk.domain.ticket import Ticket
from kiosk.domain.visit_status import VisitStatus
from kiosk.enrolment import ENROLMENT_FILE, apply, load_enrolment
from kiosk.hall_outlook import HallOutlook
from kiosk.identity import load_or_create_identity
from kiosk.issuing import Issuing
from kiosk.machine_binding import bind_to_this_machine
from kiosk.own_hall import load_own_hall
from kiosk.paths import make_folder
from kiosk.printer_log import PrinterLog
from kiosk.store.print_jobs import StoredPrintJobs, is_printing
from kiosk.store.writer import Store
from kiosk.sync.status import SyncStatus
from kiosk.witness import Witness
from printing.kiosk_printers import Printers
from printing.noted_printer import NotedPrinter
from printing.profile import Profile
from printing.slip import SlipRenderer
from printing.spooler import Spooler
from printing.status import PrinterStatus, in_one_word
from ui.visitor.hall import Hall, make_hall
from ui.visitor.machinery import Machinery

if TYPE_CHECKING:
    from kiosk.sync.engine import SyncEngine
    from kiosk.sync.snapshots import SnapshotTaker
    from kiosk.sync.visit_wire import VisitSeen
    from kiosk.visit_look import VisitLook


def _unheard(_status: SyncStatus) -> None:
    """Of a caller who does not watch the sync."""


def _of_no_interest() -> None:
    """Of a caller whose hall stays as it is."""


@dataclass(frozen=True, slots=True)
class Workplace:
    """Everything that stands on one catalogue and one site file."""

    data: DataInForce
    hall: Hall
    machinery: Machinery
    slips: SlipRenderer


class Machine:
    """Opened by its constructor, which raises KioskError; `close` lets go of everything in order.

    `on_job` and `on_printer` are called on the spooler's thread, `on_sync` on the sync engine's. `sync` is None
    before `start`, and where no server is configured. `on_data`: the server has handed something down; then
    `look_again` on a worker thread, and `work_at`, put it in force.
    """

    def __init__(  # noqa: PLR0913, PLR0917  # all that a machine says, and to whom
        self,
        config: KioskConfig,
        clock: Clock,
        on_job: Callable[[PrintJob], None],
        on_printer: Callable[[PrinterStatus], None],
        on_sync: Callable[[SyncStatus], None] = _unheard,
        on_data: Callable[[], None] = _of_no_interest,
    ) -> None:
        make_folder(config.data_dir)
        if config.bind_to_machine:
            bind_to_this_machine(config.data_dir)
        self.enrolment = load_enrolment(config.data_dir / ENROLMENT_FILE)
        self.config = config = apply(config, self.enrolment)
        self.identity = load_or_create_identity(config.data_dir)
        self.printers = Printers(config, clock)
        witness = None if config.witness_dir is None else Witness(config.witness_dir)
        self.store = Store.open(config.data_dir, clock, self.identity, witness)
        self._clock = clock
        self._numbers = NumbersToCome()
        self.outlook = HallOutlook(clock)
        self._is_held_up = False
        try:
            self._workplace = self._equipped(self._load())
        except BaseException:
            self.store.close()
            raise
        jobs = StoredPrintJobs(self.store, clock)
        on_job = self._then_sync(on_job)
        prepare = self._workplace.slips.prepare
        printer = NotedPrinter(self.printers.printer, self._note_printers)
        self._printer_log = PrinterLog(self.store, clock)
        on_status = self._then_noted(on_printer)
        self.spooler = Spooler(printer, jobs, self._render, on_job, on_status, clock, prepare=prepare)
        self.sync: SyncEngine | None = None
        self._taker: SnapshotTaker | None = None
        self._on_sync = on_sync
        self._on_data = on_data

    @property
    def data(self) -> DataInForce:
        return self._workplace.data

    @property
    def hall(self) -> Hall:
        return self._workplace.hall

    @property
    def machinery(self) -> Machinery:
        return self._workplace.machinery

    @property
    def profile(self) -> Profile:
        """Of the first printer."""
        return self.printers.profiles[0]

    @property
    def has_more_to_come(self) -> bool:
        """Something is kept that could not come into force yet: look again later."""
        return self._is_held_up or bool(self.data.waiting_for)

    def look_again(self) -> Workplace | None:
        """What would be in force after a start now; None where nothing is new, or where a slip of what is in force
        now is still to be drawn. Waits for the store. Raises KioskError.
        """
        self._is_held_up = self.store.call(is_printing)
        if self._is_held_up:
            return None
        data = self._load()
        self._is_held_up = bool(data.waiting_for)
        now = self.data
        is_new = (data.site, data.catalogue.version) != (now.site, now.catalogue.version)
        return self._equipped(data) if is_new else None

    def work_at(self, workplace: Workplace) -> None:
        """Between two visitors."""
        self._workplace = workplace

    def start(self) -> None:
        self.spooler.start()
        if self.config.sync.server is not None:
            from kiosk.sync.engine import SyncEngine  # noqa: PLC0415  # 0.1 s that the first frame need not wait for

            self._taker = self._made_taker(self.config.sync.server)
            self.sync = SyncEngine(
                self.store,
                self.identity,
                self.config.sync.server,
                self._clock,
                self._on_sync,
                site_id=self.hall.site.id,
                authority=self.config.sync.authority,
                printer=lambda: in_one_word(self.spooler.status),
                on_snapshots=self._on_offer,
                details=self._details,
                outlook=self.outlook,
            )
            self.sync.start()
            self._numbers.source = self.sync.numbers

    def close(self) -> None:
        """The slip in flight is finished first; its verdict must reach the store."""
        self.spooler.stop()
        if self.sync is not None:
            self.sync.stop()
        if self._taker is not None:
            self._taker.stop()
        self.store.close()

    def _load(self) -> DataInForce:
        return load_own_hall(self.store, self.config, self.enrolment, self.identity, self._clock)

    def _equipped(self, data: DataInForce) -> Workplace:
        site, catalogue = data.site, data.catalogue
        hall = make_hall(site, catalogue, shown_agencies(catalogue, site))
        issuing = Issuing(
            self.store, site, catalogue, self.identity, self.config, self._clock, self._numbers, self.outlook
        )
        machinery = Machinery(
            hall, self.store, issuing, self._wake, self.printers.new_roll, self._looking_up(site, catalogue)
        )
        slips = SlipRenderer(site, catalogue, *self.printers.profiles, is_in_a_hall=issuing.is_in_a_hall)
        return Workplace(data, hall, machinery, slips)

    def _looking_up(self, site: Site, catalogue: Catalogue) -> Callable[[str], VisitStatus]:
        config, identity = self.config, self.identity

        @cache
        def look() -> "VisitLook":
            from kiosk.domain.trust import DeviceFacts  # noqa: PLC0415  # as above: for the first slip that is scanned
            from kiosk.visit_look import VisitLook  # noqa: PLC0415

            own = DeviceFacts(
                identity.device_id, "kiosk", identity.public_key, config.name, config.number, config.letter
            )
            authorities = {} if self.enrolment is None else self.enrolment.keys
            return VisitLook(self.store, site, catalogue, own, authorities, self._ask_of_visit)

        return lambda text: look().look_up(text)

    def _ask_of_visit(self, text: str) -> "VisitSeen | None":
        return None if self.sync is None else self.sync.visits.ask(text)

    def _render(self, ticket: Ticket, copy: int, profile: Profile) -> bytes:
        return self._workplace.slips(ticket, copy, profile)

    def _made_taker(self, server: str) -> "SnapshotTaker | None":
        """Only a kiosk that a code let in knows whose signature to believe."""
        enrolment = self.enrolment
        if enrolment is None:
            return None
        from kiosk.handed_down import HandedDown  # noqa: PLC0415  # as above
        from kiosk.sync.client import SyncClient  # noqa: PLC0415
        from kiosk.sync.snapshots import DEADLINES, SnapshotTaker  # noqa: PLC0415

        site, authority = enrolment.site, self.config.sync.authority
        taker = SnapshotTaker(
            HandedDown(self.store, DataPaths.of(self.config), site, enrolment.keys),
            lambda: SyncClient(server, site, self.identity, DEADLINES, authority=authority),
            self._on_data,
        )
        taker.start()
        return taker

    def _on_offer(self, versions: Mapping[str, int]) -> None:
        if self._taker is not None:
            self._taker.offer(versions)

    def _details(self) -> tuple[str, ...]:
        """What a technician far away should know of the printers and the data."""
        waiting = ", ".join(sorted(self.data.waiting_for))
        return (
            *self.printers.remarks(self.spooler.status),
            *(() if self._taker is None else self._taker.troubles),
            *(() if self.data.refused is None else (str(self.data.refused),)),
            *((f"A new site file waits for tomorrow: {waiting} on today's tickets.",) if waiting else ()),
        )

    def _wake(self) -> None:
        """A ticket is stored: paper first, then the server."""
        self.spooler.wake()
        if self.sync is not None:
            self.sync.wake()

    def _note_printers(self) -> None:
        self._printer_log.note(self.printers.facts(self.spooler.status))

    def _then_noted(self, on_printer: Callable[[PrinterStatus], None]) -> Callable[[PrinterStatus], None]:
        """A printer that the spooler puts at rest still calls itself ready."""

        def tell(status: PrinterStatus) -> None:
            self._note_printers()
            on_printer(status)

        return tell

    def _then_sync(self, on_job: Callable[[PrintJob], None]) -> Callable[[PrintJob], None]:
        """What became of a slip is an event too."""

        def tell(job: PrintJob) -> None:
            on_job(job)
            if self.sync is not None and job.state.is_final:
                self.sync.wake()

        return tell
