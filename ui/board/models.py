"""The lists of a board, for QML."""

from PySide6.QtCore import QObject

from ui.board.sight import CallRow, LastRow
from ui.qml_type import QmlElement, QmlUncreatable
from ui.row_model import RowModel

QML_IMPORT_NAME = "Giliran"
QML_IMPORT_MAJOR_VERSION = 1


@QmlElement
@QmlUncreatable("made by the application")
class CallModel(RowModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(CallRow, parent)


@QmlElement
@QmlUncreatable("made by the application")
class LastCallModel(RowModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(LastRow, parent)
