"""How long the screens take to draw without a GPU, on a panel of 1080x1920: scrolling, typing, changing screens.

A sample is the UI thread's own time (CPU, so that a busy machine does not blur it) from the visitor's intent to the
painted frame: bindings, layout, painting.
"""

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import thread_time
from typing import Final

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtQuick import QQuickItem

from bench.measurement import Budget, Measurement
from kiosk.clock import FakeClock
from kiosk.config import KioskConfig, PrinterConfig, ScreenConfig
from kiosk.domain.screens import Screen
from ui.app import KioskApplication
from ui.driver import VisitorDriver
from ui.qt_application import qt_application

_OPEN_HOURS: Final = datetime(2026, 11, 23, 2, 41, tzinfo=UTC)
_SMOOTH: Final = (Budget("p95", 33.0),)
_AT_ONCE: Final = (Budget("p95", 100.0),)
"""A screen that changes is one frame, not a motion: under 0.1 s it is felt as the press's own effect."""

_QUERIES: Final = ("ktp hilang", "paspor anak", "pajak motor", "bikin usaha", "akta lahir", "bpjs")
_SCROLL_STEPS: Final = 120
_ROUNDS: Final = 12


def measure() -> Sequence[Measurement]:
    with _kiosk() as (application, driver):
        frames = _Frames(application)
        return (
            Measurement("scrolling", "ms", list(_scrolling(application, driver, frames)), budgets=_SMOOTH),
            Measurement("typing", "ms", list(_typing(application, driver, frames)), budgets=_SMOOTH),
            Measurement("changing screens", "ms", list(_changing(application, driver, frames)), budgets=_AT_ONCE),
        )


class _Frames:
    def __init__(self, application: KioskApplication) -> None:
        self._window = application.window
        self._loop = QEventLoop()
        self._window.frameSwapped.connect(self._loop.quit)

    def after(self, change: Callable[[], object]) -> float:
        """Milliseconds of this thread's time until the frame that shows the change is painted."""
        began = thread_time()
        change()
        self._window.update()
        # A change that paints nothing would hang the benchmark instead of failing it.
        QTimer.singleShot(2000, self._loop, self._loop.quit)
        self._loop.exec()
        return 1000 * (thread_time() - began)


def _scrolling(application: KioskApplication, driver: VisitorDriver, frames: _Frames) -> Iterator[float]:
    application.attendant.start()
    application.attendant.open_agencies()
    driver.wait_for(Screen.AGENCIES)
    page = next(item for item in driver.items() if item.inherits("QQuickFlickable"))
    way = float(page.property("contentHeight")) - page.height()
    for step in range(_SCROLL_STEPS):
        yield frames.after(_scroll(page, way * step / _SCROLL_STEPS))
    application.attendant.go_home()


def _scroll(page: QQuickItem, to: float) -> Callable[[], object]:
    return lambda: page.setProperty("contentY", to)


def _typing(application: KioskApplication, driver: VisitorDriver, frames: _Frames) -> Iterator[float]:
    attendant = application.attendant
    attendant.open_search()
    driver.wait_for(Screen.SEARCH)
    for query in _QUERIES:
        for letter in query:
            yield frames.after(lambda letter=letter: attendant.type_text(letter))  # type: ignore[misc]
        driver.wait_until(lambda query=query: attendant.state.hits_of == query, "the answer")  # type: ignore[misc]
        attendant.clear_query()
    attendant.go_home()


def _changing(application: KioskApplication, driver: VisitorDriver, frames: _Frames) -> Iterator[float]:
    attendant = application.attendant
    driver.wait_for(Screen.HOME)
    service = attendant.hall.popular[0].id
    agency = attendant.hall.home_agencies[0].id
    changes: tuple[Callable[[], object], ...] = (
        lambda: attendant.open_service(service),
        attendant.go_home,
        lambda: attendant.open_agency(agency),
        attendant.go_home,
        attendant.open_search,
        attendant.go_home,
    )
    for _ in range(_ROUNDS):
        for change in changes:
            yield frames.after(change)
            driver.settle()


@contextmanager
def _kiosk() -> Iterator[tuple[KioskApplication, VisitorDriver]]:
    qt_application()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        config = KioskConfig(
            data_dir=data,
            printer=PrinterConfig(device=f"sim:{data / 'slips'}"),
            screen=ScreenConfig(1080, 1920, 336.0, full_screen=False, animations=False),
        )
        application = KioskApplication(config, FakeClock(_OPEN_HOURS))
        try:
            application.show()
            driver = VisitorDriver(application.window)
            driver.wait_until(lambda: bool(application.attendant.state.queues), "the hall")
            yield application, driver
        finally:
            application.close()
