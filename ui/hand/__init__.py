"""Synthetic fingers and keys, for demonstrations, self-tests and tests."""

from PySide6.QtCore import Q_ARG, QCoreApplication, QEvent, QMetaObject, QObject, QPoint, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtQml import QQmlComponent, qmlEngine
from PySide6.QtQuick import QQuickWindow

from kiosk.paths import resource_path


class Hand:
    """Touches one window. `finger`: several may press at once. Points are in the window's pixels."""

    def __init__(self, window: QQuickWindow) -> None:
        self._window = window
        engine = qmlEngine(window)
        if engine is None:
            raise RuntimeError("only windows that QML made can be touched")
        self._component = QQmlComponent(engine, QUrl.fromLocalFile(str(resource_path("ui/hand/Hand.qml"))))
        self._hand = self._component.create()
        if not isinstance(self._hand, QObject):
            raise TypeError(self._component.errorString())

    def press(self, point: QPoint, finger: int = 0) -> None:
        self._touch("press", point, finger)

    def move(self, point: QPoint, finger: int = 0) -> None:
        self._touch("move", point, finger)

    def release(self, point: QPoint, finger: int = 0) -> None:
        self._touch("release", point, finger)

    def click(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Presses and releases a key; also in a window that has not got the keyboard, but then no shortcut hears it."""
        if QGuiApplication.focusWindow() is self._window:
            QMetaObject.invokeMethod(self._hand, "click", Q_ARG("int", key.value), Q_ARG("int", modifiers.value))
            return
        text = chr(key.value).lower() if key.value < 0x7F else ""
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QCoreApplication.sendEvent(self._window, QKeyEvent(kind, key.value, modifiers, text))

    def _touch(self, deed: str, point: QPoint, finger: int) -> None:
        QMetaObject.invokeMethod(
            self._hand,
            deed,
            Q_ARG("QQuickItem*", self._window.contentItem()),
            Q_ARG("int", finger),
            Q_ARG("double", float(point.x())),
            Q_ARG("double", float(point.y())),
        )
