"""The visit and the open question as objects for QML: each tells of a change as a whole."""

from PySide6.QtCore import Property, QObject, Signal

from ui.desk.models import ChoiceModel, RequirementModel, VisitStopModel
from ui.desk.view import DeskWindowView, DialogView, VisitPanelView
from ui.qml_type import QmlElement, QmlUncreatable

QML_IMPORT_NAME = "Giliran"
QML_IMPORT_MAJOR_VERSION = 1


@QmlElement
@QmlUncreatable("made by the application")
class VisitPanel(QObject):
    """Who is at this counter."""

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._view = VisitPanelView()
        self._stops = VisitStopModel(self)
        self._requirements = RequirementModel(self)

    def show(self, view: DeskWindowView) -> None:
        self._stops.set_rows(view.stops)
        self._requirements.set_rows(view.requirements)
        if view.visit != self._view:
            self._view = view.visit
            self.changed.emit()

    @Property(VisitStopModel, constant=True)
    def stops(self) -> VisitStopModel:
        return self._stops

    @Property(RequirementModel, constant=True)
    def requirements(self) -> RequirementModel:
        return self._requirements

    @Property(str, notify=changed)
    def label(self) -> str:
        return self._view.label

    @Property(bool, notify=changed)
    def isPriority(self) -> bool:
        return self._view.is_priority

    @Property(bool, notify=changed)
    def isServing(self) -> bool:
        return self._view.is_serving

    @Property(bool, notify=changed)
    def isOffline(self) -> bool:
        return self._view.is_offline

    @Property(str, notify=changed)
    def stateText(self) -> str:
        return self._view.state_text

    @Property(int, notify=changed)
    def stateTone(self) -> int:
        return self._view.state_tone

    @Property(str, notify=changed)
    def service(self) -> str:
        return self._view.service

    @Property(str, notify=changed)
    def agency(self) -> str:
        return self._view.agency

    @Property(str, notify=changed)
    def timerText(self) -> str:
        return self._view.timer_text

    @Property(str, notify=changed)
    def timerCaption(self) -> str:
        return self._view.timer_caption

    @Property(str, notify=changed)
    def waitedText(self) -> str:
        return self._view.waited_text

    @Property(str, notify=changed)
    def promiseText(self) -> str:
        return self._view.promise_text

    @Property(bool, notify=changed)
    def isLate(self) -> bool:
        return self._view.is_late

    @Property(str, notify=changed)
    def languageText(self) -> str:
        return self._view.language_text

    @Property(str, notify=changed)
    def nextText(self) -> str:
        return self._view.next_text

    @Property(str, notify=changed)
    def note(self) -> str:
        return self._view.note

    @Property(str, notify=changed)
    def conflictText(self) -> str:
        return self._view.conflict_text

    @Property(str, notify=changed)
    def heading(self) -> str:
        return self._view.heading

    @Property(str, notify=changed)
    def text(self) -> str:
        return self._view.text

    @Property(str, notify=changed)
    def icon(self) -> str:
        return self._view.icon


@QmlElement
@QmlUncreatable("made by the application")
class DeskQuestion(QObject):
    """The question that is open, if one is."""

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._view = DialogView()
        self._choices = ChoiceModel(self)

    def show(self, view: DialogView) -> None:
        if view.name:  # a list that goes away with its question must not be emptied under its feet
            self._choices.set_rows(view.choices)
        if view != self._view:
            self._view = view
            self.changed.emit()

    @Property(ChoiceModel, constant=True)
    def choices(self) -> ChoiceModel:
        return self._choices

    @Property(str, notify=changed)
    def name(self) -> str:
        return self._view.name

    @Property(str, notify=changed)
    def title(self) -> str:
        return self._view.title

    @Property(str, notify=changed)
    def text(self) -> str:
        return self._view.text

    @Property(bool, notify=changed)
    def hasField(self) -> bool:
        return self._view.has_field

    @Property(str, notify=changed)
    def hint(self) -> str:
        return self._view.hint

    @Property(str, notify=changed)
    def initial(self) -> str:
        return self._view.initial

    @Property(int, notify=changed)
    def most(self) -> int:
        return self._view.most

    @Property(bool, notify=changed)
    def isDigits(self) -> bool:
        return self._view.is_digits

    @Property(str, notify=changed)
    def confirm(self) -> str:
        return self._view.confirm

    @Property(str, notify=changed)
    def toggle(self) -> str:
        return self._view.toggle

    @Property(bool, notify=changed)
    def isToggled(self) -> bool:
        return self._view.is_toggled
