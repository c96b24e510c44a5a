"""Who means ill: N12 (too much of everything), A3 (a revoked device, a stolen request). The server stays itself."""

import asyncio
import gzip
import itertools
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest

from kiosk.identity import Identity, new_identity
from kiosk.sync import signing, wire
from kiosk.sync.batch import pack
from kiosk.sync.status import SyncState
from kiosk.sync.wire import ProblemCode
from server.devices import DeviceRecord
from server.enrolment import admit, enrol, revoke
from server.run import ADDRESS_FILE, Server
from tests.bad_network import Proxy, relay
from tests.paired_kiosk import SITE, held, pair, paired_kiosk, site_server
from tests.pairing_by_code import enrolled, invited

PLAIN = {wire.PROTOCOL_HEADER: wire.PROTOCOL}
MIB = 1024 * 1024
MOST_GROWTH = 50 * MIB
BOMB = gzip.compress(bytes(300 * MIB), compresslevel=9)


class Caller:
    """One device, which signs whatever it is told to send."""

    def __init__(self, http: httpx2.Client, identity: Identity) -> None:
        self._http = http
        self._identity = identity
        self._counter = itertools.count(1)
        opened = http.post(wire.SESSION_PATH, json={"site": SITE, "device": identity.device_id}, headers=PLAIN)
        self.session = wire.Session.model_validate_json(opened.content)

    def headers(self, path: str, body: bytes) -> Mapping[str, str]:
        session, device = self.session, self._identity.device_id
        parts = signing.SignedParts(
            "POST", path, body, SITE, device, session.session, session.challenge, next(self._counter)
        )
        return signing.sign(parts, self._identity)

    def post(self, path: str, body: bytes) -> httpx2.Response:
        return self._http.post(path, content=body, headers=dict(self.headers(path, body)))


def code(answer: httpx2.Response) -> ProblemCode:
    return wire.Problem.model_validate_json(answer.content).code


def hello(identity: Identity) -> bytes:
    return wire.Hello(origin=identity.device_id, heads=()).model_dump_json().encode()


