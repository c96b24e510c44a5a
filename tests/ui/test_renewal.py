"""A hall that changes under a running kiosk: the real server hands it down, and no visitor sees it change."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication

from kiosk.clock import FakeClock
from kiosk.config import KioskConfig, PrinterConfig, ScreenConfig, SyncConfig
from kiosk.domain.screens import Screen
from kiosk.enrolment import ENROLMENT_FILE, save_enrolment
from kiosk.identity import load_or_create_identity
from server.publishing import publish_files
from server.run import Server
from tests.conftest import Logs
from tests.paired_kiosk import site_server
from tests.published_hall import (
    HALL,
    catalogue_bytes,
    catalogue_file,
    enrolment_of,
    let_in,
    site_bytes,
    site_file,
    swapped_letters,
    without_service,
)
from tests.ui.conftest import MONDAY_MORNING, KioskUnderTest
from ui.app import KioskApplication

SERVICE = "polda.skck-baru"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with site_server(tmp_path / "server", clock=FakeClock(MONDAY_MORNING)) as server:
        publish_files(server.node, catalogue_file(tmp_path), site_file(tmp_path))
        yield server


@pytest.fixture
def kiosk(server: Server, tmp_path: Path, qapp: QGuiApplication) -> Iterator[KioskUnderTest]:
    """Enrolled at the server's hall; its own files are the sample's."""
    config = KioskConfig(
        data_dir=tmp_path / "data",
        printer=PrinterConfig(device=f"sim:{tmp_path / 'slips'}"),
        sync=SyncConfig(server=server.url),
        screen=ScreenConfig(1080, 1920, 336.0, full_screen=False, animations=False),
    )
    config.data_dir.mkdir()
    identity = let_in(server.node, identity=load_or_create_identity(config.data_dir))
    save_enrolment(config.data_dir / ENROLMENT_FILE, enrolment_of(identity, server.node, server.url))
    clock = FakeClock(MONDAY_MORNING)
    application = KioskApplication(config, clock)
    assert application.trouble is None
    application.show()
    kiosk = KioskUnderTest(application, clock, tmp_path / "slips")
    kiosk.wait_until(lambda: bool(kiosk.state.queues), "the hall")
    yield kiosk
    application.close()
    assert application.qml_warnings == []


def name(kiosk: KioskUnderTest) -> str:
    return kiosk.attendant.view.site_short_name


def test_an_enrolled_kiosk_shows_the_hall_it_was_let_into(kiosk: KioskUnderTest) -> None:
    assert kiosk.attendant.hall.site.id == HALL
    assert not kiosk.attendant.view.is_demonstration


def test_a_new_hall_comes_into_force_at_the_first_screen(kiosk: KioskUnderTest, server: Server, tmp_path: Path) -> None:
    publish_files(server.node, None, site_file(tmp_path, site_bytes(short_name_id="Balai Baru")))
    kiosk.wait_until(lambda: name(kiosk) == "Balai Baru", "the new hall")
    assert kiosk.application.machine is not None
    assert kiosk.application.machine.hall is kiosk.attendant.hall


def test_never_during_a_visit(kiosk: KioskUnderTest, server: Server, tmp_path: Path) -> None:
    attendant, machine = kiosk.attendant, kiosk.application.machine
    assert machine is not None
    before = name(kiosk)
    attendant.start()
    attendant.open_service(SERVICE)
    gone = without_service(SERVICE)
    publish_files(
        server.node,
        catalogue_file(tmp_path, catalogue_bytes(gone)),
        site_file(tmp_path, site_bytes(gone, short_name_id="Balai Baru")),
    )
    kiosk.wait_until(lambda: bool(kiosk.stored("SELECT 1 FROM snapshots WHERE received > 3")), "the new files")
    attendant.take_ticket()
    attendant.answer_priority(is_priority=False)
    kiosk.wait_for(Screen.TICKET)
    assert name(kiosk) == before
    kiosk.pass_time(5)
    attendant.finish()
    kiosk.wait_until(lambda: name(kiosk) == "Balai Baru", "the new hall")
    assert SERVICE not in attendant.hall.catalogue.services
    assert len(kiosk.printer.slips()) == 1
    attendant.start()
    attendant.open_search()
    attendant.type_text("skck")
    kiosk.wait_until(lambda: attendant.state.hits_of == "skck", "the new hall's answers")
    assert SERVICE not in attendant.state.hits


def test_a_letter_on_paper_waits_for_the_next_day(
    kiosk: KioskUnderTest, server: Server, tmp_path: Path, expected_logs: Logs
) -> None:
    expected_logs("data_waits", "clocks_disagree")
    attendant, machine = kiosk.attendant, kiosk.application.machine
    assert machine is not None
    attendant.start()
    attendant.open_service(SERVICE)
    attendant.take_ticket()
    attendant.answer_priority(is_priority=False)
    kiosk.wait_for(Screen.TICKET)
    letter = attendant.hall.site.queue_by_service[SERVICE].code
    other = next(code for code in attendant.hall.site.queue_by_code if code != letter)
    kiosk.pass_time(5)
    attendant.finish()
    publish_files(server.node, None, site_file(tmp_path, site_bytes(swapped_letters(letter, other))))
    kiosk.wait_until(lambda: machine.has_more_to_come, "the reason to wait")
    assert attendant.hall.site.queue_by_service[SERVICE].code == letter
    kiosk.pass_time(24 * 3600)
    renewal = kiosk.application._renewal
    assert renewal is not None
    renewal.look_again()
    kiosk.wait_until(lambda: attendant.hall.site.queue_by_service[SERVICE].code == other, "the new letters")
    assert not machine.has_more_to_come
