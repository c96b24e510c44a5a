"""A camera reads what lies before it: pictures of a slip, as a camera would give them."""

import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication, QImage, QTransform
from PySide6.QtMultimedia import QVideoFrame
from pytestqt.qtbot import QtBot

from kiosk.clock import FakeClock
from tests.desk_window import MORNING
from ui.desk.camera import SAME_AGAIN_S, TicketCamera, read_code

SLIPS = sorted((Path(__file__).parents[1] / "golden").rglob("*.png"))


@pytest.fixture
def slip() -> tuple[QImage, str]:
    """A golden slip that holds a code, and what it says."""
    for path in SLIPS:
        image = QImage(str(path))
        if text := read_code(image):
            return image, text
    raise AssertionError("no golden slip holds a code")


@pytest.fixture
def camera(qapp: QGuiApplication) -> Iterator[TicketCamera]:
    camera = TicketCamera(FakeClock(MORNING))
    yield camera
    camera.stop()
    camera.deleteLater()


@pytest.mark.qt_log_ignore("No RHI backend", extend=True)  # Qt on a machine without a GPU
def test_frame_of_a_slip_is_read(camera: TicketCamera, slip: tuple[QImage, str], qtbot: QtBot) -> None:
    image, text = slip
    frame = QVideoFrame(image.convertToFormat(QImage.Format.Format_RGB32))
    with qtbot.waitSignal(camera.scanned, timeout=10_000) as scanned:
        camera.take_frame(frame)
    assert scanned.args == [text]


def test_slip_held_askew_is_read(slip: tuple[QImage, str]) -> None:
    image, text = slip
    assert read_code(image.transformed(QTransform().rotate(17))) == text


def test_same_slip_is_read_once_until_it_was_away(slip: tuple[QImage, str], qtbot: QtBot) -> None:
    image, text = slip
    clock = FakeClock(MORNING)
    camera = TicketCamera(clock)
    seen: list[str] = []
    camera.scanned.connect(seen.append)
    for seconds in (0.0, 1.0, SAME_AGAIN_S + 1):
        clock.advance(timedelta(seconds=seconds))
        camera.take_picture(image)
        qtbot.waitUntil(lambda: not camera._is_reading, timeout=10_000)
    camera.stop()
    assert seen == [text, text]


def test_picture_without_a_code_says_nothing(camera: TicketCamera, qtbot: QtBot) -> None:
    seen: list[str] = []
    camera.scanned.connect(seen.append)
    blank = QImage(640, 480, QImage.Format.Format_RGB32)
    blank.fill(0xFFFFFFFF)
    camera.take_picture(blank)
    qtbot.waitUntil(lambda: not camera._is_reading, timeout=10_000)
    assert seen == []


@pytest.mark.qt_log_ignore("Couldn't (load|resolve)", extend=True)  # what FFmpeg could have used
def test_missing_camera_is_named_in_the_log(camera: TicketCamera, expected_logs: object) -> None:
    assert callable(expected_logs)
    expected_logs("camera_missing")
    assert camera.start("no such camera") is False


def test_desk_without_a_sound_system_says_that_its_camera_is_missing(
    camera: TicketCamera, expected_logs: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Qt Multimedia links to it: a desk without one is served by scanner, and starts all the same."""
    assert callable(expected_logs)
    expected_logs("camera_missing")
    monkeypatch.setitem(sys.modules, "PySide6.QtMultimedia", None)
    assert camera.start("auto") is False
