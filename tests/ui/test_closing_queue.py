from dataclasses import replace

from kiosk.domain.availability import Closed, ClosedReason
from kiosk.domain.language import Text
from kiosk.domain.screens import Screen
from tests.ui.conftest import KioskUnderTest


def test_the_visit_says_which_of_its_queues_has_closed(kiosk: KioskUnderTest) -> None:
    attendant, sentence = kiosk.attendant, "Kuota hari ini sudah habis."
    kiosk.driver.touch("attractStart")
    kiosk.wait_for(Screen.HOME)
    for service in ("dukcapil.ktp-hilang", "imigrasi.baru"):
        attendant.open_service(service)
        attendant.add_to_visit()
    attendant.open_visit()
    kiosk.wait_for(Screen.VISIT)
    assert not any(sentence in text for text in kiosk.driver.texts())
    code = attendant.hall.site.queue_by_service["imigrasi.baru"].code
    closed = Closed(ClosedReason.QUOTA_REACHED, Text(sentence, "No numbers are left today."), None)
    queues = {**kiosk.state.queues, code: replace(kiosk.state.queues[code], closed=closed)}
    attendant._set_state(replace(kiosk.state, queues=queues))
    (told,) = [text for text in kiosk.driver.texts() if sentence in text]
    assert "Imigrasi" in told
