"""What docs/sync-protocol.md shows is what both ends write and read."""

import asyncio
import base64
import gzip
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import BaseModel

from kiosk.clock import FakeClock
from kiosk.domain.events import Event, broken_link, decode
from kiosk.domain.pairing_code import PairingCode, device_proof
from kiosk.domain.trust import encode_trust_list
from kiosk.domain.visit_status import VisitVerdict
from kiosk.fingerprint_words import six_words
from kiosk.identity import Identity
from kiosk.sync import signing, visit_wire, wire
from kiosk.sync.batch import pack, unpack
from kiosk.sync.client import SyncClient
from kiosk.sync.code_proof import proof_of
from kiosk.sync.machine_secret import pairing_proof
from kiosk.sync.reply import MessageRefusedError
from kiosk.sync.sealing import seal, unseal
from kiosk.trust_file import parse_trust_list
from server.devices import DeviceRecord
from server.enrolment import enrol
from server.node import open_node
from server.settings import Role, ServerSettings
from tests.bad_network import Proxy, answer
from tests.paired_kiosk import site_server
from tests.postgresql import database_of
from tests.small_hall import MONDAY_10_00

HERE = Path(__file__).parent
DOCUMENT = Path("docs/sync-protocol.md").read_text(encoding="utf-8")
MESSAGES: dict[str, type[BaseModel]] = {
    message.__name__: message
    for message in (
        wire.Pairing,
        wire.Enrol,
        wire.Enrolled,
        wire.SessionRequest,
        wire.Session,
        wire.Hello,
        wire.HelloAnswer,
        wire.AppendAnswer,
        wire.Pull,
        wire.Heartbeat,
        wire.HeartbeatAnswer,
        wire.Reserve,
        wire.Reserved,
        wire.SnapshotRequest,
        wire.Snapshot,
        wire.Problem,
        visit_wire.Look,
        visit_wire.VisitSeen,
    )
}
VECTOR = json.loads((HERE / "signature.json").read_text())
BATCH = (HERE / "batch.ndjson").read_bytes()
EVENTS = BATCH[:-1].split(b"\n")
KIOSK = Identity(Ed25519PrivateKey.from_private_bytes(bytes.fromhex(VECTOR["private_key_seed"])))


def text(name: str) -> str:
    return (HERE / "messages" / f"{name}.json").read_text(encoding="utf-8")


