"""Hundreds of phones behind one address look at the board's page: told at once, of one drawing, and in nobody's way."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import httpx2
import pytest

from kiosk.domain.stop_life import Verb
from kiosk.sync.desk_wire import BOARD_PATH, BoardView
from server import board, board_pages
from server.board_stream import Crowd, Guest
from server.run import Server
from tests.called_hall import CalledHall
from tests.paired_kiosk import pair, site_server

PHONES: Final = 300
WITHIN_S: Final = 30.0


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    pair(tmp_path / "kiosk", tmp_path / "server")
    with site_server(tmp_path / "server") as server:
        yield server


@pytest.fixture
def hall(server: Server) -> CalledHall:
    return CalledHall(server.node)


@pytest.fixture
def drawings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Each part that was drawn."""
    drawn: list[str] = []
    draw = board_pages._drawn

    def note(*words: Any, **named: Any) -> board_pages.Page:
        page = draw(*words, **named)
        drawn.append(page.content.decode())
        return page

    monkeypatch.setattr(board_pages, "_drawn", note)
    return drawn


@dataclass
class Phone:
    """One open page. `part`: what it shows. `news`: the names of what it was told."""

    reader: asyncio.StreamReader
    part: str = ""
    news: list[str] = field(default_factory=list)

    async def hear(self, holds: Callable[["Phone"], bool]) -> None:
        async with asyncio.timeout(WITHIN_S):
            while not holds(self):
                line = (await self.reader.readline()).decode()
                assert line, self.news
                name, _, value = line.strip().partition(": ")
                if name == "event":
                    self.news.append(value)
                elif name == "data" and self.news[-1] == "board":
                    self.part = json.loads(value)["html"]

    def shows(self, *labels: str) -> bool:
        return bool(self.part) and all(label in self.part for label in labels)


@asynccontextmanager
async def phone(url: str, path: str = "/board.events") -> AsyncIterator[Phone]:
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode())
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), WITHIN_S)
    assert head.startswith(b"HTTP/1.1 200"), head
    try:
        yield Phone(reader)
    finally:
        writer.close()


def test_a_whole_crowd_is_told_of_a_call_that_was_drawn_once(
    server: Server, hall: CalledHall, drawings: list[str]
) -> None:
    """From one address, each with its page first; none is asked to come back later."""

    async def watch() -> None:
        async with httpx2.AsyncClient(limits=httpx2.Limits(max_connections=20)) as http:
            opened = await asyncio.gather(*(http.get(f"{server.url}/board", timeout=WITHIN_S) for _ in range(PHONES)))
            assert {answer.status_code for answer in opened} == {200}
        async with AsyncExitStack() as stack:
            phones = [await stack.enter_async_context(phone(server.url)) for _ in range(PHONES)]
            await asyncio.gather(*(each.hear(lambda it: it.shows()) for each in phones))
            ticket, label = hall.issue()
            await asyncio.to_thread(hall.do, Verb.CALL, ticket, 3)
            await asyncio.gather(*(each.hear(lambda it: it.shows(label)) for each in phones))
            assert 1 <= sum(label in part for part in drawings) <= 5
            again, second = hall.issue()
            await asyncio.to_thread(hall.do, Verb.CALL, again, 4)
            await asyncio.gather(*(each.hear(lambda it: it.shows(label, second)) for each in phones))

    asyncio.run(watch())


def test_who_comes_later_is_told_what_is_shown_now_and_who_left_is_forgotten(server: Server, hall: CalledHall) -> None:
    async def watch() -> None:
        ticket, label = hall.issue()
        async with phone(server.url) as first:
            await first.hear(lambda it: it.shows())
            await asyncio.to_thread(hall.do, Verb.CALL, ticket, 3)
            async with phone(server.url) as second:
                await second.hear(lambda it: it.shows(label))
            await first.hear(lambda it: it.shows(label))
        async with phone(server.url) as third:
            await third.hear(lambda it: it.shows(label))

    asyncio.run(watch())


