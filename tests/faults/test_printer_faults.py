"""The printer faults R1 to R11 and R13 of the fault catalogue, through the kiosk's driver and a real line to a printer
in another process. R12 is in test_hostile_names.py, R14 in test_probing.py.
"""

import os
import socket
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from kiosk.domain.print_job import PrintState
from printing.escpos_printer import Deadlines, EscposPrinter
from printing.profile import Confirmation, find_profile
from printing.status import Attention, CannotTell, NeedsAttention, PrinterStatus, PrintVerdict, Ready, Unreachable
from printing.test_page import render_raster_page
from printing.transports.devices import open_device
from tests.conftest import Logs
from tests.emulated_printer import EmulatedPrinter, emulated_printer
from tests.spooling import printing_kiosk
from tests.whole_slips import picture_of, reads, times_on, whole_slip

DEADLINES: Final = Deadlines(
    open_s=3, answer_s=0.3, write_s=2, confirm_s=2, stall_s=1.2, settle_s=1.5, slowest_mm_s=1_000
)
PROFILE: Final = replace(find_profile("generic-80mm"), confirmation=Confirmation.FENCE)
SLIPS: Final = tuple(whole_slip(number, PROFILE) for number in range(3))
MIDDLE: Final = 40_000
"""A byte in the middle of a slip; the checkpoint is far behind it."""

EVERY_LINE: Final = pytest.mark.parametrize("listen", ["tcp", "pty"])
BOTH_RUNGS: Final = pytest.mark.parametrize("confirmation", [Confirmation.PROCESS_ID, Confirmation.FENCE])
PATIENCE_S: Final = 20.0


class Kiosk:
    """The driver, and the slips that it has printed: the next one differs from those before."""

    def __init__(
        self,
        device: str,
        confirmation: Confirmation = Confirmation.FENCE,
        identity: str = "",
        deadlines: Deadlines = DEADLINES,
    ) -> None:
        profile = replace(PROFILE, confirmation=confirmation, identity=identity)
        self.driver = EscposPrinter(open_device(device, profile), profile, deadlines, device=device)
        self.count = 0

    def print(self) -> PrintVerdict:
        document = SLIPS[self.count].document
        self.count += 1
        return self.driver.print(lambda _: document, self.count)

    def wait_for(self, status: PrinterStatus) -> None:
        """Poll, as the spooler does."""
        end = time.monotonic() + PATIENCE_S
        while (now := self.driver.status()) != status:
            assert time.monotonic() < end, now


def device_of(printer: EmulatedPrinter) -> str:
    return f"{printer.url}?baud=921600" if printer.url.startswith("serial:") else printer.url


def whole_slips(printer: EmulatedPrinter) -> list[int]:
    """How often each slip is on paper, whole."""
    end = time.monotonic() + PATIENCE_S
    while printer.state()["is_busy"] and time.monotonic() < end:
        printer.wait_for_state(lambda state: not state["is_busy"] or not state["is_online"])
    paper = [picture_of(path) for path in sorted(printer.out.glob("*.png"))]
    return [times_on(paper, slip) for slip in SLIPS]


def in_mid_slip(do: str, undo_after_s: float | None = None) -> str:
    undo = "" if undo_after_s is None else f"undo_after_s = {undo_after_s}\n"
    return f'[[fault]]\nat_slip = 1\nat_byte = {MIDDLE}\ndo = "{do}"\n{undo}'


@contextmanager
def kiosk_with(
    listen: str, out: Path, script: str | None = None, *, confirmation: Confirmation = Confirmation.FENCE, **more: str
) -> Iterator[tuple[Kiosk, EmulatedPrinter]]:
    with emulated_printer(listen, out=out, script=script, **more) as printer:  # type: ignore[arg-type]  # by name
        yield Kiosk(device_of(printer), confirmation), printer


