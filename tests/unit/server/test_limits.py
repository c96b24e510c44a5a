"""How often one may ask. One who asks without end is told to wait; the others do not notice."""

import itertools
from collections.abc import Iterator

import httpx2
import pytest
from starlette.requests import Request

from kiosk.identity import Identity, new_identity
from kiosk.sync import signing, wire
from kiosk.sync.wire import ProblemCode
from server.devices import DeviceRecord
from server.enrolment import admit
from server.limits import CODES, SIGNED, UNSIGNED, Buckets, Crowd, Rate, Strangers
from server.problems import RefusedError
from server.run import Server
from tests.paired_kiosk import SITE, site_server

PLAIN = {wire.PROTOCOL_HEADER: wire.PROTOCOL}


class Steady:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def taken(buckets: Buckets, asker: str, tries: int) -> int:
    """How many of so many tries pass."""
    refusals: list[RefusedError] = []
    for _ in range(tries):
        try:
            buckets.take(asker)
        except RefusedError as refused:
            refusals.append(refused)
    assert {each.code for each in refusals} <= {ProblemCode.RATE}
    assert all(each.retry_after_s is not None and each.retry_after_s >= 1 for each in refusals)
    return tries - len(refusals)


def test_a_burst_passes_and_then_so_many_a_second() -> None:
    clock = Steady()
    buckets = Buckets(Rate(10, 20), clock)
    assert taken(buckets, "a", 100) == 20
    clock.now += 1.01
    assert taken(buckets, "a", 100) == 10
    clock.now += 3600
    assert taken(buckets, "a", 100) == 20  # patience is not saved up beyond the burst


def test_each_asker_has_a_bucket_of_its_own() -> None:
    buckets = Buckets(Rate(10, 20), Steady())
    assert taken(buckets, "a", 1000) == 20
    assert taken(buckets, "b", 1000) == 20


def test_who_is_refused_pays_nothing_for_trying() -> None:
    clock = Steady()
    buckets = Buckets(Rate(10, 20), clock)
    taken(buckets, "a", 10_000)
    clock.now += 0.11
    assert taken(buckets, "a", 5) == 1


def test_a_million_askers_fill_no_memory() -> None:
    buckets = Buckets(Rate(1, 1), Steady(), most=100)
    for asker in range(10_000):
        buckets.take(asker)
    assert len(buckets._full_at) == 100


def request_from(host: str) -> Request:
    return Request({"type": "http", "client": (host, 50000), "headers": []})


def test_an_ipv6_subscriber_is_one_asker() -> None:
    strangers = Strangers(Rate(1, 3))
    for last in range(3):
        strangers.check(request_from(f"2001:db8:1:2::{last:x}"))
    with pytest.raises(RefusedError):
        strangers.check(request_from("2001:db8:1:2:ffff::1"))
    strangers.check(request_from("2001:db8:1:3::1"))
    strangers.check(request_from("not an address"))


def test_connections_are_counted_by_address_and_a_proxy_on_this_machine_may_bring_any_number() -> None:
    crowd = Crowd(2)
    assert [crowd.enter("192.0.2.1") for _ in range(3)] == [True, True, False]
    assert all(crowd.enter("127.0.0.1") for _ in range(10))
    assert crowd.enter("192.0.2.2")
    for _ in range(2):
        crowd.leave("192.0.2.1")
    assert crowd.enter("192.0.2.1")
    for _ in range(2):
        crowd.leave("192.0.2.1")
    assert "192.0.2.1" not in crowd._here


def test_codes_are_counted_apart() -> None:
    strangers = Strangers(Rate(1, 5), Rate(1, 2))
    for _ in range(2):
        strangers.check_code(request_from("192.0.2.1"))
    with pytest.raises(RefusedError):
        strangers.check_code(request_from("192.0.2.1"))
    strangers.check(request_from("192.0.2.1"))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with site_server(tmp_path_factory.mktemp("server")) as server:
        yield server


