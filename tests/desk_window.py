"""An officer's window over a scripted counter, and hands: keys at a person's pace, and a scanner's bursts."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtTest import QTest

from kiosk.clock import FakeClock
from kiosk.desk.config import DeskConfig, Edge
from kiosk.domain.language import Language
from kiosk.sync.desk_wire import CounterState
from tests.scripted_counter import PIN, ScriptedCounter
from ui.desk.app import DeskApplication
from ui.desk.view import DeskWindowView
from ui.driver import VisitorDriver
from ui.qt_application import qt_application

MORNING = datetime(2026, 11, 23, 2, 41, tzinfo=UTC)
NONE = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier


class DeskUnderTest:
    """`driver` looks at the window; nothing here calls the view model."""

    def __init__(self, application: DeskApplication, machine: ScriptedCounter, clock: FakeClock) -> None:
        self.application = application
        self.machine = machine
        self.clock = clock
        self.driver = VisitorDriver(application.window)
        self._at = 10**9

    @property
    def view(self) -> DeskWindowView:
        return self.application.attendant.view

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        """One key, and then a person's pause."""
        QTest.keyClick(self.application.window, key, modifiers)
        self.pause()

    def type(self, text: str) -> None:
        """As a person does: slower than any scanner."""
        for character in text:
            QTest.keyClick(self.application.window, ord(character))
            self.pause()

    def burst(self, text: str, *ends: Qt.Key) -> None:
        """As a scanner does: all at once. Waits until it is over."""
        self._at += 10_000
        for character in text:
            self.stroke(Qt.Key(ord(character.upper())), character)
        for end in ends:
            self.stroke(end)
        self.pause()

    def stroke(self, key: Qt.Key, text: str = "", modifiers: Qt.KeyboardModifier = NONE) -> None:
        """One key of a scanner, stamped 5 ms after the one before, however slow this machine is."""
        self._at += 5
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, key, modifiers, text)
            event.setTimestamp(self._at)
            QGuiApplication.sendEvent(self.application.window, event)

    def pause(self) -> None:
        scanner = self.application.scanner
        self.driver.wait_until(lambda: not scanner._silence.isActive(), "silence")

    def pass_time(self, seconds: float) -> None:
        self.clock.advance(timedelta(seconds=seconds))
        self.application.attendant.pass_time()

    def work(self, staff: str = "P-014") -> None:
        """Signed in, and the counter open."""
        self.machine.sign_in(staff, PIN, 9)
        self.machine.set_counter(9, CounterState.OPEN)
        self.driver.wait_for_item("screen_Strip" if self.view.is_strip else "screen_Desk")
        self.machine.asked.clear()

    def asked(self, name: str) -> list[tuple[object, ...]]:
        return [each for each in self.machine.asked if each[0] == name]

    def reads(self, name: str) -> str:
        """What stands there now."""
        self.driver.settle()
        return str(self.driver.named(name).property("text"))

    def is_shown(self, name: str) -> bool:
        self.driver.settle()
        return self.driver.find(name) is not None


StartDesk = Callable[..., DeskUnderTest]


@pytest.fixture
def start_desk(qapp: QGuiApplication) -> Iterator[StartDesk]:
    """Opens windows; takes them apart again, and sees to it that QML complained of nothing."""
    assert qt_application() is qapp
    running: list[DeskApplication] = []

    def start(
        *, strip: bool = False, language: Language = Language.INDONESIAN, edge: Edge = Edge.TOP, waiting: int = 6
    ) -> DeskUnderTest:
        clock = FakeClock(MORNING)
        machine = ScriptedCounter(clock, waiting=waiting)
        config = DeskConfig(counter=9, language=language, strip_edge=edge, sound=False)
        application = DeskApplication(config, machine, clock, strip=strip)
        running.append(application)
        application.show()
        application.window.requestActivate()
        desk = DeskUnderTest(application, machine, clock)
        desk.driver.settle()
        return desk

    yield start
    for application in running:
        application.close()
        assert application.qml_warnings == []
        assert isinstance(application.machine, ScriptedCounter)
        assert application.machine.is_closed