@EVERY_LINE
@BOTH_RUNGS
def test_r1_paper_out_before_the_slip_is_known_and_not_one_byte_is_sent(
    tmp_path: Path, listen: str, confirmation: Confirmation
) -> None:
    with kiosk_with(listen, tmp_path, confirmation=confirmation) as (kiosk, printer):
        printer.tell("paper 0")
        assert kiosk.driver.status() == NeedsAttention(Attention.NO_PAPER)
        verdict = kiosk.print()
        assert (verdict.state, verdict.paper_mm) == (PrintState.FAILED, 0)
        assert b"\x1dv0" not in printer.received()
        printer.tell("paper 80000")
        assert kiosk.print().state is PrintState.CONFIRMED
        assert whole_slips(printer) == [0, 1, 0]


@EVERY_LINE
@BOTH_RUNGS
def test_r2_paper_out_in_mid_slip_fails_it_and_the_next_is_whole(
    tmp_path: Path, listen: str, confirmation: Confirmation
) -> None:
    with kiosk_with(listen, tmp_path, in_mid_slip("paper 0"), confirmation=confirmation) as (kiosk, printer):
        verdict = kiosk.print()
        assert (verdict.state, verdict.status) == (PrintState.FAILED, NeedsAttention(Attention.NO_PAPER))
        assert printer.fragments()
        printer.tell("paper 80000")
        kiosk.wait_for(Ready())
        assert kiosk.print().state is PrintState.CONFIRMED
        assert whole_slips(printer) == [0, 1, 0]
        assert not any(reads(picture_of(path)) for path in printer.fragments())


def test_r3_low_paper_is_told_and_stops_nobody(tmp_path: Path) -> None:
    with kiosk_with("tcp", tmp_path) as (kiosk, printer):
        printer.tell("near on")
        assert kiosk.driver.status() == Ready(paper_low=True)
        verdict = kiosk.print()
        assert (verdict.state, verdict.status) == (PrintState.CONFIRMED, Ready(paper_low=True))
        assert whole_slips(printer) == [1, 0, 0]


@EVERY_LINE
@pytest.mark.parametrize(
    ("trouble", "repair", "attention"),
    [("cover open", "cover close", Attention.COVER_OPEN), ("cutter jam", "cutter free", Attention.CUTTER)],
)
def test_r4_cover_or_cutter_in_mid_slip_fails_it_and_doubles_nothing(
    tmp_path: Path, listen: str, trouble: str, repair: str, attention: Attention
) -> None:
    with kiosk_with(listen, tmp_path, in_mid_slip(trouble)) as (kiosk, printer):
        verdict = kiosk.print()
        assert (verdict.state, verdict.status) == (PrintState.FAILED, NeedsAttention(attention))
        assert kiosk.driver.status() == NeedsAttention(attention)
        printer.tell(repair)
        kiosk.wait_for(Ready())
        assert kiosk.print().state is PrintState.CONFIRMED
        assert whole_slips(printer) == [0, 1, 0]


@EVERY_LINE
def test_r4_hot_head_is_waited_for(tmp_path: Path, listen: str) -> None:
    with kiosk_with(listen, tmp_path, in_mid_slip("heat hot", undo_after_s=0.5)) as (kiosk, printer):
        assert kiosk.print().state is PrintState.CONFIRMED
        assert whole_slips(printer) == [1, 0, 0]


@EVERY_LINE
def test_r5_unplugged_before_and_after_the_slip_is_known_and_comes_back(tmp_path: Path, listen: str) -> None:
    listen = f"pty:{tmp_path / 'ttyEMU'}" if listen == "pty" else listen
    with kiosk_with(listen, tmp_path / "paper") as (kiosk, printer):
        printer.tell("unplug")
        assert isinstance(kiosk.driver.status(), Unreachable)
        verdict = kiosk.print()
        assert (verdict.state, verdict.detail) == (PrintState.FAILED, "nothing was sent")
        printer.tell("plug")
        assert kiosk.print().state is PrintState.CONFIRMED
        printer.tell("unplug")
        assert isinstance(kiosk.driver.status(), Unreachable)
        printer.tell("plug")
        kiosk.wait_for(Ready())
        assert whole_slips(printer) == [0, 1, 0]


@EVERY_LINE
def test_r5_unplugged_in_mid_slip_fails_it_and_the_next_is_whole(tmp_path: Path, listen: str) -> None:
    listen = f"pty:{tmp_path / 'ttyEMU'}" if listen == "pty" else listen
    with kiosk_with(listen, tmp_path / "paper", in_mid_slip("unplug")) as (kiosk, printer):
        assert kiosk.print().state is PrintState.FAILED
        printer.tell("plug")
        kiosk.wait_for(Ready())
        assert kiosk.print().state is PrintState.CONFIRMED
        assert whole_slips(printer) == [0, 1, 0]


