"""The lists of the officer's window. Each row type says which roles there are (rows.py)."""

from PySide6.QtCore import QObject

from ui.desk.rows import ActionRow, ChoiceRow, CounterRow, LineItem, QueueRow, RequirementRow, StopRow
from ui.qml_type import QmlElement, QmlUncreatable
from ui.row_model import RowModel

QML_IMPORT_NAME = "Giliran"
QML_IMPORT_MAJOR_VERSION = 1


@QmlElement
@QmlUncreatable("made by the application")
class ActionModel(RowModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(ActionRow, parent)


@QmlElement
@QmlUncreatable("made by the application")
class VisitStopModel(RowModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(StopRow, parent)


@QmlElement
@QmlUncreatable("made by the application")
class RequirementModel(RowModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(RequirementRow, parent)


@QmlElement
@QmlUncreatable("made by the application")
class LineModel(RowModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(LineItem, parent)


@QmlElement
@QmlUncreatable("made by the application")
class ChoiceModel(RowModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(ChoiceRow, parent)


@QmlElement
@QmlUncreatable("made by the application")
class HallCounterModel(RowModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(CounterRow, parent)


@QmlElement
@QmlUncreatable("made by the application")
class HallQueueModel(RowModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(QueueRow, parent)
