"""A number that nobody holds keeps no place in a queue; whoever may hold it keeps his."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from kiosk.clock import FakeClock
from kiosk.domain.events import TICKET_ABANDONED, Event, StoredEvent, decode
from kiosk.domain.print_job import PrintState
from kiosk.domain.ticket import StopState, TicketId
from kiosk.errors import StoreFullError
from kiosk.issuing import IssueRefused, Refusal
from kiosk.store.log import heads, read_after
from kiosk.store.print_jobs import ABANDONED_AFTER
from kiosk.store.rebuild import rebuild
from kiosk.store.recovery import take_back
from kiosk.store.verify import Broken, Verified, verify
from tests.small_hall import MONDAY_10_00, Machine, request, running_kiosk

STEP = timedelta(seconds=1)


def print_with(machine: Machine, state: PrintState) -> None:
    taken = machine.jobs.take_next()
    assert taken is not None
    machine.jobs.finish(taken.id, state)


def failed_ticket(machine: Machine, session: str = "one") -> TicketId:
    """Its slip did not come out, and the time is counted from now."""
    ticket = machine.issuing.issue(request(session, "dukcapil.ktp", "polri.skck")).ticket
    assert machine.jobs.abandon() == ()
    print_with(machine, PrintState.FAILED)
    return ticket.id


def states(machine: Machine, ticket_id: TicketId) -> Sequence[StopState]:
    return [stop.state for stop in machine.jobs.ticket(ticket_id).stops]


def ghosts(machine: Machine) -> Sequence[str]:
    stored = machine.store.call(lambda db: [each for head in heads(db) for each in read_after(db, head.incarnation, 0)])
    events = [decode(each.raw) for each in stored]
    return [event.body["ticket_id"] for event in events if isinstance(event, Event) and event.type == TICKET_ABANDONED]


def verified(machine: Machine) -> Verified:
    verdict = verify(machine.store.path)
    assert isinstance(verdict, Verified), verdict
    return verdict


def test_ninety_seconds_after_the_last_verdict_nobody_waits(tmp_path: Path) -> None:
    with running_kiosk(tmp_path) as machine:
        ticket_id = failed_ticket(machine)
        machine.clock.advance(ABANDONED_AFTER - STEP)
        assert machine.jobs.abandon() == ()
        assert machine.issuing.people_ahead("D") == 1
        machine.clock.advance(STEP)
        assert machine.jobs.abandon() == (ticket_id,)
        assert set(machine.issuing.waiting().values()) == {0}
        assert states(machine, ticket_id) == [StopState.EXPIRED] * 2
        assert machine.jobs.abandon() == ()
        assert ghosts(machine) == [ticket_id]
        verified(machine)


@pytest.mark.parametrize("state", [PrintState.CONFIRMED, PrintState.UNVERIFIED, PrintState.UNKNOWN])
def test_who_may_hold_paper_waits(tmp_path: Path, state: PrintState) -> None:
    with running_kiosk(tmp_path) as machine:
        ticket_id = failed_ticket(machine)
        machine.issuing.print_again(ticket_id)
        print_with(machine, state)
        machine.clock.advance(10 * ABANDONED_AFTER)
        assert machine.jobs.abandon() == ()
        assert machine.issuing.people_ahead("D") == 1


def test_who_took_the_number_from_the_screen_waits(tmp_path: Path) -> None:
    with running_kiosk(tmp_path) as machine:
        machine.issuing.shown(failed_ticket(machine))
        machine.clock.advance(10 * ABANDONED_AFTER)
        assert machine.jobs.abandon() == ()


def test_who_took_it_while_the_disk_was_full_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise StoreFullError("The disk is full.")

    with running_kiosk(tmp_path) as machine:
        ticket_id = failed_ticket(machine)
        monkeypatch.setattr("kiosk.slips.show_ticket", full)
        with pytest.raises(StoreFullError):
            machine.issuing.shown(ticket_id)
        machine.issuing.hold(failed_ticket(machine, "two"))
        machine.clock.advance(10 * ABANDONED_AFTER)
        assert ticket_id not in machine.jobs.abandon()
        assert states(machine, ticket_id) == [StopState.WAITING] * 2


def test_who_still_reads_the_screen_waits_until_so_long_after(tmp_path: Path) -> None:
    with running_kiosk(tmp_path) as machine:
        ticket_id = failed_ticket(machine)
        for _ in range(200):
            machine.clock.advance(STEP)
            machine.issuing.hold(ticket_id)
            assert machine.jobs.abandon() == ()
        machine.clock.advance(ABANDONED_AFTER - STEP)
        assert machine.jobs.abandon() == ()
        machine.clock.advance(STEP)
        assert machine.jobs.abandon() == (ticket_id,)


def test_a_slip_that_is_tried_again_counts_anew(tmp_path: Path) -> None:
    with running_kiosk(tmp_path) as machine:
        ticket_id = failed_ticket(machine)
        machine.clock.advance(ABANDONED_AFTER - STEP)
        machine.issuing.print_again(ticket_id)
        machine.clock.advance(STEP)
        assert machine.jobs.abandon() == (), "it waits for the printer"
        print_with(machine, PrintState.FAILED)
        machine.clock.advance(ABANDONED_AFTER - STEP)
        assert machine.jobs.abandon() == ()
        machine.clock.advance(STEP)
        assert machine.jobs.abandon() == (ticket_id,)


def shown(machine: Machine, ticket_id: TicketId) -> None:
    machine.issuing.shown(ticket_id)


def printed(machine: Machine, ticket_id: TicketId) -> None:
    machine.issuing.print_again(ticket_id)
    print_with(machine, PrintState.UNKNOWN)


@pytest.mark.parametrize("held_after_all", [shown, printed])
def test_who_comes_back_waits_again_where_he_waited(
    tmp_path: Path, held_after_all: Callable[[Machine, TicketId], None]
) -> None:
    with running_kiosk(tmp_path) as machine:
        ticket_id = failed_ticket(machine)
        machine.clock.advance(ABANDONED_AFTER)
        machine.jobs.abandon()
        held_after_all(machine, ticket_id)
        assert states(machine, ticket_id) == [StopState.WAITING] * 2
        assert machine.issuing.people_ahead("D") == 1
        machine.clock.advance(10 * ABANDONED_AFTER)
        assert machine.jobs.abandon() == ()
        before = verified(machine)
    rebuild(machine.store.path)
    assert verify(machine.store.path) == before


def test_after_a_restart_it_is_counted_from_the_start(tmp_path: Path) -> None:
    clock = FakeClock(MONDAY_10_00)
    with running_kiosk(tmp_path, clock) as machine:
        ticket_id = machine.issuing.issue(request("one")).ticket.id
        held = machine.issuing.issue(request("two")).ticket.id
        machine.issuing.shown(held)
    clock.advance(timedelta(hours=1))
    with running_kiosk(tmp_path, clock) as machine:
        machine.jobs.recover()
        assert machine.jobs.abandon() == ()
        clock.advance(ABANDONED_AFTER)
        assert machine.jobs.abandon() == (ticket_id,)
        before = verified(machine)
    rebuilt = rebuild(machine.store.path)
    assert rebuilt.before == rebuilt.after
    assert verify(machine.store.path) == before


def test_an_abandoned_ticket_that_waits_is_found(tmp_path: Path) -> None:
    with running_kiosk(tmp_path) as machine:
        failed_ticket(machine)
        machine.clock.advance(ABANDONED_AFTER)
        machine.jobs.abandon()
        machine.store.call(lambda db: db.conn.execute("UPDATE stops SET state = 'waiting' WHERE position = 1"))
    verdict = verify(machine.store.path)
    assert isinstance(verdict, Broken)
    assert "table stops" in verdict.what


def test_a_restored_disk_learns_what_became_of_its_tickets(tmp_path: Path) -> None:
    """Its image knows a failed slip; later one ticket got its paper, and the other was abandoned."""
    image = tmp_path / "image.db"
    with running_kiosk(tmp_path) as machine:
        lucky, gone = failed_ticket(machine, "one"), failed_ticket(machine, "two")
        machine.store.call(lambda db: db.conn.execute("VACUUM INTO ?", (str(image),)))
        incarnation, known = machine.store.node.incarnation, machine.store.call(lambda db: heads(db)[-1].sequence)
        machine.issuing.print_again(lucky)
        print_with(machine, PrintState.CONFIRMED)
        machine.clock.advance(ABANDONED_AFTER)
        assert machine.jobs.abandon() == (gone,)
        lost: Any = machine.store.call(lambda db: [each.raw for each in read_after(db, incarnation, known)])
    image.replace(tmp_path / "kiosk.db")
    with running_kiosk(tmp_path) as machine:
        origin = machine.store.node.origin
        assert machine.store.call(lambda db: take_back(db, origin, incarnation, known, lost)) is None
        with pytest.raises(IssueRefused, match=Refusal.MAY_BE_OUT):
            machine.issuing.print_again(lucky)
        assert states(machine, lucky) == [StopState.WAITING] * 2
        assert states(machine, gone) == [StopState.EXPIRED] * 2
        machine.jobs.abandon()
        machine.clock.advance(ABANDONED_AFTER)
        assert machine.jobs.abandon() == ()
        verified(machine)


def after(life: tuple[str, int], db: Database) -> Sequence[StoredEvent]:
    return read_after(db, *life)


def give_back(origin: str, incarnation: str, known: int, raw: Sequence[bytes], db: Database) -> str | None:
    return take_back(db, origin, incarnation, known, raw)


def test_what_comes_back_before_its_ticket_is_not_lost(tmp_path: Path) -> None:
    """The later life, in which it was abandoned, is given back first."""
    clock = FakeClock(MONDAY_10_00)
    image = tmp_path / "image.db"
    lives: list[tuple[str, int]] = []
    with running_kiosk(tmp_path, clock) as machine:
        machine.store.call(lambda db: db.conn.execute("VACUUM INTO ?", (str(image),)))
        ticket_id = failed_ticket(machine)
        lives.append((machine.store.node.incarnation, 1))
    with running_kiosk(tmp_path, clock) as machine:
        machine.jobs.abandon()
        clock.advance(ABANDONED_AFTER)
        assert machine.jobs.abandon() == (ticket_id,)
        lives.append((machine.store.node.incarnation, 0))
        raws = [[event.raw for event in machine.store.call(partial(after, life))] for life in lives]
    image.replace(tmp_path / "kiosk.db")
    with running_kiosk(tmp_path, clock) as machine:
        origin = machine.store.node.origin
        for (incarnation, known), raw in reversed(list(zip(lives, raws, strict=True))):
            taken = machine.store.call(partial(give_back, origin, incarnation, known, raw))
            assert taken is None
        assert states(machine, ticket_id) == [StopState.EXPIRED] * 2
        verified(machine)


def of_the_release_before(db: Any) -> list[tuple[Any, ...]]:
    """What was known of papers until then."""
    papers = db.conn.execute("SELECT * FROM papers").fetchall()
    db.conn.execute("DROP TABLE papers")
    db.conn.execute("ALTER TABLE stops DROP COLUMN state_before")
    db.conn.execute("ALTER TABLE print_jobs DROP COLUMN times_again")
    db.conn.execute("DELETE FROM _sqlite_migrations WHERE name = 'know_who_holds_a_ticket'")
    return list(papers)


def test_a_database_of_the_release_before_knows_who_holds_what(tmp_path: Path) -> None:
    """Who was printed for, or took the number from the screen, is added up from the log."""
    with running_kiosk(tmp_path) as machine:
        shown_one, printed_one, lost = (failed_ticket(machine, session) for session in ("one", "two", "three"))
        shown(machine, shown_one)
        printed(machine, printed_one)
        before = machine.store.call(of_the_release_before)
    with running_kiosk(tmp_path, machine.clock) as machine:
        assert machine.store.call(lambda db: db.conn.execute("SELECT * FROM papers").fetchall()) == before
        machine.jobs.abandon()
        machine.clock.advance(ABANDONED_AFTER)
        assert machine.jobs.abandon() == (lost,)
        verified(machine)


def damage_oldest_verdict(db: Any) -> None:
    """As a disk may: no trigger keeps it from that."""
    db.conn.execute("DROP TRIGGER events_are_never_changed")
    db.conn.execute(
        "UPDATE events SET raw = substr(raw, 2)"
        " WHERE position = (SELECT min(position) FROM events WHERE type = 'print.finished')"
    )


def test_an_event_that_the_disk_damaged_keeps_no_new_release_from_starting(tmp_path: Path) -> None:
    with running_kiosk(tmp_path) as machine:
        printed(machine, failed_ticket(machine, "one"))
        failed_ticket(machine, "two")
        before = machine.store.call(of_the_release_before)
        machine.store.call(damage_oldest_verdict)
    with running_kiosk(tmp_path, machine.clock) as machine:
        assert machine.store.call(lambda db: db.conn.execute("SELECT * FROM papers").fetchall()) == before
