"""A kiosk forgets what central has held for 90 days, in steps so small that no visitor waits."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from kiosk.clock import FakeClock, SystemClock
from kiosk.domain.verdict import Verified
from kiosk.store.database import transaction
from kiosk.store.log import Upstream, acknowledge, heads, retract
from kiosk.store.pruning import AT_ONCE, KEPT, prune
from kiosk.store.verify import verify
from kiosk.sync.engine import SyncEngine
from tests.small_hall import MONDAY_10_00, Machine, request, running_kiosk

TABLES = ("events", "tickets", "stops", "print_jobs", "service_days", "anchors")


def counts(machine: Machine) -> dict[str, int]:
    return machine.store.call(
        lambda db: {table: db.conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES}  # noqa: S608  # our own names
    )


def take_some(machine: Machine, prefix: str, count: int) -> None:
    for number in range(count):
        machine.issuing.issue(request(f"{prefix}{number}", "dukcapil.ktp", "polri.skck"))
        machine.jobs.recover()


def hold(machine: Machine, by: Upstream) -> None:
    def work(db: Database) -> None:
        with transaction(db):
            for head in heads(db):
                acknowledge(db, head.incarnation, head.sequence, by)

    machine.store.call(work)


def prune_all(machine: Machine) -> int:
    total = 0
    while gone := machine.store.call(lambda db: prune(db, machine.clock.now())):
        assert gone <= AT_ONCE
        total += gone
    return total


@contextmanager
def after_a_season(directory: Path, *, held: bool = True) -> Iterator[Machine]:
    """Two starts with 30 tickets each, 91 days, a third start with two tickets."""
    clock = FakeClock(MONDAY_10_00)
    for start in range(2):
        with running_kiosk(directory, clock) as machine:
            take_some(machine, f"{start}.", 30)
            hold(machine, "central" if held else "site")
    clock.advance(timedelta(days=91))
    with running_kiosk(directory, clock) as machine:
        take_some(machine, "2.", 2)
        yield machine


def test_what_central_holds_goes_after_ninety_days_with_all_its_rows(tmp_path: Path) -> None:
    with after_a_season(tmp_path) as machine:
        before = counts(machine)
        old = before["events"] - 6  # of the third start: node.started, day.opened, two tickets and their slips
        assert prune_all(machine) == old
        assert counts(machine) == {
            "events": 6,
            "tickets": 2,
            "stops": 4,
            "print_jobs": 2,
            "service_days": 1,
            "anchors": 2,
        }
        verdict = verify(tmp_path / "kiosk.db")
        assert verdict == Verified(incarnations=1, events=6, tickets=2)
        take_some(machine, "3.", 1)
    with running_kiosk(tmp_path, machine.clock):
        assert isinstance(verify(tmp_path / "kiosk.db"), Verified)


def test_in_the_middle_the_rest_can_be_checked(tmp_path: Path) -> None:
    with after_a_season(tmp_path) as machine:
        while machine.store.call(lambda db: prune(db, machine.clock.now(), 7)):
            assert isinstance(verify(tmp_path / "kiosk.db"), Verified)


def test_what_central_does_not_hold_stays_however_old(tmp_path: Path) -> None:
    with after_a_season(tmp_path, held=False) as machine:
        assert prune_all(machine) == 0


def test_a_clock_far_ahead_prunes_nothing(tmp_path: Path) -> None:
    with running_kiosk(tmp_path) as machine:
        take_some(machine, "", 5)
        hold(machine, "central")
        assert machine.store.call(lambda db: prune(db, machine.clock.now() + 10 * KEPT)) == 0


def test_an_anchor_that_was_changed_is_found(tmp_path: Path) -> None:
    with after_a_season(tmp_path) as machine:
        machine.store.call(lambda db: prune(db, machine.clock.now(), 10))
        machine.store.call(lambda db: db.conn.execute("UPDATE anchors SET hash = ?", ("a" * 64,)))
        assert "names another event before it" in str(verify(tmp_path / "kiosk.db"))


def test_a_central_that_was_restored_from_an_old_copy_makes_nothing_broken(tmp_path: Path) -> None:
    """It has forgotten what it held when that was pruned here."""
    with after_a_season(tmp_path) as machine:
        machine.store.call(lambda db: prune(db, machine.clock.now(), 10))

        def forget(db: Database) -> None:
            with transaction(db):
                for head in heads(db):
                    retract(db, head.incarnation, 3, "central")

        machine.store.call(forget)
        assert isinstance(verify(tmp_path / "kiosk.db"), Verified)


def test_a_step_is_short(tmp_path: Path) -> None:
    with after_a_season(tmp_path) as machine:
        took = []
        while True:
            began = time.perf_counter()
            gone = machine.store.call(lambda db: prune(db, machine.clock.now()))
            took.append(time.perf_counter() - began)
            if not gone:
                break
        assert min(took) < 0.05


@pytest.mark.parametrize("at_once", [1, AT_ONCE])
def test_nothing_is_left_to_prune_is_said_by_zero(tmp_path: Path, at_once: int) -> None:
    with running_kiosk(tmp_path) as machine:
        assert machine.store.call(lambda db: prune(db, machine.clock.now(), at_once)) == 0


def test_running_kiosk_keeps_its_house(tmp_path: Path, expected_logs: Callable[..., None]) -> None:
    """By itself, while no server answers: what central holds, it holds."""
    expected_logs("server_lost")
    with after_a_season(tmp_path) as machine:
        before = counts(machine)["events"]
        engine = SyncEngine(
            machine.store, machine.identity, "http://127.0.0.1:9", SystemClock(), lambda _: None, site_id="small-hall"
        )
        engine.start()
        try:
            deadline = time.monotonic() + 20
            while counts(machine)["tickets"] > 2 and time.monotonic() < deadline:
                pass
        finally:
            engine.stop()
        assert counts(machine)["tickets"] == 2
        assert counts(machine)["events"] < before
