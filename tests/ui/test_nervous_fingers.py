"""What a visitor does without meaning to."""

import pytest

from kiosk.domain.screens import Screen
from tests.ui.conftest import KioskUnderTest, Start


@pytest.mark.parametrize("size", [(1080, 1920), (1920, 1080)], ids=["portrait", "landscape"])
def test_a_double_tap_on_take_a_number_answers_no_question(start: Start, size: tuple[int, int]) -> None:
    kiosk = start(size=size)
    driver = kiosk.driver
    driver.touch("attractStart")
    kiosk.wait_for(Screen.HOME)
    driver.touch("popular_dukcapil.ktp-hilang")
    kiosk.wait_for(Screen.SERVICE)
    driver.settle()
    button = driver.named("takeTicketButton")
    taken = button.mapRectToScene(button.boundingRect())
    driver.touch("takeTicketButton")
    kiosk.wait_for(Screen.PRIORITY)
    driver.settle()
    for answer in ("priorityYes", "priorityNo"):
        item = driver.named(answer)
        assert not item.mapRectToScene(item.boundingRect()).intersects(taken), answer


def test_a_press_on_the_idle_question_is_an_answer(kiosk: KioskUnderTest) -> None:
    kiosk.driver.touch("attractStart")
    kiosk.wait_for(Screen.HOME)
    kiosk.pass_time(65)
    assert kiosk.seconds_warned() is not None
    kiosk.driver.touch_at(kiosk.driver.centre("idleText"))
    assert kiosk.seconds_warned() is None
    assert kiosk.shows(Screen.HOME)
