"""How long the kiosk waits for a visitor who does nothing. Pure; whoever asks brings the time."""

from dataclasses import dataclass
from math import ceil
from typing import Final

from kiosk.domain.screens import Screen

VERDICT_S: Final = 10.0
"""So long may a slip be on its way before the ticket is offered on screen instead."""

HOLDING_TICKET: Final = frozenset({Screen.TICKET, Screen.PRINTER_TROUBLE})
"""A number is on the screen, perhaps being photographed: it counts down in sight, and nothing is laid over it."""

_NOBODY_THERE: Final = frozenset({Screen.ATTRACT, Screen.CLOSED, Screen.OUT_OF_SERVICE, Screen.TECHNICIAN})


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds, from the configuration: after `idle` the kiosk asks whether anybody is there, and after `warning` more
    the session ends; `ticket` for reading the number.
    """

    idle: int
    warning: int
    ticket: int


@dataclass(frozen=True, slots=True)
class Remaining:
    """Whole seconds left, rounded up. `warning` None: there is nothing to warn of. `ticket` 0: no ticket is shown."""

    is_over: bool = False
    warning: int | None = None
    ticket: int = 0


def remaining(screen: Screen, idle_for: float, limits: Limits) -> Remaining:
    """What is left after `idle_for` seconds without a touch. Nobody is sent away while a slip is printing."""
    if screen is Screen.PRINTING:
        return Remaining()
    if screen in HOLDING_TICKET:
        left = ceil(limits.ticket - idle_for)
        return Remaining(is_over=left <= 0, ticket=max(left, 0))
    left = ceil(limits.idle + limits.warning - idle_for)
    is_warned = 0 < left <= limits.warning and screen not in _NOBODY_THERE
    return Remaining(is_over=left <= 0, warning=left if is_warned else None)
