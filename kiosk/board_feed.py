"""What a board hears from the site server: the state of the hall, looked at anew whenever anything changed. No Qt.

The stream only says that something changed; the state is always fetched whole, so that a board can miss nothing and
remember nothing. It is open before the state is fetched: no change falls in between.
"""

import asyncio
import random
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

import httpx2
from pydantic import ValidationError

from kiosk.board_config import BoardSyncConfig
from kiosk.clock import Clock, SystemClock
from kiosk.errors import KioskError
from kiosk.sync.backoff import backoff_s
from kiosk.sync.desk_wire import BOARD_PATH, BoardView
from kiosk.sync.tls import trusted, unreachable
from kiosk.sync.wire import PROTOCOL, PROTOCOL_HEADER, STREAM_PATH

_CONNECT_S: Final = 3.0
_SILENCE_S: Final = 20.0
"""The server says something at least every 15 s; a longer silence is a broken line."""
_ANSWER_S: Final = 8.0
_FIRST_PAUSE_S: Final = 0.5
_LONGEST_PAUSE_S: Final = 10.0
_LONGEST_EVENT: Final = 256 * 1024
_LONGEST_VIEW: Final = 1024 * 1024
_LOOK_ANEW: Final = frozenset({"reset", "call", "counter", "hall"})
"""Changes that a board shows; tickets, queues and devices are told besides."""


class BoardLink(StrEnum):
    CONNECTING = "connecting"
    """Nothing was heard yet."""
    LIVE = "live"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class BoardState:
    """`heard_at`: on the steady clock, when the view was certainly true: it was fetched, or the stream was alive and
    told of no change. `fetched_at`: when the view's own `server_time` was now. `trouble`: a sentence for technicians.
    """

    link: BoardLink = BoardLink.CONNECTING
    view: BoardView | None = None
    heard_at: float = 0.0
    fetched_at: float = 0.0
    trouble: str = ""


class BoardFeed:
    """One thread. `on_state` is called on it with every news; `zone` None for the whole hall."""

    def __init__(
        self,
        config: BoardSyncConfig,
        zone: str | None,
        on_state: Callable[[BoardState], None],
        clock: Clock | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._config = config
        self._asked: Mapping[str, str] = {
            name: value for name, value in (("zone", zone), ("site", config.site)) if value is not None
        }
        self._on_state = on_state
        self._clock = clock or SystemClock()
        self._chance = chance
        self._state = BoardState()
        self._failures = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._work: asyncio.Task[None] | None = None
        self._thread = threading.Thread(target=self._run, name="board-feed", daemon=True)

    def start(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread.start()

    def stop(self) -> None:
        """Returns when the thread has ended; nothing is told any more."""
        if self._loop is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._cancel)
            self._thread.join()

    def _cancel(self) -> None:
        if self._work is not None:
            self._work.cancel()

    def _run(self) -> None:
        loop = self._loop
        with (
            asyncio.Runner(loop_factory=lambda: loop or asyncio.new_event_loop()) as runner,
            suppress(asyncio.CancelledError),
        ):
            runner.run(self._listen())  # until stop() cancels it

    async def _listen(self) -> None:
        self._work = asyncio.current_task()
        while True:
            try:
                async with self._connection() as http:
                    await self._hear_out(http)
                trouble = "The server ended the stream: it is being restarted."
            except httpx2.HTTPError as error:
                trouble = str(unreachable(error, self._config.server))
            except (KioskError, OSError, ValueError) as error:  # ValidationError is a ValueError
                trouble = str(error) if isinstance(error, KioskError) else _what_it_says(error)
            self._failures += 1
            link = BoardLink.LOST if self._state.view else BoardLink.CONNECTING
            self._tell(replace(self._state, link=link, trouble=trouble))
            pause_s = backoff_s(self._failures, 1.0, first_s=_FIRST_PAUSE_S, longest_s=_LONGEST_PAUSE_S)
            await asyncio.sleep(pause_s * (0.5 + 0.5 * self._chance()))

    def _connection(self) -> httpx2.AsyncClient:
        server = self._config.server
        return httpx2.AsyncClient(
            base_url=server,
            verify=server.startswith("https:") and trusted(self._config.authority),
            timeout=httpx2.Timeout(_SILENCE_S, connect=_CONNECT_S),
            headers={"Accept-Encoding": "identity", PROTOCOL_HEADER: PROTOCOL},
            trust_env=False,
            follow_redirects=False,
        )

    async def _hear_out(self, http: httpx2.AsyncClient) -> None:
        params = {name: value for name, value in self._asked.items() if name == "site"}
        async with http.stream("GET", STREAM_PATH, params=params) as response:
            if response.status_code != httpx2.codes.OK:
                raise _RefusedError(response.status_code)
            await self._look(http)
            self._failures = 0
            async for names in _events(response.aiter_raw()):
                if names & _LOOK_ANEW:
                    await self._look(http)
                else:
                    self._tell(replace(self._state, heard_at=self._clock.monotonic()))

    async def _look(self, http: httpx2.AsyncClient) -> None:
        async with asyncio.timeout(_ANSWER_S):
            answer = await http.get(BOARD_PATH, params=dict(self._asked))
        if answer.status_code != httpx2.codes.OK:
            raise _RefusedError(answer.status_code)
        if len(answer.content) > _LONGEST_VIEW:
            raise _RefusedError(httpx2.codes.REQUEST_ENTITY_TOO_LARGE)
        now = self._clock.monotonic()
        view = BoardView.model_validate_json(answer.content)
        self._tell(BoardState(BoardLink.LIVE, view, heard_at=now, fetched_at=now))

    def _tell(self, state: BoardState) -> None:
        if state != self._state:
            self._state = state
            self._on_state(state)


class _RefusedError(KioskError):
    def __init__(self, status: int) -> None:
        reason = (
            "it knows no such site or zone, or is too old for boards: see zone and sync.site in board.toml"
            if status == httpx2.codes.NOT_FOUND
            else f"status {status}"
        )
        super().__init__(f"The server does not answer this board: {reason}.")


def _what_it_says(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "The server did not answer in time."
    if isinstance(error, ValidationError):
        return "The server's answer is not what this version reads: update the older of the two."
    return f"The server cannot be heard: {error}."


async def _events(chunks: AsyncIterator[bytes]) -> AsyncIterator[set[str]]:
    """The names of the events that came together; none for a sign of life. Raises ValueError for endless ones."""
    waiting = b""
    async for chunk in chunks:
        waiting += chunk
        *whole, waiting = waiting.split(b"\n\n")
        if whole:
            lines = [line for block in whole for line in block.split(b"\n")]
            yield {line[7:].strip().decode("ascii", "replace") for line in lines if line.startswith(b"event: ")}
        if len(waiting) > _LONGEST_EVENT:
            raise ValueError("an event without end")
