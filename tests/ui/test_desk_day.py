"""An officer's whole day by the keyboard alone, through the real window."""

import pytest
from PySide6.QtCore import Qt

from kiosk.sync.desk_wire import CounterState, DeskVerb, Leaving, SuperviseVerb, VoidReason
from tests.desk_window import CTRL, DeskUnderTest, StartDesk
from tests.scripted_counter import GIVEN_PIN, PIN

KEY = Qt.Key


@pytest.fixture
def desk(start_desk: StartDesk) -> DeskUnderTest:
    return start_desk()


def done(desk: DeskUnderTest) -> list[object]:
    """The verbs that the machine was asked for since it was last looked at."""
    verbs = [each[1] for each in desk.asked("act")]
    desk.machine.asked.clear()
    return verbs


def test_day_goes_by_without_a_mouse(desk: DeskUnderTest) -> None:
    desk.type("P-014")
    desk.key(KEY.Key_Return)
    desk.type(PIN)
    desk.key(KEY.Key_Return)
    desk.driver.wait_for_item("screen_Desk")
    assert desk.reads("counterName") == "Loket 9"

    desk.key(KEY.Key_F12)
    desk.key(KEY.Key_1)
    assert desk.asked("set_counter") == [("set_counter", 9, CounterState.OPEN, None, None)]

    desk.key(KEY.Key_F2)
    assert desk.reads("visitLabel") == "D-001"
    for key in (KEY.Key_F3, KEY.Key_F4, KEY.Key_F10):
        desk.key(key)
    assert desk.is_shown("priorityMark")
    assert done(desk) == [DeskVerb.CALL_NEXT, DeskVerb.RECALL, DeskVerb.START, DeskVerb.PRIORITY]

    desk.key(KEY.Key_F11)
    desk.type("tinggal foto")
    desk.key(KEY.Key_Return)
    assert desk.asked("act")[-1][1:3] == (DeskVerb.NOTE, None)
    assert desk.reads("noteBand") == "tinggal foto"
    desk.key(KEY.Key_F5)
    assert not desk.view.visit.label

    desk.key(KEY.Key_F2)
    desk.key(KEY.Key_F6)
    assert [row.label for row in desk.view.missed] == ["D-002"]
    for key in (KEY.Key_F2, KEY.Key_F4, KEY.Key_F7):
        desk.key(key)
    assert [row.label for row in desk.view.parked] == ["D-003"]
    desk.machine.asked.clear()
    desk.key(KEY.Key_F7)
    assert done(desk) == [DeskVerb.UNPARK]

    desk.key(KEY.Key_F12)
    desk.key(KEY.Key_2)
    assert desk.reads("questionText").startswith("4 orang menunggu")
    desk.key(KEY.Key_1)
    assert desk.asked("set_counter")[-1] == ("set_counter", 9, CounterState.CLOSED, None, Leaving.KEEP)
    desk.key(KEY.Key_Q, CTRL)
    desk.driver.wait_for_item("screen_SignIn")


def test_undo_counts_down_ten_seconds_and_takes_back_what_was_done(desk: DeskUnderTest) -> None:
    desk.work()
    desk.key(KEY.Key_F2)
    assert "D-001" in desk.reads("undoButton")
    desk.pass_time(4)
    assert desk.view.undo_left_s == 6
    desk.key(KEY.Key_Z, CTRL)
    assert not desk.view.visit.label
    assert desk.view.line[0].label == "D-001"

    desk.key(KEY.Key_F2)
    desk.pass_time(11)
    assert not desk.is_shown("undoButton")
    desk.machine.asked.clear()
    desk.key(KEY.Key_Z, CTRL)
    assert desk.asked("act") == []


def test_keys_that_cannot_act_now_do_nothing(desk: DeskUnderTest) -> None:
    desk.work()
    for key in (KEY.Key_F3, KEY.Key_F4, KEY.Key_F5, KEY.Key_F6, KEY.Key_F7, KEY.Key_F8, KEY.Key_F9, KEY.Key_F11):
        desk.key(key)
    assert desk.machine.asked == []
    assert not desk.driver.named("action_complete").isEnabled()
    assert desk.driver.named("action_call_next").isEnabled()


def test_transfer_finds_a_service_by_typing_and_may_bring_the_visitor_back(desk: DeskUnderTest) -> None:
    desk.work()
    desk.key(KEY.Key_F2)
    desk.key(KEY.Key_F4)
    desk.key(KEY.Key_F8)
    desk.type("pencari kerja")
    desk.driver.touch("questionToggle")
    desk.driver.named("questionField").forceActiveFocus()
    desk.key(KEY.Key_Return)
    _, verb, _, service, comes_back, *_ = desk.asked("act")[-1]
    assert (verb, service, comes_back) == (DeskVerb.TRANSFER, desk.machine.other_service, True)


def test_added_service_is_chosen_with_the_arrows(desk: DeskUnderTest) -> None:
    desk.work()
    desk.key(KEY.Key_F2)
    desk.key(KEY.Key_F9)
    second = desk.view.dialog.choices[1].key
    desk.key(KEY.Key_Down)
    desk.key(KEY.Key_Return)
    assert desk.asked("act")[-1][1:4] == (DeskVerb.ADD, None, second)


def test_typed_label_serves_whoever_stands_here(desk: DeskUnderTest) -> None:
    desk.work()
    desk.key(KEY.Key_Slash)
    desk.type("d-004")
    desk.key(KEY.Key_Return)
    assert desk.asked("scan") == [("scan", "d-004")]


