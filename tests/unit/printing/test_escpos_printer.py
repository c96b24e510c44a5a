"""What the printer tells of a slip, on every rung of the confirmation ladder and for everything that goes wrong."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from PIL import Image

from kiosk.domain.print_job import PrintState
from kiosk.errors import TransportError
from printing.confirmation import FENCE_REQUEST
from printing.escpos_printer import Deadlines, EscposPrinter
from printing.paper_length import measure_slip, paper_length_mm
from printing.profile import Confirmation, Profile, find_profile
from printing.raster_renderer import render_raster
from printing.simulated import SimulatedPrinter
from printing.status import Attention, CannotTell, NeedsAttention, Ready, Unreachable
from printing.transports.sim import SimTransport
from printing.transports.transport import WriteError
from tests.sample_slips import paper_layout, paper_ticket

QUICK: Final = Deadlines(
    open_s=1, answer_s=0.05, write_s=0.2, confirm_s=0.3, stall_s=0.3, settle_s=0.3, quiet_s=0.02, slowest_mm_s=5_000
)
PROFILE: Final = find_profile("generic-80mm")
REQUESTS: Final = (FENCE_REQUEST, b"\x1dV\x01")
"""What the last part of a slip ends with, but for a process id."""
DOCUMENT: Final = render_raster(paper_layout(paper_ticket(), PROFILE), PROFILE)
LENGTH: Final = measure_slip(DOCUMENT, PROFILE)
PREFLIGHT_BYTES: Final = 18
"""Four questions for the status, and two fences to come into step."""


class TroubledTransport(SimTransport):
    """The simulated printer, with something that happens early in a slip, or when its end is about to leave."""

    def __init__(self, printer: SimulatedPrinter, trouble: Callable[[], None], *, is_late: bool = False) -> None:
        super().__init__(printer)
        self._trouble = trouble
        self._is_late = is_late
        self._large_writes = 0
        self.sent = b""

    def write(self, data: bytes, timeout_s: float) -> None:
        self.sent += data
        self._large_writes += len(data) > 1_000
        is_time = data.endswith(REQUESTS) if self._is_late else self._large_writes == 10
        if len(data) > 1_000 and is_time:
            self._trouble()
        super().write(data, timeout_s)


class RepairedTransport(SimTransport):
    """Trouble when the end of a slip is about to leave; all is mended when the printer has answered `word`."""

    before_the_end: dict[str, float]

    def __init__(self, printer: SimulatedPrinter, word: bytes, **repair: float) -> None:
        super().__init__(printer)
        self._word = word
        self._repair = repair

    def write(self, data: bytes, timeout_s: float) -> None:
        if data.endswith(REQUESTS) and len(data) > 1_000:
            self.printer.change(**self.before_the_end)
        super().write(data, timeout_s)

    def read(self, timeout_s: float) -> bytes:
        came = super().read(timeout_s)
        if self._word in came and self.printer.state.is_cover_open:
            self.printer.change(**self._repair)
        return came


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


def printer_on(transport: SimTransport, confirmation: Confirmation = Confirmation.FENCE) -> EscposPrinter:
    return EscposPrinter(transport, confirmed_by(confirmation), QUICK)


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


def test_stop_is_seen_before_the_end_leaves_also_without_confirmation(simulated: SimulatedPrinter) -> None:
    transport = TroubledTransport(simulated, lambda: simulated.change(is_cover_open=True))
    verdict = EscposPrinter(transport, confirmed_by(Confirmation.STATUS), QUICK).print(lambda _: DOCUMENT, 1)
    assert verdict.state is PrintState.FAILED
    simulated.change(is_cover_open=False)
    assert simulated.slips() == ()


def test_slip_is_unknown_when_a_printer_without_confirmation_stops_late(simulated: SimulatedPrinter) -> None:
    transport = TroubledTransport(simulated, lambda: simulated.change(is_cover_open=True), is_late=True)
    verdict = EscposPrinter(transport, confirmed_by(Confirmation.STATUS), QUICK).print(lambda _: DOCUMENT, 1)
    assert verdict.state is PrintState.UNKNOWN


@pytest.mark.parametrize("trouble", [{"is_cover_open": True}, {"is_cutter_jammed": True}, {"paper_mm": 20}])
def test_slip_whose_end_had_left_when_the_printer_stopped_is_unknown(
    simulated: SimulatedPrinter, trouble: dict[str, float]
) -> None:
    """Closing the cover lets it come out whole: so it must not be printed again without a mark."""
    transport = TroubledTransport(simulated, lambda: simulated.change(**trouble), is_late=True)
    verdict = printer_on(transport).print(lambda _: DOCUMENT, 1)
    assert verdict.state is PrintState.UNKNOWN
    assert isinstance(verdict.status, NeedsAttention)


def test_cover_that_is_closed_in_time_lets_the_slip_be_confirmed(simulated: SimulatedPrinter) -> None:
    transport = RepairedTransport(simulated, b"\x16", is_cover_open=False)
    transport.before_the_end = {"is_cover_open": True}
    assert printer_on(transport).print(lambda _: DOCUMENT, 1).state is PrintState.CONFIRMED
    assert len(simulated.slips()) == 1


def test_slip_in_which_the_paper_was_changed_is_in_two_pieces(simulated: SimulatedPrinter) -> None:
    """The cover is open and the paper has ended; then all is well, and the printer reports a slip done."""
    transport = RepairedTransport(simulated, b"\x7e", is_cover_open=False, paper_mm=80_000)
    transport.before_the_end = {"is_cover_open": True, "paper_mm": 0}
    verdict = printer_on(transport).print(lambda _: DOCUMENT, 1)
    assert (verdict.state, verdict.status) == (PrintState.UNKNOWN, Ready())


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


def test_silence_after_the_slip_is_unknown(simulated: SimulatedPrinter) -> None:
    transport = TroubledTransport(simulated, lambda: simulated.change(is_silent=True), is_late=True)
    assert printer_on(transport).print(lambda _: DOCUMENT, 1).state is PrintState.UNKNOWN
    assert len(simulated.slips()) == 1


def test_end_of_the_slip_is_not_sent_to_a_printer_that_fell_silent(simulated: SimulatedPrinter) -> None:
    transport = TroubledTransport(simulated, lambda: simulated.change(is_silent=True))
    assert printer_on(transport).print(lambda _: DOCUMENT, 1).state is PrintState.FAILED
    simulated.change(is_silent=False)
    assert simulated.slips() == ()


def test_slip_reported_done_by_a_printer_that_stopped_is_unknown(simulated: SimulatedPrinter) -> None:
    """An answer in its turn, and then an open cover: perhaps it was opened on the slip."""

    class OpenedTransport(SimTransport):
        def read(self, timeout_s: float) -> bytes:
            answers = super().read(timeout_s)
            if answers == b"\x00" and simulated.slips():
                simulated.change(is_cover_open=True)
            return answers

    verdict = printer_on(OpenedTransport(simulated)).print(lambda _: DOCUMENT, 1)
    assert (verdict.state, verdict.status) == (PrintState.UNKNOWN, NeedsAttention(Attention.COVER_OPEN))


@pytest.mark.parametrize("trouble", [{"paper_mm": 0}, {"is_silent": True}])
def test_own_id_stands_whatever_comes_after_it(simulated: SimulatedPrinter, trouble: dict[str, float]) -> None:
    """The printer gave it for this very slip: that the roll ended with it is the next visitor's trouble."""

    class EndingTransport(SimTransport):
        def read(self, timeout_s: float) -> bytes:
            answers = super().read(timeout_s)
            if answers.startswith(b"7\x22") and simulated.slips():
                simulated.change(**trouble)
            return answers

    verdict = printer_on(EndingTransport(simulated), Confirmation.PROCESS_ID).print(lambda _: DOCUMENT, 1)
    assert verdict.state is PrintState.CONFIRMED
    assert not isinstance(verdict.status, Ready)


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


