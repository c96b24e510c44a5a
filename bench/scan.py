"""From a scanned ticket to the verdict at the desk, over HTTP to a site server of its own, beside a bare signed
request. The signature is verified, the stop is started, and the answer holds the desk's whole view.
"""

import secrets
import time
from collections.abc import Sequence
from typing import Final

from bench.counter_hall import CounterHall, LeanDesk, counter_hall
from bench.measurement import Budget, Measurement
from kiosk.domain.scan import ScanVerdict
from kiosk.errors import KioskError
from kiosk.sync.desk_wire import SCAN_PATH, DeskVerb, Scan, ScanAnswer

COUNT: Final = 300
_BUDGET: Final = Budget("p95", 100)


def measure() -> Sequence[Measurement]:
    with counter_hall(COUNT) as hall:
        scanned, bare = _scan_all(hall)
    return [Measurement("scan to verdict / bare signed request", "ms", scanned, bare, (_BUDGET,))]


def _scan_all(hall: CounterHall) -> tuple[Sequence[float], Sequence[float]]:
    scanned, bare = [], []
    for ticket in hall.tickets:
        wish = Scan(session=hall.desk.session, action=secrets.token_hex(8), text=ticket.token)
        took, body = timed(hall.desk, hall.desk.request(SCAN_PATH, wish))
        answer = ScanAnswer.model_validate_json(body)
        if answer.verdict is not ScanVerdict.STARTED:
            raise KioskError(f"A genuine ticket was not served: {answer.verdict}.")
        scanned.append(took)
        bare.append(timed(hall.desk, hall.desk.bare())[0])
        hall.desk.do(DeskVerb.COMPLETE)
    return scanned, bare


def timed(desk: LeanDesk, request: bytes) -> tuple[float, bytes]:
    """Milliseconds, and the answer."""
    begun = time.perf_counter()
    body = desk.tell(request)
    return (time.perf_counter() - begun) * 1000, body
