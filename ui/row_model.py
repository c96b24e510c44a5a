"""A list for QML over a tuple of frozen rows."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from PySide6.QtCore import QAbstractListModel, QByteArray, QModelIndex, QObject, QPersistentModelIndex, Qt

from ui.qml_names import camel_case

QML_IMPORT_NAME = "Giliran"
QML_IMPORT_MAJOR_VERSION = 1

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class RowModel(QAbstractListModel):
    """Rows are frozen dataclasses of one type whose first field is the key; its fields are the roles, in camelCase."""

    def __init__(self, row_type: type[Any], parent: QObject) -> None:
        super().__init__(parent)
        self._rows: tuple[Any, ...] = ()
        self._names = tuple(field.name for field in fields(row_type))

    @property
    def rows(self) -> tuple[Any, ...]:
        return self._rows

    def set_rows(self, rows: Sequence[Any]) -> None:
        """Where the same keys stand in the same order, only changed rows are told, so that a list keeps its place."""
        new, old = tuple(rows), self._rows
        if new == old:
            return
        if [self._key(row) for row in new] == [self._key(row) for row in old]:
            self._rows = new
            for number, (before, after) in enumerate(zip(old, new, strict=True)):
                if before != after:
                    self.dataChanged.emit(self.index(number), self.index(number))
            return
        self.beginResetModel()
        self._rows = new
        self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        place = role - Qt.ItemDataRole.UserRole
        if not index.isValid() or not 0 <= place < len(self._names):
            return None
        return getattr(self._rows[index.row()], self._names[place])

    def roleNames(self) -> dict[int, QByteArray]:
        return {
            Qt.ItemDataRole.UserRole + place: QByteArray(camel_case(name).encode())
            for place, name in enumerate(self._names)
        }

    def _key(self, row: Any) -> Any:
        return getattr(row, self._names[0])