@pytest.mark.parametrize(("is_late", "state"), [(False, PrintState.FAILED), (True, PrintState.UNKNOWN)])
def test_slip_under_a_head_that_stays_hot_is_given_up(
    simulated: SimulatedPrinter, state: PrintState, *, is_late: bool
) -> None:
    transport = TroubledTransport(simulated, lambda: simulated.change(is_overheated=True), is_late=is_late)
    verdict = printer_on(transport).print(lambda _: DOCUMENT, 1)
    assert (verdict.state, verdict.status) == (state, NeedsAttention(Attention.OVERHEATED))


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
    ("slip_bytes", "state"),
    [
        (0, PrintState.FAILED),
        (1, PrintState.FAILED),
        (20_000, PrintState.FAILED),
        (LENGTH.point_of_no_return, PrintState.FAILED),
        (LENGTH.point_of_no_return + 1, PrintState.UNKNOWN),
        (len(DOCUMENT), PrintState.UNKNOWN),
    ],
)
def test_broken_line_is_unknown_from_the_point_of_no_return_on(
    simulated: SimulatedPrinter, slip_bytes: int, state: PrintState
) -> None:
    """Until then the slip is certainly not complete, however it goes on."""
    asked = len(FENCE_REQUEST) if slip_bytes > LENGTH.checkpoint else 0
    transport = BrokenTransport(simulated, PREFLIGHT_BYTES + slip_bytes + asked)
    verdict = printer_on(transport).print(lambda _: DOCUMENT, 1)
    assert verdict.state is state
    assert simulated.slips() == ((simulated.slips()[0],) if slip_bytes == len(DOCUMENT) else ())
    assert (verdict.paper_mm > 0) is (slip_bytes > 1)


def test_low_paper_is_told_and_no_obstacle(simulated: SimulatedPrinter) -> None:
    simulated.change(paper_mm=1_000)
    verdict = printer_of(simulated).print(lambda _: DOCUMENT, 1)
    assert (verdict.state, verdict.status) == (PrintState.CONFIRMED, Ready(paper_low=True))
