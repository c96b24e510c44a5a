"""What changes in a hall, told as it happens to whoever watches: desks, boards.

One ring of the latest changes for each site that is watched, shared by all who watch it. Who reads too slowly finds a
gap and is told to fetch the state anew; for nobody is anything kept besides.
"""

import asyncio
import secrets
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

KEPT: Final = 2000
"""Changes of one site: a hall's busiest quarter of an hour."""
MOST_READERS: Final = 200
MOST_GUESTS: Final = 100
"""Of the readers: pages on phones. They must not crowd out the hall's own desks and boards."""


@dataclass(frozen=True, slots=True)
class Change:
    """`name`: ticket, queue, call, counter, hall or device. `facts`: its state now, not the difference; no person is in
    it.
    """

    name: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """`sequence` counts the changes of a site from 1."""

    sequence: int
    change: Change


class TooManyReadersError(Exception): ...


@dataclass(slots=True)
class _Ring:
    told: deque[Told] = field(default_factory=lambda: deque(maxlen=KEPT))
    last: int = 0
    readers: set["Reader"] = field(default_factory=set)


class Stream:
    """Safe to use from many threads. `epoch`: new at every start of the process, because the ring dies with it."""

    def __init__(self, most_readers: int = MOST_READERS) -> None:
        self.epoch = secrets.token_hex(8)
        self._most_readers = most_readers
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._rings: dict[str, _Ring] = {}
        self._is_closed = False

    def watched(self) -> Sequence[str]:
        """The sites whose changes anybody has asked for since the start."""
        with self._lock:
            return tuple(self._rings)

    def publish(self, site_id: str, look: Callable[[], Sequence[Change]]) -> None:
        """After a commit. `look` reads the state; it is not called where nobody watches.

        Looks and tells one after the other, so that the last word on a thing is its newest state. What `look` raises
        passes, and everybody is told to fetch the state anew.
        """
        if site_id not in self._rings:
            return
        with self._turn:
            try:
                changes = look()
            except BaseException:
                self._break_off(site_id)
                raise
            self._tell(site_id, changes)

    def start_over(self, site_id: str) -> None:
        """Too much has changed to tell it one by one: whoever watches fetches the state anew."""
        if site_id in self._rings:
            with self._turn:
                self._break_off(site_id)

    def open(self, site_id: str, last_event_id: str | None, *, is_guest: bool = False) -> "Reader":
        """On an event loop. `last_event_id`: where an earlier connection ended. Close the reader when done.

        Raises TooManyReadersError.
        """
        with self._lock:
            readers = [reader for ring in self._rings.values() for reader in ring.readers]
            guests = sum(reader.is_guest for reader in readers)
            if len(readers) >= self._most_readers or (is_guest and guests >= min(MOST_GUESTS, self._most_readers)):
                raise TooManyReadersError
            ring = self._rings.setdefault(site_id, _Ring())
            reader = Reader(self, site_id, self._position(last_event_id), asyncio.get_running_loop(), is_guest)
            ring.readers.add(reader)
        if self._is_closed:
            reader.end()
        return reader

    def close(self) -> None:
        """Every reader ends at once: a server that stops must not wait for those who only watch."""
        with self._lock:
            self._is_closed = True
            readers = [reader for ring in self._rings.values() for reader in ring.readers]
        for reader in readers:
            reader.end()

    def after(self, site_id: str, position: int) -> tuple[Sequence[Told], bool]:
        """What was told after `position`; and whether that is all, without a gap before it."""
        with self._lock:
            ring = self._rings[site_id]
            news = [told for told in ring.told if told.sequence > position]
            is_whole = 0 <= position <= ring.last and ring.last - position == len(news)
            return news, is_whole

    def count(self, site_id: str) -> int:
        """How many changes were told since anybody asked; from now on they are counted, also where nobody watches."""
        with self._lock:
            return self._rings.setdefault(site_id, _Ring()).last

    def last(self, site_id: str) -> int:
        with self._lock:
            return self._rings[site_id].last

    def leave(self, reader: "Reader") -> None:
        with self._lock:
            self._rings[reader.site_id].readers.discard(reader)

    def _tell(self, site_id: str, changes: Sequence[Change]) -> None:
        with self._lock:
            ring = self._rings[site_id]
            for change in changes:
                ring.last += 1
                ring.told.append(Told(ring.last, change))
            readers = tuple(ring.readers)
        for reader in readers:
            reader.wake()

    def _break_off(self, site_id: str) -> None:
        """A number that nobody was told: whoever was up to date finds a gap."""
        with self._lock:
            ring = self._rings[site_id]
            ring.last += 1
            ring.told.clear()
            readers = tuple(ring.readers)
        for reader in readers:
            reader.wake()

    def _position(self, last_event_id: str | None) -> int:
        """-1 for one who comes for the first time, or from another life of this server."""
        epoch, _, sequence = (last_event_id or "").partition(".")
        is_ours = epoch == self.epoch and sequence.isascii() and sequence.isdecimal() and len(sequence) <= 15
        return int(sequence) if is_ours else -1


class Reader:
    """One who watches one site. Belongs to one event loop; `wake` and `end` come from any thread."""

    def __init__(
        self,
        stream: Stream,
        site_id: str,
        position: int,
        loop: asyncio.AbstractEventLoop,
        is_guest: bool,  # noqa: FBT001
    ) -> None:
        self.site_id = site_id
        self.is_guest = is_guest
        self.has_ended = False
        self._stream = stream
        self._position = position
        self._loop = loop
        self._woken = asyncio.Event()

    async def news(self, within_s: float) -> tuple[Sequence[Told], bool]:
        """What was told since, as soon as there is something, or nothing after so many seconds. The second part says
        whether anything is missing before it: then the state must be fetched anew.
        """
        news, is_whole = self._take()
        if news or not is_whole or self.has_ended:
            return news, not is_whole
        self._woken.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self._woken.wait()
        news, is_whole = self._take()
        return news, not is_whole

    @property
    def event_id(self) -> str:
        """Of the newest change that was taken: what to come back with."""
        return f"{self._stream.epoch}.{max(self._position, 0)}"

    def wake(self) -> None:
        with suppress(RuntimeError):  # the loop is closed, and its readers with it
            self._loop.call_soon_threadsafe(self._woken.set)

    def end(self) -> None:
        self.has_ended = True
        self.wake()

    def close(self) -> None:
        self._stream.leave(self)

    def _take(self) -> tuple[Sequence[Told], bool]:
        news, is_whole = self._stream.after(self.site_id, self._position)
        if not is_whole:
            self._position = self._stream.last(self.site_id)
            return (), False
        if news:
            self._position = news[-1].sequence
        return news, True
