"""Calling at a counter, through HTTP with a real server: whom, how often, and what the counter is refused."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.domain.ticket import StopState
from kiosk.sync.desk_wire import ACT_PATH, VIEW_PATH, Act, Answer, DeskVerb, Refusal, View
from server import desk_api
from tests.paired_desk import action_name
from tests.served_hall import A, D, ServedHall, served_hall, told

CALL_NEXT, CALL, RECALL, START = DeskVerb.CALL_NEXT, DeskVerb.CALL, DeskVerb.RECALL, DeskVerb.START
COMPLETE, NO_SHOW, PARK, UNPARK = DeskVerb.COMPLETE, DeskVerb.NO_SHOW, DeskVerb.PARK, DeskVerb.UNPARK
TRANSFER, ADD, PRIORITY, NOTE = DeskVerb.TRANSFER, DeskVerb.ADD, DeskVerb.PRIORITY, DeskVerb.NOTE


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[ServedHall]:
    with served_hall(tmp_path) as hall:
        yield hall


def test_a_visit_from_the_call_to_its_end(hall: ServedHall) -> None:
    hall.issue(D, A)
    hall.issue(D)
    hall.pass_time(minutes=10)
    desk = hall.desk(9)
    assert desk.line() == ["D-001", "D-002"]
    view = desk.do(CALL_NEXT)
    assert view.visit is not None
    assert (view.visit.label, view.visit.position, view.visit.stops[0].state) == ("D-001", 1, StopState.CALLED)
    assert (view.visit.stops[0].waited_s, view.visit.stops[0].calls, view.visit.stops[0].counter) == (600, 1, 9)
    assert [(stop.waiting_there, stop.places[0].counter) for stop in view.visit.stops[1:]] == [(1, 8)]
    assert [(row.label, row.waited_s) for row in view.line] == [("D-002", 600)]
    assert (view.queues[0].queue, view.queues[0].waiting, view.queues[0].serving) == ("D", 1, 1)
    hall.pass_time(seconds=20)
    assert desk.do(RECALL).visit.stops[0].calls == 2  # type: ignore[union-attr]
    started = desk.do(START)
    hall.pass_time(minutes=3)
    assert started.visit is not None
    assert desk.view().visit.stops[0].serving_s == 180  # type: ignore[union-attr]
    done = desk.do(COMPLETE)
    assert (done.visit, done.queues[0].served) == (None, 1)
    assert [event.type for event in told(hall)] == ["stop.called", "stop.recalled", "stop.started", "stop.completed"]
    assert all(event.body["officer"] == "P-009" and event.body["counter"] == 9 for event in told(hall))


def test_a_repeated_action_is_done_once(hall: ServedHall) -> None:
    hall.issue()
    hall.issue()
    desk = hall.desk(9)
    name = action_name()
    assert desk.do(CALL_NEXT, action=name).visit.label == "D-001"  # type: ignore[union-attr]
    again = desk.act(CALL_NEXT, action=name)
    assert (again.refusal, again.view and again.view.visit and again.view.visit.label) == (None, "D-001")
    assert len(told(hall)) == 1


def test_priority_and_the_others_in_turn(hall: ServedHall) -> None:
    for is_priority in (False, False, False, True, True):
        hall.issue(is_priority=is_priority)
        hall.pass_time(seconds=1)
    desk = hall.desk(9)
    assert desk.line() == ["D-004", "D-001", "D-002", "D-005", "D-003"]
    called = []
    for _ in range(5):
        called.append(desk.do(CALL_NEXT).visit.label)  # type: ignore[union-attr]
        desk.do(START)
        desk.do(COMPLETE)
        hall.pass_time(seconds=1)
    assert called == ["D-004", "D-001", "D-002", "D-005", "D-003"]


def test_who_is_at_another_counter_is_passed_over_and_keeps_the_place(hall: ServedHall) -> None:
    hall.issue(A, D)
    hall.pass_time(seconds=1)
    hall.issue(D)
    first, second = hall.desk(1), hall.desk(9)
    assert first.do(CALL_NEXT).visit.label == "A-001"  # type: ignore[union-attr]
    assert second.line() == ["D-002", "(A-001)"]
    assert second.do(CALL_NEXT).visit.label == "D-002"  # type: ignore[union-attr]
    second.do(START)
    second.do(COMPLETE)
    assert second.refused(CALL_NEXT) is Refusal.NOBODY_WAITS
    first.do(START)
    first.do(COMPLETE)
    hall.issue(D)
    assert second.do(CALL_NEXT).visit.label == "A-001"  # type: ignore[union-attr]


def test_what_must_come_first_is_waited_for(hall: ServedHall) -> None:
    hall.issue(A, D, after={2: (1,)})
    first, second = hall.desk(1), hall.desk(9)
    assert second.line() == ["(A-001)"]
    assert second.refused(CALL_NEXT) is Refusal.NOBODY_WAITS
    first.do(CALL_NEXT)
    first.do(START)
    first.do(COMPLETE)
    assert second.do(CALL_NEXT).visit.position == 2  # type: ignore[union-attr]


def test_one_visitor_at_a_counter(hall: ServedHall) -> None:
    ticket = hall.issue()
    hall.issue()
    desk = hall.desk(9)
    desk.do(CALL_NEXT)
    assert desk.refused(CALL_NEXT) is Refusal.COUNTER_BUSY
    assert desk.refused(CALL, ticket=ticket.id) is Refusal.COUNTER_BUSY
    assert desk.refused(START, ticket=f"{2:016x}") is Refusal.COUNTER_BUSY


def test_nothing_to_do_that_with(hall: ServedHall) -> None:
    desk = hall.desk(9)
    verbs = (RECALL, START, COMPLETE, NO_SHOW, PARK, UNPARK, TRANSFER, ADD, PRIORITY, NOTE)
    assert {desk.refused(verb) for verb in verbs} == {Refusal.NOBODY_HERE}


def test_what_the_desk_shows_has_passed(hall: ServedHall) -> None:
    hall.issue()
    other = hall.issue()
    desk = hall.desk(9)
    hall.desk(10).act(CALL, ticket=other.id, confirmed=True)
    desk.do(CALL_NEXT)
    verbs = (RECALL, COMPLETE, NO_SHOW, PARK, TRANSFER)
    assert {desk.refused(verb, ticket=other.id, service=A) for verb in verbs} == {Refusal.TAKEN}
    assert desk.refused(START, ticket=other.id) is Refusal.COUNTER_BUSY


def test_a_counter_that_is_not_open_calls_nobody(hall: ServedHall) -> None:
    ticket = hall.issue()
    desk = hall.desk(9)
    desk.do(CALL_NEXT)
    desk.do(START)
    hall.pause(desk)
    desk.do(COMPLETE)
    assert desk.refused(CALL_NEXT) is Refusal.COUNTER_CLOSED
    assert desk.refused(CALL, ticket=ticket.id) is Refusal.COUNTER_CLOSED
    away = hall.desk(None)
    assert away.refused(CALL_NEXT) is Refusal.NO_COUNTER
    assert away.refused(COMPLETE) is Refusal.NO_COUNTER
    assert away.refused(DeskVerb.ALARM) is Refusal.NO_COUNTER
    assert away.view().counter is None


def test_a_session_that_is_over(hall: ServedHall) -> None:
    desk = hall.desk(9)
    desk.sign_out()
    answer = desk.act(CALL_NEXT)
    assert (answer.refusal, answer.view) == (Refusal.SIGNED_OUT, None)
    assert desk.ask(VIEW_PATH, View(session=desk.session), Answer).refusal is Refusal.SIGNED_OUT
    assert desk.scan("D-001").view is None


def test_the_last_deed_before_a_session_ends_is_told_to_the_boards(
    hall: ServedHall, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The officer has signed in at another desk while the call was being answered."""
    ticket = hall.issue()
    desk = hall.desk(9)
    told: list[tuple[str, ...]] = []
    monkeypatch.setattr(desk_api, "view_for", lambda *_: Refusal.SIGNED_OUT)
    monkeypatch.setattr(desk_api, "publish_deed", lambda _, __, tickets, *___, **____: told.append(tuple(tickets)))
    assert desk.refused(CALL_NEXT) is Refusal.SIGNED_OUT
    assert told == [(str(ticket.id),)]


