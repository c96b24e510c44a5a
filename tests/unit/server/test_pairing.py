"""A kiosk and a site server on one machine find each other; nobody else does."""

import base64
import os
import stat
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest
from sqlalchemy import select

from kiosk.config import KioskConfig
from kiosk.errors import OfflineError, UnauthorisedError
from kiosk.identity import Identity, new_identity
from kiosk.paths import private_dir
from kiosk.sync.machine_secret import pairing_proof, secret_file
from kiosk.sync.pairing import pair_on_this_machine
from kiosk.sync.wire import PAIR_PATH, PROTOCOL, PROTOCOL_HEADER, Pairing, Problem, ProblemCode
from server.devices import DeviceRecord, KnownDevice, find_device
from server.enrolment import EnrolmentConflictError, enrol, revoke
from server.run import ListenError, Server
from server.schema import sites
from tests.paired_kiosk import SITE, site_server
from tests.postgresql import database_of

pytestmark = pytest.mark.usefixtures("on_both_databases")

KIOSK = new_identity()


def known(server: Server) -> KnownDevice | None:
    with server.node.database.reading() as connection:
        return find_device(connection, SITE, KIOSK.device_id)


def secret_of(server: Server) -> Path:
    return secret_file(urlsplit(server.url).port or 0)


def ask(server: Server, proof: str, device: Identity = KIOSK, key: Identity = KIOSK) -> httpx2.Response:
    message = Pairing(
        site=SITE,
        device=device.device_id,
        public_key=base64.b64encode(key.public_key).decode(),
        kiosk_number=1,
        letter="A",
        name="Anjungan 1",
        proof=proof,
    )
    headers = {PROTOCOL_HEADER: PROTOCOL}
    return httpx2.post(f"{server.url}{PAIR_PATH}", content=message.model_dump_json(), headers=headers)


def test_kiosk_on_the_same_machine_pairs_by_itself(tmp_path: Path) -> None:
    with site_server(tmp_path) as server:
        assert stat.S_IMODE(secret_of(server).stat().st_mode) == 0o600
        for _ in range(2):
            assert pair_on_this_machine(server.url, KIOSK, SITE, KioskConfig())
        assert known(server) == KnownDevice(SITE, KIOSK.device_id, KIOSK.public_key, is_revoked=False)
        revoke(server.node, SITE, KIOSK.device_id)
        pair_on_this_machine(server.url, KIOSK, SITE, KioskConfig())
        assert known(server) == KnownDevice(SITE, KIOSK.device_id, KIOSK.public_key, is_revoked=True)
    assert not secret_of(server).exists()


@pytest.mark.parametrize(("number", "letter"), [(1, "B"), (2, "A"), (1, "A")])
def test_kiosk_with_the_number_or_letter_of_another_is_told_whose_it_is(
    tmp_path: Path, number: int, letter: str
) -> None:
    second = new_identity()
    config = KioskConfig(name="Anjungan 2", number=number, letter=letter)
    with site_server(tmp_path) as server:
        pair_on_this_machine(server.url, KIOSK, SITE, KioskConfig())
        with pytest.raises(UnauthorisedError, match=rf"Anjungan 1 \({KIOSK.device_id}\).* number 1 and letter A;"):
            pair_on_this_machine(server.url, second, SITE, config)
        assert pair_on_this_machine(server.url, second, "another-hall", config)
        assert pair_on_this_machine(server.url, second, SITE, KioskConfig(number=2, letter="B"))
        with pytest.raises(UnauthorisedError):
            pair_on_this_machine(server.url, second, SITE, config)
        revoke(server.node, SITE, KIOSK.device_id)
        if letter == "A":
            with pytest.raises(UnauthorisedError, match="may stand on today's tickets"):
                pair_on_this_machine(server.url, second, SITE, config)
        else:
            assert pair_on_this_machine(server.url, second, SITE, config)


