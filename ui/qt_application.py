"""Qt, set up the same way for every window of ours."""

import signal
import sys
from typing import Final

from PySide6.QtCore import QCoreApplication, QLoggingCategory, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtQuick import QQuickWindow, QSGRendererInterface

_DRAG_DISTANCE_PX: Final = 28
"""A trembling finger must not lose its tap to a list that thinks it scrolls."""
_UNTOLD: Final = "qt.multimedia.symbolsresolver=false\nqt.multimedia.ffmpeg.info=false"
"""Qt Multimedia names each of the sound and picture systems that a machine might have and has not, and its FFmpeg."""


def qt_application() -> QGuiApplication:
    """The process's application, made on the first call.

    Drawn without the GPU everywhere: kiosks have weak ones with odd drivers, and what is tested is what runs.
    """
    application = QGuiApplication.instance()
    if application is None:
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
