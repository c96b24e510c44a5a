"""One visitor's slip after the other's before the kiosk's scanner, and a number that is being given meanwhile."""

from dataclasses import replace
from threading import Event

import pytest

from kiosk.domain.language import Language
from kiosk.domain.print_job import PrintState
from kiosk.domain.screens import Screen
from kiosk.domain.visit_status import VisitStatus
from kiosk.errors import StoreError
from tests.conftest import Logs
from tests.scanning_kiosk import CALLED, FORGED, LOST_ID, OTHER_TOKEN, RETURNED, TOKEN, WAITING, ScanningKiosk
from tests.ui.conftest import Start
from ui.visitor.slip_reader import LEFT_SLIP_S, SAME_SLIP_S


@pytest.fixture
def counter(start: Start) -> ScanningKiosk:
    return ScanningKiosk(start(has_scanner=True))


# A ticket in hand


def take_ticket(counter: ScanningKiosk) -> None:
    kiosk = counter.kiosk
    counter.driver.touch("attractStart")
    kiosk.wait_for(Screen.HOME)
    kiosk.attendant.open_service(LOST_ID)
    kiosk.attendant.take_ticket()
    kiosk.wait_for(Screen.PRIORITY)
    counter.driver.touch("priorityNo")
    kiosk.wait_for(Screen.TICKET)


def test_next_visitors_slip_puts_a_number_away_whose_paper_is_out(counter: ScanningKiosk) -> None:
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
def test_number_without_paper_is_not_disturbed(counter: ScanningKiosk, state: PrintState) -> None:
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


def test_nothing_of_the_last_visitor_survives_the_next_slip(counter: ScanningKiosk) -> None:
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


def test_slip_left_before_the_scanner_asks_once(counter: ScanningKiosk) -> None:
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


def test_slip_left_before_the_scanner_does_not_come_back_over_the_next_visitor(counter: ScanningKiosk) -> None:
    kiosk = counter.kiosk
    counter.scan()
    counter.shows("Anda dalam antrean")
    counter.driver.touch("finishButton")
    kiosk.wait_for(Screen.ATTRACT)
    counter.driver.touch("attractStart")
    kiosk.wait_for(Screen.HOME)
    for _ in range(4):
        kiosk.pass_time(LEFT_SLIP_S / 2)
        counter.scan()
        counter.driver.settle()
        assert kiosk.shows(Screen.HOME)
    assert counter.asked == [TOKEN]
    kiosk.pass_time(LEFT_SLIP_S)
    counter.scan()
    counter.shows("Anda dalam antrean")


def test_slip_left_before_the_scanner_does_not_keep_its_answer_there(counter: ScanningKiosk) -> None:
    kiosk = counter.kiosk
    counter.scan()
    counter.shows("Anda dalam antrean")
    for _ in range(90):
        kiosk.pass_time(1)
        kiosk.attendant.scan(TOKEN)
    kiosk.wait_for(Screen.ATTRACT)
    assert counter.asked == [TOKEN]


def test_answer_that_comes_late_is_not_shown_to_another(counter: ScanningKiosk) -> None:
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


def test_answer_after_the_visitor_went_changes_nothing(counter: ScanningKiosk) -> None:
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


def test_disk_that_fails_is_no_reason_for_a_traceback(counter: ScanningKiosk, expected_logs: Logs) -> None:
    expected_logs("visitor_not_served")

    def fails(_text: str) -> VisitStatus:
        raise StoreError("the disk is away")

    counter.look_up = fails
    counter.scan()
    counter.shows("Kode belum terbaca")


def test_a_ticket_that_is_not_genuine_is_nobodys_fault(counter: ScanningKiosk) -> None:
    counter.answers[TOKEN] = FORGED
    counter.scan()
    counter.shows("Tiket ini tidak dapat dipastikan asli")
    assert "petugas" in counter.reads("yourAdvice")
    assert not counter.has("yourLabel")
