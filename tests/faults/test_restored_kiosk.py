"""Disks that came back from the past, or run twice, in a kiosk that really issues: no label is ever on paper twice."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kiosk.clock import FakeClock
from kiosk.config import KioskConfig, SyncConfig
from kiosk.domain.verdict import Verified
from kiosk.issuing import IssueRefused, Refusal
from kiosk.store.verify import verify
from kiosk.store.writer import DATABASE_NAME
from kiosk.sync.status import SyncState
from kiosk.witness import Witness
from tests.paired_kiosk import PairedKiosk, held, pair, site_server
from tests.small_hall import MONDAY_10_00, Machine, request, running_kiosk

if TYPE_CHECKING:
    from kiosk.domain.ticket import Ticket

NOWHERE = "http://127.0.0.1:9"
SHARED = KioskConfig(letter="K", sync=SyncConfig(server=NOWHERE))
"""A kiosk of a site with a server, which is away: it counts in its own series."""


@contextmanager
def kiosk_at_work(
    folder: Path, server_url: str | None, witness: Witness | None = None, clock: FakeClock | None = None
) -> Iterator[tuple[Machine, PairedKiosk]]:
    """Issues in its own series; brings its log to the server where there is one."""
    folder.mkdir(exist_ok=True)
    with running_kiosk(folder, clock, config=SHARED, witness=witness) as machine:
        paired = PairedKiosk(machine.store, machine.identity, server_url or NOWHERE)
        if server_url is not None:
            paired.engine.start()
        try:
            yield machine, paired
        finally:
            paired.engine.stop()


class Visitors:
    """They take numbers, and keep the paper."""

    def __init__(self) -> None:
        self.paper: list[Ticket] = []

    def come(self, machine: Machine, count: int = 1) -> list[str]:
        taken = [machine.issuing.issue(request(f"s{len(self.paper) + one}")).ticket for one in range(count)]
        self.paper += taken
        return [ticket.label for ticket in taken]

    def assert_no_label_twice(self) -> None:
        labels = [(ticket.service_day, ticket.label) for ticket in self.paper]
        assert len(set(labels)) == len(labels), sorted(labels)


def image(source: Path, target: Path) -> Path:
    """The disk at this moment, the write-ahead log too."""
    shutil.rmtree(target, ignore_errors=True)
    return Path(shutil.copytree(source, target))


@pytest.fixture
def visitors() -> Visitors:
    return Visitors()


@pytest.mark.usefixtures("on_both_databases")
def test_s2_restored_kiosk_rebuilds_tickets_and_numbers(tmp_path: Path, visitors: Visitors, expected_logs: Any) -> None:
    expected_logs("history_recovered", "fork_seen")
    kiosk, server_dir = tmp_path / "kiosk", tmp_path / "server"
    identity = pair(kiosk, server_dir)
    with site_server(server_dir) as server:
        with kiosk_at_work(kiosk, server.url) as (machine, sync):
            visitors.come(machine, 2)
            sync.wait_until_synced()
        old = image(kiosk, tmp_path / "image")
        for _ in range(2):  # two incarnations are lost, the second one's parent with them
            with kiosk_at_work(kiosk, server.url) as (machine, sync):
                visitors.come(machine, 3)
                sync.wait_until_synced()
        image(old, kiosk)
        with kiosk_at_work(kiosk, server.url) as (machine, sync):
            sync.wait_until(lambda status: status.state is SyncState.ALARM and status.backlog == 0)
            assert visitors.come(machine) == ["D-001K2"]
            sync.engine.wake()
            sync.wait_until_pushed()
            tickets = machine.store.call(lambda db: db.conn.execute("SELECT id, session_key FROM tickets").fetchall())
            assert {ticket_id for ticket_id, _ in tickets} == {ticket.id for ticket in visitors.paper}
            assert sum(key is None for _, key in tickets) == 6
            log = sync.log()
        assert held(server_dir, identity.device_id) == log
        visitors.assert_no_label_twice()
        assert isinstance(verify(kiosk / DATABASE_NAME), Verified)
        with kiosk_at_work(kiosk, server.url) as (machine, sync):  # and the next start is a good one
            sync.wait_until_synced()
            assert visitors.come(machine) == ["D-002K2"]
        assert isinstance(verify(kiosk / DATABASE_NAME), Verified)


@pytest.mark.usefixtures("on_both_databases")
def test_s2_image_of_another_day_opens_no_day_that_is_over(
    tmp_path: Path, visitors: Visitors, expected_logs: Any
) -> None:
    expected_logs("history_recovered", "fork_seen")
    kiosk, server_dir, clock = tmp_path / "kiosk", tmp_path / "server", FakeClock(MONDAY_10_00)
    pair(kiosk, server_dir)
    with site_server(server_dir) as server:
        with kiosk_at_work(kiosk, None, clock=clock) as (machine, sync):
            visitors.come(machine)
        old = image(kiosk, tmp_path / "image")
        clock.advance(timedelta(days=1))
        with kiosk_at_work(kiosk, server.url, clock=clock) as (machine, sync):
            visitors.come(machine)
            sync.wait_until_synced()
        image(old, kiosk)
        clock.advance(timedelta(days=1))
        with kiosk_at_work(kiosk, None, clock=clock) as (machine, sync):
            visitors.come(machine)
        with kiosk_at_work(kiosk, server.url, clock=clock) as (machine, sync):
            sync.wait_until(lambda status: status.state is SyncState.ALARM and status.backlog == 0)
            visitors.come(machine)
        assert [ticket.service_day - MONDAY_10_00.date() for ticket in visitors.paper] == [
            timedelta(days) for days in (0, 1, 2, 2)
        ]
        assert visitors.paper[-1].label == "D-001K2"
        assert isinstance(verify(kiosk / DATABASE_NAME), Verified)


def test_s3_restored_and_cut_off_kiosk_repeats_no_label(tmp_path: Path, visitors: Visitors, expected_logs: Any) -> None:
    """The witness lies outside of the image. The same image is put back twice on one day."""
    expected_logs("disk_restored")
    kiosk, outside = tmp_path / "kiosk", tmp_path / "witness"
    with kiosk_at_work(kiosk, None, Witness(outside)) as (machine, _):
        visitors.come(machine, 2)
    old = image(kiosk, tmp_path / "image")
    with kiosk_at_work(kiosk, None, Witness(outside)) as (machine, _):
        assert visitors.come(machine, 2) == ["D-003K", "D-004K"]
    for label in ("D-001K2", "D-001K3"):
        image(old, kiosk)
        with kiosk_at_work(kiosk, None, Witness(outside)) as (machine, _):
            assert visitors.come(machine)[0] == label
            assert machine.store.was_restored
            visitors.come(machine)
    with kiosk_at_work(kiosk, None, Witness(outside)) as (machine, _):
        assert visitors.come(machine) == ["D-003K3"]
    visitors.assert_no_label_twice()
    assert expected_logs.seen == ["disk_restored"] * 2


def test_s3_image_of_the_running_start_is_noticed_too(tmp_path: Path, visitors: Visitors, expected_logs: Any) -> None:
    """No start lies between image and loss: only the number of events tells."""
    expected_logs("disk_restored")
    kiosk, outside = tmp_path / "kiosk", tmp_path / "witness"
    with kiosk_at_work(kiosk, None, Witness(outside)) as (machine, _):
        visitors.come(machine)
        old = image(kiosk, tmp_path / "image")
        visitors.come(machine)
    image(old, kiosk)
    with kiosk_at_work(kiosk, None, Witness(outside)) as (machine, _):
        visitors.come(machine)
    visitors.assert_no_label_twice()


def test_s3_image_of_yesterday_makes_today_count_anew(tmp_path: Path, visitors: Visitors, expected_logs: Any) -> None:
    expected_logs("disk_restored")
    kiosk, outside, clock = tmp_path / "kiosk", tmp_path / "witness", FakeClock(MONDAY_10_00)
    with kiosk_at_work(kiosk, None, Witness(outside), clock) as (machine, _):
        visitors.come(machine)
    old = image(kiosk, tmp_path / "image")
    clock.advance(timedelta(days=1))
    with kiosk_at_work(kiosk, None, Witness(outside), clock) as (machine, _):
        visitors.come(machine)
    image(old, kiosk)
    with kiosk_at_work(kiosk, None, Witness(outside), clock) as (machine, _):
        visitors.come(machine)
    visitors.assert_no_label_twice()


@pytest.mark.usefixtures("on_both_databases")
def test_s4_clones_of_one_disk_are_told_apart_by_what_each_writes(
    tmp_path: Path, visitors: Visitors, expected_logs: Any
) -> None:
    """Without the hardware's word. Each sees the other's events, and neither trusts its own series any more."""
    expected_logs("history_recovered", "fork_seen", "sync_alarm_raised")
    kiosk, clone, server_dir = tmp_path / "kiosk", tmp_path / "clone", tmp_path / "server"
    identity = pair(kiosk, server_dir)
    with site_server(server_dir) as server:
        with kiosk_at_work(kiosk, server.url) as (machine, sync):
            visitors.come(machine)
            sync.wait_until_synced()
        image(kiosk, clone)
        with kiosk_at_work(kiosk, server.url) as (first, one):
            one.wait_until_synced()
            visitors.come(first)
            one.engine.wake()
            one.wait_until_synced()
            with kiosk_at_work(clone, server.url) as (second, other):
                other.wait_until(lambda status: status.state is SyncState.ALARM)
                visitors.come(second)
                other.engine.wake()
                other.wait_until_pushed()
                alarm = one.wait_until(lambda status: status.state is SyncState.ALARM and "cloned" in status.detail)
                assert "Switch one of them off" in alarm.detail
                with pytest.raises(IssueRefused) as refused:
                    visitors.come(first)
                assert refused.value.reason is Refusal.NUMBERS_EXHAUSTED
            one.wait_until_pushed()
        visitors.assert_no_label_twice()
        kept = held(server_dir, identity.device_id)
        assert sum(b'"ticket.issued"' in raw for events in kept.values() for raw in events) == len(visitors.paper)
