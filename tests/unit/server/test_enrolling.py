"""`giliran enrol` and who answers: the server, nobody, a captive portal, somebody between."""

import base64
import stat
import time
from pathlib import Path
from typing import Any

import pytest

from kiosk.domain.pairing_code import PairingCode, parse_code
from kiosk.enrolling import enrol_site_server
from kiosk.enrolment import ENROLMENT_FILE, UPSTREAM_FILE, Enrolment, load_enrolment, save_enrolment
from kiosk.errors import IdentityError, OfflineError, UnauthorisedError
from kiosk.fingerprint_words import six_words
from kiosk.identity import new_identity
from kiosk.sync.wire import Authority, DeviceKind, Enrolled
from server.devices import find_record
from server.enrol_api import REFUSED_AFTER_S
from tests.bad_network import Proxy, answer
from tests.paired_kiosk import SITE, site_server
from tests.pairing_by_code import enrolled, invited

pytestmark = pytest.mark.usefixtures("on_both_databases")


def test_kiosk_and_server_show_the_same_words(tmp_path: Path) -> None:
    with site_server(tmp_path / "server") as server:
        code, _ = invited(server.node)
        outcome = enrolled(code, tmp_path / "kiosk", server.url)
        file = tmp_path / "kiosk" / ENROLMENT_FILE
        assert outcome.file == file
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert load_enrolment(file) == outcome.enrolment
        with server.node.database.reading() as connection:
            listed = find_record(connection, SITE, outcome.enrolment.device)
        assert listed is not None
        assert outcome.words == six_words(server.node.identity.public_key, listed.record.public_key)
        assert outcome.enrolment.keys == {server.node.identity.device_id: server.node.identity.public_key}


def test_authorities_of_the_upstream_are_handed_on(tmp_path: Path) -> None:
    central_dir, site_dir = tmp_path / "central", tmp_path / "site"
    with site_server(central_dir) as central, site_server(site_dir) as site:
        code, _ = invited(central.node, DeviceKind.SITE)
        upstream = enrol_site_server(code, site_dir, central.url, None)
        assert upstream.file == site_dir / UPSTREAM_FILE
        assert upstream.enrolment.device == site.node.identity.device_id
        code, _ = invited(site.node)
        outcome = enrolled(code, tmp_path / "kiosk", site.url)
        assert outcome.enrolment.keys == {
            node.identity.device_id: node.identity.public_key for node in (site.node, central.node)
        }


@pytest.mark.parametrize("status", ["200 OK", "302 Found", "503 Service Unavailable"])
def test_a_captive_portal_is_no_server(tmp_path: Path, status: str) -> None:
    with Proxy(answer(status, "<html>Sign in</html>")) as portal, pytest.raises(OfflineError, match="Something else"):
        enrolled("7KQ-M3X9T", tmp_path, portal.url)
    assert not (tmp_path / ENROLMENT_FILE).exists()


def test_who_did_not_make_the_code_is_not_believed(tmp_path: Path) -> None:
    """Somebody between, who lets the device in under his own key: he does not know the code."""
    stranger = new_identity()
    key = base64.b64encode(stranger.public_key).decode()
    lie = Enrolled(
        site=SITE, device="0" * 16, kind=DeviceKind.KIOSK, kiosk_number=1, letter="A", name="Anjungan 1",
        server=stranger.device_id, server_key=key, server_epoch=1,
        authorities=(Authority(device=stranger.device_id, key=key),), proof="0" * 64,
    )  # fmt: skip
    says = answer("200 OK", lie.model_dump_json(), "application/json", Giliran_Protocol="1")
    with Proxy(says) as between, pytest.raises(UnauthorisedError, match="did not make this code"):
        enrolled("7KQ-M3X9T", tmp_path, between.url)
    assert not (tmp_path / ENROLMENT_FILE).exists()


def test_nobody_answers(tmp_path: Path) -> None:
    with pytest.raises(OfflineError, match="cannot be reached"):
        enrolled("7KQ-M3X9T", tmp_path, "http://127.0.0.1:9")


def test_wrong_code_is_told_in_a_sentence(tmp_path: Path, expected_logs: Any) -> None:
    expected_logs("pairing_code_refused")
    with (
        site_server(tmp_path / "server") as server,
        pytest.raises(UnauthorisedError, match="not known here, or not right, or it was used or tried too often"),
    ):
        enrolled("7KQ-M3X9T", tmp_path / "kiosk", server.url)


def test_a_stopwatch_learns_nothing(tmp_path: Path, expected_logs: Any) -> None:
    """Whatever is found out and however fast, a refusal comes at its time."""
    expected_logs("pairing_code_refused")
    with site_server(tmp_path / "server") as server:
        code, _ = invited(server.node)
        right = parse_code(code)
        wrong = PairingCode(right.name, "00000" if right.secret != "00000" else "11111")
        took = []
        for each in (wrong, PairingCode("000", "00000")):
            began_at = time.monotonic()
            with pytest.raises(UnauthorisedError):
                enrolled(str(each), tmp_path / "kiosk", server.url)
            took.append(time.monotonic() - began_at)
    assert min(took) >= REFUSED_AFTER_S


def test_damaged_enrolment_is_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / ENROLMENT_FILE
    assert load_enrolment(file) is None
    file.write_text("{")
    with pytest.raises(IdentityError, match="enrol this device anew"):
        load_enrolment(file)
    with pytest.raises(IdentityError, match="cannot be written"):
        save_enrolment(tmp_path / "none" / ENROLMENT_FILE, Enrolment.model_construct())
