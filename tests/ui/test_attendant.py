"""What the attendant does with intents, time and news from the machine; the window is there and nobody looks at it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from kiosk.domain.language import Language
from kiosk.domain.print_job import PrintState
from kiosk.domain.screens import Screen
from kiosk.domain.visitor import Problem, VisitorSession
from kiosk.errors import StoreLockedError
from printing.status import Ready
from tests.conftest import Logs
from tests.ui.conftest import KioskUnderTest, Start

LOST_ID = "dukcapil.ktp-hilang"
LOST_REPORT = "polda.lapor-hilang"


def take_ticket(kiosk: KioskUnderTest, service_id: str = LOST_ID) -> None:
    kiosk.attendant.start()
    kiosk.attendant.open_service(service_id)
    kiosk.attendant.take_ticket()
    kiosk.attendant.answer_priority(is_priority=False)


def test_a_visit_ends_with_a_stored_and_printed_ticket(kiosk: KioskUnderTest) -> None:
    take_ticket(kiosk)
    assert kiosk.shows(Screen.PRINTING)
    kiosk.wait_for(Screen.TICKET)
    ticket = kiosk.state.session.ticket
    assert ticket is not None
    assert kiosk.stored("SELECT label FROM tickets") == [(ticket.label,)]
    assert len(kiosk.printer.slips()) == 1


def test_a_thousand_answers_make_one_ticket(kiosk: KioskUnderTest) -> None:
    kiosk.attendant.start()
    kiosk.attendant.open_service(LOST_ID)
    kiosk.attendant.take_ticket()
    for _ in range(1000):
        kiosk.attendant.answer_priority(is_priority=False)
    kiosk.wait_for(Screen.TICKET)
    assert kiosk.stored("SELECT count(*) FROM tickets") == [(1,)]
    assert len(kiosk.printer.slips()) == 1


def test_nothing_of_a_visitor_is_left_for_the_next(kiosk: KioskUnderTest) -> None:
    attendant = kiosk.attendant
    before = replace(kiosk.application.view_model.view)
    attendant.start()
    attendant.set_language("en")
    attendant.cycle_text_scale()
    attendant.toggle_contrast()
    attendant.open_service(LOST_REPORT)
    attendant.add_to_visit()
    attendant.open_search()
    attendant.type_text("paspor")
    kiosk.wait_until(lambda: bool(kiosk.state.hits), "hits")
    key = kiosk.state.session.key
    kiosk.pass_time(80)
    assert kiosk.state.session == VisitorSession(kiosk.state.session.key, Language.INDONESIAN)
    assert kiosk.state.session.key != key
    assert kiosk.state.hits == ()
    assert kiosk.application.view_model.view == before


def test_a_ticket_is_gone_when_its_time_is_over(kiosk: KioskUnderTest) -> None:
    take_ticket(kiosk)
    kiosk.wait_for(Screen.TICKET)
    qr = kiosk.state.qr_source
    assert qr
    kiosk.pass_time(29)
    assert kiosk.state.ticket_seconds_left == 1
    kiosk.pass_time(1)
    assert kiosk.shows(Screen.ATTRACT)
    assert kiosk.state.session.ticket is None
    assert kiosk.state.qr_source == ""


def test_the_warning_comes_twenty_seconds_before_the_end_and_an_answer_ends_it(kiosk: KioskUnderTest) -> None:
    kiosk.attendant.start()
    kiosk.pass_time(59)
    assert kiosk.seconds_warned() is None
    kiosk.pass_time(1)
    assert kiosk.seconds_warned() == 20
    kiosk.attendant.notice_touch()
    kiosk.pass_time(5)
    assert kiosk.seconds_warned() == 15, "a sleeve on the glass is no answer"
    kiosk.attendant.still_here()
    kiosk.pass_time(30)
    assert kiosk.seconds_warned() is None
    assert kiosk.shows(Screen.HOME)


def test_a_language_chosen_before_starting_does_not_stay(kiosk: KioskUnderTest) -> None:
    kiosk.attendant.set_language("en")
    assert kiosk.shows(Screen.ATTRACT)
    kiosk.pass_time(80)
    assert kiosk.state.session.language is Language.INDONESIAN


def test_no_paper_is_known_before_the_visitor_chooses_and_the_ticket_is_offered_on_screen(
    start: Start, expected_logs: Logs
) -> None:
    expected_logs("printer_lost")
    kiosk = start(paper_mm=0)
    kiosk.wait_until(lambda: kiosk.state.is_printer_in_trouble, "the printer's trouble")
    kiosk.attendant.start()
    assert kiosk.shows(Screen.HOME)
    assert kiosk.application.view_model.view.printer_trouble == 1
    take_ticket(kiosk)
    kiosk.wait_for(Screen.PRINTER_TROUBLE)
    assert kiosk.state.session.ticket is not None
    assert kiosk.state.qr_source.startswith("image://qr/")
    kiosk.attendant.ticket_seen()
    assert kiosk.shows(Screen.PRINTER_TROUBLE), "a number just shown is not put away by the next tap"
    kiosk.pass_time(1)
    kiosk.attendant.ticket_seen()
    assert kiosk.shows(Screen.ATTRACT)
    kiosk.wait_until(
        lambda: (1,) in kiosk.stored("SELECT count(*) FROM events WHERE raw LIKE '%ticket.shown%'"), "event"
    )


def test_paper_that_ends_within_the_slip_leaves_the_ticket_on_screen(start: Start, expected_logs: Logs) -> None:
    expected_logs("printer_lost")
    kiosk = start(paper_mm=40)
    take_ticket(kiosk)
    kiosk.wait_for(Screen.PRINTER_TROUBLE)
    assert kiosk.state.session.ticket is not None


def test_a_slip_without_a_verdict_is_not_waited_for_for_ever(kiosk: KioskUnderTest) -> None:
    machine = kiosk.application.machine
    assert machine is not None
    machine.spooler.stop()
    take_ticket(kiosk)
    kiosk.wait_until(lambda: kiosk.state.session.ticket is not None, "the ticket")
    kiosk.pass_time(9)
    assert kiosk.shows(Screen.PRINTING)
    kiosk.pass_time(1)
    assert kiosk.shows(Screen.PRINTER_TROUBLE)
    job = kiosk.state.session.job
    assert job is not None
    kiosk.attendant.on_job(replace(job, state=PrintState.CONFIRMED))
    assert kiosk.shows(Screen.TICKET), "paper that comes after all is welcome"


def test_a_fifth_service_is_refused_and_said(kiosk: KioskUnderTest) -> None:
    kiosk.attendant.start()
    services = [service.id for service in kiosk.application.attendant.hall.popular][:5]
    for service_id in services:
        kiosk.attendant.open_service(service_id)
        kiosk.attendant.add_to_visit()
    assert len(kiosk.state.session.chosen) == 4
    assert kiosk.problem() is Problem.VISIT_FULL
    kiosk.attendant.go_home()
    assert kiosk.problem() is Problem.NONE


def test_four_agencies_on_one_ticket(kiosk: KioskUnderTest) -> None:
    kiosk.attendant.start()
    for service_id in (LOST_REPORT, LOST_ID, "bpn.cek", "djp.npwp-op"):
        kiosk.attendant.open_service(service_id)
        kiosk.attendant.add_to_visit()
    kiosk.attendant.open_visit()
    kiosk.attendant.take_ticket()
    kiosk.attendant.answer_priority(is_priority=True)
    kiosk.wait_for(Screen.TICKET)
    ticket = kiosk.state.session.ticket
    assert ticket is not None
    assert len(ticket.stops) == 4
    assert ticket.is_priority
    stops = kiosk.application.view_model.view.ticket.stops
    assert [stop.after_text for stop in stops if stop.after_text] == ["Polda Metro Jaya"]


def test_the_hall_closes_and_a_ticket_in_hand_outlives_it(kiosk: KioskUnderTest) -> None:
    take_ticket(kiosk)
    kiosk.wait_for(Screen.TICKET)
    kiosk.clock.jump(datetime(2026, 11, 23, 12, 0, tzinfo=UTC))
    kiosk.refresh()
    kiosk.wait_until(lambda: kiosk.state.hall_closed is not None, "closing time")
    assert kiosk.shows(Screen.TICKET)
    kiosk.attendant.finish()
    assert kiosk.shows(Screen.CLOSED)
    view = kiosk.application.view_model.view
    assert (view.closed_reason, view.reopens_text) == (3, "Buka lagi besok pukul 07.30.")
    kiosk.attendant.start()
    assert kiosk.shows(Screen.CLOSED)


def test_midnight_with_a_session_open(start: Start) -> None:
    kiosk = start(now=datetime(2026, 11, 23, 16, 58, tzinfo=UTC))
    assert kiosk.shows(Screen.CLOSED)
    kiosk.clock.jump(datetime(2026, 11, 23, 17, 1, tzinfo=UTC))
    kiosk.refresh()
    kiosk.wait_until(lambda: kiosk.application.view_model.view.date_text == "Selasa, 24 November 2026", "the new day")
    assert kiosk.application.view_model.view.reopens_text == "Buka lagi hari ini pukul 07.30."


def test_a_clock_that_cannot_be_trusted_is_not_shown_and_closes_nothing(start: Start) -> None:
    kiosk = start(now=datetime(2000, 1, 1, tzinfo=UTC))
    view = kiosk.application.view_model.view
    assert (view.clock_text, view.date_text) == ("", "")
    take_ticket(kiosk)
    kiosk.wait_for(Screen.TICKET)
    assert kiosk.application.view_model.view.ticket.time_text == ""


def test_only_the_newest_query_is_answered(kiosk: KioskUnderTest) -> None:
    kiosk.attendant.start()
    kiosk.attendant.open_search()
    for letter in "ktp hilang":
        kiosk.attendant.type_text(letter)
    kiosk.wait_until(lambda: bool(kiosk.state.hits), "hits")
    assert kiosk.state.session.query == "ktp hilang"
    assert kiosk.state.hits[0] == LOST_ID
    kiosk.attendant._on_found(("ktp", ("bpn.cek",)))
    assert kiosk.state.hits[0] == LOST_ID, "an answer that comes late is of no interest"
    kiosk.attendant.clear_query()
    assert kiosk.state.hits == ()


def test_a_second_kiosk_on_the_folder_is_out_of_service_and_says_why_to_the_technician(
    start: Start, expected_logs: Logs
) -> None:
    expected_logs("kiosk_not_started")
    start()
    second = start()
    assert second.shows(Screen.OUT_OF_SERVICE)
    assert isinstance(second.application.trouble, StoreLockedError)
    second.attendant.start()
    second.attendant.set_language("en")
    assert second.shows(Screen.OUT_OF_SERVICE)
    second.attendant.open_technician()
    second.wait_until(lambda: bool(second.state.technician_rows), "the report")
    rows = second.application.view_model.view.technician_rows
    assert any("already running" in row.value for row in rows)
    assert not any("Program lain" in row.value for row in rows)
    second.attendant.set_language("id")
    rows = second.application.view_model.view.technician_rows
    assert any("Program lain" in row.value and "already running" in row.value for row in rows)


def test_the_technician_sees_the_machine_and_leaves_nothing_behind(kiosk: KioskUnderTest) -> None:
    kiosk.wait_until(lambda: isinstance(kiosk.state.printer, Ready), "the printer's word")
    kiosk.attendant.start()
    kiosk.attendant.open_technician()
    kiosk.wait_until(lambda: bool(kiosk.state.technician_rows), "the report")
    rows = kiosk.application.view_model.view.technician_rows
    assert {row.group for row in rows} == {"Mesin", "Printer", "Sinkronisasi", "Data"}
    assert {row.name for row in rows if row.level == "ok"} >= {"Jam", "Keadaan", "Belum terkirim", "Ruang bebas"}
    assert next(row.value for row in rows if row.name == "Tertua belum terkirim") == "2026-11-23 09:41", "by this clock"
    kiosk.attendant.close_technician()
    assert kiosk.shows(Screen.ATTRACT)
    assert kiosk.state.technician_rows == ()


@pytest.mark.parametrize("screen", [Screen.ATTRACT, Screen.SERVICE, Screen.TICKET])
def test_intents_of_other_screens_are_nothing(kiosk: KioskUnderTest, screen: Screen) -> None:
    if screen is Screen.SERVICE:
        kiosk.attendant.start()
        kiosk.attendant.open_service(LOST_ID)
    elif screen is Screen.TICKET:
        take_ticket(kiosk)
        kiosk.wait_for(Screen.TICKET)
    kiosk.attendant.answer_priority(is_priority=True)
    kiosk.attendant.continue_with_selected()
    kiosk.attendant.toggle_selected(LOST_ID)
    kiosk.attendant.type_text("x")
    kiosk.attendant.open_agency("nobody")
    kiosk.attendant.open_service("no.such-service")
    if screen is not Screen.SERVICE:
        kiosk.attendant.open_service(LOST_ID)
        kiosk.attendant.take_ticket()
        kiosk.attendant.add_to_visit()
    assert kiosk.shows(screen)


def test_a_visitor_without_paper_gets_the_time_to_take_a_photograph(kiosk: KioskUnderTest) -> None:
    take_ticket(kiosk)
    kiosk.wait_for(Screen.TICKET)
    job = kiosk.state.session.job
    assert job is not None
    kiosk.attendant.on_job(replace(job, state=PrintState.UNKNOWN))
    kiosk.pass_time(50)
    assert kiosk.shows(Screen.TICKET)
    kiosk.pass_time(30)
    assert kiosk.shows(Screen.ATTRACT)
