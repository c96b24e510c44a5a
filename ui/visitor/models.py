"""The lists that the visitor's screens show. Each row type says which roles there are (rows.py)."""

from PySide6.QtCore import QObject

from ui.qml_type import QmlElement, QmlUncreatable
from ui.row_model import RowModel
from ui.visitor.rows import AgencyRow, LifeEventRow, ServiceRow, TicketStopRow, YourStopRow

QML_IMPORT_NAME = "Giliran"
QML_IMPORT_MAJOR_VERSION = 1


@QmlElement
@QmlUncreatable("made by the application")
class ServiceListModel(RowModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(ServiceRow, parent)


@QmlElement
@QmlUncreatable("made by the application")
class AgencyListModel(RowModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(AgencyRow, parent)


@QmlElement
@QmlUncreatable("made by the application")
class LifeEventListModel(RowModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(LifeEventRow, parent)


@QmlElement
@QmlUncreatable("made by the application")
class TicketStopModel(RowModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(TicketStopRow, parent)


@QmlElement
@QmlUncreatable("made by the application")
class YourStopModel(RowModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(YourStopRow, parent)
