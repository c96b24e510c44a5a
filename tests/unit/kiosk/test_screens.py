"""Every situation has one screen, and the more urgent one wins."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from kiosk.domain.language import Language
from kiosk.domain.print_job import PrintJob, PrintState
from kiosk.domain.screens import Screen, Situation, select_screen
from kiosk.domain.ticket import Ticket, TicketId
from kiosk.domain.visitor import HOME, YOUR_VISIT, Place, Step, VisitorSession

NOW = datetime(2026, 11, 21, 2, 41, tzinfo=UTC)
TICKET = Ticket(
    id=TicketId("0" * 16),
    site_id="s",
    service_day=date(2026, 11, 21),
    series=0,
    queue_code="D",
    number=1,
    label="D-001",
    stops=(),
    is_priority=False,
    language=Language.INDONESIAN,
    issued_at=NOW,
    clock_trusted=True,
    token="K1.X",
    people_ahead=(),
)
NOBODY = VisitorSession("key", Language.INDONESIAN)
AT_HOME = replace(NOBODY, route=(HOME,))
ISSUING = replace(AT_HOME, is_issuing=True)


def with_slip(state: PrintState) -> VisitorSession:
    return replace(AT_HOME, ticket=TICKET, job=PrintJob(1, TICKET.id, 0, state, "", NOW))


CASES: list[tuple[str, Situation, Screen]] = [
    ("nobody there", Situation(NOBODY), Screen.ATTRACT),
    ("touched", Situation(AT_HOME), Screen.HOME),
    ("issuing", Situation(ISSUING), Screen.PRINTING),
    ("issuing while the printer is in trouble", Situation(ISSUING, is_printer_in_trouble=True), Screen.PRINTING),
    ("issuing while the hall closes", Situation(ISSUING, is_hall_closed=True), Screen.PRINTING),
    ("queued", Situation(with_slip(PrintState.QUEUED)), Screen.PRINTING),
    ("sending", Situation(with_slip(PrintState.SENDING)), Screen.PRINTING),
    ("sending too long", Situation(with_slip(PrintState.SENDING), is_verdict_late=True), Screen.PRINTER_TROUBLE),
    ("no paper mid-slip", Situation(with_slip(PrintState.SENDING), is_printer_in_trouble=True), Screen.PRINTER_TROUBLE),
    ("confirmed", Situation(with_slip(PrintState.CONFIRMED)), Screen.TICKET),
    ("confirmed late", Situation(with_slip(PrintState.CONFIRMED), is_verdict_late=True), Screen.TICKET),
    ("the last of the paper", Situation(with_slip(PrintState.CONFIRMED), is_printer_in_trouble=True), Screen.TICKET),
    ("unverified", Situation(with_slip(PrintState.UNVERIFIED)), Screen.TICKET),
    ("unknown: the ticket's screen asks", Situation(with_slip(PrintState.UNKNOWN)), Screen.TICKET),
    ("failed, may be tried again", Situation(with_slip(PrintState.FAILED)), Screen.TICKET),
    ("failed", Situation(with_slip(PrintState.FAILED), is_printer_in_trouble=True), Screen.PRINTER_TROUBLE),
    ("expired", Situation(with_slip(PrintState.EXPIRED), is_printer_in_trouble=True), Screen.PRINTER_TROUBLE),
    (
        "reprinting",
        Situation(replace(with_slip(PrintState.FAILED), is_issuing=True), is_verdict_late=True),
        Screen.PRINTING,
    ),
    ("a slip before the scanner", Situation(replace(NOBODY, route=(YOUR_VISIT,))), Screen.YOUR_VISIT),
    ("asked after closing", Situation(replace(NOBODY, route=(YOUR_VISIT,)), is_hall_closed=True), Screen.YOUR_VISIT),
    ("issuing, whatever was asked", Situation(replace(ISSUING, route=(HOME, YOUR_VISIT))), Screen.PRINTING),
    ("closed with nobody there", Situation(NOBODY, is_hall_closed=True), Screen.CLOSED),
    ("closed while choosing", Situation(AT_HOME, is_hall_closed=True), Screen.CLOSED),
    ("closed with a ticket in hand", Situation(with_slip(PrintState.CONFIRMED), is_hall_closed=True), Screen.TICKET),
    (
        "closed with a ticket that failed",
        Situation(with_slip(PrintState.FAILED), is_hall_closed=True, is_printer_in_trouble=True),
        Screen.PRINTER_TROUBLE,
    ),
    ("printer in trouble before choosing", Situation(AT_HOME, is_printer_in_trouble=True), Screen.HOME),
    ("out of service", Situation(NOBODY, is_out_of_service=True), Screen.OUT_OF_SERVICE),
    (
        "out of service and all the rest",
        Situation(with_slip(PrintState.FAILED), is_out_of_service=True, is_hall_closed=True),
        Screen.OUT_OF_SERVICE,
    ),
    (
        "a technician may always look",
        Situation(NOBODY, is_out_of_service=True, is_technician_here=True),
        Screen.TECHNICIAN,
    ),
]


@pytest.mark.parametrize(("situation", "screen"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_the_screen_follows_from_the_situation(situation: Situation, screen: Screen) -> None:
    assert select_screen(situation) is screen


@pytest.mark.parametrize("step", Step)
def test_every_step_has_the_screen_of_its_name(step: Step) -> None:
    session = replace(NOBODY, route=(HOME, Place(step, "x")))
    assert select_screen(Situation(session)).name == step.name
