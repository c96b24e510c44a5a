"""A raw port behind a real socket."""

import socket
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from kiosk.errors import TransportError
from printing.transports.deadline import Deadline
from printing.transports.devices import open_device
from printing.transports.tcp import TcpTransport
from printing.transports.transport import WriteError


@pytest.fixture
def deaf() -> Iterator[socket.socket]:
    """A device that lets anybody connect and never reads."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        yield listener


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


def test_printer_whose_only_client_is_another_host_is_left_in_time() -> None:
    """Others hold the port and wait in line: the connection is neither taken nor refused."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener, ExitStack() as others:
        for _ in range(4):
            other = others.enter_context(socket.socket())
            other.setblocking(False)
            other.connect_ex(listener.getsockname())
        deadline = Deadline(3)
        with pytest.raises(TransportError, match="no answer in time"):
            TcpTransport("127.0.0.1", listener.getsockname()[1]).open(0.2)
        assert not deadline.is_over


def test_every_address_of_a_host_is_tried_within_one_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first is one on which nobody listens, as with a name that has an IPv6 address too."""
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_server(("127.0.0.2", 0)) as other:
        closed = other.getsockname()
        other.close()
        there = listener.getsockname()
        entries = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", where) for where in (closed, there)]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: entries)
        transport = TcpTransport("printer.lan")
        transport.open(1)
        transport.close()


def test_resolver_has_no_patience_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    never = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: never.wait(5))
    deadline = Deadline(3)
    with pytest.raises(TransportError, match=r"no printer answers at printer.lan:9100: no answer in time"):
        TcpTransport("printer.lan").open(0.05)
    assert not deadline.is_over
    never.set()


def test_unknown_host_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    with pytest.raises(TransportError, match="Name or service not known"):
        TcpTransport("printer.lan").open(1)


def test_network_printer_has_its_usual_port() -> None:
    transport = open_device("tcp://10.0.0.7")
    assert isinstance(transport, TcpTransport)
    assert transport.address == "10.0.0.7:9100"
    assert transport.bytes_per_s is None
