"""A slip held before the scanner of a window: keys as a scanner types them, and as a person does."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtQuick import QQuickWindow
from PySide6.QtTest import QTest

from ui.scanner_keys import ScannerKeys

NONE = Qt.KeyboardModifier.NoModifier
_BETWEEN_SCANS_MS = 10_000


class ScannerHand:
    """`wait_until` lets the program run. Keys carry times of their own, so that no load of the machine changes them."""

    def __init__(
        self, window: QQuickWindow, scanner: ScannerKeys | None, wait_until: Callable[[Callable[[], bool], str], None]
    ) -> None:
        self._window = window
        self._scanner = scanner
        self._wait_until = wait_until
        self._at = 10**9

    def scan(self, text: str, *ends: Qt.Key) -> None:
        """All at once, and then silence."""
        self._at += _BETWEEN_SCANS_MS
        for character in text:
            self.stroke(Qt.Key(ord(character.upper())), character)
        for end in ends:
            self.stroke(end, "\r" if end in {Qt.Key.Key_Return, Qt.Key.Key_Enter} else "")
        self.pause()

    def stroke(self, key: Qt.Key, text: str = "", modifiers: Qt.KeyboardModifier = NONE) -> None:
        """One key, 5 ms after the one before."""
        self._at += 5
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, key, modifiers, text)
            event.setTimestamp(self._at)
            QGuiApplication.sendEvent(self._window, event)

    def key(self, key: Qt.Key) -> None:
        """Of a person, who takes a breath after it."""
        QTest.keyClick(self._window, key)
        self.pause()

    def pause(self) -> None:
        scanner = self._scanner
        if scanner is not None:
            self._wait_until(lambda: not scanner._silence.isActive(), "silence")
