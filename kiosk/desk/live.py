"""The site server's stream of changes, heard by a desk: only that something changed, never what it is now."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import httpx2

from kiosk.errors import KioskError, OfflineError
from kiosk.sync.backoff import backoff_s
from kiosk.sync.tls import trusted
from kiosk.sync.wire import PROTOCOL, PROTOCOL_HEADER, STREAM_PATH

RESET: Final = "reset"
"""Changes were missed: look at everything anew."""

_SILENCE_S: Final = 40.0
"""The server says something at least every 15 s."""
_CONNECT_S: Final = 3.0
_LONGEST_PAUSE_S: Final = 5.0
_LONGEST_EVENT: Final = 256 * 1024


class Heard(NamedTuple):
    """`name`: ticket, queue, call, counter, device, hall, reset. `facts`: of no meaning where it is reset."""

    name: str
    facts: Mapping[str, Any]


class Live:
    """Belongs to one event loop. `on_heard` is called with every change; `on_line` when the stream begins or ends."""

    def __init__(  # noqa: PLR0913  # where it listens, and who listens to it
        self,
        server_url: str,
        site_id: str,
        on_heard: Callable[[Heard], None],
        on_line: Callable[[bool], None],
        *,
        authority: Path | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._server_url = server_url
        self._site_id = site_id
        self._on_heard = on_heard
        self._on_line = on_line
        self._authority = authority
        self._chance = chance
        self._last_id = ""
        self._failures = 0

    async def listen(self) -> None:
        """For as long as it is let. Comes back by itself, from where it broke off."""
        while True:
            try:
                async with self._connection() as http:
                    await self._hear_out(http)
            except (httpx2.HTTPError, KioskError, OSError, ValueError):  # the desk's own calls tell what is wrong
                pass
            self._failures += 1
            self._on_line(False)
            pause_s = backoff_s(self._failures, 1.0, first_s=0.5, longest_s=_LONGEST_PAUSE_S)
            await asyncio.sleep(pause_s * (0.5 + 0.5 * self._chance()))

    def _connection(self) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(
            base_url=self._server_url,
            verify=self._server_url.startswith("https:") and trusted(self._authority),
            timeout=httpx2.Timeout(_SILENCE_S, connect=_CONNECT_S),
            headers={"Accept": "text/event-stream", "Accept-Encoding": "identity", PROTOCOL_HEADER: PROTOCOL},
            trust_env=False,
            follow_redirects=False,
        )

    async def _hear_out(self, http: httpx2.AsyncClient) -> None:
        headers = {"Last-Event-ID": self._last_id} if self._last_id else {}
        async with http.stream("GET", STREAM_PATH, params={"site": self._site_id}, headers=headers) as response:
            if response.status_code != httpx2.codes.OK:
                raise OfflineError("There is no stream to be had.")
            self._failures = 0
            self._on_line(True)
            async for block in _blocks(response.aiter_raw()):
                self._hear(block)

    def _hear(self, block: str) -> None:
        fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line and not line.startswith(":"))
        self._last_id = fields.get("id", self._last_id)
        if "event" in fields:
            facts = json.loads(fields.get("data", "{}"))
            self._on_heard(Heard(fields["event"], facts if isinstance(facts, dict) else {}))


async def _blocks(chunks: AsyncIterator[bytes]) -> AsyncIterator[str]:
    """One a piece that ends with an empty line. Raises ValueError for what no stream of ours would say."""
    waiting = b""
    async for chunk in chunks:
        waiting += chunk
        *whole, waiting = waiting.split(b"\n\n")
        for block in whole:
            yield block.decode()
        if len(waiting) > _LONGEST_EVENT:
            raise ValueError("an event without end")
