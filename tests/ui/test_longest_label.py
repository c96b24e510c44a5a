"""The longest label there can be is read whole, on every panel and at every size of text."""

from dataclasses import replace

import pytest

from kiosk.domain.numbering import HIGHEST_SERIES, format_label
from kiosk.domain.screens import Screen
from tests.ui.conftest import Start

LONGEST = format_label("DK", 65535, HIGHEST_SERIES)


@pytest.mark.parametrize("size", [(1080, 1920), (1920, 1080)])
@pytest.mark.parametrize("stops", [1, 4])
def test_the_longest_label_fits_on_the_ticket_screen(start: Start, size: tuple[int, int], stops: int) -> None:
    assert len(LONGEST) == 11
    kiosk = start(size=size)
    attendant = kiosk.attendant
    attendant.start()
    kiosk.wait_for(Screen.HOME)
    attendant.open_service("dukcapil.ktp-hilang")
    attendant.take_ticket()
    kiosk.wait_for(Screen.PRIORITY)
    attendant.answer_priority(is_priority=False)
    kiosk.wait_for(Screen.TICKET)
    session = kiosk.state.session
    assert session.ticket is not None
    shown = tuple(replace(session.ticket.stops[0], position=position) for position in range(1, stops + 1))
    ticket = replace(session.ticket, label=LONGEST, stops=shown, people_ahead=(0,) * stops, promised=())
    attendant._set_state(replace(kiosk.state, session=replace(session, ticket=ticket)))
    for _ in range(3):
        kiosk.wait_until(lambda: LONGEST in kiosk.driver.texts(), "the label")
        label = kiosk.driver.find("ticketLabel")
        assert label is not None
        assert not label.property("truncated")
        assert label.property("contentWidth") <= label.width()
        attendant.cycle_text_scale()
        kiosk.run_events()
