"""Who watches a hall hears what changes, once, in order; nobody who watches can hold the server up."""

import asyncio
import json
import socket
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest

from kiosk.domain.events import NO_EVENT, NODE_STARTED, encode
from kiosk.domain.events import Event as OriginEvent
from kiosk.identity import Identity
from kiosk.sync.wire import STREAM_PATH
from server.node import open_node
from server.relay_log import RelayLog
from server.run import Server
from server.stream import KEPT, Change, Stream, Told, TooManyReadersError
from tests.paired_kiosk import PATIENCE_S, SITE, pair, paired_kiosk, site_server, some_ticket
from tests.postgresql import database_of, settings_on

Event = dict[str, Any]


def change(number: int) -> Change:
    return Change("ticket", {"label": f"D-{number:03d}"})


def tell(stream: Stream, *numbers: int) -> None:
    stream.publish(SITE, lambda: [change(number) for number in numbers])


async def news(stream: Stream, last_event_id: str | None = None) -> tuple[Sequence[Told], bool, str]:
    """One connection: what it hears at once, whether it must fetch the state anew, where it came to."""
    reader = stream.open(SITE, last_event_id)
    try:
        told, has_gap = await reader.news(0.0)
        return told, has_gap, reader.event_id
    finally:
        reader.close()


def labels(told: Sequence[Told]) -> list[str]:
    return [each.change.facts["label"] for each in told]


def test_who_comes_first_is_told_to_fetch_the_state_and_who_comes_back_hears_the_rest() -> None:
    async def watch() -> None:
        stream = Stream()
        assert (await news(stream))[:2] == ((), True)
        tell(stream, 1, 2)
        _, _, position = await news(stream)
        tell(stream, 3, 4)
        told, has_gap, position = await news(stream, position)
        assert (labels(told), has_gap) == (["D-003", "D-004"], False)
        assert (await news(stream, position))[:2] == ([], False)

    asyncio.run(watch())


@pytest.mark.parametrize(
    "stranger", ["", "x", "0" * 16 + ".1", "{epoch}.", "{epoch}.-1", "{epoch}.9", "{epoch}.9e9", "{epoch}.\u0661"]
)
def test_a_position_that_is_not_of_this_life_leads_to_a_reset(stranger: str) -> None:
    async def watch() -> None:
        stream = Stream()
        await news(stream)
        tell(stream, 1)
        _, has_gap, position = await news(stream, stranger.replace("{epoch}", stream.epoch))
        assert has_gap
        assert position == f"{stream.epoch}.1"

    asyncio.run(watch())


def test_who_watches_while_much_changes_at_once_is_told_to_fetch_the_state_anew() -> None:
    async def watch() -> None:
        stream = Stream()
        stream.start_over(SITE)  # where nobody watches, nothing is kept
        assert not stream.watched()
        reader = stream.open(SITE, None)
        await reader.news(0.0)
        stream.start_over(SITE)
        assert await reader.news(PATIENCE_S) == ((), True)

    asyncio.run(watch())


def test_what_comes_back_from_central_is_told_as_a_reset(tmp_path: Path) -> None:
    """A restored site takes back hundreds of tickets, which nobody sends it."""
    body = {"parent": None, "program": "t", "clock_trusted": True}
    event = encode(OriginEvent("a" * 16, "1" * 16, 1, "0" * 16, NODE_STARTED, 1, body, NO_EVENT))
    node = open_node(settings_on(tmp_path, database_of(tmp_path)))

    async def watch() -> None:
        reader = node.stream.open(SITE, None)
        await reader.news(0.0)
        assert await RelayLog(node, SITE, "a" * 16).take_back("1" * 16, 0, [event]) is None
        assert await reader.news(PATIENCE_S) == ((), True)

    asyncio.run(watch())
    node.close()


def test_who_was_away_too_long_is_told_so() -> None:
    async def watch() -> None:
        stream = Stream()
        _, _, position = await news(stream)
        tell(stream, *range(KEPT + 1))
        assert (await news(stream, position))[1]
        tell(stream, 7)
        assert (await news(stream, position))[1]

    asyncio.run(watch())


