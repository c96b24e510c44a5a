"""What is told of a slip when something goes wrong on its way: early, late, and after it."""

from pathlib import Path

import pytest

from kiosk.domain.print_job import PrintState
from printing.confirmation import FENCE_REQUEST
from printing.escpos_printer import EscposPrinter
from printing.profile import Confirmation
from printing.simulated import SimulatedPrinter
from printing.status import Attention, NeedsAttention, Ready
from printing.transports.sim import SimTransport
from tests.troubled_transport import (
    DOCUMENT,
    LENGTH,
    PREFLIGHT_BYTES,
    QUICK,
    BrokenTransport,
    RepairedTransport,
    TroubledTransport,
    confirmed_by,
    printer_on,
)


@pytest.fixture
def simulated(tmp_path: Path) -> SimulatedPrinter:
    return SimulatedPrinter(tmp_path)


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
