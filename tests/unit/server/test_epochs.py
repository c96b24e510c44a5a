"""Which life of a server counts, and what the others still do: nothing."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import httpx2
import pytest
from click.testing import CliRunner

from bench.lean_client import AnswerError
from giliran import main
from kiosk.clock import FakeClock
from kiosk.domain.events import EPOCH_RAISED, decode
from kiosk.errors import FencedError
from kiosk.identity import new_identity
from kiosk.sync import wire
from kiosk.sync.fence import MOST_MISSED
from kiosk.sync.wire import DeviceKind, ProblemCode, SharedNumber
from server.database import milliseconds
from server.epochs import raise_epoch
from server.node import Node, open_node
from server.recovery import JUMP, LISTENS_S, PATIENCE_S
from server.relaying import fence_against_old_central
from server.run import Server
from server.schema import events
from server.settings import Role, ServerSettings
from tests.conftest import Logs
from tests.lean_kiosk import LeanKiosk, code, lean_kiosk, let_in
from tests.paired_kiosk import SITE, site_server
from tests.postgresql import database_of, settings_on
from tests.small_hall import MONDAY_10_00

pytestmark = pytest.mark.usefixtures("on_both_databases")

MONDAY = date(2026, 11, 23)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(MONDAY_10_00)


@pytest.fixture
def server(tmp_path: Path, clock: FakeClock) -> Iterator[Server]:
    with site_server(tmp_path, clock=clock) as server:
        yield server


@pytest.fixture
def kiosk(server: Server) -> Iterator[LeanKiosk]:
    with lean_kiosk(server.url, let_in(server.node)) as kiosk:
        yield kiosk


def stopped(folder: Path, clock: FakeClock) -> Node:
    return open_node(settings_on(folder, database_of(folder)), clock)


def raised(folder: Path, clock: FakeClock) -> int:
    """The epoch of a server that stands still, after it was raised."""
    node = stopped(folder, clock)
    epoch = raise_epoch(node.database, node.role, node.own_log, clock)
    node.close()
    return epoch


def everything(kiosk: LeanKiosk, epoch: int | None) -> list[ProblemCode]:
    kiosk.write()
    answers = [
        kiosk.reserve(server_epoch=epoch),
        kiosk.hello(server_epoch=epoch),
        kiosk.beat(server_epoch=epoch),
        kiosk.append(),
    ]
    return [code(answer) for answer in answers]


@pytest.mark.parametrize("told_by", ["reserve", "hello", "beat"])
def test_server_that_was_replaced_does_nothing_more(
    server: Server, kiosk: LeanKiosk, expected_logs: Logs, told_by: str
) -> None:
    expected_logs("server_fenced")
    assert kiosk.number() == 1
    assert code(getattr(kiosk, told_by)(server_epoch=2)) is ProblemCode.FENCED
    assert everything(kiosk, None) == [ProblemCode.FENCED] * 4
    with lean_kiosk(server.url, let_in(server.node, 2)) as other:  # who has not seen the new one is not misled
        assert everything(other, 1) == [ProblemCode.FENCED] * 4
    ready = httpx2.get(f"{server.url}/readyz")
    assert (ready.status_code, SITE in ready.json()["reasons"][0]["sentence"]) == (503, True)
    assert expected_logs.seen == ["server_fenced"]


def test_server_that_was_replaced_knows_it_after_a_restart(
    tmp_path: Path, clock: FakeClock, expected_logs: Logs
) -> None:
    expected_logs("server_fenced")
    with site_server(tmp_path, clock=clock) as server:
        identity = let_in(server.node)
        with lean_kiosk(server.url, identity) as kiosk:
            kiosk.beat(server_epoch=7)
    with site_server(tmp_path, clock=clock) as server, lean_kiosk(server.url, identity) as kiosk:
        assert code(kiosk.reserve()) is ProblemCode.FENCED
    assert raised(tmp_path, clock) == 8  # above all that was heard of: now this one counts
    with site_server(tmp_path, clock=clock) as server, lean_kiosk(server.url, identity) as kiosk:
        kiosk.hello(server_epoch=7)
        clock.advance(timedelta(seconds=LISTENS_S))
        server.node.recoveries.settle()
        assert kiosk.number(server_epoch=7) == 1


@pytest.mark.parametrize("epoch", [None, 1, 0, -5, MOST_MISSED + 2, 2**31 - 1])
def test_epoch_that_says_nothing_fences_nothing(kiosk: LeanKiosk, epoch: int | None) -> None:
    kiosk.hello(server_epoch=epoch)
    assert kiosk.number(server_epoch=epoch) == 1


def test_other_sites_of_the_server_are_not_fenced(server: Server, kiosk: LeanKiosk, expected_logs: Logs) -> None:
    expected_logs("server_fenced")
    kiosk.hello(server_epoch=2)
    with lean_kiosk(server.url, let_in(server.node, site_id="elsewhere"), "elsewhere") as other:
        assert other.number() == 1


def test_central_listens_to_the_later_of_two_servers_of_a_site(tmp_path: Path) -> None:
    with Server(ServerSettings(Role.CENTRAL, tmp_path, database_of(tmp_path))) as central:
        old, new = (let_in(central.node, number, DeviceKind.SITE) for number in (1, 2))
        with lean_kiosk(central.url, old) as old_relay, lean_kiosk(central.url, new) as new_relay:
            assert isinstance(old_relay.hello(site_epoch=3), wire.HelloAnswer)
            assert isinstance(new_relay.beat(site_epoch=4), wire.HeartbeatAnswer)
            for ask in (old_relay.hello, old_relay.beat):
                assert code(ask(site_epoch=3)) is ProblemCode.FENCED
            assert isinstance(new_relay.hello(site_epoch=4), wire.HelloAnswer)


def test_a_site_keeps_the_epoch_of_central_whatever_answer_it_came_with(tmp_path: Path, clock: FakeClock) -> None:
    node = stopped(tmp_path, clock)
    fence_against_old_central(node, SITE).admit(5)
    node.close()
    node = stopped(tmp_path, clock)
    with pytest.raises(FencedError, match=r"epoch 4, and 5 was seen already"):
        fence_against_old_central(node, SITE).admit(4)
    node.close()


def test_new_epoch_is_part_of_history(tmp_path: Path, clock: FakeClock) -> None:
    node = stopped(tmp_path, clock)
    let_in(node)
    assert [raise_epoch(node.database, node.role, node.own_log, clock) for _ in range(2)] == [2, 3]
    with node.database.reading() as connection:
        written = [decode(bytes(row.raw)) for row in connection.execute(events.select().order_by(events.c.sequence))]
    node.close()
    said = [event.body for event in written if event.type == EPOCH_RAISED]  # type: ignore[union-attr]  # our own
    assert said == [{"epoch": 2}, {"epoch": 3}]


@pytest.fixture
def restored(tmp_path: Path, clock: FakeClock) -> Iterator[tuple[Server, list[LeanKiosk]]]:
    """A server of epoch 2 that knows of two numbers in queue D, and its two kiosks."""
    with site_server(tmp_path, clock=clock) as server:
        identities = [let_in(server.node, number) for number in (1, 2)]
        let_in(server.node, 3, DeviceKind.DESK)  # nobody waits for a desk
        with lean_kiosk(server.url, identities[0]) as kiosk:
            assert [kiosk.number(), kiosk.number()] == [1, 2]
    raised(tmp_path, clock)
    with (
        site_server(tmp_path, clock=clock) as server,
        lean_kiosk(server.url, identities[0]) as one,
        lean_kiosk(server.url, identities[1]) as two,
    ):
        yield server, [one, two]


def recovering(kiosk: LeanKiosk) -> bool:
    answer = kiosk.beat()
    assert isinstance(answer, wire.HeartbeatAnswer)
    return answer.recovering


def told(number: int, queue: str = "D") -> tuple[SharedNumber, ...]:
    return (SharedNumber(service_day=MONDAY, queue=queue, number=number),)


def test_numbers_wait_for_the_hello_of_every_kiosk(restored: tuple[Server, list[LeanKiosk]], clock: FakeClock) -> None:
    server, (one, two) = restored
    assert (code(one.reserve()), recovering(one)) == (ProblemCode.RECOVERING, True)
    one.hello(numbers=told(17))
    assert (code(two.reserve()), recovering(two)) == (ProblemCode.RECOVERING, True)
    two.hello(numbers=told(23))
    assert recovering(one)  # one that the copy does not know may yet knock
    clock.advance(timedelta(seconds=LISTENS_S))
    server.node.recoveries.settle()
    assert (recovering(one), one.number(), two.number("P")) == (False, 24, 1)


def test_numbers_jump_where_the_copy_is_older_than_a_kiosk(
    restored: tuple[Server, list[LeanKiosk]], clock: FakeClock, expected_logs: Logs
) -> None:
    """It knocks, and is not known: how far its numbers go, nobody can say."""
    expected_logs("recovery_ended")
    server, (one, two) = restored
    for kiosk in (one, two):
        kiosk.hello(numbers=told(5))
    with pytest.raises(AnswerError, match="device_unknown"), lean_kiosk(server.url, new_identity()) as stranger:
        stranger.hello()
    clock.advance(timedelta(seconds=LISTENS_S))
    server.node.recoveries.settle()
    assert one.number() == 5 + JUMP + 1


def test_numbers_jump_where_a_kiosk_was_not_heard(
    restored: tuple[Server, list[LeanKiosk]], clock: FakeClock, expected_logs: Logs
) -> None:
    """Also in a queue that the copy knows nothing of: its first numbers may be on the silent kiosk's paper."""
    expected_logs("recovery_ended")
    server, (one, two) = restored
    one.hello(numbers=told(17))
    clock.advance(timedelta(seconds=PATIENCE_S - 1))
    server.node.recoveries.settle()
    assert code(one.reserve()) is ProblemCode.RECOVERING
    clock.advance(timedelta(seconds=2))
    server.node.recoveries.settle()
    assert [one.number(), one.number("P"), two.number()] == [17 + JUMP + 1, JUMP + 1, 17 + JUMP + 2]
    two.hello(numbers=told(400, "P"))
    assert one.number("P") == 401


