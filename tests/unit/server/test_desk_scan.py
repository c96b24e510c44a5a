"""Scan = start, through HTTP with a real server: every verdict, and what is said with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from kiosk.domain.scan import ScanVerdict
from kiosk.domain.ticket import StopState
from kiosk.errors import StoreFullError
from kiosk.identity import new_identity
from kiosk.sync.desk_wire import Act, CounterState, DeskVerb, DeskView, Refusal, Scan
from server.calling import act
from server.database import Database
from server.desk_api import view_for
from server.desk_scan import scan
from server.enrolment import admit, revoke
from server.node import start_node
from server.schema import paper_visits
from tests.hall_with_desks import set_counter
from tests.paired_desk import action_name
from tests.paired_kiosk import SITE
from tests.served_hall import A, D, F, ServedHall, kiosk_record, served_hall, told

CALL_NEXT, START, COMPLETE, RECALL = DeskVerb.CALL_NEXT, DeskVerb.START, DeskVerb.COMPLETE, DeskVerb.RECALL


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[ServedHall]:
    with served_hall(tmp_path) as hall:
        yield hall


def test_who_waits_here_is_served_from_now_on_called_or_not(hall: ServedHall) -> None:
    first, second = hall.issue(), hall.issue()
    desk, other = hall.desk(9), hall.desk(10)
    answer = desk.scan(hall.token(second))
    assert (answer.verdict, answer.label, answer.queue) == (ScanVerdict.STARTED, "D-002", "D")
    assert answer.view is not None
    assert answer.view.visit is not None
    assert answer.view.visit.stops[0].state is StopState.SERVING
    other.do(CALL_NEXT)
    assert other.scan(hall.token(first)).verdict is ScanVerdict.STARTED
    assert [event.type for event in told(hall)] == ["stop.started", "stop.called", "stop.started"]


def test_a_scan_that_is_told_again_is_the_same_scan(hall: ServedHall) -> None:
    token, name = hall.token(hall.issue()), action_name()
    desk = hall.desk(9)
    assert desk.scan(token, name).verdict is ScanVerdict.STARTED
    assert desk.scan(token, name).verdict is ScanVerdict.STARTED
    assert desk.scan(token).verdict is ScanVerdict.ALREADY_HERE
    assert len(told(hall)) == 1


@pytest.mark.parametrize("typed", ["D-001", "d001", "d1", " D 001 ", "d-1"])
def test_a_label_typed_by_hand_is_as_good(hall: ServedHall, typed: str) -> None:
    hall.issue()
    assert hall.desk(9).scan(typed).verdict is ScanVerdict.STARTED


def test_the_wrong_counter_says_where_to_go(hall: ServedHall) -> None:
    hall.issue(A)
    token = hall.token(hall.issue(A))
    hall.desk(3)
    hall.desk(7)
    answer = hall.desk(9).scan(token)
    assert (answer.verdict, answer.label, answer.queue, answer.waiting) == (ScanVerdict.WRONG_COUNTER, "A-002", "A", 2)
    assert [(place.counter, place.floor, place.zone) for place in answer.where] == [(7, 1, "1A"), (3, 1, "1A")]
    assert hall.desk(10).scan(hall.token(hall.issue(F))).where[0].floor == 2  # nobody is there: as the site's file says


def test_what_must_come_first(hall: ServedHall) -> None:
    ticket = hall.issue(A, D, after={2: (1,)})
    answer = hall.desk(9).scan(hall.token(ticket))
    assert (answer.verdict, answer.queue, answer.waiting) == (ScanVerdict.FIRST_ELSEWHERE, "A", 1)
    assert answer.where[0].counter == 8


def test_a_counter_that_is_busy_closed_or_none(hall: ServedHall) -> None:
    first, second = hall.issue(), hall.issue()
    desk = hall.desk(9)
    desk.do(CALL_NEXT)
    assert desk.scan(hall.token(second)).verdict is ScanVerdict.COUNTER_BUSY
    assert desk.scan(hall.token(first)).verdict is ScanVerdict.STARTED
    desk.do(COMPLETE)
    hall.pause(desk)
    assert desk.scan(hall.token(second)).verdict is ScanVerdict.COUNTER_CLOSED
    assert hall.desk(None).scan(hall.token(second)).verdict is ScanVerdict.WRONG_COUNTER


def test_at_another_counter_already(hall: ServedHall) -> None:
    ticket = hall.issue()
    desk, other = hall.desk(9), hall.desk(10)
    desk.do(CALL_NEXT)
    answer = other.scan(hall.token(ticket))
    assert (answer.verdict, answer.counter, answer.by) == (ScanVerdict.CALLED_ELSEWHERE, 9, "P-009")
    assert [place.counter for place in answer.where] == [9]
    desk.do(START)
    hall.pass_time(seconds=30)
    answer = other.scan(hall.token(ticket))
    assert (answer.verdict, answer.counter, answer.by) == (ScanVerdict.SERVED_ELSEWHERE, 9, "P-009")
    assert answer.at == hall.clock.now() - timedelta(seconds=30)
    assert other.here() is None


def test_served_already(hall: ServedHall) -> None:
    one, two = hall.issue(), hall.issue(D, A)
    desk = hall.desk(9)
    for ticket in (one, two):
        desk.scan(hall.token(ticket))
        desk.do(COMPLETE)
    hall.pass_time(minutes=5)
    answer = desk.scan(hall.token(one))
    assert (answer.verdict, answer.by, answer.counter) == (ScanVerdict.COMPLETED, "P-009", 9)
    assert answer.at == hall.clock.now() - timedelta(minutes=5)
    assert answer.where == ()
    answer = desk.scan(hall.token(two))
    assert (answer.verdict, answer.queue, answer.waiting) == (ScanVerdict.COMPLETED, "A", 1)  # and where to go on
    assert answer.where[0].counter == 8
    assert hall.desk(15).scan(hall.token(one)).verdict is ScanVerdict.COMPLETED


def test_who_missed_the_call_stands_in_the_line_again(hall: ServedHall) -> None:
    missed = hall.issue()
    for _ in range(4):
        hall.pass_time(seconds=1)
        hall.issue()
    desk = hall.desk(9)
    desk.do(CALL_NEXT)
    desk.do(RECALL)
    desk.do(RECALL)
    desk.do(DeskVerb.NO_SHOW)
    name = action_name()
    assert desk.scan(hall.token(missed), name).verdict is ScanVerdict.RETURNED
    assert desk.scan(hall.token(missed), name).verdict is ScanVerdict.RETURNED
    assert desk.line() == ["D-002", "D-003", "D-004", "D-001", "D-005"]


def test_who_missed_the_call_is_served_where_nobody_waits(hall: ServedHall) -> None:
    missed = hall.issue()
    desk = hall.desk(9)
    desk.do(CALL_NEXT)
    desk.do(RECALL)
    desk.do(RECALL)
    desk.do(DeskVerb.NO_SHOW)
    assert desk.scan(hall.token(missed)).verdict is ScanVerdict.STARTED


def test_who_was_thought_to_have_gone_without_paper(hall: ServedHall) -> None:
    gone, too = hall.issue(D, A), hall.issue(A)
    hall.abandon(gone)
    hall.abandon(too)
    desk = hall.desk(9)
    assert desk.line() == []
    answer = desk.scan(hall.token(gone))
    assert (answer.verdict, answer.label) == (ScanVerdict.STARTED, "D-001")
    assert desk.scan(hall.token(too)).verdict is ScanVerdict.WRONG_COUNTER
    assert [event.type for event in told(hall)] == ["stop.returned", "stop.started", "stop.returned"]
    assert hall.desk(1).line() == ["(D-001)", "A-002"] or hall.desk(2).line() == ["A-002", "(D-001)"]


def test_a_genuine_ticket_that_has_not_arrived_is_served_from_its_paper(hall: ServedHall) -> None:
    hall.issue()
    late, later, third = hall.issue(D, A, late=True), hall.issue(late=True), hall.issue(A, late=True)
    desk, other = hall.desk(9), hall.desk(10)
    answer = desk.scan(hall.token(late))
    assert (answer.verdict, answer.label, answer.queue) == (ScanVerdict.STARTED, "D-002", "D")
    assert answer.view is not None
    visit = answer.view.visit
    assert visit is not None
    assert [(stop.service_id, stop.state) for stop in visit.stops] == [
        (D, StopState.SERVING),
        (A, StopState.WAITING),
    ]
    assert desk.here() == "D-002"
    assert desk.act(CALL_NEXT).refusal == "counter_busy"
    assert desk.scan(hall.token(later)).verdict is ScanVerdict.COUNTER_BUSY
    assert desk.scan(hall.token(late)).verdict is ScanVerdict.ALREADY_HERE
    assert other.scan(hall.token(late)).verdict is ScanVerdict.SERVED_ELSEWHERE
    assert other.scan(hall.token(third)).verdict is ScanVerdict.WRONG_COUNTER
    assert desk.act(DeskVerb.NO_SHOW).refusal == "not_possible"
    assert desk.do(COMPLETE).visit is None
    assert other.scan(hall.token(later)).verdict is ScanVerdict.STARTED
    hall.push()  # its kiosk is back
    assert desk.scan(hall.token(late)).verdict is ScanVerdict.COMPLETED
    view = other.view()
    assert view.visit is not None
    assert (view.visit.label, view.visit.stops[0].state) == ("D-003", StopState.SERVING)
    assert other.do(COMPLETE).visit is None


@pytest.mark.parametrize("verb", [COMPLETE, DeskVerb.PARK])
def test_a_deed_on_a_visitor_from_paper_is_done_once_however_often_it_is_asked_for(
    hall: ServedHall, verb: DeskVerb
) -> None:
    """The desk did not hear the answer, and the ticket has still not come: no table knows of the deed yet."""
    late = hall.issue(late=True)
    desk = hall.desk(9)
    assert desk.scan(hall.token(late)).verdict is ScanVerdict.STARTED
    assert desk.act(verb, action="a" * 16).refusal is None
    assert desk.act(verb, action="a" * 16).refusal is None
    assert desk.act(verb, action="b" * 16).refusal is Refusal.NOBODY_HERE
    assert len(told(hall)) == 2
    hall.push()
    assert desk.act(verb, action="a" * 16).refusal is None
    assert len(told(hall)) == 2


def test_who_was_served_from_paper_is_not_served_again(hall: ServedHall) -> None:
    """The ticket has still not come, but this server's own log knows."""
    late = hall.issue(D, A, late=True)
    desk, other, one = hall.desk(9, staff="P-009"), hall.desk(10), hall.desk(1)
    desk.scan(hall.token(late))
    desk.do(DeskVerb.PARK)
    assert other.scan(hall.token(late)).verdict is ScanVerdict.STARTED, "the visitor came back to another counter"
    other.do(DeskVerb.PARK)
    assert desk.scan(hall.token(late)).verdict is ScanVerdict.STARTED
    desk.do(COMPLETE)
    for each in (desk, other):
        answer = each.scan(hall.token(late))
        assert (answer.verdict, answer.counter, answer.by) == (ScanVerdict.COMPLETED, 9, "P-009")
    view = one.scan(hall.token(late)).view
    assert view is not None
    assert view.visit is not None, "the other stop of the same paper"
    assert [stop.state for stop in view.visit.stops] == [StopState.COMPLETED, StopState.SERVING]
    one.do(COMPLETE)
    assert one.scan(hall.token(late)).verdict is ScanVerdict.COMPLETED
    hall.push()
    assert desk.scan(hall.token(late)).verdict is ScanVerdict.COMPLETED


