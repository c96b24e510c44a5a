"""Keys of an officer who is faster than the server: one is kept, and done when it still means what it meant."""

from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt

from kiosk.desk.state import Link
from kiosk.sync.desk_wire import DeskVerb, Refusal, UndoOffer
from tests.desk_window import CTRL, DeskUnderTest, StartDesk
from ui.desk.kept_key import KEPT_FOR_S

if TYPE_CHECKING:
    from collections.abc import Callable

KEY = Qt.Key


class Slow:
    """The machine answers when it is told to."""

    def __init__(self, desk: DeskUnderTest) -> None:
        self.desk = desk
        self._real = desk.machine.act
        self._asked: list[Callable[[], None]] = []
        desk.machine.act = self._act  # type: ignore[method-assign]

    @property
    def told(self) -> str:
        return self.desk.reads("told") if self.desk.is_shown("told") else ""

    def press(self, *keys: Qt.Key) -> None:
        for key in keys:
            self.desk.key(key)

    def answer(self) -> None:
        assert len(self._asked) == 1, "one at a time"
        self._asked.pop()()
        self.desk.machine.change(busy=False)

    def answer_all(self) -> None:
        while self._asked:
            self._asked.pop(0)()
        self.desk.machine.change(busy=False)

    def refuse(self, refusal: Refusal) -> None:
        assert len(self._asked) == 1
        self._asked.pop()
        self.desk.machine.refuse(refusal)
        self.desk.machine.change(busy=False)

    def _act(self, verb: DeskVerb, **facts: Any) -> None:
        self._asked.append(lambda: self._real(verb, **facts))
        self.desk.machine.change(busy=True)

    def verbs(self) -> list[object]:
        """What has been answered."""
        return [each[1] for each in self.desk.asked("act")]

    @property
    def awaited(self) -> int:
        return len(self._asked)


@pytest.fixture
def slow(start_desk: StartDesk) -> Slow:
    desk = start_desk()
    desk.work()
    return Slow(desk)


def serve(slow: Slow) -> None:
    slow.press(KEY.Key_F2)
    slow.answer()
    slow.press(KEY.Key_F4)
    slow.answer()
    slow.desk.machine.asked.clear()


def test_complete_and_call_next_in_one_breath(slow: Slow) -> None:
    serve(slow)
    slow.press(KEY.Key_F5, KEY.Key_F2)
    assert slow.told == "Sebentar, tombol diingat"
    slow.answer()
    assert slow.awaited == 1
    slow.answer()
    assert slow.verbs() == [DeskVerb.COMPLETE, DeskVerb.CALL_NEXT]
    assert slow.desk.machine.visit is not None
    assert slow.desk.machine.visit.label == "D-002"


def test_exactly_one_key_is_kept_and_done_once(slow: Slow) -> None:
    serve(slow)
    slow.press(KEY.Key_F5, KEY.Key_F2, KEY.Key_F12)
    assert slow.told == "Sebentar"
    slow.answer()
    slow.answer()
    slow.desk.machine.change(busy=True)
    slow.desk.machine.change(busy=False)
    assert slow.awaited == 0
    assert slow.desk.view.dialog.name == ""
    assert slow.verbs() == [DeskVerb.COMPLETE, DeskVerb.CALL_NEXT]


@pytest.mark.parametrize("key", [KEY.Key_F2, KEY.Key_F3])
def test_a_key_that_is_pressed_twice_calls_once(slow: Slow, key: Qt.Key) -> None:
    if key is KEY.Key_F3:
        slow.press(KEY.Key_F2)
        slow.answer()
    slow.press(key, key)
    assert slow.told == "Sebentar"
    slow.answer()
    assert slow.awaited == 0


def test_a_call_for_help_in_between_makes_no_second_deed_of_a_key_pressed_twice(slow: Slow) -> None:
    slow.press(KEY.Key_F2)
    slow.answer()
    slow.press(KEY.Key_F3)
    slow.desk.key(KEY.Key_P, CTRL | Qt.KeyboardModifier.AltModifier)
    slow.press(KEY.Key_F3)
    slow.answer_all()
    assert slow.awaited == 0
    assert slow.verbs() == [DeskVerb.CALL_NEXT, DeskVerb.RECALL, DeskVerb.ALARM]


