"""A server that is told to stop, in the middle of its work: what it answered is on the disk, and it ends in time."""

import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from bench.lean_client import AnswerError
from kiosk.domain.verdict import Verified
from kiosk.identity import Identity
from kiosk.logs import FILE_NAME as LOG_FILE
from kiosk.sync import wire
from server.database import FILE_NAME, look_into
from server.node import open_node
from server.run import ADDRESS_FILE
from server.schema import device_health, reservations
from server.settings import Role, ServerSettings
from server.verification import verify_database
from tests.lean_kiosk import LeanKiosk, lean_kiosk, let_in
from tests.postgresql import database_of
from tests.relayed_site import enrol_site

pytestmark = pytest.mark.usefixtures("on_both_databases")

KIOSKS: Final = 4
STOPS_WITHIN_S: Final = 6.0
"""Five that open requests are given, and one to close what is open."""
START_WITHIN_S: Final = 60.0


@pytest.fixture
def silent_upstream() -> Iterator[str]:
    """Takes every connection and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


@contextmanager
def running_server(settings: ServerSettings, upstream: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    words = ["server", "--role", "site", "--data", str(settings.data_dir), "--listen", "127.0.0.1:0"]
    words += ["--upstream", upstream, *(["--database", settings.database] if settings.database else [])]
    with subprocess.Popen([sys.executable, "giliran.py", *words], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process, process.stdout.readline().removeprefix("Listening on ").strip()
        finally:
            process.kill()


class Visitors:
    """One kiosk after another number, until the server is gone. `promised`: every number that it answered with."""

    def __init__(self, url: str, identity: Identity, busy: threading.Barrier) -> None:
        self.promised: list[tuple[str, int]] = []
        self.unexpected: list[Any] = []
        self._thread = threading.Thread(target=self._run, args=(url, identity, busy))
        self._thread.start()

    def join(self) -> None:
        self._thread.join(START_WITHIN_S)
        assert not self._thread.is_alive()

    def _run(self, url: str, identity: Identity, busy: threading.Barrier) -> None:
        try:
            with lean_kiosk(url, identity) as kiosk:
                kiosk.beat(timezone="Asia/Jakarta")
                kiosk.hello()
                self._take_numbers(kiosk, busy)
        except (OSError, AnswerError):  # hung up on, between two answers
            return
        except Exception as error:  # noqa: BLE001  # for the test's own thread to see
            self.unexpected.append(error)

    def _take_numbers(self, kiosk: LeanKiosk, busy: threading.Barrier) -> None:
        for count in range(10**6):
            ticket = f"{kiosk.identity.device_id[:8]}{count:08x}"
            answer = kiosk.reserve("D", ticket)
            if not isinstance(answer, wire.Reserved):
                self.unexpected.append(answer)
                return
            self.promised.append((ticket, answer.number))
            if count == 20:
                busy.wait(START_WITHIN_S)


def watching(url: str) -> socket.socket:
    """A board that follows the live stream."""
    host = urlsplit(url)
    line = socket.create_connection((host.hostname or "", host.port or 0), START_WITHIN_S)
    line.sendall(f"GET {wire.STREAM_PATH} HTTP/1.1\r\nHost: {host.netloc}\r\n\r\n".encode())
    assert line.recv(4096).startswith(b"HTTP/1.1 200")
    return line


def dripping(url: str) -> socket.socket:
    """A client that never finishes its request."""
    host = urlsplit(url)
    line = socket.create_connection((host.hostname or "", host.port or 0), START_WITHIN_S)
    line.sendall(f"POST {wire.SESSION_PATH} HTTP/1.1\r\nHost: {host.netloc}\r\nContent-Length: 90\r\n\r\n{{".encode())
    return line


def everything_from(line: socket.socket) -> bytes:
    """Until the other side hangs up in good order."""
    found = b""
    while piece := line.recv(4096):
        found += piece
    return found


def test_a_server_under_load_stops_in_time_and_keeps_every_promise(tmp_path: Path, silent_upstream: str) -> None:
    settings = ServerSettings(Role.SITE, tmp_path / "site", database_of(tmp_path / "site"))
    enrol_site(settings.data_dir, tmp_path / "central")
    node = open_node(settings)
    identities = [let_in(node, number) for number in range(1, KIOSKS + 1)]
    node.close()
    busy = threading.Barrier(KIOSKS + 1)
    with ExitStack() as opened:
        process, url = opened.enter_context(running_server(settings, silent_upstream))
        stream, half = opened.enter_context(watching(url)), opened.enter_context(dripping(url))
        kiosks = [Visitors(url, identity, busy) for identity in identities]
        busy.wait(START_WITHIN_S)
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        code = process.wait(START_WITHIN_S)
        took_s = time.monotonic() - began
        for kiosk in kiosks:
            kiosk.join()
        assert everything_from(stream).endswith(b"0\r\n\r\n")
        everything_from(half)
    assert code == 0
    assert took_s < STOPS_WITHIN_S
    assert [kiosk.unexpected for kiosk in kiosks] == [[]] * KIOSKS
    promised = {promise for kiosk in kiosks for promise in kiosk.promised}
    assert len(promised) > KIOSKS * 20
    database = look_into(settings)
    with database.reading() as connection:
        rows = connection.execute(select(reservations.c.ticket_id, reservations.c.number)).all()
        heard = set(connection.execute(select(device_health.c.device_id)).scalars())
    assert promised <= {(row.ticket_id, row.number) for row in rows}
    assert len({row.number for row in rows}) == len(rows)
    assert {identity.device_id for identity in identities} <= heard
    assert isinstance(verify_database(database), Verified)
    database.close()
    assert not (settings.data_dir / ADDRESS_FILE).exists()
    lines = [json.loads(line)["event"] for line in (settings.data_dir / LOG_FILE).read_text().splitlines()]
    assert lines[-1] == "server_stopped"
    assert not {"chore_failed", "request_failed", "server_store_failed"} & set(lines)
    assert not (settings.data_dir / f"{FILE_NAME}-wal").exists()
