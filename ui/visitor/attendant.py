"""Attends one visitor after the other."""

from PySide6.QtCore import QObject, Signal

from ui.visitor.view import KioskView


class Attendant(QObject):
    viewChanged = Signal(object)

    view = KioskView()
