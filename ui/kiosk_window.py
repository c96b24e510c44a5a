"""The kiosk's one window: it fills the panel, cannot be closed, and hears only the keys that visitors have."""

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtQuick import QQuickWindow

from kiosk.config import ScreenConfig

_KEYS: Final = frozenset(
    {
        Qt.Key.Key_Tab,
        Qt.Key.Key_Backtab,
        Qt.Key.Key_Return,
        Qt.Key.Key_Enter,
        Qt.Key.Key_Space,
        Qt.Key.Key_Left,
        Qt.Key.Key_Right,
        Qt.Key.Key_Up,
        Qt.Key.Key_Down,
        Qt.Key.Key_PageUp,
        Qt.Key.Key_PageDown,
        Qt.Key.Key_Home,
        Qt.Key.Key_End,
        Qt.Key.Key_Backspace,
        Qt.Key.Key_Escape,
    }
)
_OWN_MODIFIERS: Final = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
_SIGNS_OF_LIFE: Final = frozenset({QEvent.Type.TouchBegin, QEvent.Type.MouseButtonPress, QEvent.Type.KeyPress})
_KEY_EVENTS: Final = frozenset({QEvent.Type.KeyPress, QEvent.Type.KeyRelease, QEvent.Type.ShortcutOverride})


class WindowGuard(QObject):
    """Filters the window's events. What the operating system itself offers to visitors, only it can take away."""

    touched = Signal()
    """Somebody pressed anything, anywhere."""

    def __init__(self, *, is_closable: bool = False) -> None:
        super().__init__()
        self._is_closable = is_closable

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind is QEvent.Type.Close and not self._is_closable:
            event.ignore()
            return True
        if kind in _KEY_EVENTS and isinstance(event, QKeyEvent) and not _is_visitors_key(event):
            return True
        if kind in _SIGNS_OF_LIFE and not (isinstance(event, QKeyEvent) and event.isAutoRepeat()):
            self.touched.emit()
        return False


def fill_panel(window: QQuickWindow, config: ScreenConfig) -> None:
    if not config.full_screen:
        window.resize(config.width_px, config.height_px)
        window.show()
        return
    window.setFlag(Qt.WindowType.FramelessWindowHint)
    window.setFlag(Qt.WindowType.WindowStaysOnTopHint)
    window.setCursor(Qt.CursorShape.BlankCursor)
    window.showFullScreen()


def _is_visitors_key(event: QKeyEvent) -> bool:
    """Keys to move and press with, and plain letters for the search; never a shortcut."""
    if event.modifiers() & ~_OWN_MODIFIERS:
        return False
    return event.key() in _KEYS or (bool(event.text()) and event.text().isprintable())
