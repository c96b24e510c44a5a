"""Q8: a scanner types anywhere in the window, and nothing that a code may hold presses a key of ours."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent

from kiosk.domain.scan import ScanVerdict
from kiosk.sync.desk_wire import MOST_SCANNED
from tests.desk_window import CTRL, NONE, DeskUnderTest, StartDesk
from tests.scripted_counter import PIN
from ui.scanner_keys import GAP_MS, SHORTEST

KEY = Qt.Key
TOKEN = "K1.ABCDEFGHIJKLMNOPQRSTUVWXYZ234567D-003"


@pytest.fixture
def desk(start_desk: StartDesk) -> DeskUnderTest:
    desk = start_desk()
    desk.work()
    return desk


def stroke(desk: DeskUnderTest, key: Qt.Key, text: str, at_ms: int, modifiers: Qt.KeyboardModifier = NONE) -> None:
    """One key at a moment of its own, as the window system stamps it."""
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        event = QKeyEvent(kind, key, modifiers, text)
        event.setTimestamp(at_ms)
        QGuiApplication.sendEvent(desk.application.window, event)


@pytest.mark.parametrize("ends", [(KEY.Key_Return,), (KEY.Key_Enter,), (KEY.Key_Tab,), ()])
def test_scan_starts_the_visit_however_it_ends(desk: DeskUnderTest, ends: tuple[Qt.Key, ...]) -> None:
    desk.burst(TOKEN, *ends)
    assert desk.asked("scan") == [("scan", TOKEN)]
    assert desk.reads("visitLabel") == "D-003"
    assert desk.reads("saidHeadline") == "D-003 mulai dilayani"


def test_scan_reaches_no_field_and_no_key(desk: DeskUnderTest) -> None:
    desk.key(KEY.Key_F2)
    desk.key(KEY.Key_F11)
    desk.type("foto ")
    desk.machine.asked.clear()
    desk.burst(TOKEN, KEY.Key_Return)
    assert [each[0] for each in desk.machine.asked] == ["scan"]
    assert desk.machine.state.scan is not None
    assert desk.machine.state.scan.verdict is ScanVerdict.COUNTER_BUSY
    assert not desk.view.dialog.name  # the band tells; the note was not stored


def test_script_in_a_code_is_only_text(desk: DeskUnderTest) -> None:
    desk.burst("javascript:alert(1)//", KEY.Key_Tab, KEY.Key_Return)
    assert [each[0] for each in desk.machine.asked] == ["scan"]


def test_keys_inside_a_code_press_nothing(desk: DeskUnderTest) -> None:
    for character in "K1.ABCDEF":
        desk.stroke(KEY(ord(character)), character)
    for key in (KEY.Key_F2, KEY.Key_F5, KEY.Key_F12, KEY.Key_Escape):
        desk.stroke(key)
    desk.stroke(KEY.Key_F4, "", Qt.KeyboardModifier.AltModifier)
    desk.stroke(KEY.Key_Q, "", CTRL)
    desk.stroke(KEY.Key_Return)
    desk.pause()
    assert desk.asked("scan") == [("scan", "K1.ABCDEF")]
    assert [each[0] for each in desk.machine.asked] == ["scan"]
    assert desk.application.window.isVisible()
    assert not desk.view.dialog.name


def test_only_the_first_line_of_a_code_is_read(desk: DeskUnderTest) -> None:
    for line in (TOKEN, "SECOND LINE", "D-001"):
        for character in line:
            desk.stroke(KEY(ord(character)), character)
        desk.stroke(KEY.Key_Return)
    desk.pause()
    assert desk.asked("scan") == [("scan", TOKEN)]


def test_busy_machine_reads_no_second_line(desk: DeskUnderTest) -> None:
    """The window was busy when the rest came: the keys' own times tell that they belong to the code before."""
    for place, character in enumerate("K1.ABCDEF\r"):
        stroke(desk, KEY.Key_Return if character == "\r" else KEY(ord(character)), character, 1000 + 5 * place)
    desk.pause()
    for place, character in enumerate("SECOND LINE"):
        stroke(desk, KEY(ord(character)), character, 1050 + 5 * place)
    desk.pause()
    assert desk.asked("scan") == [("scan", "K1.ABCDEF")]


def test_scan_is_cut_where_no_ticket_is_longer(desk: DeskUnderTest) -> None:
    desk.burst("A" * (MOST_SCANNED + 200), KEY.Key_Return)
    assert desk.asked("scan") == [("scan", "A" * MOST_SCANNED)]


def test_short_code_is_a_scan_at_a_machines_pace(desk: DeskUnderTest) -> None:
    for place, character in enumerate("D-004"):
        stroke(desk, KEY(ord(character)), character, 1000 + 4 * place)
    desk.pause()
    assert desk.asked("scan") == [("scan", "D-004")]


def test_capitals_typed_with_shift_stay_as_they_came(desk: DeskUnderTest) -> None:
    at = 1000
    for character in "k1.abcXYZ":
        stroke(desk, KEY(ord(character.upper())), character, at)
        at += 20
    stroke(desk, KEY.Key_Return, "\r", at)
    desk.pause()
    assert desk.asked("scan") == [("scan", "k1.abcXYZ")]


def test_fast_typist_types(start_desk: StartDesk) -> None:
    """Two or three keys rolled at once, then a breath: faster than anybody types all day."""
    desk = start_desk()
    at = 1000
    for place, character in enumerate("P-014"):
        at += 30 if place % 3 else GAP_MS + 20
        stroke(desk, KEY(ord(character)), character, at)
    desk.pause()
    assert desk.reads("staffField") == "P-014"
    assert desk.machine.asked == []


def test_slow_keys_are_passed_on_in_their_order(start_desk: StartDesk) -> None:
    desk = start_desk()
    desk.type("P-014")
    desk.key(KEY.Key_Tab)
    desk.key(KEY.Key_Backspace)
    desk.type("12")
    desk.key(KEY.Key_Tab)
    desk.type(PIN)
    assert desk.reads("staffField") == "P-014"
    assert desk.reads("counterField") == "12"
    assert desk.reads("pinField") == PIN


def test_held_key_is_no_scan(desk: DeskUnderTest) -> None:
    desk.key(KEY.Key_Slash)
    window = desk.application.window
    for _ in range(SHORTEST * 3):
        event = QKeyEvent(QEvent.Type.KeyPress, KEY.Key_D, NONE, "d", True)
        QGuiApplication.sendEvent(window, event)
    desk.pause()
    assert desk.reads("questionField") == "d" * (SHORTEST * 3)
    assert desk.asked("scan") == []


def test_nobody_is_served_before_an_officer_has_signed_in(start_desk: StartDesk) -> None:
    desk = start_desk()
    desk.burst(TOKEN, KEY.Key_Return)
    assert desk.machine.asked == []
    assert desk.reads("staffField") == ""
    assert any("Masuk dahulu, lalu pindai" in text for text in desk.driver.texts())


def test_window_asks_before_it_closes(desk: DeskUnderTest) -> None:
    desk.application.window.close()
    desk.driver.wait_for_item("question_quit")
    assert desk.application.window.isVisible()
    desk.key(KEY.Key_Escape)
    assert not desk.view.dialog.name
