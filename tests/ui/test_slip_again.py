"""Paper that did not come: what the visitor reads, what prints again by itself, and what never does."""

from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.domain.language import Language
from kiosk.domain.print_job import PrintState
from kiosk.domain.screens import Screen
from kiosk.domain.visitor import Problem
from printing.status import Attention, NeedsAttention, Ready
from tests.conftest import Logs
from tests.ui.conftest import MONDAY_MORNING, KioskUnderTest, Start
from tests.ui.lost_slips import (
    LOST_ID,
    become_unknown,
    copies,
    let_be_read,
    logged,
    lose_slip,
    reads,
    take_ticket,
    with_code,
)
from ui.scripted_visit import ScriptedVisit


def test_a_closed_cover_prints_the_slip_once_and_unmarked(start: Start, expected_logs: Logs) -> None:
    expected_logs("printer_lost")
    kiosk = start(is_cover_open=True)
    lose_slip(kiosk)
    assert reads(kiosk, "Penutup pencetak sedang terbuka.")
    assert reads(kiosk, "Tiket dicetak begitu pencetak siap")
    assert kiosk.printer.slips() == ()
    kiosk.change_printer(is_cover_open=False)
    kiosk.wait_for(Screen.TICKET)
    job = kiosk.state.session.job
    assert job is not None
    assert (job.state, job.copy) == (PrintState.CONFIRMED, 0)
    assert len(kiosk.printer.slips()) == 1
    assert logged(kiosk, "ticket.reprinted") == 0
    kiosk.change_printer(is_cover_open=True)
    kiosk.wait_until(lambda: kiosk.state.is_printer_in_trouble, "the open cover")
    kiosk.change_printer(is_cover_open=False)
    kiosk.wait_until(lambda: not kiosk.state.is_printer_in_trouble, "the closed cover")
    kiosk.run_events()
    assert len(kiosk.printer.slips()) == 1, "what is in hand is not printed again"


def test_paper_that_ends_within_the_slip_gives_a_whole_one_after_a_new_roll(start: Start, expected_logs: Logs) -> None:
    expected_logs("printer_lost")
    kiosk = start(paper_mm=40)
    take_ticket(kiosk)
    kiosk.wait_for(Screen.PRINTER_TROUBLE)
    assert reads(kiosk, "Kertas tiket sedang habis.")
    kiosk.change_printer(paper_mm=10_000)
    kiosk.wait_for(Screen.TICKET)
    kiosk.wait_until(lambda: kiosk.state.is_paper_out, "the slip")
    assert with_code(kiosk.printer.slips()) == 1, "the rest of the torn one has none"
    assert kiosk.state.session.job is not None
    assert kiosk.state.session.job.copy == 0


def test_who_has_gone_gets_no_slip_after_the_repair(start: Start, expected_logs: Logs) -> None:
    expected_logs("printer_lost")
    kiosk = start(is_cover_open=True)
    lose_slip(kiosk)
    let_be_read(kiosk)
    kiosk.driver.touch("ticketSeenButton")
    kiosk.wait_for(Screen.ATTRACT)
    kiosk.change_printer(is_cover_open=False)
    kiosk.wait_until(lambda: not kiosk.state.is_printer_in_trouble, "the repair")
    kiosk.run_events()
    assert kiosk.shows(Screen.ATTRACT)
    assert kiosk.printer.slips() == ()
    kiosk.wait_until(lambda: logged(kiosk, "ticket.shown") == 1, "the event")


def test_a_printer_that_comes_and_goes_is_not_tried_for_ever(start: Start, expected_logs: Logs) -> None:
    """It calls itself ready and is not: after so many tries the ticket stays on the screen."""
    expected_logs("printer_lost")
    kiosk = start(is_cover_open=True)
    lose_slip(kiosk)
    for _ in range(10):
        kiosk.attendant.on_printer_status(Ready())
        kiosk.wait_until(lambda: not kiosk.state.session.is_issuing, "the answer")
        kiosk.wait_until(lambda: kiosk.state.is_paper_missing, "the verdict")
        kiosk.attendant.on_printer_status(NeedsAttention(Attention.COVER_OPEN))
    assert logged(kiosk, "print.finished") == 4
    kiosk.attendant.on_printer_status(Ready())
    kiosk.wait_until(lambda: kiosk.problem() is Problem.NOT_REPRINTED, "the refusal")
    kiosk.wait_for(Screen.TICKET)
    assert kiosk.driver.find("reprintButton") is None
    assert kiosk.driver.find("ticketSeenButton") is not None
    kiosk.attendant.on_printer_status(NeedsAttention(Attention.COVER_OPEN))
    kiosk.wait_for(Screen.PRINTER_TROUBLE)
    assert not reads(kiosk, "Tiket dicetak begitu pencetak siap"), "it will not be"
    kiosk.attendant.on_printer_status(Ready())
    assert kiosk.shows(Screen.TICKET), "nothing is on its way"


