"""What an officer must not lose, nor be told wrongly: help, a half-typed note, a reason, the last stop of a visit."""

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtQuick import QQuickItem

from kiosk.desk.state import Link
from kiosk.sync.desk_wire import DeskVerb, Leaving, Refusal, SuperviseVerb
from tests.desk_window import CTRL, DeskUnderTest, StartDesk
from ui.desk.situation import Question
from ui.desk.tones import Tone

KEY = Qt.Key
CTRL_ALT = CTRL | Qt.KeyboardModifier.AltModifier
TOKEN = "K1.ABCDEFGHIJKLMNOP"


@pytest.fixture
def desk(start_desk: StartDesk) -> DeskUnderTest:
    desk = start_desk()
    desk.work()
    return desk


def verbs(desk: DeskUnderTest) -> list[object]:
    return [each[1] for each in desk.asked("act")]


def test_help_is_not_said_to_be_called_while_nobody_hears_it(desk: DeskUnderTest) -> None:
    sounds: list[int] = []
    desk.application.attendant.spoken.connect(sounds.append)
    desk.machine.change(link=Link.CUT_OFF)
    desk.key(KEY.Key_P, CTRL_ALT)
    assert desk.reads("told") == "Pengawas tidak terjangkau"
    assert sounds == []
    assert not desk.is_shown("saidBand")


def test_help_that_the_server_has_not_heard_of_yet_is_not_told(desk: DeskUnderTest) -> None:
    desk.machine.act = lambda *_, **__: None  # type: ignore[method-assign]  # no answer yet
    desk.key(KEY.Key_P, CTRL_ALT)
    assert not desk.is_shown("told")


def test_help_is_called_over_a_question_and_on_a_locked_screen(desk: DeskUnderTest) -> None:
    desk.key(KEY.Key_F2)
    desk.key(KEY.Key_F11)
    desk.key(KEY.Key_P, CTRL_ALT)
    assert verbs(desk) == [DeskVerb.CALL_NEXT, DeskVerb.ALARM]
    desk.key(KEY.Key_Escape)
    desk.key(KEY.Key_G, CTRL)
    desk.driver.wait_for_item("screen_Locked")
    desk.key(KEY.Key_P, CTRL_ALT)
    assert verbs(desk)[2:] == [DeskVerb.ALARM]


def test_half_typed_note_outlives_a_scan_and_a_refusal(desk: DeskUnderTest) -> None:
    desk.key(KEY.Key_F2)
    desk.key(KEY.Key_F4)
    desk.key(KEY.Key_F11)
    desk.type("tinggal foto")
    desk.burst(f"{TOKEN} D-003", KEY.Key_Return)
    assert desk.is_shown("saidBand")
    assert not desk.view.dialog.name
    assert desk.reads("told") == "Catatan belum disimpan (F11)"
    desk.key(KEY.Key_F11)
    assert desk.reads("questionField") == "tinggal foto"
    desk.type(" 1")
    desk.key(KEY.Key_Return)  # a digit: refused as personal data
    desk.key(KEY.Key_F11)
    assert desk.reads("questionField") == "tinggal foto 1"
    desk.key(KEY.Key_Backspace)
    desk.key(KEY.Key_Backspace)
    desk.key(KEY.Key_Return)
    assert desk.reads("noteBand") == "tinggal foto"
    assert not desk.is_shown("told")


def test_note_that_was_given_up_is_gone(desk: DeskUnderTest) -> None:
    desk.key(KEY.Key_F2)
    desk.key(KEY.Key_F11)
    desk.type("salah")
    desk.key(KEY.Key_Escape)
    assert not desk.is_shown("told")
    desk.key(KEY.Key_F11)
    assert desk.reads("questionField") == ""


@pytest.mark.parametrize("key", [KEY.Key_F8, KEY.Key_F9, KEY.Key_F11])
def test_question_about_a_visitor_closes_when_somebody_else_is_here(desk: DeskUnderTest, key: Qt.Key) -> None:
    desk.key(KEY.Key_F2)
    desk.key(KEY.Key_F4)
    desk.key(key)
    assert desk.view.dialog.name
    desk.machine.visit = None
    desk.machine.tell()
    assert not desk.view.dialog.name


