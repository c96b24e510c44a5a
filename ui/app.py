"""The kiosk as a program: the one place that puts machine, attendant and window together, and takes them apart."""

# Before PySide6, which puts an `import` of its own in place that takes a third longer for everything after it.
from ui.machine import Machine

# isort: split
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

import click
import structlog
from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtQml import QQmlApplicationEngine, QQmlError
from PySide6.QtQuick import QQuickWindow
from shiboken6 import Shiboken

from kiosk.clock import Clock, SystemClock
from kiosk.config import KioskConfig
from kiosk.disk_guard import DiskGuard
from kiosk.errors import KioskError, StoreLockedError, SyncError
from kiosk.lean_imports import collect_again
from kiosk.own_hall import HallMissingError
from kiosk.paths import resource_path, state_dir
from ui.components.icon_provider import PROVIDER_NAME as ICONS
from ui.components.icon_provider import IconProvider
from ui.hall_watch import HallWatch
from ui.kiosk_window import WindowGuard, fill_panel
from ui.last_words import FOUND_A_FAULT, watch_for_failures
from ui.qt_application import heed_signals, qt_application
from ui.technician.report import report, trouble_report
from ui.technician.rows import TechnicianRow
from ui.translations import Translations
from ui.visitor.attendant import Attendant
from ui.visitor.hall import nameless_hall
from ui.visitor.qr_image import PROVIDER_NAME as QR
from ui.visitor.qr_image import QrImageProvider, QrTexts
from ui.visitor.renewal import Renewal
from ui.visitor.view_model import KioskViewModel

if TYPE_CHECKING:
    from ui.scanner_keys import ScannerKeys

log = structlog.get_logger(__name__)

_BEGIN_ANEW: Final = 75
"""What the event loop ends with, and the process never."""
_LONGEST_DARK_MS: Final = 2000
"""A kiosk whose panel is off prints and syncs all the same."""


class _FromMachine(QObject):
    """Carries what the machine's threads say over to the UI thread."""

    job = Signal(object)
    printer = Signal(object)
    sync = Signal(object)
    data = Signal()


class _Beginning(QObject):
    """Calls once, however often it is told to."""

    def __init__(self, work: Callable[[], None]) -> None:
        super().__init__()
        self._work: Callable[[], None] | None = work

    @Slot()
    def begin(self) -> None:
        work, self._work = self._work, None
        if work is not None:
            work()


class KioskApplication:
    """One kiosk with its window, made on the UI thread. `show` it, run the event loop, then `close` it.

    Trouble around us at the start (no disk, broken data, another kiosk on the folder) is a screen, not a traceback:
    `trouble` then holds the error and `machine` is None. `qml_warnings`: what QML complained of; none is ever right.
    `is_closable`: only for a window on somebody's desk.
    """

    def __init__(self, config: KioskConfig, clock: Clock, *, is_closable: bool = False) -> None:
        self.config = config
        self.machine: Machine | None = None
        self.trouble: KioskError | None = None
        self.qml_warnings: list[str] = []
        self._from_machine = _FromMachine()
        self._renewal: Renewal | None = None
        self._beginning = _Beginning(self._begin)
        try:
            tell = self._from_machine
            self.machine = Machine(config, clock, tell.job.emit, tell.printer.emit, tell.sync.emit, tell.data.emit)
            self.config = self.machine.config  # as the server that let it in decided
        except KioskError as error:
            self.trouble = error
            log.error("kiosk_not_started", problem=str(error))  # noqa: TRY400  # the environment's fault has no traceback
        try:
            self._make_window(clock, is_closable=is_closable)
        except BaseException:
            # Nobody can close a kiosk that was never made, and its machine's threads would outlive the program.
            if self.machine is not None:
                self.machine.close()
            raise

    def show(self) -> None:
        """Show the window; with its first frame printer, sync and time begin, so that they do not delay it."""
        self.window.frameSwapped.connect(self._beginning.begin)
        QTimer.singleShot(_LONGEST_DARK_MS, self._beginning.begin)
        fill_panel(self.window, self.config.screen)

    def _begin(self) -> None:
        collect_again()
        if self.machine is not None:
            self.machine.start()
        self.attendant.attend()

    def close(self) -> None:
        """First who asks, then who shows, then who answers: bindings must not outlive what they are bound to."""
        if self._renewal is not None:
            self._renewal.stop()
        self.attendant.stop()
        _delete(*(() if self.scanner is None else (self.scanner,)))
        _delete(self._beginning, self.engine, self._guard, self._translations, self.view_model)
        if self.machine is not None:
            self.machine.close()
        _delete(*(() if self._renewal is None else (self._renewal,)), self.attendant, self._from_machine)

    def _make_window(self, clock: Clock, *, is_closable: bool) -> None:
        qr = QrTexts()
        self.attendant = self._attendant(clock, qr)
        self.view_model = KioskViewModel(self.attendant)
        self.engine = QQmlApplicationEngine()
        self.engine.warnings.connect(self._note)
        self.engine.addImportPath(str(resource_path("")))
        self.engine.addImageProvider(ICONS, IconProvider())
        self.engine.addImageProvider(QR, QrImageProvider(qr))
        self._translations = Translations(self.engine)
        self.view_model.languageSpoken.connect(self._translations.use)
        self._translations.use(self.view_model.view.language)
        self.engine.setInitialProperties({"kiosk": self.view_model})
        self.engine.loadFromModule("ui.visitor", "Main")
        self.window = self._loaded_window()
        self._guard = WindowGuard(is_closable=is_closable)
        self._guard.touched.connect(self.attendant.notice_touch)
        self.window.installEventFilter(self._guard)
        self.scanner = self._scanner(clock) if self.config.scanner.enabled else None
        if self.scanner is not None:
            # The filter installed last sees an event first: no key that is a scan's reaches the guard or the screens.
            self.window.installEventFilter(self.scanner)

    def _scanner(self, clock: Clock) -> "ScannerKeys":
        from ui.scanner_keys import ScannerKeys  # noqa: PLC0415  # of no use to a kiosk without a scanner

        scanner = ScannerKeys(clock)
        # Queued: what an answer draws must not make the keys that follow look late.
        scanner.scanned.connect(self.attendant.scan, Qt.ConnectionType.QueuedConnection)
        return scanner

    def _attendant(self, clock: Clock, qr: QrTexts) -> Attendant:
        if self.machine is None:
            return Attendant(nameless_hall(), None, self._report, clock, self.config, qr)
        attendant = Attendant(self.machine.hall, self.machine.machinery, self._report, clock, self.config, qr)
        self._from_machine.job.connect(attendant.on_job)
        self._from_machine.printer.connect(attendant.on_printer_status)
        self._from_machine.sync.connect(attendant.on_sync)
        self._renewal = Renewal(self.machine, attendant)
        self._from_machine.data.connect(self._renewal.on_taken)
        return attendant

    def _report(self) -> Sequence[TechnicianRow]:
        return report(self.machine) if self.machine else trouble_report(self.config, self.trouble)

    def _note(self, warnings: Sequence[QQmlError]) -> None:
        for warning in warnings:
            self.qml_warnings.append(warning.toString())
            log.error("qml_warned", message=warning.toString())

    def _loaded_window(self) -> QQuickWindow:
        roots = self.engine.rootObjects()
        if not roots or not isinstance(roots[0], QQuickWindow):
            raise RuntimeError("The screens could not be loaded:\n" + "\n".join(self.qml_warnings))
        return roots[0]