@pytest.mark.parametrize("state", [CounterState.PAUSED, CounterState.CLOSED])
def test_nobody_leaves_a_visitor_from_paper_behind(hall: ServedHall, state: CounterState) -> None:
    """The next officer of that counter would find him there."""
    late = hall.issue(late=True)
    desk = hall.desk(9)
    desk.scan(hall.token(late))
    assert set_counter(desk, 9, state).refusal is Refusal.COUNTER_BUSY
    assert set_counter(desk, 10).refusal is Refusal.COUNTER_BUSY
    assert desk.here() == late.label
    desk.do(COMPLETE)
    assert set_counter(desk, 9, state).refusal is None


def test_who_is_served_from_paper_is_still_there_after_a_restart(hall: ServedHall) -> None:
    late = hall.issue(D, A, late=True)
    desk, other = hall.desk(9), hall.desk(10)
    before = desk.scan(hall.token(late)).view
    node = hall.server.node
    again = start_node(
        node.role, node.database, node.clock, node.identity
    )  # what the process itself remembered is gone
    view = view_for(again, SITE, desk.device_id, desk.session)
    assert before is not None
    assert isinstance(view, DeskView)
    assert (view.visit, view.counter) == (before.visit, before.counter)
    answer, _ = act(again, SITE, desk.device_id, Act(session=desk.session, action=action_name(), verb=CALL_NEXT))
    assert answer.refusal == "counter_busy"
    said, _ = scan(
        again, SITE, other.device_id, Scan(session=other.session, action=action_name(), text=hall.token(late))
    )
    assert (said.verdict, said.counter) == (ScanVerdict.SERVED_ELSEWHERE, 9)
    answer, _ = act(again, SITE, desk.device_id, Act(session=desk.session, action=action_name(), verb=COMPLETE))
    assert answer.refusal is None
    assert desk.here() is None


