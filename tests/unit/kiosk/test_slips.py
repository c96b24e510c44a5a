"""What becomes of a ticket's slips after it was issued: once more, as a copy, seen by the visitor, after a restart."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.clock import FakeClock
from kiosk.domain.events import PRINT_FINISHED, PRINT_WITNESSED, Event, decode
from kiosk.domain.print_job import PrintJob, PrintState
from kiosk.domain.ticket import TicketId
from kiosk.issuing import IssueRefused, Refusal
from kiosk.slips import MOST_TIMES_AGAIN, RECENT
from kiosk.store.log import heads, read_after
from kiosk.store.print_jobs import PATIENCE
from kiosk.store.rebuild import rebuild
from kiosk.store.verify import Verified, verify
from tests.small_hall import MONDAY_10_00, Machine, request, running_kiosk

LOST = (PrintState.FAILED, PrintState.EXPIRED)
MAY_BE_OUT = (PrintState.CONFIRMED, PrintState.UNVERIFIED, PrintState.UNKNOWN)


def ended(machine: Machine, state: PrintState) -> PrintJob:
    """The slip that waits, with this verdict."""
    if state is PrintState.EXPIRED:
        machine.clock.advance(PATIENCE + timedelta(seconds=1))
        (job,) = machine.jobs.expire()
        return job
    taken = machine.jobs.take_next()
    assert taken is not None
    return machine.jobs.finish(taken.id, state)


def bodies(machine: Machine, event_type: str) -> Sequence[object]:
    stored = machine.store.call(lambda db: [each for head in heads(db) for each in read_after(db, head.incarnation, 0)])
    events = [decode(each.raw) for each in stored]
    return [event.body for event in events if isinstance(event, Event) and event.type == event_type]


@pytest.mark.parametrize("state", LOST)
def test_a_slip_that_certainly_did_not_come_out_is_printed_again_under_its_own_job(
    tmp_path: Path, state: PrintState
) -> None:
    with running_kiosk(tmp_path) as machine:
        first = machine.issuing.issue(request("one"))
        ended(machine, state)
        machine.clock.advance(timedelta(minutes=5))
        again = machine.issuing.print_again(first.ticket.id)
        assert (again.id, again.copy, again.state) == (first.job.id, 0, PrintState.QUEUED)
        assert again.queued_at == machine.clock.now()
        machine.clock.advance(PATIENCE)
        assert machine.jobs.expire() == (), "it has waited since it was queued again, not since the first time"
        taken = machine.jobs.take_next()
        assert taken is not None
        assert taken.id == first.job.id
        with pytest.raises(IssueRefused, match=Refusal.STILL_PRINTING):
            machine.issuing.print_again(first.ticket.id)
        machine.jobs.finish(taken.id, PrintState.CONFIRMED)
        assert [(body["copy"], body["state"]) for body in bodies(machine, PRINT_FINISHED)] == [  # type: ignore[index]
            (0, state),
            (0, PrintState.CONFIRMED),
        ]
        assert isinstance(verify(machine.store.path), Verified)


@pytest.mark.parametrize("state", MAY_BE_OUT)
def test_a_slip_that_may_be_out_is_never_printed_again_without_a_mark(tmp_path: Path, state: PrintState) -> None:
    with running_kiosk(tmp_path) as machine:
        ticket = machine.issuing.issue(request("one")).ticket
        with pytest.raises(IssueRefused, match=Refusal.STILL_PRINTING):
            machine.issuing.print_again(ticket.id)
        ended(machine, state)
        with pytest.raises(IssueRefused, match=Refusal.MAY_BE_OUT):
            machine.issuing.print_again(ticket.id)
        assert machine.issuing.reprint(ticket.id).copy == 1
        ended(machine, PrintState.FAILED)
        assert machine.issuing.print_again(ticket.id).copy == 1, "still a copy: the first slip may be out"


def test_a_printer_that_fails_again_and_again_is_not_tried_for_ever(tmp_path: Path) -> None:
    with running_kiosk(tmp_path) as machine:
        ticket = machine.issuing.issue(request("one")).ticket
        for _ in range(MOST_TIMES_AGAIN):
            ended(machine, PrintState.FAILED)
            machine.issuing.print_again(ticket.id)
        ended(machine, PrintState.FAILED)
        for ask in (machine.issuing.print_again, machine.issuing.reprint):
            with pytest.raises(IssueRefused, match=Refusal.COPIES_EXHAUSTED):
                ask(ticket.id)


@pytest.mark.parametrize("state", LOST)
def test_who_asks_for_a_copy_of_what_never_came_out_gets_the_slip_itself(tmp_path: Path, state: PrintState) -> None:
    with running_kiosk(tmp_path) as machine:
        issued = machine.issuing.issue(request("one"))
        ended(machine, state)
        job = machine.issuing.reprint(issued.ticket.id)
        assert (job.id, job.copy) == (issued.job.id, 0)


def test_a_kiosk_that_dies_while_it_tries_again_prints_nothing_afterwards(tmp_path: Path) -> None:
    clock = FakeClock(MONDAY_10_00)
    with running_kiosk(tmp_path, clock) as machine:
        ticket = machine.issuing.issue(request("one")).ticket
        ended(machine, PrintState.FAILED)
        machine.issuing.print_again(ticket.id)
    assert isinstance(verify(machine.store.path), Verified), "its last verdict is failed, and it waits"
    with running_kiosk(tmp_path, clock) as machine:
        assert [job.state for job in machine.jobs.recover()] == [PrintState.EXPIRED]
        assert machine.jobs.take_next() is None
        assert machine.issuing.print_again(ticket.id).copy == 0
    verdict = verify(machine.store.path)
    assert isinstance(verdict, Verified)
    rebuild(machine.store.path)
    assert verify(machine.store.path) == verdict


def test_what_the_visitor_saw_is_recorded_of_a_slip_that_there_was(tmp_path: Path) -> None:
    with running_kiosk(tmp_path) as machine:
        ticket = machine.issuing.issue(request("one")).ticket
        ended(machine, PrintState.UNKNOWN)
        machine.issuing.paper_came(ticket.id, 0)
        assert bodies(machine, PRINT_WITNESSED) == [{"ticket_id": ticket.id, "copy": 0}]
        for ticket_id, copy in ((ticket.id, 1), (TicketId("0" * 16), 0)):
            with pytest.raises(IssueRefused, match=Refusal.UNKNOWN_TICKET):
                machine.issuing.paper_came(ticket_id, copy)
        assert isinstance(verify(machine.store.path), Verified)


@pytest.mark.parametrize(("was", "state"), [("queued", PrintState.EXPIRED), ("sending", PrintState.UNKNOWN)])
@pytest.mark.parametrize("is_recovered", [True, False])
def test_after_a_restart_the_last_visitor_is_known_and_nothing_prints(
    tmp_path: Path, was: str, state: PrintState, *, is_recovered: bool
) -> None:
    clock = FakeClock(MONDAY_10_00)
    with running_kiosk(tmp_path, clock) as machine:
        machine.issuing.issue(request("before"))
        ended(machine, PrintState.CONFIRMED)
        clock.advance(timedelta(seconds=5))
        ticket = machine.issuing.issue(request("last")).ticket
        assert machine.issuing.last_visitor() is None, "who stands here is nobody of an earlier run"
        if was == "sending":
            machine.jobs.take_next()
    clock.advance(RECENT - timedelta(seconds=1))
    with running_kiosk(tmp_path, clock) as machine:
        if is_recovered:
            machine.jobs.recover()
        last = machine.issuing.last_visitor()
        assert last is not None
        assert (last.ticket, last.job.state) == (ticket, state)
        if not is_recovered:
            machine.jobs.recover()
        assert machine.jobs.take_next() is None
        if state is PrintState.EXPIRED:
            machine.issuing.print_again(ticket.id)
            assert machine.jobs.take_next() is not None
        machine.issuing.issue(request("next"))
        assert machine.issuing.last_visitor() is None


def test_who_took_the_number_from_the_screen_is_not_shown_to_the_next(tmp_path: Path) -> None:
    clock = FakeClock(MONDAY_10_00)
    with running_kiosk(tmp_path, clock) as machine:
        ticket = machine.issuing.issue(request("one")).ticket
        ended(machine, PrintState.FAILED)
        machine.issuing.shown(ticket.id)
    with running_kiosk(tmp_path, clock) as machine:
        assert machine.issuing.last_visitor() is None


def test_who_came_long_ago_or_by_a_clock_that_lies_is_not_shown(tmp_path: Path) -> None:
    clock = FakeClock(MONDAY_10_00)
    with running_kiosk(tmp_path, clock) as machine:
        assert machine.issuing.last_visitor() is None, "nobody has come yet"
        machine.issuing.issue(request("one"))
    clock.advance(RECENT)
    with running_kiosk(tmp_path, clock) as machine:
        assert machine.issuing.last_visitor() is None
    clock.jump(MONDAY_10_00 - timedelta(days=400))
    with running_kiosk(tmp_path, clock) as machine:
        assert machine.issuing.last_visitor() is None
