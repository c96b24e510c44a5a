"""A site server that is told of a central one which never let it in."""

import subprocess
import sys
from pathlib import Path

from server.run import ADDRESS_FILE, Server
from server.settings import Role, ServerSettings, Upstream
from tests.conftest import Logs
from tests.relayed_site import BRISK, enrol_site

CENTRAL_URL = "http://127.0.0.1:9"


def test_it_is_said_on_the_console_and_in_the_log_at_the_start(tmp_path: Path) -> None:
    words = ["server", "--role", "site", "--data", str(tmp_path), "--upstream", CENTRAL_URL, "--listen", "127.0.0.1:0"]
    command = [sys.executable, "giliran.py", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        said = server.stderr.readline()
        assert (tmp_path / ADDRESS_FILE).exists()
        server.terminate()
    assert said.startswith("This site is not enrolled at its central server: make a code there")
    assert said.endswith(f"giliran enrol CODE --data {tmp_path} --upstream {CENTRAL_URL}.\n")
    assert "upstream_not_enrolled" in (tmp_path / "giliran.log").read_text()


def test_one_that_was_let_in_has_nothing_to_say(tmp_path: Path, expected_logs: Logs) -> None:
    expected_logs("central_lost")
    enrol_site(tmp_path / "site", tmp_path / "central")
    with Server(ServerSettings(Role.SITE, tmp_path / "site", upstream=Upstream(CENTRAL_URL)), relay_pace=BRISK):
        """The log has nothing else that was not announced."""