def test_r6_printer_is_found_again_and_another_device_in_its_place_gets_no_byte_of_a_slip(tmp_path: Path) -> None:
    link = tmp_path / "ttyEMU"
    with emulated_printer(f"pty:{link}", out=tmp_path / "own") as own:
        kiosk = Kiosk(device_of(own), identity="EPSON TM-T88VI")
        assert kiosk.print().state is PrintState.CONFIRMED
    with emulated_printer(f"pty:{link}", "clone", out=tmp_path / "other") as other:
        verdict = kiosk.print()
        assert verdict.status == Unreachable("another device stands there: EPSON TM-T88V is not EPSON TM-T88VI")
        assert b"\x1b@" not in other.received()
    with emulated_printer(f"pty:{link}", out=tmp_path / "back") as back:
        kiosk.wait_for(Ready())
        assert kiosk.print().state is PrintState.CONFIRMED
        assert whole_slips(back) == [0, 0, 1]


@pytest.mark.parametrize("word", [b"", b"\r\nOK\r\n", b"UPS>"])
def test_r6_modem_or_power_supply_in_its_place_gets_no_byte_of_a_slip(tmp_path: Path, word: bytes) -> None:
    ours, theirs = os.openpty()
    try:
        tty.setraw(theirs)
        link = tmp_path / "ttyUSB0"
        link.symlink_to(os.ttyname(theirs))
        os.write(ours, word)
        kiosk = Kiosk(f"serial:{link}?baud=921600")
        assert kiosk.print().state is PrintState.FAILED
        assert isinstance(kiosk.driver.status(), Unreachable)
        assert set(os.read(ours, 10_000)) <= set(b"\x10\x04\x01\x02\x03")
    finally:
        os.close(ours)
        os.close(theirs)


def test_r7_dead_head_is_seen_on_the_technicians_test_page_alone(tmp_path: Path) -> None:
    """It says that all is well, and believes it. No driver can know better; so a person looks now and then."""
    with kiosk_with("tcp", tmp_path) as (kiosk, printer):
        printer.tell("head dead")
        assert kiosk.print().state is PrintState.CONFIRMED
        assert whole_slips(printer) == [0, 0, 0]
        page = render_raster_page("dead head", PROFILE)
        kiosk.driver.print(lambda _: page, 2)
        assert {piece["event"] for piece in printer.paper()} == {"offcut"}


@pytest.mark.parametrize("listen", ["tcp", "pty", "lp"])
def test_r8_printer_that_never_answers_prints_openly_unverified_and_nobody_waits_for_it(
    tmp_path: Path, listen: str
) -> None:
    with kiosk_with(listen, tmp_path, model="mute", confirmation=Confirmation.NONE) as (kiosk, printer):
        for _ in SLIPS:
            began = time.monotonic()
            verdict = kiosk.print()
            assert verdict.state is PrintState.UNVERIFIED
            assert isinstance(verdict.status, CannotTell)
            assert time.monotonic() - began < 3
        assert whole_slips(printer) == [1, 1, 1]


@EVERY_LINE
def test_r8_printer_that_confirms_nothing_is_no_stranger_while_it_prints(tmp_path: Path, listen: str) -> None:
    """A second slip comes at once: the first is still in the printer, and on its way to a network printer."""
    with emulated_printer(listen, "clone", out=tmp_path, speed=150) as printer:
        kiosk = Kiosk(device_of(printer), Confirmation.STATUS, "EPSON TM-T88V", Deadlines())
        for _ in SLIPS:
            verdict = kiosk.print()
            assert (verdict.state, verdict.status) == (PrintState.UNVERIFIED, Ready())
        assert whole_slips(printer) == [1, 1, 1]


