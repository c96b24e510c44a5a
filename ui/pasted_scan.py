"""For `giliran run`, where no scanner stands beside the screen: what is pasted into the kiosk's window was scanned."""

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence

from kiosk.sync.desk_wire import MOST_SCANNED


class PastedScan(QObject):
    """Install as the window's event filter, after all others: visitors have no such key. `scanned`: the clipboard."""

    scanned = Signal(str)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # Qt's signature
        if not isinstance(event, QKeyEvent) or not event.matches(QKeySequence.StandardKey.Paste):
            return False
        text = QGuiApplication.clipboard().text().strip()
        if text and event.type() is QEvent.Type.KeyPress and not event.isAutoRepeat():
            self.scanned.emit(text[:MOST_SCANNED])
        return True
