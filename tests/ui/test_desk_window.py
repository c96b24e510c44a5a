"""The officer's window as a thing on the screen: strip, lock, cut-off, contrast, names for who cannot see it."""

from itertools import product

import pytest
from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent
from PySide6.QtQml import QQmlApplicationEngine

from kiosk.desk.config import Edge
from kiosk.desk.state import Link
from kiosk.domain.language import Language
from kiosk.domain.ticket import StopState
from kiosk.paths import resource_path
from kiosk.sync.desk_wire import DeskVerb
from tests.desk_window import CTRL, NONE, DeskUnderTest, StartDesk
from tests.scripted_counter import PIN
from ui.desk.desk_window import STRIP_HEIGHT, strip_geometry
from ui.desk.tones import Tone
from ui.qt_application import qt_application
from ui.visible_items import visible_items

KEY = Qt.Key
AVAILABLE = QRect(10, 20, 1366, 728)
"""What a task bar of 40 px leaves."""


@pytest.mark.parametrize(
    ("edge", "expected"),
    [(Edge.TOP, QRect(10, 20, 1366, 80)), (Edge.BOTTOM, QRect(10, 668, 1366, 80))],
)
def test_strip_lies_along_an_edge(edge: Edge, expected: QRect) -> None:
    assert strip_geometry(AVAILABLE, edge) == expected
    assert AVAILABLE.contains(strip_geometry(AVAILABLE, edge))


@pytest.mark.parametrize("edge", list(Edge))
def test_strip_stays_on_top_and_grows_and_shrinks(start_desk: StartDesk, edge: Edge) -> None:
    desk = start_desk(strip=True, edge=edge)
    window = desk.application.window
    assert window.height() > STRIP_HEIGHT  # who is nobody yet needs room to sign in
    desk.work()
    available = window.screen().availableGeometry()
    assert window.geometry() == strip_geometry(available, edge)
    assert window.flags() & Qt.WindowType.WindowStaysOnTopHint
    assert window.flags() & Qt.WindowType.FramelessWindowHint
    desk.driver.touch("expandButton")
    desk.driver.wait_for_item("screen_Desk")
    assert window.height() > STRIP_HEIGHT
    assert not window.flags() & Qt.WindowType.WindowStaysOnTopHint
    desk.key(KEY.Key_M, CTRL)
    desk.driver.wait_for_item("screen_Strip")
    assert window.height() == STRIP_HEIGHT


def test_strip_serves_by_its_keys(start_desk: StartDesk) -> None:
    desk = start_desk(strip=True)
    desk.work()
    desk.key(KEY.Key_F2)
    assert desk.reads("stripLabel") == "D-001"
    desk.key(KEY.Key_F4)
    desk.pass_time(65)
    assert desk.reads("stripTimer") == "01:05"
    desk.key(KEY.Key_F5)
    desk.burst("K1.ABCDEFGHIJKLMNOP D-004", KEY.Key_Return)
    assert desk.reads("stripLabel") == "D-004"
    assert desk.reads("saidHeadline") == "D-004 mulai dilayani"


def test_question_makes_room_for_itself(start_desk: StartDesk) -> None:
    desk = start_desk(strip=True)
    desk.work()
    desk.key(KEY.Key_F12)
    desk.driver.wait_for_item("question_counter")
    assert desk.application.window.height() > STRIP_HEIGHT
    desk.key(KEY.Key_Escape)
    desk.driver.wait_for_item("screen_Strip")
    assert desk.application.window.height() == STRIP_HEIGHT


def test_idle_window_locks_and_hides_the_visitor(start_desk: StartDesk) -> None:
    desk = start_desk()
    desk.work()
    desk.key(KEY.Key_F2)
    desk.pass_time(599)
    assert not desk.is_shown("screen_Locked")
    desk.key(KEY.Key_F3)
    desk.pass_time(599)
    assert desk.is_shown("visitLabel")
    desk.pass_time(1)
    desk.driver.wait_for_item("screen_Locked")
    assert not any("D-0" in text for text in desk.driver.texts())
    desk.machine.asked.clear()
    desk.key(KEY.Key_F3)
    assert desk.asked("act") == []
    desk.type("000000")
    desk.key(KEY.Key_Return)
    assert "PIN salah" in desk.reads("signInProblem")
    desk.type(PIN)
    desk.key(KEY.Key_Return)
    assert desk.reads("visitLabel") == "D-001"


