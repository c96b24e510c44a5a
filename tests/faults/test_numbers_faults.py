"""Faults of a site's server and of its clock: N6, N15, T2, T3, T5 of the fault table."""

import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from kiosk.clock import FakeClock
from kiosk.sync import wire
from kiosk.sync.wire import Health, ProblemCode
from server.epochs import raise_epoch
from server.node import open_node
from server.run import Server
from server.schema import events, service_days
from server.settings import Role, ServerSettings
from tests.conftest import Logs
from tests.lean_kiosk import LeanKiosk, code, lean_kiosk, let_in
from tests.paired_kiosk import SITE, site_server
from tests.small_hall import MONDAY_10_00

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)
DRIPPING = 500
HEAD_IN_DROPS = (b"POST /v1/session HTTP/1.1\r\n", b"Host: x\r\n", b"A: ", b"b", b"c")
BODY_IN_DROPS = (
    b"POST /v1/session HTTP/1.1\r\nHost: x\r\nGiliran-Protocol: 1\r\nContent-Length: 100\r\n\r\n",
    b"{", b" ", b" ", b" ",
)  # fmt: skip
HOUR = timedelta(hours=1)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(MONDAY_10_00)


@pytest.fixture
def server(tmp_path: Path, clock: FakeClock) -> Iterator[Server]:
    with site_server(tmp_path / "server", clock=clock) as server:
        yield server


@pytest.fixture
def kiosk(server: Server) -> Iterator[LeanKiosk]:
    with lean_kiosk(server.url, let_in(server.node)) as kiosk:
        yield kiosk


def days(server: Server) -> list[str]:
    """Those that were opened at the site, in order."""
    with server.node.database.reading() as connection:
        query = select(service_days.c.service_day).where(service_days.c.site_id == SITE)
        return sorted(connection.execute(query).scalars())


def taken(kiosk: LeanKiosk, service_day: date | None = None) -> tuple[date, int]:
    answer = kiosk.reserve(service_day=service_day)
    assert isinstance(answer, wire.Reserved), answer
    return answer.service_day, answer.number


def raise_stopped(server_dir: Path, clock: FakeClock) -> None:
    node = open_node(ServerSettings(Role.SITE, server_dir), clock)
    raise_epoch(node.database, node.role, node.own_log, clock)
    node.close()


def test_n6_clients_that_drip_hold_up_nobody(tmp_path: Path, clock: FakeClock) -> None:
    """Slow-loris: all of them are cut within the deadline, and a kiosk meanwhile gets its numbers."""
    with ExitStack() as open_lines, site_server(tmp_path, clock=clock, receive_within_s=3.0) as server:
        address = urlsplit(server.url)
        place = (str(address.hostname), address.port or 0)
        began = time.monotonic()
        lines = [open_lines.enter_context(socket.create_connection(place, timeout=20.0)) for _ in range(DRIPPING)]
        longest = 0.0
        with lean_kiosk(server.url, let_in(server.node)) as kiosk:
            assert kiosk.number() == 1
            for drops in zip(HEAD_IN_DROPS, BODY_IN_DROPS, strict=True):
                for number, line in enumerate(lines):
                    with suppress(ConnectionError):
                        line.sendall(drops[number % 2])
                asked = time.monotonic()
                assert kiosk.number() > 0
                longest = max(longest, time.monotonic() - asked)
            for line in lines:
                with suppress(ConnectionError):
                    while line.recv(1000):  # some are told first that they ask too often
                        pass
            assert time.monotonic() - began < 10
            assert longest < 1
            assert kiosk.number() == 7


def test_n15_two_servers_of_one_site(tmp_path: Path, clock: FakeClock, expected_logs: Logs) -> None:
    """A standby took over, and the old server comes back: whoever it serves before a kiosk tells it, no number is
    given twice; and then it serves nobody.
    """
    expected_logs("server_fenced", "recovery_ended")
    old_dir, new_dir = tmp_path / "old", tmp_path / "new"
    with site_server(old_dir, clock=clock) as old:
        identities = [let_in(old.node, number) for number in (1, 2)]
        with lean_kiosk(old.url, identities[0]) as kiosk:
            given = [kiosk.number() for _ in range(5)]
    shutil.copytree(old_dir, new_dir)
    raise_stopped(new_dir, clock)
    with ExitStack() as opened:
        old = opened.enter_context(site_server(old_dir, clock=clock))
        new = opened.enter_context(site_server(new_dir, clock=clock))
        one_at_new = opened.enter_context(lean_kiosk(new.url, identities[0]))
        two_at_old = opened.enter_context(lean_kiosk(old.url, identities[1]))
        one_at_new.hello()
        given += [two_at_old.number() for _ in range(3)]  # it has not heard of the new one
        clock.advance(timedelta(seconds=61))
        new.node.recoveries.settle()
        given += [one_at_new.number() for _ in range(3)]
        one_at_old = opened.enter_context(lean_kiosk(old.url, identities[0]))
        assert code(one_at_old.beat(server_epoch=2)) is ProblemCode.FENCED
        assert code(two_at_old.reserve()) is ProblemCode.FENCED
        two_at_new = opened.enter_context(lean_kiosk(new.url, identities[1]))
        two_at_new.hello(numbers=(wire.SharedNumber(service_day=MONDAY, queue="D", number=max(given)),))
        given += [two_at_new.number(), one_at_new.number()]
    assert len(set(given)) == len(given) == 13


