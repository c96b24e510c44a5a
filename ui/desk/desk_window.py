"""The officer's window on the screen: an ordinary one, or a strip that leaves the agency's own application usable."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtQuick import QQuickWindow

from kiosk.desk.config import Edge
from ui.desk.commands import Command, command_of

SIZE: Final = QSize(1366, 768)
STRIP_HEIGHT: Final = 80
_STRIP_FLAGS: Final = Qt.WindowType.Window | Qt.WindowType.WindowStaysOnTopHint | Qt.WindowType.FramelessWindowHint
_SIGNS_OF_LIFE: Final = frozenset({QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin, QEvent.Type.KeyPress})


def strip_geometry(available: QRect, edge: Edge) -> QRect:
    """The whole width of what the screen's own bars leave free, at its top or bottom."""
    top = available.top() if edge is Edge.TOP else available.bottom() + 1 - STRIP_HEIGHT
    return QRect(available.left(), top, available.width(), STRIP_HEIGHT)


def dress(window: QQuickWindow, edge: Edge, *, is_strip: bool) -> None:
    """Frame, place and size. A window on show is hidden for it: window systems take no other frame while it stands."""
    was_visible = window.isVisible()
    window.hide()
    if is_strip:
        window.setFlags(_STRIP_FLAGS)
        window.setGeometry(strip_geometry(window.screen().availableGeometry(), edge))
    else:
        window.setFlags(Qt.WindowType.Window)
        available = window.screen().availableGeometry()
        window.setGeometry(QRect(available.topLeft(), SIZE.boundedTo(available.size())))
    if was_visible:
        window.show()
        window.requestActivate()


def _is_call_for_help(event: QEvent) -> bool:
    if event.type() is not QEvent.Type.KeyPress or not isinstance(event, QKeyEvent) or event.isAutoRepeat():
        return False
    return command_of(event.key(), event.modifiers().value) is Command.ALARM


class WindowGuard(QObject):
    """Filters the window's events: tells of touches, asks before it closes, so that no code can close it, and keeps a
    field from what is meant whatever is open.
    """

    touched = Signal()

    def __init__(self, ask_to_close: Callable[[], bool], call_for_help: Callable[[], bool]) -> None:
        """`ask_to_close` says whether it may close at once; `call_for_help` whether it was heard."""
        super().__init__()
        self._ask_to_close = ask_to_close
        self._call_for_help = call_for_help

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind is QEvent.Type.Close and not self._ask_to_close():
            event.ignore()
            return True
        if kind in _SIGNS_OF_LIFE and not (isinstance(event, QKeyEvent) and event.isAutoRepeat()):
            self.touched.emit()
        # Ctrl and Alt write letters on some keyboards: a field would take the key before any screen hears of it.
        return _is_call_for_help(event) and self._call_for_help()
