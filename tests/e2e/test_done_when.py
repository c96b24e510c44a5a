"""What the servers are for, in real processes: see tests.e2e.fair_sequence, which a person can run."""

from pathlib import Path
from typing import Any

from kiosk.clock import SystemClock
from kiosk.config import KioskConfig, PrinterConfig, ScreenConfig
from kiosk.domain.language import Language
from kiosk.sync.status import SyncState
from server.run import Server
from server.settings import Role, ServerSettings
from tests.e2e.fair_sequence import judge
from tests.pairing_by_code import enrolled, invited
from tests.published_hall import HALL
from tests.real_processes import open_hall_file
from ui.app import KioskApplication
from ui.driver import VisitorDriver
from ui.qt_application import qt_application
from ui.technician.report import report

SOON_S = 2.0
"""For a loaded machine; what a kiosk is held to is half a second."""


def numbered(first: int, count: int, letters: str = "") -> list[str]:
    """`letters`: each number once for each of them, in turn."""
    return [f"D-{number:03d}{letter}" for number in range(first, first + count) for letter in letters or [""]]


def test_two_kiosks_share_one_sequence_and_need_their_server_for_nothing_else(
    tmp_path: Path, postgresql_url: str, record_property: Any
) -> None:
    outcome = judge(tmp_path, postgresql_url)
    assert outcome.together == numbered(1, 8)
    assert outcome.alone == numbered(1, 3, "AB")
    assert outcome.together_again == numbered(9, 6)
    record_property("alone_ms", [round(1000 * each) for each in outcome.alone_s])
    assert max(outcome.alone_s) < SOON_S
    at_site, at_central = outcome.hashes
    assert at_site == at_central


def test_the_window_of_an_enrolled_kiosk_says_that_it_shares_the_numbers(tmp_path: Path) -> None:
    qt_application()
    settings = ServerSettings(Role.SITE, tmp_path / "site", None, open_hall_file(tmp_path))
    with Server(settings) as server:
        code, _ = invited(server.node, site_id=HALL)
        enrolled(code, tmp_path / "kiosk", server.url)
        config = KioskConfig(
            data_dir=tmp_path / "kiosk",
            printer=PrinterConfig(device=f"sim:{tmp_path}/slips"),
            screen=ScreenConfig(width_px=540, height_px=960, full_screen=False),
        )
        kiosk = KioskApplication(config, SystemClock())
        try:
            assert kiosk.machine is not None, kiosk.trouble
            machine = kiosk.machine
            kiosk.show()
            VisitorDriver(kiosk.window).wait_until(
                lambda: machine.sync is not None and machine.sync.status.state is SyncState.ONLINE, "the server"
            )
            values = {str(line.value) for line in (row.in_language(Language.ENGLISH) for row in report(machine))}
            assert "shared, from the server" in values
        finally:
            kiosk.close()
