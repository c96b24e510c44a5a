"""The spooler over a real store: order, one verdict a job, and nothing that prints by itself."""

import threading
from datetime import timedelta
from pathlib import Path

from kiosk.domain.print_job import PrintState
from kiosk.domain.ticket import Ticket
from kiosk.store.print_jobs import PATIENCE
from printing.profile import Profile
from printing.simulated import SimulatedPrinter
from printing.slip import SlipRenderer
from printing.spooler import REST_S
from printing.status import Attention, NeedsAttention, Ready
from printing.transports.sim import SimTransport
from tests.conftest import Logs
from tests.small_hall import small_catalogue, small_site
from tests.spooling import PROFILE, printing_kiosk


def test_slips_are_printed_once_each_in_order(tmp_path: Path) -> None:
    with printing_kiosk(tmp_path) as works:
        jobs = [works.issue(f"visitor {number}") for number in range(5)]
        states = [works.heard.verdict(job.id) for job in jobs]
        assert states == [PrintState.CONFIRMED] * 5
        render = SlipRenderer(small_site(), small_catalogue(), PROFILE)
        assert works.slip_bytes() == [render(works.machine.jobs.ticket(job.ticket_id), 0, PROFILE) for job in jobs]
        assert works.heard.states(jobs[0].id) == [PrintState.SENDING, PrintState.CONFIRMED]


def test_reprint_is_marked(tmp_path: Path) -> None:
    with printing_kiosk(tmp_path) as works:
        first = works.issue("visitor")
        works.heard.verdict(first.id)
        copy = works.machine.issuing.reprint(first.ticket_id)
        works.spooler.wake()
        assert works.heard.verdict(copy.id) is PrintState.CONFIRMED
        original, marked = works.slip_bytes()
        assert original != marked


def test_job_that_waited_too_long_is_never_printed(tmp_path: Path) -> None:
    held, go_on = threading.Event(), threading.Event()
    slips = SlipRenderer(small_site(), small_catalogue(), PROFILE)

    def slow(ticket: Ticket, copy: int, profile: Profile) -> bytes:
        held.set()
        assert go_on.wait(20)
        return slips(ticket, copy, profile)

    with printing_kiosk(tmp_path, render=slow) as works:
        first, second = works.issue("first"), works.issue("second")
        assert held.wait(20)
        works.machine.clock.advance(PATIENCE + timedelta(seconds=1))
        go_on.set()
        assert works.heard.verdict(first.id) is PrintState.CONFIRMED
        assert works.heard.verdict(second.id) is PrintState.EXPIRED
        assert len(works.slip_bytes()) == 1


def test_nothing_prints_by_itself_after_a_restart(tmp_path: Path) -> None:
    with printing_kiosk(tmp_path) as works:
        works.spooler.stop()
        sending = works.issue("was being sent")
        queued = works.issue("was queued")
        works.machine.jobs.take_next()
    with printing_kiosk(tmp_path) as works:
        later = works.issue("later")
        assert works.heard.verdict(later.id) is PrintState.CONFIRMED
        assert works.heard.states(sending.id) == [PrintState.UNKNOWN]
        assert works.heard.states(queued.id) == [PrintState.EXPIRED]
        assert len(works.slip_bytes()) == 1


def test_slip_that_cannot_be_drawn_fails_and_the_next_is_printed(tmp_path: Path, expected_logs: Logs) -> None:
    expected_logs("slip_not_rendered")
    slips = SlipRenderer(small_site(), small_catalogue(), PROFILE)

    def sometimes(ticket: Ticket, copy: int, profile: Profile) -> bytes:
        if ticket.number == 1:
            raise ValueError("a bug")
        return slips(ticket, copy, profile)

    with printing_kiosk(tmp_path, render=sometimes) as works:
        assert works.heard.verdict(works.issue("first").id) is PrintState.FAILED
        assert works.heard.verdict(works.issue("second").id) is PrintState.CONFIRMED


class CountedTransport(SimTransport):
    """Counts conversations, so that a test can wait for the next one."""

    def __init__(self, printer: SimulatedPrinter) -> None:
        super().__init__(printer)
        self._count = 0
        self._counted = threading.Condition()

    def close(self) -> None:
        super().close()
        with self._counted:
            self._count += 1
            self._counted.notify_all()

    def wait_for_more(self, conversations: int) -> None:
        with self._counted:
            wanted = self._count + conversations
            assert self._counted.wait_for(lambda: self._count >= wanted, 20)


def test_status_is_told_when_it_changes_and_logged_once(tmp_path: Path, expected_logs: Logs) -> None:
    expected_logs("printer_lost")
    transports: list[CountedTransport] = []

    def counted(printer: SimulatedPrinter) -> CountedTransport:
        transports.append(CountedTransport(printer))
        return transports[0]

    with printing_kiosk(tmp_path, transport=counted, poll_s=0.01) as works:
        transports[0].wait_for_more(5)
        works.simulated.change(paper_mm=0)
        works.heard.wait_for(lambda: works.spooler.status == NeedsAttention(Attention.NO_PAPER))
        transports[0].wait_for_more(5)
        works.simulated.change(paper_mm=80_000)
        works.heard.wait_for(lambda: len(works.heard.statuses) == 3)
    assert works.heard.statuses == [Ready(), NeedsAttention(Attention.NO_PAPER), Ready()]
    assert expected_logs.seen == ["printer_lost"]


def test_printer_without_verdicts_is_rested_until_it_is_clean(tmp_path: Path, expected_logs: Logs) -> None:
    expected_logs("printer_lost", "printer_rested")
    out_of_service = NeedsAttention(Attention.OTHER)
    with printing_kiosk(tmp_path) as works:
        for visitor in ("first", "second"):
            works.simulated.change(is_noisy=True)
            assert works.heard.verdict(works.issue(visitor).id) is PrintState.UNKNOWN
        works.simulated.change(is_noisy=False)
        assert works.heard.verdict(works.issue("third").id) is PrintState.FAILED
        works.heard.wait_for(lambda: works.heard.statuses[-1] == out_of_service)
        assert len(works.slip_bytes()) == 2
        works.machine.clock.advance(timedelta(seconds=REST_S))
        works.spooler.wake()
        works.heard.wait_for(lambda: works.heard.statuses[-1] == Ready())
        assert works.heard.verdict(works.issue("fourth").id) is PrintState.CONFIRMED


def test_everything_is_loaded_before_the_first_visitor(tmp_path: Path) -> None:
    on_thread: list[str] = []
    with printing_kiosk(tmp_path, prepare=lambda: on_thread.append(threading.current_thread().name)) as works:
        assert on_thread == ["spooler"]
        assert works.heard.jobs == []


def test_stop_ends_the_thread_and_lets_the_printer_go(tmp_path: Path) -> None:
    with printing_kiosk(tmp_path) as works:
        works.spooler.stop()
        works.spooler.stop()
    assert not any(thread.name == "spooler" for thread in threading.enumerate())
