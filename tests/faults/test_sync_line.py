"""The way between kiosk and server at its worst: nothing is lost, nothing is doubled, nobody waits."""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from kiosk.errors import OfflineError, StoreDiskError
from kiosk.identity import load_or_create_identity
from kiosk.sync.client import Deadlines, SyncClient
from kiosk.sync.pace import Pace
from kiosk.sync.status import SyncState
from kiosk.sync.wire import APPEND_PATH, HELLO_PATH, SESSION_PATH, AppendAnswer, HelloAnswer, Session
from server.run import Server
from tests.bad_network import (
    Behaviour,
    Frozen,
    Proxy,
    answer,
    drip,
    half_open,
    lose_answers,
    refuse,
    relay,
    reset_after,
    server_of,
    thin,
)
from tests.paired_kiosk import IMPATIENT, PATIENCE_S, QUICK, SITE, PairedKiosk, held, pair, paired_kiosk, site_server
from tests.small_hall import MONDAY_10_00

pytestmark = pytest.mark.usefixtures("on_both_databases")

PORTAL = answer("200 OK", "<html>Welcome to the hall's network</html>")

LONG_WAITS = replace(QUICK, first_backoff_s=60.0, longest_backoff_s=60.0, first_missed_s=60.0, longest_missed_s=60.0)

BAD_LINES = {
    "refused": refuse,
    "half open": half_open,
    "dripping": drip(every_s=0.2),
    "captive portal": PORTAL,
    "captive portal that says JSON": answer("200 OK", "{}", "application/json"),
    "redirect": answer("302 Found", Location="http://127.0.0.1:9/"),
    "500": answer("500 Internal Server Error", "oops", "text/plain"),
    "502 from a proxy": answer("502 Bad Gateway", "<html>bad gateway</html>"),
    "429": answer("429 Too Many Requests", Retry_After="0"),
    "nonsense": answer("200 \x00\x01", "\x00" * 100, "application/json"),
}


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    return tmp_path / "kiosk", tmp_path / "server"


@pytest.fixture
def server(folders: tuple[Path, Path]) -> Iterator[Server]:
    with site_server(folders[1]) as server:
        yield server


def assert_same_log(kiosk: PairedKiosk, server_dir: Path) -> None:
    """Byte for byte, in order, none missing and none twice."""
    assert held(server_dir, kiosk.identity.device_id) == kiosk.log()


@pytest.mark.parametrize("behaviour", BAD_LINES.values(), ids=BAD_LINES)
def test_tickets_wait_while_the_line_is_bad_and_arrive_when_it_is_good(
    folders: tuple[Path, Path], server: Server, behaviour: Behaviour, expected_logs: Any
) -> None:
    expected_logs("server_lost")
    identity = pair(*folders)
    with Proxy(behaviour) as line, paired_kiosk(folders[0], identity, line.url, IMPATIENT) as kiosk:
        kiosk.issue(3)
        lost = kiosk.wait_until(lambda status: status.state is SyncState.OFFLINE and status.backlog == 4)
        assert lost.detail
        assert lost.oldest_unsent is not None
        assert lost.last_contact is None
        assert held(folders[1], identity.device_id) == {}
        line.behaviour = relay(server.url)
        kiosk.wait_until_synced()
        assert_same_log(kiosk, folders[1])


def test_n2_line_that_goes_half_open_is_noticed_within_15_s(
    folders: tuple[Path, Path], server: Server, expected_logs: Any
) -> None:
    """With the waits of a real kiosk, while nobody takes a ticket: nothing but its own heartbeat can tell."""
    expected_logs("server_lost")
    identity = pair(*folders)
    frozen = Frozen(server.url)
    with Proxy(frozen) as line, paired_kiosk(folders[0], identity, line.url, Pace()) as kiosk:
        kiosk.wait_until_synced()
        kiosk.wait_until(lambda _: not kiosk.engine.numbers_trouble)
        frozen.freeze()
        began = time.monotonic()
        while not kiosk.engine.numbers_trouble:
            assert time.monotonic() - began < 15.0, "tickets would still ask a server that is gone"
            threading.Event().wait(0.05)


def test_n5_answer_that_drips_ends_at_the_deadline(tmp_path: Path) -> None:
    """A byte now and then keeps every time-out of a socket from running out; the total of a call does not care."""
    identity = load_or_create_identity(tmp_path)

    async def ask(url: str) -> None:
        async with SyncClient(url, SITE, identity, Deadlines(connect_s=1.0, total_s=1.0)) as client:
            await client.open_session()

    with Proxy(drip(every_s=0.1)) as line:
        began = time.monotonic()
        with pytest.raises(OfflineError):
            asyncio.run(ask(line.url))
        assert 1.0 <= time.monotonic() - began < 5.0
    assert Deadlines().total_s <= 15.0


