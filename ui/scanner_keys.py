"""A scanner that types like a keyboard, anywhere in the window: its keys are read here and reach nothing else.

Scanners type far faster than people. Keys are held back for a moment; a burst is read as a scan, and whatever a code
may hold (Enter, Tab, Alt+F4, a web address) presses nothing. A person's typing is passed on in order.
"""

from typing import Final

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent

from kiosk.clock import Clock
from kiosk.sync.desk_wire import MOST_SCANNED

GAP_MS: Final = 50
"""The longest time between two keys of a scanner."""
SILENCE_MS: Final = 80
"""Ends a scan that no Enter has ended."""
SHORTEST: Final = 6
"""So many keys in a row at that pace are no person's."""
MACHINE_GAP_MS: Final = 15
SHORTEST_OF_MACHINE: Final = 3
"""Nor so many at this pace."""
_ENDS: Final = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab})
_MODIFIERS: Final = frozenset(
    {
        Qt.Key.Key_Shift,
        Qt.Key.Key_Control,
        Qt.Key.Key_Alt,
        Qt.Key.Key_AltGr,
        Qt.Key.Key_Meta,
        Qt.Key.Key_CapsLock,
        Qt.Key.Key_NumLock,
    }
)
_KEYS: Final = frozenset({QEvent.Type.KeyPress, QEvent.Type.KeyRelease})
_COMMANDS: Final = (
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
)


class ScannerKeys(QObject):
    """Install as the window's event filter. `scanned`: the text of one scan, as typed, at most MOST_SCANNED long.

    After a scan's end everything that still comes at the same pace is dropped: the rest of a code of several lines.
    """

    scanned = Signal(str)

    def __init__(self, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._held: list[QKeyEvent] = []
        self._presses: list[float] = []
        self._text = ""
        self._is_over = False
        self._last_dropped: float | None = None
        self._is_passing_on = False
        self._target: QObject | None = None
        self._silence = QTimer(self)
        self._silence.setSingleShot(True)
        self._silence.setTimerType(Qt.TimerType.PreciseTimer)
        self._silence.timeout.connect(self.fall_silent)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() not in _KEYS or not isinstance(event, QKeyEvent) or self._is_passing_on:
            return False
        if event.key() in _MODIFIERS:
            return False
        self._target = watched
        if event.type() is QEvent.Type.KeyRelease:
            return self._release(event)
        if event.isAutoRepeat():
            self.fall_silent()
            return False
        self._press(event)
        return True

    def _release(self, event: QKeyEvent) -> bool:
        """Of a key that is held back too, so that both stay in order."""
        if self._is_over:
            return True
        if not any(held.key() == event.key() for held in self._held):
            return False
        self._held.append(event.clone())
        return True

    def _press(self, event: QKeyEvent) -> None:
        at = event.timestamp() or self._clock.monotonic() * 1000
        if self._last_dropped is not None and 0 <= at - self._last_dropped <= GAP_MS:
            # A busy machine heard the silence before it heard this key: the key's own time says where it belongs.
            self._is_over = True
        self._last_dropped = None
        if self._presses and not 0 <= at - self._presses[-1] <= GAP_MS:
            self.fall_silent()
        self._presses.append(at)
        if self._is_over:
            self._last_dropped = at
            self._wait(SILENCE_MS)
            return
        self._held.append(event.clone())
        if event.key() in _ENDS and self._is_scan():
            self._end()
            return
        if not event.modifiers() & _COMMANDS and event.text().isprintable():
            self._text += event.text()
        self._wait(SILENCE_MS if len(self._presses) >= SHORTEST else GAP_MS)

    def _wait(self, for_ms: int) -> None:
        self._silence.start(for_ms)

    def _is_scan(self) -> bool:
        keys = len(self._presses)
        gaps = [after - before for before, after in zip(self._presses, self._presses[1:], strict=False)]
        return keys >= SHORTEST or (keys >= SHORTEST_OF_MACHINE and max(gaps) <= MACHINE_GAP_MS)

    def _end(self) -> None:
        """Told at once; what follows at this pace is no new scan."""
        text, self._text = self._text[:MOST_SCANNED], ""
        self._held.clear()
        self._is_over = True
        self._last_dropped = self._presses[-1]
        self._wait(SILENCE_MS)
        if text:
            self.scanned.emit(text)

    @Slot()
    def fall_silent(self) -> None:
        """No more keys: it was a scan, or a person."""
        self._silence.stop()
        if not self._is_over and self._held and self._is_scan():
            self._end()
            self._silence.stop()
        held, self._held = self._held, []
        self._presses.clear()
        self._text = ""
        self._is_over = False
        if self._target is not None:
            self._is_passing_on = True
            try:
                for event in held:
                    QCoreApplication.sendEvent(self._target, event)
            finally:
                self._is_passing_on = False
