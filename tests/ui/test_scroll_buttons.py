"""The large buttons beside what scrolls: a finger that comes by way of the screens must find them working."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from kiosk.domain.screens import Screen
from tests.ui.conftest import KioskUnderTest, Start

if TYPE_CHECKING:
    from PySide6.QtQuick import QQuickItem


def to_an_agency(kiosk: KioskUnderTest) -> None:
    kiosk.driver.touch("allAgencies")
    kiosk.wait_for(Screen.AGENCIES)
    kiosk.driver.touch("agency_dukcapil")
    kiosk.wait_for(Screen.AGENCY)


def to_all_agencies(kiosk: KioskUnderTest) -> None:
    kiosk.driver.touch("allAgencies")
    kiosk.wait_for(Screen.AGENCIES)


def to_a_life_event(kiosk: KioskUnderTest) -> None:
    kiosk.driver.touch("allLifeEvents")
    kiosk.wait_for(Screen.LIFE_EVENTS)
    kiosk.driver.touch("lifeEvent_anggota-meninggal")
    kiosk.wait_for(Screen.LIFE_EVENT)


def to_what_is_found(kiosk: KioskUnderTest) -> None:
    kiosk.driver.touch("searchField")
    kiosk.wait_for(Screen.SEARCH)
    kiosk.driver.type("surat")
    kiosk.wait_until(lambda: kiosk.state.hits_of == "surat")


def to_a_service(kiosk: KioskUnderTest) -> None:
    to_what_is_found(kiosk)
    kiosk.driver.touch("service_polda.lapor-hilang")
    kiosk.wait_for(Screen.SERVICE)


def to_all_life_events(kiosk: KioskUnderTest) -> None:
    kiosk.driver.touch("allLifeEvents")
    kiosk.wait_for(Screen.LIFE_EVENTS)


def to_the_largest_text(kiosk: KioskUnderTest) -> None:
    for _ in range(3):
        kiosk.driver.touch("textSizeButton")


def to_a_ticket_in_the_largest_text(kiosk: KioskUnderTest) -> None:
    to_the_largest_text(kiosk)
    kiosk.driver.touch("popular_dukcapil.ktp-hilang")
    kiosk.wait_for(Screen.SERVICE)
    kiosk.driver.touch("takeTicketButton")
    kiosk.wait_for(Screen.PRIORITY)
    kiosk.driver.touch("priorityNo")
    kiosk.wait_for(Screen.TICKET)


def to_the_technicians_corner(kiosk: KioskUnderTest) -> None:
    kiosk.attendant.open_technician()
    kiosk.wait_for(Screen.TECHNICIAN)
    kiosk.driver.wait_for_item("scrollDown")


WAYS = [
    to_an_agency,
    to_all_agencies,
    to_a_life_event,
    to_all_life_events,
    to_what_is_found,
    to_a_service,
    to_the_largest_text,
    to_a_ticket_in_the_largest_text,
    to_the_technicians_corner,
]


def positions(kiosk: KioskUnderTest) -> list[float]:
    scrolling: list[QQuickItem] = [item for item in kiosk.driver.items() if item.inherits("QQuickFlickable")]
    return [item.property("contentY") for item in scrolling]


@pytest.mark.parametrize("size", [(1080, 1920), (1920, 1080)], ids=["portrait", "landscape"])
@pytest.mark.parametrize("go", WAYS)
def test_scroll_buttons_work_on_the_way_that_people_come(
    start: Start, go: Callable[[KioskUnderTest], None], size: tuple[int, int]
) -> None:
    kiosk = start(size=size)
    kiosk.driver.touch("attractStart")
    kiosk.wait_for(Screen.HOME)
    go(kiosk)
    kiosk.driver.settle()
    kiosk.driver.look(0.1)
    before = positions(kiosk)
    kiosk.driver.touch_at(kiosk.driver.centre("scrollDown"))
    kiosk.wait_until(lambda: positions(kiosk) != before, "the page's turn")