def test_key_that_does_nothing_says_why(start_desk: StartDesk) -> None:
    desk = start_desk()
    desk.work()
    desk.key(KEY.Key_F5)
    assert desk.reads("told") == "Belum ada pengunjung"
    desk.key(KEY.Key_F2)
    assert not desk.is_shown("told")
    desk.key(KEY.Key_F5)
    assert desk.reads("told") == "Belum mulai (F4)"
    desk.pass_time(6)
    assert not desk.is_shown("told")
    desk.key(KEY.Key_M, CTRL)
    desk.driver.wait_for_item("screen_Strip")
    desk.key(KEY.Key_F5)
    assert desk.reads("stripCaption") == "Belum mulai (F4)"


@pytest.mark.parametrize(("key", "verb"), [(KEY.Key_F4, DeskVerb.START), (KEY.Key_F6, DeskVerb.NO_SHOW)])
def test_whoever_was_called_before_the_line_was_cut_blocks_no_counter(
    desk: DeskUnderTest, key: Qt.Key, verb: DeskVerb
) -> None:
    desk.key(KEY.Key_F2)
    desk.machine.change(link=Link.CUT_OFF, offline_visit=desk.machine.visit)
    desk.key(key)
    assert verbs(desk) == [DeskVerb.CALL_NEXT, verb]


def test_nothing_is_scanned_in_the_name_of_who_left_a_locked_screen(desk: DeskUnderTest) -> None:
    sounds: list[int] = []
    desk.application.attendant.spoken.connect(sounds.append)
    desk.key(KEY.Key_G, CTRL)
    desk.burst(f"{TOKEN} D-003", KEY.Key_Return)
    assert desk.asked("scan") == []
    assert sounds == [Tone.MIND]


def test_whoever_only_scans_is_not_away(desk: DeskUnderTest) -> None:
    desk.pass_time(599)
    desk.burst(f"{TOKEN} D-003", KEY.Key_Return)
    desk.pass_time(599)
    assert desk.asked("lock") == []
    desk.pass_time(1)
    assert desk.asked("lock") == [("lock",)]


def test_line_says_enter_calls_only_while_it_does(desk: DeskUnderTest) -> None:
    assert {row.hint for row in desk.view.line} == {"Enter: panggil"}
    desk.key(KEY.Key_F2)
    assert {row.hint for row in desk.view.line} == {""}


def test_counter_does_not_ask_to_call_while_nobody_waits(desk: DeskUnderTest) -> None:
    assert desk.application.attendant.view.visit.heading == "Siap memanggil"
    desk.machine.waiting.clear()
    desk.machine.tell()
    desk.driver.wait_until(lambda: desk.application.attendant.view.visit.heading == "Tidak ada yang menunggu", "words")


def test_last_stop_of_a_long_visit_is_reached_by_key(desk: DeskUnderTest) -> None:
    desk.key(KEY.Key_F2)
    visit = desk.machine.visit
    assert visit is not None
    services = sorted(desk.machine.catalogue.services.values(), key=lambda each: -len(each.name.id))[:4]
    here, there = visit.stops
    stops = tuple(
        (here if place == 1 else there).model_copy(update={"position": place, "service_id": service.id})
        for place, service in enumerate(services, 1)
    )
    desk.machine.visit = visit.model_copy(update={"stops": stops, "note": "tinggal foto", "conflict": True})
    desk.machine.tell()
    desk.application.window.resize(1366, 480)
    desk.driver.settle()
    course = _reached_by_tab(desk, "course")
    before = course.property("contentY")
    for _ in range(20):
        desk.key(KEY.Key_Down)
    end = course.property("contentHeight") - course.property("height")
    assert end > 0
    assert course.property("contentY") == pytest.approx(end, abs=1)
    for _ in range(20):
        desk.key(KEY.Key_Up)
    assert course.property("contentY") == before == 0


def _reached_by_tab(desk: DeskUnderTest, name: str) -> QQuickItem:
    for _ in range(30):
        item = desk.application.window.activeFocusItem()
        if item.objectName() == name:
            return item
        desk.key(KEY.Key_Tab)
    raise AssertionError(f"Tab never comes to {name}")


