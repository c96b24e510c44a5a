"""A device that was shut out after the backup does not come back with it."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.clock import FakeClock, SystemClock
from kiosk.domain.events import DEVICE_ENROLLED, DEVICE_REVOKED, Event, decode
from kiosk.errors import UnauthorisedError
from kiosk.identity import Identity
from kiosk.sync.client import SyncClient
from server.backup import take_backup
from server.database import FILE_NAME
from server.devices import ListedDevice, find_record
from server.enrolment import revoke
from server.node import open_node
from server.restore import restore
from server.run import Server
from server.settings import Role, ServerSettings
from tests.conftest import Logs
from tests.paired_kiosk import SITE, pair
from tests.relayed_site import (
    all_held,
    assert_same_logs,
    central_server,
    enrol_site,
    relaying_server,
    wait_until_relayed,
)
from tests.small_hall import MONDAY_10_00


def shut_out(settings: ServerSettings, device_id: str) -> None:
    node = open_node(settings)
    try:
        assert revoke(node, SITE, device_id)
    finally:
        node.close()


def standing(settings: ServerSettings, device_id: str) -> ListedDevice | None:
    node = open_node(settings)
    try:
        with node.database.reading() as connection:
            return find_record(connection, SITE, device_id)
    finally:
        node.close()


def said_of(settings: ServerSettings, device_id: str) -> list[str]:
    """What the server's own log says of a device, in its order within each start."""
    raws = [raw for unit in all_held(settings.data_dir).values() for raw in unit]
    events = [event for raw in raws if isinstance(event := decode(raw), Event)]
    about = [one for one in events if one.body.get("device_id") == device_id]
    return [one.type for one in sorted(about, key=lambda one: one.hlc)]


@pytest.fixture
def settings(tmp_path: Path) -> ServerSettings:
    return ServerSettings(Role.SITE, tmp_path / "server")


def backed_up(settings: ServerSettings, out: Path) -> None:
    take_backup(settings, out, SystemClock())


def giliran(*words: str | Path) -> str:
    command = [sys.executable, "giliran.py", *map(str, words)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


async def _ask(url: str, identity: Identity) -> None:
    async with SyncClient(url, SITE, identity) as client:
        await client.open_session()


def test_a_stolen_kiosk_stays_out_and_the_operator_reads_so(settings: ServerSettings, tmp_path: Path) -> None:
    kiosk = pair(tmp_path / "kiosk", settings.data_dir)
    backed_up(settings, tmp_path / "backup")
    shut_out(settings, kiosk.device_id)
    before = standing(settings, kiosk.device_id)
    said = giliran("server", "restore", tmp_path / "backup", "--data", settings.data_dir)
    assert f"({kiosk.device_id}) at {SITE} was revoked after the backup and stays so." in said
    assert "Revoke each" not in said
    assert standing(settings, kiosk.device_id) == before
    assert said_of(settings, kiosk.device_id) == [DEVICE_ENROLLED, DEVICE_REVOKED]
    with Server(settings) as server, pytest.raises(UnauthorisedError):
        asyncio.run(_ask(server.url, kiosk))


def test_one_that_came_after_the_backup_too_stays_out(settings: ServerSettings, tmp_path: Path) -> None:
    open_node(settings).close()
    backed_up(settings, tmp_path / "backup")
    kiosk = pair(tmp_path / "kiosk", settings.data_dir)
    shut_out(settings, kiosk.device_id)
    before = standing(settings, kiosk.device_id)
    done = restore(tmp_path / "backup", settings, None, FakeClock(MONDAY_10_00))
    assert [record.device_id for record in done.carried or ()] == [kiosk.device_id]
    assert standing(settings, kiosk.device_id) == before
    assert said_of(settings, kiosk.device_id) == [DEVICE_ENROLLED, DEVICE_REVOKED]


def test_what_the_backup_knows_is_not_said_again(settings: ServerSettings, tmp_path: Path) -> None:
    kiosk = pair(tmp_path / "kiosk", settings.data_dir)
    shut_out(settings, kiosk.device_id)
    backed_up(settings, tmp_path / "backup")
    done = restore(tmp_path / "backup", settings, None, FakeClock(MONDAY_10_00))
    assert done.carried == []
    assert said_of(settings, kiosk.device_id) == [DEVICE_ENROLLED, DEVICE_REVOKED]


@pytest.mark.parametrize("present", [b"no database at all" * 100, None], ids=["damaged", "none"])
def test_where_it_cannot_be_known_the_operator_is_told(
    settings: ServerSettings, tmp_path: Path, present: bytes | None
) -> None:
    pair(tmp_path / "kiosk", settings.data_dir)
    backed_up(settings, tmp_path / "backup")
    (settings.data_dir / FILE_NAME).unlink()
    if present is not None:
        (settings.data_dir / FILE_NAME).write_bytes(present)
    said = giliran("server", "restore", tmp_path / "backup", "--data", settings.data_dir)
    assert "Revoke each of them again before you start the server" in said


def test_central_gives_a_revocation_back(settings: ServerSettings, tmp_path: Path, expected_logs: Logs) -> None:
    """The present database is lost with the machine: what this site said of its devices comes from the nation."""
    expected_logs("history_recovered", "fork_seen", "events_parked")
    central_dir = tmp_path / "central"
    kiosk = pair(tmp_path / "kiosk", settings.data_dir)
    enrol_site(settings.data_dir, central_dir)
    with central_server(central_dir) as central:
        backed_up(settings, tmp_path / "backup")
        shut_out(settings, kiosk.device_id)
        with relaying_server(settings.data_dir, central.url) as server:
            wait_until_relayed(server)
        (settings.data_dir / FILE_NAME).unlink()
        assert restore(tmp_path / "backup", settings, None, SystemClock()).carried is None
        listed = standing(settings, kiosk.device_id)
        assert listed is not None
        assert listed.revoked_at_ms is None
        with relaying_server(settings.data_dir, central.url) as server:
            server.node.relay.wait_for(lambda _: _is_out(server, kiosk.device_id), 20.0)
            assert _is_out(server, kiosk.device_id)
    assert_same_logs(settings.data_dir, central_dir)


def _is_out(server: Server, device_id: str) -> bool:
    with server.node.database.reading() as connection:
        listed = find_record(connection, SITE, device_id)
    return listed is not None and listed.revoked_at_ms is not None
