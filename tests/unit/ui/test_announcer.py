"""Who is said when, with a fake clock and a speech that ends when the test says so."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from kiosk.domain.announcement import Announcement
from kiosk.domain.language import Language
from kiosk.sync.desk_wire import Call
from tests.hall_of_calls import MORNING, board_view, call
from ui.board.announcer import TIMES, TOO_OLD, Announcer

BOTH = (Language.INDONESIAN, Language.ENGLISH)


class StagedSpeech:
    """Says what it is given for as long as the test lets it. Two at once is an error."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.on_done: Callable[[], None] | None = None

    def ring(self, on_done: Callable[[], None]) -> None:
        self._begin("bell", on_done)

    def say(self, words: Announcement, on_done: Callable[[], None]) -> None:
        self._begin(words.text, on_done)

    def _begin(self, what: str, on_done: Callable[[], None]) -> None:
        assert self.on_done is None, f"{what} while {self.said[-1]} is still being said"
        self.said.append(what)
        self.on_done = on_done

    def end(self) -> Callable[[], None]:
        done, self.on_done = self.on_done, None
        assert done is not None
        done()
        return done

    def end_all(self) -> None:
        while self.on_done is not None:
            self.end()


class Hall:
    def __init__(self, languages: tuple[Language, ...] = (Language.INDONESIAN,)) -> None:
        self.now = MORNING
        self.is_open = True
        self.turns: list[str | None] = []
        self.said: list[str] = []
        self._languages = languages
        self.start_anew()

    def start_anew(self) -> None:
        """Of what went before it knows what was said to the end, and nothing else."""
        self.speech = StagedSpeech()
        self.announcer = Announcer(
            self.speech,
            self._languages,
            self.time,
            lambda: self.is_open,
            self.turns.append,
            said=tuple(self.said),
            on_said=self.said.append,
        )

    def time(self) -> datetime:
        return self.now

    def hear(self, *calls: Call, last: tuple[Call, ...] = ()) -> None:
        self.announcer.hear(board_view(*calls, last=last, at=self.now))

    def call_texts(self) -> list[str]:
        return [text for text in self.speech.said if text != "bell"]


@pytest.fixture
def hall() -> Hall:
    return Hall()


D_045 = "Nomor antrean, D, empat puluh lima, silakan menuju loket tiga, lantai dua."


def test_bell_then_the_sentence_twice(hall: Hall) -> None:
    hall.hear(call(45))
    assert hall.announcer.announced == call(45).call
    hall.speech.end_all()
    assert hall.speech.said == ["bell", D_045, D_045]
    assert hall.turns == [call(45).call, None]


def test_english_after_the_indonesian() -> None:
    hall = Hall(BOTH)
    hall.hear(call(45))
    hall.speech.end_all()
    english = "Ticket number, D, forty-five, please proceed to counter three, floor two."
    assert hall.speech.said == ["bell", D_045, english, D_045, english]


def test_calls_wait_for_each_other_in_the_order_of_their_times(hall: Hall) -> None:
    hall.hear(call(1, counter=1, ago_s=2))
    hall.hear(call(3, counter=3), call(2, counter=2, ago_s=1), call(1, counter=1, ago_s=2))
    hall.speech.end_all()
    assert [text.split("loket ")[1].split(",")[0] for text in hall.call_texts()] == [
        "satu", "satu", "dua", "dua", "tiga", "tiga",
    ]  # fmt: skip


def test_a_call_is_announced_once_however_often_the_server_tells_of_it(hall: Hall) -> None:
    for _ in range(5):
        hall.hear(call(45))
    hall.speech.end_all()
    hall.hear(call(45))
    assert len(hall.call_texts()) == TIMES
    assert hall.speech.on_done is None


def test_what_was_said_before_a_restart_is_not_said_again(hall: Hall) -> None:
    hall.hear(call(45))
    hall.speech.end_all()
    assert hall.said == [call(45).call]
    hall.start_anew()
    hall.hear(call(45), call(46))
    hall.speech.end_all()
    assert len(hall.call_texts()) == TIMES
    assert hall.said == [call(45).call, call(46).call]


@pytest.mark.parametrize("ended", range(TIMES + 1))
def test_a_call_that_was_cut_off_in_the_middle_is_said_again(hall: Hall, ended: int) -> None:
    hall.hear(call(45))
    for _ in range(ended):  # the bell, and once
        hall.speech.end()
    hall.start_anew()
    hall.hear(call(45))
    hall.speech.end_all()
    assert hall.call_texts() == [D_045] * TIMES


def test_a_recall_is_an_announcement_of_its_own(hall: Hall) -> None:
    hall.hear(call(45))
    hall.speech.end_all()
    hall.hear(call(46, "D-045", turn=2))
    hall.speech.end_all()
    assert hall.call_texts() == [D_045] * 4


def test_an_old_call_is_not_said(hall: Hall) -> None:
    hall.hear(call(45, ago_s=TOO_OLD.total_seconds() + 1))
    assert hall.speech.said == []


