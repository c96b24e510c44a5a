"""A kiosk that a code let in is at its start what the server decided, whatever its settings say."""

from pathlib import Path

import pytest

from kiosk.clock import SystemClock
from kiosk.config import KioskConfig, PrinterConfig
from kiosk.domain.language import Language
from kiosk.domain.ticket import IssueRequest
from kiosk.enrolment import ENROLMENT_FILE, Enrolment, ForeignSiteError, save_enrolment
from kiosk.issuing import Issued
from kiosk.sync.wire import DeviceKind
from ui.machine import Machine
from ui.sample_hall import SAMPLE_SITE_ID, write_sample_hall


def machine(folder: Path, site: str) -> Machine:
    data = folder / "data"
    data.mkdir()
    enrolment = Enrolment(
        server_url="http://192.0.2.1:8035", site=site, device="0" * 16, kind=DeviceKind.KIOSK, kiosk_number=3,
        letter="C", name="Pintu utara", server="1" * 16, server_key=f"{'A' * 43}=", server_epoch=1, authorities=(),
    )  # fmt: skip
    save_enrolment(data / ENROLMENT_FILE, enrolment)
    config = KioskConfig(
        data_dir=data, site=write_sample_hall(folder / "site.json"), printer=PrinterConfig(device=f"sim:{folder}/slips")
    )
    return Machine(config, SystemClock(), lambda _: None, lambda _: None)


def test_tickets_carry_the_letter_that_the_server_gave(tmp_path: Path) -> None:
    enrolled = machine(tmp_path, SAMPLE_SITE_ID)
    try:
        assert (enrolled.config.name, enrolled.config.sync.server) == ("Pintu utara", "http://192.0.2.1:8035")
        service = next(iter(enrolled.hall.catalogue.services))
        request = IssueRequest("key", (service,), is_priority=False, language=Language.INDONESIAN)
        issued = enrolled.machinery.issue(request)
        assert isinstance(issued, Issued)
        assert issued.ticket.label.endswith("C")
    finally:
        enrolled.store.close()


def test_a_kiosk_of_another_hall_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(ForeignSiteError, match="is enrolled at mpp-lain"):
        machine(tmp_path, "mpp-lain")
