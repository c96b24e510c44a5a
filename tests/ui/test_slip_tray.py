from collections.abc import Iterator
from pathlib import Path

import pytest
import qrcode
from PySide6.QtGui import QGuiApplication
from PySide6.QtQuick import QQuickWindow
from pytestqt.qtbot import QtBot
from shiboken6 import Shiboken

from printing.simulated import SimulatedPrinter
from ui.driver import VisitorDriver
from ui.everything import show_tray


@pytest.fixture
def held() -> list[str]:
    """What was held before the kiosk's scanner."""
    return []


@pytest.fixture
def tray(tmp_path: Path, qtbot: QtBot, held: list[str]) -> Iterator[VisitorDriver]:
    beside = QQuickWindow()
    beside.resize(540, 960)
    engine = show_tray(tmp_path, beside, held.append)
    window = engine.rootObjects()[0]
    assert isinstance(window, QQuickWindow)
    yield VisitorDriver(window)
    Shiboken.delete(engine)


def test_a_slip_appears_by_itself(tray: VisitorDriver, tmp_path: Path) -> None:
    assert any("Belum ada tiket" in text for text in tray.texts())
    SimulatedPrinter(tmp_path).feed(b"\x1b@D-001\n\x1dV\x00")
    tray.wait_until(lambda: "slip-001.png" in str(tray.named("slip").property("source").toString()), "the slip")
    assert not any("Belum ada tiket" in text for text in tray.texts())


def test_its_buttons_are_the_printers_cover_and_roll(tray: VisitorDriver, tmp_path: Path) -> None:
    def state() -> tuple[bool, bool]:
        now = SimulatedPrinter(tmp_path).state
        return now.is_cover_open, now.paper_mm > 0

    seen = [state()]
    for button in ("coverButton", "rollButton", "coverButton", "rollButton"):
        tray.touch(button)
        seen.append(state())
    assert seen == [(False, True), (True, True), (True, False), (False, False), (False, True)]


def lay_slip(tray: VisitorDriver, folder: Path) -> str:
    """The code on it."""
    code = "K1.AGOE6AABAEE5KEAAAAAQFDR5XGPV3WAY7FSAA2ZV"
    picture = qrcode.make(code)
    SimulatedPrinter(folder).feed(b"\x1b@D-001\n\x1dV\x00")
    tray.wait_until(lambda: "slip-001.png" in str(tray.named("slip").property("source").toString()), "the slip")
    with (folder / "slip-001.png").open("wb") as file:
        picture.save(file)
    return code


def test_the_code_of_the_slip_can_be_copied_for_a_desk(tray: VisitorDriver, tmp_path: Path) -> None:
    assert not tray.named("copyButton").property("enabled")
    code = lay_slip(tray, tmp_path)
    tray.touch("copyButton")
    assert QGuiApplication.clipboard().text() == code


def test_the_slip_can_be_held_before_the_kiosks_scanner(tray: VisitorDriver, tmp_path: Path, held: list[str]) -> None:
    assert not tray.named("holdButton").property("enabled")
    code = lay_slip(tray, tmp_path)
    tray.touch("holdButton")
    assert held == [code]
