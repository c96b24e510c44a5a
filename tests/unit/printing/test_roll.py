"""The roll's book: what it keeps, when it warns, and that nothing about its file ever stops a printer."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.clock import FakeClock
from kiosk.domain.print_job import PrintState
from printing.escpos_printer import EscposPrinter
from printing.profile import find_profile
from printing.roll import FEW_SLIPS, RollBook, roll_file
from printing.rolled_printer import RolledPrinter
from printing.simulated import SimulatedPrinter
from printing.status import Attention, NeedsAttention, Ready
from printing.test_page import render_text_page
from printing.transports.sim import SimTransport
from tests.conftest import Logs
from tests.spooling import QUICK

NOON = datetime(2026, 11, 21, 5, tzinfo=UTC)
ENDED = NeedsAttention(Attention.NO_PAPER)
PROFILE = find_profile("generic-80mm")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return roll_file("tcp://192.0.2.7:9100", tmp_path)


def book_with_new_roll(file: Path, clock: FakeClock | None = None, roll_m: float = 80) -> RollBook:
    book = RollBook(file, roll_m, clock)
    book.saw(ENDED)
    book.saw(Ready())
    return book


def test_two_devices_have_two_books_beside_their_profiles(tmp_path: Path) -> None:
    files = {roll_file(device, tmp_path) for device in ("tcp://a:9100", "tcp://b:9100", "file:/dev/usb/lp0")}
    assert len(files) == 3
    assert {file.parent for file in files} == {tmp_path / "printers"}
    assert {file.suffixes[-2:] == [".roll", ".json"] for file in files} == {True}


def test_it_knows_nothing_before_a_roll_began(file: Path) -> None:
    book = RollBook(file, 80)
    assert (book.slips_left, book.is_low, book.confirmed_at) == (None, False, None)


def test_kept_is_remembered_by_the_next_start(file: Path) -> None:
    book = book_with_new_roll(file, FakeClock(NOON))
    for _ in range(10):
        book.used(160.0)
    book.confirmed()
    book.keep()
    again = RollBook(file, 80)
    assert (again.slips_left, again.confirmed_at) == (490, NOON)


def test_nothing_is_written_before_it_is_told_to_keep_nor_twice(file: Path) -> None:
    book = book_with_new_roll(file)
    assert not file.exists()
    book.keep()
    written = file.stat().st_mtime_ns, file.stat().st_ino
    book.saw(Ready())
    book.keep()
    assert (file.stat().st_mtime_ns, file.stat().st_ino) == written


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00" * 300,
        b"{}",
        b'{"roll": 5}',
        b'{"roll": {"label_m": 80, "used_mm": -1}}',
        b'{"roll": {"label_m": 80, "used_mm": NaN}}',
        b'{"roll": {"label_m": 80}, "confirmed_at": "noon"}',
    ],
)
def test_book_that_cannot_be_read_begins_anew(file: Path, content: bytes, expected_logs: Logs) -> None:
    expected_logs("roll_forgotten")
    file.parent.mkdir()
    file.write_bytes(content)
    book = RollBook(file, 80)
    assert book.slips_left is None
    book.saw(ENDED)
    book.saw(Ready())
    book.keep()
    assert RollBook(file, 80).slips_left == 400
    assert expected_logs.seen == ["roll_forgotten"]


def test_disk_that_takes_nothing_is_said_once_and_the_book_goes_on(file: Path, expected_logs: Logs) -> None:
    expected_logs("roll_not_kept", "roll_forgotten")
    file.parent.write_text("a file where a folder should be")
    book = book_with_new_roll(file)
    book.keep()
    book.used(160.0)
    book.keep()
    assert book.slips_left == (80_000 - 160) // 192
    assert expected_logs.seen == ["roll_forgotten", "roll_not_kept"]
    file.parent.unlink()
    book.keep()
    assert RollBook(file, 80).slips_left == book.slips_left


def test_it_warns_fifty_slips_before_the_end_and_at_the_near_end(file: Path) -> None:
    clock = FakeClock(NOON)
    book = book_with_new_roll(file, clock, roll_m=20)
    while (book.slips_left or 0) > FEW_SLIPS:
        book.used(100.0)
        clock.advance(timedelta(minutes=1))
    warned = [book.is_low]
    book.used(100.0)
    warned.append(book.is_low)
    book.new_roll()
    warned.append(book.is_low)
    book.saw(Ready(paper_low=True))
    assert [*warned, book.is_low] == [False, True, False, True]


def test_it_warns_half_an_hour_ahead_of_a_rush_like_the_days(file: Path) -> None:
    clock = FakeClock(NOON)
    book = book_with_new_roll(file, clock, roll_m=30)
    for _ in range(120):  # a rush: 120 slips in 20 minutes
        book.used(100.0)
        clock.advance(timedelta(seconds=10))
    assert (book.slips_left, book.is_low) == (180, False)
    clock.advance(timedelta(hours=4))  # quiet since, and now there are fewer left than one more rush needs
    for _ in range(61):
        clock.advance(timedelta(minutes=2))
        book.used(100.0)
    assert (book.slips_left, book.is_low) == (119, True)
    clock.advance(timedelta(days=2))  # yesterday's rush is forgotten
    book.used(100.0)
    assert not book.is_low


def test_new_roll_by_hand_counts_from_now(file: Path) -> None:
    book = RollBook(file, 80)
    book.used(160.0)
    book.new_roll()
    assert book.slips_left is not None
    book.keep()
    assert RollBook(file, 80).slips_left == book.slips_left


def test_file_names_nobody_and_is_small(file: Path) -> None:
    book = book_with_new_roll(file)
    for slip in range(500):
        book.used(100.0 + slip)
    book.keep()
    assert set(json.loads(file.read_bytes())) == {"roll", "confirmed_at"}
    assert file.stat().st_size < 2_000


def test_printer_that_prints_keeps_its_book(file: Path, tmp_path: Path) -> None:
    simulated = SimulatedPrinter(tmp_path / "slips", PROFILE)
    book = RollBook(file, 80, FakeClock(NOON))
    printer = RolledPrinter(EscposPrinter(SimTransport(simulated), PROFILE, QUICK, device="sim:slips"), book)
    assert [report.slips_left for report in printer.reports()] == [None]
    simulated.change(paper_mm=0)
    printer.status()
    simulated.change(paper_mm=80_000)
    printer.status()
    assert [report.slips_left for report in printer.reports()] == [400]
    verdict = printer.print(render_text_page, 1)
    assert (verdict.state, book.confirmed_at) == (PrintState.CONFIRMED, NOON)
    printer.close()
    printer.expect_fragment()
    assert RollBook(file, 80).confirmed_at == NOON


def test_slip_in_which_the_paper_ended_is_no_part_of_what_the_roll_held(file: Path, tmp_path: Path) -> None:
    simulated = SimulatedPrinter(tmp_path / "slips", PROFILE)
    book = RollBook(file, 80)
    printer = RolledPrinter(EscposPrinter(SimTransport(simulated), PROFILE, QUICK), book)
    book.new_roll()
    book.saw(Ready())
    book.saw(Ready(paper_low=True))
    book.used(1_000.0)
    simulated.change(paper_mm=30)
    assert printer.print(render_text_page, 1).status == ENDED
    assert book._page.roll.near_ends_mm == (1_000.0,)
