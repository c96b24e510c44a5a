"""The technician's corner: what the machine says of itself, in groups of named values."""

from dataclasses import dataclass

from PySide6.QtCore import QObject

from ui.qml_type import QmlElement, QmlUncreatable
from ui.row_model import RowModel

QML_IMPORT_NAME = "Giliran"
QML_IMPORT_MAJOR_VERSION = 1


@dataclass(frozen=True, slots=True)
class TechnicianRow:
    """`level` is `ok`, `warning` or `error`."""

    name: str
    group: str
    value: str
    level: str = "ok"


@QmlElement
@QmlUncreatable("made by the application")
class TechnicianModel(RowModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(TechnicianRow, parent)
