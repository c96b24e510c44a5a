"""Qt, set up the same way for every window of ours."""

import os
import signal
import sys
from typing import Final

from PySide6.QtCore import QCoreApplication, QLoggingCategory, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtQuick import QQuickWindow, QSGRendererInterface

from kiosk.errors import KioskError

_DRAG_DISTANCE_PX: Final = 28
"""A trembling finger must not lose its tap to a list that thinks it scrolls."""
_UNTOLD: Final = "qt.multimedia.symbolsresolver=false\nqt.multimedia.ffmpeg.info=false"
"""Qt Multimedia names each of the sound and picture systems that a machine might have and has not, and its FFmpeg."""

_WHERE_A_SCREEN_IS_NAMED: Final = ("DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET", "QT_QPA_PLATFORM")
_NO_DISPLAY: Final = (
    "There is no display here: start this on the machine's own screen, or set DISPLAY (over ssh often DISPLAY=:0), or "
    "QT_QPA_PLATFORM=eglfs where no desktop runs."
)


class NoDisplayError(KioskError): ...


def refuse_without_display() -> None:
    """Raises `NoDisplayError` where Qt would find no screen: it would not raise, but abort the process.

    A Wayland session may leave its socket's name out; Qt then tries the usual one.
    """
    if not sys.platform.startswith("linux") or os.environ.get("XDG_SESSION_TYPE") == "wayland":
        return
    if not any(os.environ.get(name) for name in _WHERE_A_SCREEN_IS_NAMED):
        raise NoDisplayError(_NO_DISPLAY)


def qt_application() -> QGuiApplication:
    """The process's application, made on the first call.

    Drawn without the GPU everywhere: kiosks have weak ones with odd drivers, and what is tested is what runs. Raises
    `NoDisplayError` where there is no screen.
    """
    application = QGuiApplication.instance()
    if application is None:
        refuse_without_display()
        QLoggingCategory.setFilterRules(_UNTOLD)
        QQuickWindow.setGraphicsApi(QSGRendererInterface.GraphicsApi.Software)
        application = QGuiApplication(sys.argv[:1])
    if not isinstance(application, QGuiApplication):
        raise TypeError("another kind of Qt application runs in this process")
    application.setApplicationName("Giliran")
    application.setQuitOnLastWindowClosed(False)
    application.styleHints().setStartDragDistance(_DRAG_DISTANCE_PX)
    return application


def heed_signals() -> None:
    """From now on SIGTERM and SIGINT end the event loop with exit code 0.

    Not quit(): that would ask the windows, and a kiosk's never agrees to close. A signal that comes before the loop
    has begun waits for it in a timer's queue.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: QTimer.singleShot(0, lambda: QCoreApplication.exit(0)))
