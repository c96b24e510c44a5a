"""What the hall does about deeds of desks that were cut off, once they are told."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.domain.course import Action
from kiosk.domain.desk_bodies import ACTION_TYPES, acted
from kiosk.domain.scan import ScanVerdict
from kiosk.domain.stop_life import Verb
from kiosk.domain.ticket import StopState, Ticket
from kiosk.domain.verdict import Verified
from kiosk.sync.desk_wire import ConflictView, DeskVerb, Refusal
from server.ingest import ingest
from server.rebuild import rebuild
from server.verification import verify_database
from tests.paired_desk import action_name
from tests.paired_kiosk import SITE
from tests.served_hall import A, D, Desk, ServedHall, served_hall, told
from tests.written_log import WrittenLog

pytestmark = pytest.mark.usefixtures("on_both_databases")

CALL_NEXT, START, COMPLETE = DeskVerb.CALL_NEXT, DeskVerb.START, DeskVerb.COMPLETE


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[ServedHall]:
    with served_hall(tmp_path) as hall:
        yield hall


class CutOff:
    """A desk's own log. `ahead`: of its clock."""

    def __init__(self, hall: ServedHall, desk: Desk, ahead: timedelta = timedelta()) -> None:
        self.log = WrittenLog(desk.device_id, clock_ms=0)
        self._hall = hall
        self._desk = desk
        self._ahead = ahead

    def does(self, verb: Verb, ticket: Ticket, position: int = 1, follows: str | None = None) -> None:
        self.log.clock_ms = round((self._hall.clock.now() + self._ahead).timestamp() * 1000)
        done = Action(("", "", "", 0), action_name(), verb, str(ticket.id), 0, position, self._desk.counter, "P-009")
        self.log.write(ACTION_TYPES[verb], acted(replace(done, follows=follows)))

    def merge(self) -> None:
        with self._hall.server.node.database.writing() as connection:
            now_ms = round(self._hall.clock.now().timestamp() * 1000)
            for raws in self.log.events.values():
                assert ingest(connection, SITE, self._desk.device_id, raws, now_ms).refusal is None


def test_who_was_called_to_a_counter_that_served_another_meanwhile_is_called_by_nobody_else(hall: ServedHall) -> None:
    called, other = hall.issue(D, A), hall.issue(D)
    nine, one, ten = hall.desk(9), hall.desk(1), hall.desk(10)
    nine.do(CALL_NEXT)
    hall.pass_time(seconds=5)
    cut_off = CutOff(hall, nine)
    cut_off.does(Verb.START, other)
    cut_off.merge()
    assert nine.here() == other.label
    assert one.line() == ["(D-001)"]
    assert one.refused(CALL_NEXT) is Refusal.NOBODY_WAITS, "no call that changes nothing is told as done"
    assert ten.scan(hall.token(called)).verdict is ScanVerdict.CALLED_ELSEWHERE
    assert nine.scan(hall.token(called)).verdict is ScanVerdict.COUNTER_BUSY
    hall.pass_time(seconds=5)
    nine.do(COMPLETE)
    assert nine.here() == called.label, "and is still called there"
    assert nine.scan(hall.token(called)).verdict is ScanVerdict.STARTED


def test_what_follows_a_deed_of_a_clock_that_is_a_little_ahead_comes_after_it(hall: ServedHall) -> None:
    ticket = hall.issue(D)
    nine = hall.desk(9)
    cut_off = CutOff(hall, nine, ahead=timedelta(seconds=3))
    cut_off.does(Verb.START, ticket)
    cut_off.merge()
    assert nine.do(COMPLETE).visit is None
    assert nine.scan(hall.token(ticket)).verdict is ScanVerdict.COMPLETED


