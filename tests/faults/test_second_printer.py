"""A second printer takes over by itself, over real lines: two emulated printers, each in a process of its own."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from kiosk.clock import SystemClock
from kiosk.domain.print_job import PrintState
from printing.escpos_printer import EscposPrinter
from printing.fallback_printer import FallbackPrinter
from printing.roll import RollBook
from printing.rolled_printer import RolledPrinter
from printing.slip import SlipRenderer
from printing.spooler import Spooler
from printing.transports.devices import open_device
from tests.conftest import Logs
from tests.emulated_printer import EmulatedPrinter, emulated_printer
from tests.small_hall import Machine, request, running_kiosk, small_catalogue, small_site
from tests.spooling import PATIENCE_S, PROFILE, Heard

CONFIRMED = PrintState.CONFIRMED


@dataclass(frozen=True)
class Site:
    """A kiosk that prints on two emulated printers. `books`: what it knows of their rolls."""

    machine: Machine
    first: EmulatedPrinter
    second: EmulatedPrinter
    printer: FallbackPrinter
    spooler: Spooler
    heard: Heard
    books: tuple[RollBook, RollBook]

    def issue(self, visitor: str) -> PrintState:
        job = self.machine.issuing.issue(request(visitor)).job
        self.spooler.wake()
        return self.heard.verdict(job.id)

    def tokens(self, emulated: EmulatedPrinter) -> list[str]:
        """What a scanner reads on each slip that came out."""
        tokens: list[str] = []
        for slip in emulated.slips():
            with Image.open(slip) as picture:
                tokens += [symbol.text for symbol in zxingcpp.read_barcodes(picture)]
        return tokens

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        """The spooler asks its printer again, as it does every few seconds."""
        pause = threading.Event()
        for _ in range(int(PATIENCE_S / 0.05)):
            if is_so():
                return
            self.spooler.wake()
            pause.wait(0.05)
        raise AssertionError([report.is_in_use for report in self.printer.reports()])

    @property
    def in_use(self) -> list[bool]:
        return [report.is_in_use for report in self.printer.reports()]


def rolled(emulated: EmulatedPrinter, book: RollBook) -> RolledPrinter:
    return RolledPrinter(EscposPrinter(open_device(emulated.url, PROFILE), PROFILE, device=emulated.url), book)


@contextmanager
def site(folder: Path, first: str, second: str) -> Iterator[Site]:
    with ExitStack() as stack:
        one = stack.enter_context(emulated_printer(first, "epson", out=folder / "first"))
        other = stack.enter_context(emulated_printer(second, "epson", out=folder / "second"))
        books = RollBook(folder / "first.json", 80), RollBook(folder / "second.json", 80)
        printer = FallbackPrinter(rolled(one, books[0]), rolled(other, books[1]))
        heard = Heard()
        machine = stack.enter_context(running_kiosk(folder))
        slips = SlipRenderer(small_site(), small_catalogue(), PROFILE)
        spooler = Spooler(printer, machine.jobs, slips, heard.job, heard.status, SystemClock(), poll_s=60)
        spooler.start()
        stack.callback(spooler.stop)
        heard.wait_for(lambda: bool(heard.statuses))
        yield Site(machine, one, other, printer, spooler, heard, books)


@pytest.fixture(autouse=True)
def _second_is_used(expected_logs: Logs) -> None:
    expected_logs("printer_fallback_used")


def test_paper_that_ends_in_mid_slip_gives_one_whole_slip_from_the_second(tmp_path: Path) -> None:
    with site(tmp_path, "tcp", "pty") as kiosk:
        assert kiosk.issue("before") is CONFIRMED
        assert kiosk.in_use == [True, False]
        kiosk.first.tell("paper 60")
        assert kiosk.issue("in mid-slip") is CONFIRMED
        assert kiosk.in_use == [False, True]
        assert kiosk.issue("after") is CONFIRMED
        kiosk.first.tell("paper 80000")
        kiosk.wait_until(lambda: kiosk.in_use == [True, False])
        assert kiosk.issue("on a new roll") is CONFIRMED
        first, second = kiosk.tokens(kiosk.first), kiosk.tokens(kiosk.second)
        assert (len(first), len(second), len({*first, *second})) == (2, 2, 4)
        assert [book.slips_left is None for book in kiosk.books] == [False, True]


def test_first_that_is_switched_off_between_slips_is_replaced_and_comes_back(
    tmp_path: Path, expected_logs: Logs
) -> None:
    with site(tmp_path, "tcp", "tcp") as kiosk:
        kiosk.first.tell("unplug")
        assert [kiosk.issue("a"), kiosk.issue("b")] == [CONFIRMED] * 2
        kiosk.first.tell("plug")
        kiosk.wait_until(lambda: kiosk.in_use == [True, False])
        assert kiosk.issue("c") is CONFIRMED
        assert (len(kiosk.tokens(kiosk.first)), len(kiosk.tokens(kiosk.second))) == (1, 2)
    assert expected_logs.seen == ["printer_fallback_used"]


def test_neither_prints_and_then_whoever_is_repaired_first_does(tmp_path: Path, expected_logs: Logs) -> None:
    expected_logs("printer_lost")
    with site(tmp_path, "pty", "tcp") as kiosk:
        kiosk.first.tell("cover open")
        kiosk.second.tell("paper 0")
        assert kiosk.issue("nobody prints this") is PrintState.FAILED
        kiosk.second.tell("paper 80000")
        assert kiosk.issue("the second does") is CONFIRMED
        assert (len(kiosk.tokens(kiosk.first)), len(kiosk.tokens(kiosk.second))) == (0, 1)
