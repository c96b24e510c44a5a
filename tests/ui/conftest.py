"""A real kiosk in a temporary folder: real store and catalogue, simulated printer, a clock that the test moves."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEventLoop
from PySide6.QtGui import QGuiApplication

from kiosk.clock import FakeClock
from kiosk.config import KioskConfig, PrinterConfig, ScannerConfig, ScreenConfig, SyncConfig
from kiosk.domain.screens import Screen
from kiosk.domain.visitor import Problem
from printing.simulated import SimulatedPrinter
from tests.desk_window import start_desk
from ui.app import KioskApplication
from ui.driver import VisitorDriver
from ui.qt_application import qt_application
from ui.visitor.attendant import Attendant
from ui.visitor.state import KioskState

__all__ = ["start_desk"]

MONDAY_MORNING = datetime(2026, 11, 23, 2, 41, tzinfo=UTC)
"""09.41 in Jakarta: the hall is open."""


class KioskUnderTest:
    """A running kiosk and a hand on everything around it."""

    def __init__(
        self, application: KioskApplication, clock: FakeClock, slips: Path, close: Callable[[], None] = lambda: None
    ) -> None:
        self.application = application
        self.clock = clock
        self.printer = SimulatedPrinter(slips)
        self.driver = VisitorDriver(application.window)
        self.close = close
        """Ends it, as when somebody switches it off."""

    @property
    def attendant(self) -> Attendant:
        return self.application.attendant

    @property
    def state(self) -> KioskState:
        return self.application.attendant.state

    def shows(self, *screens: Screen) -> bool:
        return self.state.screen in screens

    def seconds_warned(self) -> int | None:
        return self.state.idle_seconds_left

    def problem(self) -> Problem:
        return self.state.session.problem

    def wait_until(self, is_so: Callable[[], bool], what: str = "it") -> None:
        self.driver.wait_until(is_so, what)

    def wait_for(self, screen: Screen) -> None:
        self.driver.wait_for(screen)

    def pass_time(self, seconds: float) -> None:
        """Lets so much time pass at once, and the kiosk notice it."""
        self.clock.advance(timedelta(seconds=seconds))
        self.attendant.pass_time()

    def refresh(self) -> None:
        """Lets the kiosk look at clock, hall and printer again."""
        self.pass_time(6)
        if self.application.machine:
            self.application.machine.spooler.wake()

    def change_printer(self, **changes: float | bool) -> None:
        self.printer.change(**changes)
        self.refresh()

    def run_events(self) -> None:
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)

    def stored(self, sql: str) -> list[tuple[object, ...]]:
        assert self.application.machine is not None
        return self.application.machine.store.call(lambda db: list(db.conn.execute(sql).fetchall()))


Start = Callable[..., KioskUnderTest]


@pytest.fixture
def start(tmp_path: Path, qapp: QGuiApplication) -> Iterator[Start]:
    """Starts kiosks; takes them apart again, and sees to it that QML complained of nothing."""
    assert qt_application() is qapp
    running: list[KioskApplication] = []

    def start(
        size: tuple[int, int] = (1080, 1920),
        now: datetime = MONDAY_MORNING,
        device: str | None = None,
        fallback: str | None = None,
        server: str | None = None,
        *,
        has_scanner: bool = False,
        **printer: float | bool,
    ) -> KioskUnderTest:
        slips = tmp_path / "slips"
        width, height = size
        config = KioskConfig(
            data_dir=tmp_path / "data",
            printer=PrinterConfig(device=device or f"sim:{slips}", fallback=fallback),
            sync=SyncConfig(server),
            scanner=ScannerConfig(enabled=has_scanner),
            screen=ScreenConfig(width, height, 336.0 if width < height else 598.0, full_screen=False, animations=False),
        )
        if printer:
            SimulatedPrinter(slips).change(**printer)
        clock = FakeClock(now)
        application = KioskApplication(config, clock)
        running.append(application)
        application.show()
        kiosk = KioskUnderTest(application, clock, slips, partial(close, application))
        if application.machine:
            kiosk.wait_until(lambda: bool(kiosk.state.queues), "the hall")
        return kiosk

    def close(application: KioskApplication) -> None:
        running.remove(application)
        application.close()
        assert application.qml_warnings == []

    yield start
    for application in tuple(running):
        close(application)


@pytest.fixture
def kiosk(start: Start) -> KioskUnderTest:
    return start()
