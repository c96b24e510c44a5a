"""A press counts when it begins and ends on the same target, by one finger or one key."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtQml import QQmlComponent, QQmlEngine
from PySide6.QtQuick import QQuickItem, QQuickWindow
from PySide6.QtTest import QTest

from kiosk.paths import resource_path
from ui.qt_application import qt_application

TWO_BUTTONS = """
import QtQuick
import ui.components

Window {
    width: 600; height: 300; visible: true
    component Counted: PressButton {
        property int clicks: 0
        y: 20; width: 200; height: 120; text: objectName
        onClicked: clicks += 1
    }
    Counted { objectName: "left"; x: 20 }
    Counted { objectName: "right"; x: 300 }
}
"""
LEFT, RIGHT, NOWHERE = QPoint(100, 80), QPoint(400, 80), QPoint(100, 250)


class TwoButtons:
    def __init__(self, window: QQuickWindow) -> None:
        self.window = window
        self.left, self.right = (self._button(name) for name in ("left", "right"))

    def clicks(self) -> tuple[int, int]:
        return self.left.property("clicks"), self.right.property("clicks")

    def _button(self, name: str) -> QQuickItem:
        item = self.window.findChild(QQuickItem, name)
        assert isinstance(item, QQuickItem)
        return item


@pytest.fixture
def buttons() -> Iterator[TwoButtons]:
    qt_application()
    engine = QQmlEngine()
    engine.addImportPath(str(resource_path("")))
    component = QQmlComponent(engine)
    component.setData(TWO_BUTTONS.encode(), "")
    window = component.create()
    assert isinstance(window, QQuickWindow), component.errorString()
    assert QTest.qWaitForWindowExposed(window)
    yield TwoButtons(window)
    window.close()
    window.deleteLater()
    engine.deleteLater()


def test_press_and_release_on_one_target_count(buttons: TwoButtons) -> None:
    QTest.mouseClick(buttons.window, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, LEFT)
    assert buttons.clicks() == (1, 0)


@pytest.mark.parametrize("end", [RIGHT, NOWHERE])
def test_a_finger_that_slides_off_presses_nothing(buttons: TwoButtons, end: QPoint) -> None:
    QTest.mousePress(buttons.window, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, LEFT)
    QTest.mouseMove(buttons.window, end)
    QTest.mouseRelease(buttons.window, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, end)
    assert buttons.clicks() == (0, 0)


def test_a_second_finger_is_not_heard(buttons: TwoButtons) -> None:
    device = QTest.createTouchDevice()
    QTest.touchEvent(buttons.window, device).press(0, LEFT, buttons.window).commit()
    QTest.touchEvent(buttons.window, device).stationary(0).press(1, RIGHT, buttons.window).commit()
    QTest.touchEvent(buttons.window, device).stationary(0).release(1, RIGHT, buttons.window).commit()
    QTest.touchEvent(buttons.window, device).release(0, LEFT, buttons.window).commit()
    assert buttons.clicks() == (1, 0)


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_keys_press_what_has_the_focus(buttons: TwoButtons, key: Qt.Key) -> None:
    buttons.right.forceActiveFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(buttons.window, key)
    assert buttons.clicks() == (0, 1)


def test_a_key_held_while_the_focus_moves_presses_nothing(buttons: TwoButtons) -> None:
    buttons.left.forceActiveFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyPress(buttons.window, Qt.Key.Key_Space)
    buttons.right.forceActiveFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyRelease(buttons.window, Qt.Key.Key_Space)
    assert buttons.clicks() == (0, 0)
    assert not buttons.left.property("down")


def _press(buttons: TwoButtons) -> None:
    QTest.mousePress(buttons.window, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, LEFT)


def _hold(buttons: TwoButtons) -> None:
    buttons.left.forceActiveFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyPress(buttons.window, Qt.Key.Key_Space)


@pytest.mark.parametrize("begin", [_press, _hold])
def test_a_press_is_seen(buttons: TwoButtons, begin: Callable[[TwoButtons], None]) -> None:
    assert not buttons.left.property("down")
    begin(buttons)
    assert buttons.left.property("down")


def test_a_disabled_button_presses_nothing(buttons: TwoButtons) -> None:
    buttons.left.setEnabled(False)
    QTest.mouseClick(buttons.window, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, LEFT)
    assert buttons.clicks() == (0, 0)


def test_focus_by_keyboard_shows_a_ring_and_by_finger_does_not(buttons: TwoButtons) -> None:
    centre = buttons.left.mapToScene(QPointF(100, 60)).toPoint()
    QTest.mouseClick(buttons.window, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, centre)
    assert not buttons.left.property("visualFocus")
    QTest.keyClick(buttons.window, Qt.Key.Key_Tab)
    assert buttons.left.property("visualFocus") or buttons.right.property("visualFocus")
