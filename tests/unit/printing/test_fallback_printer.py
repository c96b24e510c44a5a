"""Two printers as one: who prints, when it changes, and that no slip is printed on both."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.clock import FakeClock
from kiosk.domain.print_job import PrintState
from printing.confirmation import FENCE_REQUEST
from printing.escpos_printer import EscposPrinter
from printing.fallback_printer import REST_S, FallbackPrinter
from printing.profile import Profile, find_profile
from printing.roll import RollBook
from printing.rolled_printer import RolledPrinter
from printing.simulated import SimulatedPrinter
from printing.slip import SlipRenderer
from printing.spooler import Spooler
from printing.status import Attention, CannotTell, NeedsAttention, PrinterStatus, PrintVerdict, Ready, Unreachable
from printing.test_page import render_text_page
from printing.transports.sim import SimTransport
from tests.conftest import Logs
from tests.small_hall import running_kiosk, small_catalogue, small_site
from tests.spooling import QUICK, Heard, Works
from tests.unit.printing.scripted_pair import CONFIRMED, FAILED, READY, UNKNOWN, Pair

NO_PAPER, AWAY = NeedsAttention(Attention.NO_PAPER), Unreachable("no answer")
RESTING = NeedsAttention(Attention.OTHER)
WIDE, NARROW = find_profile("generic-80mm"), find_profile("generic-58mm")


@pytest.fixture(autouse=True)
def _second_is_used(expected_logs: Logs) -> None:
    expected_logs("printer_fallback_used")


@pytest.fixture
def pair() -> Pair:
    return Pair()


@pytest.mark.parametrize(
    ("first", "second", "status", "in_use"),
    [
        (READY, READY, READY, "first"),
        (Ready(paper_low=True), READY, Ready(paper_low=True), "first"),
        (CannotTell("mute"), READY, CannotTell("mute"), "first"),
        (READY, AWAY, READY, "first"),
        (NO_PAPER, READY, READY, "second"),
        (AWAY, CannotTell("mute"), CannotTell("mute"), "second"),
        (NO_PAPER, AWAY, NO_PAPER, "first"),
        (AWAY, NO_PAPER, AWAY, "first"),
    ],
)
def test_who_prints_next(
    pair: Pair, first: PrinterStatus, second: PrinterStatus, status: PrinterStatus, in_use: str
) -> None:
    pair.first.now, pair.second.now = first, second
    assert (pair.printer.status(), pair.in_use) == (status, [in_use])


def test_slip_that_failed_on_the_first_comes_whole_out_of_the_second(pair: Pair, expected_logs: Logs) -> None:
    pair.first.now = NO_PAPER
    assert pair.printer.print(render_text_page, 1) == PrintVerdict(CONFIRMED, READY, "second confirmed", 100.0)
    assert [pair.slip(2), pair.slip(3)] == [CONFIRMED, CONFIRMED]
    assert (pair.first.printed, pair.second.printed, pair.in_use) == ([], [1, 2, 3], ["second"])
    assert expected_logs.seen == ["printer_fallback_used"]


def test_slip_that_neither_takes_has_failed_and_both_say_why(pair: Pair) -> None:
    pair.first.now = pair.second.now = NO_PAPER
    verdict = pair.printer.print(render_text_page, 1)
    assert verdict == PrintVerdict(FAILED, NO_PAPER, "first failed; the other printer: second failed", 2.0)
    assert pair.in_use == ["first"]


def test_unknown_slip_never_goes_to_the_other_by_itself(pair: Pair) -> None:
    pair.first.verdict = UNKNOWN
    assert pair.slip(1) is UNKNOWN
    assert (pair.first.printed, pair.second.printed) == ([1], [])
    pair.first.verdict = FAILED
    assert pair.slip(2) is CONFIRMED
    pair.second.verdict = UNKNOWN
    assert pair.slip(3) is UNKNOWN
    assert (pair.first.printed, pair.second.printed) == ([1], [2, 3])


def test_two_good_answers_bring_the_first_back_between_slips(pair: Pair) -> None:
    pair.first.now = NO_PAPER
    pair.poll()
    pair.first.now = READY
    pair.poll()
    pair.first.now = NeedsAttention(Attention.COVER_OPEN)  # whoever loads paper is not done
    pair.poll()
    pair.first.now = READY
    pair.poll()
    assert pair.slip(1) is CONFIRMED
    assert (pair.second.printed, pair.in_use) == ([1], ["second"])
    pair.poll()
    assert pair.slip(2) is CONFIRMED
    assert (pair.first.printed, pair.in_use) == ([2], ["first"])


def test_second_that_fails_gives_way_at_once(pair: Pair) -> None:
    pair.first.now = NO_PAPER
    pair.poll()
    pair.first.now, pair.second.now = READY, NO_PAPER
    assert pair.slip(1) is CONFIRMED  # before anybody asked
    assert (pair.first.printed, pair.in_use) == ([1], ["first"])
    pair.first.now, pair.second.now = NO_PAPER, READY
    pair.poll()
    pair.first.now, pair.second.now = READY, AWAY
    assert (pair.poll(), pair.in_use) == (READY, ["first"])  # one good answer does, where nobody else prints


def test_first_rests_after_two_unknown_slips_and_gets_one_chance_after_a_minute(pair: Pair) -> None:
    pair.first.verdict = UNKNOWN
    assert pair.printer.print(render_text_page, 1).state is UNKNOWN
    assert pair.in_use == ["first"]
    assert pair.printer.print(render_text_page, 2) == PrintVerdict(UNKNOWN, READY, "first unknown", 100.0)
    assert pair.in_use == ["second"]
    assert [pair.poll(after_s=REST_S / 4) for _ in range(3)] == [READY] * 3
    assert (pair.slip(3), pair.in_use) == (CONFIRMED, ["second"])
    pair.poll(after_s=REST_S / 4)
    assert pair.in_use == ["first"]
    assert pair.slip(4) is UNKNOWN
    assert pair.in_use == ["second"]
    pair.first.verdict = None
    for _ in range(5):
        pair.poll(after_s=REST_S / 4)
    assert [pair.slip(5), pair.slip(6)] == [CONFIRMED, CONFIRMED]
    pair.first.verdict = UNKNOWN
    assert pair.slip(7) is UNKNOWN
    assert pair.in_use == ["first"]  # it has done well since: one doubt is no reason


def test_first_that_loses_slips_and_calls_itself_ready_does_not_come_back_for_each(pair: Pair) -> None:
    pair.first.verdict = FAILED
    assert pair.slip(1) is CONFIRMED
    for _ in range(2):
        pair.poll()
    assert pair.in_use == ["first"]  # once may have been chance
    assert pair.slip(2) is CONFIRMED
    for _ in range(3):
        pair.poll()
    assert pair.in_use == ["second"]
    assert (pair.first.printed, pair.second.printed) == ([], [1, 2])


def test_resting_first_prints_nothing_also_while_the_second_cannot(pair: Pair) -> None:
    pair.first.verdict, pair.second.now = UNKNOWN, NO_PAPER
    assert [pair.slip(1), pair.slip(2)] == [UNKNOWN, UNKNOWN]
    assert pair.poll() == RESTING
    assert pair.slip(3) is FAILED
    pair.second.now = READY
    assert pair.slip(4) is CONFIRMED
    assert (pair.first.printed, pair.second.printed, pair.in_use) == ([1, 2], [4], ["second"])


def test_second_takes_over_from_a_resting_first_when_it_is_repaired(pair: Pair) -> None:
    pair.first.verdict, pair.second.now = UNKNOWN, NO_PAPER
    assert [pair.slip(1), pair.slip(2)] == [UNKNOWN, UNKNOWN]
    pair.second.now = READY
    assert (pair.poll(), pair.in_use) == (READY, ["second"])


def test_spare_is_asked_once_a_minute_and_one_that_is_away_less_often(pair: Pair) -> None:
    for _ in range(25):  # two minutes
        pair.poll()
    assert (pair.first.asked, pair.second.asked) == (25, 3)
    pair.second.takes_s = 30.0
    pair.second.asked = 0
    for _ in range(120):  # ten minutes
        pair.poll()
    assert pair.second.asked == 3  # once as usual, and then after nine times as long as it took


def test_first_that_is_away_is_asked_for_a_tenth_of_the_time_at_most(pair: Pair) -> None:
    pair.first.now, pair.first.takes_s = AWAY, 3.0
    for _ in range(60):  # five minutes and more
        pair.poll()
    assert pair.in_use == ["second"]
    assert 9 <= pair.first.asked <= 12


def test_fragment_is_expected_of_both_and_both_are_let_go(pair: Pair) -> None:
    pair.printer.expect_fragment()
    assert (pair.first.fragments, pair.second.fragments) == (1, 1)
    pair.printer.close()
    assert (pair.first.fragments, pair.second.fragments) == (0, 0)


def test_slip_that_cannot_be_drawn_is_nobodys_fault(tmp_path: Path) -> None:
    def broken(_profile: Profile) -> bytes:
        raise RuntimeError("a bug in a layout")

    first, second = (simulated_printer(tmp_path / name, WIDE) for name in ("first", "second"))
    with pytest.raises(RuntimeError):
        FallbackPrinter(first, second).print(broken, 1)


statuses = st.sampled_from([READY, NO_PAPER, AWAY, CannotTell("mute")])
verdicts = st.sampled_from([None, UNKNOWN, FAILED])


@given(st.lists(st.tuples(statuses, verdicts, statuses, verdicts, st.integers(0, 40)), max_size=40))
def test_every_slip_is_printed_once_at_most_and_one_printer_is_in_use(
    happenings: list[tuple[PrinterStatus, PrintState | None, PrinterStatus, PrintState | None, int]],
) -> None:
    pair = Pair()
    for job, (first, first_verdict, second, second_verdict, pause_s) in enumerate(happenings):
        pair.first.now, pair.first.verdict = first, first_verdict
        pair.second.now, pair.second.verdict = second, second_verdict
        pair.poll(after_s=pause_s)
        state = pair.slip(job)
        printed = pair.first.printed.count(job) + pair.second.printed.count(job)
        assert printed == (state is not FAILED)
        assert len(pair.in_use) == 1


def simulated_printer(folder: Path, profile: Profile) -> EscposPrinter:
    return EscposPrinter(SimTransport(SimulatedPrinter(folder, profile)), profile, QUICK, device=f"sim:{folder.name}")


@contextmanager
def kiosk_with_two(directory: Path) -> Iterator[tuple[Works, SimulatedPrinter, RollBook]]:
    """A real spooler and store; the wide printer is the first, a narrow one the second."""
    clock = FakeClock(datetime(2026, 11, 21, tzinfo=UTC))
    first, second = SimulatedPrinter(directory / "first", WIDE), SimulatedPrinter(directory / "second", NARROW)
    books = RollBook(directory / "first.json", 80, clock), RollBook(directory / "second.json", 50, clock)
    printer = FallbackPrinter(
        RolledPrinter(EscposPrinter(SimTransport(first), WIDE, QUICK, device="first"), books[0]),
        RolledPrinter(EscposPrinter(SimTransport(second), NARROW, QUICK, device="second"), books[1]),
        clock,
    )
    heard = Heard()
    with running_kiosk(directory) as machine:
        slips = SlipRenderer(small_site(), small_catalogue(), WIDE, NARROW)
        spooler = Spooler(printer, machine.jobs, slips, heard.job, heard.status, clock, poll_s=60.0)
        spooler.start()
        try:
            heard.wait_for(lambda: bool(heard.statuses))
            yield Works(machine, first, spooler, heard), second, books[1]
        finally:
            spooler.stop()


def test_paper_that_ends_in_mid_slip_gives_one_whole_slip_on_the_others_paper(
    tmp_path: Path, expected_logs: Logs
) -> None:
    with kiosk_with_two(tmp_path) as (works, second, book):
        works.simulated.change(paper_mm=40)
        job = works.issue("visitor")
        assert works.heard.verdict(job.id) is CONFIRMED
        assert works.heard.verdict(works.issue("next").id) is CONFIRMED
        assert (len(works.simulated.slips()), len(second.slips())) == (0, 2)
        assert book.confirmed_at is not None
        assert 200 < book._page.roll.used_mm < 600  # two slips
        assert (tmp_path / "second" / "slip-001.bin").stat().st_size > 10_000
    assert expected_logs.seen == ["printer_fallback_used"]


class NoVerdict(SimTransport):
    """Takes a slip, and then the line is dead until it is opened anew."""

    is_dead = threading.Event()

    def read(self, timeout_s: float) -> bytes:
        return b"" if self.is_dead.is_set() else super().read(timeout_s)

    def write(self, data: bytes, timeout_s: float) -> None:
        super().write(data, timeout_s)
        if len(data) > 1_000 and data.endswith(FENCE_REQUEST):
            self.is_dead.set()

    def open(self, timeout_s: float) -> None:
        super().open(timeout_s)
        self.is_dead.clear()


def test_two_unknown_slips_do_not_put_a_kiosk_with_two_printers_out_of_service(
    tmp_path: Path, expected_logs: Logs
) -> None:
    first, second = SimulatedPrinter(tmp_path / "first", WIDE), SimulatedPrinter(tmp_path / "second", WIDE)
    clock = FakeClock(datetime(2026, 11, 21, tzinfo=UTC))
    printer = FallbackPrinter(
        EscposPrinter(NoVerdict(first), WIDE, QUICK, device="first"),
        EscposPrinter(SimTransport(second), WIDE, QUICK, device="second"),
        clock,
    )
    heard = Heard()
    with running_kiosk(tmp_path) as machine:
        slips = SlipRenderer(small_site(), small_catalogue(), WIDE)
        spooler = Spooler(printer, machine.jobs, slips, heard.job, heard.status, clock, poll_s=60.0)
        spooler.start()
        try:
            works = Works(machine, first, spooler, heard)
            states = [heard.verdict(works.issue(visitor).id) for visitor in ("a", "b", "c", "d")]
        finally:
            spooler.stop()
    assert states == [UNKNOWN, UNKNOWN, CONFIRMED, CONFIRMED]
    assert len(second.slips()) == 2
    assert "printer_rested" not in expected_logs.seen