def fixture(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(text(name))
    return content


@pytest.mark.parametrize("name", MESSAGES)
def test_every_message_is_written_and_read_as_documented(name: str) -> None:
    message = MESSAGES[name].model_validate_json(text(name))
    assert json.loads(message.model_dump_json()) == fixture(name)


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_of_a_later_minor_version_is_understood(name: str) -> None:
    later = {**fixture(name), "a_field_to_come": {"x": 1}}
    assert MESSAGES[name].model_validate(later) == MESSAGES[name].model_validate(fixture(name))


@pytest.mark.parametrize("name", MESSAGES)
def test_the_document_shows_the_fixture(name: str) -> None:
    shown = re.search(rf"<!-- {name} -->\n```json\n(.*?)\n```", DOCUMENT, re.DOTALL)
    assert shown, f"docs/sync-protocol.md does not show {name}"
    assert shown[1] + "\n" == text(name)


def test_the_document_knows_every_verdict_on_a_slip() -> None:
    assert [verdict for verdict in VisitVerdict if f"`{verdict}`" not in DOCUMENT] == []


def test_the_document_knows_every_problem() -> None:
    assert [code for code in wire.ProblemCode if f"`{code}`" not in DOCUMENT] == []


def test_signature_vector() -> None:
    parts = signing.SignedParts(
        VECTOR["method"],
        VECTOR["path"],
        VECTOR["body"].encode(),
        VECTOR["site"],
        VECTOR["device"],
        VECTOR["session"],
        VECTOR["challenge"],
        VECTOR["counter"],
    )
    assert parts.message().decode() == VECTOR["message"]
    assert signing.sign(parts, KIOSK)[wire.SIGNATURE_HEADER] == VECTOR["signature"]
    assert signing.verify(parts, VECTOR["signature"], bytes.fromhex(VECTOR["public_key"]))
    assert VECTOR["signature"][:24] in DOCUMENT


def test_pairing_vector() -> None:
    assert pairing_proof(bytes(32), KIOSK.public_key) == fixture("Pairing")["proof"]


def test_enrolment_vectors() -> None:
    derived_key = PairingCode("7KQ", "M3X9T").derived_key()
    assert device_proof(derived_key, KIOSK.public_key) == fixture("Enrol")["proof"]
    assert proof_of(text("Enrolled").encode(), derived_key, KIOSK.public_key) == fixture("Enrolled")["proof"]
    words = six_words(base64.b64decode(fixture("Enrolled")["server_key"]), KIOSK.public_key)
    assert f"`{words}`" in DOCUMENT


def test_seal_vector() -> None:
    snapshot = wire.Snapshot.model_validate(fixture("Snapshot"))
    raw = unseal(snapshot, {KIOSK.device_id: KIOSK.public_key})
    assert seal(raw, snapshot.site, snapshot.kind, snapshot.version, KIOSK).signature == snapshot.signature
    words = ("GLRS1", snapshot.site, snapshot.kind, str(snapshot.version), hashlib.sha256(raw).hexdigest())
    assert base64.b64encode(KIOSK.sign("\n".join(words).encode())).decode() == snapshot.signature


def test_the_document_shows_a_trust_list_as_it_is_written_and_read() -> None:
    shown = re.search(r"<!-- trust-list -->\n```json\n(.*?)\n```", DOCUMENT, re.DOTALL)
    assert shown
    assert shown[1] + "\n" == (HERE / "trust-list.json").read_text(encoding="utf-8")
    trust = parse_trust_list("trust-list.json", shown[1].encode())
    assert json.loads(encode_trust_list(trust)) == json.loads(shown[1])
    assert trust.authorities == {KIOSK.device_id: KIOSK.public_key}


def test_batch_vector() -> None:
    assert gzip.decompress(pack(EVENTS)) == BATCH
    assert unpack(pack(EVENTS)) == tuple(EVENTS)
    events = [decode(raw) for raw in EVENTS]
    assert all(isinstance(event, Event) and broken_link(event, None) is None for event in events[:1])


@pytest.mark.usefixtures("on_both_databases")
def test_the_real_server_answers_with_the_documented_fields(tmp_path: Path, expected_logs: Any) -> None:
    expected_logs("events_parked", "fork_seen", "batch_refused")
    record = DeviceRecord(KIOSK.device_id, KIOSK.public_key, VECTOR["site"], 1, "A", "Anjungan 1")
    enrol(tmp_path, record, database_of(tmp_path))
    with site_server(tmp_path, clock=FakeClock(MONDAY_10_00)) as server, httpx2.Client(base_url=server.url) as http:
        plain = {wire.PROTOCOL_HEADER: wire.PROTOCOL}
        opened = http.post(wire.SESSION_PATH, content=text("SessionRequest"), headers=plain).json()

        def signed(path: str, body: bytes, counter: int) -> httpx2.Response:
            parts = signing.SignedParts(
                "POST", path, body, VECTOR["site"], KIOSK.device_id, opened["session"], opened["challenge"], counter
            )
            return http.post(path, content=body, headers=signing.sign(parts, KIOSK))

        greeted = signed(wire.HELLO_PATH, text("Hello").encode(), 1)
        appended = signed(wire.APPEND_PATH, pack(EVENTS), 2)
        refused = signed(wire.APPEND_PATH, pack([EVENTS[1].replace(b"mpp", b"ppm")]), 3)
        beaten = signed(wire.HEARTBEAT_PATH, text("Heartbeat").encode(), 4)
        reserved = signed(wire.RESERVE_PATH, text("Reserve").encode(), 5)
        looked = signed(visit_wire.VISIT_PATH, text("Look").encode(), 6)
    assert opened.keys() == fixture("Session").keys()
    assert greeted.json().keys() == fixture("HelloAnswer").keys()
    assert beaten.json().keys() == fixture("HeartbeatAnswer").keys()
    assert reserved.json().keys() == fixture("Reserved").keys()
    assert looked.json().keys() == fixture("VisitSeen").keys()
    assert appended.json() == {
        "acknowledged": {"5b1c9f0e7a3d2468": 3},
        "central": {},
        "accepted": 3,
        "duplicates": 0,
    }
    assert refused.json().keys() == fixture("Problem").keys()
    assert (refused.status_code, refused.json()["code"]) == (409, wire.ProblemCode.FORK)
    assert refused.headers["Content-Type"] == wire.PROBLEM_JSON


@pytest.mark.parametrize("name", ["Session", "HelloAnswer", "AppendAnswer", "HeartbeatAnswer", "Reserved", "VisitSeen"])
def test_the_real_client_understands_the_documented_answers(name: str) -> None:
    async def ask(url: str) -> BaseModel:
        async with SyncClient(url, VECTOR["site"], KIOSK) as client:
            client._session = wire.Session.model_validate(fixture("Session"))
            match name:
                case "Session":
                    return await client.open_session()
                case "HelloAnswer":
                    return await client.hello(wire.Hello.model_validate(fixture("Hello")))
                case "HeartbeatAnswer":
                    return await client.heartbeat(wire.Heartbeat.model_validate(fixture("Heartbeat")))
                case "VisitSeen":
                    look = visit_wire.Look.model_validate(fixture("Look"))
                    return await client.ask(visit_wire.VISIT_PATH, look, visit_wire.VisitSeen)
                case "Reserved":
                    return await client.reserve(wire.Reserve.model_validate(fixture("Reserve")))
                case _:
                    return await client.append(EVENTS)

    with Proxy(answer("200 OK", text(name), wire.JSON, Giliran_Protocol=wire.PROTOCOL)) as server:
        assert asyncio.run(ask(server.url)) == MESSAGES[name].model_validate(fixture(name))


def test_the_real_client_understands_the_documented_problem() -> None:
    async def ask(url: str) -> None:
        async with SyncClient(url, VECTOR["site"], KIOSK) as client:
            await client.open_session()

    with (
        Proxy(answer("409 Conflict", text("Problem"), wire.PROBLEM_JSON, Giliran_Protocol="1")) as server,
        pytest.raises(MessageRefusedError) as refused,
    ):
        asyncio.run(ask(server.url))
    assert refused.value.problem == wire.Problem.model_validate(fixture("Problem"))


def test_central_acknowledges_for_the_nation(tmp_path: Path) -> None:
    node = open_node(ServerSettings(Role.CENTRAL, tmp_path))
    held = {"5b1c9f0e7a3d2468": 3}
    with node.database.reading() as connection:
        assert node.central(connection, VECTOR["site"], KIOSK.device_id, held) == held
    node.close()
