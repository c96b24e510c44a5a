"""How long the kiosk waits, screen by screen."""

import pytest

from kiosk.domain.patience import Limits, Remaining, remaining
from kiosk.domain.screens import Screen

LIMITS = Limits(idle=60, warning=20, ticket=30)
FOR_EVER = 1e6


@pytest.mark.parametrize(
    ("screen", "idle_for", "left"),
    [
        (Screen.HOME, 0, Remaining()),
        (Screen.HOME, 59.0, Remaining()),
        (Screen.HOME, 60, Remaining(warning=20)),
        (Screen.HOME, 79.5, Remaining(warning=1)),
        (Screen.HOME, 80, Remaining(is_over=True)),
        (Screen.PRINTER_TROUBLE, 25.5, Remaining(ticket=5)),
        (Screen.PRINTER_TROUBLE, 30, Remaining(is_over=True)),
        (Screen.TICKET, 0, Remaining(ticket=30)),
        (Screen.TICKET, 29.5, Remaining(ticket=1)),
        (Screen.TICKET, 30, Remaining(is_over=True)),
        (Screen.PRINTING, FOR_EVER, Remaining()),
        (Screen.ATTRACT, 70, Remaining()),
        (Screen.CLOSED, 70, Remaining()),
        (Screen.TECHNICIAN, 70, Remaining()),
        (Screen.TECHNICIAN, 80, Remaining(is_over=True)),
    ],
)
def test_remaining(screen: Screen, idle_for: float, left: Remaining) -> None:
    assert remaining(screen, idle_for, LIMITS) == left


@pytest.mark.parametrize("screen", set(Screen) - {Screen.PRINTING})
def test_no_other_screen_waits_for_ever(screen: Screen) -> None:
    assert remaining(screen, FOR_EVER, LIMITS).is_over