def test_recovery_that_is_interrupted_begins_anew(
    tmp_path: Path, restored: tuple[Server, list[LeanKiosk]], clock: FakeClock
) -> None:
    server, (one, _) = restored
    one.hello(numbers=told(17))
    again = open_node(settings_on(tmp_path, database_of(tmp_path)), clock)
    assert again.recoveries.is_open(SITE)
    assert again.epoch == server.node.epoch == 2
    again.close()


def test_day_is_opened_while_numbers_wait(tmp_path: Path, clock: FakeClock, expected_logs: Logs) -> None:
    """A copy of yesterday, on a machine that knows no time: the kiosks know which day it is."""
    expected_logs("recovery_ended")
    node = stopped(tmp_path, clock)
    identities = [let_in(node, number) for number in (1, 2)]
    with node.database.writing() as connection:
        node.service_days.ensure(connection, SITE)
    node.contacts.note(SITE, identities[0].device_id)
    node.contacts.write()
    node.close()
    raised(tmp_path, clock)
    clock.jump(MONDAY_10_00 - timedelta(days=9000))
    with site_server(tmp_path, clock=clock) as server, lean_kiosk(server.url, identities[0]) as kiosk:
        assert code(kiosk.reserve(service_day=MONDAY + timedelta(days=1))) is ProblemCode.RECOVERING
        clock.advance(timedelta(seconds=PATIENCE_S + 1))
        server.node.recoveries.settle()
        answer = kiosk.reserve()
    assert isinstance(answer, wire.Reserved)
    assert (answer.service_day, answer.number) == (MONDAY + timedelta(days=1), JUMP + 1)
    assert milliseconds(clock.now()) < milliseconds(MONDAY_10_00)


