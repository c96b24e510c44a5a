"""The server's end of a connection: how long a head may be, what comes in pieces, what comes at once."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from server.limits import Crowd
from server.receiving import MAX_HEAD_BYTES
from server.run import Server
from tests.conftest import Logs
from tests.paired_kiosk import site_server

ASKED = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with site_server(tmp_path_factory.mktemp("server"), receive_within_s=5.0) as server:
        yield server


@pytest.fixture
def line(server: Server) -> Iterator[socket.socket]:
    address = urlsplit(server.url)
    with socket.create_connection((str(address.hostname), address.port or 0), timeout=10.0) as line:
        yield line


def read_until_closed(line: socket.socket) -> bytes:
    received = b""
    try:
        while piece := line.recv(65536):
            received += piece
    except ConnectionError:
        pass  # what we sent too much of was never read
    return received


def test_answers_are_sent_at_once(line: socket.socket, server: Server) -> None:
    """Head and body are two writes: the second must not wait until the first is acknowledged."""
    line.sendall(ASKED)
    assert line.recv(100)  # before it answers, it may not have seen us yet
    connections = list(server._uvicorn.server_state.connections)
    options = [
        connection.transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        for connection in connections
    ]
    assert options
    assert all(options)


@pytest.mark.parametrize("piece", [None, 1000], ids=["at once", "in pieces"])
@pytest.mark.parametrize("ends", [True, False], ids=["whole", "endless"])
def test_head_that_is_too_long_is_refused(
    line: socket.socket, expected_logs: Logs, piece: int | None, *, ends: bool
) -> None:
    expected_logs("Invalid HTTP request received.")
    head = b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: " + b"x" * (MAX_HEAD_BYTES + 1) + b"\r\n\r\n" * ends
    for start in range(0, len(head), piece or len(head)):
        line.sendall(head[start : start + (piece or len(head))])
    assert read_until_closed(line).startswith(b"HTTP/1.1 400")


def test_one_address_holds_so_many_lines_and_no_more(tmp_path: Path) -> None:
    with site_server(tmp_path) as server:
        server._uvicorn.config.http_protocol_class.crowd = Crowd(3, spares_loopback=False)  # type: ignore[attr-defined]
        address = str(urlsplit(server.url).hostname), urlsplit(server.url).port or 0
        with ExitStack() as lines:
            held = [lines.enter_context(socket.create_connection(address, timeout=10.0)) for _ in range(4)]
            assert read_until_closed(held[3]) == b""
            held[0].sendall(ASKED)
            assert held[0].recv(100).startswith(b"HTTP/1.1 200")
            held[0].close()
            held[1].sendall(ASKED.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
            read_until_closed(held[1])
            with socket.create_connection(address, timeout=10.0) as late:
                late.sendall(ASKED)
                assert late.recv(100).startswith(b"HTTP/1.1 200")


def test_head_that_is_nearly_too_long_is_answered(line: socket.socket) -> None:
    line.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: " + b"x" * (MAX_HEAD_BYTES - 100) + b"\r\n\r\n")
    assert line.recv(100).startswith(b"HTTP/1.1 200")


def test_requests_that_come_at_once_are_answered_in_their_order(line: socket.socket) -> None:
    asked = [b"/healthz", b"/nowhere", b"/healthz", b"/nowhere"]
    pipelined = b"".join(ASKED.replace(b"/healthz", path) for path in asked)
    line.sendall(pipelined + ASKED.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
    answers = read_until_closed(line).split(b"HTTP/1.1 ")[1:]
    assert [answer[:3] for answer in answers] == [b"200", b"404", b"200", b"404", b"200"]


def test_request_may_come_byte_by_byte(line: socket.socket) -> None:
    for byte in ASKED:
        line.sendall(bytes([byte]))
    assert line.recv(100).startswith(b"HTTP/1.1 200")


def test_wish_for_another_protocol_is_passed_over(line: socket.socket, expected_logs: Logs) -> None:
    """As curl asks for HTTP/2."""
    expected_logs("uvicorn.error")
    line.sendall(ASKED.replace(b"\r\n\r\n", b"\r\nConnection: Upgrade, close\r\nUpgrade: h2c\r\n\r\n"))
    assert read_until_closed(line).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "nonsense", [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"HELO x\r\n", b"GET / HTTP/9\r\n\r\n"]
)
def test_what_is_no_http_is_refused(line: socket.socket, expected_logs: Logs, nonsense: bytes) -> None:
    expected_logs("Invalid HTTP request received.")
    line.sendall(nonsense)
    assert read_until_closed(line).startswith(b"HTTP/1.1 400")


def test_connections_beyond_the_limit_are_told_so(tmp_path: Path, expected_logs: Logs) -> None:
    expected_logs("Exceeded concurrency limit.")
    with site_server(tmp_path) as server:
        server._uvicorn.config.limit_concurrency = 3
        address = urlsplit(server.url)
        lines = [socket.create_connection((str(address.hostname), address.port or 0), timeout=10.0) for _ in range(4)]
        try:
            answers = []
            for line in lines:
                line.sendall(ASKED)
                answers.append(line.recv(1000)[9:12])
        finally:
            for line in lines:
                line.close()
    assert b"503" in answers
    assert b"200" in answers