def test_what_could_not_be_read_is_a_gap_for_everybody() -> None:
    async def watch() -> None:
        stream = Stream()
        _, _, position = await news(stream)
        with pytest.raises(ZeroDivisionError):
            stream.publish(SITE, lambda: [change(1 // 0)])
        assert (await news(stream, position))[1]

    asyncio.run(watch())


def test_a_reader_is_woken_across_threads() -> None:
    async def watch() -> None:
        stream = Stream()
        reader = stream.open(SITE, f"{stream.epoch}.0")
        thread = threading.Thread(target=tell, args=(stream, 1))
        waiting = asyncio.ensure_future(reader.news(PATIENCE_S))
        thread.start()
        told, _ = await waiting
        thread.join()
        assert labels(told) == ["D-001"]

    asyncio.run(watch())


def test_nothing_is_read_for_a_site_that_nobody_watches() -> None:
    Stream().publish(SITE, lambda: pytest.fail("looked"))


def test_so_many_may_watch_and_not_one_more() -> None:
    async def watch() -> None:
        stream = Stream(most_readers=2)
        first, _ = stream.open(SITE, None), stream.open("another", None)
        with pytest.raises(TooManyReadersError):
            stream.open(SITE, None)
        first.close()
        stream.open(SITE, None)

    asyncio.run(watch())


class Watcher:
    """A connection to the stream, read line by line."""

    def __init__(self, http: httpx2.Client, last_event_id: str | None = None, query: str = f"?site={SITE}") -> None:
        headers = {} if last_event_id is None else {"Last-Event-ID": last_event_id}
        self._context = http.stream("GET", STREAM_PATH + query, headers=headers, timeout=PATIENCE_S)
        self.response = self._context.__enter__()
        self._lines = self.response.iter_lines()

    def next(self) -> Event:
        """The next event; comments and the `retry` line are passed over."""
        event: Event = {}
        for line in self._lines:
            field, _, value = line.partition(": ")
            if not line and "event" in event:
                return event | {"data": json.loads(event["data"])}
            if field in {"id", "event", "data"}:
                event[field] = value
        return {}

    def until(self, name: str) -> Event:
        while (event := self.next()) and event["event"] != name:
            pass
        return event

    def close(self) -> None:
        self._context.__exit__(None, None, None)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[Server, Identity]]:
    identity = pair(tmp_path / "kiosk", tmp_path / "server")
    with site_server(tmp_path / "server") as server:
        yield server, identity


@pytest.mark.usefixtures("on_both_databases")
def test_an_issued_ticket_is_told_with_its_queue_and_nothing_is_missed_between_two_connections(
    site: tuple[Server, Identity], tmp_path: Path
) -> None:
    server, identity = site
    with httpx2.Client(base_url=server.url) as http, paired_kiosk(tmp_path / "kiosk", identity, server.url) as kiosk:
        watcher = Watcher(http)
        assert watcher.response.headers["Content-Type"].startswith("text/event-stream")
        reset = watcher.next()
        assert (reset["event"], reset["data"]) == ("reset", {})
        kiosk.issue()
        ticket, queue = watcher.until("ticket"), watcher.until("queue")
        watcher.close()
        first = some_ticket(1)
        assert ticket["data"] == {
            "ticket": first.id,
            "label": first.label,
            "service_day": "2026-11-23",
            "stops": [{"service_id": "dukcapil.ktp", "queue_code": "D", "state": "waiting"}],
        }
        assert queue["data"] == {"service_day": "2026-11-23", "queue_code": "D", "issued": 1, "waiting": 1}
        kiosk.issue(2)
        kiosk.wait_until_synced()
        again = Watcher(http, queue["id"])
        assert [again.until("ticket")["data"]["label"] for _ in range(2)] == ["D-002A", "D-003A"]
        assert again.until("queue")["data"]["waiting"] == 3
        again.close()


def test_a_kiosk_that_falls_silent_is_told(site: tuple[Server, Identity], tmp_path: Path) -> None:
    server, identity = site
    with httpx2.Client(base_url=server.url) as http:
        watcher = Watcher(http)
        with paired_kiosk(tmp_path / "kiosk", identity, server.url):
            present = watcher.until("device")
        assert present["data"] == {"device": identity.device_id, "contact": "present"}
        contacts = server.node.contacts
        silent = {key: type(each)(each.last_at_ms - 60_000) for key, each in contacts._devices.items()}
        contacts._devices.update(silent)
        assert watcher.until("device")["data"]["contact"] == "lost"
        watcher.close()


@pytest.mark.parametrize("query", ["?site=nobody", "?site="])
def test_a_site_that_is_not_known_cannot_be_watched(site: tuple[Server, Identity], query: str) -> None:
    with httpx2.Client(base_url=site[0].url) as http:
        assert http.get(STREAM_PATH + query).status_code == 404


def test_the_only_site_need_not_be_named(site: tuple[Server, Identity]) -> None:
    with httpx2.Client(base_url=site[0].url) as http:
        watcher = Watcher(http, query="")
        assert watcher.next()["event"] == "reset"
        watcher.close()


def test_a_server_that_stops_does_not_wait_for_those_who_watch(tmp_path: Path) -> None:
    pair(tmp_path / "kiosk", tmp_path / "server")
    with httpx2.Client() as http:
        with site_server(tmp_path / "server") as server:
            http.base_url = httpx2.URL(server.url)
            watchers = [Watcher(http) for _ in range(5)]
            assert all(watcher.next()["event"] == "reset" for watcher in watchers)
            began = monotonic()
        assert monotonic() - began < 3.0
        assert [watcher.next() for watcher in watchers] == [{}] * 5
        for watcher in watchers:
            watcher.close()


def test_who_does_not_read_is_cut_off(site: tuple[Server, Identity], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.stream_api._SEND_WITHIN_S", 0.2)
    server, _ = site
    address = urlsplit(server.url)
    with socket.socket() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.connect((address.hostname, address.port))
        deaf.sendall(f"GET {STREAM_PATH} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        ring = server.node.stream._rings
        assert _soon(lambda: SITE in ring and bool(ring[SITE].readers))
        long = [Change("ticket", {"label": "x" * 20_000})]

        def is_cut_off() -> bool:
            server.node.stream.publish(SITE, lambda: long)
            return not ring[SITE].readers

        assert _soon(is_cut_off)


def test_who_goes_away_is_forgotten(site: tuple[Server, Identity]) -> None:
    server, _ = site
    with httpx2.Client(base_url=server.url) as http:
        watcher = Watcher(http)
        watcher.next()
        ring = server.node.stream._rings[SITE]
        assert len(ring.readers) == 1
        watcher.close()
        assert _soon(lambda: not ring.readers)


def _soon(holds: Any) -> bool:
    pause = threading.Event()
    return any(holds() or pause.wait(0.01) for _ in range(int(PATIENCE_S * 100)))