@EVERY_LINE
def test_r9_own_id_is_found_in_noise_and_a_fence_is_not(tmp_path: Path, listen: str) -> None:
    with kiosk_with(listen, tmp_path, confirmation=Confirmation.PROCESS_ID) as (kiosk, printer):
        printer.tell("noise on")
        assert kiosk.print().state is PrintState.CONFIRMED
        with_fence = Kiosk(device_of(printer))
        with_fence.count = 1
        assert with_fence.print().state is PrintState.UNVERIFIED
        assert whole_slips(printer) == [1, 1, 0]


@EVERY_LINE
@BOTH_RUNGS
def test_r9_late_answers_of_one_slip_confirm_no_other(tmp_path: Path, listen: str, confirmation: Confirmation) -> None:
    """The answers of the first come while the second is printed, by a printer that then stops."""
    last_bytes = len(SLIPS[0].document) - 10
    script = f'[[fault]]\nat_slip = 1\nat_byte = {last_bytes}\ndo = "late on"\n'
    with kiosk_with(listen, tmp_path, script, confirmation=confirmation) as (kiosk, printer):
        assert kiosk.print().state is PrintState.UNKNOWN
        printer.tell("late off")
        printer.tell("cover open")
        assert kiosk.print().state is PrintState.FAILED
        printer.tell("cover close")
        kiosk.wait_for(Ready())
        assert kiosk.print().state is PrintState.CONFIRMED
        assert whole_slips(printer) == [1, 0, 1]


def test_r10_half_open_printer_is_out_of_service_within_its_deadline(tmp_path: Path) -> None:
    with kiosk_with("tcp", tmp_path) as (kiosk, printer):
        printer.tell("stall on")
        began = time.monotonic()
        assert isinstance(kiosk.driver.status(), Unreachable)
        assert kiosk.print().state is PrintState.FAILED
        assert time.monotonic() - began < 6
        printer.tell("stall off")
        kiosk.wait_for(Ready())
        assert whole_slips(printer) == [0, 0, 0]


def test_r10_printer_that_serves_another_host_is_waited_out(tmp_path: Path) -> None:
    with kiosk_with("tcp", tmp_path) as (kiosk, printer):
        with socket.create_connection(("127.0.0.1", printer.port), timeout=5):
            printer.wait_for(lambda told: told.get("state") == "connected")
            assert isinstance(kiosk.driver.status(), Unreachable)
            assert kiosk.print().state is PrintState.FAILED
        kiosk.wait_for(Ready())
        assert kiosk.print().state is PrintState.CONFIRMED
        assert whole_slips(printer) == [0, 1, 0]


@pytest.mark.parametrize(("listen", "flow"), [("tcp", "none"), ("pty", "none"), ("pty", "xonxoff")])
def test_r11_printer_that_stops_taking_bytes_is_given_up_after_a_deadline(
    tmp_path: Path, listen: str, flow: str
) -> None:
    with emulated_printer(listen, out=tmp_path, script=in_mid_slip("stall on"), flow=flow) as printer:
        kiosk = Kiosk(device_of(printer) + (f"&flow={flow}" if listen == "pty" else ""))
        began = time.monotonic()
        assert kiosk.print().state is PrintState.FAILED
        assert time.monotonic() - began < 15
        printer.tell("stall off")
        kiosk.wait_for(Ready())
        assert kiosk.print().state is PrintState.CONFIRMED
        assert whole_slips(printer) == [0, 1, 0]


def test_r13_nothing_of_an_earlier_run_prints_when_the_kiosk_starts(tmp_path: Path, expected_logs: Logs) -> None:
    with emulated_printer("tcp", out=tmp_path / "paper") as printer:
        with printing_kiosk(tmp_path, transport=lambda _: open_device(printer.url)) as works:
            works.spooler.stop()
            sending, queued = works.issue("was being sent"), works.issue("was queued")
            works.machine.jobs.take_next()
        before = printer.received()
        with printing_kiosk(tmp_path, transport=lambda _: open_device(printer.url)) as works:
            assert works.heard.verdict(sending.id) is PrintState.UNKNOWN
            assert works.heard.verdict(queued.id) is PrintState.EXPIRED
            works.spooler.stop()
        printer.wait_for_state(lambda state: not state["is_busy"])
        assert b"\x1dv0" not in printer.received()[len(before) :]
        assert printer.slips() == ()