def test_a_server_that_was_told_nothing_learns_the_sites_timezone(tmp_path: Path) -> None:
    with site_server(tmp_path) as server:
        for zone in (None, "Asia/Makassar", "Asia/Jayapura"):  # whoever says it first
            pair_on_this_machine(server.url, KIOSK, SITE, KioskConfig(), zone)
        with server.node.database.reading() as connection:
            assert connection.execute(select(sites.c.site_id, sites.c.timezone)).all() == [(SITE, "Asia/Makassar")]
        with pytest.raises(UnauthorisedError, match="no timezone"):
            pair_on_this_machine(server.url, KIOSK, SITE, KioskConfig(), "Mars/Olympus")


def test_two_kiosks_without_a_letter_are_not_enrolled_at_one_site(tmp_path: Path) -> None:
    first, second = new_identity(), new_identity()
    enrol(tmp_path, DeviceRecord(first.device_id, first.public_key, SITE, 1, None, "Anjungan 1"), database_of(tmp_path))
    with pytest.raises(EnrolmentConflictError, match=r"Anjungan 1 .* no letter"):
        enrol(
            tmp_path,
            DeviceRecord(second.device_id, second.public_key, SITE, 2, None, "Anjungan 2"),
            database_of(tmp_path),
        )


def test_who_does_not_know_the_secret_is_refused(tmp_path: Path) -> None:
    with site_server(tmp_path) as server:
        refused = ask(server, pairing_proof(bytes(32), KIOSK.public_key))
        assert Problem.model_validate_json(refused.content).code is ProblemCode.SIGNATURE
        assert known(server) is None


def test_device_cannot_take_the_name_of_another(tmp_path: Path) -> None:
    other = new_identity()
    with site_server(tmp_path) as server:
        refused = ask(server, pairing_proof(secret_of(server).read_bytes(), other.public_key), KIOSK, other)
        assert Problem.model_validate_json(refused.content).code is ProblemCode.FOREIGN_ORIGIN
        assert known(server) is None


def test_server_elsewhere_is_left_to_a_technician() -> None:
    assert not pair_on_this_machine("http://192.0.2.1:8035", KIOSK, SITE, KioskConfig())


def test_open_server_has_no_such_door(tmp_path: Path) -> None:
    with site_server(tmp_path, "0.0.0.0:0") as server:  # that is the point
        assert not secret_of(server).exists()
        assert not pair_on_this_machine(server.url.replace("0.0.0.0", "127.0.0.1"), KIOSK, SITE, KioskConfig())  # noqa: S104


def test_secret_that_was_left_behind_leads_nowhere(tmp_path: Path) -> None:
    with site_server(tmp_path) as server:
        secret = secret_of(server).read_bytes()
    secret_of(server).write_bytes(secret)
    try:
        with pytest.raises(OfflineError, match="does not answer"):
            pair_on_this_machine(server.url, KIOSK, SITE, KioskConfig())
        with site_server(tmp_path, server.url.removeprefix("http://")) as again:
            secret_of(again).write_bytes(secret)
            with pytest.raises(UnauthorisedError, match="does not take"):
                pair_on_this_machine(again.url, KIOSK, SITE, KioskConfig())
    finally:
        secret_of(server).unlink(missing_ok=True)


def test_folder_that_others_can_enter_is_not_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    (tmp_path / f"giliran-{os.getuid()}").mkdir(mode=0o755)
    with pytest.raises(PermissionError, match="somebody else"):
        private_dir()
    with pytest.raises(ListenError, match="somebody else"):
        site_server(tmp_path / "server")
    assert not pair_on_this_machine("http://127.0.0.1:8035", KIOSK, SITE, KioskConfig())


@pytest.mark.parametrize("url", ["http://127.0.0.1:99999", "http://[::1"])
def test_what_is_no_address_is_said_so(url: str) -> None:
    with pytest.raises(OfflineError, match="no server's address"):
        pair_on_this_machine(url, KIOSK, SITE, KioskConfig())
