"""Real slips before the scanner of a real kiosk: with the real server of its hall, and with nobody to ask."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from kiosk.clock import SystemClock
from kiosk.config import KioskConfig, PrinterConfig, ScannerConfig, ScreenConfig, SyncConfig
from kiosk.domain.screens import Screen
from kiosk.domain.ticket import Ticket
from kiosk.sync.desk_wire import DeskVerb
from kiosk.sync.engine import SyncEngine
from kiosk.sync.pace import Pace
from tests.desk_at_site import Counter, DeskSite, counter, desk_site
from tests.scanner_hand import ScannerHand
from tests.ui.conftest import Start
from ui.app import KioskApplication
from ui.driver import VisitorDriver
from ui.qt_application import qt_application

RETURN = Qt.Key.Key_Return
_WITHIN_S = 30.0
PATIENT = replace(Pace(), heartbeat_within_s=20.0, visit_within_s=20.0)
"""On a busy machine the real deadlines may pass; then the kiosk says what the paper says."""


class Kiosk:
    """Somebody with slips before the window."""

    def __init__(self, application: KioskApplication) -> None:
        self.application = application
        self.driver = VisitorDriver(application.window, timeout_s=_WITHIN_S)
        self._hand = ScannerHand(application.window, application.scanner, self.driver.wait_until)

    def take_ticket(self, service_id: str) -> Ticket:
        attendant = self.application.attendant
        self.driver.wait_for(Screen.ATTRACT)
        attendant.start()
        attendant.open_service(service_id)
        attendant.take_ticket()
        self.driver.wait_for(Screen.PRIORITY)
        self.driver.touch("priorityNo")
        self.driver.wait_for(Screen.TICKET)
        ticket = attendant.state.session.ticket
        assert ticket is not None
        self.driver.wait_until(attendant._has_been_read, "somebody to read the number")
        self.put_away()
        return ticket

    def put_away(self) -> None:
        self.driver.touch("finishButton")
        self.driver.wait_for(Screen.ATTRACT)

    def hears(self, text: str, headline: str) -> list[str]:
        """All that the screen says when this slip was held before the scanner, from the first screen."""
        self._hand.scan(text, RETURN)
        self.driver.wait_for(Screen.YOUR_VISIT)

        def said() -> str:
            item = self.driver.find("yourHeadline")
            return "" if item is None else str(item.property("text"))

        self.driver.wait_until(lambda: said() not in {"", "Membaca tiket Anda"}, "the answer")
        assert said() == headline
        self.driver.settle()
        texts = self.driver.texts()
        self.put_away()
        return texts


@pytest.fixture
def site(tmp_path: Path) -> Iterator[DeskSite]:
    with desk_site(tmp_path, "P-01") as site:
        yield site


@pytest.fixture
def kiosk(site: DeskSite, qapp: QGuiApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kiosk]:
    assert qt_application() is qapp
    monkeypatch.setattr("ui.visitor.slip_reader.LEFT_SLIP_S", 0.0)  # held there anew, sooner than a person could
    monkeypatch.setattr("kiosk.sync.engine.SyncEngine", partial(SyncEngine, pace=PATIENT))
    config = KioskConfig(
        data_dir=site.folder / "kiosk",
        bind_to_machine=False,
        site=site.folder / "hall.json",
        printer=PrinterConfig(device=f"sim:{site.folder / 'slips'}"),
        sync=SyncConfig(site.server.url),
        scanner=ScannerConfig(enabled=True),
        screen=ScreenConfig(1080, 1920, 336.0, full_screen=False, animations=False),
    )
    application = KioskApplication(config, SystemClock())
    try:
        application.show()
        kiosk = Kiosk(application)
        kiosk.driver.wait_until(lambda: application.attendant.state.is_staff_told, "the server")
        yield kiosk
    finally:
        application.close()
    assert application.qml_warnings == []


def miss_the_call(desk: Counter) -> None:
    for verb in (DeskVerb.RECALL, DeskVerb.RECALL, DeskVerb.NO_SHOW):
        assert desk.acts(verb) is None


def test_missed_call_is_made_good_at_the_kiosk(site: DeskSite, kiosk: Kiosk) -> None:
    queue = site.site.queue_by_code["D"]
    number = queue.counters[0].number
    ticket = kiosk.take_ticket(min(queue.service_ids))
    with counter(site.desk_config("A")) as desk:
        desk.sign_in(number)
        desk.wait_until(lambda state: state.view is not None and ticket.label in {row.label for row in state.view.line})
        assert "Anda yang berikutnya" in kiosk.hears(ticket.token, "Anda dalam antrean")

        assert desk.acts(DeskVerb.CALL_NEXT) is None
        texts = kiosk.hears(ticket.token, "Anda sedang dipanggil")
        assert f"Silakan ke Loket {number}, Lantai 1 sekarang." in texts
        assert ticket.label in texts

        miss_the_call(desk)
        desk.wait_until(lambda state: state.view is not None and state.view.visit is None)
        assert "Kembali dalam antrean" in kiosk.hears(ticket.token, "Anda kembali dalam antrean")
        assert desk.acts(DeskVerb.CALL_NEXT) is None
        desk.wait_until(lambda state: state.view is not None and state.view.visit is not None)
        assert desk.served == ticket.label


def test_kiosk_that_cannot_ask_tells_what_the_paper_says(start: Start) -> None:
    alone = start(has_scanner=True)
    kiosk = Kiosk(alone.application)
    alone.driver.wait_for(Screen.ATTRACT)
    alone.attendant.start()
    alone.attendant.open_service("dukcapil.ktp-hilang")
    alone.attendant.take_ticket()
    alone.wait_for(Screen.PRIORITY)
    alone.driver.touch("priorityNo")
    alone.wait_for(Screen.TICKET)
    ticket = alone.state.session.ticket
    assert ticket is not None
    alone.pass_time(2)
    texts = kiosk.hears(ticket.token, "Tiket Anda berlaku")
    assert ticket.label in texts
    assert not [text for text in texts if "di depan Anda" in text or "Perkiraan tunggu" in text]
    changed = "B" if ticket.token[40] != "B" else "C"
    kiosk.hears(ticket.token[:40] + changed + ticket.token[41:], "Tiket ini tidak dapat dipastikan asli")
    kiosk.hears("8991234567890", "Kode belum terbaca")
