"""The live stream over HTTP: server-sent events, as browsers and small clients read them."""

import asyncio
import json
from collections.abc import Iterable
from typing import Annotated, Final, Protocol

from fastapi import APIRouter, Header, Query, Request, Response
from sqlalchemy import select
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from kiosk.sync.wire import STREAM_PATH, Problem, ProblemCode
from server.database import Database
from server.node import Node
from server.problems import RefusedError
from server.receiving import ABORT
from server.schema import devices
from server.stream import Reader, Told, TooManyReadersError

EVENT_STREAM: Final = "text/event-stream"
_KEEP_ALIVE_S: Final = 15.0
_SEND_WITHIN_S: Final = 10.0
"""Who takes nothing for so long, while 64 KiB wait for him, is cut off."""
_COME_BACK_MS: Final = 2000
_COME_BACK_S: Final = 5.0


def stream_router(node: Node, keep_alive_s: float = _KEEP_ALIVE_S) -> APIRouter:
    router = APIRouter(tags=["tickets"])

    @router.get(
        STREAM_PATH,
        response_class=Response,
        responses={200: {"content": {EVENT_STREAM: {"schema": {"type": "string"}}}}, 404: {"model": Problem}},
        summary="What changes, as it happens",
    )
    async def stream(
        request: Request,
        site: Annotated[str | None, Query(description="May be left out where the server knows one site.")] = None,
        last_event_id: Annotated[str | None, Header()] = None,
        page: Annotated[bool, Query(description="A page for people: fewer of them may watch.")] = False,  # noqa: FBT002
    ) -> Response:
        """Server-sent events: ticket, queue, call, counter, hall, device, and reset (fetch the state anew).

        Unsigned and without personal data; keep it inside the hall's network.
        """
        node.strangers.check(request)
        site_id = await run_in_threadpool(known_site, node.database, site)
        try:
            reader = node.stream.open(site_id, last_event_id, is_guest=page)
        except TooManyReadersError as error:
            raise RefusedError(ProblemCode.BUSY, "Too many watch already.", retry_after_s=_COME_BACK_S) from error
        return EventStreamResponse(reader, keep_alive_s)

    return router


class Watcher(Protocol):
    """Who is told something as it happens. `end` comes from the event loop, `close` last of all."""

    def end(self) -> None: ...

    def close(self) -> None: ...


class WatchedResponse(Response):
    """Until the watcher leaves, falls behind, or the server stops."""

    media_type = EVENT_STREAM

    def __init__(self, watcher: Watcher) -> None:
        super().__init__(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        del self.headers["Content-Length"]
        self._watcher = watcher

    async def next(self) -> bytes | None:
        """What to send next, as soon as there is something; None: it is over."""
        raise NotImplementedError

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        gone = asyncio.ensure_future(self._until_gone(receive))
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            async with asyncio.timeout(None) as patience:
                await self._tell(send, patience)
            await send({"type": "http.response.body", "body": b""})
        except TimeoutError:
            scope[ABORT]()
            await gone
        finally:
            gone.cancel()
            self._watcher.close()

    async def _tell(self, send: Send, patience: asyncio.Timeout) -> None:
        loop = asyncio.get_running_loop()
        body: bytes | None = f"retry: {_COME_BACK_MS}\n\n".encode()
        while body is not None:
            patience.reschedule(loop.time() + _SEND_WITHIN_S)
            await send({"type": "http.response.body", "body": body, "more_body": True})
            patience.reschedule(None)
            body = await self.next()

    async def _until_gone(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._watcher.end()


class EventStreamResponse(WatchedResponse):
    def __init__(self, reader: Reader, keep_alive_s: float) -> None:
        super().__init__(reader)
        self._reader = reader
        self._keep_alive_s = keep_alive_s

    async def next(self) -> bytes | None:
        if self._reader.has_ended:
            return None
        news, has_gap = await self._reader.news(self._keep_alive_s)
        return (_reset(self._reader) if has_gap else "".join(_lines(self._reader, news)) or ": \n\n").encode()


def _reset(reader: Reader) -> str:
    return f"id: {reader.event_id}\nevent: reset\ndata: {{}}\n\n"


def _lines(reader: Reader, news: Iterable[Told]) -> Iterable[str]:
    epoch = reader.event_id.partition(".")[0]
    for told in news:
        facts = json.dumps(told.change.facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        yield f"id: {epoch}.{told.sequence}\nevent: {told.change.name}\ndata: {facts}\n\n"


def known_site(database: Database, site: str | None) -> str:
    """Raises RefusedError: not known here, or one of several must be named."""
    known = select(devices.c.site_id).distinct().limit(2)
    with database.reading() as connection:
        rows = connection.execute(known if site is None else known.where(devices.c.site_id == site)).scalars().all()
    if len(rows) > 1:
        raise RefusedError(ProblemCode.NOT_FOUND, "This server knows several sites: name one with ?site=.")
    if not rows:
        raise RefusedError(ProblemCode.NOT_FOUND, "This site is not known here.")
    return str(rows[0])