@contextmanager
def server_process(folder: Path) -> Iterator[tuple[int, str]]:
    """Its process id and its URL."""
    words = ["server", "--role", "site", "--data", str(folder), "--listen", "127.0.0.1:0"]
    with subprocess.Popen([sys.executable, "giliran.py", *words], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            process.stdout.readline()
            yield process.pid, (folder / ADDRESS_FILE).read_text()
        finally:
            process.terminate()


def memory(pid: int, what: str) -> int:
    """`what`: VmRSS or VmHWM, the most since it was forgotten. Bytes."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith(f"{what}:"))


def announce(url: str, path: str, headers: Mapping[str, str], total: int) -> bytes:
    """A body of `total` bytes, of which none comes. The server's answer."""
    address = urlsplit(url)
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    with socket.create_connection((address.hostname, address.port), timeout=10) as line:
        line.sendall(f"POST {path} HTTP/1.1\r\nHost: x\r\n{head}Content-Length: {total}\r\n\r\n".encode())
        return line.recv(4096)


def pour(url: str, path: str, headers: Mapping[str, str], total: int) -> bytes:
    """A body of `total` bytes, unannounced, until the server has enough. Its answer."""
    address = urlsplit(url)
    piece = b"10000\r\n" + bytes(0x10000) + b"\r\n"
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    with socket.create_connection((address.hostname, address.port), timeout=10) as line:
        line.sendall(f"POST {path} HTTP/1.1\r\nHost: x\r\n{head}Transfer-Encoding: chunked\r\n\r\n".encode())
        try:
            for _ in range(total // 0x10000):
                line.sendall(piece)
            line.sendall(b"0\r\n\r\n")
        except ConnectionError:
            pass  # it hung up in the middle: right so
        try:
            return line.recv(4096)
        except ConnectionError:
            return b""


@pytest.mark.skipif(sys.platform != "linux", reason="reads how much memory another process has from /proc")
def test_n12_too_much_of_anything_is_refused_before_memory_grows(tmp_path: Path) -> None:
    identity = pair(tmp_path / "kiosk", tmp_path / "server")
    deep = b"[" * 150_000 + b"]" * 150_000
    deep_event = b'{"body":' * 8000 + b"{}" + b"}" * 8000
    with (
        server_process(tmp_path / "server") as (pid, url),
        httpx2.Client(base_url=url, headers=PLAIN, timeout=30) as http,
    ):
        caller = Caller(http, identity)
        assert caller.post(wire.HELLO_PATH, hello(identity)).status_code == 200
        before = memory(pid, "VmRSS")
        Path(f"/proc/{pid}/clear_refs").write_text("5")  # forget the most it ever had
        refused = {
            "gzip bomb": caller.post(wire.APPEND_PATH, BOMB[: wire.MAX_BODY_BYTES]),
            "10^6 events": caller.post(wire.APPEND_PATH, pack([b"{}"] * 1_000_000)),
            "events of one byte": caller.post(wire.APPEND_PATH, pack([b"1"] * 500_000)),
            "deep JSON": caller.post(wire.HELLO_PATH, deep),
            "deep event": caller.post(wire.APPEND_PATH, pack([deep_event])),
            "heads without end": caller.post(wire.HELLO_PATH, _many_heads(identity)),
            "deep JSON of a stranger": http.post(wire.SESSION_PATH, content=deep),
            "deep JSON with a code": http.post(wire.ENROL_PATH, content=deep),
        }
        said = {name: answer.status_code for name, answer in refused.items()}
        assert {name: status for name, status in said.items() if status not in {400, 413}} == {}
        for path, headers in (
            (wire.SESSION_PATH, PLAIN),
            (wire.ENROL_PATH, PLAIN),
            (wire.APPEND_PATH, caller.headers(wire.APPEND_PATH, b"")),
            (wire.SNAPSHOT_PATH, caller.headers(wire.SNAPSHOT_PATH, b"")),
        ):
            assert b" 413 " in announce(url, path, headers, 10**9).splitlines()[0], path
            answer = pour(url, path, headers, 10**9)
            assert not answer or b" 413 " in answer.splitlines()[0], path
        assert memory(pid, "VmHWM") - before < MOST_GROWTH
        assert Caller(http, identity).post(wire.HELLO_PATH, hello(identity)).status_code == 200


def _many_heads(identity: Identity) -> bytes:
    head = wire.Head(incarnation="0" * 16, sequence=1, hash="0" * 64)
    return wire.Hello.model_construct(origin=identity.device_id, heads=(head,) * 2500).model_dump_json().encode()


def test_a3_a_revoked_kiosk_that_keeps_sending_is_refused_and_keeps_its_events(
    tmp_path: Path, expected_logs: Any
) -> None:
    expected_logs("server_lost")
    kiosk_dir, server_dir = tmp_path / "kiosk", tmp_path / "server"
    identity = pair(kiosk_dir, server_dir)
    with site_server(server_dir) as server, paired_kiosk(kiosk_dir, identity, server.url) as kiosk:
        kiosk.wait_until_synced()
        before = held(server_dir, identity.device_id)
        revoke(server.node, SITE, identity.device_id)
        for _ in range(3):
            kiosk.issue(2)
        status = kiosk.wait_until(lambda status: status.state is SyncState.REFUSED and status.backlog == 6)
        assert "shut out" in status.detail
        assert held(server_dir, identity.device_id) == before
        assert sum(map(len, kiosk.log().values())) == sum(map(len, before.values())) + 6


@pytest.mark.parametrize(
    "path", [wire.HELLO_PATH, wire.APPEND_PATH, wire.PULL_PATH, wire.HEARTBEAT_PATH, wire.RESERVE_PATH]
)
def test_a3_an_open_session_of_a_revoked_device_is_worth_nothing(tmp_path: Path, path: str) -> None:
    identity = pair(tmp_path / "kiosk", tmp_path / "server")
    bodies = {
        wire.HELLO_PATH: hello(identity),
        wire.APPEND_PATH: pack([b"{}"]),
        wire.PULL_PATH: wire.Pull(origin=identity.device_id, incarnation="0" * 16, after=0).model_dump_json().encode(),
        wire.HEARTBEAT_PATH: wire.Heartbeat(origin=identity.device_id).model_dump_json().encode(),
        wire.RESERVE_PATH: wire.Reserve(ticket="0" * 16, queue="D").model_dump_json().encode(),
    }
    with site_server(tmp_path / "server") as server, httpx2.Client(base_url=server.url, headers=PLAIN) as http:
        caller = Caller(http, identity)
        assert caller.post(wire.HELLO_PATH, hello(identity)).status_code == 200
        revoke(server.node, SITE, identity.device_id)
        refused = caller.post(path, bodies[path])
        assert (refused.status_code, code(refused)) == (401, ProblemCode.DEVICE_REVOKED)
        again = http.post(wire.SESSION_PATH, json={"site": SITE, "device": identity.device_id})
        assert code(again) is ProblemCode.DEVICE_REVOKED


def test_a3_revocation_from_the_command_line_holds_in_the_running_server(tmp_path: Path) -> None:
    """Two processes on one database: what one decides the other knows with the next request."""
    identity = pair(tmp_path / "kiosk", tmp_path / "server")
    with site_server(tmp_path / "server") as server, httpx2.Client(base_url=server.url, headers=PLAIN) as http:
        caller = Caller(http, identity)
        words = ["server", "revoke", identity.device_id[:8], "--data", str(tmp_path / "server")]
        done = subprocess.run([sys.executable, "giliran.py", *words], check=True, capture_output=True, text=True)
        assert "is revoked" in done.stdout
        assert code(caller.post(wire.HELLO_PATH, hello(identity))) is ProblemCode.DEVICE_REVOKED


def test_a3_a_stolen_request_is_worth_nothing(tmp_path: Path) -> None:
    """Word for word, under another path, for another server, after a restart, in another device's name."""
    identity = pair(tmp_path / "kiosk", tmp_path / "server")
    body = hello(identity)
    with site_server(tmp_path / "server") as server, httpx2.Client(base_url=server.url, headers=PLAIN) as http:
        caller = Caller(http, identity)
        stolen = dict(caller.headers(wire.HELLO_PATH, body))
        assert http.post(wire.HELLO_PATH, content=body, headers=stolen).status_code == 200
        assert code(http.post(wire.HELLO_PATH, content=body, headers=stolen)) is ProblemCode.REPLAYED
        fresh = dict(caller.headers(wire.HELLO_PATH, body))
        assert code(http.post(wire.HEARTBEAT_PATH, content=body, headers=fresh)) is ProblemCode.SIGNATURE
        assert code(http.post(wire.HELLO_PATH, content=body + b" ", headers=fresh)) is ProblemCode.SIGNATURE
        other = pair_another(server)
        posing = {**fresh, wire.DEVICE_HEADER: other.device_id}
        assert code(http.post(wire.HELLO_PATH, content=body, headers=posing)) is ProblemCode.SESSION_UNKNOWN
    enrol(tmp_path / "elsewhere", record(identity, 1, "A"))
    for folder in ("server", "elsewhere"):
        with site_server(tmp_path / folder) as server, httpx2.Client(base_url=server.url, headers=PLAIN) as http:
            Caller(http, identity)
            assert code(http.post(wire.HELLO_PATH, content=body, headers=fresh)) is ProblemCode.SESSION_UNKNOWN


def test_a3_who_listens_on_the_line_learns_no_secret(tmp_path: Path) -> None:
    """Of a pairing by code neither the code nor anything that opens a second door."""
    heard: list[bytes] = []
    with site_server(tmp_path / "server") as server, Proxy(_overheard(server.url, heard)) as line:
        text, invitation = invited(server.node)
        enrolled(text, tmp_path / "kiosk", line.url)
    wire_text = b"".join(heard).upper()
    secret = text.split("-")[1].encode()
    assert invitation.name.encode() in wire_text
    assert secret not in wire_text
    assert invitation.derived_key not in b"".join(heard)
    assert invitation.derived_key.hex().upper().encode() not in wire_text


def _overheard(url: str, heard: list[bytes]) -> Any:
    behave = relay(url)

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        read = reader.read

        async def note(count: int = -1) -> bytes:
            chunk = await read(count)
            heard.append(chunk)
            return chunk

        reader.read = note  # type: ignore[method-assign, assignment]
        await behave(reader, writer)

    return listen


def record(identity: Identity, number: int, letter: str) -> DeviceRecord:
    return DeviceRecord(identity.device_id, identity.public_key, SITE, number, letter, f"Anjungan {number}")


def pair_another(server: Server) -> Identity:
    identity = new_identity()
    admit(server.node, record(identity, 2, "B"))
    return identity
