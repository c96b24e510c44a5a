"""What the service's screen tells of the wait: a range, or that it is unknown; nothing where a kiosk stands alone."""

from datetime import timedelta

import pytest

from kiosk.domain import wording
from kiosk.domain.language import Language
from kiosk.domain.screens import Screen
from kiosk.domain.visit import plan_stops
from kiosk.domain.wait import QueueOutlook, Wait, promised
from tests.ui.conftest import KioskUnderTest

RANGE = QueueOutlook(3, Wait(1200, 2100), Wait(0, 600), Wait(240, 480))


def texts_of_a_service(kiosk: KioskUnderTest, told: QueueOutlook | None) -> list[str]:
    """Of its screen, after the hall has said this of all queues, or nothing yet of any."""
    attendant, machine = kiosk.application.attendant, kiosk.application.machine
    assert machine is not None
    site = attendant.hall.site
    day = kiosk.clock.now().astimezone(site.timezone).date()
    machine.outlook.hear(day, {} if told is None else {queue.code: told for queue in site.queues})
    attendant.start()
    attendant.open_service(attendant.hall.popular[0].id)
    kiosk.clock.advance(timedelta(seconds=5))
    attendant.pass_time()
    kiosk.driver.wait_for(Screen.SERVICE)
    wait = None if told is None else told.ordinary
    kiosk.driver.wait_until(
        lambda: all(queue.is_told and queue.wait == wait for queue in attendant.state.queues.values()), "the hall"
    )
    kiosk.driver.settle()
    return kiosk.driver.texts()


@pytest.mark.parametrize(
    ("told", "words"),
    [(RANGE, "Perkiraan tunggu 20-35 menit"), (None, "Lama tunggu belum bisa diperkirakan")],
)
def test_the_wait_stands_on_a_line_of_its_own(kiosk: KioskUnderTest, told: QueueOutlook | None, words: str) -> None:
    texts = texts_of_a_service(kiosk, told)
    assert [text for text in texts if words in text.split("\n")], texts


def test_a_kiosk_that_stands_alone_says_nothing_of_waits(kiosk: KioskUnderTest) -> None:
    attendant = kiosk.application.attendant
    attendant.start()
    attendant.open_service(attendant.hall.popular[0].id)
    kiosk.driver.wait_for(Screen.SERVICE)
    kiosk.driver.settle()
    assert not [text for text in kiosk.driver.texts() if "Perkiraan tunggu" in text or "Lama tunggu" in text]


def test_the_visit_says_of_each_service_what_the_ticket_will_promise(kiosk: KioskUnderTest) -> None:
    attendant, machine = kiosk.application.attendant, kiosk.application.machine
    assert machine is not None
    site, chosen = attendant.hall.site, attendant.hall.popular[:2]
    day = kiosk.clock.now().astimezone(site.timezone).date()
    outlooks = {queue.code: RANGE for queue in site.queues}
    machine.outlook.hear(day, outlooks)
    attendant.start()
    for service in chosen:
        attendant.open_service(service.id)
        attendant.add_to_visit()
    attendant.open_visit()
    kiosk.clock.advance(timedelta(seconds=5))
    attendant.pass_time()
    kiosk.driver.wait_for(Screen.VISIT)
    kiosk.driver.wait_until(lambda: {now.outlook for now in attendant.state.queues.values()} == {RANGE}, "the hall")
    kiosk.driver.settle()
    waits = promised(plan_stops(chosen, site), outlooks, is_priority=False)
    assert None not in waits
    assert RANGE.ordinary not in waits
    words = {wording.wait_sentence(wait, Language.INDONESIAN) for wait in waits}
    told = [line for text in kiosk.driver.texts() for line in text.split("\n") if line in words]
    assert len(told) == len(chosen), kiosk.driver.texts()
