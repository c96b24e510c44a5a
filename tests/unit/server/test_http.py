"""The server over a real socket: who is let in, what is too much, and that nothing makes it fail."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.domain.event_bodies import ticket_issued
from kiosk.domain.events import NO_EVENT, NODE_STARTED, TICKET_ISSUED, Event, digest, encode
from kiosk.errors import StoreLockedError
from kiosk.identity import Identity, new_identity
from kiosk.sync import signing, wire
from kiosk.sync.batch import pack
from kiosk.sync.wire import ProblemCode
from server.devices import DeviceRecord
from server.enrolment import admit, revoke
from server.run import ADDRESS_FILE, ListenError, Server
from tests.paired_kiosk import SITE, site_server, some_ticket

KIOSK = new_identity()
OTHER = new_identity()
PLAIN = {wire.PROTOCOL_HEADER: wire.PROTOCOL}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, module_database_url: str | None) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
    with site_server(folder, database=module_database_url, receive_within_s=1.0) as server:
        _admit(server, KIOSK)
        _admit(server, OTHER, 2, "B")
        yield server


@pytest.fixture(scope="module")
def http(server: Server) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=server.url, headers=PLAIN) as http:
        yield http


class Caller:
    """Signs by hand, so that a test can do each part of it wrong."""

    def __init__(self, http: httpx2.Client, identity: Identity = KIOSK) -> None:
        self._http = http
        self._identity = identity
        opened = http.post(wire.SESSION_PATH, json={"site": SITE, "device": identity.device_id})
        self.session = wire.Session.model_validate_json(opened.content)

    def headers(self, path: str, body: bytes, counter: int = 1) -> dict[str, str]:
        session = self.session
        device = self._identity.device_id
        parts = signing.SignedParts("POST", path, body, SITE, device, session.session, session.challenge, counter)
        return dict(signing.sign(parts, self._identity))

    def post(self, path: str, body: bytes, counter: int = 1) -> httpx2.Response:
        return self._http.post(path, content=body, headers=self.headers(path, body, counter))


def _admit(server: Server, identity: Identity, number: int = 1, letter: str = "A") -> None:
    record = DeviceRecord(identity.device_id, identity.public_key, SITE, number, letter, f"Anjungan {number}")
    admit(server.node, record)


def code(response: httpx2.Response) -> ProblemCode:
    """Of an answer that must be a problem document."""
    assert response.headers["Content-Type"] == wire.PROBLEM_JSON
    problem = wire.Problem.model_validate_json(response.content)
    assert problem.status == response.status_code
    assert problem.detail
    return problem.code


def hello(identity: Identity = KIOSK) -> bytes:
    return wire.Hello(origin=identity.device_id, heads=()).model_dump_json().encode()


def test_signed_request_is_answered(http: httpx2.Client) -> None:
    assert Caller(http).post(wire.HELLO_PATH, hello()).status_code == 200


def test_request_is_worth_nothing_the_second_time(http: httpx2.Client) -> None:
    caller = Caller(http)
    assert caller.post(wire.HELLO_PATH, hello(), counter=5).status_code == 200
    for counter in (5, 4):
        assert code(caller.post(wire.HELLO_PATH, hello(), counter)) is ProblemCode.REPLAYED
    assert caller.post(wire.HELLO_PATH, hello(), counter=6).status_code == 200


def test_signature_that_does_not_fit_uses_no_counter(http: httpx2.Client) -> None:
    caller = Caller(http)
    headers = caller.headers(wire.HELLO_PATH, b"another body", counter=9)
    assert code(http.post(wire.HELLO_PATH, content=hello(), headers=headers)) is ProblemCode.SIGNATURE
    assert caller.post(wire.HELLO_PATH, hello(), counter=1).status_code == 200


@pytest.mark.parametrize("counter", ["", "0", "-1", "1.5", "\u0661", "9" * 17, "9007199254740992"])
def test_counter_that_is_no_whole_number_is_refused(http: httpx2.Client, counter: str) -> None:
    headers = httpx2.Headers(Caller(http).headers(wire.HELLO_PATH, hello()), encoding="utf-8")
    headers[wire.COUNTER_HEADER] = counter
    assert code(http.post(wire.HELLO_PATH, content=hello(), headers=headers)) is ProblemCode.MALFORMED


def test_session_of_another_device_is_not_open(http: httpx2.Client) -> None:
    headers = Caller(http).headers(wire.HELLO_PATH, hello()) | {wire.DEVICE_HEADER: OTHER.device_id}
    assert code(http.post(wire.HELLO_PATH, content=hello(), headers=headers)) is ProblemCode.SESSION_UNKNOWN
    assert code(http.post(wire.HELLO_PATH, content=hello())) is ProblemCode.SESSION_UNKNOWN


def test_stranger_gets_no_session(http: httpx2.Client) -> None:
    answer = http.post(wire.SESSION_PATH, json={"site": SITE, "device": "0" * 16})
    assert (answer.status_code, code(answer)) == (401, ProblemCode.DEVICE_UNKNOWN)


def test_revoked_device_is_refused_in_the_middle_of_its_session(server: Server, http: httpx2.Client) -> None:
    lost = new_identity()
    _admit(server, lost, 3, "C")
    caller = Caller(http, lost)
    assert caller.post(wire.HELLO_PATH, hello(lost)).status_code == 200
    revoke(server.node, SITE, lost.device_id)
    assert code(caller.post(wire.HELLO_PATH, hello(lost), counter=2)) is ProblemCode.DEVICE_REVOKED
    _admit(server, lost, 3, "C")  # being named again does not bring it back
    assert code(caller.post(wire.HELLO_PATH, hello(lost), counter=3)) is ProblemCode.DEVICE_REVOKED


def test_device_speaks_for_itself_alone(http: httpx2.Client, expected_logs: Any) -> None:
    expected_logs("batch_refused")
    caller = Caller(http)
    assert code(caller.post(wire.HELLO_PATH, hello(OTHER))) is ProblemCode.FOREIGN_ORIGIN
    event = Event(OTHER.device_id, "1" * 16, 1, "0" * 16, NODE_STARTED, 1, {}, NO_EVENT)
    assert code(caller.post(wire.APPEND_PATH, pack([encode(event)]), 2)) is ProblemCode.FOREIGN_ORIGIN


@pytest.mark.parametrize("path", [wire.SESSION_PATH, wire.HELLO_PATH, wire.APPEND_PATH])
def test_other_protocol_is_refused(http: httpx2.Client, path: str) -> None:
    assert code(http.post(path, content=b"", headers={wire.PROTOCOL_HEADER: "99"})) is ProblemCode.PROTOCOL


@pytest.mark.parametrize("body", [b"", b"{}", b"[" * 10000, b"\xff", b'{"site":"A B","device":"x"}', b"null"])
def test_malformed_message_is_refused_with_a_reason(http: httpx2.Client, body: bytes) -> None:
    assert code(http.post(wire.SESSION_PATH, content=body)) is ProblemCode.MALFORMED
    assert code(Caller(http).post(wire.HELLO_PATH, body)) is ProblemCode.MALFORMED
    assert code(Caller(http).post(wire.APPEND_PATH, body)) is ProblemCode.MALFORMED


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])  # it only collects
@given(body=st.binary(max_size=100) | st.lists(st.binary(min_size=1, max_size=50), min_size=1, max_size=3).map(pack))
def test_no_bytes_make_the_server_fail(http: httpx2.Client, expected_logs: Any, body: bytes) -> None:
    expected_logs("batch_refused")
    caller = Caller(http)
    for counter, path in enumerate((wire.HELLO_PATH, wire.APPEND_PATH), start=1):
        assert code(caller.post(path, body, counter)) in (ProblemCode.MALFORMED, ProblemCode.FOREIGN_ORIGIN)


def test_body_that_is_announced_too_long_is_refused_before_it_comes(server: Server, http: httpx2.Client) -> None:
    """N12."""
    headers = Caller(http).headers(wire.APPEND_PATH, b"") | {"Host": "x", "Content-Length": str(10**9)}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    with socket.create_connection(("127.0.0.1", urlsplit(server.url).port or 0), timeout=8.0) as line:
        line.sendall(f"POST {wire.APPEND_PATH} HTTP/1.1\r\n{head}\r\n".encode())
        assert line.recv(1000).startswith(b"HTTP/1.1 413")


def test_body_that_is_too_long_is_refused_announced_or_not(http: httpx2.Client) -> None:
    """N12."""
    piece = b"x" * 65536

    def unannounced() -> Iterator[bytes]:
        for _ in range(7):
            yield piece

    headers = Caller(http).headers(wire.APPEND_PATH, b"")
    assert code(http.post(wire.APPEND_PATH, content=piece * 7, headers=headers)) is ProblemCode.TOO_LARGE
    assert code(http.post(wire.APPEND_PATH, content=unannounced(), headers=headers)) is ProblemCode.TOO_LARGE


def test_gzip_bomb_is_refused(http: httpx2.Client) -> None:
    bomb = pack([b"\0" * (100 * 1024 * 1024)])
    assert code(Caller(http).post(wire.APPEND_PATH, bomb)) is ProblemCode.TOO_LARGE


def test_unknown_places_are_problems_too(http: httpx2.Client) -> None:
    assert code(http.get("/nowhere")) is ProblemCode.NOT_FOUND
    assert code(http.get("/v1/tickets", params={"limit": 0})) is ProblemCode.MALFORMED
    assert code(http.get("/v1/tickets", params={"service_day": "today"})) is ProblemCode.MALFORMED


def test_every_answer_names_the_protocol(http: httpx2.Client) -> None:
    for answer in (http.get("/healthz"), http.get("/nowhere"), http.post(wire.HELLO_PATH)):
        assert answer.headers[wire.PROTOCOL_HEADER] == wire.PROTOCOL


def test_tickets_can_be_looked_at(http: httpx2.Client) -> None:
    first = encode(Event(KIOSK.device_id, "2" * 16, 1, "0" * 16, NODE_STARTED, 1, {}, NO_EVENT))
    body = ticket_issued(some_ticket(45), "c" * 64)
    ticket = encode(Event(KIOSK.device_id, "2" * 16, 2, "0" * 16, TICKET_ISSUED, 1, body, digest(first)))
    assert Caller(http).post(wire.APPEND_PATH, pack([first, ticket])).status_code == 200
    (shown,) = http.get("/v1/tickets", params={"service_day": "2026-11-23", "limit": 5}).json()["tickets"]
    assert (shown["label"], shown["print_verdict"], shown["is_priority"]) == ("D-045A", None, False)
    assert shown["stops"] == [{"service_id": "dukcapil.ktp", "queue_code": "D", "state": "waiting"}]
    assert http.get("/v1/tickets", params={"service_day": "2026-11-24"}).json() == {"tickets": []}
    assert http.get("/v1/tickets", params={"site": "elsewhere"}).json() == {"tickets": []}


def test_server_of_several_sites_asks_which(server: Server, tmp_path: Path) -> None:
    with site_server(tmp_path) as central, httpx2.Client(base_url=central.url) as http:
        assert http.get("/v1/tickets").json() == {"tickets": []}
        for site in ("one", "two"):
            device = new_identity()
            record = DeviceRecord(device.device_id, device.public_key, site, 1, None, "Anjungan")
            admit(central.node, record)
        assert code(http.get("/v1/tickets")) is ProblemCode.NOT_FOUND
        assert http.get("/v1/tickets", params={"site": "one"}).json() == {"tickets": []}


def test_health_and_readiness(http: httpx2.Client) -> None:
    assert http.get("/healthz").json()["status"] == "ok"
    assert http.get("/readyz").json() == {"ready": True, "reasons": [], "warnings": [], "parked_events": 0}


@pytest.mark.usefixtures("on_both_databases")
def test_events_that_nobody_sees_are_counted_and_hold_up_nothing(tmp_path: Path, expected_logs: Any) -> None:
    expected_logs("events_parked")
    start = encode(Event(KIOSK.device_id, "1" * 16, 1, "0" * 16, NODE_STARTED, 1, {"parent": None}, NO_EVENT))
    unheard = encode(Event(KIOSK.device_id, "1" * 16, 2, "0" * 16, "unheard.of", 1, {}, digest(start)))
    with site_server(tmp_path) as server, httpx2.Client(base_url=server.url, headers=PLAIN) as http:
        _admit(server, KIOSK)
        assert Caller(http).post(wire.APPEND_PATH, pack([start, unheard])).status_code == 200
        said = http.get("/readyz").raise_for_status().json()
        assert (said["parked_events"], [warning["code"] for warning in said["warnings"]]) == (1, ["events_parked"])


@pytest.mark.usefixtures("on_both_databases")
def test_server_whose_disk_fails_asks_to_try_again(tmp_path: Path, expected_logs: Any) -> None:
    expected_logs("server_store_failed")
    with site_server(tmp_path) as server, httpx2.Client(base_url=server.url, headers=PLAIN) as http:
        _admit(server, KIOSK)
        caller = Caller(http)
        with server.node.database.writing() as connection:
            connection.exec_driver_sql("DROP TABLE incarnations")
        answer = caller.post(wire.HELLO_PATH, hello())
        assert (code(answer), answer.headers["Retry-After"]) == (ProblemCode.BUSY, "5")


def test_documentation_needs_no_network(http: httpx2.Client) -> None:
    page = http.get("/docs").text
    for foreign in ("http://", "https://", "//", "<script", "<link", "@import", "url("):
        assert foreign not in page
    for path in http.get("/openapi.json").json()["paths"]:
        assert f"<code>{path}</code>" in page


def test_who_opens_the_bare_address_sees_how_all_fare(http: httpx2.Client) -> None:
    answer = http.get("/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert 'href="/docs"' in answer.text


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("DELETE", "/v1/tickets", "GET"), ("GET", wire.APPEND_PATH, "POST"), ("POST", "/docs", "GET")],
)
def test_wrong_method_is_told_the_right_one(http: httpx2.Client, method: str, path: str, allowed: str) -> None:
    answer = http.request(method, path)
    assert (answer.status_code, answer.headers["Allow"]) == (405, allowed)
    assert code(answer) is ProblemCode.METHOD


HEAD = b"Host: x\r\nGiliran-Protocol: 1\r\nContent-Length: 100\r\n\r\n"
DAWDLERS = {
    "nothing": b"",
    "half a head": b"POST /v1/hello HTTP/1.1\r\nHost: x\r\n",
    "half a body": b"POST /v1/session HTTP/1.1\r\n" + HEAD + b"{",
    "half a second request": b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /healthz HTTP/1.1\r\n",
}


@pytest.mark.parametrize("sent", DAWDLERS.values(), ids=DAWDLERS)
def test_client_that_dawdles_is_cut(server: Server, sent: bytes) -> None:
    """N6: slow-loris, one byte every 100 ms."""
    address = urlsplit(server.url)
    started = time.monotonic()
    with socket.create_connection((str(address.hostname), address.port or 0), timeout=0.1) as line:
        line.sendall(sent)
        while time.monotonic() - started < 8.0:
            try:
                if sent:
                    line.sendall(b"x")
                if line.recv(100) == b"":
                    break
            except TimeoutError:
                continue
            except ConnectionError:
                break
        else:
            pytest.fail("still connected")
    assert time.monotonic() - started > 0.9


def test_client_that_pauses_between_requests_is_not_cut(server: Server) -> None:
    address = urlsplit(server.url)
    with socket.create_connection((str(address.hostname), address.port or 0)) as line:
        for _ in range(2):
            line.settimeout(8.0)
            line.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            answer = b""
            while not answer.endswith(b"}"):
                answer += line.recv(1000)
            line.settimeout(1.3)
            with pytest.raises(TimeoutError):  # nothing more is said, and the line stays open
                line.recv(1)


@pytest.mark.parametrize("listen", ["8035", "localhost", ":8035", "127.0.0.1:x", "127.0.0.1:70000", "192.0.2.1:0"])
def test_address_that_cannot_be_listened_on_is_refused(tmp_path: Path, listen: str) -> None:
    with pytest.raises(ListenError, match="listen"):
        site_server(tmp_path, listen)


def test_address_that_is_taken_is_refused(tmp_path: Path, server: Server) -> None:
    with pytest.raises(ListenError, match="listen"):
        site_server(tmp_path, server.url.removeprefix("http://"))


def test_second_server_on_the_folder_is_refused_until_the_first_has_stopped(tmp_path: Path) -> None:
    with site_server(tmp_path), pytest.raises(StoreLockedError, match="already running"):
        site_server(tmp_path)
    with site_server(tmp_path):
        pass


def test_server_that_could_not_start_lets_go_of_its_folder(tmp_path: Path, server: Server) -> None:
    with pytest.raises(ListenError):
        site_server(tmp_path, server.url.removeprefix("http://"))
    with site_server(tmp_path):
        pass


def test_running_server_says_where_it_listens(tmp_path: Path) -> None:
    said: list[str] = []
    with site_server(tmp_path, "[::1]:0", on_ready=said.append) as server:
        assert said == [server.url] == [(tmp_path / ADDRESS_FILE).read_text()]
        assert httpx2.get(f"{server.url}/healthz").status_code == 200
    assert not (tmp_path / ADDRESS_FILE).exists()