@pytest.mark.parametrize(
    "leap", [-HOUR, HOUR, timedelta(days=3653), -timedelta(days=9000)], ids=["-1 h", "+1 h", "+10 y", "-25 y"]
)
def test_t2_clock_that_jumps_while_the_server_runs(
    server: Server, kiosk: LeanKiosk, clock: FakeClock, leap: timedelta
) -> None:
    """No rollover, no number begins anew, nothing that was promised is forgotten; and the next day comes in time."""
    first = kiosk.reserve(ticket="a" * 16)
    clock.advance(timedelta(minutes=30))
    clock.jump(clock.now() + leap)
    for _ in range(3):
        clock.advance(timedelta(minutes=5))
        server.node.service_days.open_due(server.node.database)
        assert isinstance(kiosk.beat(), wire.HeartbeatAnswer)
    assert taken(kiosk) == (MONDAY, 2)
    assert kiosk.reserve(ticket="a" * 16) == first
    assert days(server) == ["2026-11-23"]
    clock.jump(clock.now() - leap)
    clock.advance(timedelta(hours=17))
    server.node.service_days.open_due(server.node.database)
    assert taken(kiosk) == (TUESDAY, 1)


def test_t3_rollover_at_three_in_the_morning(server: Server, kiosk: LeanKiosk, clock: FakeClock) -> None:
    """Midnight changes nothing; at 03:00 one event opens the day, whoever is first; a session keeps its ticket."""
    assert taken(kiosk) == (MONDAY, 1)
    clock.advance(timedelta(hours=14, minutes=30))  # 00:30
    assert taken(kiosk) == (MONDAY, 2)
    late = kiosk.reserve(ticket="b" * 16)  # its visitor stands there over the turn
    clock.advance(timedelta(hours=2, minutes=30))  # 03:00
    server.node.service_days.open_due(server.node.database)
    with lean_kiosk(server.url, let_in(server.node, 2)) as other:
        assert [taken(kiosk), taken(other), taken(kiosk)] == [(TUESDAY, 1), (TUESDAY, 2), (TUESDAY, 3)]
    assert kiosk.reserve(ticket="b" * 16) == late
    server.node.service_days.open_due(server.node.database)
    assert days(server) == ["2026-11-23", "2026-11-24"]
    with server.node.database.reading() as connection:
        raws = connection.execute(select(events.c.raw).where(events.c.origin == server.node.own_log.origin)).scalars()
        assert sum(b'"day.opened"' in bytes(raw) for raw in raws) == 2


def test_t5_time_server_that_lies_by_a_year(
    server: Server, kiosk: LeanKiosk, clock: FakeClock, expected_logs: Logs
) -> None:
    """While the server runs: it goes on by its steady clock, and says that two clocks disagree."""
    assert taken(kiosk, MONDAY) == (MONDAY, 1)
    clock.advance(HOUR)
    truth = clock.now()
    clock.jump(truth + timedelta(days=365))
    kiosk.beat(health=Health(program="t", at=truth, clock_trusted=True))
    server.node.service_days.open_due(server.node.database)
    assert taken(kiosk, MONDAY) == (MONDAY, 2)
    assert days(server) == ["2026-11-23"]
    assert not expected_logs.seen  # the reckoned time agrees with the kiosk's


def test_t5_time_server_that_lies_at_the_start(tmp_path: Path, clock: FakeClock, expected_logs: Logs) -> None:
    """Nothing tells the server how long it was off; the kiosks do. The day in force goes on until they agree."""
    expected_logs("day_doubted", "clocks_disagree")
    server_dir = tmp_path / "server"
    with site_server(server_dir, clock=clock) as server:
        identity = let_in(server.node)
        with lean_kiosk(server.url, identity) as kiosk:
            assert taken(kiosk, MONDAY) == (MONDAY, 1)
    lying = FakeClock(MONDAY_10_00 + timedelta(days=366))
    with site_server(server_dir, clock=lying) as server, lean_kiosk(server.url, identity) as kiosk:
        server.node.service_days.open_due(server.node.database)
        assert taken(kiosk) == (MONDAY, 2)
        kiosk.beat(health=Health(program="t", at=MONDAY_10_00 + timedelta(days=1), clock_trusted=True))
        assert taken(kiosk, TUESDAY) == (TUESDAY, 1)
        assert days(server) == ["2026-11-23", "2026-11-24"]
    assert set(expected_logs.seen) == {"day_doubted", "clocks_disagree"}
