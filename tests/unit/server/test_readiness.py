"""Whether the server can work, in codes: what makes it unready, and what only wants a look."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import text

from kiosk.clock import FakeClock
from kiosk.domain.language import Language
from kiosk.sync.status import SyncState, SyncStatus
from server.database import FILE_NAME
from server.epochs import raise_epoch
from server.node import open_node
from server.readiness import NOT_READY, SENTENCES, ReasonCode, judge_disk
from server.run import Server
from server.settings import Role
from tests.paired_kiosk import pair, site_server
from tests.postgresql import database_of, settings_on

GB = 10**9
MB = 10**6


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(datetime(2026, 11, 23, 3, 0, tzinfo=UTC))


@pytest.fixture
def server(tmp_path: Path, clock: FakeClock, on_both_databases: None) -> Iterator[Server]:
    with site_server(tmp_path / "server", clock=clock) as server:
        yield server


def ready(server: Server) -> tuple[int, list[str], list[str]]:
    """Status, codes of the reasons, codes of the warnings; disk of the machine under test aside."""
    answer = httpx2.get(f"{server.url}/readyz")
    said = answer.json()
    assert said["ready"] == (answer.status_code == 200)
    assert all(one["sentence"] for one in said["reasons"] + said["warnings"])
    return (answer.status_code, [one["code"] for one in said["reasons"]], [one["code"] for one in said["warnings"]])


def test_all_is_well(server: Server) -> None:
    assert ready(server) == (200, [], [])


def test_clock_that_leaps_is_a_warning(server: Server, clock: FakeClock) -> None:
    httpx2.get(f"{server.url}/readyz")
    clock.jump(datetime(2019, 1, 1, tzinfo=UTC))
    assert ready(server) == (200, [], ["clock_not_trusted"])


@pytest.mark.parametrize(
    ("state", "silent_for", "codes"),
    [
        (SyncState.ONLINE, timedelta(hours=5), []),
        (SyncState.OFFLINE, timedelta(minutes=4), []),
        (SyncState.OFFLINE, timedelta(minutes=5), ["upstream_away"]),
        (SyncState.CONNECTING, timedelta(hours=5), ["upstream_away"]),
        (SyncState.REFUSED, timedelta(), ["upstream_refused"]),
        (SyncState.ALARM, timedelta(), ["upstream_alarm"]),
    ],
)
def test_hall_goes_on_without_central(
    server: Server, clock: FakeClock, state: SyncState, silent_for: timedelta, codes: list[str]
) -> None:
    server.node.relay.tell(SyncStatus(state, clock.now() - silent_for, detail="It said no."))
    assert ready(server) == (200, [], codes)


def test_central_that_is_not_believed_is_told_at_once(server: Server) -> None:
    server.node.relay.tell(SyncStatus(SyncState.OFFLINE, detail="It is not believed.", is_believed=False))
    assert ready(server) == (200, [], ["upstream_not_believed"])


@pytest.mark.usefixtures("on_both_databases")
def test_restored_server_takes_events_while_it_asks_the_kiosks(tmp_path: Path, clock: FakeClock) -> None:
    folder = tmp_path / "server"
    with site_server(folder, clock=clock):
        pass
    pair(tmp_path / "kiosk", folder)
    node = open_node(settings_on(folder, database_of(folder)), clock)
    raise_epoch(node.database, node.role, node.own_log, clock)
    node.close()
    with site_server(folder, clock=clock) as server:
        assert ready(server) == (200, [], ["recovering"])


def test_database_that_cannot_be_written_makes_it_unready(server: Server) -> None:
    with server.node.database.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE server_epoch RENAME TO gone")
    assert ready(server)[:2] == (503, ["database"])


@pytest.mark.parametrize(
    ("free", "total", "holds_database", "codes"),
    [
        (100 * GB, 200 * GB, True, []),
        (500 * MB, 200 * GB, True, []),
        (499 * MB, 200 * GB, True, [ReasonCode.DISK_LOW]),
        (63 * MB, 200 * GB, True, [ReasonCode.DISK_FULL]),
        (63 * MB, 200 * GB, False, [ReasonCode.DISK_LOW]),
        (499 * MB, 1 * GB, True, []),
        (49 * MB, 1 * GB, True, [ReasonCode.DISK_LOW]),
        (9 * MB, 1 * GB, True, [ReasonCode.DISK_FULL]),
    ],
)
def test_small_disks_are_judged_by_their_shares(
    free: int,
    total: int,
    holds_database: bool,  # noqa: FBT001
    codes: list[ReasonCode],
) -> None:
    assert [reason.code for reason in judge_disk(free, total, holds_database=holds_database)] == codes


def test_every_code_has_its_sentence_in_both_languages() -> None:
    assert set(SENTENCES) == set(ReasonCode)
    assert ReasonCode.RECOVERING not in NOT_READY
    for said in SENTENCES.values():
        assert all(said.in_language(language).endswith((".", "}")) for language in Language)


class TestDatabaseCheck:
    """SQLite's pages; PostgreSQL checks its own."""

    def test_damage_is_found_and_told_once(self, tmp_path: Path, expected_logs: Any) -> None:
        expected_logs("database_damaged")
        with site_server(tmp_path) as server, server.node.database.writing() as connection:
            connection.exec_driver_sql("CREATE TABLE filler (words TEXT)")
            connection.exec_driver_sql("INSERT INTO filler VALUES (printf('%.*c', 300000, 'x'))")
        path = tmp_path / FILE_NAME
        with path.open("r+b") as file:  # of the filler's pages alone: the server must still start
            file.seek(-100_000, os.SEEK_END)
            file.write(os.urandom(4096 * 4))
        with site_server(tmp_path) as server:
            server.node.database_check.run()
            server.node.database_check.run()
            assert ready(server)[1] == ["database_damaged"]
        assert expected_logs.seen == ["database_damaged"]

    def test_sound_database_passes(self, server: Server) -> None:
        server.node.database_check.run()
        assert not server.node.database_check.damage

    def test_check_that_is_stopped_says_nothing(self, tmp_path: Path) -> None:
        node = open_node(settings_on(tmp_path, database_of(tmp_path), Role.SITE))
        with node.database.writing() as connection:
            connection.exec_driver_sql("CREATE TABLE filler (words TEXT)")
            for _ in range(20):
                connection.execute(text("INSERT INTO filler VALUES (:words)"), {"words": "x" * 100_000})
        node.database_check.stop()
        node.database_check.run()
        assert not node.database_check.damage
        node.close()
