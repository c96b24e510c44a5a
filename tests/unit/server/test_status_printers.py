"""What the technician's page says of printers: the heartbeat's word, and below it what the kiosk's log tells."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.clock import FakeClock
from kiosk.domain.event_bodies import kiosk_status
from kiosk.domain.events import KIOSK_STATUS
from kiosk.domain.printer_facts import PrinterFacts
from server.run import Server
from tests.paired_kiosk import site_server
from tests.unit.server.test_status_page import NOON, let_in, page
from tests.written_log import WrittenLog


@pytest.fixture
def server(tmp_path: Path, on_both_databases: None) -> Iterator[Server]:
    with site_server(tmp_path, clock=FakeClock(NOON)) as server:
        yield server


@pytest.mark.parametrize(
    ("facts", "cell", "task"),
    [
        (PrinterFacts("ready", None, "first", "fence", 1230), "siap ± 1.230 tiket lagi", None),
        (PrinterFacts("ready", None, "first", "none"), "siap tidak dapat memastikan", None),
        (
            PrinterFacts("ready", None, "first", "fence", 18, is_paper_low=True),
            "siap ± 18 tiket lagi",
            "Printer: kertas hampir habis. Siapkan gulungan baru.",
        ),
        (
            PrinterFacts("cutter", "ready", "second", "status", 300),
            "siap printer kedua dipakai · ± 300 tiket lagi · tidak dapat memastikan",
            "Tiket keluar dari printer kedua; yang pertama pisau macet.",
        ),
    ],
    ids=str,
)
def test_what_the_log_tells_of_printers_stands_below_the_heartbeats_word(
    server: Server, facts: PrinterFacts, cell: str, task: str | None
) -> None:
    log = WrittenLog(let_in(server, printer="ready").device_id)
    log.write(KIOSK_STATUS, kiosk_status(facts))
    with server.node.database.writing() as connection:
        log.push(connection)
    text = page(server).text
    assert cell in text
    assert ("Yang perlu dikerjakan" in text) is (task is not None)
    assert (task or "") in text