def test_a_call_that_grows_old_while_it_waits_is_not_said(hall: Hall) -> None:
    hall.hear(call(1, ago_s=1), call(2))
    hall.now += TOO_OLD + timedelta(seconds=1)
    hall.speech.end_all()
    assert len(hall.call_texts()) == TIMES


def test_a_board_that_cannot_keep_up_says_so_in_its_log(hall: Hall) -> None:
    with capture_logs() as told:
        hall.hear(call(9, ago_s=TOO_OLD.total_seconds() + 1), call(1, ago_s=1), call(2))
        hall.now += TOO_OLD + timedelta(seconds=1)
        hall.speech.end_all()
    assert [(line["event"], line["call"]) for line in told] == [("call_not_said", call(2).call)]


def test_who_has_come_meanwhile_is_not_called_any_more(hall: Hall) -> None:
    hall.hear(call(1, ago_s=1), call(2))
    hall.hear(call(1, ago_s=1), last=(call(2, is_over=True),))
    hall.speech.end_all()
    assert len(hall.call_texts()) == TIMES


def test_a_call_that_was_undone_loses_its_turn(hall: Hall) -> None:
    hall.hear(call(1, ago_s=1), call(2))
    hall.hear(call(1, ago_s=1))
    hall.speech.end_all()
    assert len(hall.call_texts()) == TIMES


def test_a_call_that_has_begun_is_not_cut_off(hall: Hall) -> None:
    hall.hear(call(45))
    hall.speech.end()
    hall.hear(last=(call(45, is_over=True),))
    hall.speech.end_all()
    assert hall.call_texts() == [D_045, D_045]


def test_what_is_not_to_be_heard_is_not_caught_up_on(hall: Hall) -> None:
    hall.is_open = False
    hall.hear(call(45))
    hall.is_open = True
    hall.hear(call(45))
    assert hall.speech.said == []


def test_after_a_break_of_the_line_nothing_old_is_said(hall: Hall) -> None:
    hall.hear(call(1, ago_s=1), call(2))
    hall.announcer.forget()
    hall.speech.end_all()
    assert len(hall.call_texts()) == TIMES


def test_what_still_stands_after_a_short_break_of_the_line_is_said_once(hall: Hall) -> None:
    rush = [call(n, counter=n, ago_s=5 - n) for n in range(1, 5)]
    hall.hear(*rush)
    hall.speech.end()  # the first one's bell
    hall.announcer.forget()
    hall.now += timedelta(seconds=12)
    hall.hear(*rush)
    hall.speech.end_all()
    hall.hear(*rush)
    hall.speech.end_all()
    assert sorted(hall.said) == [each.call for each in rush]
    assert all(hall.call_texts().count(text) == TIMES for text in hall.call_texts())
    assert len(hall.call_texts()) == 4 * TIMES


def test_what_is_too_old_after_a_break_of_the_line_is_not_said(hall: Hall) -> None:
    hall.hear(call(1, ago_s=1), call(2))
    hall.announcer.forget()
    hall.now += TOO_OLD + timedelta(seconds=1)
    hall.hear(call(1, at=MORNING), call(2, at=MORNING))
    hall.speech.end_all()
    assert hall.said == [call(1).call]


def test_an_engine_that_says_twice_that_it_is_done_is_believed_once(hall: Hall) -> None:
    hall.hear(call(1, ago_s=1), call(2))
    done = hall.speech.end()
    done()
    hall.speech.end_all()
    assert len(hall.call_texts()) == 2 * TIMES


def test_a_label_that_cannot_be_read_keeps_nobody_from_being_called(hall: Hall) -> None:
    hall.hear(call(1, "???", ago_s=1), call(45))
    hall.speech.end_all()
    assert hall.call_texts() == [D_045, D_045]


ARRIVALS = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 30), st.booleans()), min_size=1, max_size=25
)  # seconds until it is called, seconds that something takes, whether an engine answers twice


@given(ARRIVALS)
def test_never_two_at_once_and_each_once(arrivals: list[tuple[int, int, bool]]) -> None:
    """StagedSpeech refuses a second thing while one is being said; who was young at their turn was said in full."""
    hall = Hall()
    calls: list[Call] = []
    for number, (pause_s, length_s, answers_twice) in enumerate(arrivals, start=1):
        hall.now += timedelta(seconds=pause_s)
        calls.append(call(number, counter=number, at=hall.now))
        hall.hear(*reversed(calls))
        hall.now += timedelta(seconds=length_s)
        if hall.speech.on_done is not None:
            done = hall.speech.end()
            if answers_twice:
                done()
    hall.speech.end_all()
    texts = hall.call_texts()
    assert hall.speech.said[0] == "bell"
    assert all(texts.count(text) == TIMES for text in texts)
    assert [turn for turn in hall.turns if turn is not None] == sorted({turn for turn in hall.turns if turn})
    assert hall.turns[-1] is None