def _delete(*objects: QObject) -> None:
    for each in objects:
        Shiboken.delete(each)


def _pair_nearby(kiosk: KioskApplication) -> None:
    """A site server on this same machine learns of the kiosk by itself; elsewhere the sync status says what lacks.

    One that does not take it, because another kiosk has its number, keeps no visitor from a ticket.
    """
    machine, server = kiosk.machine, kiosk.config.sync.server
    if machine is None or machine.enrolment is not None or server is None:
        return
    from kiosk.sync.pairing import pair_on_this_machine  # noqa: PLC0415  # brings the whole HTTP client along

    try:
        site = machine.hall.site
        pair_on_this_machine(server, machine.identity, site.id, kiosk.config, site.timezone.key)
    except SyncError as error:
        log.warning("pairing_failed", server=server, problem=str(error))
        click.echo(str(error), err=True)


def run_kiosk(config: KioskConfig) -> int:
    """One kiosk until it is told to stop. The exit code is 1 after a bug, so that a supervisor starts it anew, and
    where another kiosk works in the folder: its window is not to be covered.
    """
    config = replace(config, witness_dir=config.witness_dir or state_dir())
    application = qt_application()
    heed_signals()
    watch_for_failures(config.data_dir / "logs")
    while (code := _run_once(application, config)) == _BEGIN_ANEW:
        pass
    return code


def _run_once(application: QGuiApplication, config: KioskConfig) -> int:
    """_BEGIN_ANEW where its hall has come meanwhile."""
    kiosk = KioskApplication(config, SystemClock())
    watch: HallWatch | None = None
    try:
        if kiosk.machine is not None:
            kiosk.machine.store.watch_disk(DiskGuard(config.data_dir))
        if kiosk.trouble is None and kiosk.machine is not None:
            click.echo(f"{kiosk.machine.config.name} is running; logs in {config.data_dir / 'logs'}")
        elif kiosk.trouble is not None:
            click.echo(str(kiosk.trouble), err=True)
        if isinstance(kiosk.trouble, StoreLockedError):
            return FOUND_A_FAULT
        if isinstance(kiosk.trouble, HallMissingError):
            watch = HallWatch(config, kiosk.trouble.offered, partial(application.exit, _BEGIN_ANEW))
        kiosk.show()
        # Beside the screens: a server that is slow to answer keeps nobody waiting.
        threading.Thread(target=_pair_nearby, args=(kiosk,), name="pairing", daemon=True).start()
        return application.exec()
    finally:
        if watch is not None:
            watch.stop()
            Shiboken.delete(watch)
        kiosk.close()