def test_cut_off_desk_serves_from_paper_and_says_so(start_desk: StartDesk) -> None:
    desk = start_desk()
    desk.work()
    desk.machine.change(link=Link.CUT_OFF, unsent=2)
    assert "dilayani dari kertas, dikirim nanti. 2 catatan belum terkirim." in desk.reads("cutOffText")
    call = next(row for row in desk.view.actions if row.command == "call_next")
    assert (call.is_possible, call.reason) == (False, "Server tidak terhubung")
    desk.key(KEY.Key_F2)
    assert desk.asked("act") == []
    desk.burst("K1.ABCDEFGHIJKLMNOP D-045", KEY.Key_Return)
    assert desk.reads("saidHeadline") == "D-045 mulai dilayani dari kertas"
    assert desk.reads("visitLabel") == "D-045"
    desk.key(KEY.Key_F5)
    assert [each[1] for each in desk.asked("act")] == [DeskVerb.COMPLETE]
    assert not desk.view.visit.label
    desk.machine.change(link=Link.LIVE, unsent=0)
    assert not desk.is_shown("cutOffBand")


def test_cut_off_desk_serves_though_nobody_could_sign_in(start_desk: StartDesk) -> None:
    desk = start_desk()
    desk.machine.change(link=Link.CUT_OFF, serving_as_desk=True)
    assert "dilayani dari kertas" in desk.reads("signInCutOff")
    desk.burst("K1.ABCDEFGHIJKLMNOP D-045", KEY.Key_Return)
    desk.driver.wait_for_item("screen_Desk")
    assert desk.reads("visitLabel") == "D-045"
    desk.key(KEY.Key_F5)
    desk.key(KEY.Key_Escape)
    desk.driver.wait_for_item("screen_SignIn")


def test_desk_that_cannot_judge_tickets_says_so(start_desk: StartDesk) -> None:
    desk = start_desk()
    desk.work()
    desk.machine.change(link=Link.CUT_OFF, can_judge=False)
    assert "hubungi teknisi" in desk.reads("cutOffText")


def test_what_is_typed_stays_while_the_window_changes(start_desk: StartDesk) -> None:
    desk = start_desk()
    desk.type("P-0")
    desk.pass_time(60)
    desk.machine.change(unsent=1, busy=True)
    desk.machine.change(busy=False)
    desk.type("14")
    assert desk.reads("staffField") == "P-014"
    assert desk.reads("counterField") == "9"


def test_conflict_is_flagged(start_desk: StartDesk) -> None:
    desk = start_desk()
    desk.work()
    desk.key(KEY.Key_F2)
    assert desk.machine.visit is not None
    desk.machine.visit = desk.machine.visit.model_copy(update={"conflict": True})
    desk.machine.tell()
    assert "Loket lain juga melayani" in desk.reads("conflictBand")


def test_requirements_are_ticked_and_forgotten_with_the_visit(start_desk: StartDesk) -> None:
    desk = start_desk()
    desk.work()
    desk.key(KEY.Key_F2)
    desk.driver.touch("requirement_0")
    assert [row.is_ticked for row in desk.view.requirements][:2] == [True, False]
    desk.key(KEY.Key_F4)
    assert desk.view.requirements[0].is_ticked
    desk.key(KEY.Key_F5)
    desk.key(KEY.Key_F2)
    assert not any(row.is_ticked for row in desk.view.requirements)


