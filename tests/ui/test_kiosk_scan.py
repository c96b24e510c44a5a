"""A slip before the kiosk's scanner, at any moment: it is answered, and nothing of what was begun is lost."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from threading import Event

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from shiboken6 import Shiboken

from kiosk.domain.language import Language
from kiosk.domain.print_job import PrintState
from kiosk.domain.screens import Screen
from kiosk.domain.ticket import StopState, Wait
from kiosk.domain.visit_status import StopStatus, VisitStatus, VisitVerdict
from kiosk.errors import StoreError
from tests.conftest import Logs
from tests.scanner_hand import ScannerHand
from tests.ui.conftest import MONDAY_MORNING, KioskUnderTest, Start
from ui.everything import scan_what_is_pasted
from ui.visitor.slip_reader import SAME_SLIP_S

KEY = Qt.Key
TOKEN = "K1.ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
OTHER_TOKEN = "K1.234567ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LOST_ID = "dukcapil.ktp-hilang"
LOST_REPORT = "polda.lapor-hilang"
WAITING = VisitStatus(
    VisitVerdict.FOUND, "D-045", stops=(StopStatus(LOST_ID, StopState.WAITING, ahead=4, wait=Wait(1200, 2100)),)
)
CALLED = VisitStatus(
    VisitVerdict.FOUND, "D-046", stops=(StopStatus(LOST_ID, StopState.CALLED, counter="5"),), service_day=None
)
RETURNED = VisitStatus(
    VisitVerdict.RETURNED, "D-047", stops=(StopStatus(LOST_ID, StopState.WAITING, ahead=3, returned=True),)
)
FORGED = VisitStatus(VisitVerdict.FORGED)
YESTERDAY = VisitStatus(VisitVerdict.OTHER_DAY, "D-048", date(2026, 11, 22))


Answers = Callable[[str], VisitStatus]


class Counter:
    """A kiosk with a scanner, and somebody in the place of its server who answers as told."""

    def __init__(self, kiosk: KioskUnderTest) -> None:
        self.kiosk = kiosk
        self.driver = kiosk.driver
        self.asked: list[str] = []
        self.answers: dict[str, VisitStatus] = {TOKEN: WAITING, OTHER_TOKEN: CALLED}
        self.look_up: Answers = self._answer
        """What answers from now on."""
        application = kiosk.application
        assert application.machine is not None
        application.machine.machinery.look_up = self._ask
        self.hand = ScannerHand(application.window, application.scanner, kiosk.wait_until)

    def scan(self, text: str = TOKEN, *ends: Qt.Key) -> None:
        self.hand.scan(text, *(ends or (KEY.Key_Return,)))

    def shows(self, headline: str) -> None:
        self.kiosk.wait_for(Screen.YOUR_VISIT)
        self.kiosk.wait_until(lambda: self.reads("yourHeadline") == headline, headline)

    def reads(self, name: str) -> str:
        item = self.driver.find(name)
        return "" if item is None else str(item.property("text"))

    def has(self, name: str) -> bool:
        self.driver.settle()
        return self.driver.find(name) is not None

    def _ask(self, text: str) -> VisitStatus:
        return self.look_up(text)

    def _answer(self, text: str) -> VisitStatus:
        self.asked.append(text)
        return self.answers.get(text, VisitStatus(VisitVerdict.UNREADABLE))


@pytest.fixture
def counter(start: Start) -> Counter:
    return Counter(start(has_scanner=True))


# Everywhere


@pytest.mark.parametrize("ends", [(KEY.Key_Return,), (KEY.Key_Shift,)], ids=["enter", "silence"])
def test_slip_is_answered_at_the_first_screen_however_the_scan_ends(counter: Counter, ends: tuple[Qt.Key, ...]) -> None:
    counter.driver.wait_for(Screen.ATTRACT)
    counter.scan(TOKEN, *ends)
    counter.shows("Anda dalam antrean")
    assert counter.asked == [TOKEN]
    texts = counter.driver.texts()
    assert "D-045" in texts
    assert "4 orang di depan Anda" in texts
    assert "Perkiraan tunggu 20-35 menit" in texts
    counter.driver.touch("finishButton")
    counter.kiosk.wait_for(Screen.ATTRACT)


def test_keyboard_alone_puts_the_answer_away(counter: Counter) -> None:
    counter.scan()
    counter.shows("Anda dalam antrean")
    for _ in range(12):
        if counter.driver.focused_name() == "finishButton":
            break
        counter.hand.key(KEY.Key_Tab)
    assert counter.driver.focused_name() == "finishButton"
    counter.hand.key(KEY.Key_Return)
    counter.kiosk.wait_for(Screen.ATTRACT)


def test_nothing_that_a_code_holds_presses_a_key(counter: Counter) -> None:
    counter.driver.touch("attractStart")
    counter.kiosk.wait_for(Screen.HOME)
    for character in "K1.ABC":
        counter.hand.stroke(KEY(ord(character)), character)
    for key in (KEY.Key_Escape, KEY.Key_Backspace, KEY.Key_Down):
        counter.hand.stroke(key)
    counter.hand.stroke(KEY.Key_F4, "", Qt.KeyboardModifier.AltModifier)
    counter.hand.stroke(KEY.Key_Return, "\r")
    counter.hand.pause()
    counter.shows("Kode belum terbaca")
    assert counter.asked == ["K1.ABC"]
    assert counter.kiosk.state.session.query == ""
    assert counter.driver.window.isVisible()


def test_search_hears_a_persons_keys_and_no_scan(counter: Counter) -> None:
    driver, kiosk = counter.driver, counter.kiosk
    driver.touch("attractStart")
    kiosk.wait_for(Screen.HOME)
    driver.touch("searchField")
    kiosk.wait_for(Screen.SEARCH)
    for character in "ktp":
        QTest.keyClick(driver.window, ord(character))
        counter.hand.pause()
    kiosk.wait_until(lambda: kiosk.state.hits_of == "ktp", "the answer")
    hits = kiosk.state.hits
    counter.scan()
    counter.shows("Anda dalam antrean")
    driver.touch("resumeButton")
    kiosk.wait_for(Screen.SEARCH)
    assert (kiosk.state.session.query, kiosk.state.hits) == ("ktp", hits)


def test_without_a_scanner_nothing_is_promised_and_keys_are_keys(start: Start) -> None:
    kiosk = start()
    kiosk.driver.wait_for(Screen.ATTRACT)
    assert kiosk.application.scanner is None
    assert kiosk.driver.find("scannerBand") is None
    kiosk.driver.touch("attractStart")
    kiosk.wait_for(Screen.HOME)
    assert kiosk.driver.find("scannerLine") is None
    kiosk.driver.touch("searchField")
    kiosk.wait_for(Screen.SEARCH)
    ScannerHand(kiosk.driver.window, None, kiosk.wait_until).scan("KTP")
    kiosk.wait_until(lambda: kiosk.state.session.query == "KTP", "the query")


def test_first_screens_say_that_a_slip_may_be_held_before_the_scanner(counter: Counter) -> None:
    assert counter.has("scannerBand")
    counter.driver.touch("attractStart")
    counter.kiosk.wait_for(Screen.HOME)
    assert counter.has("scannerLine")


def test_what_is_pasted_where_the_kiosk_is_tried_was_scanned(counter: Counter) -> None:
    pasted = scan_what_is_pasted(counter.kiosk.application)
    try:
        for text in ("", f" {TOKEN}\n"):
            QGuiApplication.clipboard().setText(text)
            QTest.keyClick(counter.driver.window, KEY.Key_V, Qt.KeyboardModifier.ControlModifier)
        counter.shows("Anda dalam antrean")
        assert counter.asked == [TOKEN]
    finally:
        Shiboken.delete(pasted)


# In the middle of something


@pytest.mark.parametrize("way_back", ["resumeButton", "backButton", "escape"])
def test_scan_in_the_middle_of_a_selection_loses_nothing(counter: Counter, way_back: str) -> None:
    driver, kiosk = counter.driver, counter.kiosk
    driver.touch("attractStart")
    kiosk.wait_for(Screen.HOME)
    kiosk.attendant.open_service(LOST_REPORT)
    kiosk.attendant.add_to_visit()
    driver.touch("allLifeEvents")
    kiosk.wait_for(Screen.LIFE_EVENTS)
    driver.touch("lifeEvent_dokumen-hilang")
    kiosk.wait_for(Screen.LIFE_EVENT)
    driver.touch(f"service_{LOST_ID}")
    before = kiosk.state.session
    assert (before.chosen, before.selected) == ((LOST_REPORT,), (LOST_ID,))
    counter.scan()
    counter.shows("Anda dalam antrean")
    if way_back == "escape":
        counter.hand.key(KEY.Key_Escape)
    else:
        driver.touch(way_back)
    kiosk.wait_for(Screen.LIFE_EVENT)
    after = kiosk.state.session
    assert (after.key, after.route, after.chosen, after.selected) == (
        before.key,
        before.route,
        before.chosen,
        before.selected,
    )


def test_ticket_taken_after_a_scan_is_for_what_was_chosen(counter: Counter) -> None:
    driver, kiosk = counter.driver, counter.kiosk
    driver.touch("attractStart")
    kiosk.wait_for(Screen.HOME)
    kiosk.attendant.open_service(LOST_ID)
    kiosk.wait_for(Screen.SERVICE)
    driver.touch("takeTicketButton")
    kiosk.wait_for(Screen.PRIORITY)
    counter.scan()
    counter.shows("Anda dalam antrean")
    counter.scan(OTHER_TOKEN)
    counter.shows("Anda sedang dipanggil")
    driver.touch("resumeButton")
    kiosk.wait_for(Screen.PRIORITY)
    driver.touch("priorityNo")
    kiosk.wait_for(Screen.TICKET)
    ticket = kiosk.state.session.ticket
    assert ticket is not None
    assert [stop.service_id for stop in ticket.stops] == [LOST_ID]


def test_scan_answers_the_question_whether_anybody_is_there(counter: Counter) -> None:
    kiosk = counter.kiosk
    counter.driver.touch("attractStart")
    kiosk.wait_for(Screen.HOME)
    kiosk.pass_time(61)
    assert kiosk.seconds_warned() is not None
    counter.scan()
    counter.shows("Anda dalam antrean")
    assert kiosk.seconds_warned() is None


def test_answer_waits_no_longer_for_its_reader_than_other_screens(counter: Counter) -> None:
    kiosk = counter.kiosk
    counter.scan()
    counter.shows("Anda dalam antrean")
    kiosk.pass_time(61)
    assert kiosk.seconds_warned() == 19
    kiosk.pass_time(20)
    kiosk.wait_for(Screen.ATTRACT)
    assert "D-045" not in counter.driver.texts()


def test_closed_hall_still_answers_and_offers_no_number(start: Start) -> None:
    counter = Counter(start(has_scanner=True, now=MONDAY_MORNING.replace(hour=14)))
    counter.kiosk.wait_for(Screen.CLOSED)
    assert counter.has("scannerBand")
    counter.answers[TOKEN] = YESTERDAY
    counter.scan()
    counter.shows("Tiket ini bukan untuk hari ini")
    assert not counter.has("newNumberButton")
    counter.driver.touch("finishButton")
    counter.kiosk.wait_for(Screen.CLOSED)


def test_whoever_must_take_a_new_number_is_led_there(counter: Counter) -> None:
    counter.answers[TOKEN] = YESTERDAY
    counter.scan()
    counter.shows("Tiket ini bukan untuk hari ini")
    assert "Minggu, 22 November 2026" in counter.reads("yourAdvice")
    counter.driver.touch("newNumberButton")
    counter.kiosk.wait_for(Screen.HOME)


# A ticket in hand


def take_ticket(counter: Counter) -> None:
    kiosk = counter.kiosk
    counter.driver.touch("attractStart")
    kiosk.wait_for(Screen.HOME)
    kiosk.attendant.open_service(LOST_ID)
    kiosk.attendant.take_ticket()
    kiosk.wait_for(Screen.PRIORITY)
    counter.driver.touch("priorityNo")
    kiosk.wait_for(Screen.TICKET)


def test_next_visitors_slip_puts_a_number_away_whose_paper_is_out(counter: Counter) -> None:
    kiosk = counter.kiosk
    take_ticket(counter)
    ticket, key = kiosk.state.session.ticket, kiosk.state.session.key
    assert ticket is not None
    kiosk.pass_time(2)
    counter.scan()
    counter.shows("Anda dalam antrean")
    assert kiosk.state.session.key != key
    assert ticket.label not in counter.driver.texts()


@pytest.mark.parametrize("state", [PrintState.SENDING, PrintState.UNKNOWN, PrintState.FAILED])
def test_number_without_paper_is_not_disturbed(counter: Counter, state: PrintState) -> None:
    kiosk = counter.kiosk
    take_ticket(counter)
    session = kiosk.state.session
    assert session.job is not None
    kiosk.attendant.on_job(replace(session.job, state=state))
    kiosk.pass_time(2)
    counter.scan()
    counter.driver.settle()
    assert counter.asked == []
    assert kiosk.state.session.ticket == session.ticket
    assert kiosk.shows(Screen.PRINTING if state is PrintState.SENDING else Screen.TICKET)


# One visitor after the other


def test_nothing_of_the_last_visitor_survives_the_next_slip(counter: Counter) -> None:
    kiosk = counter.kiosk
    counter.scan()
    counter.shows("Anda dalam antrean")
    counter.driver.touch("otherLanguageButton")
    counter.driver.touch("textSizeButton")
    counter.shows("You are in the queue")
    first = kiosk.state.session
    counter.scan(OTHER_TOKEN)
    counter.shows("Anda sedang dipanggil")
    second = kiosk.state.session
    assert second.key != first.key
    assert (second.language, second.text_scale) == (Language.INDONESIAN, 1.0)
    assert "D-045" not in counter.driver.texts()
    counter.driver.touch("finishButton")
    kiosk.wait_for(Screen.ATTRACT)
    third = kiosk.state.session
    assert (third.slip, third.looked_up, third.route) == ("", None, ())
    assert kiosk.attendant.is_unattended


def test_slip_left_before_the_scanner_asks_once(counter: Counter) -> None:
    """One that was put back in the line must go on reading so, and not that it waits."""
    counter.answers[TOKEN] = RETURNED
    counter.scan()
    counter.shows("Anda kembali dalam antrean")
    counter.answers[TOKEN] = WAITING
    counter.scan()
    counter.driver.settle()
    assert counter.asked == [TOKEN]
    counter.shows("Anda kembali dalam antrean")
    counter.kiosk.pass_time(SAME_SLIP_S + 1)
    counter.scan()
    counter.shows("Anda dalam antrean")
    assert counter.asked == [TOKEN, TOKEN]


def test_answer_that_comes_late_is_not_shown_to_another(counter: Counter) -> None:
    answered = Event()

    def slow(text: str) -> VisitStatus:
        if text == TOKEN:
            answered.wait(10)
            return WAITING
        return CALLED

    counter.look_up = slow
    counter.scan()
    counter.shows("Membaca tiket Anda")
    counter.scan(OTHER_TOKEN)
    counter.shows("Membaca tiket Anda")
    answered.set()
    counter.shows("Anda sedang dipanggil")
    assert "D-045" not in counter.driver.texts()


def test_answer_after_the_visitor_went_changes_nothing(counter: Counter) -> None:
    answered, returned = Event(), Event()

    def slow(_text: str) -> VisitStatus:
        answered.wait(10)
        returned.set()
        return WAITING

    counter.look_up = slow
    counter.scan()
    counter.shows("Membaca tiket Anda")
    counter.driver.touch("finishButton")
    counter.kiosk.wait_for(Screen.ATTRACT)
    answered.set()
    counter.kiosk.wait_until(returned.is_set, "the answer")
    counter.driver.settle()
    assert counter.kiosk.state.session.looked_up is None
    assert counter.kiosk.attendant.is_unattended


def test_disk_that_fails_is_no_reason_for_a_traceback(counter: Counter, expected_logs: Logs) -> None:
    expected_logs("visitor_not_served")

    def fails(_text: str) -> VisitStatus:
        raise StoreError("the disk is away")

    counter.look_up = fails
    counter.scan()
    counter.shows("Kode belum terbaca")


def test_a_ticket_that_is_not_genuine_is_nobodys_fault(counter: Counter) -> None:
    counter.answers[TOKEN] = FORGED
    counter.scan()
    counter.shows("Tiket ini tidak dapat dipastikan asli")
    assert "petugas" in counter.reads("yourAdvice")
    assert not counter.has("yourLabel")
