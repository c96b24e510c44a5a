"""Where the officer's window is shown for its picture: the window, and the machine and the clock behind it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QCoreApplication, QEventLoop

from kiosk.clock import FakeClock
from kiosk.domain.scan import ScanVerdict
from kiosk.sync.desk_wire import CounterState
from tests.scripted_counter import PIN, ScriptedCounter
from ui.desk.app import DeskApplication
from ui.desk.commands import Command
from ui.driver import VisitorDriver

MORNING = datetime(2026, 11, 23, 2, 41, tzinfo=UTC)
Scene = Callable[["Stage"], None]


@dataclass(frozen=True, slots=True)
class Stage:
    """One window, and the machine and the clock behind it."""

    machine: ScriptedCounter
    clock: FakeClock
    desk: DeskApplication
    driver: VisitorDriver

    def work(self, staff: str = "P-014") -> None:
        self.machine.sign_in(staff, PIN, 9)
        self.machine.set_counter(9, CounterState.OPEN)
        self.settle()

    def do(self, *commands: Command) -> None:
        for command in commands:
            self.desk.attendant.do(command)
            self.settle()

    def serve(self) -> None:
        self.work()
        self.do(Command.CALL_NEXT, Command.START)
        self.pass_time(192)

    def say(self, verdict: ScanVerdict, label: str = "D-004", **facts: object) -> None:
        self.machine.say(verdict, label, **facts)
        self.settle()

    def pass_time(self, seconds: float) -> None:
        self.clock.advance(timedelta(seconds=seconds))
        self.desk.attendant.pass_time()
        self.settle()

    def settle(self) -> None:
        for _ in range(3):
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)
