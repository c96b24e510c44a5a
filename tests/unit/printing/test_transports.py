"""What holds on every way to a printer: questions are answered, silence ends, closed is closed."""

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from kiosk.errors import TransportError
from printing.profile import find_profile
from printing.simulated import SimulatedPrinter
from printing.simulated_tcp import SimulatedTcpPrinter
from printing.transports.deadline import Caller, Deadline
from printing.transports.devices import open_device
from printing.transports.sim import SimTransport
from printing.transports.transport import Transport, WriteError
from tests.pseudo_terminal import AnsweringTerminal


@pytest.fixture
def simulated(tmp_path: Path) -> SimulatedPrinter:
    return SimulatedPrinter(tmp_path)


@pytest.fixture(params=["sim", "tcp", "serial", "file"])
def transport(request: pytest.FixtureRequest, simulated: SimulatedPrinter) -> Iterator[Transport]:
    match request.param:
        case "sim":
            yield SimTransport(simulated)
        case "tcp":
            with SimulatedTcpPrinter(simulated) as served:
                transport = open_device(served.address)
                yield transport
                transport.close()
        case kind:
            with AnsweringTerminal(simulated.feed) as terminal:
                transport = open_device(f"{kind}:{terminal.path}")
                yield transport
                transport.close()


def test_questions_are_answered(transport: Transport) -> None:
    transport.open(1)
    assert transport.can_read
    transport.write(b"\x10\x04\x01", 1)
    assert transport.read(5) == b"\x12"
    transport.close()


def test_what_is_sent_arrives_byte_for_byte(transport: Transport, simulated: SimulatedPrinter) -> None:
    """Every byte there is, those included that a terminal would take for itself."""
    picture = bytes(range(256)) * 40
    slip = b"\x1b@\x1dv0\x00\x20\x00\x40\x01" + picture + b"\n\x1dV\x00\x10\x04\x01"
    transport.open(1)
    transport.write(slip, 5)
    assert transport.read(5) == b"\x12"
    assert simulated.slips()[0].with_suffix(".bin").read_bytes() == slip[:-3]
    transport.close()


def test_reading_ends_when_nothing_comes(transport: Transport) -> None:
    transport.open(1)
    deadline = Deadline(1)
    assert transport.read(0.05) == b""
    assert not deadline.is_over
    transport.close()


def test_closed_transport_is_not_written_to(transport: Transport) -> None:
    transport.open(1)
    transport.close()
    transport.close()
    with pytest.raises(TransportError, match="not connected"):
        transport.write(b"x", 1)
    with pytest.raises(TransportError, match="not connected"):
        transport.read(1)


def test_one_printer_at_an_address_is_never_passed_over(transport: Transport) -> None:
    for _ in range(2):
        transport.open(1)
        transport.pass_over()
        transport.close()


def test_stopped_printer_takes_its_buffer_and_no_more(simulated: SimulatedPrinter) -> None:
    simulated.change(is_cover_open=True)
    transport = SimTransport(simulated)
    transport.open(1)
    with pytest.raises(WriteError, match="took 65536 of 70000 bytes") as caught:
        transport.write(b"x" * 70_000, 0.01)
    assert caught.value.sent == 65_536


def test_simulated_printer_that_lost_its_folder_is_a_printer_that_broke(
    tmp_path: Path, simulated: SimulatedPrinter
) -> None:
    transport = SimTransport(simulated)
    transport.open(1)
    shutil.rmtree(tmp_path)
    with pytest.raises(WriteError, match="cannot use its folder"):
        transport.write(b"A\n\x1dV\x00", 1)


def test_simulated_head_is_as_wide_as_the_profile(tmp_path: Path) -> None:
    transport = open_device(f"sim:{tmp_path}", find_profile("generic-58mm"))
    transport.open(1)
    transport.write(b"A\n\x1dV\x00", 1)
    assert isinstance(transport, SimTransport)
    with Image.open(transport.printer.slips()[0]) as slip:
        assert slip.width == 384


def test_simulated_folder_that_cannot_be_is_explained() -> None:
    with pytest.raises(TransportError, match="cannot use /dev/null/slips"):
        open_device("sim:/dev/null/slips")


def test_call_without_a_timeout_is_left_in_time() -> None:
    caller = Caller()
    with pytest.raises(ZeroDivisionError):
        caller.within(Deadline(5), lambda: 1 // 0)
    assert caller.within(Deadline(5), lambda: 7) == 7


def test_while_a_call_hangs_no_other_is_begun() -> None:
    caller, goes_on, begun = Caller(), threading.Event(), []

    def hang() -> None:
        begun.append(1)
        goes_on.wait(30)

    for _ in range(3):
        with pytest.raises(TimeoutError):
            caller.within(Deadline(0.01), hang)
    assert len(begun) == 1
    goes_on.set()
    assert caller.within(Deadline(5), lambda: 7) == 7
