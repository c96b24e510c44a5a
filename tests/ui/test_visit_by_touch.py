"""A visitor at the glass: real windows, synthetic fingers and keys at scene positions."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QWindow
from PySide6.QtTest import QTest

from kiosk.config import ScreenConfig
from kiosk.domain.screens import Screen
from tests.ui.conftest import KioskUnderTest
from ui.kiosk_window import fill_panel

LOST_ID = "dukcapil.ktp-hilang"
LOST_REPORT = "polda.lapor-hilang"


def go_to_priority(kiosk: KioskUnderTest, service_id: str = LOST_ID) -> None:
    kiosk.driver.touch("attractStart")
    kiosk.wait_for(Screen.HOME)
    kiosk.attendant.open_service(service_id)
    kiosk.wait_for(Screen.SERVICE)
    kiosk.driver.touch("takeTicketButton")
    kiosk.wait_for(Screen.PRIORITY)


@pytest.mark.parametrize(("language", "query"), [("id", "ktp hilang"), ("en", "lost id")])
def test_by_own_words(kiosk: KioskUnderTest, language: str, query: str) -> None:
    driver = kiosk.driver
    driver.wait_for(Screen.ATTRACT)
    driver.touch("attractStart")
    driver.wait_for(Screen.HOME)
    driver.touch(f"language_{language}")
    driver.touch("searchField")
    driver.wait_for(Screen.SEARCH)
    driver.type(query)
    kiosk.wait_until(lambda: kiosk.state.hits_of == query, "the answer")
    driver.touch(f"service_{LOST_ID}")
    driver.wait_for(Screen.SERVICE)
    driver.touch("takeTicketButton")
    driver.wait_for(Screen.PRIORITY)
    driver.touch("priorityNo")
    driver.wait_for(Screen.TICKET)
    ticket = kiosk.state.session.ticket
    assert ticket is not None
    assert ticket.language.value == language
    assert ticket.label in driver.texts()
    assert len(kiosk.printer.slips()) == 1


def test_by_life_event_with_two_agencies(kiosk: KioskUnderTest) -> None:
    driver = kiosk.driver
    driver.touch("attractStart")
    driver.wait_for(Screen.HOME)
    driver.touch("allLifeEvents")
    driver.wait_for(Screen.LIFE_EVENTS)
    driver.touch("lifeEvent_dokumen-hilang")
    driver.wait_for(Screen.LIFE_EVENT)
    driver.touch(f"service_{LOST_REPORT}")
    driver.touch(f"service_{LOST_ID}")
    driver.touch("continueButton")
    driver.wait_for(Screen.VISIT)
    driver.touch("takeTicketButton")
    driver.wait_for(Screen.PRIORITY)
    driver.touch("priorityYes")
    driver.wait_for(Screen.TICKET)
    ticket = kiosk.state.session.ticket
    assert ticket is not None
    assert ticket.is_priority
    assert {stop.service_id for stop in ticket.stops} == {LOST_ID, LOST_REPORT}


def test_by_agency_far_down_the_list(kiosk: KioskUnderTest) -> None:
    driver = kiosk.driver
    driver.touch("attractStart")
    driver.wait_for(Screen.HOME)
    driver.touch("allAgencies")
    driver.wait_for(Screen.AGENCIES)
    driver.touch("agency_bri")
    driver.wait_for(Screen.AGENCY)
    service = kiosk.application.view_model.view.agency_services[-1]
    driver.touch(f"service_{service.service_id}")
    driver.wait_for(Screen.SERVICE)
    driver.touch("addToVisitButton")
    driver.wait_for(Screen.HOME)
    driver.touch("basketBar")
    driver.wait_for(Screen.VISIT)
    driver.touch(f"remove_{service.service_id}")
    kiosk.wait_until(lambda: not kiosk.state.session.chosen)
    driver.touch("backButton")
    driver.wait_for(Screen.HOME)


def test_a_thousand_taps_make_one_ticket(kiosk: KioskUnderTest) -> None:
    go_to_priority(kiosk)
    place = kiosk.driver.centre("priorityNo")
    for _ in range(1000):
        kiosk.driver.touch_at(place)
    kiosk.wait_for(Screen.TICKET)
    assert kiosk.stored("SELECT count(*) FROM tickets") == [(1,)]
    assert len(kiosk.printer.slips()) == 1


def test_ten_fingers_make_one_ticket(kiosk: KioskUnderTest) -> None:
    go_to_priority(kiosk)
    place = kiosk.driver.centre("priorityNo")
    window, device = kiosk.driver.window, QTest.createTouchDevice()
    for action in ("press", "release"):
        hand = QTest.touchEvent(window, device)
        for finger in range(10):
            getattr(hand, action)(finger, place + QPoint(finger - 5, 0), window)
        hand.commit()
    kiosk.wait_for(Screen.TICKET)
    assert kiosk.stored("SELECT count(*) FROM tickets") == [(1,)]


def test_press_inside_and_release_outside_is_a_change_of_mind(kiosk: KioskUnderTest) -> None:
    go_to_priority(kiosk)
    kiosk.driver.press_and_slide_off("priorityNo")
    kiosk.run_events()
    assert kiosk.shows(Screen.PRIORITY)
    assert kiosk.stored("SELECT count(*) FROM tickets") == [(0,)]


def test_the_idle_warning_is_answered_by_touch(kiosk: KioskUnderTest) -> None:
    kiosk.driver.touch("attractStart")
    kiosk.wait_for(Screen.HOME)
    kiosk.pass_time(61)
    kiosk.driver.wait_for_item("stillHereButton")
    kiosk.driver.touch("stillHereButton")
    kiosk.wait_until(lambda: kiosk.driver.find("idleOverlay") is None)
    assert kiosk.shows(Screen.HOME)


def test_any_touch_is_a_sign_of_life(kiosk: KioskUnderTest) -> None:
    kiosk.driver.touch("attractStart")
    kiosk.wait_for(Screen.HOME)
    kiosk.pass_time(50)
    kiosk.driver.touch_at(QPoint(kiosk.driver.window.width() // 2, 4))
    kiosk.pass_time(50)
    assert kiosk.shows(Screen.HOME)
    assert kiosk.seconds_warned() is None


def test_the_window_does_not_close_and_hears_no_shortcuts(kiosk: KioskUnderTest) -> None:
    window = kiosk.driver.window
    window.close()
    kiosk.driver.key(Qt.Key.Key_F4, Qt.KeyboardModifier.AltModifier)
    kiosk.driver.key(Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
    assert window.isVisible()


def test_on_the_panel_it_fills_the_screen_without_a_frame(kiosk: KioskUnderTest) -> None:
    window = kiosk.driver.window
    fill_panel(window, ScreenConfig(full_screen=True))
    assert window.visibility() is QWindow.Visibility.FullScreen
    assert window.flags() & Qt.WindowType.FramelessWindowHint
    assert window.cursor().shape() is Qt.CursorShape.BlankCursor


def test_a_whole_visit_by_keyboard(kiosk: KioskUnderTest) -> None:
    driver = kiosk.driver
    driver.settle()
    _press_by_keyboard(kiosk, "attractStart")
    driver.wait_for(Screen.HOME)
    _press_by_keyboard(kiosk, f"popular_{LOST_ID}")
    driver.wait_for(Screen.SERVICE)
    _press_by_keyboard(kiosk, "takeTicketButton")
    driver.wait_for(Screen.PRIORITY)
    _press_by_keyboard(kiosk, "priorityNo")
    driver.wait_for(Screen.TICKET)
    kiosk.pass_time(1)
    _press_by_keyboard(kiosk, "finishButton")
    driver.wait_for(Screen.ATTRACT)


def _press_by_keyboard(kiosk: KioskUnderTest, name: str) -> None:
    """Tab until it has the focus, as someone without a touch screen would, then Enter."""
    for _ in range(80):
        if kiosk.driver.focused_name() == name:
            kiosk.driver.key(Qt.Key.Key_Return)
            return
        kiosk.driver.key(Qt.Key.Key_Tab)
    pytest.fail(f"{name} cannot be reached by Tab")
