"""A slip before the kiosk's scanner, at any moment: it is answered, and nothing of what was begun is lost."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from shiboken6 import Shiboken

from kiosk.domain.screens import Screen
from tests.scanner_hand import ScannerHand
from tests.scanning_kiosk import KEY, LOST_ID, LOST_REPORT, OTHER_TOKEN, TOKEN, YESTERDAY, ScanningKiosk
from tests.ui.conftest import MONDAY_MORNING, Start
from ui.everything import scan_what_is_pasted


@pytest.fixture
def counter(start: Start) -> ScanningKiosk:
    return ScanningKiosk(start(has_scanner=True))


# Everywhere


@pytest.mark.parametrize("ends", [(KEY.Key_Return,), (KEY.Key_Shift,)], ids=["enter", "silence"])
def test_slip_is_answered_at_the_first_screen_however_the_scan_ends(
    counter: ScanningKiosk, ends: tuple[Qt.Key, ...]
) -> None:
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


def test_keyboard_alone_puts_the_answer_away(counter: ScanningKiosk) -> None:
    counter.scan()
    counter.shows("Anda dalam antrean")
    for _ in range(12):
        if counter.driver.focused_name() == "finishButton":
            break
        counter.hand.key(KEY.Key_Tab)
    assert counter.driver.focused_name() == "finishButton"
    counter.hand.key(KEY.Key_Return)
    counter.kiosk.wait_for(Screen.ATTRACT)


def test_nothing_that_a_code_holds_presses_a_key(counter: ScanningKiosk) -> None:
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


def test_search_hears_a_persons_keys_and_no_scan(counter: ScanningKiosk) -> None:
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


def test_first_screens_say_that_a_slip_may_be_held_before_the_scanner(counter: ScanningKiosk) -> None:
    assert counter.has("scannerBand")
    counter.driver.touch("attractStart")
    counter.kiosk.wait_for(Screen.HOME)
    assert counter.has("scannerLine")


def test_what_is_pasted_where_the_kiosk_is_tried_was_scanned(counter: ScanningKiosk) -> None:
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
def test_scan_in_the_middle_of_a_selection_loses_nothing(counter: ScanningKiosk, way_back: str) -> None:
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


def test_ticket_taken_after_a_scan_is_for_what_was_chosen(counter: ScanningKiosk) -> None:
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


def test_scan_answers_the_question_whether_anybody_is_there(counter: ScanningKiosk) -> None:
    kiosk = counter.kiosk
    counter.driver.touch("attractStart")
    kiosk.wait_for(Screen.HOME)
    kiosk.pass_time(61)
    assert kiosk.seconds_warned() is not None
    counter.scan()
    counter.shows("Anda dalam antrean")
    assert kiosk.seconds_warned() is None


def test_answer_waits_no_longer_for_its_reader_than_other_screens(counter: ScanningKiosk) -> None:
    kiosk = counter.kiosk
    counter.scan()
    counter.shows("Anda dalam antrean")
    kiosk.pass_time(61)
    assert kiosk.seconds_warned() == 19
    kiosk.pass_time(20)
    kiosk.wait_for(Screen.ATTRACT)
    assert "D-045" not in counter.driver.texts()


def test_closed_hall_still_answers_and_offers_no_number(start: Start) -> None:
    counter = ScanningKiosk(start(has_scanner=True, now=MONDAY_MORNING.replace(hour=14)))
    counter.kiosk.wait_for(Screen.CLOSED)
    assert counter.has("scannerBand")
    counter.answers[TOKEN] = YESTERDAY
    counter.scan()
    counter.shows("Tiket ini bukan untuk hari ini")
    assert not counter.has("newNumberButton")
    counter.driver.touch("finishButton")
    counter.kiosk.wait_for(Screen.CLOSED)


def test_whoever_must_take_a_new_number_is_led_there(counter: ScanningKiosk) -> None:
    counter.answers[TOKEN] = YESTERDAY
    counter.scan()
    counter.shows("Tiket ini bukan untuk hari ini")
    assert "Minggu, 22 November 2026" in counter.reads("yourAdvice")
    counter.driver.touch("newNumberButton")
    counter.kiosk.wait_for(Screen.HOME)