def test_recovery_waits_for_somebody_who_knows_the_day(tmp_path: Path, clock: FakeClock) -> None:
    """A dead clock and a kiosk that is missing: the jump would be made on a day that is over."""
    node = stopped(tmp_path, clock)
    let_in(node, 1)
    node.close()
    raised(tmp_path, clock)
    clock.jump(MONDAY_10_00 - timedelta(days=9000))
    node = open_node(settings_on(tmp_path, database_of(tmp_path)), clock)
    clock.advance(timedelta(seconds=PATIENCE_S + 1))
    node.recoveries.settle()
    assert node.recoveries.is_open(SITE)
    node.close()


def test_operator_makes_a_server_the_one_that_counts(tmp_path: Path, clock: FakeClock) -> None:
    command = ["server", "promote", "--data", str(tmp_path)]
    if url := database_of(tmp_path):
        command += ["--database", url]
    with site_server(tmp_path, clock=clock) as server:
        let_in(server.node)
        refused = CliRunner().invoke(main, command)
    assert (refused.exit_code, "already running" in refused.output) == (1, True)
    promoted = CliRunner().invoke(main, command)
    assert (promoted.exit_code, "epoch 2" in promoted.output) == (0, True)
    with site_server(tmp_path, clock=clock) as server:
        assert server.node.epoch == 2
        assert server.node.recoveries.is_open(SITE)
