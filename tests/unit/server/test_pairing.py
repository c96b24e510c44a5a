import os
from pathlib import Path

import httpx2
import pytest

from kiosk.config import KioskConfig
from kiosk.errors import UnauthorisedError
from kiosk.identity import new_identity
from kiosk.paths import private_dir
from kiosk.sync.machine_secret import pairing_proof, secret_file
from kiosk.sync.pairing import pair_on_this_machine
from kiosk.sync.wire import PAIR_PATH, PROTOCOL, PROTOCOL_HEADER
from server.run import Server
from server.settings import Role, ServerSettings


def site_server(folder: Path, listen: str = "127.0.0.1:0") -> Server:
    return Server(ServerSettings(Role.SITE, folder), listen)


def port_of(server: Server) -> int:
    return int(server.url.rpartition(":")[2])


def session_status(server: Server, device: str) -> int:
    headers = {PROTOCOL_HEADER: PROTOCOL, "Content-Type": "application/json"}
    wish = {"site": "mpp-jakarta", "device": device}
    return httpx2.post(f"{server.url}/v1/session", json=wish, headers=headers).status_code


def test_a_kiosk_of_this_user_is_let_in_and_again_is_harmless(tmp_path: Path) -> None:
    identity = new_identity()
    with site_server(tmp_path) as server:
        assert session_status(server, identity.device_id) == 401
        assert pair_on_this_machine(server.url, identity, "mpp-jakarta", KioskConfig())
        assert pair_on_this_machine(server.url, identity, "mpp-jakarta", KioskConfig(name="Anjungan 2"))
        assert session_status(server, identity.device_id) == 200


def test_the_secret_is_for_this_user_only_and_goes_with_the_server(tmp_path: Path) -> None:
    with site_server(tmp_path) as server:
        secret = secret_file(port_of(server))
        assert secret.stat().st_mode & 0o777 == 0o600
        assert private_dir().stat().st_mode & 0o777 == 0o700
    assert not secret.exists()


def test_a_guessed_secret_is_refused(tmp_path: Path) -> None:
    identity = new_identity()
    with site_server(tmp_path) as server:
        secret_file(port_of(server)).write_bytes(bytes(32))
        with pytest.raises(UnauthorisedError):
            pair_on_this_machine(server.url, identity, "mpp-jakarta", KioskConfig())
        assert session_status(server, identity.device_id) == 401


def test_a_proof_is_of_one_key_only() -> None:
    one, another = new_identity().public_key, new_identity().public_key
    assert pairing_proof(b"s", one) != pairing_proof(b"s", another)


def test_a_server_that_others_can_reach_has_no_such_door(tmp_path: Path) -> None:
    with site_server(tmp_path, "0.0.0.0:0") as server:  # noqa: S104  # the very thing to test
        url = f"http://127.0.0.1:{port_of(server)}"
        answer = httpx2.post(f"{url}{PAIR_PATH}", headers={PROTOCOL_HEADER: PROTOCOL})
        assert answer.status_code == 404
        assert not pair_on_this_machine(url, new_identity(), "mpp-jakarta", KioskConfig())


def test_a_server_elsewhere_is_left_to_the_operator() -> None:
    assert not pair_on_this_machine("http://192.0.2.1:8035", new_identity(), "mpp-jakarta", KioskConfig())


@pytest.mark.skipif(os.name == "nt", reason="folders of a user are private there")
def test_a_folder_that_others_can_enter_is_not_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    (tmp_path / f"giliran-{os.getuid()}").mkdir(mode=0o755)
    with pytest.raises(PermissionError):
        private_dir()