def test_the_verdict_of_the_try_before_is_not_taken_for_the_new_one(start: Start, expected_logs: Logs) -> None:
    """It has the same number."""
    expected_logs("printer_lost")
    kiosk = start(is_cover_open=True)
    lose_slip(kiosk)
    assert kiosk.application.machine is not None
    kiosk.application.machine.spooler.stop()
    kiosk.attendant.on_printer_status(Ready())
    kiosk.wait_for(Screen.PRINTING)
    assert reads(kiosk, "Pencetak sudah siap lagi.")
    kiosk.wait_until(lambda: not kiosk.state.session.is_issuing, "the answer")
    assert kiosk.state.session.job is not None
    assert kiosk.state.session.job.state is PrintState.QUEUED
    assert kiosk.shows(Screen.PRINTING)


def test_yes_it_came_is_recorded_and_ends_the_visit(kiosk: KioskUnderTest) -> None:
    take_ticket(kiosk)
    become_unknown(kiosk)
    assert reads(kiosk, "Apakah tiket keluar?")
    assert kiosk.driver.find("finishButton") is None, "the way out is an answer"
    let_be_read(kiosk)
    kiosk.driver.touch("paperCameButton")
    kiosk.wait_for(Screen.ATTRACT)
    kiosk.wait_until(lambda: logged(kiosk, "print.witnessed") == 1, "the event")


def test_no_it_did_not_prints_two_marked_copies_and_then_calls_a_person(kiosk: KioskUnderTest) -> None:
    take_ticket(kiosk)
    for copy in (1, 2):
        become_unknown(kiosk)
        kiosk.attendant.reprint()
        assert kiosk.shows(Screen.TICKET), "the tap that asked for paper may have been one of two"
        let_be_read(kiosk)
        kiosk.driver.touch("reprintButton")
        kiosk.wait_until(lambda copy=copy: copies(kiosk) == copy, "the copy")  # type: ignore[misc]
        kiosk.wait_until(lambda: kiosk.state.is_paper_out, "its verdict")
    become_unknown(kiosk)
    assert len(kiosk.printer.slips()) == 3
    assert kiosk.driver.find("reprintButton") is None
    assert reads(kiosk, "panggil petugas")
    assert kiosk.driver.find("ticketQr") is not None
    let_be_read(kiosk)
    kiosk.attendant.reprint()
    assert kiosk.shows(Screen.TICKET)
    let_be_read(kiosk)
    kiosk.driver.touch("ticketSeenButton")
    kiosk.wait_for(Screen.ATTRACT)


def test_a_slip_that_certainly_failed_is_printed_again_by_a_finger_unmarked(
    kiosk: KioskUnderTest, monkeypatch: pytest.MonkeyPatch, expected_logs: Logs
) -> None:
    expected_logs("slip_not_rendered")
    assert kiosk.application.machine is not None
    spooler = kiosk.application.machine.spooler
    with monkeypatch.context() as broken:
        broken.setattr(spooler, "_render", lambda *_: 1 / 0)
        take_ticket(kiosk)
        kiosk.wait_until(lambda: kiosk.state.is_paper_missing, "the verdict")
    kiosk.wait_for(Screen.TICKET)
    let_be_read(kiosk)
    kiosk.driver.touch("reprintButton")
    kiosk.wait_until(lambda: kiosk.state.is_paper_out, "the slip")
    assert kiosk.state.session.job is not None
    assert kiosk.state.session.job.copy == 0
    assert logged(kiosk, "ticket.reprinted") == 0


