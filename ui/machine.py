"""Everything of a kiosk that has no face, put together: store, identity, hall, issuing, printer, sync."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from kiosk.clock import Clock
from kiosk.config import KioskConfig
from kiosk.domain.numbering import NumbersToCome
from kiosk.domain.print_job import PrintJob
from kiosk.domain.site import shown_agencies
from kiosk.enrolment import ENROLMENT_FILE, apply, load_enrolment
from kiosk.identity import load_or_create_identity
from kiosk.issuing import Issuing
from kiosk.own_hall import load_own_hall
from kiosk.paths import make_folder
from kiosk.store.print_jobs import StoredPrintJobs
from kiosk.store.writer import Store
from kiosk.sync.status import SyncStatus
from printing.escpos_printer import EscposPrinter
from printing.profile import find_profile
from printing.slip import SlipRenderer
from printing.spooler import Spooler
from printing.status import PrinterStatus, in_one_word
from printing.transports.devices import open_device
from ui.visitor.hall import Hall, make_hall
from ui.visitor.machinery import Machinery

if TYPE_CHECKING:
    from kiosk.sync.engine import SyncEngine


def _unheard(_status: SyncStatus) -> None:
    """Of a caller who does not watch the sync."""


class Machine:
    """Opened by its constructor, which raises KioskError; `close` lets go of everything in order.

    `on_job` and `on_printer` are called on the spooler's thread, `on_sync` on the sync engine's. `sync` is None
    before `start`, and where no server is configured.
    """

    def __init__(
        self,
        config: KioskConfig,
        clock: Clock,
        on_job: Callable[[PrintJob], None],
        on_printer: Callable[[PrinterStatus], None],
        on_sync: Callable[[SyncStatus], None] = _unheard,
    ) -> None:
        make_folder(config.data_dir)
        self.enrolment = load_enrolment(config.data_dir / ENROLMENT_FILE)
        self.config = config = apply(config, self.enrolment)
        self.identity = load_or_create_identity(config.data_dir)
        self.profile = find_profile(config.printer.profile)
        printer = EscposPrinter(open_device(config.printer.device, self.profile), self.profile)
        self.store = Store.open(config.data_dir, clock, self.identity)
        try:
            self.data = load_own_hall(self.store, config, self.enrolment, self.identity, clock)
        except BaseException:
            self.store.close()
            raise
        site, catalogue = self.data.site, self.data.catalogue
        self.hall: Hall = make_hall(site, catalogue, shown_agencies(catalogue, site))
        jobs = StoredPrintJobs(self.store, clock)
        self._numbers = NumbersToCome()
        issuing = Issuing(self.store, site, catalogue, self.identity, config, clock, self._numbers)
        slips = SlipRenderer(site, catalogue, self.profile)
        on_job = self._then_sync(on_job)
        self.spooler = Spooler(printer, jobs, slips, on_job, on_printer, clock, prepare=slips.prepare)
        self.sync: SyncEngine | None = None
        self._clock = clock
        self._on_sync = on_sync
        self.machinery = Machinery(self.hall, self.store, issuing, self._wake)

    def start(self) -> None:
        self.spooler.start()
        if self.config.sync.server is not None:
            from kiosk.sync.engine import SyncEngine  # noqa: PLC0415  # 0.1 s that the first frame need not wait for

            self.sync = SyncEngine(
                self.store,
                self.identity,
                self.config.sync.server,
                self._clock,
                self._on_sync,
                site_id=self.hall.site.id,
                authority=self.config.sync.authority,
                printer=lambda: in_one_word(self.spooler.status),
            )
            self.sync.start()
            self._numbers.source = self.sync.numbers

    def close(self) -> None:
        """The slip in flight is finished first; its verdict must reach the store."""
        self.spooler.stop()
        if self.sync is not None:
            self.sync.stop()
        self.store.close()

    def _wake(self) -> None:
        """A ticket is stored: paper first, then the server."""
        self.spooler.wake()
        if self.sync is not None:
            self.sync.wake()

    def _then_sync(self, on_job: Callable[[PrintJob], None]) -> Callable[[PrintJob], None]:
        """What became of a slip is an event too."""

        def tell(job: PrintJob) -> None:
            on_job(job)
            if self.sync is not None and job.state.is_final:
                self.sync.wake()

        return tell
