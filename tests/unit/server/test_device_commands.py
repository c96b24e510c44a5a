"""`giliran server invite|devices|revoke` and `giliran enrol`, as a person types them beside a running server."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from giliran import main
from kiosk.enrolment import ENROLMENT_FILE, UPSTREAM_FILE
from server.console import address_of
from server.run import ADDRESS_FILE, Server
from server.settings import Role, ServerSettings
from tests.paired_kiosk import SITE, site_server


def said(*words: str) -> Result:
    result = CliRunner().invoke(main, list(words))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def good(*words: str) -> Any:
    """What it says with --json."""
    result = said(*words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with site_server(tmp_path / "server") as server:
        yield server


@pytest.fixture
def data(tmp_path: Path) -> str:
    return str(tmp_path / "server")


def kiosk_config(folder: Path) -> str:
    folder.mkdir(parents=True)
    file = folder / "kiosk.toml"
    file.write_text("")
    return str(file)


def made(data: str, *words: str) -> Any:
    return good("server", "invite", "--data", data, "--site", SITE, "--no-wait", *words)


@contextmanager
def waiting_invitation(data: str) -> Iterator[subprocess.Popen[str]]:
    words = ["server", "invite", "--data", data, "--site", SITE, "--json"]
    with subprocess.Popen(
        [sys.executable, "giliran.py", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_from_the_code_to_the_six_words_and_out_again(server: Server, data: str, tmp_path: Path) -> None:
    with waiting_invitation(data) as inviting:
        assert inviting.stdout is not None
        code = json.loads(inviting.stdout.readline())
        assert code["link"] == f"GILIRAN:{server.url}:{code['code']}"
        enrolled = good("enrol", code["link"], "--config", kiosk_config(tmp_path / "kiosk"))
        shown = json.loads(inviting.stdout.readline())
        assert inviting.wait() == 0
    assert shown["words"] == enrolled["words"]
    assert enrolled["file"] == str(tmp_path / "kiosk" / "data" / ENROLMENT_FILE)
    (listed,) = good("server", "devices", "--data", data)
    assert (listed["device"], listed["kiosk_number"], listed["revoked_at"]) == (enrolled["device"], 1, None)
    assert "is revoked" in said("server", "revoke", enrolled["device"][:6], "--data", data).output
    assert "was revoked before" in said("server", "revoke", enrolled["device"], "--data", data).output
    (listed,) = good("server", "devices", "--data", data)
    assert listed["revoked_at"] is not None
    assert "revoked" in said("server", "devices", "--data", data).output


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_withdraws_the_code(
    server: Server, data: str, tmp_path: Path, expected_logs: Any, number: signal.Signals
) -> None:
    expected_logs("pairing_code_refused")
    with waiting_invitation(data) as inviting:
        assert inviting.stdout is not None
        code = json.loads(inviting.stdout.readline())
        inviting.send_signal(number)
        assert inviting.wait() == 1
        assert inviting.stderr is not None
        assert "withdrawn" in inviting.stderr.read()
    result = said("enrol", code["link"], "--config", kiosk_config(tmp_path / "kiosk"))
    assert (result.exit_code, "not known here" in result.output) == (1, True)
    assert server.url in result.output


def test_people_see_code_address_and_qr(server: Server, data: str) -> None:
    shown = said("server", "invite", "--data", data, "--site", SITE, "--no-wait").output
    assert server.url in shown
    assert "▄▄▄▄▄" in shown
    elsewhere = "https://pusat.example"
    words = ["--data", data, "--site", SITE, "--no-wait", "--address", elsewhere]
    assert elsewhere in said("server", "invite", *words).output


def test_a_site_server_is_let_in_the_same_way(tmp_path: Path) -> None:
    site = tmp_path / "site"
    with Server(ServerSettings(Role.CENTRAL, tmp_path / "central")) as server:
        code = made(str(tmp_path / "central"), "--kind", "site")["code"]
        enrolled = good("enrol", code, "--data", str(site), "--upstream", server.url)
    assert (enrolled["kind"], enrolled["kiosk_number"]) == ("site", None)
    assert (site / UPSTREAM_FILE).exists()


def test_what_nobody_could_use_is_refused(server: Server, data: str) -> None:
    site = said("server", "invite", "--data", data, "--site", SITE, "--kind", "site", "--no-wait")
    assert (site.exit_code, "make that code at the central one" in site.output) == (1, True)
    unknown = said("server", "devices", "--data", data, "--site", "unknown")
    assert (unknown.exit_code, "unknown is not a site of this server" in unknown.output) == (1, True)
    assert made(data, "--letter", "i")["address"] == server.url


def test_a_code_for_a_kiosk_lets_in_no_site_server(server: Server, data: str, tmp_path: Path) -> None:
    link = made(data)["link"]
    result = said("enrol", link, "--data", str(tmp_path / "site"))
    assert (result.exit_code, "lets in a kiosk" in result.output) == (1, True)
    assert server.url in result.output


def test_the_site_is_asked_for_where_it_is_not_clear(server: Server, data: str, tmp_path: Path) -> None:
    nobody = said("server", "invite", "--data", data, "--no-wait")
    assert (nobody.exit_code, "this server knows none yet" in nobody.output) == (1, True)
    good("enrol", made(data)["link"], "--config", kiosk_config(tmp_path / "kiosk"))
    assert good("server", "invite", "--data", data, "--no-wait")["site"] == SITE
    other = good("server", "invite", "--data", data, "--no-wait", "--site", "elsewhere")["link"]
    good("enrol", other, "--config", kiosk_config(tmp_path / "other"))
    two = said("server", "invite", "--data", data, "--no-wait")
    assert (two.exit_code, f"knows elsewhere, {SITE}" in two.output) == (1, True)
    wrong = said("server", "invite", "--data", data, "--no-wait", "--site", "No Site")
    assert (wrong.exit_code, "small letters" in wrong.output) == (1, True)
    assert server.url


def test_which_device_must_be_clear(server: Server, data: str) -> None:
    assert server.url
    for device, sentence in (("0", "at least 4 digits"), ("0000", "none is known here")):
        result = said("server", "revoke", device, "--data", data)
        assert (result.exit_code, sentence in result.output) == (1, True)
    assert "No device is enrolled here yet" in said("server", "devices", "--data", data).output


@pytest.mark.parametrize(
    "words",
    [
        ["enrol", "7KQ-M3X9T"],
        ["enrol", "7KQ-M3X9T", "--config", "giliran.py", "--data", "x"],
        ["server", "invite", "--data", "/nowhere"],
        ["server", "invite", "--data", ".", "--number", "256"],
        ["server", "invite", "--data", ".", "--letter", "AA"],
        ["server", "invite", "--data", ".", "--kind", "toaster"],
        ["server", "invite", "--data", ".", "--address", "bukan"],
        ["server", "invite", "--data", ".", "--name", "n" * 61],
        ["server", "revoke", "--data", "."],
    ],
    ids=" ".join,
)
def test_wrong_use_exits_2(words: list[str]) -> None:
    assert said(*words).exit_code == 2


@pytest.mark.parametrize("code", ["7KQ", "7KQ-M3X9!", "GILIRAN:http://192.0.2.1:7KQ"])
def test_what_is_no_code_is_a_sentence(tmp_path: Path, code: str) -> None:
    result = said("enrol", code, "--config", kiosk_config(tmp_path / "kiosk"))
    assert (result.exit_code, "such as 7KQ-M3X9T" in result.output) == (1, True)


def test_a_server_that_listens_everywhere_is_named_by_its_own_address(tmp_path: Path) -> None:
    assert address_of(tmp_path) is None
    (tmp_path / ADDRESS_FILE).write_text("https://0.0.0.0:8035")
    found = address_of(tmp_path)
    assert found is not None
    assert found.startswith("https://")
    assert "//0." not in found
    assert found.endswith(":8035")