def test_specific_one_is_called_only_when_told_who_is_overtaken(desk: DeskUnderTest) -> None:
    desk.work()
    desk.driver.named("lineList").forceActiveFocus()
    desk.key(KEY.Key_Down)
    desk.key(KEY.Key_Down)
    desk.key(KEY.Key_Return)
    assert "D-001, D-002" in desk.reads("questionText")
    assert not desk.view.visit.label
    desk.key(KEY.Key_Return)
    assert desk.reads("visitLabel") == "D-003"
    assert desk.asked("act")[-1][-1] is True


def test_counter_is_switched_with_two_keys(desk: DeskUnderTest) -> None:
    desk.work()
    desk.key(KEY.Key_L, CTRL)
    desk.key(KEY.Key_1)
    assert desk.asked("set_counter") == [("set_counter", 10, CounterState.OPEN, None, None)]
    assert desk.reads("counterName") == "Loket 10"


def test_any_other_counter_is_typed(desk: DeskUnderTest) -> None:
    desk.work()
    desk.key(KEY.Key_L, CTRL)
    desk.key(KEY(KEY.Key_0 + len(desk.view.dialog.choices)))
    desk.type("2x1")
    desk.key(KEY.Key_Return)
    assert desk.asked("set_counter")[-1][1] == 21


def test_help_is_called_in_silence(desk: DeskUnderTest) -> None:
    sounds: list[int] = []
    desk.application.attendant.spoken.connect(sounds.append)
    desk.work()
    desk.key(KEY.Key_P, CTRL | Qt.KeyboardModifier.AltModifier)
    assert [each[1] for each in desk.asked("act")] == [DeskVerb.ALARM]
    assert sounds == []
    assert desk.reads("told") == "Pengawas diberi tahu"
    assert not desk.is_shown("saidBand")


def test_f1_lists_every_key_and_esc_leaves(desk: DeskUnderTest) -> None:
    desk.work()
    desk.key(KEY.Key_F1)
    assert {"F2", "Ctrl+Z", "Ctrl+Alt+P"} <= {row.key for row in desk.view.dialog.choices}
    desk.key(KEY.Key_Escape)
    assert not desk.view.dialog.name


def test_given_pin_is_replaced_by_one_typed_twice(desk: DeskUnderTest) -> None:
    desk.type("P-014")
    desk.key(KEY.Key_Return)
    desk.type(GIVEN_PIN)
    desk.key(KEY.Key_Return)
    desk.driver.wait_for_item("screen_NewPin")
    desk.type("111111")
    desk.key(KEY.Key_Return)
    desk.type("111112")
    assert "tidak sama" in desk.reads("signInProblem")
    desk.key(KEY.Key_Backspace)
    desk.type("1")
    desk.key(KEY.Key_Return)
    assert "mudah ditebak" in desk.reads("signInProblem")
    desk.type(PIN)
    desk.key(KEY.Key_Return)
    desk.type(PIN)
    desk.key(KEY.Key_Return)
    desk.driver.wait_for_item("screen_Desk")
    assert desk.asked("sign_in")[-1] == ("sign_in", "P-014", GIVEN_PIN, 9, PIN)


def test_supervisor_works_the_hall_by_keys(desk: DeskUnderTest) -> None:
    desk.work("S-002")
    desk.key(KEY.Key_H, CTRL)
    desk.driver.wait_for_item("screen_Hall")
    first = desk.view.queues[0].queue
    desk.key(KEY.Key_Return)
    desk.key(KEY.Key_1)
    assert desk.asked("supervise")[-1][1:4] == (SuperviseVerb.CLOSE_QUEUE, None, first)

    desk.driver.named("counterList").forceActiveFocus()
    alarmed = desk.view.counters[0]
    assert alarmed.has_alarm
    desk.key(KEY.Key_Return)
    desk.key(KEY.Key_1)
    assert desk.asked("supervise")[-1][1:3] == (SuperviseVerb.ANSWER_ALARM, alarmed.counter)

    desk.key(KEY.Key_Return)
    desk.key(KEY.Key_2)
    desk.key(KEY.Key_1)
    desk.driver.named("questionConfirm").forceActiveFocus()
    desk.key(KEY.Key_Return)
    assert desk.asked("supervise")[-1][1:5] == (SuperviseVerb.SET_QUEUES, alarmed.counter, None, ("A", "NK"))

    desk.driver.named("voidButton").forceActiveFocus()
    desk.key(KEY.Key_Return)
    desk.type("d-003")
    desk.key(KEY.Key_Return)
    desk.key(KEY.Key_2)
    assert desk.asked("supervise")[-1][6:8] == ("D-003", VoidReason.LEFT)

    desk.driver.named("unlockStaffButton").forceActiveFocus()
    desk.key(KEY.Key_Return)
    desk.key(KEY.Key_1)
    assert desk.asked("supervise")[-1][1:6] == (SuperviseVerb.UNLOCK, None, None, None, "P-031")
    desk.key(KEY.Key_H, CTRL)
    desk.driver.wait_for_item("screen_Desk")


def test_officer_sees_no_hall(desk: DeskUnderTest) -> None:
    desk.work()
    desk.key(KEY.Key_H, CTRL)
    assert desk.asked("look_at_hall") == []
    assert not desk.is_shown("hallButton")
