"""What the driver asks a printer before a slip, and what it does about what an earlier slip left behind."""

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from kiosk.domain.print_job import PrintState
from printing.escpos_printer import EscposPrinter
from printing.paper_length import paper_length_mm
from printing.profile import Confirmation
from printing.simulated import SimulatedPrinter
from printing.status import Attention, CannotTell, NeedsAttention, Ready, Unreachable
from tests.troubled_transport import (
    DOCUMENT,
    LENGTH,
    PROFILE,
    QUICK,
    BrokenTransport,
    TroubledTransport,
    confirmed_by,
    printer_of,
)


@pytest.fixture
def simulated(tmp_path: Path) -> SimulatedPrinter:
    return SimulatedPrinter(tmp_path)


@pytest.mark.parametrize(
    ("confirmation", "state"),
    [
        (Confirmation.PROCESS_ID, PrintState.CONFIRMED),
        (Confirmation.FENCE, PrintState.CONFIRMED),
        (Confirmation.AUTO, PrintState.CONFIRMED),
        (Confirmation.STATUS, PrintState.UNVERIFIED),
        (Confirmation.NONE, PrintState.UNVERIFIED),
    ],
)
def test_only_a_printer_that_says_so_confirms(
    simulated: SimulatedPrinter, confirmation: Confirmation, state: PrintState
) -> None:
    verdict = printer_of(simulated, confirmation).print(lambda _: DOCUMENT, 42)
    assert (verdict.state, verdict.status) == (state, Ready())
    (slip,) = simulated.slips()
    assert slip.with_suffix(".bin").read_bytes() == DOCUMENT
    assert simulated.problems == ()


def test_idle_printer_is_asked_once_how_it_confirms(simulated: SimulatedPrinter) -> None:
    printer = printer_of(simulated, Confirmation.AUTO)
    seen = [printer.confirmation, printer.status(), printer.confirmation]
    assert seen == [Confirmation.AUTO, Ready(), Confirmation.FENCE]


@pytest.mark.parametrize(
    ("trouble", "attention"),
    [
        ({"paper_mm": 0}, Attention.NO_PAPER),
        ({"is_cover_open": True}, Attention.COVER_OPEN),
        ({"is_cutter_jammed": True}, Attention.CUTTER),
        ({"is_overheated": True}, Attention.OVERHEATED),
    ],
)
def test_nothing_is_sent_to_a_printer_that_is_not_ready(
    simulated: SimulatedPrinter, trouble: dict[str, float], attention: Attention
) -> None:
    simulated.change(**trouble)
    verdict = printer_of(simulated).print(lambda _: DOCUMENT, 1)
    assert (verdict.state, verdict.status) == (PrintState.FAILED, NeedsAttention(attention))
    simulated.change(paper_mm=80_000, is_cover_open=False, is_cutter_jammed=False, is_overheated=False)
    assert simulated.slips() == ()


@pytest.mark.parametrize("clears_buffer", [True, False])
def test_rest_of_a_failed_slip_is_cleared_or_cut_off_and_the_next_is_whole(
    simulated: SimulatedPrinter, *, clears_buffer: bool
) -> None:
    profile = replace(confirmed_by(Confirmation.FENCE), clears_buffer=clears_buffer)
    transport = TroubledTransport(simulated, lambda: simulated.change(is_cover_open=True))
    printer = EscposPrinter(transport, profile, QUICK)
    assert printer.print(lambda _: DOCUMENT, 1).state is PrintState.FAILED
    assert transport.sent.count(b"\x10\x05\x02") == clears_buffer
    simulated.change(is_cover_open=False)
    assert printer.status() == Ready()
    (fragment,) = simulated.slips()
    assert printer.print(lambda _: DOCUMENT, 2).state is PrintState.CONFIRMED
    _, whole = simulated.slips()
    assert whole.with_suffix(".bin").read_bytes() == DOCUMENT
    with Image.open(fragment) as torn, Image.open(whole) as slip:
        longest = LENGTH.checkpoint if clears_buffer else LENGTH.point_of_no_return
        assert torn.height <= paper_length_mm(DOCUMENT[:longest], PROFILE) * 8 + 96 < slip.height


@pytest.mark.parametrize("bytes_out", [100, len(DOCUMENT) // 2, len(DOCUMENT) - 3])
@pytest.mark.parametrize("is_asked_first", [False, True], ids=["at once", "after a look"])
def test_slip_after_a_power_cut_is_not_taken_for_the_rest_of_a_picture(
    simulated: SimulatedPrinter, bytes_out: int, *, is_asked_first: bool
) -> None:
    """The printer was on all the time, and still waits for the dots that the kiosk had promised."""
    simulated.feed(DOCUMENT[:bytes_out])
    printer = printer_of(simulated, Confirmation.FENCE)
    printer.expect_fragment()
    if is_asked_first:
        assert printer.status() == Ready()
    assert printer.print(lambda _: DOCUMENT, 2).state is PrintState.CONFIRMED
    assert simulated.slips()[-1].with_suffix(".bin").read_bytes() == DOCUMENT
    assert printer.print(lambda _: DOCUMENT, 3).state is PrintState.CONFIRMED
    assert len(simulated.slips()) <= 3
    assert simulated.problems == ()


def test_printer_is_not_probed_in_the_same_breath_as_it_cuts_a_fragment(simulated: SimulatedPrinter) -> None:
    """It is busy then: its answer would come too late, and every slip of the day would be unverified."""
    printer = printer_of(simulated, Confirmation.AUTO)
    printer.expect_fragment()
    seen = [printer.status(), printer.confirmation, printer.status(), printer.confirmation]
    assert seen == [Ready(), Confirmation.AUTO, Ready(), Confirmation.FENCE]


def test_own_id_is_found_in_noise(simulated: SimulatedPrinter) -> None:
    simulated.change(is_noisy=True)
    assert printer_of(simulated, Confirmation.PROCESS_ID).print(lambda _: DOCUMENT, 7).state is PrintState.CONFIRMED


def test_write_only_clone_prints_openly_unverified(simulated: SimulatedPrinter) -> None:
    simulated.change(is_silent=True)
    verdict = printer_of(simulated, Confirmation.AUTO).print(lambda _: DOCUMENT, 1)
    assert (verdict.state, verdict.detail) == (PrintState.UNVERIFIED, "this printer cannot confirm")
    assert isinstance(verdict.status, CannotTell)
    assert len(simulated.slips()) == 1


def test_printer_that_used_to_answer_is_not_taken_for_a_clone(simulated: SimulatedPrinter) -> None:
    printer = printer_of(simulated, Confirmation.AUTO)
    assert printer.status() == Ready()
    simulated.change(is_silent=True)
    verdict = printer.print(lambda _: DOCUMENT, 1)
    assert verdict.state is PrintState.FAILED
    assert isinstance(verdict.status, Unreachable)
    assert simulated.slips() == ()


def test_printer_that_is_not_there_fails_before_any_byte(simulated: SimulatedPrinter) -> None:
    printer = EscposPrinter(BrokenTransport(simulated, None), PROFILE, QUICK)
    assert printer.status() == Unreachable("nobody is there")
    verdict = printer.print(lambda _: DOCUMENT, 1)
    assert (verdict.state, verdict.detail) == (PrintState.FAILED, "nothing was sent")


def test_low_paper_is_told_and_no_obstacle(simulated: SimulatedPrinter) -> None:
    simulated.change(paper_mm=1_000)
    verdict = printer_of(simulated).print(lambda _: DOCUMENT, 1)
    assert (verdict.state, verdict.status) == (PrintState.CONFIRMED, Ready(paper_low=True))