def test_server_that_starts_late_gets_everything(folders: tuple[Path, Path], expected_logs: Any) -> None:
    expected_logs("server_lost")
    identity = pair(*folders)
    with site_server(folders[1]) as first:
        listen = first.url.removeprefix("http://")
    with paired_kiosk(folders[0], identity, first.url) as kiosk:
        kiosk.issue(5)
        kiosk.wait_until(lambda status: status.state is SyncState.OFFLINE)
        with site_server(folders[1], listen):
            kiosk.wait_until_synced()
        assert_same_log(kiosk, folders[1])


@pytest.mark.parametrize("path", [HELLO_PATH, APPEND_PATH])
def test_n3_n7_lost_answer_doubles_nothing(
    folders: tuple[Path, Path], server: Server, path: str, expected_logs: Any
) -> None:
    """The server has done it; the kiosk cannot know before it asks again."""
    expected_logs("server_lost")
    identity = pair(*folders)
    lost = threading.Event()
    with (
        Proxy(lose_answers(server.url, path, lost.set)) as line,
        paired_kiosk(folders[0], identity, line.url) as kiosk,
    ):
        kiosk.issue(3)
        assert lost.wait(PATIENCE_S)
        kiosk.wait_until(lambda status: status.state is SyncState.OFFLINE)
        if path == APPEND_PATH:
            assert sum(map(len, held(folders[1], identity.device_id).values())) > 0
        line.behaviour = relay(server.url)
        kiosk.wait_until_synced()
        assert_same_log(kiosk, folders[1])


@pytest.mark.parametrize("sent_bytes", [1, 150, 700, 1500, 2500, 4000])
def test_n9_line_that_breaks_in_the_middle_loses_nothing(
    folders: tuple[Path, Path], server: Server, sent_bytes: int, expected_logs: Any
) -> None:
    """Session, hello or batch cut at some byte."""
    expected_logs("server_lost")
    identity = pair(*folders)
    with Proxy(reset_after(server.url, sent_bytes)) as line, paired_kiosk(folders[0], identity, line.url) as kiosk:
        kiosk.issue(40)
        kiosk.wait_until(lambda status: status.state is SyncState.OFFLINE)
        line.behaviour = relay(server.url)
        kiosk.wait_until_synced()
        assert_same_log(kiosk, folders[1])


def test_long_backlog_arrives_in_order_over_several_batches(folders: tuple[Path, Path], server: Server) -> None:
    identity = pair(*folders)
    for _ in range(2):  # two incarnations
        with paired_kiosk(folders[0], identity, "http://127.0.0.1:9") as kiosk:
            kiosk.engine.stop()
            kiosk.write(600)
    with paired_kiosk(folders[0], identity, server.url) as kiosk:
        kiosk.wait_until_synced()
        assert_same_log(kiosk, folders[1])
        assert len(kiosk.log()) == 3
        backlogs = [status.backlog for status in kiosk.said]
        assert backlogs == sorted(backlogs, reverse=True)
        assert len(set(backlogs)) > 2


def test_n13_thin_line_carries_the_backlog_in_smaller_batches(
    folders: tuple[Path, Path], server: Server, expected_logs: Any
) -> None:
    """A batch that takes longer than a call may take is halved until it fits."""
    expected_logs("server_lost")
    identity = pair(*folders)
    with (
        Proxy(thin(server.url, bytes_per_s=16_000)) as line,
        paired_kiosk(folders[0], identity, line.url, IMPATIENT) as kiosk,
    ):
        kiosk.issue(300)
        kiosk.wait_until_synced()
        assert_same_log(kiosk, folders[1])


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        ("500 Internal Server Error", {}),
        ("502 Bad Gateway", {}),
        ("503 Service Unavailable", {}),
        ("503 Service Unavailable", {"Retry_After": "3600"}),
        ("429 Too Many Requests", {"Retry_After": "3600"}),
    ],
)
def test_n4_server_in_a_storm_is_not_hammered(
    folders: tuple[Path, Path], status: str, headers: dict[str, str], expected_logs: Any
) -> None:
    """No ticket shortens the wait that a server asked for by saying that it is busy."""
    expected_logs("server_lost")
    identity = pair(*folders)
    busy = answer(status, **headers)
    with Proxy(busy) as line, paired_kiosk(folders[0], identity, line.url, LONG_WAITS) as kiosk:
        kiosk.wait_until(lambda status: status.state is SyncState.OFFLINE)
        for _ in range(50):
            kiosk.issue()
        assert line.connections <= 3, "log, heartbeat and numbers once each"