def test_nobody_is_served_from_yesterdays_paper(hall: ServedHall) -> None:
    """Nobody said that it was over, and its kiosk never came back."""
    late = hall.issue(late=True)
    desk = hall.desk(9)
    desk.scan(hall.token(late))
    assert desk.here() == late.label
    hall.pass_time(days=1)
    with hall.server.node.database.writing() as connection:
        hall.server.node.service_days.ensure(connection, SITE)
    assert hall.desk(9, staff="P-900").here() is None
    with hall.server.node.database.reading() as connection:
        assert connection.execute(select(paper_visits)).all() == []


def test_what_did_not_come_to_the_disk_is_not_remembered_either(
    hall: ServedHall, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = hall.issue(late=True)
    desk = hall.desk(9)
    node = hall.server.node
    action = action_name()

    @contextmanager
    def full() -> Iterator[Connection]:
        with Database.writing(node.database) as connection:
            yield connection
            raise StoreFullError

    with monkeypatch.context() as disk:
        disk.setattr(node.database, "writing", full)
        with pytest.raises(StoreFullError):
            scan(node, SITE, desk.device_id, Scan(session=desk.session, action=action, text=hall.token(late)))
    assert desk.here() is None
    assert desk.scan(hall.token(late), action).verdict is ScanVerdict.STARTED
    with monkeypatch.context() as disk:
        disk.setattr(node.database, "writing", full)
        with pytest.raises(StoreFullError):
            act(node, SITE, desk.device_id, Act(session=desk.session, action=action_name(), verb=COMPLETE))
    assert desk.here() == late.label
    assert desk.do(COMPLETE).visit is None


def test_other_days_other_halls_and_other_keys(hall: ServedHall) -> None:
    ticket = hall.issue()
    desk = hall.desk(9)
    stranger, shut_out = new_identity(), new_identity()
    long_ago = hall.day - timedelta(days=9)
    assert desk.scan(hall.token(ticket, service_day=long_ago)).verdict is ScanVerdict.UNKNOWN_KEY  # not let in yet
    hall.pass_time(days=1)
    with hall.server.node.database.writing() as connection:
        hall.server.node.service_days.ensure(connection, SITE)
    desk = hall.desk(10)
    answer = desk.scan(hall.token(ticket))
    assert (answer.verdict, answer.day) == (ScanVerdict.OTHER_DAY, ticket.service_day)
    assert desk.scan("D-001").verdict is ScanVerdict.UNKNOWN
    assert desk.scan(hall.token(ticket, stranger)).verdict is ScanVerdict.UNKNOWN_KEY
    assert desk.scan(hall.token(ticket, stranger, site_number=77)).verdict is ScanVerdict.OTHER_SITE
    assert desk.scan(hall.token(ticket, site_number=77)).verdict is ScanVerdict.FORGED  # it may not speak for others
    assert desk.scan(hall.token(ticket, kiosk_number=2)).verdict is ScanVerdict.FORGED
    admit(hall.server.node, kiosk_record(shut_out, 2, "B"))
    revoke(hall.server.node, SITE, shut_out.device_id)
    hall.pass_time(days=1)
    tomorrow = hall.day + timedelta(days=2)
    desk = hall.desk(11)
    token = hall.token(ticket, shut_out, kiosk_number=2, service_day=tomorrow)
    assert desk.scan(token).verdict is ScanVerdict.REVOKED_KEY
    assert told(hall) == []
