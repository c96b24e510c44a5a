"""What the program says when it fails: a bug is logged whole, and ends the program so that its supervisor starts it
anew. PySide by itself would print a traceback and go on with half a screen.
"""

import faulthandler
import sys
import threading
from pathlib import Path
from types import TracebackType

import structlog
from PySide6.QtCore import (
    QCoreApplication,
    QMessageLogContext,
    QObject,
    QtMsgType,
    Signal,
    Slot,
    qInstallMessageHandler,
)

from kiosk.errors import StoreReadOnlyError
from kiosk.logs import configure_logging

log = structlog.get_logger(__name__)

FOUND_A_FAULT = 1


class _Undertaker(QObject):
    """Ends the event loop from whichever thread failed."""

    failed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.failed.connect(self._end)

    @Slot()
    def _end(self) -> None:
        QCoreApplication.exit(FOUND_A_FAULT)


def watch_for_failures(log_folder: Path) -> None:
    """Call once, on the UI thread, before anything that may fail."""
    _begin_logging(log_folder)
    undertaker = _Undertaker()

    def on_bug(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
        log.critical("program_failed", exc_info=(kind, error, traceback))
        undertaker.failed.emit()

    def on_bug_in_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            on_bug(args.exc_type, args.exc_value, args.exc_traceback)

    sys.excepthook = on_bug
    threading.excepthook = on_bug_in_thread
    qInstallMessageHandler(_log_qt_message)


def _begin_logging(folder: Path) -> None:
    """To the folder if it can be written, else to the console: the kiosk must start to say what is wrong."""
    try:
        configure_logging(folder)
        # Kept open for the life of the process: it is written to when Python itself can no longer run.
        faulthandler.enable((folder / "crash.txt").open("a", encoding="utf-8"))
    except (OSError, StoreReadOnlyError):
        configure_logging(None, console=True)


def _log_qt_message(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    facts = {"message": message, "category": context.category, "file": context.file, "line": context.line}
    if kind in {QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg}:
        log.debug("qt_spoke", **facts)
    elif kind is QtMsgType.QtWarningMsg:
        log.warning("qt_warned", **facts)
    else:
        log.error("qt_failed", **facts)