def test_only_desks_ask(hall: ServedHall) -> None:
    desk = hall.desk(9)
    message = Act(session=desk.session, action=action_name(), verb=CALL_NEXT)
    assert desk.post(ACT_PATH, {**message.model_dump(mode="json"), "verb": "dance"}).status_code == 400
    assert desk.post(ACT_PATH, {**message.model_dump(mode="json"), "note": "x" * 141}).status_code == 400


def test_out_of_turn_is_asked_first(hall: ServedHall) -> None:
    for _ in range(3):
        ticket = hall.issue()
    desk = hall.desk(9)
    answer = desk.act(CALL, ticket=ticket.id)
    assert (answer.refusal, answer.overtaken, answer.waiting) == (Refusal.OVERTAKES, ("D-001", "D-002"), 2)
    assert desk.here() is None
    assert desk.do(CALL, ticket=ticket.id, position=1, confirmed=True).visit.label == "D-003"  # type: ignore[union-attr]
    desk.do(START)
    desk.do(COMPLETE)
    assert desk.do(CALL, ticket=f"{1:016x}").visit.label == "D-001"  # type: ignore[union-attr]  # overtakes nobody
    assert hall.desk(10).refused(CALL, ticket=f"{1:016x}") is Refusal.TAKEN
    assert hall.desk(11).refused(CALL, ticket="f" * 16) is Refusal.NO_SUCH_TICKET
    assert hall.desk(12).refused(CALL, ticket=ticket.id) is Refusal.NOT_POSSIBLE


