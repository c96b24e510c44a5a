"""What a kiosk may answer to a slip before its scanner, one of each kind: for pictures, and for tests of all of them.

The names are the longest that the hall has, so that what fits here fits always.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from kiosk.domain.catalogue import Service
from kiosk.domain.ticket import MAX_STOPS, StopState, Wait
from kiosk.domain.visit_status import StopStatus, VisitStatus, VisitVerdict
from ui.visitor.hall import Hall

_WITHOUT_STOPS = (
    VisitVerdict.OTHER_SITE,
    VisitVerdict.FORGED,
    VisitVerdict.UNKNOWN_KEY,
    VisitVerdict.REVOKED_KEY,
    VisitVerdict.UNKNOWN,
    VisitVerdict.UNREADABLE,
)


def visits(hall: Hall, yesterday: date) -> Iterator[tuple[str, VisitStatus]]:
    """(name of the scene, answer)."""
    one, two, three, four = (StopStatus(service.id, StopState.WAITING) for service in _longest(hall))
    counter = _counter(hall, one.service_id)
    first = replace(one, ahead=4, wait=Wait(1200, 2100))
    second = replace(two, ahead=0, wait=Wait(0, 300))
    third, fourth = replace(three, ahead=11, wait=None), replace(four, ahead=1, wait=Wait(3600, 5400))
    called = replace(one, state=StopState.CALLED, counter=counter)
    served = replace(one, state=StopState.SERVING, counter=counter)
    done = replace(two, state=StopState.COMPLETED)
    found = VisitStatus(VisitVerdict.FOUND, "KM-045", stops=(first,))
    yield "waiting", found
    yield "waiting-four", replace(found, stops=(first, second, third, fourth))
    yield "called", replace(found, stops=(called,))
    yield "called-four", replace(found, stops=(second, called, third, done))
    yield "serving", replace(found, stops=(done, served, third))
    back = replace(first, ahead=3, returned=True)
    yield "returned", VisitStatus(VisitVerdict.RETURNED, "KM-045", stops=(back, third))
    gone = (
        replace(one, state=StopState.PARKED),
        replace(two, state=StopState.NO_SHOW),
        replace(three, state=StopState.TRANSFERRED),
        replace(four, state=StopState.CANCELLED),
    )
    yield "parked-missed", replace(found, stops=gone)
    yield "missed", replace(found, stops=gone[1:2])
    yield "done", replace(found, stops=(done, replace(one, state=StopState.COMPLETED)))
    yield "cancelled", replace(found, stops=gone[3:])
    yield "expired", replace(found, stops=(replace(one, state=StopState.EXPIRED),))
    yield "from-paper", VisitStatus(VisitVerdict.FROM_PAPER, "KM-999K2", stops=(one, two, three, four))
    yield "other-day", VisitStatus(VisitVerdict.OTHER_DAY, "KM-045", yesterday)
    for verdict in _WITHOUT_STOPS:
        yield verdict.value.replace("_", "-"), VisitStatus(verdict)


def _longest(hall: Hall) -> list[Service]:
    """As many services as one ticket takes, each of another agency; what a hall lacks is taken again."""

    def length(service: Service) -> int:
        return len(hall.catalogue.agency_of(service).short + service.name.id)

    of_agency = [
        max(filter(hall.is_offered, agency.services), key=length)
        for agency in hall.agencies
        if any(map(hall.is_offered, agency.services))
    ]
    found = sorted(of_agency, key=length, reverse=True)[:MAX_STOPS]
    return (found * MAX_STOPS)[:MAX_STOPS]


def _counter(hall: Hall, service_id: str) -> str:
    return str(hall.site.queue_by_service[service_id].counters[0].number)
