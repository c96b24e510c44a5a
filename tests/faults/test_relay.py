"""From the hall to the nation, at its worst: byte for byte, once, in order, and the hall never waits."""

import threading
from pathlib import Path
from typing import Any

import pytest

from kiosk.sync.status import SyncState
from tests.paired_kiosk import pair, paired_kiosk
from tests.relayed_site import (
    all_held,
    assert_same_logs,
    central_server,
    enrol_site,
    is_level,
    relaying_server,
    wait_for_relay,
)

pytestmark = pytest.mark.usefixtures("on_both_databases")


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path, Path]:
    """Of a kiosk, its site's server, and the central one; paired."""
    kiosk, site, central = tmp_path / "kiosk", tmp_path / "site", tmp_path / "central"
    pair(kiosk, site)
    enrol_site(site, central)
    return kiosk, site, central


def test_central_holds_what_the_site_holds_and_the_kiosk_learns_of_it(folders: tuple[Path, Path, Path]) -> None:
    kiosk_dir, site_dir, central_dir = folders
    identity = pair(kiosk_dir, site_dir)
    with central_server(central_dir) as central, relaying_server(site_dir, central.url) as site:
        with paired_kiosk(kiosk_dir, identity, site.url) as kiosk:
            kiosk.issue(3)
            kiosk.wait_until_synced()
            kiosk.wait_until_central_holds_it()
        wait_for_relay(site, is_level)
    assert_same_logs(site_dir, central_dir)
    assert {origin for origin, _ in all_held(site_dir)} == {identity.device_id, site.node.identity.device_id}
