"""Which screen stands before the visitor. One pure function decides; no screen navigates by itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from kiosk.domain.print_job import PrintState
from kiosk.domain.visitor import Step, VisitorSession


class Screen(IntEnum):
    ATTRACT = 0
    HOME = 1
    SEARCH = 2
    AGENCIES = 3
    LIFE_EVENTS = 4
    AGENCY = 5
    LIFE_EVENT = 6
    SERVICE = 7
    VISIT = 8
    PRIORITY = 9
    PRINTING = 10
    TICKET = 11
    PRINTER_TROUBLE = 12
    CLOSED = 13
    OUT_OF_SERVICE = 14
    TECHNICIAN = 15
    YOUR_VISIT = 16


@dataclass(frozen=True, slots=True)
class Situation:
    """What the choice of a screen depends on. `is_printer_in_trouble`: the printer says that it cannot print now.
    `is_verdict_late`: the slip has been on its way for longer than anyone should stare at "printing".
    """

    session: VisitorSession
    is_out_of_service: bool = False
    is_hall_closed: bool = False
    is_technician_here: bool = False
    is_printer_in_trouble: bool = False
    is_verdict_late: bool = False


_SCREEN_OF_STEP: Final[Mapping[Step, Screen]] = {
    Step.HOME: Screen.HOME,
    Step.SEARCH: Screen.SEARCH,
    Step.AGENCIES: Screen.AGENCIES,
    Step.LIFE_EVENTS: Screen.LIFE_EVENTS,
    Step.AGENCY: Screen.AGENCY,
    Step.LIFE_EVENT: Screen.LIFE_EVENT,
    Step.SERVICE: Screen.SERVICE,
    Step.VISIT: Screen.VISIT,
    Step.PRIORITY: Screen.PRIORITY,
    Step.YOUR_VISIT: Screen.YOUR_VISIT,
}


def select_screen(situation: Situation) -> Screen:
    """Technician > out of service > a ticket in hand > closed > the session's step > attract.

    A ticket outlives closing time: whoever holds a number must be able to read it, and to ask where it stands by
    holding its slip before the scanner.
    """
    session = situation.session
    if situation.is_technician_here:
        return Screen.TECHNICIAN
    if situation.is_out_of_service:
        return Screen.OUT_OF_SERVICE
    if session.is_issuing or session.ticket is not None:
        return _screen_of_ticket(situation)
    if situation.is_hall_closed and not session.is_asking:
        return Screen.CLOSED
    if session.place is None:
        return Screen.ATTRACT
    return _SCREEN_OF_STEP[session.place.step]


def _screen_of_ticket(situation: Situation) -> Screen:
    """The label is shown together with the verdict. Where the printer cannot help, the ticket is offered on screen;
    where it might (a lost verdict, a slip that failed once), the ticket's screen asks and prints again.
    """
    job = situation.session.job
    if situation.session.is_issuing or job is None:
        return Screen.PRINTING
    if not job.state.is_final:
        is_stuck = situation.is_verdict_late or situation.is_printer_in_trouble
        return Screen.PRINTER_TROUBLE if is_stuck else Screen.PRINTING
    has_failed = job.state in {PrintState.FAILED, PrintState.EXPIRED}
    return Screen.PRINTER_TROUBLE if has_failed and situation.is_printer_in_trouble else Screen.TICKET