def test_each_zone_and_language_is_told_its_own(server: Server, hall: CalledHall) -> None:
    zone = httpx2.get(f"{server.url}{BOARD_PATH}").json()["zones"][0]["id"]

    async def watch() -> None:
        async with phone(server.url) as indonesian, phone(server.url, f"/board.events?lang=en&zone={zone}") as english:
            await indonesian.hear(lambda it: "Sedang dipanggil" in it.part)
            await english.hear(lambda it: "Now calling" in it.part)

    asyncio.run(watch())
    answer = httpx2.get(f"{server.url}/board.events", params={"zone": "nowhere"})
    assert answer.status_code == 404


def test_zones_that_a_stranger_makes_up_are_drawn_once_and_push_nothing_out(
    server: Server, drawings: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board_pages, "_KEPT_S", 1000.0)
    monkeypatch.setattr(server.node.stream, "count", lambda _: 1)  # nothing changes
    with httpx2.Client(base_url=server.url) as http:
        assert http.get("/board").status_code == 200
        made_up = {http.get(f"/board/nowhere-{number}").status_code for number in range(board_pages._MOST_KEPT + 1)}
        assert made_up == {404}
        assert http.get("/board").status_code == 200
    assert len(drawings) == 2


def test_a_server_that_stops_waits_for_no_phone(tmp_path: Path) -> None:
    pair(tmp_path / "kiosk", tmp_path / "server")
    with site_server(tmp_path / "server") as server:
        parts = urlsplit(server.url)

        async def watch() -> asyncio.StreamReader:
            reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
            writer.write(f"GET /board.events HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode())
            await asyncio.wait_for(reader.readuntil(b"event: board"), WITHIN_S)
            await asyncio.wait_for(asyncio.to_thread(server.stop), WITHIN_S)
            await asyncio.wait_for(reader.read(), WITHIN_S)  # until its end
            writer.close()
            return reader

        assert asyncio.run(watch()).at_eof()


def test_what_has_not_changed_is_not_sent_again(server: Server, hall: CalledHall) -> None:
    with httpx2.Client(base_url=server.url) as http:
        first = http.get("/board", params={"part": "true"})
        tag = first.headers["ETag"]
        again = http.get("/board", params={"part": "true"}, headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")
        assert float(again.headers["Giliran-Now"]) >= float(first.headers["Giliran-Now"])
        ticket, label = hall.issue()
        hall.do(Verb.CALL, ticket, 3)
        changed = http.get("/board", params={"part": "true"}, headers={"If-None-Match": tag})
        assert changed.status_code == 200
        assert label in changed.text


def test_the_tables_are_read_once_for_all_who_look_also_where_nobody_watches(
    server: Server, hall: CalledHall, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asks as often as he may must not keep the server busy."""
    read: list[str] = []
    look = board.read_board

    def note(*words: Any) -> BoardView:
        read.append(words[2])
        return look(*words)

    monkeypatch.setattr(board, "_KEPT_S", 1000.0)
    monkeypatch.setattr(board, "read_board", note)
    with httpx2.Client(base_url=server.url) as http:
        assert http.get(BOARD_PATH).json()["now"] == http.get(BOARD_PATH).json()["now"] == []
        assert len(read) == 1
        ticket, label = hall.issue()
        hall.do(Verb.CALL, ticket, 3)
        assert [call["label"] for call in http.get(BOARD_PATH).json()["now"]] == [label]


def test_many_boards_behind_one_address_are_answered_at_once(server: Server) -> None:
    with httpx2.Client(base_url=server.url) as http:
        assert {http.get(BOARD_PATH).status_code for _ in range(100)} == {200}


class _NoCrowd(Crowd):
    def __init__(self) -> None:
        self.guests: set[Guest] = set()

    def leave(self, guest: Guest) -> None:
        """Nobody waits for it."""


def test_who_is_slow_gets_the_newest_and_never_a_sign_of_life_in_its_place() -> None:
    async def take() -> None:
        guest = Guest(_NoCrowd())
        guest.hand("1", b"first", b"still")
        guest.hand("2", b"second", b"still")
        guest.hand("2", b"second", b"still")
        assert await guest.next() == b"second"
        guest.hand("2", b"second", b"still")
        assert await guest.next() == b"still"
        guest.end()
        assert await guest.next() is None

    asyncio.run(take())