def test_f1_held_long_calls_for_help(start_desk: StartDesk) -> None:
    desk = start_desk()
    desk.work()
    window = desk.application.window
    for kind, is_repeat in ((QEvent.Type.KeyPress, False), (QEvent.Type.KeyPress, True), (QEvent.Type.KeyPress, True)):
        QGuiApplication.sendEvent(window, QKeyEvent(kind, KEY.Key_F1, NONE, "", is_repeat))
        desk.pause()
    QGuiApplication.sendEvent(window, QKeyEvent(QEvent.Type.KeyRelease, KEY.Key_F1, NONE))
    desk.pause()
    assert [each[1] for each in desk.asked("act")] == [DeskVerb.ALARM]
    assert not desk.view.dialog.name


def test_language_and_contrast_change_on_the_spot(start_desk: StartDesk) -> None:
    desk = start_desk()
    desk.work()
    assert desk.reads("findButton").startswith("Ketik nomor")
    desk.key(KEY.Key_B, CTRL)
    assert desk.reads("findButton").startswith("Type a number")
    assert next(row.text for row in desk.view.actions if row.command == "complete") == "Complete"
    desk.key(KEY.Key_K, CTRL)
    assert desk.view.high_contrast


@pytest.mark.parametrize("language", list(Language))
def test_everything_that_can_be_pressed_has_a_name(start_desk: StartDesk, language: Language) -> None:
    desk = start_desk(language=language)
    nameless = _nameless(desk)
    desk.work("S-002")
    desk.key(KEY.Key_F2)
    nameless += _nameless(desk)
    desk.key(KEY.Key_F8)
    nameless += _nameless(desk)
    desk.key(KEY.Key_Escape)
    desk.key(KEY.Key_H, CTRL)
    nameless += _nameless(desk)
    assert nameless == []


def _nameless(desk: DeskUnderTest) -> list[str]:
    desk.driver.settle()
    return [
        item.objectName() or item.metaObject().className()
        for item in visible_items(desk.application.window)
        if item.property("spokenName") == ""
    ]


def test_longest_names_stay_inside_the_window(start_desk: StartDesk) -> None:
    desk = start_desk()
    desk.work()
    desk.key(KEY.Key_F2)
    visit = desk.machine.visit
    assert visit is not None
    services = sorted(desk.machine.catalogue.services.values(), key=lambda each: -len(each.name.id))
    stops = tuple(
        visit.stops[1].model_copy(update={"position": place, "service_id": service.id, "state": StopState.WAITING})
        for place, service in enumerate(services[:4], 1)
    )
    desk.machine.visit = visit.model_copy(update={"label": "DK-999K", "stops": stops, "note": "w" * 140})
    desk.machine.tell()
    desk.driver.settle()
    window = desk.application.window
    for name in ("visitLabel", "visitTimer", "noteBand", "action_counter"):
        item = desk.driver.named(name)
        box = item.mapRectToScene(item.boundingRect())
        assert box.left() >= 0, name
        assert box.right() <= window.width(), name
        assert box.bottom() <= window.height(), name


@pytest.mark.parametrize(("tone", "has_contrast"), list(product(Tone, (False, True))))
def test_tones_can_be_read(tone: Tone, has_contrast: bool) -> None:  # noqa: FBT001  # a parameter of pytest's
    qt_application()
    engine = QQmlApplicationEngine()
    engine.addImportPath(str(resource_path("")))
    theme = engine.singletonInstance("ui.components", "Theme")
    assert isinstance(theme, QObject)
    theme.setProperty("highContrast", has_contrast)
    names = {
        Tone.GOOD: ("good", "goodInk", "goodTint", "good"),
        Tone.NOTICE: ("primary", "primaryInk", "primaryTint", "primary"),
        Tone.MIND: ("accent", "accentInk", "accentTint", "ink"),
        Tone.STOP: ("warning", "warningInk", "warningTint", "warning"),
    }[tone]
    ground, ink, tint, text = (QColor(theme.property(name)) for name in names)
    assert _contrast(ground, ink) >= 7
    assert _contrast(tint, text) >= 7
    engine.deleteLater()


def _contrast(one: QColor, other: QColor) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: QColor) -> float:
    parts = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (color.redF(), color.greenF(), color.blueF())
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
