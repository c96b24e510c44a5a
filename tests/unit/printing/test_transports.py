"""Bytes over a real socket, within total deadlines, and addresses that say what is wrong with them."""

import shutil
import socket
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from kiosk.errors import PrintError, ProfileError, TransportError
from printing.profile import find_profile
from printing.simulated import SimulatedPrinter
from printing.simulated_tcp import SimulatedTcpPrinter
from printing.transports.deadline import Deadline
from printing.transports.devices import open_device
from printing.transports.sim import SimTransport
from printing.transports.tcp import TcpTransport
from printing.transports.transport import Transport, WriteError


@pytest.fixture
def simulated(tmp_path: Path) -> SimulatedPrinter:
    return SimulatedPrinter(tmp_path)


@pytest.fixture(params=["sim", "tcp"])
def transport(request: pytest.FixtureRequest, simulated: SimulatedPrinter) -> Iterator[Transport]:
    if request.param == "sim":
        yield SimTransport(simulated)
        return
    with SimulatedTcpPrinter(simulated) as served:
        transport = open_device(served.address)
        yield transport
        transport.close()


@pytest.fixture
def deaf() -> Iterator[socket.socket]:
    """A device that lets anybody connect and never reads."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        yield listener


def test_questions_are_answered(transport: Transport) -> None:
    transport.open(1)
    transport.write(b"\x10\x04\x01", 1)
    assert transport.read(1) == b"\x12"
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


def test_device_that_never_reads_is_left_in_time(deaf: socket.socket) -> None:
    transport = TcpTransport("127.0.0.1", deaf.getsockname()[1])
    transport.open(1)
    deadline = Deadline(3)
    with pytest.raises(WriteError, match="bytes") as caught:
        transport.write(b"x" * 50_000_000, 0.2)
    assert not deadline.is_over
    assert 0 < caught.value.sent < 50_000_000
    transport.close()
    peer, _ = deaf.accept()
    with peer, pytest.raises(ConnectionResetError):  # not the rest of a slip that was called failed
        deque(iter(lambda: peer.recv(1_000_000), b""), maxlen=0)


def test_hang_up_is_no_silence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        transport = TcpTransport("127.0.0.1", listener.getsockname()[1])
        transport.open(1)
        listener.accept()[0].close()
        with pytest.raises(TransportError, match="hung up"):
            transport.read(1)
        transport.close()


def test_refused_connection_names_the_address() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(TransportError, match=f"no printer answers at 127.0.0.1:{port}: Connection refused"):
        TcpTransport("127.0.0.1", port).open(1)


@pytest.mark.parametrize(
    ("url", "error", "sentence"),
    [
        ("usb:04b8:0e15", ProfileError, "does not print to USB printers yet"),
        ("file:/dev/usb/lp0", ProfileError, "does not print to device files yet"),
        ("serial:/dev/ttyUSB0?baud=9600", ProfileError, "does not print to serial ports yet"),
        ("win:EPSON", ProfileError, "does not print to Windows printers yet"),
        ("tcp://printer:99999", ProfileError, "no valid host or port"),
        ("tcp://printer..lan:9100", ProfileError, "no valid host or port"),
        (f"tcp://{'a' * 70}:9100", ProfileError, "no valid host or port"),
        ("sim:/dev/null/slips", TransportError, "cannot use /dev/null/slips"),
        ("tcp://printer:0", ProfileError, "names no network printer"),
        ("tcp:printer", ProfileError, "names no network printer"),
        ("tcp://", ProfileError, "names no network printer"),
        ("sim:", ProfileError, "names no printer"),
        ("lpt1", ProfileError, "write tcp://HOST:9100 or sim:DIR"),
    ],
)
def test_address_that_is_no_use_is_explained(url: str, error: type[PrintError], sentence: str) -> None:
    with pytest.raises(error, match=sentence):
        open_device(url)


def test_network_printer_has_its_usual_port() -> None:
    transport = open_device("tcp://10.0.0.7")
    assert isinstance(transport, TcpTransport)
    assert transport.address == "10.0.0.7:9100"


def test_simulated_head_is_as_wide_as_the_profile(tmp_path: Path) -> None:
    transport = open_device(f"sim:{tmp_path}", find_profile("generic-58mm"))
    transport.open(1)
    transport.write(b"A\n\x1dV\x00", 1)
    assert isinstance(transport, SimTransport)
    with Image.open(transport.printer.slips()[0]) as slip:
        assert slip.width == 384
