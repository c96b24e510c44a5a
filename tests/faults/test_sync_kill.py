"""Processes that die at the worst moment of a handover, by SIGKILL, for real."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from kiosk.sync.status import SyncState
from server.run import ADDRESS_FILE
from tests.paired_kiosk import PATIENCE_S, held, pair, paired_kiosk, site_server
from tests.postgresql import database_of

pytestmark = pytest.mark.usefixtures("on_both_databases")

KIOSK = """
import sys
from pathlib import Path
from kiosk.identity import load_or_create_identity
from tests.paired_kiosk import paired_kiosk
folder = Path(sys.argv[1])
with paired_kiosk(folder, load_or_create_identity(folder), sys.argv[2]) as kiosk:
    kiosk.issue(5)
    kiosk.wait_until_synced()
"""

SERVER = """
import sys
from pathlib import Path
from server.run import serve
from server.settings import Role, ServerSettings
settings = ServerSettings(Role.SITE, Path(sys.argv[1]), sys.argv[3] or None)
serve(settings, sys.argv[2], lambda url: print(url, flush=True))
"""


@contextmanager
def process(program: str, *arguments: str, fault: str = "") -> Iterator[subprocess.Popen[str]]:
    environment = {**os.environ, "GILIRAN_FAULT": fault}
    command = [sys.executable, "-c", program, *arguments]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as one:
        try:
            yield one
        finally:
            one.kill()


def test_p6_kiosk_killed_before_it_stored_the_acknowledgement_doubles_nothing(tmp_path: Path) -> None:
    kiosk_dir, server_dir = tmp_path / "kiosk", tmp_path / "server"
    identity = pair(kiosk_dir, server_dir)
    with site_server(server_dir) as server:
        with process(KIOSK, str(kiosk_dir), server.url, fault="sync.before_ack_stored") as child:
            output, _ = child.communicate(timeout=PATIENCE_S)
            assert child.returncode == -signal.SIGKILL, output
        assert sum(map(len, held(server_dir, identity.device_id).values())) > 0
        with paired_kiosk(kiosk_dir, identity, server.url) as kiosk:
            assert kiosk.acknowledged() == {}
            kiosk.wait_until_synced()
            assert held(server_dir, identity.device_id) == kiosk.log()
            assert sum(map(len, kiosk.log().values())) >= 2


def test_p6_server_killed_between_commit_and_answer_doubles_nothing(tmp_path: Path, expected_logs: Any) -> None:
    """From the other side."""
    expected_logs("server_lost")
    kiosk_dir, server_dir = tmp_path / "kiosk", tmp_path / "server"
    identity = pair(kiosk_dir, server_dir)
    database = database_of(server_dir) or ""
    with process(SERVER, str(server_dir), "127.0.0.1:0", database, fault="server.before_answer") as first:
        url = _address(first)
        with paired_kiosk(kiosk_dir, identity, url) as kiosk:
            kiosk.issue(5)
            assert first.wait(PATIENCE_S) == -signal.SIGKILL
            kiosk.wait_until(lambda status: status.state is SyncState.OFFLINE)
            assert sum(map(len, held(server_dir, identity.device_id).values())) > 0
            assert kiosk.acknowledged() == {}
            with process(SERVER, str(server_dir), url.removeprefix("http://"), database) as second:
                _address(second)
                kiosk.wait_until_synced()
                assert held(server_dir, identity.device_id) == kiosk.log()


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
def test_server_stops_in_good_order_when_told(tmp_path: Path, by: signal.Signals) -> None:
    with process(SERVER, str(tmp_path), "127.0.0.1:0", database_of(tmp_path) or "") as server:
        assert _address(server) == (tmp_path / ADDRESS_FILE).read_text()
        server.send_signal(by)
        server.wait(PATIENCE_S)
        assert not (tmp_path / ADDRESS_FILE).exists()
        assert not (tmp_path / "server.db-wal").exists()


def _address(server: "subprocess.Popen[str]") -> str:
    assert server.stdout is not None
    for line in server.stdout:
        if line.startswith("http://"):
            return line.strip()
    raise AssertionError("the server ended before it listened")
