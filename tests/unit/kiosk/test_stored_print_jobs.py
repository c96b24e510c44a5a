from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.clock import FakeClock
from kiosk.domain.events import PRINT_FINISHED, Event, decode
from kiosk.domain.print_job import PrintState
from kiosk.store.log import heads, read_after
from kiosk.store.print_jobs import PATIENCE
from tests.small_hall import MONDAY_10_00, Machine, request, running_kiosk


def verdicts(machine: Machine) -> list[tuple[str, int]]:
    """(state, copy) of every print.finished, over all incarnations."""
    stored = machine.store.call(lambda db: [each for head in heads(db) for each in read_after(db, head.incarnation, 0)])
    events = [decode(each.raw) for each in stored]
    return [
        (event.body["state"], event.body["copy"])
        for event in events
        if isinstance(event, Event) and event.type == PRINT_FINISHED
    ]


def test_jobs_are_taken_once_in_the_order_of_issue(tmp_path: Path) -> None:
    with running_kiosk(tmp_path) as machine:
        queued = [machine.issuing.issue(request(str(n))).job for n in range(3)]
        taken = [machine.jobs.take_next() for _ in range(4)]
        assert [job and job.id for job in taken] == [*(job.id for job in queued), None]
        assert {job.state for job in taken if job} == {PrintState.SENDING}


@pytest.mark.parametrize("state", [PrintState.CONFIRMED, PrintState.UNVERIFIED, PrintState.UNKNOWN, PrintState.FAILED])
def test_a_verdict_is_stored_with_its_event(tmp_path: Path, state: PrintState) -> None:
    with running_kiosk(tmp_path) as machine:
        machine.issuing.issue(request("one"))
        job = machine.jobs.take_next()
        assert job is not None
        done = machine.jobs.finish(job.id, state, "cover opened")
        assert (done.id, done.state, done.detail) == (job.id, state, "cover opened")
        assert verdicts(machine) == [(state, 0)]


def test_only_a_slip_under_way_can_be_finished_and_only_for_good(tmp_path: Path) -> None:
    with running_kiosk(tmp_path) as machine:
        job = machine.issuing.issue(request("one")).job
        with pytest.raises(ValueError, match="not being sent"):
            machine.jobs.finish(job.id, PrintState.CONFIRMED)
        machine.jobs.take_next()
        with pytest.raises(ValueError, match="not final"):
            machine.jobs.finish(job.id, PrintState.QUEUED)
        machine.jobs.finish(job.id, PrintState.CONFIRMED)
        with pytest.raises(ValueError, match="not being sent"):
            machine.jobs.finish(job.id, PrintState.FAILED)
        assert verdicts(machine) == [(PrintState.CONFIRMED, 0)]


def test_a_visitor_who_has_gone_gets_no_slip(tmp_path: Path) -> None:
    with running_kiosk(tmp_path) as machine:
        machine.issuing.issue(request("one"))
        machine.clock.advance(PATIENCE)
        fresh = machine.issuing.issue(request("two")).job
        machine.clock.advance(timedelta(seconds=1))
        job = machine.jobs.take_next()
        assert job is not None
        assert job.id == fresh.id
        assert verdicts(machine) == [(PrintState.EXPIRED, 0)]


def test_a_jump_of_the_wall_clock_expires_nothing(tmp_path: Path) -> None:
    with running_kiosk(tmp_path) as machine:
        machine.issuing.issue(request("one"))
        machine.clock.jump(MONDAY_10_00 + timedelta(days=900))
        assert machine.jobs.take_next() is not None


def test_expiring_spares_the_slip_under_way(tmp_path: Path) -> None:
    with running_kiosk(tmp_path) as machine:
        machine.issuing.issue(request("one"))
        waiting = machine.issuing.issue(request("two")).job
        machine.jobs.take_next()
        machine.clock.advance(PATIENCE)
        assert machine.jobs.expire() == ()
        machine.clock.advance(timedelta(seconds=1))
        assert [job.id for job in machine.jobs.expire()] == [waiting.id]
        assert machine.jobs.expire() == ()


def test_nothing_prints_by_itself_after_a_restart(tmp_path: Path) -> None:
    clock = FakeClock(MONDAY_10_00)
    with running_kiosk(tmp_path, clock) as machine:
        for session in ("one", "two"):
            machine.issuing.issue(request(session))
        machine.jobs.take_next()
    with running_kiosk(tmp_path, clock) as machine:
        assert [job.state for job in machine.jobs.recover()] == [PrintState.UNKNOWN, PrintState.EXPIRED]
        assert machine.jobs.take_next() is None
        assert machine.jobs.recover() == ()
        assert verdicts(machine) == [(PrintState.UNKNOWN, 0), (PrintState.EXPIRED, 0)]
