"""The technician's corner: what the machine says of itself, in groups of named values."""

from PySide6.QtCore import QObject

from ui.qml_type import QmlElement, QmlUncreatable
from ui.row_model import RowModel
from ui.technician.rows import TechnicianLine

QML_IMPORT_NAME = "Giliran"
QML_IMPORT_MAJOR_VERSION = 1


@QmlElement
@QmlUncreatable("made by the application")
class TechnicianModel(RowModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(TechnicianLine, parent)
