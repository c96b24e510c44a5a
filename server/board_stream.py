"""What the board's page is told as it happens: the part that changes, drawn once and handed to all who look at it.

Of each page that anybody looks at, one task listens to the hall's stream. It hands a new part around a few phones at a
time, so that a desk's request between them waits for those few and never for the whole crowd.
"""

import asyncio
import json
from collections.abc import Iterable
from typing import Final

import structlog
from starlette.concurrency import run_in_threadpool

from server.board_pages import Asked, Page, Pages
from server.node import Node
from server.stream import Reader, TooManyReadersError
from server.stream_api import WatchedResponse

log = structlog.get_logger(__name__)

MOST_GUESTS: Final = 600
"""Pages that may look at once, in one hall."""
AT_ONCE: Final = 16
"""Phones that are handed a part before others have their turn: under a millisecond."""
REST_S: Final = 15.0
"""So often it says at least that it is alive, and what the time has changed."""
SOON_S: Final = 2.0
"""So long who waits in which queue may be out of date."""
_LEAST_PAUSE_S: Final = 0.2
"""Between two parts, however many calls come."""
_NEWS: Final = frozenset({"reset", "call", "counter", "hall"})


class TooManyGuestsError(Exception): ...


class Guest:
    """One page that looks. Belongs to the event loop. Who is slow is told the newest part only."""

    def __init__(self, crowd: "Crowd") -> None:
        self._crowd = crowd
        self._tag = ""
        self._parcel: bytes | None = None
        self._has_ended = False
        self._woken = asyncio.Event()

    def hand(self, tag: str, part: bytes, still: bytes) -> None:
        """`still`: in place of a part that it holds already."""
        if tag != self._tag:
            self._tag, self._parcel = tag, part
        elif self._parcel is None:
            self._parcel = still
        self._woken.set()

    def end(self) -> None:
        self._has_ended = True
        self._woken.set()

    def close(self) -> None:
        self._crowd.leave(self)

    async def next(self) -> bytes | None:
        """None: it is over."""
        await self._woken.wait()
        self._woken.clear()
        parcel, self._parcel = self._parcel, None
        return None if self._has_ended else parcel or b": \n\n"


class GuestResponse(WatchedResponse):
    def __init__(self, guest: Guest) -> None:
        super().__init__(guest)
        self._guest = guest

    async def next(self) -> bytes | None:
        return await self._guest.next()


class Crowd:
    """All who look at one page. Ends when the last has gone."""

    def __init__(self, asked: Asked, pages: Pages, reader: Reader, first: Page) -> None:
        self.guests: set[Guest] = set()
        self._asked = asked
        self._pages = pages
        self._reader = reader
        self._newest = first
        self._task = asyncio.get_running_loop().create_task(self._tell_on())

    def join(self, first: Page) -> Guest:
        guest = Guest(self)
        self.guests.add(guest)
        page = max(first, self._newest, key=lambda each: each.now)
        guest.hand(page.tag, _told(page), _still(page))
        return guest

    def leave(self, guest: Guest) -> None:
        self.guests.discard(guest)
        if not self.guests:
            self._reader.end()

    @property
    def has_ended(self) -> bool:
        return self._reader.has_ended or self._task.done()

    async def _tell_on(self) -> None:
        try:
            await self._listen()
        except Exception:
            log.exception("request_failed", path="/board.events")
        finally:
            self._reader.end()
            self._reader.close()
            for guest in tuple(self.guests):
                guest.end()  # they come back by themselves

    async def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()  # what was drawn before we listened may be old already
        while not self._reader.has_ended:
            news, has_gap = await self._reader.news(max(0.0, due - loop.time()))
            names = {told.change.name for told in news}
            if has_gap or names & _NEWS:
                due = loop.time()
            elif "queue" in names:
                due = min(due, loop.time() + SOON_S)
            if loop.time() >= due and not self._reader.has_ended:
                await self._hand_around(await self._pages.get(self._asked))
                await asyncio.sleep(_LEAST_PAUSE_S)
                due = loop.time() + REST_S

    async def _hand_around(self, page: Page) -> None:
        part, still = _told(page), _still(page)
        self._newest = page
        for group in _groups(tuple(self.guests)):
            for guest in group:
                guest.hand(page.tag, part, still)
            await asyncio.sleep(0)  # theirs, and everybody else's, turn


class Crowds:
    """Of each page that is looked at, those who look. Used on the event loop alone."""

    def __init__(self, node: Node, pages: Pages) -> None:
        self._node = node
        self._pages = pages
        self._crowds: dict[Asked, Crowd] = {}

    async def join(self, asked: Asked, first: Page) -> Guest:
        """`first`: the part as it is now. Raises TooManyGuestsError, RefusedError."""
        crowd = self._crowds.get(asked)
        if crowd is None or crowd.has_ended:
            site_id = await run_in_threadpool(self._pages.site_id, asked)
            crowd = self._crowds.get(asked)
        if sum(len(each.guests) for each in self._crowds.values()) >= MOST_GUESTS:
            raise TooManyGuestsError
        if crowd is None or crowd.has_ended:
            self._crowds = {key: each for key, each in self._crowds.items() if not each.has_ended}
            try:
                reader = self._node.stream.open(site_id, None, is_guest=True)
            except TooManyReadersError as error:
                raise TooManyGuestsError from error
            crowd = self._crowds[asked] = Crowd(asked, self._pages, reader, first)
        return crowd.join(first)


def _told(page: Page) -> bytes:
    return _event("board", {"now": page.now, "html": page.content.decode()})


def _still(page: Page) -> bytes:
    """Nothing has changed, and we are here."""
    return _event("same", {"now": page.now})


def _event(name: str, facts: dict[str, object]) -> bytes:
    return f"event: {name}\ndata: {json.dumps(facts, ensure_ascii=False)}\n\n".encode()


def _groups(guests: tuple[Guest, ...]) -> Iterable[tuple[Guest, ...]]:
    return (guests[at : at + AT_ONCE] for at in range(0, len(guests), AT_ONCE))
