"""The spooler over a real store: order, one verdict a job, and nothing that prints by itself."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.domain.print_job import PrintState
from kiosk.domain.ticket import Ticket
from kiosk.errors import StoreFullError
from kiosk.store.print_jobs import PATIENCE, StoredPrintJobs
from printing.confirmation import FENCE_REQUEST
from printing.printer import Draw, PrinterReport
from printing.profile import Profile
from printing.simulated import SimulatedPrinter
from printing.slip import SlipRenderer
from printing.spooler import REST_S, Spooler
from printing.status import Attention, CannotTell, NeedsAttention, PrinterStatus, PrintVerdict, Ready
from printing.transports.sim import SimTransport
from tests.conftest import Logs
from tests.small_hall import Machine, request, running_kiosk, small_catalogue, small_site
from tests.spooling import PROFILE, Heard, printing_kiosk


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


class StumblingTransport(SimTransport):
    """A bug that shows when most of the first slip is out."""

    has_stumbled = False

    def write(self, data: bytes, timeout_s: float) -> None:
        super().write(data, timeout_s)
        if len(data) > 1_000 and not self.has_stumbled:
            self.has_stumbled = True
            raise ValueError("a bug")


def test_slip_that_is_lost_sight_of_is_unknown_and_the_next_is_whole(tmp_path: Path, expected_logs: Logs) -> None:
    """Called failed, it would be printed again unmarked."""
    expected_logs("spooler_failed")
    with printing_kiosk(tmp_path, transport=StumblingTransport) as works:
        assert works.heard.verdict(works.issue("first").id) is PrintState.UNKNOWN
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


class NoVerdict(SimTransport):
    """While `is_dumb`, takes a slip and then says nothing until it is opened anew."""

    def __init__(self, printer: SimulatedPrinter) -> None:
        super().__init__(printer)
        self.is_dumb = True
        self._is_dead = False

    def open(self, timeout_s: float) -> None:
        super().open(timeout_s)
        self._is_dead = False

    def read(self, timeout_s: float) -> bytes:
        came = super().read(timeout_s)
        return b"" if self._is_dead else came

    def write(self, data: bytes, timeout_s: float) -> None:
        super().write(data, timeout_s)
        self._is_dead |= self.is_dumb and len(data) > 1_000 and data.endswith(FENCE_REQUEST)


def test_printer_without_verdicts_is_rested_until_it_is_clean(tmp_path: Path, expected_logs: Logs) -> None:
    expected_logs("printer_lost", "printer_rested")
    out_of_service = NeedsAttention(Attention.OTHER)
    transports: list[NoVerdict] = []

    def dumb(printer: SimulatedPrinter) -> NoVerdict:
        transports.append(NoVerdict(printer))
        return transports[0]

    with printing_kiosk(tmp_path, transport=dumb) as works:
        for visitor in ("first", "second"):
            assert works.heard.verdict(works.issue(visitor).id) is PrintState.UNKNOWN
        transports[0].is_dumb = False
        assert works.heard.verdict(works.issue("third").id) is PrintState.FAILED
        works.heard.wait_for(lambda: works.heard.statuses[-1] == out_of_service)
        assert len(works.slip_bytes()) == 2
        works.machine.clock.advance(timedelta(seconds=REST_S))
        works.spooler.wake()
        works.heard.wait_for(lambda: works.heard.statuses[-1] == Ready())
        assert works.heard.verdict(works.issue("fourth").id) is PrintState.CONFIRMED


@dataclass
class ScriptedPrinter:
    """Says what it is told to say."""

    verdicts: list[PrintState]
    now: PrinterStatus

    def status(self) -> PrinterStatus:
        return self.now

    def print(self, draw: Draw, job: int) -> PrintVerdict:
        return PrintVerdict(self.verdicts.pop(0), self.now)

    def expect_fragment(self) -> None:
        pass

    def reports(self) -> tuple[PrinterReport, ...]:
        return ()

    def close(self) -> None:
        pass


@contextmanager
def scripted_kiosk(directory: Path, printer: ScriptedPrinter) -> Iterator[tuple[Machine, Spooler, Heard]]:
    heard = Heard()
    with running_kiosk(directory) as machine:
        spooler = Spooler(printer, machine.jobs, lambda *_: b"", heard.job, heard.status, machine.clock, poll_s=60)
        spooler.start()
        try:
            heard.wait_for(lambda: bool(heard.statuses))
            yield machine, spooler, heard
        finally:
            spooler.stop()


def test_slips_that_failed_for_certain_do_not_hide_the_unknown_ones(tmp_path: Path, expected_logs: Logs) -> None:
    """A printer that is away between its failures is no better than one that stays."""
    expected_logs("printer_lost", "printer_rested")
    printer = ScriptedPrinter([PrintState.UNKNOWN, PrintState.FAILED, PrintState.UNKNOWN], Ready())
    with scripted_kiosk(tmp_path, printer) as (machine, spooler, heard):
        for visitor in ("first", "second", "third"):
            job = machine.issuing.issue(request(visitor)).job
            spooler.wake()
            heard.verdict(job.id)
        heard.wait_for(lambda: heard.statuses[-1] == NeedsAttention(Attention.OTHER))


def test_printer_that_cannot_tell_its_status_comes_back_from_its_rest(tmp_path: Path, expected_logs: Logs) -> None:
    expected_logs("printer_lost", "printer_rested")
    printer = ScriptedPrinter([PrintState.UNKNOWN] * 2 + [PrintState.UNVERIFIED], CannotTell("mute"))
    with scripted_kiosk(tmp_path, printer) as (machine, spooler, heard):
        for visitor in ("first", "second"):
            job = machine.issuing.issue(request(visitor)).job
            spooler.wake()
            heard.verdict(job.id)
        heard.wait_for(lambda: heard.statuses[-1] == NeedsAttention(Attention.OTHER))
        machine.clock.advance(timedelta(seconds=REST_S))
        spooler.wake()
        heard.wait_for(lambda: heard.statuses[-1] == CannotTell("mute"))
        job = machine.issuing.issue(request("third")).job
        spooler.wake()
        assert heard.verdict(job.id) is PrintState.UNVERIFIED


def test_failed_slip_is_printed_again_whole_under_its_own_job(tmp_path: Path, expected_logs: Logs) -> None:
    expected_logs("printer_lost")
    with printing_kiosk(tmp_path) as works:
        works.simulated.change(is_cover_open=True)
        job = works.issue("visitor")
        assert works.heard.verdict(job.id) is PrintState.FAILED
        works.simulated.change(is_cover_open=False)
        again = works.machine.issuing.print_again(job.ticket_id)
        works.spooler.wake()
        works.heard.wait_for(lambda: PrintState.CONFIRMED in works.heard.states(again.id))
        assert (again.id, again.copy, len(works.slip_bytes())) == (job.id, 0, 1)


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


def test_a_number_that_cannot_be_let_go_keeps_nobody_from_paper(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expected_logs: Logs
) -> None:
    expected_logs("spooler_hindered")

    def full(_: StoredPrintJobs) -> None:
        raise StoreFullError("The disk is full.")

    monkeypatch.setattr(StoredPrintJobs, "abandon", full)
    with printing_kiosk(tmp_path) as works:
        assert works.heard.verdict(works.issue("visitor").id) is PrintState.CONFIRMED