def test_server_that_acknowledges_less_than_it_was_sent_is_left_in_peace(
    folders: tuple[Path, Path], expected_logs: Any
) -> None:
    """It says 200 and holds nothing: sent again at once, the same batch would go round for ever."""
    expected_logs("server_lost")
    identity = pair(*folders)
    nothing_held = {
        SESSION_PATH: Session(session="5" * 16, challenge="c" * 64, server_epoch=1, server_time=MONDAY_10_00),
        HELLO_PATH: HelloAnswer(server_epoch=1, server_time=MONDAY_10_00, heads=(), central={}),
        APPEND_PATH: AppendAnswer(acknowledged={}, central={}, accepted=0, duplicates=0),
    }
    with (
        Proxy(server_of(nothing_held)) as line,
        paired_kiosk(folders[0], identity, line.url, LONG_WAITS) as kiosk,
    ):
        told = kiosk.wait_until(lambda status: status.state is SyncState.REFUSED)
        assert "acknowledged less" in told.detail
        assert kiosk.acknowledged() == {}


def test_ticket_ends_the_wait_for_a_line_that_was_dead(
    folders: tuple[Path, Path], server: Server, expected_logs: Any
) -> None:
    expected_logs("server_lost")
    identity = pair(*folders)
    with Proxy(refuse) as line, paired_kiosk(folders[0], identity, line.url, LONG_WAITS) as kiosk:
        kiosk.wait_until(lambda status: status.state is SyncState.OFFLINE)
        line.behaviour = relay(server.url)
        kiosk.issue()
        kiosk.wait_until_synced()


def test_loss_and_return_of_contact_are_logged_once_each(
    folders: tuple[Path, Path], server: Server, expected_logs: Any
) -> None:
    expected_logs("server_lost")
    identity = pair(*folders)
    with Proxy(refuse) as line, paired_kiosk(folders[0], identity, line.url) as kiosk:
        line.wait_for_connections(5)
        line.behaviour = relay(server.url)
        kiosk.wait_until_synced()
    assert expected_logs.seen == ["server_lost"]
    assert all(before != after for before, after in pairwise(kiosk.said))


def test_nobody_waits_for_a_server_that_never_answers(folders: tuple[Path, Path]) -> None:
    identity = pair(*folders)
    with Proxy(half_open) as line, paired_kiosk(folders[0], identity, line.url) as kiosk:
        started = time.monotonic()
        for _ in range(100):
            kiosk.issue()
        kiosk.engine.stop()
        assert time.monotonic() - started < 4.0  # less than one deadline: neither waking nor stopping waits for a call


def test_wake_before_start_and_after_stop_is_harmless(folders: tuple[Path, Path], server: Server) -> None:
    identity = pair(*folders)
    with paired_kiosk(folders[0], identity, server.url) as kiosk:
        kiosk.wait_until_synced()
        kiosk.engine.stop()
        kiosk.engine.wake()
        kiosk.engine.stop()


def test_disk_that_fails_in_the_middle_of_a_call_ends_no_engine(folders: tuple[Path, Path], expected_logs: Any) -> None:
    """Server and disk fail at once: the technician is told of the server, and the engine tries again."""
    expected_logs("server_lost", "store_failed")
    identity = pair(*folders)
    kiosks: list[PairedKiosk] = []

    def fail(_db: object) -> None:
        raise StoreDiskError("the disk failed")

    async def break_the_disk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        kiosks[0].store.submit(fail)
        await refuse(reader, writer)

    with Proxy(half_open) as line, paired_kiosk(folders[0], identity, line.url, IMPATIENT) as kiosk:
        kiosks.append(kiosk)
        line.behaviour = break_the_disk
        told = kiosk.wait_until(lambda status: status.state is SyncState.OFFLINE and "disk" in status.detail)
        assert told.detail == "the disk failed"


def test_restarted_server_is_greeted_anew(folders: tuple[Path, Path]) -> None:
    """Its sessions were in memory: the kiosk opens another one, and nobody notices."""
    identity = pair(*folders)
    quiet = replace(QUICK, hello_every_s=60.0, heartbeat_every_s=60.0)
    with Proxy(refuse) as line, ExitStack() as kiosk_end:
        with site_server(folders[1]) as first:
            line.behaviour = relay(first.url)
            kiosk = kiosk_end.enter_context(paired_kiosk(folders[0], identity, line.url, quiet))
            kiosk.wait_until_synced()
        with site_server(folders[1]) as second:
            line.behaviour = relay(second.url)
            kiosk.issue(2)
            kiosk.wait_until_synced()
            assert_same_log(kiosk, folders[1])
        assert {status.state for status in kiosk.said} == {SyncState.ONLINE}