def test_no_line_is_sent_home_by_one_key_that_bounced(desk: DeskUnderTest) -> None:
    desk.key(KEY.Key_F12)
    desk.key(KEY.Key_2)
    assert desk.view.dialog.name == "leaving"
    desk.machine.asked.clear()
    desk.key(KEY.Key_3)
    desk.key(KEY.Key_3)
    assert desk.asked("set_counter") == []
    assert "tidak bisa diurungkan" in desk.view.dialog.text
    desk.key(KEY.Key_2)
    assert [each[-1] for each in desk.asked("set_counter")] == [Leaving.DISMISS]


def test_no_line_is_sent_home_by_enter_pressed_twice(desk: DeskUnderTest) -> None:
    desk.key(KEY.Key_F12)
    desk.key(KEY.Key_2)
    desk.machine.asked.clear()
    for _ in range(2):
        desk.key(KEY.Key_Down)
    desk.key(KEY.Key_Return)
    assert desk.view.dialog.name == "dismiss"
    assert [row.name for row in desk.view.dialog.choices] == ["Tidak jadi: mereka tetap menunggu", "Pulangkan 6 orang"]
    desk.key(KEY.Key_Return)
    assert desk.view.dialog.name == ""
    assert desk.machine.asked == [], "everybody stays"


def test_supervisor_is_asked_before_a_queue_loses_its_last_counter(start_desk: StartDesk) -> None:
    desk = start_desk()
    desk.work("S-002")
    desk.key(KEY.Key_H, CTRL)
    desk.driver.wait_for_item("screen_Hall")
    number = desk.view.counters[0].counter
    supervised = desk.machine.supervise

    def asks_first(verb: SuperviseVerb, *, leaving: Leaving | None = None, **besides: Any) -> None:
        supervised(verb, leaving=leaving, **besides)
        if verb is SuperviseVerb.SET_QUEUES and leaving is None:
            desk.machine.refuse(Refusal.PEOPLE_WAIT, waiting=4)

    desk.machine.supervise = asks_first  # type: ignore[method-assign]
    desk.application.attendant.ask(Question.SET_QUEUES, about=str(number), ticked=frozenset({"NK"}))
    desk.driver.wait_for_item("question_set_queues")
    desk.driver.named("questionConfirm").forceActiveFocus()
    desk.key(KEY.Key_Return)
    assert desk.view.dialog.name == "leaving"
    assert "4 orang" in desk.view.dialog.text
    desk.key(KEY.Key_2)
    told = [(each[1], each[2], each[4], each[-1]) for each in desk.asked("supervise")]
    same = (SuperviseVerb.SET_QUEUES, number, ("NK",))
    assert told == [(*same, None), (*same, Leaving.SERVE_ONLY)]


def test_window_closes_when_the_server_knows_that_the_officer_has_gone(desk: DeskUnderTest) -> None:
    agreed = _quits(desk)
    signed_out: list[bool] = []
    desk.machine.sign_out = lambda: signed_out.append(True)  # type: ignore[method-assign]  # answers later
    desk.application.window.close()
    desk.driver.wait_for_item("question_quit")
    desk.key(KEY.Key_Return)
    assert signed_out == [True]
    desk.machine.change(person=None, view=None, busy=True)
    assert agreed() == 0
    desk.machine.change(busy=False)
    assert agreed() == 1


def test_window_closes_though_the_server_never_answers(desk: DeskUnderTest) -> None:
    agreed = _quits(desk)
    desk.machine.sign_out = lambda: desk.machine.change(busy=True)  # type: ignore[method-assign]  # for ever
    desk.application.window.close()
    desk.driver.wait_for_item("question_quit")
    desk.key(KEY.Key_Return)
    assert agreed() == 0
    desk.pass_time(4)
    assert agreed() == 1


def _quits(desk: DeskUnderTest) -> Callable[[], int]:
    quits: list[bool] = []
    desk.application.attendant.quitAgreed.connect(lambda: quits.append(True))
    return lambda: len(quits)
