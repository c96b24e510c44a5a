"""N14: the site server dies in opening hours, and kiosks go on; T1: a kiosk that knows no time; S8: an older server."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from pydantic import BaseModel

from kiosk.clock import FakeClock
from kiosk.domain import token
from kiosk.store.log import acknowledged as acknowledged_here
from kiosk.store.server_epochs import remember_server_epoch, server_epoch
from kiosk.store.verify import Verified, verify
from kiosk.sync.status import SyncState
from kiosk.sync.wire import (
    APPEND_PATH,
    HEARTBEAT_PATH,
    HELLO_PATH,
    RESERVE_PATH,
    SESSION_PATH,
    AppendAnswer,
    Health,
    HeartbeatAnswer,
    HelloAnswer,
    Reserved,
    Session,
)
from kiosk.version import VERSION
from server.run import Server
from server.settings import Role
from tests.bad_network import Frozen, Proxy, lose_answers, older, refuse, relay, server_of
from tests.conftest import Logs
from tests.kiosk_at_site import LIVELY, KioskAtSite, admit, kiosk_at_site
from tests.paired_kiosk import SITE, site_server
from tests.small_hall import MONDAY_10_00, running_kiosk
from ui.local_server import LocalServer

MONDAY = date(2026, 11, 23)
SOON_S = 2.0
"""A loaded machine is slow. Ten visitors who each waited for a server that is gone would take 4 s."""


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(MONDAY_10_00)


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    return tmp_path / "kiosk", tmp_path / "server"


@pytest.fixture
def server(folders: tuple[Path, Path], clock: FakeClock, on_both_databases: None) -> Iterator[Server]:
    admit(*folders)
    with site_server(folders[1], clock=clock) as server:
        yield server


def labels(kiosk: KioskAtSite, count: int) -> list[str]:
    return [kiosk.issue().label for _ in range(count)]


def health_heard(server: Server, kiosk: KioskAtSite) -> Health:
    """As the server knows it; waits for the first heartbeat."""
    origin = kiosk.machine.identity.device_id
    kiosk.wait_until(lambda: getattr(server.node.contacts.last(SITE, origin), "health", None) is not None)
    contact = server.node.contacts.last(SITE, origin)
    assert contact is not None
    assert contact.health is not None
    return contact.health


def answers(epoch: int, *, recovering: bool = False, site_version: int | None = None) -> dict[str, BaseModel]:
    """Of a server that agrees to everything and takes nothing."""
    now = MONDAY_10_00
    return {
        SESSION_PATH: Session(session="5" * 16, challenge="c" * 64, server_epoch=epoch, server_time=now),
        HELLO_PATH: HelloAnswer(server_epoch=epoch, server_time=now, heads=(), central={}),
        HEARTBEAT_PATH: HeartbeatAnswer(
            server_epoch=epoch,
            server_time=now,
            recovering=recovering,
            snapshots={} if site_version is None else {"site": site_version},
        ),
    }


# --- N14


def test_n14_a_killed_server_costs_the_visitor_nothing_and_its_return_is_seen_by_itself(
    tmp_path: Path, expected_logs: Logs
) -> None:
    """A real process, and SIGKILL in the middle of the day."""
    expected_logs("server_lost")
    clock = FakeClock(datetime.now(UTC))
    server_dir = tmp_path / "server"
    for name, number, letter in (("one", 1, "A"), ("two", 2, "B")):
        admit(tmp_path / name, server_dir, number, letter)
    with Proxy(refuse) as line, ExitStack() as stack:
        first = stack.enter_context(LocalServer(server_dir))
        line.behaviour = relay(first.url)
        one = stack.enter_context(kiosk_at_site(tmp_path / "one", line.url, clock, "A"))
        two = stack.enter_context(kiosk_at_site(tmp_path / "two", line.url, clock, "B"))
        for kiosk in (one, two):
            kiosk.wait_until_shared()
        shared = [label for _ in range(3) for label in (one.issue().label, two.issue().label)]
        assert shared == ["D-001", "D-002", "D-003", "D-004", "D-005", "D-006"], "one fair sequence for both"
        assert first._process is not None
        first._process.kill()
        first._process.wait()
        for kiosk, letter in ((one, "A"), (two, "B")):
            label, waited_s = kiosk.timed()
            assert label == f"D-001{letter}"
            assert waited_s < SOON_S
            assert labels(kiosk, 2) == [f"D-002{letter}", f"D-003{letter}"]
        second = stack.enter_context(LocalServer(server_dir))
        line.behaviour = relay(second.url)
        for kiosk in (one, two):
            kiosk.wait_until_shared()
        assert [one.issue().label, two.issue().label] == ["D-007", "D-008"]
        for kiosk in (one, two):
            kiosk.wait_until_synced()
    for name in ("one", "two"):
        assert isinstance(verify(tmp_path / name / "kiosk.db"), Verified)


def test_n14_on_a_line_that_went_dead_one_visitor_waits_and_no_other(
    folders: tuple[Path, Path], server: Server, clock: FakeClock, expected_logs: Logs
) -> None:
    """Half open: everything is taken, nothing comes back; only the time tells."""
    expected_logs("server_lost")
    line_state = Frozen(server.url)
    with (
        Proxy(line_state) as line,
        kiosk_at_site(folders[0], line.url, clock, pace=replace(LIVELY, heartbeat_every_s=60)) as kiosk,
    ):
        kiosk.wait_until_shared()
        assert labels(kiosk, 2) == ["D-001", "D-002"]
        line_state.freeze()
        label, waited_s = kiosk.timed()
        assert label == "D-001A"
        assert 0.3 < waited_s < SOON_S, "no heartbeat had told yet: this visitor's own question did"
        assert [kiosk.timed()[0] for _ in range(10)] == [f"D-{number:03d}A" for number in range(2, 12)]
        assert sum(kiosk.timed()[1] for _ in range(10)) < SOON_S, "nobody asks any more"


def test_n14_a_heartbeat_that_fails_spares_even_the_first_visitor_the_wait(
    folders: tuple[Path, Path], server: Server, clock: FakeClock, expected_logs: Logs
) -> None:
    expected_logs("server_lost")
    line_state = Frozen(server.url)
    pace = replace(LIVELY, heartbeat_within_s=0.3)
    with Proxy(line_state) as line, kiosk_at_site(folders[0], line.url, clock, pace=pace) as kiosk:
        kiosk.wait_until_shared()
        line_state.freeze()
        kiosk.wait_until_alone()
        assert kiosk.issue().label == "D-001A"
        kiosk.wait_until(lambda: kiosk.engine.status.state is SyncState.OFFLINE)
        line_state.thaw()
        kiosk.wait_until_shared()
        assert kiosk.issue().label == "D-001"
        kiosk.wait_until(lambda: kiosk.engine.status.state is SyncState.ONLINE)


def test_a_number_whose_answer_was_lost_is_a_gap_and_no_repeat(
    folders: tuple[Path, Path], server: Server, clock: FakeClock, expected_logs: Logs
) -> None:
    expected_logs("server_lost")
    lost = threading.Event()
    with Proxy(relay(server.url)) as line, kiosk_at_site(folders[0], line.url, clock) as kiosk:
        kiosk.wait_until_shared()
        assert kiosk.issue().label == "D-001"
        line.behaviour = lose_answers(server.url, RESERVE_PATH, lost.set)
        line.cut()
        for own in range(1, 10):  # the first may still go into the line that was cut, and none is lost but it
            kiosk.wait_until_shared()
            assert kiosk.issue().label == f"D-{own:03d}A"
            if lost.wait(1.0):
                break
        assert lost.is_set()
        line.behaviour = relay(server.url)
        line.cut()
        kiosk.wait_until_shared()
        assert kiosk.issue().label == "D-003"


def test_a_kiosk_gives_its_own_numbers_until_the_server_was_heard_and_after_the_engine_stopped(
    folders: tuple[Path, Path], server: Server, clock: FakeClock
) -> None:
    with kiosk_at_site(folders[0], server.url, clock) as kiosk:
        kiosk.wait_until_shared()
        kiosk.engine.stop()
        assert kiosk.issue().label == "D-001A"
    with kiosk_at_site(folders[0], "http://127.0.0.1:9", clock) as kiosk:
        kiosk.engine.stop()
        assert kiosk.issue().label == "D-002A"


# --- T1


def test_t1_a_clock_of_the_year_2000_gets_in_and_numbers_in_the_servers_day(
    folders: tuple[Path, Path], server: Server
) -> None:
    dead = FakeClock(datetime(2000, 1, 1, tzinfo=UTC))
    with kiosk_at_site(folders[0], server.url, dead) as kiosk:
        kiosk.wait_until_shared()
        ticket = kiosk.issue()
        assert (ticket.label, ticket.service_day, ticket.clock_trusted) == ("D-001", MONDAY, False)
        parsed = token.parse(ticket.token)
        assert isinstance(parsed, token.Parsed)
        assert parsed.claims.minute is None, "no time on a slip of this kiosk"
        kiosk.wait_until_synced()
        assert not health_heard(server, kiosk).clock_trusted
        kiosk.engine.stop()
        alone = kiosk.issue()
    assert (alone.label, alone.service_day) == ("D-001A", MONDAY), "the day is unchanged when the server is away"
    assert isinstance(verify(folders[0] / "kiosk.db"), Verified)


# --- S8


def test_s8_a_server_that_knows_neither_heartbeat_nor_numbers_gets_the_log_and_gives_nothing(
    folders: tuple[Path, Path], server: Server, clock: FakeClock
) -> None:
    """No alarm, no storm: the kiosk does what it did before there was either."""
    with (
        Proxy(older(server.url, HEARTBEAT_PATH, RESERVE_PATH)) as line,
        kiosk_at_site(folders[0], line.url, clock) as kiosk,
    ):
        kiosk.wait_until(lambda: "another protocol" in kiosk.engine.numbers_trouble)
        assert labels(kiosk, 3) == ["D-001A", "D-002A", "D-003A"]
        kiosk.wait_until_synced()
        assert {status.state for status in kiosk.said} == {SyncState.ONLINE}
        assert line.connections <= 3


def test_s8_a_server_that_gives_no_numbers_is_asked_for_one_only_once(
    folders: tuple[Path, Path], server: Server, clock: FakeClock
) -> None:
    """As the central server is, which hears heartbeats and belongs to no hall."""
    with Proxy(older(server.url, RESERVE_PATH)) as line, kiosk_at_site(folders[0], line.url, clock) as kiosk:
        kiosk.wait_until_shared()
        assert kiosk.issue().label == "D-001A"
        origin = kiosk.machine.identity.device_id

        def is_news(heard: object) -> bool:
            return server.node.contacts.last(SITE, origin) != heard

        for _ in range(3):  # heartbeats: what the one before brought is known then
            heard = server.node.contacts.last(SITE, origin)
            clock.advance(timedelta(seconds=1))
            kiosk.wait_until(partial(is_news, heard))
        assert "another protocol" in kiosk.engine.numbers_trouble, "a good heartbeat does not bring it back"
        assert labels(kiosk, 2) == ["D-002A", "D-003A"]
        kiosk.wait_until_synced()


# --- a server that was restored, or replaced


def test_a_server_that_recovers_hears_what_the_kiosk_knows_and_gives_no_number_meanwhile(
    folders: tuple[Path, Path], server: Server, clock: FakeClock, expected_logs: Logs
) -> None:
    expected_logs("server_lost", "server_restored")
    with Proxy(relay(server.url)) as line, kiosk_at_site(folders[0], line.url, clock) as kiosk:
        kiosk.wait_until_shared()
        assert labels(kiosk, 2) == ["D-001", "D-002"]
        restored = answers(2, recovering=True)
        line.behaviour = server_of(restored)
        line.cut()
        kiosk.wait_until(lambda: "restored" in kiosk.engine.numbers_trouble)
        assert kiosk.issue().label == "D-001A"
        restored.update(answers(2))
        kiosk.wait_until_shared()


def test_an_old_server_is_refused_whatever_it_says_and_the_kiosk_knows_it_after_a_restart(
    folders: tuple[Path, Path], server: Server, clock: FakeClock, expected_logs: Logs
) -> None:
    """Epoch 1 answers where epoch 3 was seen already; its numbers, acknowledgements and snapshots do not count."""
    expected_logs("old_server_refused", "server_lost")
    with Proxy(server_of(answers(3, site_version=9))) as line:
        with kiosk_at_site(folders[0], line.url, clock) as kiosk:
            kiosk.wait_until_shared()
            assert kiosk.versions == {"site": 9}
            kiosk.wait_until(lambda: kiosk.machine.store.call(server_epoch) == 3)
        number = Reserved(ticket="0" * 16, queue="D", number=7, service_day=MONDAY, server_epoch=1)
        acknowledged = AppendAnswer(acknowledged={}, central={}, accepted=0, duplicates=0)
        line.behaviour = server_of({**answers(1, site_version=10), RESERVE_PATH: number, APPEND_PATH: acknowledged})
        with kiosk_at_site(folders[0], line.url, clock) as kiosk:
            kiosk.wait_until(lambda: kiosk.engine.status.state is SyncState.ALARM)
            assert "epoch 1, and 3 was seen" in kiosk.engine.status.detail
            assert kiosk.issue().label == "D-001A"
            assert (kiosk.versions, kiosk.machine.store.call(acknowledged_here)) == ({}, {})
            line.behaviour = server_of(answers(4))
            line.cut()
            kiosk.wait_until_shared()
            kiosk.wait_until(lambda: kiosk.machine.store.call(server_epoch) == 4)
    assert expected_logs.seen.count("old_server_refused") == 1


def test_a_real_server_that_was_replaced_falls_silent_when_the_kiosk_says_so(
    folders: tuple[Path, Path], server: Server, clock: FakeClock, expected_logs: Logs
) -> None:
    expected_logs("old_server_refused", "server_fenced")
    with kiosk_at_site(folders[0], server.url, clock) as kiosk:
        kiosk.wait_until_shared()
    with running_kiosk(folders[0], clock) as machine:
        machine.store.call(lambda db: remember_server_epoch(db, 5))
    with kiosk_at_site(folders[0], server.url, clock) as kiosk:
        kiosk.wait_until(lambda: server.node.fences.highest(SITE, Role.SITE) == 5)
        assert kiosk.issue().label == "D-001A"
        kiosk.wait_until(lambda: kiosk.engine.status.state is SyncState.ALARM)


# --- what the server learns of the kiosk


def test_a_heartbeat_says_how_the_kiosk_fares(folders: tuple[Path, Path], server: Server, clock: FakeClock) -> None:
    with kiosk_at_site(folders[0], server.url, clock, printer="no_paper") as kiosk:
        health = health_heard(server, kiosk)
        assert (health.program, health.printer, health.clock_trusted, health.alarms) == (VERSION, "no_paper", True, 0)
        assert health.at == clock.now()
        assert health.disk_free_bytes
        assert health.details == ()