def kiosk(server: Server, number: int) -> Identity:
    identity = new_identity()
    letter = "ABCDE"[number - 1]
    admit(server.node, DeviceRecord(identity.device_id, identity.public_key, SITE, number, letter, "Anjungan"))
    return identity


class Impostor:
    """Has a device's name and not its key."""

    def __init__(self, device_id: str) -> None:
        self.device_id = device_id
        self._key = new_identity()

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)


class Talker:
    """Asks for a session at an address of its own, then says hello as fast as it can."""

    def __init__(self, http: httpx2.Client, identity: Identity, address: str) -> None:
        self._http = http
        self._identity: Identity | Impostor = identity
        self._counter = itertools.count(1)
        wish = {"site": SITE, "device": identity.device_id}
        opened = http.post(wire.SESSION_PATH, json=wish, headers={**PLAIN, "X-Forwarded-For": address})
        self._session = wire.Session.model_validate_json(opened.content)

    def hello(self) -> httpx2.Response:
        body = wire.Hello(origin=self._identity.device_id, heads=()).model_dump_json().encode()
        session, device = self._session, self._identity.device_id
        parts = signing.SignedParts(
            "POST", wire.HELLO_PATH, body, SITE, device, session.session, session.challenge, next(self._counter)
        )
        return self._http.post(wire.HELLO_PATH, content=body, headers=dict(signing.sign(parts, self._identity)))


def test_a_device_that_runs_wild_slows_no_other(server: Server) -> None:
    with httpx2.Client(base_url=server.url) as http:
        wild = Talker(http, kiosk(server, 1), "192.0.2.11")
        calm = Talker(http, kiosk(server, 2), "192.0.2.12")
        server.node.sessions.rates = Buckets(Rate(SIGNED.per_s / 20, SIGNED.burst // 20))
        said = [wild.hello() for _ in range(60)]
        refused = [each for each in said if each.status_code == 429]
        assert said[0].status_code == 200
        assert refused
        assert wire.Problem.model_validate_json(refused[0].content).code is ProblemCode.RATE
        assert int(refused[0].headers["Retry-After"]) >= 1
        assert calm.hello().status_code == 200
        server.node.sessions.rates = Buckets(SIGNED)


def test_a_stranger_uses_up_nothing_of_the_device_whose_name_it_says(server: Server) -> None:
    with httpx2.Client(base_url=server.url) as http:
        identity = kiosk(server, 3)
        own, stranger = Talker(http, identity, "192.0.2.13"), Talker(http, identity, "192.0.2.14")
        stranger._identity = Impostor(identity.device_id)
        assert own.hello().status_code == 200
        server.node.sessions.rates = Buckets(Rate(SIGNED.per_s / 20, SIGNED.burst // 20))
        assert {stranger.hello().status_code for _ in range(60)} == {401, 429}
        assert own.hello().status_code == 200
        server.node.sessions.rates = Buckets(SIGNED)


def test_strangers_are_told_to_wait_each_by_its_address(server: Server) -> None:
    """A proxy on this machine says whose request it passes on, and is believed."""

    def ask(address: str, path: str = wire.SESSION_PATH) -> int:
        body = {"site": SITE, "device": "0" * 16}
        return http.post(path, json=body, headers={**PLAIN, "X-Forwarded-For": address}).status_code

    with httpx2.Client(base_url=server.url) as http:
        said = [ask("192.0.2.1") for _ in range(UNSIGNED.burst * 3)]
        assert said[: UNSIGNED.burst] == [401] * UNSIGNED.burst
        assert 429 in said
        assert ask("192.0.2.2") == 401
        codes = [ask("192.0.2.3", wire.ENROL_PATH) for _ in range(CODES.burst + 5)]
        assert codes[: CODES.burst] == [400] * CODES.burst
        assert 429 in codes
        assert ask("192.0.2.4", wire.ENROL_PATH) == 400
