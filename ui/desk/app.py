"""The officer's window as a program: the one place that puts machine, attendant and window together."""

from collections.abc import Sequence

import structlog
from PySide6.QtCore import QCoreApplication, QObject, Qt, Slot
from PySide6.QtQml import QQmlApplicationEngine, QQmlError
from PySide6.QtQuick import QQuickWindow
from shiboken6 import Shiboken

from kiosk.clock import Clock, SystemClock
from kiosk.desk.config import DeskConfig
from kiosk.desk.state import CounterMachine
from kiosk.paths import resource_path
from ui.components.icon_provider import PROVIDER_NAME as ICONS
from ui.components.icon_provider import IconProvider
from ui.desk.attendant import DeskAttendant
from ui.desk.camera import TicketCamera
from ui.desk.commands import Command
from ui.desk.desk_window import WindowGuard, dress
from ui.desk.situation import Question
from ui.desk.sound import Sounds
from ui.desk.view_model import DeskViewModel
from ui.last_words import watch_for_failures
from ui.qt_application import heed_signals, qt_application
from ui.scanner_keys import ScannerKeys
from ui.translations import Translations

log = structlog.get_logger(__name__)


class _Dresser(QObject):
    """Gives the window its frame and place whenever it becomes a strip, or one no more."""

    def __init__(self, window: QQuickWindow, config: DeskConfig) -> None:
        super().__init__()
        self._window = window
        self._config = config

    @Slot(bool)
    def dress(self, is_strip: bool) -> None:
        dress(self._window, self._config.strip_edge, is_strip=is_strip)


class DeskApplication:
    """One officer's window over one machine, made on the UI thread. `show` it, run the event loop, then `close` it,
    which closes the machine too. `qml_warnings`: what QML complained of; none is ever right.
    """

    def __init__(self, config: DeskConfig, machine: CounterMachine, clock: Clock, *, strip: bool = False) -> None:
        self.config = config
        self.machine = machine
        self.qml_warnings: list[str] = []
        self.attendant = DeskAttendant(machine, config, clock, is_strip=strip)
        self.view_model = DeskViewModel(self.attendant)
        self.engine = QQmlApplicationEngine()
        self.engine.warnings.connect(self._note)
        self.engine.addImportPath(str(resource_path("")))
        self.engine.addImageProvider(ICONS, IconProvider())
        self._translations = Translations(self.engine)
        self.view_model.languageSpoken.connect(self._translations.use)
        self._translations.use(config.language)
        self.engine.setInitialProperties({"desk": self.view_model})
        self.engine.loadFromModule("ui.desk", "Main")
        self.window = self._loaded_window()
        self.scanner = ScannerKeys(clock)
        # Queued: what a verdict draws must not make the keys that follow look late.
        self.scanner.scanned.connect(self.attendant.scan, Qt.ConnectionType.QueuedConnection)
        self._guard = WindowGuard(self._may_close, lambda: self.attendant.do(Command.ALARM))
        self._guard.touched.connect(self.attendant.touched)
        # The filter installed last sees an event first: no key that is a scan's reaches the guard or the screens.
        self.window.installEventFilter(self._guard)
        self.window.installEventFilter(self.scanner)
        self._sounds = Sounds(is_on=config.sound)
        self.attendant.spoken.connect(self._sounds.play)
        self._dresser = _Dresser(self.window, config)
        self.view_model.stripChanged.connect(self._dresser.dress)
        self.camera: TicketCamera | None = None
        if config.camera is not None:
            self.camera = TicketCamera(clock)
            self.camera.scanned.connect(self.attendant.scan)

    def show(self) -> None:
        self.attendant.attend()
        dress(self.window, self.config.strip_edge, is_strip=self.attendant.view.is_strip)
        self.window.show()
        if self.camera is not None and self.config.camera is not None:
            self.camera.start(self.config.camera)

    def close(self) -> None:
        """First who asks, then who shows, then who answers: bindings must not outlive what they are bound to."""
        self.attendant.stop()
        if self.camera is not None:
            self.camera.stop()
            Shiboken.delete(self.camera)
        for each in (self.scanner, self._guard, self._dresser, self.engine, self._translations, self.view_model):
            Shiboken.delete(each)
        self.machine.close()
        Shiboken.delete(self._sounds)
        Shiboken.delete(self.attendant)

    def _may_close(self) -> bool:
        """Whoever is signed in is asked first."""
        if self.machine.state.person is None:
            self.attendant.quitAgreed.emit()
            return True
        if not self.machine.state.is_locked:
            self.attendant.ask(Question.QUIT)
        return False

    def _note(self, warnings: Sequence[QQmlError]) -> None:
        for warning in warnings:
            self.qml_warnings.append(warning.toString())
            log.error("qml_warned", message=warning.toString())

    def _loaded_window(self) -> QQuickWindow:
        roots = self.engine.rootObjects()
        if not roots or not isinstance(roots[0], QQuickWindow):
            raise RuntimeError("The screens could not be loaded:\n" + "\n".join(self.qml_warnings))
        return roots[0]


def run_desk(config: DeskConfig, *, strip: bool) -> int:
    """One counter until the officer closes it, or it is told to stop. The exit code is 1 after a bug."""
    from kiosk.desk.machine import open_counter_machine  # noqa: PLC0415  # brings store and HTTP client along

    application = qt_application()
    heed_signals()
    watch_for_failures(config.data_dir / "logs")
    desk = DeskApplication(config, open_counter_machine(config), SystemClock(), strip=strip)
    # Not quit(): that would ask the windows, which ask the officer.
    desk.attendant.quitAgreed.connect(lambda: QCoreApplication.exit(0))
    try:
        desk.show()
        return application.exec()
    finally:
        desk.close()
