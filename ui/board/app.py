"""The board as a program: feed, window and voice, put together and taken apart."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import click
import structlog
from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtQml import QQmlApplicationEngine, QQmlError
from PySide6.QtQuick import QQuickWindow
from shiboken6 import Shiboken

from kiosk.board_config import BoardConfig
from kiosk.board_feed import BoardFeed, BoardLink, BoardState
from kiosk.board_memory import SaidCalls
from kiosk.clock import Clock, SystemClock
from kiosk.paths import resource_path
from ui.board.announcer import Announcer, Speech
from ui.board.sight import data_age_s, server_now
from ui.board.view_model import BoardViewModel
from ui.components.icon_provider import PROVIDER_NAME as ICONS
from ui.components.icon_provider import IconProvider
from ui.last_words import watch_for_failures
from ui.qt_application import heed_signals, qt_application

log = structlog.get_logger(__name__)

WHOLE_HALL = "all"


class _FromFeed(QObject):
    """Carries what the feed's thread says over to the UI thread."""

    state = Signal(object)


class BoardApplication(QObject):
    """One board with its window, made on the UI thread. `show` it, run the event loop, then `close` it.

    `speech` None: what board.toml says, opened when the window is shown. `qml_warnings`: none is ever right.
    """

    def __init__(self, config: BoardConfig, clock: Clock | None = None, speech: Speech | None = None) -> None:
        super().__init__()
        self.config = config
        self.qml_warnings: list[str] = []
        self.announcer: Announcer | None = None
        self._clock = clock or SystemClock()
        self._speech = speech
        self._end_voice: Callable[[], None] = lambda: None
        self._memory: SaidCalls | None = None
        self._from_feed = _FromFeed()
        self._from_feed.state.connect(self.on_state)
        self.view_model = BoardViewModel(config, self._clock)
        self._feed = BoardFeed(
            config.sync, None if config.zone == WHOLE_HALL else config.zone, self._from_feed.state.emit, self._clock
        )
        self.engine = QQmlApplicationEngine()
        self.engine.warnings.connect(self._note)
        self.engine.addImportPath(str(resource_path("")))
        self.engine.addImageProvider(ICONS, IconProvider())
        self.engine.setInitialProperties({"board": self.view_model})
        self.engine.loadFromModule("ui.board", "Main")
        self.window = self._loaded_window()

    def show(self) -> None:
        screen = self.config.screen
        if screen.full_screen:
            self.window.setFlag(Qt.WindowType.FramelessWindowHint)
            self.window.setCursor(Qt.CursorShape.BlankCursor)
            self.window.showFullScreen()
        else:
            self.window.resize(screen.width_px, screen.height_px)
            self.window.show()
        self.view_model.begin()
        QTimer.singleShot(0, self, self.begin)

    @Slot()
    def begin(self) -> None:
        """Begins to hear and to speak, with the window already there."""
        speech = self._speech or self._open_voice()
        memory = self._memory = SaidCalls(self.config.data_dir)
        self.announcer = Announcer(
            speech,
            self.config.languages.each,
            self._server_now,
            self._is_heard,
            self.view_model.show_said,
            said=memory.names,
            on_said=memory.add,
        )
        self._feed.start()

    def close(self) -> None:
        self._feed.stop()
        self._end_voice()
        if self._memory is not None:
            self._memory.close()
        self.view_model.stop()
        for each in (self.engine, self.view_model, self._from_feed):
            Shiboken.delete(each)

    @Slot(object)
    def on_state(self, state: BoardState) -> None:
        before = self.view_model.state
        if state.link is BoardLink.LIVE:
            if before.link is not BoardLink.LIVE:
                log.info("board_live", server=self.config.sync.server)
        elif (state.link, state.trouble) != (before.link, before.trouble):  # also where it never was live
            log.warning("board_cut_off", server=self.config.sync.server, problem=state.trouble)
            click.echo(state.trouble, err=True)
        self.view_model.show_state(state)
        if self.announcer is None or state.view is None:
            return
        if state.link is BoardLink.LIVE:
            self.announcer.hear(state.view)
        elif data_age_s(state, self._clock.monotonic()) is not None:
            self.announcer.forget()

    def _open_voice(self) -> Speech:
        from ui.board.voice import open_voice  # noqa: PLC0415  # not needed before the window is there

        voice = open_voice(self.config, self._tell_trouble)
        self._end_voice = voice.close
        return voice

    def _tell_trouble(self, trouble: str) -> None:
        if trouble:
            log.warning("voice_troubled", problem=trouble)
            click.echo(trouble, err=True)
        self.view_model.show_trouble(trouble)

    def _server_now(self) -> datetime:
        return server_now(self.view_model.state, self._clock.monotonic()) or datetime.now(UTC)

    def _is_heard(self) -> bool:
        view = self.view_model.state.view
        if view is None:
            return False
        return self.config.voice.is_heard_at(self._server_now().astimezone(ZoneInfo(view.timezone)).time())

    def _note(self, warnings: Sequence[QQmlError]) -> None:
        for warning in warnings:
            self.qml_warnings.append(warning.toString())
            log.error("qml_warned", message=warning.toString())

    def _loaded_window(self) -> QQuickWindow:
        roots = self.engine.rootObjects()
        if not roots or not isinstance(roots[0], QQuickWindow):
            raise RuntimeError("The board could not be loaded:\n" + "\n".join(self.qml_warnings))
        return roots[0]


def run_board(config: BoardConfig) -> int:
    """One board until it is told to stop. The exit code is 1 after a bug, so that a supervisor starts it anew."""
    application = qt_application()
    heed_signals()
    watch_for_failures(config.data_dir / "logs")
    board = BoardApplication(config)
    try:
        click.echo(f"{config.name} is running; logs in {config.data_dir / 'logs'}")
        board.show()
        return application.exec()
    finally:
        board.close()
