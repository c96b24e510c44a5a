"""The life of one stop: one table of what may follow what (design.md, section 5).

The table says what can have happened, not what an officer may do now: a desk that was cut off serves whoever stands
before it, and its word is taken. What is allowed live is stricter and lies with the site server.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from kiosk.domain.ticket import StopState


class Verb(StrEnum):
    """What happens to a stop. The last part of an event's type: `stop.called`."""

    CALL = "called"
    RECALL = "recalled"
    START = "started"
    COMPLETE = "completed"
    NO_SHOW = "no_show"
    PARK = "parked"
    UNPARK = "unparked"
    TRANSFER = "transferred"
    CANCEL = "cancelled"
    RETURN = "returned"
    """Who did not come when called has come after all; or who was thought to have gone without paper."""
    RELEASE = "released"
    """Back into the line, at the old place: the counter cannot serve after all."""


OPEN: Final = frozenset(
    {StopState.PENDING, StopState.WAITING, StopState.CALLED, StopState.SERVING, StopState.PARKED, StopState.NO_SHOW}
)
"""Something may still come of it today."""
ACTIVE: Final = frozenset({StopState.CALLED, StopState.SERVING})
"""The visitor is at a counter, or on the way there: a ticket has at most one such stop, and a counter too."""
CLOSED: Final = frozenset({StopState.COMPLETED, StopState.CANCELLED, StopState.TRANSFERRED, StopState.EXPIRED})
"""Whatever must come after it may begin. A no-show closes nothing yet: the visitor may still come."""

TRANSITIONS: Final[Mapping[tuple[StopState, Verb], StopState]] = {
    (StopState.WAITING, Verb.CALL): StopState.CALLED,
    (StopState.CALLED, Verb.RECALL): StopState.CALLED,
    (StopState.CALLED, Verb.START): StopState.SERVING,
    (StopState.WAITING, Verb.START): StopState.SERVING,
    (StopState.PENDING, Verb.START): StopState.SERVING,
    (StopState.PARKED, Verb.START): StopState.SERVING,
    (StopState.NO_SHOW, Verb.START): StopState.SERVING,
    (StopState.EXPIRED, Verb.START): StopState.SERVING,
    (StopState.SERVING, Verb.COMPLETE): StopState.COMPLETED,
    (StopState.PARKED, Verb.COMPLETE): StopState.COMPLETED,
    (StopState.CALLED, Verb.NO_SHOW): StopState.NO_SHOW,
    (StopState.SERVING, Verb.PARK): StopState.PARKED,
    (StopState.PARKED, Verb.UNPARK): StopState.WAITING,
    (StopState.SERVING, Verb.TRANSFER): StopState.TRANSFERRED,
    (StopState.NO_SHOW, Verb.RETURN): StopState.WAITING,
    (StopState.EXPIRED, Verb.RETURN): StopState.WAITING,
    (StopState.CALLED, Verb.RELEASE): StopState.WAITING,
    (StopState.SERVING, Verb.RELEASE): StopState.WAITING,
    **{(state, Verb.CANCEL): StopState.CANCELLED for state in sorted(OPEN)},
}


def transition(state: StopState, verb: Verb) -> StopState | None:
    """What becomes of a stop; None: that cannot happen to it."""
    return TRANSITIONS.get((state, verb))
