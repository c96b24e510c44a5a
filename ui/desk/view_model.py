"""What QML reads and calls. Holds one frozen DeskWindowView and decides nothing; slots hand the intent on."""

from dataclasses import replace
from enum import IntEnum

from PySide6.QtCore import Property, QEnum, QObject, Signal, Slot

from ui.desk.attendant import DeskAttendant
from ui.desk.commands import Command
from ui.desk.details import DeskQuestion, VisitPanel
from ui.desk.models import ActionModel, HallCounterModel, HallQueueModel, LineModel
from ui.desk.situation import Question
from ui.desk.view import DeskWindowView
from ui.qml_type import QmlElement, QmlUncreatable

QML_IMPORT_NAME = "Giliran"
QML_IMPORT_MAJOR_VERSION = 1


@QmlElement
@QmlUncreatable("made by the application")
class DeskViewModel(QObject):
    @QEnum
    class Screen(IntEnum):
        Unready = 0
        SignIn = 1
        NewPin = 2
        Locked = 3
        Desk = 4
        Hall = 5

    @QEnum
    class Tone(IntEnum):
        Good = 0
        Notice = 1
        Mind = 2
        Stop = 3

    changed = Signal()
    stripChanged = Signal(bool)
    languageSpoken = Signal(str)
    """The new language's code, for whoever translates; told before QML reads any text in it."""

    def __init__(self, attendant: DeskAttendant, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._attendant = attendant
        self._view = DeskWindowView()
        self._actions = ActionModel(self)
        self._line = LineModel(self)
        self._parked = LineModel(self)
        self._missed = LineModel(self)
        self._counters = HallCounterModel(self)
        self._queues = HallQueueModel(self)
        self._visit = VisitPanel(self)
        self._question = DeskQuestion(self)
        attendant.viewChanged.connect(self._show)
        self._show(attendant.view)

    @property
    def view(self) -> DeskWindowView:
        return self._view

    @Slot(object)
    def _show(self, view: DeskWindowView) -> None:
        before, self._view = self._view, view
        if view.language != before.language:
            self.languageSpoken.emit(view.language)
        self._actions.set_rows(view.actions)
        self._line.set_rows(view.line)
        self._parked.set_rows(view.parked)
        self._missed.set_rows(view.missed)
        self._counters.set_rows(view.counters)
        self._queues.set_rows(view.queues)
        self._visit.show(view)
        self._question.show(view.dialog)
        self.changed.emit()
        if view.is_strip != before.is_strip:
            self.stripChanged.emit(view.is_strip)

    @Property(ActionModel, constant=True)
    def actions(self) -> ActionModel:
        return self._actions

    @Property(LineModel, constant=True)
    def line(self) -> LineModel:
        return self._line

    @Property(LineModel, constant=True)
    def parked(self) -> LineModel:
        return self._parked

    @Property(LineModel, constant=True)
    def missed(self) -> LineModel:
        return self._missed

    @Property(HallCounterModel, constant=True)
    def counters(self) -> HallCounterModel:
        return self._counters

    @Property(HallQueueModel, constant=True)
    def queues(self) -> HallQueueModel:
        return self._queues

    @Property(VisitPanel, constant=True)
    def visit(self) -> VisitPanel:
        return self._visit

    @Property(DeskQuestion, constant=True)
    def question(self) -> DeskQuestion:
        return self._question

    @Property(int, notify=changed)
    def screen(self) -> int:
        return self._view.screen

    @Property(str, notify=changed)
    def language(self) -> str:
        return self._view.language

    @Property(bool, notify=changed)
    def highContrast(self) -> bool:
        return self._view.high_contrast

    @Property(bool, notify=changed)
    def isBusy(self) -> bool:
        return self._view.is_busy

    @Property(bool, notify=changed)
    def isStrip(self) -> bool:
        return self._view.is_strip

    @Property(str, notify=changed)
    def siteName(self) -> str:
        return self._view.site_name

    @Property(str, notify=changed)
    def clockText(self) -> str:
        return self._view.clock_text

    @Property(str, notify=changed)
    def counterText(self) -> str:
        return self._view.counter_text

    @Property(str, notify=changed)
    def placeText(self) -> str:
        return self._view.place_text

    @Property(int, notify=changed)
    def counterState(self) -> int:
        return self._view.counter_state

    @Property(str, notify=changed)
    def counterStateText(self) -> str:
        return self._view.counter_state_text

    @Property(str, notify=changed)
    def staffText(self) -> str:
        return self._view.staff_text

    @Property(bool, notify=changed)
    def isSupervisor(self) -> bool:
        return self._view.is_supervisor

    @Property(str, notify=changed)
    def staff(self) -> str:
        return self._view.staff

    @Property(str, notify=changed)
    def counter(self) -> str:
        return self._view.counter

    @Property(str, notify=changed)
    def signInText(self) -> str:
        return self._view.sign_in_text

    @Property(int, notify=changed)
    def signInWaitS(self) -> int:
        return self._view.sign_in_wait_s

    @Property(bool, notify=changed)
    def isCutOff(self) -> bool:
        return self._view.is_cut_off

    @Property(str, notify=changed)
    def cutOffText(self) -> str:
        return self._view.cut_off_text

    @Property(str, notify=changed)
    def noticeHeading(self) -> str:
        return self._view.notice_heading

    @Property(str, notify=changed)
    def noticeText(self) -> str:
        return self._view.notice_text

    @Property(str, notify=changed)
    def alarmText(self) -> str:
        return self._view.alarm_text

    @Property(str, notify=changed)
    def toldText(self) -> str:
        return self._view.told_text

    @Property(str, notify=changed)
    def undoText(self) -> str:
        return self._view.undo_text

    @Property(int, notify=changed)
    def undoLeftS(self) -> int:
        return self._view.undo_left_s

    @Property(int, notify=changed)
    def undoTotalS(self) -> int:
        return self._view.undo_total_s

    @Property(int, notify=changed)
    def saidCount(self) -> int:
        return self._view.said_count

    @Property(str, notify=changed)
    def lineCaption(self) -> str:
        return self._view.line_caption

    @Property(int, notify=changed)
    def lineTotal(self) -> int:
        return self._view.line_total

    @Property(str, notify=changed)
    def nextLabel(self) -> str:
        return self._view.next_label

    @Property(str, notify=changed)
    def hallCaption(self) -> str:
        return self._view.hall_caption

    @Property(str, notify=changed)
    def saidHeadline(self) -> str:
        return self._view.said.headline

    @Property(str, notify=changed)
    def saidText(self) -> str:
        return self._view.said.text

    @Property(int, notify=changed)
    def saidTone(self) -> int:
        return int(self._view.said.tone)

    @Property(str, notify=changed)
    def saidSymbol(self) -> str:
        return self._view.said.symbol

    @Slot(int, int, result=bool)
    def press(self, key: int, modifiers: int) -> bool:
        return self._attendant.press(key, modifiers)

    @Slot(str)
    def doCommand(self, command: str) -> None:
        self._attendant.do(Command(command))

    @Slot()
    def dismiss(self) -> None:
        self._attendant.dismiss()

    @Slot(str)
    def scan(self, text: str) -> None:
        self._attendant.scan(text)

    @Slot(str, str, str)
    def signIn(self, staff: str, pin: str, counter: str) -> None:
        self._attendant.sign_in(staff, pin, counter)

    @Slot(str)
    def chooseNewPin(self, pin: str) -> None:
        self._attendant.choose_new_pin(pin)

    @Slot()
    def forgetSignIn(self) -> None:
        self._attendant.forget_sign_in()

    @Slot(str)
    def unlock(self, pin: str) -> None:
        self._attendant.unlock(pin)

    @Slot()
    def signOut(self) -> None:
        self._attendant.machine.sign_out()

    @Slot(int)
    def tickRequirement(self, number: int) -> None:
        self._attendant.tick_requirement(number)

    @Slot(str)
    def callRow(self, key: str) -> None:
        ticket, _, position = key.partition(":")
        self._attendant.call(ticket, int(position))

    @Slot(str)
    def typeInQuestion(self, typed: str) -> None:
        asked = self._attendant.now.asked
        if asked is not None and asked.typed != typed:
            self._attendant.change_asked(replace(asked, typed=typed))

    @Slot(bool)
    def toggleInQuestion(self, is_toggled: bool) -> None:
        asked = self._attendant.now.asked
        if asked is not None:
            self._attendant.change_asked(replace(asked, is_toggled=is_toggled))

    @Slot(str, str)
    def answer(self, key: str, typed: str) -> None:
        self._attendant.answer(key, typed)

    @Slot()
    def askHelp(self) -> None:
        self._attendant.ask(Question.HELP)

    @Slot(str)
    def askOfCounter(self, counter: str) -> None:
        self._attendant.ask(Question.HALL_COUNTER, about=counter)

    @Slot(str)
    def askOfQueue(self, queue: str) -> None:
        self._attendant.ask(Question.HALL_QUEUE, about=queue)

    @Slot()
    def askVoid(self) -> None:
        self._attendant.ask(Question.VOID)

    @Slot()
    def askUnlock(self) -> None:
        self._attendant.ask(Question.UNLOCK)
