"""Qt, set up the same way for every window of ours."""

import sys
from typing import Final

from PySide6.QtGui import QGuiApplication
from PySide6.QtQuick import QQuickWindow, QSGRendererInterface

_DRAG_DISTANCE_PX: Final = 28
"""A trembling finger must not lose its tap to a list that thinks it scrolls."""


def qt_application() -> QGuiApplication:
    """The process's application, made on the first call.

    Drawn without the GPU everywhere: kiosks have weak ones with odd drivers, and what is tested is what runs.
    """
    application = QGuiApplication.instance()
    if application is None:
        QQuickWindow.setGraphicsApi(QSGRendererInterface.GraphicsApi.Software)
        application = QGuiApplication(sys.argv[:1])
    if not isinstance(application, QGuiApplication):
        raise TypeError("another kind of Qt application runs in this process")
    application.setApplicationName("Giliran")
    application.setQuitOnLastWindowClosed(False)
    application.styleHints().setStartDragDistance(_DRAG_DISTANCE_PX)
    return application
