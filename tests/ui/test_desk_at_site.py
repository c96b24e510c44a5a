"""The officer's window over the real machine and the real server of its hall: sign in, scan, complete."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from kiosk.clock import SystemClock
from kiosk.desk.machine import DeskMachine
from kiosk.desk.state import Link
from kiosk.sync.client import Deadlines
from tests.desk_at_site import PACE, DeskSite, desk_site
from tests.paired_desk import PIN
from ui.desk.app import DeskApplication
from ui.driver import VisitorDriver
from ui.qt_application import qt_application

KEY = Qt.Key
PATIENT = replace(PACE, deeds=Deadlines(connect_s=10.0, total_s=10.0))
"""Server, machine and window share one interpreter here, and the window waits in a busy loop."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[DeskSite]:
    with desk_site(tmp_path, "P-01") as site:
        yield site


def test_slip_is_served_at_a_real_counter_and_shown_as_the_server_has_it(site: DeskSite, qapp: QGuiApplication) -> None:
    assert qt_application() is qapp
    config = replace(site.desk_config("A"), sound=False)
    queue = site.site.queue_by_code["D"]
    machine = DeskMachine(config, SystemClock(), PATIENT)
    machine.start()
    desk = DeskApplication(config, machine, SystemClock())
    driver = VisitorDriver(desk.window, timeout_s=20)
    attendant = desk.attendant

    def press(key: Qt.Key) -> None:
        QTest.keyClick(desk.window, key)
        driver.wait_until(lambda: not desk.scanner._silence.isActive(), "silence")

    def type_slowly(text: str) -> None:
        for character in text:
            QTest.keyClick(desk.window, ord(character))
            driver.wait_until(lambda: not desk.scanner._silence.isActive(), "silence")

    try:
        desk.show()
        desk.window.requestActivate()
        driver.wait_for_item("screen_SignIn")
        driver.wait_until(lambda: machine.state.link is Link.LIVE, "the server")
        driver.wait_until(lambda: driver.focused_name() == "staffField", "the first field")
        type_slowly("P-01")
        press(KEY.Key_Tab)
        type_slowly(str(queue.counters[0].number))
        press(KEY.Key_Tab)
        type_slowly(PIN)
        press(KEY.Key_Return)
        driver.wait_for_item("screen_Desk")
        press(KEY.Key_F12)
        press(KEY.Key_1)
        driver.wait_until(lambda: attendant.view.counter_state == 1, "open counter")

        ticket = site.ticket(min(queue.service_ids))
        site.tell(ticket)
        driver.wait_until(lambda: any(row.label == ticket.label for row in attendant.view.line), "the line")
        for character in ticket.token:
            QTest.keyClick(desk.window, ord(character))
        driver.wait_until(lambda: attendant.view.visit.label == ticket.label, "the visit")
        assert attendant.view.visit.is_serving
        # The stream may tell of the visit before the answer to the scan is here.
        driver.wait_until(lambda: attendant.view.said.headline == f"{ticket.label} mulai dilayani", "the verdict")
        driver.wait_until(lambda: not machine.state.busy, "an answer")
        press(KEY.Key_F5)
        driver.wait_until(lambda: not attendant.view.visit.label, "the end of the visit")
        assert machine.state.link is Link.LIVE
    finally:
        desk.close()
    assert desk.qml_warnings == []