def test_nobody_is_called_over_whoever_was_called_meanwhile(slow: Slow) -> None:
    """The key came while somebody was being scanned, or called from the line."""
    slow.desk.application.attendant.call("0000000000000001", 1)
    slow.press(KEY.Key_F2)
    slow.answer()
    assert slow.awaited == 0
    assert slow.told == "Selesaikan dahulu (F5)"
    assert slow.verbs() == [DeskVerb.CALL]


def test_what_was_meant_for_one_visitor_is_not_done_to_another(slow: Slow) -> None:
    slow.press(KEY.Key_F2, KEY.Key_F4)
    slow.answer()
    assert slow.awaited == 0
    assert slow.told == "Pengunjungnya lain: tekan lagi"
    slow.press(KEY.Key_F4)
    slow.answer()
    slow.press(KEY.Key_F7)
    slow.answer()
    slow.press(KEY.Key_F2)
    slow.answer()
    slow.press(KEY.Key_F4)
    slow.answer()
    slow.press(KEY.Key_F5, KEY.Key_F7)  # to park, and by then it would mean to go on with who is parked
    slow.answer()
    assert slow.awaited == 0
    assert slow.told == "Pengunjungnya lain: tekan lagi"


def test_what_the_refusal_makes_pointless_says_why(slow: Slow) -> None:
    serve(slow)
    slow.press(KEY.Key_F5, KEY.Key_F2)
    slow.refuse(Refusal.NOT_POSSIBLE)
    assert slow.awaited == 0
    assert slow.told == "Selesaikan dahulu (F5)"


def test_a_question_that_comes_with_the_answer_comes_first(slow: Slow) -> None:
    slow.desk.application.attendant.call("0000000000000003", 1)
    slow.press(KEY.Key_F2)
    slow.answer()
    assert slow.desk.view.dialog.name == "overtake"
    assert slow.awaited == 0
    assert slow.desk.view.told_text == "Jawab dahulu pertanyaan ini"


def test_after_a_long_wait_the_key_is_not_believed_any_more(slow: Slow) -> None:
    serve(slow)
    slow.press(KEY.Key_F5, KEY.Key_F2)
    slow.desk.pass_time(KEPT_FOR_S + 1)
    slow.answer()
    assert slow.awaited == 0
    assert slow.told == "Jawaban terlambat: tekan lagi"


def test_a_line_that_is_cut_meanwhile_calls_nobody(slow: Slow) -> None:
    serve(slow)
    slow.press(KEY.Key_F5, KEY.Key_F2)
    slow.desk.machine.change(link=Link.CUT_OFF)
    slow.answer()
    assert slow.awaited == 0
    assert slow.told == "Server tidak terhubung"


def test_a_mis_click_is_taken_back_before_it_is_answered(slow: Slow) -> None:
    slow.press(KEY.Key_F2)
    slow.answer()
    slow.press(KEY.Key_F6)
    slow.desk.key(KEY.Key_Z, CTRL)
    offer = slow.desk.machine.offer

    def another(verb: DeskVerb, visit: Any) -> None:
        offer(verb, visit)
        assert slow.desk.machine.undo is not None
        offered, take_back = slow.desk.machine.undo
        slow.desk.machine.undo = (offered.model_copy(update={"action": "1" * 16}), take_back)

    slow.desk.machine.offer = another  # type: ignore[method-assign]
    slow.answer()
    assert slow.awaited == 1
    slow.answer()
    assert slow.verbs() == [DeskVerb.CALL_NEXT, DeskVerb.NO_SHOW, DeskVerb.UNDO]


def test_what_was_done_before_is_not_taken_back_instead(slow: Slow) -> None:
    slow.press(KEY.Key_F2)
    slow.answer()
    slow.press(KEY.Key_F6)
    slow.desk.key(KEY.Key_Z, CTRL)
    slow.refuse(Refusal.NOT_YET_MISSED)
    view = slow.desk.machine.state.view
    assert view is not None
    assert isinstance(view.undo, UndoOffer), "the call's"
    assert slow.awaited == 0
    assert slow.told == "Tidak ada yang diurungkan"
