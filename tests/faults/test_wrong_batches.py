"""S6: batches that come in the wrong order, too late, again, or from somebody else; from a kiosk and from a relay."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from kiosk.identity import Identity, load_or_create_identity
from kiosk.sync.client import SyncClient
from kiosk.sync.reply import MessageRefusedError
from kiosk.sync.wire import DeviceKind, Head, Hello, Pull
from server.devices import DeviceRecord
from server.enrolment import admit
from server.run import Server
from tests.paired_kiosk import SITE, site_server
from tests.written_log import WrittenLog

pytestmark = pytest.mark.usefixtures("on_both_databases")

T = TypeVar("T")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with site_server(tmp_path / "server") as server:
        yield server


def let_in(server: Server, folder: Path, number: int | None, site_id: str = SITE) -> Identity:
    """A kiosk with this number, or a relay."""
    folder.mkdir()
    identity = load_or_create_identity(folder)
    kind = DeviceKind.SITE if number is None else DeviceKind.KIOSK
    letter = None if number is None else chr(64 + number)
    record = DeviceRecord(identity.device_id, identity.public_key, site_id, number, letter, folder.name, kind)
    admit(server.node, record)
    return identity


def ask(server: Server, who: Identity, work: Callable[[SyncClient], Awaitable[T]], site_id: str = SITE) -> T:
    async def connect() -> T:
        async with SyncClient(server.url, site_id, who) as client:
            return await work(client)

    return asyncio.run(connect())


def refused(server: Server, who: Identity, work: Callable[[SyncClient], Awaitable[T]], site_id: str = SITE) -> str:
    with pytest.raises(MessageRefusedError) as error:
        ask(server, who, work, site_id)
    return error.value.problem.code


def some_log(origin: str, tickets: int = 4) -> WrittenLog:
    written = WrittenLog(origin)
    for number in range(1, tickets + 1):
        written.issue(number)
    return written


def test_s6_gap_is_answered_with_what_is_held(server: Server, tmp_path: Path, expected_logs: Any) -> None:
    expected_logs("batch_refused")
    kiosk = let_in(server, tmp_path / "kiosk", 1)
    (batch,) = some_log(kiosk.device_id).events.values()
    ask(server, kiosk, lambda client: client.append(batch[:2]))
    with pytest.raises(MessageRefusedError) as error:
        ask(server, kiosk, lambda client: client.append(batch[3:]))
    assert error.value.problem.code == "gap"
    assert list(error.value.problem.acknowledged.values()) == [2]
    answer = ask(server, kiosk, lambda client: client.append(batch[2:]))
    assert (list(answer.acknowledged.values()), answer.accepted) == ([5], 3)


def test_s6_old_batch_again_changes_nothing(server: Server, tmp_path: Path) -> None:
    """The second half overlaps, the first comes again last; the acknowledgement never goes back."""
    kiosk = let_in(server, tmp_path / "kiosk", 1)
    (batch,) = some_log(kiosk.device_id).events.values()
    for part, accepted in ((batch[:3], 3), (batch[1:], 2), (batch[:3], 0)):
        answer = ask(server, kiosk, lambda client, part=part: client.append(part))  # type: ignore[misc]
        assert answer.accepted == accepted
    assert list(answer.acknowledged.values()) == [5]


def test_s6_origin_of_somebody_else_is_refused_to_all_but_a_relay(
    server: Server, tmp_path: Path, expected_logs: Any
) -> None:
    expected_logs("batch_refused")
    kiosk, other = let_in(server, tmp_path / "kiosk", 1), let_in(server, tmp_path / "other", 2)
    relay = let_in(server, tmp_path / "relay", None)
    written = some_log(kiosk.device_id)
    (batch,) = written.events.values()
    heads = (Head(incarnation=written.incarnation, sequence=5, hash=written.head.hash),) if written.head else ()
    hello = Hello(origin=kiosk.device_id, heads=heads)
    pull = Pull(origin=kiosk.device_id, incarnation=written.incarnation, after=0)
    assert refused(server, other, lambda client: client.append(batch)) == "foreign_origin"
    assert refused(server, other, lambda client: client.hello(hello)) == "foreign_origin"
    assert refused(server, other, lambda client: client.pull(pull)) == "foreign_origin"
    assert ask(server, relay, lambda client: client.append(batch)).accepted == 5
    assert [head.sequence for head in ask(server, relay, lambda client: client.hello(hello)).heads] == [5]
    assert list(ask(server, relay, lambda client: client.pull(pull))) == batch
    assert list(ask(server, kiosk, lambda client: client.pull(pull))) == batch


def test_s6_relay_mixes_no_origins_in_a_batch(server: Server, tmp_path: Path, expected_logs: Any) -> None:
    expected_logs("batch_refused")
    relay = let_in(server, tmp_path / "relay", None)
    (one,) = some_log("1" * 16).events.values()
    (two,) = some_log("2" * 16).events.values()
    assert refused(server, relay, lambda client: client.append([*one, *two])) == "foreign_origin"


def test_s6_relay_speaks_for_its_own_site_only(server: Server, tmp_path: Path) -> None:
    """The site is the session's: an origin of another site, under its own, is simply unknown there."""
    relay = let_in(server, tmp_path / "relay", None)
    elsewhere = let_in(server, tmp_path / "elsewhere", None, "other-hall")
    written = some_log("1" * 16)
    (batch,) = written.events.values()
    ask(server, relay, lambda client: client.append(batch))
    pull = Pull(origin="1" * 16, incarnation=written.incarnation, after=0)
    assert list(ask(server, elsewhere, lambda client: client.pull(pull), "other-hall")) == []
    assert (
        ask(server, elsewhere, lambda client: client.hello(Hello(origin="1" * 16, heads=())), "other-hall").heads == ()
    )


def test_pull_gives_batches_until_there_is_no_more(server: Server, tmp_path: Path) -> None:
    kiosk = let_in(server, tmp_path / "kiosk", 1)
    written = some_log(kiosk.device_id, 1200)
    (batch,) = written.events.values()
    for first in range(0, len(batch), 400):
        ask(server, kiosk, lambda client, first=first: client.append(batch[first : first + 400]))  # type: ignore[misc]

    async def fetch(client: SyncClient) -> list[bytes]:
        fetched: list[bytes] = []
        while events := await client.pull(
            Pull(origin=kiosk.device_id, incarnation=written.incarnation, after=len(fetched))
        ):
            assert len(events) <= 500
            assert sum(map(len, events)) <= 256 * 1024
            fetched += events
        return fetched

    assert ask(server, kiosk, fetch) == batch
