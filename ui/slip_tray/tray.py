"""The simulated printer as a thing on the table: the last slip, a cover to open, a roll to take out.

Knows the printer only by its folder, as a person does: pictures that appear, and `printer.json` that may be edited.
"""

from pathlib import Path
from typing import Final

from PySide6.QtCore import Property, QObject, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QGuiApplication, QImage

from printing.simulated import SimulatedPrinter, SimulatedState
from ui.qml_type import QmlElement, QmlUncreatable

QML_IMPORT_NAME = "Giliran"
QML_IMPORT_MAJOR_VERSION = 1

_LOOK_EVERY_MS: Final = 250
_FULL_ROLL_MM: Final = SimulatedState().paper_mm


@QmlElement
@QmlUncreatable("made by the application")
class SlipTray(QObject):
    """`directory` is the folder of a `sim:` device."""

    changed = Signal()
    held = Signal(str)
    """The text of the slip's code: it is held before the kiosk's scanner."""

    def __init__(self, directory: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._directory = directory
        self._printer = SimulatedPrinter(directory)
        self._seen: tuple[int, Path | None, SimulatedState] = (0, None, self._printer.state)
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_EVERY_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    @Slot()
    def look(self) -> None:
        """See what has changed in the folder."""
        slips = self._printer.slips()
        seen = (len(slips), slips[-1] if slips else None, self._printer.state)
        if seen != self._seen:
            self._seen = seen
            self.changed.emit()

    def _slip_source(self) -> str:
        slip = self._seen[1]
        return "" if slip is None else QUrl.fromLocalFile(str(slip)).toString()

    def _slip_count(self) -> int:
        return self._seen[0]

    def _folder(self) -> str:
        return str(self._directory)

    def _is_cover_open(self) -> bool:
        return self._seen[2].is_cover_open

    def _is_out_of_paper(self) -> bool:
        return self._seen[2].paper_mm <= 0

    slipSource = Property(str, _slip_source, notify=changed)
    slipCount = Property(int, _slip_count, notify=changed)
    folder = Property(str, _folder, constant=True)
    isCoverOpen = Property(bool, _is_cover_open, notify=changed)
    isOutOfPaper = Property(bool, _is_out_of_paper, notify=changed)

    @Slot()
    def copyCode(self) -> None:
        """The text of the slip's QR code, as a scanner would type it, onto the clipboard: for a desk on this screen."""
        text = self._code()
        if text:
            QGuiApplication.clipboard().setText(text)

    @Slot()
    def holdBeforeScanner(self) -> None:
        text = self._code()
        if text:
            self.held.emit(text)

    def _code(self) -> str:
        from ui.desk.camera import read_code  # noqa: PLC0415  # the reader of codes, only for who tries it

        slip = self._seen[1]
        return "" if slip is None else read_code(QImage(str(slip)))

    @Slot()
    def toggleCover(self) -> None:
        self._printer.change(is_cover_open=not self._printer.state.is_cover_open)
        self.look()

    @Slot()
    def toggleRoll(self) -> None:
        """Take the roll out, or put a full one in."""
        self._printer.change(paper_mm=_FULL_ROLL_MM if self._printer.state.paper_mm <= 0 else 0)
        self.look()