def test_the_place_is_kept_while_the_number_stands_on_the_screen_and_given_up_after(
    start: Start, monkeypatch: pytest.MonkeyPatch, expected_logs: Logs
) -> None:
    expected_logs("printer_lost")
    kiosk = start(is_cover_open=True)
    assert kiosk.application.machine is not None
    jobs = kiosk.application.machine.spooler._jobs
    abandon, looked_at = jobs.abandon, []

    def look() -> object:
        began = kiosk.clock.monotonic()
        given_up = abandon()
        looked_at.append(began)
        return given_up

    monkeypatch.setattr(jobs, "abandon", look)
    lose_slip(kiosk)
    for _ in range(20):
        kiosk.attendant.notice_touch()
        kiosk.refresh()
        now = kiosk.clock.monotonic()
        kiosk.wait_until(lambda now=now: bool(looked_at) and looked_at[-1] >= now, "the look")  # type: ignore[misc]
    assert kiosk.shows(Screen.PRINTER_TROUBLE)
    assert logged(kiosk, "ticket.abandoned") == 0
    kiosk.pass_time(80)
    assert kiosk.shows(Screen.ATTRACT)

    def is_given_up() -> bool:
        kiosk.refresh()
        return logged(kiosk, "ticket.abandoned") == 1

    kiosk.wait_until(is_given_up, "the end of the wait")


def test_after_a_restart_the_last_number_is_shown_and_nothing_prints(start: Start) -> None:
    kiosk = start()
    take_ticket(kiosk)
    kiosk.wait_for(Screen.TICKET)
    label = kiosk.application.view_model.view.ticket.label
    kiosk.close()
    again = start(now=MONDAY_MORNING + timedelta(seconds=20))
    again.wait_for(Screen.TICKET)
    assert again.application.view_model.view.ticket.label == label
    assert reads(again, "Nomor terakhir di mesin ini")
    assert len(again.printer.slips()) == 1
    again.pass_time(30)
    assert again.shows(Screen.ATTRACT), "no longer than any other number"
    again.close()
    later = start(now=MONDAY_MORNING + timedelta(seconds=70))
    assert later.shows(Screen.ATTRACT)


def test_a_number_of_another_catalogue_is_not_shown_after_a_restart(start: Start) -> None:
    """A technician puts a new one in and starts the kiosk anew: it must not end over what it cannot name."""
    kiosk = start()
    take_ticket(kiosk)
    kiosk.wait_for(Screen.TICKET)
    kiosk.stored("UPDATE stops SET service_id = 'no.longer.offered'")
    kiosk.close()
    again = start(now=MONDAY_MORNING + timedelta(seconds=20))
    again.run_events()
    assert again.shows(Screen.ATTRACT)


def test_a_scripted_visit_soon_after_another_puts_the_last_number_away(start: Start, tmp_path: Path) -> None:
    """Else `giliran demo` could not be run twice in a minute."""
    kiosk = start()
    take_ticket(kiosk)
    kiosk.wait_for(Screen.TICKET)
    service = kiosk.attendant.hall.catalogue.services[LOST_ID]
    kiosk.close()
    again = start(now=MONDAY_MORNING + timedelta(seconds=20))
    again.wait_for(Screen.TICKET)
    again.clock.advance(timedelta(seconds=1))
    ScriptedVisit(again.application, (service,), Language.INDONESIAN, tmp_path / "album", again.driver)._enter()
    assert again.shows(Screen.HOME)


def test_a_slip_of_before_the_restart_waits_for_a_finger(start: Start, expected_logs: Logs) -> None:
    expected_logs("printer_lost")
    kiosk = start(is_cover_open=True)
    lose_slip(kiosk)
    kiosk.close()
    again = start(now=MONDAY_MORNING + timedelta(seconds=20))
    again.wait_for(Screen.PRINTER_TROUBLE)
    assert not reads(again, "Tiket dicetak begitu pencetak siap")
    again.change_printer(is_cover_open=False)
    again.wait_for(Screen.TICKET)
    again.refresh()
    again.run_events()
    assert again.printer.slips() == (), "nobody knows who stands here now"
    let_be_read(again)
    again.driver.touch("reprintButton")
    again.wait_until(lambda: again.state.is_paper_out, "the slip")
    assert len(again.printer.slips()) == 1
    assert again.state.session.job is not None
    assert again.state.session.job.copy == 0
