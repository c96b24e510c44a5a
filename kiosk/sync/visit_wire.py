"""What a kiosk asks the site server about a slip that a visitor holds before its scanner. Shapes only;
docs/sync-protocol.md.

Signed by the kiosk; nobody is signed in at it. A repeated request with the same `action` brings nobody back twice.
"""

from datetime import date
from typing import Annotated, Final

from pydantic import Field

from kiosk.domain.ticket import StopState, Wait
from kiosk.domain.visit_status import StopStatus, VisitStatus, VisitVerdict
from kiosk.sync.desk_wire import MOST_SCANNED, CounterNumber
from kiosk.sync.wire import Hex16, Message

VISIT_PATH: Final = "/v1/visit"

_Seconds = Annotated[int, Field(ge=0)]


class Look(Message):
    """`action`: made by the kiosk, 16 hex digits, a new one for every scan. `text`: as the scanner typed it."""

    action: Hex16
    text: Annotated[str, Field(max_length=MOST_SCANNED)]


class StopSeen(Message):
    """As kiosk.domain.visit_status.StopStatus. `low_s`, `high_s`: both or none."""

    service: Annotated[str, Field(max_length=200)]
    state: StopState
    ahead: Annotated[int, Field(ge=0)] | None = None
    low_s: _Seconds | None = None
    high_s: _Seconds | None = None
    counter: CounterNumber | None = None
    returned: bool = False


class VisitSeen(Message):
    """As kiosk.domain.visit_status.VisitStatus."""

    verdict: VisitVerdict
    label: Annotated[str, Field(max_length=20)] = ""
    service_day: date | None = None
    stops: Annotated[tuple[StopSeen, ...], Field(max_length=40)] = ()


def seen(status: VisitStatus) -> VisitSeen:
    """What the server says of it."""
    return VisitSeen(
        verdict=status.verdict,
        label=status.label,
        service_day=status.service_day,
        stops=tuple(
            StopSeen(
                service=stop.service_id,
                state=stop.state,
                ahead=stop.ahead,
                low_s=None if stop.wait is None else stop.wait.low_s,
                high_s=None if stop.wait is None else stop.wait.high_s,
                counter=None if stop.counter is None else int(stop.counter),
                returned=stop.returned,
            )
            for stop in status.stops
        ),
    )


def status_of(answer: VisitSeen) -> VisitStatus:
    """What the kiosk makes of it."""
    return VisitStatus(
        verdict=answer.verdict,
        label=answer.label,
        service_day=answer.service_day,
        stops=tuple(
            StopStatus(
                service_id=stop.service,
                state=stop.state,
                ahead=stop.ahead,
                wait=None if stop.low_s is None or stop.high_s is None else Wait(stop.low_s, stop.high_s),
                counter=None if stop.counter is None else str(stop.counter),
                returned=stop.returned,
            )
            for stop in answer.stops
        ),
    )
