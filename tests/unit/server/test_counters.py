"""Opening, pausing, closing a counter and taking another one, over HTTP at a real server."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.domain.availability import ClosedReason
from kiosk.sync.desk_wire import CounterState, DeskVerb, Leaving, Refusal, Role
from server.leaving import AT_ONCE
from server.staff_sessions import LASTS_MS, end_old_sessions
from tests.hall_with_desks import HallWithDesks, act, hall_with_desks, set_counter
from tests.paired_desk import add_officer

pytestmark = pytest.mark.usefixtures("on_both_databases")


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[HallWithDesks]:
    with hall_with_desks(tmp_path) as hall:
        yield hall


def test_a_counter_opens_with_the_queues_of_the_halls_file(hall: HallWithDesks) -> None:
    desk = hall.desk("P-017", 9)
    view = set_counter(desk, 9).view
    assert view is not None
    assert view.counter is not None
    assert (view.counter.counter, view.counter.state, view.counter.queues) == (9, CounterState.OPEN, ("D",))
    assert (view.counter.officer, view.counter.floor) == ("P-017", 1)
    (opened,) = hall.told("counter.opened")
    assert opened.body == {"counter": 9, "queues": ["D"], "officer": "P-017", "device_id": desk.device_id}
    assert set_counter(desk, 9).refusal is None
    assert len(hall.told("counter.opened")) == 1, "again says nothing"


def test_a_break_and_back(hall: HallWithDesks) -> None:
    desk = hall.desk("P-017", 9)
    set_counter(desk, 9)
    hall.issue(2)
    assert set_counter(desk, 9, CounterState.PAUSED).refusal is None
    assert hall.counter_row(9).state == "paused"
    set_counter(desk, 9)
    assert hall.counter_row(9).state == "open"


@pytest.mark.parametrize("state", [CounterState.PAUSED, CounterState.CLOSED])
def test_nobody_leaves_a_visitor_behind(hall: HallWithDesks, state: CounterState) -> None:
    desk = hall.desk("P-017", 9)
    set_counter(desk, 9)
    hall.issue()
    assert act(desk, DeskVerb.CALL_NEXT).refusal is None
    assert set_counter(desk, 9, state).refusal is Refusal.COUNTER_BUSY
    assert set_counter(desk, 10).refusal is Refusal.COUNTER_BUSY
    act(desk, DeskVerb.START)
    act(desk, DeskVerb.COMPLETE)
    assert set_counter(desk, 9, state).refusal is None


def test_a_counter_that_another_has_is_taken(hall: HallWithDesks) -> None:
    first, second = hall.desk("P-017", 9), hall.desk("P-018")
    assert set_counter(second, 9).refusal is Refusal.COUNTER_TAKEN
    first.sign_out()
    assert set_counter(second, 9).refusal is None
    assert hall.counter_row(9).officer == "P-018"


def test_a_counter_that_the_hall_does_not_have(hall: HallWithDesks) -> None:
    desk = hall.desk("P-017")
    assert set_counter(desk, 9999).refusal is Refusal.NO_COUNTER
    assert set_counter(desk, 9, CounterState.CLOSED).refusal is Refusal.NO_COUNTER, "not this desk's"


def test_taking_another_counter_closes_the_one_before(hall: HallWithDesks) -> None:
    desk = hall.desk("P-017", 9)
    set_counter(desk, 9)
    hall.issue(3)
    view = set_counter(desk, 10).view
    assert view is not None
    assert view.counter is not None
    assert (view.counter.counter, view.counter.state) == (10, CounterState.OPEN), "the same queue: nobody is left"
    assert hall.counter_row(9).state == "closed"
    answer = set_counter(desk, 1)
    assert (answer.refusal, answer.waiting) == (Refusal.PEOPLE_WAIT, 3), "another queue: they are"
    assert set_counter(desk, 1, leaving=Leaving.KEEP).refusal is None
    assert [hall.counter_row(number).state for number in (9, 10, 1)] == ["closed", "closed", "open"]


def test_closing_asks_only_the_last_one(hall: HallWithDesks) -> None:
    first, second = hall.desk("P-017", 9), hall.desk("P-018", 10)
    set_counter(first, 9)
    set_counter(second, 10)
    hall.issue(4)
    assert set_counter(first, 9, CounterState.CLOSED).refusal is None
    answer = set_counter(second, 10, CounterState.CLOSED)
    assert (answer.refusal, answer.waiting) == (Refusal.PEOPLE_WAIT, 4)
    assert hall.counter_row(10).state == "open"


@pytest.mark.parametrize(
    ("leaving", "closed", "states"),
    [
        (Leaving.KEEP, [], ["waiting"] * 3),
        (Leaving.SERVE_ONLY, ["D"], ["waiting"] * 3),
        (Leaving.DISMISS, ["D"], ["cancelled"] * 3),
    ],
)
def test_what_becomes_of_those_who_wait(
    hall: HallWithDesks,
    leaving: Leaving,
    closed: list[str],
    states: list[str],
) -> None:
    desk = hall.desk("P-017", 9)
    set_counter(desk, 9)
    hall.issue(3)
    assert set_counter(desk, 9, CounterState.CLOSED, leaving).refusal is None
    assert (hall.counter_row(9).state, hall.states()) == ("closed", states)
    assert [event.body["queue_code"] for event in hall.told("queue.closed")] == closed
    view = set_counter(desk, 9).view
    assert view is not None
    assert [queue.queue for queue in view.queues if queue.is_closed] == closed, "opening the counter opens no queue"


@pytest.mark.usefixtures("on_both_databases")
def test_many_are_sent_home_some_at_a_time(hall: HallWithDesks) -> None:
    desk = hall.desk("P-017", 9)
    set_counter(desk, 9)
    hall.issue(AT_ONCE + 5)
    other = hall.desk("P-018", 1)
    set_counter(other, 1)
    hall.issue(2, queue="A")
    set_counter(desk, 9, CounterState.CLOSED, Leaving.DISMISS)
    assert sorted(hall.states()) == ["cancelled"] * (AT_ONCE + 5) + ["waiting"] * 2


def test_who_is_at_the_counter_is_not_sent_home(hall: HallWithDesks) -> None:
    first, second = hall.desk("P-017", 9), hall.desk("P-018", 10)
    for desk, counter in ((first, 9), (second, 10)):
        set_counter(desk, counter)
    hall.issue(3)
    act(first, DeskVerb.CALL_NEXT)
    set_counter(second, 10, CounterState.CLOSED)
    assert sorted(hall.states()) == ["called", "waiting", "waiting"]


def test_only_a_supervisor_sets_queues(hall: HallWithDesks) -> None:
    officer, supervisor = hall.desk("P-017", 9), hall.desk("S-001", 10, role=Role.SUPERVISOR)
    assert set_counter(officer, 9, queues=("A",)).refusal is Refusal.NOT_ALLOWED
    assert set_counter(supervisor, 10, queues=("QX",)).refusal is Refusal.NO_SUCH_QUEUE
    assert set_counter(supervisor, 10, queues=("D", "A")).refusal is None
    assert json.loads(hall.counter_row(10).queues) == ["A", "D"]
    supervisor.sign_out()
    set_counter(officer, 10)
    assert json.loads(hall.counter_row(10).queues) == ["A", "D"], "as a supervisor has left it today"
    officer.sign_out()
    hall.clock.advance(timedelta(days=1))
    with hall.server.node.database.writing() as connection:
        hall.server.node.service_days.ensure(connection, "small-hall")
    officer.sign_in("P-017", 10)
    set_counter(officer, 10)
    assert json.loads(hall.counter_row(10).queues) == ["D"], "as the hall's file says, on another day"


def test_signing_out_pauses_the_counter(hall: HallWithDesks) -> None:
    desk = hall.desk("P-017", 9)
    set_counter(desk, 9)
    hall.issue()
    act(desk, DeskVerb.CALL_NEXT)
    desk.sign_out()
    assert hall.counter_row(9).state == "paused"
    desk.sign_in("P-017", 9)
    view = set_counter(desk, 9).view
    assert view is not None
    assert view.visit is not None, "whoever was there is there still"


def test_a_counter_that_was_forgotten_is_closed_in_the_night(hall: HallWithDesks) -> None:
    desk = hall.desk("P-017", 9)
    set_counter(desk, 9)
    hall.clock.advance(timedelta(milliseconds=LASTS_MS))
    end_old_sessions(hall.server.node)
    assert hall.counter_row(9).state == "paused"
    hall.clock.advance(timedelta(milliseconds=LASTS_MS))
    end_old_sessions(hall.server.node)
    assert hall.counter_row(9).state == "closed"
    (closed,) = hall.told("counter.closed")
    assert closed.body == {"counter": 9, "officer": "P-017"}


def test_who_is_not_signed_in_changes_nothing(hall: HallWithDesks) -> None:
    desk = hall.desk()
    assert set_counter(desk, 9).refusal is Refusal.SIGNED_OUT
    add_officer(hall.server, "P-017")
    desk.sign_in("P-017", 9)
    desk.sign_out()
    answer = set_counter(desk, 9)
    assert (answer.refusal, answer.view) == (Refusal.SIGNED_OUT, None)
    assert hall.counter_row(9) is None


def test_a_counter_may_open_outside_the_queues_hours_and_is_told_so(hall: HallWithDesks) -> None:
    hall.clock.advance(timedelta(hours=10))
    desk = hall.desk("P-017", 9)
    answer = set_counter(desk, 9)
    assert answer.refusal is None
    assert answer.view is not None
    assert [queue.not_given for queue in answer.view.queues] == [ClosedReason.OUTSIDE_HOURS]