@pytest.mark.parametrize("ahead", [timedelta(minutes=1), timedelta(days=365 * 2000)])
def test_a_desk_whose_clock_is_far_ahead_locks_no_ticket(hall: ServedHall, ahead: timedelta) -> None:
    """What it did counts, at a time that the server can vouch for; and what the server says since comes after it."""
    ticket, other = hall.issue(D, A), hall.issue(D)
    nine = hall.desk(9)
    cut_off = CutOff(hall, nine, ahead)
    cut_off.does(Verb.START, ticket)
    hall.pass_time(seconds=30)
    cut_off.merge()
    visit = nine.view().visit
    assert visit is not None
    assert (visit.label, visit.stops[0].serving_s) == (ticket.label, 0), "it happened by now, whatever it says"
    hall.pass_time(seconds=40)
    visit = nine.view().visit
    assert visit is not None
    assert visit.stops[0].serving_s == 40
    assert nine.do(COMPLETE).visit is None
    assert nine.scan(hall.token(ticket)).verdict is ScanVerdict.COMPLETED
    one = hall.desk(1)
    assert one.scan(hall.token(ticket)).verdict is ScanVerdict.STARTED
    assert one.do(COMPLETE).visit is None
    assert all(event.hlc < f"{round(hall.clock.now().timestamp() * 1000) + 1 << 16:016x}" for event in told(hall)), (
        "and the server's own clock was not moved by it"
    )
    visit = nine.do(CALL_NEXT).visit
    assert visit is not None
    assert visit.label == other.label
    database = hall.server.node.database
    rebuilt = rebuild(database)
    assert rebuilt.before == rebuilt.after
    assert isinstance(verify_database(database), Verified)


def test_nor_does_it_overtake_what_is_done_to_a_visitor_from_paper(hall: ServedHall) -> None:
    late = hall.issue(D, late=True)
    nine = hall.desk(9)
    cut_off = CutOff(hall, nine, ahead=timedelta(minutes=1))
    for verb in (Verb.START, Verb.PARK):
        cut_off.does(verb, late)
    cut_off.merge()
    assert nine.scan(hall.token(late)).verdict is ScanVerdict.STARTED
    hall.push()  # its kiosk is back
    assert nine.here() == late.label
    assert nine.do(COMPLETE).visit is None


def test_a_deed_of_a_clock_that_is_ahead_is_taken_back_within_ten_seconds_of_the_server(hall: ServedHall) -> None:
    ticket = hall.issue(D)
    nine = hall.desk(9)
    cut_off = CutOff(hall, nine, ahead=timedelta(minutes=1))
    cut_off.does(Verb.START, ticket)
    cut_off.merge()
    assert nine.view().undo is not None
    hall.pass_time(seconds=11)
    assert nine.view().undo is None
    assert nine.refused(DeskVerb.UNDO) is Refusal.TOO_LATE
    nine.do(COMPLETE)
    undo = nine.view().undo
    assert undo is not None
    assert undo.until == hall.clock.now() + timedelta(seconds=10)
    visit = nine.do(DeskVerb.UNDO).visit
    assert visit is not None
    assert visit.stops[0].state is StopState.SERVING


def test_nobody_can_say_what_nothing_can_come_after(hall: ServedHall) -> None:
    """Neither by a stamp at the end of all time, nor by what only the server can know: it waits, unread."""
    ticket = hall.issue(D)
    nine = hall.desk(9)
    cut_off = CutOff(hall, nine)
    cut_off.does(Verb.START, ticket, follows="7" + "f" * 14 + "0")
    cut_off.log.stamp = 2**63 - 3
    cut_off.does(Verb.START, ticket)
    cut_off.merge()
    assert nine.here() is None
    assert nine.scan(hall.token(ticket)).verdict is ScanVerdict.STARTED
    assert nine.do(COMPLETE).visit is None
    assert isinstance(verify_database(hall.server.node.database), Verified)


def test_both_counters_are_told_of_a_ticket_that_they_had_at_once(hall: ServedHall) -> None:
    ticket, quiet = hall.issue(D), hall.issue(D)
    nine, ten, eleven = hall.desk(9), hall.desk(10), hall.desk(11)
    logs = CutOff(hall, nine), CutOff(hall, ten)
    for log in logs:
        log.does(Verb.START, ticket)
        hall.pass_time(seconds=5)
    for log in logs:
        log.merge()
    assert nine.view().conflicts == (ConflictView(label=ticket.label, other_counter=10),)
    assert ten.view().conflicts == (ConflictView(label=ticket.label, other_counter=9),)
    assert eleven.view().conflicts == ()
    assert (nine.here(), ten.here()) == (ticket.label, None), "the first who saw the visitor"
    visit = nine.view().visit
    assert visit is not None
    assert visit.conflict
    visit = eleven.do(CALL_NEXT).visit
    assert visit is not None
    assert (visit.label, visit.conflict) == (quiet.label, False)
