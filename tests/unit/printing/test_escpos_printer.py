"""What the printer tells of a slip, on every rung of the confirmation ladder and for everything that goes wrong."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from kiosk.domain.print_job import PrintState
from kiosk.errors import TransportError
from printing.confirmation import Fence, ProcessId
from printing.escpos_printer import Deadlines, EscposPrinter
from printing.profile import Confirmation, Profile, find_profile
from printing.raster_renderer import render_raster
from printing.simulated import SimulatedPrinter
from printing.status import Attention, CannotTell, NeedsAttention, Ready, Unreachable
from printing.transports.sim import SimTransport
from printing.transports.transport import WriteError
from tests.sample_slips import paper_layout, paper_ticket

QUICK: Final = Deadlines(open_s=1, answer_s=0.05, write_s=0.2, confirm_s=0.3)
PROFILE: Final = find_profile("generic-80mm")
DOCUMENT: Final = render_raster(paper_layout(paper_ticket(), PROFILE), PROFILE)


class TroubledTransport(SimTransport):
    """The simulated printer, with something that happens when half of a slip is out."""

    def __init__(self, printer: SimulatedPrinter, in_mid_slip: Callable[[], None]) -> None:
        super().__init__(printer)
        self._in_mid_slip = in_mid_slip
        self._large_writes = 0

    def write(self, data: bytes, timeout_s: float) -> None:
        self._large_writes += len(data) > 1_000
        if len(data) > 1_000 and self._large_writes == 2:
            self._in_mid_slip()
        super().write(data, timeout_s)


class BrokenTransport(SimTransport):
    """A line that breaks after `bytes_left` bytes, or never connects."""

    def __init__(self, printer: SimulatedPrinter, bytes_left: int | None) -> None:
        super().__init__(printer)
        self.bytes_left = bytes_left

    def open(self, timeout_s: float) -> None:
        if self.bytes_left is None:
            raise TransportError("nobody is there")
        super().open(timeout_s)

    def write(self, data: bytes, timeout_s: float) -> None:
        left = self.bytes_left or 0
        super().write(data[:left], timeout_s)
        self.bytes_left = max(0, left - len(data))
        if left < len(data):
            raise WriteError("the cable was pulled", left)


@pytest.fixture
def simulated(tmp_path: Path) -> SimulatedPrinter:
    return SimulatedPrinter(tmp_path)


def confirmed_by(confirmation: Confirmation) -> Profile:
    return replace(PROFILE, confirmation=confirmation)


def printer_of(simulated: SimulatedPrinter, confirmation: Confirmation = Confirmation.FENCE) -> EscposPrinter:
    return EscposPrinter(SimTransport(simulated), confirmed_by(confirmation), QUICK)


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


@pytest.mark.parametrize("confirmation", [Confirmation.FENCE, Confirmation.PROCESS_ID])
@pytest.mark.parametrize(
    ("trouble", "attention"),
    [
        ({"is_cover_open": True}, Attention.COVER_OPEN),
        ({"is_cutter_jammed": True}, Attention.CUTTER),
        ({"paper_mm": 20}, Attention.NO_PAPER),
    ],
)
def test_slip_that_stops_half_way_has_failed(
    simulated: SimulatedPrinter, confirmation: Confirmation, trouble: dict[str, float], attention: Attention
) -> None:
    transport = TroubledTransport(simulated, lambda: simulated.change(**trouble))
    verdict = EscposPrinter(transport, confirmed_by(confirmation), QUICK).print(lambda _: DOCUMENT, 1)
    assert (verdict.state, verdict.status) == (PrintState.FAILED, NeedsAttention(attention))
    assert simulated.slips() == ()


def test_slip_is_unknown_when_a_printer_without_confirmation_stops(simulated: SimulatedPrinter) -> None:
    transport = TroubledTransport(simulated, lambda: simulated.change(is_cover_open=True))
    verdict = EscposPrinter(transport, confirmed_by(Confirmation.STATUS), QUICK).print(lambda _: DOCUMENT, 1)
    assert verdict.state is PrintState.UNKNOWN


def test_rest_of_a_failed_slip_is_cleared_and_the_next_is_whole(simulated: SimulatedPrinter) -> None:
    profile = replace(confirmed_by(Confirmation.FENCE), clears_buffer=True)
    transport = TroubledTransport(simulated, lambda: simulated.change(is_cover_open=True))
    printer = EscposPrinter(transport, profile, QUICK)
    assert printer.print(lambda _: DOCUMENT, 1).state is PrintState.FAILED
    simulated.change(is_cover_open=False)
    assert printer.print(lambda _: DOCUMENT, 2).state is PrintState.CONFIRMED
    fragment, whole = (path.with_suffix(".bin").read_bytes() for path in simulated.slips())
    assert DOCUMENT not in fragment
    assert whole == DOCUMENT


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


def test_silence_after_the_slip_is_unknown(simulated: SimulatedPrinter) -> None:
    transport = TroubledTransport(simulated, lambda: simulated.change(is_silent=True))
    verdict = EscposPrinter(transport, confirmed_by(Confirmation.FENCE), QUICK).print(lambda _: DOCUMENT, 1)
    assert verdict.state is PrintState.UNKNOWN
    assert len(simulated.slips()) == 1


def test_slip_reported_done_by_a_printer_that_stopped_is_unknown(simulated: SimulatedPrinter) -> None:
    """An answer in its turn, and then an open cover: perhaps it was opened on the slip."""

    class OpenedTransport(SimTransport):
        def read(self, timeout_s: float) -> bytes:
            answers = super().read(timeout_s)
            if Fence().is_given_by(answers):
                simulated.change(is_cover_open=True)
            return answers

    verdict = EscposPrinter(OpenedTransport(simulated), confirmed_by(Confirmation.FENCE), QUICK).print(
        lambda _: DOCUMENT, 1
    )
    assert (verdict.state, verdict.status) == (PrintState.UNKNOWN, NeedsAttention(Attention.COVER_OPEN))


def test_noise_confirms_nothing(simulated: SimulatedPrinter) -> None:
    transport = TroubledTransport(simulated, lambda: simulated.change(is_noisy=True))
    verdict = EscposPrinter(transport, confirmed_by(Confirmation.FENCE), QUICK).print(lambda _: DOCUMENT, 1)
    assert verdict.state is PrintState.UNKNOWN


def test_own_id_is_found_in_noise(simulated: SimulatedPrinter) -> None:
    simulated.change(is_noisy=True)
    assert printer_of(simulated, Confirmation.PROCESS_ID).print(lambda _: DOCUMENT, 7).state is PrintState.CONFIRMED


def test_hot_head_is_waited_for(simulated: SimulatedPrinter) -> None:
    class CoolingTransport(TroubledTransport):
        def read(self, timeout_s: float) -> bytes:
            came = super().read(timeout_s)
            if simulated.state.is_overheated and came == b"\x52":  # it has told that it is hot
                simulated.change(is_overheated=False)
            return came

    transport = CoolingTransport(simulated, lambda: simulated.change(is_overheated=True))
    verdict = EscposPrinter(transport, confirmed_by(Confirmation.FENCE), QUICK).print(lambda _: DOCUMENT, 1)
    assert verdict.state is PrintState.CONFIRMED


def test_slip_under_a_head_that_stays_hot_is_unknown(simulated: SimulatedPrinter) -> None:
    transport = TroubledTransport(simulated, lambda: simulated.change(is_overheated=True))
    verdict = EscposPrinter(transport, confirmed_by(Confirmation.FENCE), QUICK).print(lambda _: DOCUMENT, 1)
    assert (verdict.state, verdict.status) == (PrintState.UNKNOWN, NeedsAttention(Attention.OVERHEATED))


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


@pytest.mark.parametrize(
    ("bytes_left", "state"), [(12, PrintState.FAILED), (13, PrintState.UNKNOWN), (20_000, PrintState.UNKNOWN)]
)
def test_broken_line_is_unknown_from_the_first_byte_on(
    simulated: SimulatedPrinter, bytes_left: int, state: PrintState
) -> None:
    """The status takes the first twelve bytes, the slip the rest."""
    transport = BrokenTransport(simulated, bytes_left)
    verdict = EscposPrinter(transport, confirmed_by(Confirmation.FENCE), QUICK).print(lambda _: DOCUMENT, 1)
    assert verdict.state is state
    assert simulated.slips() == ()


def test_low_paper_is_told_and_no_obstacle(simulated: SimulatedPrinter) -> None:
    simulated.change(paper_mm=1_000)
    verdict = printer_of(simulated).print(lambda _: DOCUMENT, 1)
    assert (verdict.state, verdict.status) == (PrintState.CONFIRMED, Ready(paper_low=True))


@pytest.mark.parametrize(
    ("answers", "is_given"),
    [
        (b"\x37\x220042\x00", True),
        (b"\xff\x12\x37\x220042\x00", True),
        (b"\x37\x220041\x00", False),
        (b"\x37\x220042", False),
        (b"0042", False),
        (b"", False),
    ],
)
def test_process_id_is_the_own_one(answers: bytes, *, is_given: bool) -> None:
    assert ProcessId(10_042).is_given_by(answers) is is_given


@pytest.mark.parametrize(
    ("answers", "is_given"),
    [(b"\x00", True), (b"\x12\x12\x03\x12", True), (b"\x90", False), (b"\x00\x00", False), (b"\x12", False)],
)
def test_fence_is_one_lone_byte(answers: bytes, *, is_given: bool) -> None:
    assert Fence().is_given_by(answers) is is_given
