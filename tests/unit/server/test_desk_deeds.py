"""What else an officer does for a visit: hand over, add, give priority, note, take back, call for help."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from kiosk.domain.scan import ScanVerdict
from kiosk.domain.ticket import StopState
from kiosk.sync.desk_wire import DeskVerb, Refusal
from server.schema import notes
from tests.served_hall import A, D, ServedHall, served_hall, told

CALL_NEXT, START, COMPLETE = DeskVerb.CALL_NEXT, DeskVerb.START, DeskVerb.COMPLETE
TRANSFER, ADD, PRIORITY, NOTE = DeskVerb.TRANSFER, DeskVerb.ADD, DeskVerb.PRIORITY, DeskVerb.NOTE
UNDO, ALARM = DeskVerb.UNDO, DeskVerb.ALARM


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[ServedHall]:
    with served_hall(tmp_path) as hall:
        yield hall


def test_handed_over_with_the_waiting_so_far_and_back_again(hall: ServedHall) -> None:
    hall.issue(D)
    hall.pass_time(minutes=5)
    hall.issue(A)
    first, second = hall.desk(9), hall.desk(1)
    first.do(CALL_NEXT)
    assert first.refused(TRANSFER, service=A) is Refusal.NOT_POSSIBLE
    first.do(START)
    assert first.refused(TRANSFER, service="nobody.knows") is Refusal.NO_SUCH_QUEUE
    first.do(TRANSFER, service=A, comes_back=True)
    assert second.line() == ["D-001", "A-002"]  # came first
    assert first.line() == ["(D-001)"]
    assert hall.desk(10).line() == []  # back to that one counter only
    second.do(CALL_NEXT)
    second.do(START)
    second.do(COMPLETE)
    assert first.do(CALL_NEXT).visit.position == 3  # type: ignore[union-attr]


def test_who_was_to_come_back_to_a_counter_that_is_closed_is_called_by_another(hall: ServedHall) -> None:
    ticket = hall.issue(D)
    first, second, other = hall.desk(9), hall.desk(1), hall.desk(10)
    first.do(CALL_NEXT)
    first.do(START)
    first.do(TRANSFER, service=A, comes_back=True)
    for verb in (CALL_NEXT, START, COMPLETE):
        second.do(verb)
    assert other.refused(CALL_NEXT) is Refusal.NOBODY_WAITS
    assert other.refused(START, ticket=ticket.id) is Refusal.NOT_POSSIBLE
    scanned = other.scan(hall.token(ticket))
    assert (scanned.verdict, [place.counter for place in scanned.where]) == (ScanVerdict.WRONG_COUNTER, [9])
    hall.close_counter(first)
    assert other.line() == ["D-001"]
    assert other.do(CALL_NEXT).visit.position == 3  # type: ignore[union-attr]
    other.do(START)


def test_one_more_service_waits_from_now_on(hall: ServedHall) -> None:
    hall.issue(D)
    hall.pass_time(minutes=5)
    hall.issue(A)
    first, second = hall.desk(9), hall.desk(1)
    first.do(CALL_NEXT)
    first.do(START)
    assert first.refused(ADD, service=None) is Refusal.NO_SUCH_QUEUE
    hall.pass_time(seconds=1)
    view = first.do(ADD, service=A)
    assert [stop.service_id for stop in view.visit.stops] == [D, A]  # type: ignore[union-attr]
    assert first.refused(ADD, service=A) is Refusal.NOT_POSSIBLE  # waits for it already
    first.do(COMPLETE)
    assert second.line() == ["A-002", "D-001"]
    assert [row.waited_s for row in second.view().line] == [1, 0]


def test_priority_is_given_and_taken(hall: ServedHall) -> None:
    hall.issue()
    ticket = hall.issue()
    desk = hall.desk(9)
    view = desk.do(PRIORITY, ticket=ticket.id, is_priority=True)
    assert [(row.label, row.is_priority) for row in view.line] == [("D-002", True), ("D-001", False)]
    desk.do(PRIORITY, ticket=ticket.id, is_priority=True)
    assert len(told(hall)) == 1  # said once
    assert [row.label for row in desk.do(PRIORITY, ticket=ticket.id).line] == ["D-001", "D-002"]
    assert desk.refused(PRIORITY, ticket="f" * 16) is Refusal.NO_SUCH_TICKET


PERSONAL = ["NIK 3174010101900001", "hp 0812-3456-7890", "+62 812 3456 789", "a@b.id", "budi (at) surel", "31 74 01 01"]


def test_a_note_that_looks_personal_is_not_kept(hall: ServedHall) -> None:
    hall.issue()
    desk = hall.desk(9)
    desk.do(CALL_NEXT)
    assert {desk.refused(NOTE, note=note) for note in PERSONAL} == {Refusal.PERSONAL}
    with hall.server.node.database.reading() as connection:
        assert connection.execute(select(notes.c.note)).all() == []


def test_a_note_is_for_the_next_counter_and_in_no_log(hall: ServedHall) -> None:
    hall.issue(D, A)
    desk, other = hall.desk(9), hall.desk(1)
    desk.do(CALL_NEXT)
    assert desk.do(NOTE, note="Berkas kurang: 2 lembar, RT 004/007").visit.note.startswith("Berkas")  # type: ignore[union-attr]
    desk.do(START)
    desk.do(COMPLETE)
    assert other.do(CALL_NEXT).visit.note == "Berkas kurang: 2 lembar, RT 004/007"  # type: ignore[union-attr]
    assert other.do(NOTE, note="  ").visit.note == ""  # type: ignore[union-attr]
    assert not any("Berkas" in str(event.body) for event in told(hall))


def test_a_mis_click_is_taken_back_within_ten_seconds(hall: ServedHall) -> None:
    hall.issue()
    desk = hall.desk(9)
    assert desk.view().undo is None
    view = desk.do(CALL_NEXT)
    assert view.undo is not None
    assert (view.undo.verb, view.undo.label) == ("called", "D-001")
    view = desk.do(UNDO, undoes=view.undo.action)
    assert (view.visit, [row.label for row in view.line], view.undo) == (None, ["D-001"], None)
    desk.do(CALL_NEXT)
    desk.do(START)
    desk.do(COMPLETE)
    assert desk.do(UNDO).visit.stops[0].state is StopState.SERVING  # type: ignore[union-attr]
    desk.do(COMPLETE)
    hall.pass_time(seconds=11)
    assert desk.view().undo is None
    assert desk.refused(UNDO) is Refusal.TOO_LATE
    assert [event.type for event in told(hall)].count("action.undone") == 2


def test_what_has_gone_on_since_cannot_be_taken_back(hall: ServedHall) -> None:
    hall.issue()
    hall.issue()
    desk, other = hall.desk(9), hall.desk(10)
    called = desk.do(CALL_NEXT).undo
    assert called is not None
    assert other.refused(UNDO, undoes=called.action) is Refusal.TOO_LATE  # not its own
    desk.do(START)
    assert desk.refused(UNDO, undoes=called.action) is Refusal.TOO_LATE  # started since
    done = desk.do(COMPLETE).undo
    assert done is not None
    desk.do(CALL_NEXT)
    assert desk.refused(UNDO, undoes=done.action) is Refusal.COUNTER_BUSY  # somebody else was called since
    assert desk.refused(UNDO, undoes="f" * 16) is Refusal.TOO_LATE


def test_help_is_called_silently(hall: ServedHall) -> None:
    desk = hall.desk(9)
    view = desk.do(ALARM)
    assert view.counter is not None
    assert view.counter.has_alarm
    assert view.alarms == ()  # supervisors hear of it
    desk.do(ALARM)
