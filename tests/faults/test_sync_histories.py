"""Disks that came back from the past, or twice: seen, told, and survived."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kiosk.clock import SystemClock
from kiosk.store.log import retract
from kiosk.store.writer import Store
from kiosk.sync.status import SyncState
from server.database import open_database
from server.enrolment import revoke
from server.settings import Role, ServerSettings
from tests.paired_kiosk import SITE, held, pair, paired_kiosk, site_server
from tests.postgresql import copy_server, database_of, remove_server

pytestmark = pytest.mark.usefixtures("on_both_databases")


def copy(source: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)


def in_server(server_dir: Path, query: str) -> list[tuple[Any, ...]]:
    database = open_database(ServerSettings(Role.SITE, server_dir, database_of(server_dir)), SystemClock())
    try:
        with database.reading() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(query)]
    finally:
        database.close()


def test_server_restored_from_a_backup_gets_the_rest_again(tmp_path: Path, expected_logs: Any) -> None:
    """S1: it holds less than it acknowledged, and the kiosk kept everything."""
    expected_logs("server_lost", "server_restored")
    kiosk_dir, server_dir = tmp_path / "kiosk", tmp_path / "server"
    identity = pair(kiosk_dir, server_dir)
    with site_server(server_dir) as first, paired_kiosk(kiosk_dir, identity, first.url) as kiosk:
        kiosk.issue(3)
        kiosk.wait_until_synced()
    copy_server(server_dir, tmp_path / "backup")
    with site_server(server_dir) as second, paired_kiosk(kiosk_dir, identity, second.url) as kiosk:
        kiosk.issue(600)
        kiosk.wait_until_synced()
    copy_server(tmp_path / "backup", server_dir)
    with site_server(server_dir) as third, paired_kiosk(kiosk_dir, identity, third.url) as kiosk:
        kiosk.wait_until_synced()
        assert held(server_dir, identity.device_id) == kiosk.log()
    assert "server_restored" in expected_logs.seen


def test_server_restored_in_the_middle_of_a_conversation(tmp_path: Path, expected_logs: Any) -> None:
    """The next batch finds a gap: the kiosk goes back without waiting for the next hello."""
    expected_logs("server_lost", "server_restored", "batch_refused")
    kiosk_dir, server_dir = tmp_path / "kiosk", tmp_path / "server"
    identity = pair(kiosk_dir, server_dir)
    with site_server(server_dir) as server, paired_kiosk(kiosk_dir, identity, server.url) as kiosk:
        kiosk.issue(3)
        kiosk.wait_until_synced()
        with server.node.database.writing() as connection:
            for table in ("events", "incarnations", "tickets", "stops"):
                connection.exec_driver_sql(f"DELETE FROM {table}")  # noqa: S608  # our own names
        kiosk.issue(2)
        kiosk.wait_until_synced()
        assert held(server_dir, identity.device_id) == kiosk.log()


def test_line_that_breaks_while_a_new_server_is_filled_is_no_end(tmp_path: Path, expected_logs: Any) -> None:
    """The server was replaced by an empty one: hello took every acknowledgement back, and then the line broke."""
    expected_logs("server_lost")
    kiosk_dir, server_dir = tmp_path / "kiosk", tmp_path / "server"
    identity = pair(kiosk_dir, server_dir)
    with site_server(server_dir) as first, paired_kiosk(kiosk_dir, identity, first.url) as kiosk:
        kiosk.issue(3)
        kiosk.wait_until_synced()
        (incarnation,) = kiosk.log()
    with Store.open(kiosk_dir, SystemClock(), identity) as store:
        store.call(lambda db: retract(db, incarnation, 0, "site"))
    remove_server(server_dir)
    pair(kiosk_dir, server_dir)
    with site_server(server_dir) as second, paired_kiosk(kiosk_dir, identity, second.url) as kiosk:
        kiosk.wait_until_synced()
        assert held(server_dir, identity.device_id) == kiosk.log()


def test_s2_kiosk_restored_from_an_old_image_gets_back_what_it_lost(tmp_path: Path, expected_logs: Any) -> None:
    """A new incarnation reuses no key; the server knows more of the kiosk than the kiosk itself, and gives it back."""
    expected_logs("history_recovered", "fork_seen", "events_parked", "label_given_twice")
    kiosk_dir, server_dir = tmp_path / "kiosk", tmp_path / "server"
    identity = pair(kiosk_dir, server_dir)
    with site_server(server_dir) as server:
        with paired_kiosk(kiosk_dir, identity, server.url) as kiosk:
            kiosk.issue(2)
            kiosk.wait_until_synced()
        copy(kiosk_dir, tmp_path / "image")
        for _ in range(3):
            with paired_kiosk(kiosk_dir, identity, server.url) as kiosk:
                kiosk.issue(2)
                kiosk.wait_until_synced()
                lost = kiosk.log()
        copy(tmp_path / "image", kiosk_dir)
        with paired_kiosk(kiosk_dir, identity, server.url) as kiosk:
            kiosk.issue(2)
            alarm = kiosk.wait_until(lambda status: status.state is SyncState.ALARM and status.backlog == 0)
            assert "restored from an older copy" in alarm.detail
            assert held(server_dir, identity.device_id) == kiosk.log()
            assert kiosk.log().items() > lost.items()
        with paired_kiosk(kiosk_dir, identity, server.url) as kiosk:
            kiosk.wait_until_synced()
            assert held(server_dir, identity.device_id) == kiosk.log()
    assert in_server(server_dir, "SELECT kind FROM forks") == [("same_parent",)]


def test_event_that_was_rewritten_on_the_kiosk_stops_its_incarnation_alone(tmp_path: Path, expected_logs: Any) -> None:
    """A5: same key, other hash. The forged event never becomes part of the truth."""
    expected_logs("sync_alarm_raised", "fork_seen")
    kiosk_dir, server_dir = tmp_path / "kiosk", tmp_path / "server"
    identity = pair(kiosk_dir, server_dir)
    with site_server(server_dir) as server:
        with paired_kiosk(kiosk_dir, identity, server.url) as kiosk:
            kiosk.issue(2)
            kiosk.wait_until_synced()
            before = kiosk.log()
        with Store.open(kiosk_dir, SystemClock(), identity) as store:
            store.call(_rewrite_last_ticket(next(iter(before))))
        with paired_kiosk(kiosk_dir, identity, server.url) as kiosk:
            kiosk.issue(1)
            alarm = kiosk.wait_until(lambda status: status.state is SyncState.ALARM and status.backlog == 0)
            assert "another history" in alarm.detail
            kept = held(server_dir, identity.device_id)
            assert kept[next(iter(before))] == before[next(iter(before))]
            assert len(kept) == 3
    assert in_server(server_dir, "SELECT kind, sequence FROM forks") == [("same_key", 3)]


def test_revoked_kiosk_keeps_its_events_and_says_why(tmp_path: Path, expected_logs: Any) -> None:
    """A3."""
    expected_logs("server_lost")
    kiosk_dir, server_dir = tmp_path / "kiosk", tmp_path / "server"
    identity = pair(kiosk_dir, server_dir)
    with site_server(server_dir) as server, paired_kiosk(kiosk_dir, identity, server.url) as kiosk:
        kiosk.wait_until_synced()
        revoke(server.node, SITE, identity.device_id)
        kiosk.issue(2)
        status = kiosk.wait_until(lambda status: status.state is SyncState.REFUSED and status.backlog == 2)
        assert "shut out" in status.detail
        assert sum(map(len, held(server_dir, identity.device_id).values())) == 1


def _rewrite_last_ticket(incarnation: str) -> Callable[[Any], None]:
    def work(db: Any) -> None:
        db.conn.execute("DROP TRIGGER events_are_never_changed")
        db.conn.execute(
            "UPDATE events SET hash = replace(hash, '0', '1'),"
            " raw = CAST(replace(CAST(raw AS TEXT), 'D-', 'X-') AS BLOB) WHERE incarnation = ? AND sequence = 3",
            (incarnation,),
        )

    return work