def test_who_does_not_come_is_called_three_times_and_stands_after_three_others_then(hall: ServedHall) -> None:
    for _ in range(6):
        ticket = hall.issue()
        hall.pass_time(seconds=1)
    desk = hall.desk(9)
    desk.do(CALL_NEXT)
    assert desk.refused(NO_SHOW) is Refusal.NOT_YET_MISSED
    desk.do(RECALL)
    assert desk.refused(NO_SHOW) is Refusal.NOT_YET_MISSED
    desk.do(RECALL)
    view = desk.do(NO_SHOW)
    assert (view.visit, [row.label for row in view.missed], view.queues[0].missed) == (None, ["D-001"], 1)
    view = desk.do(UNPARK, ticket=view.missed[0].ticket, position=1)
    assert ([row.label for row in view.line], view.missed) == (
        ["D-002", "D-003", "D-004", "D-001", "D-005", "D-006"],
        (),
    )
    assert desk.refused(UNPARK, ticket=ticket.id) is Refusal.NOT_POSSIBLE


def test_parked_and_back_at_the_old_place(hall: ServedHall) -> None:
    hall.issue()
    hall.pass_time(seconds=1)
    hall.issue()
    desk = hall.desk(9)
    desk.do(CALL_NEXT)
    assert desk.refused(PARK) is Refusal.NOT_POSSIBLE
    desk.do(START)
    view = desk.do(PARK)
    assert ([row.label for row in view.parked], [row.label for row in view.line]) == (["D-001"], ["D-002"])
    assert desk.line() == ["D-002"]
    assert [row.label for row in desk.do(UNPARK).line] == ["D-001", "D-002"]
    desk.do(CALL_NEXT)
    desk.do(START)
    parked = desk.do(PARK).parked[0]
    assert desk.do(START, ticket=parked.ticket, position=parked.position).visit.label == "D-001"  # type: ignore[union-attr]
    desk.do(PARK)
    assert desk.do(COMPLETE, ticket=parked.ticket).parked == ()


def test_before_the_first_day_nobody_is_called(tmp_path: Path) -> None:
    with served_hall(tmp_path, is_day_open=False) as hall:
        desk = hall.desk(9)
        assert desk.refused(CALL_NEXT) is Refusal.NO_DAY
        assert (desk.view().service_day, desk.view().line) == (None, ())
