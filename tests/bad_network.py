"""A TCP proxy on the loopback that can be as bad as a real network. Bounded in connections and in time."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Final, Self

from pydantic import BaseModel

from kiosk.sync.wire import Problem, ProblemCode
from tests.raw_lines import (
    abandon_all,
    connect,
    path_of,
    pipe,
    read_message,
    remember,
    reply,
    reset,
    until_one_ends,
)

Behaviour = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

NOT_KNOWN: Final = Problem(status=404, code=ProblemCode.NOT_FOUND, title="Not found", detail="There is no such path.")

_MOST_CONNECTIONS: Final = 500
_LONGEST_S: Final = 20.0


class Proxy:
    """Listens on a free port. `behaviour` may be changed at any time; it holds for the connections to come."""

    def __init__(
        self, behaviour: Behaviour, most_connections: int = _MOST_CONNECTIONS, longest_s: float = _LONGEST_S
    ) -> None:
        self.behaviour = behaviour
        self._longest_s = longest_s
        self._most_connections = most_connections
        self.connections = 0
        self._open: set[asyncio.StreamWriter] = set()
        self._counted = threading.Condition()
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._stopped = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="proxy")

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join()

    def cut(self) -> None:
        """Reset every connection there is; the next ones find the present behaviour."""
        self._loop.call_soon_threadsafe(self._cut)

    def _cut(self) -> None:
        for writer in self._open:
            reset(writer)

    def wait_for_connections(self, count: int) -> None:
        with self._counted:
            assert self._counted.wait_for(lambda: self.connections >= count, _LONGEST_S)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        server = await asyncio.start_server(self._handle, "127.0.0.1", 0)
        self.url = "http://{}:{}".format(*server.sockets[0].getsockname())
        self._ready.set()
        await self._stopped.wait()
        server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await abandon_all()

    async def _handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with self._counted:
            self.connections += 1
            self._counted.notify_all()
        assert self.connections <= self._most_connections, "a client in a storm"
        self._open.add(writer)
        remember(writer)
        with suppress(ConnectionError, TimeoutError, asyncio.IncompleteReadError, asyncio.CancelledError):
            async with asyncio.timeout(self._longest_s):
                await self.behaviour(reader, writer)
        self._open.discard(writer)
        writer.close()


class Frozen:
    """A good line, until `freeze`: then also the connections that are open take everything and bring nothing."""

    def __init__(self, server_url: str) -> None:
        self._server_url = server_url
        self._is_frozen = False

    def freeze(self) -> None:
        self._is_frozen = True

    def thaw(self) -> None:
        """For new connections; what was swallowed is lost."""
        self._is_frozen = False

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server_reader, server_writer = await connect(self._server_url)
        try:
            await until_one_ends(self._pipe(reader, server_writer), self._pipe(server_reader, writer))
        finally:
            server_writer.close()

    async def _pipe(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        is_dead = False
        while chunk := await reader.read(65536):
            is_dead = is_dead or self._is_frozen
            if not is_dead:
                writer.write(chunk)
                await writer.drain()


def relay(server_url: str) -> Behaviour:
    """A good line."""

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server_reader, server_writer = await connect(server_url)
        try:
            await until_one_ends(pipe(reader, server_writer), pipe(server_reader, writer))
        finally:
            server_writer.close()

    return behave


def record(server_url: str, heard: list[bytearray]) -> Behaviour:
    """A good line, and everything that passed on it: one entry for each direction of each connection."""

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server_reader, server_writer = await connect(server_url)
        there, back = bytearray(), bytearray()
        heard.extend((there, back))
        try:
            await until_one_ends(pipe(reader, server_writer, there), pipe(server_reader, writer, back))
        finally:
            server_writer.close()

    return behave


def lose_answers(server_url: str, path: str, on_lost: Callable[[], None]) -> Behaviour:
    """Requests to `path` reach the server and are answered; then the line is reset instead of bringing the answer."""

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server_reader, server_writer = await connect(server_url)
        try:
            while request := await read_message(reader):
                server_writer.write(request)
                answer = await read_message(server_reader)
                if request.startswith(b"POST " + path.encode()):
                    on_lost()
                    reset(writer)
                    return
                writer.write(answer)
        finally:
            server_writer.close()

    return behave


class Picky:
    """A good line, on which requests to `path` come to nothing while `refuses`: the server never hears of them."""

    def __init__(self, server_url: str, path: str) -> None:
        self._server_url = server_url
        self._path = path
        self.refuses = False
        self._refused = threading.Event()

    def wait_until_refused(self) -> None:
        """At least once in its life."""
        assert self._refused.wait(_LONGEST_S)

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server_reader, server_writer = await connect(self._server_url)
        try:
            while request := await read_message(reader):
                if self.refuses and path_of(request) == self._path:
                    self._refused.set()
                    reset(writer)
                    return
                server_writer.write(request)
                writer.write(await read_message(server_reader))
        finally:
            server_writer.close()


def reset_after(server_url: str, sent_bytes: int) -> Behaviour:
    """The line breaks when so many bytes of the client have passed."""

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server_reader, server_writer = await connect(server_url)

        async def count() -> None:
            left = sent_bytes
            while left and (chunk := await reader.read(left)):
                server_writer.write(chunk)
                left -= len(chunk)
            await server_writer.drain()
            reset(writer)

        try:
            await until_one_ends(count(), pipe(server_reader, writer))
        finally:
            server_writer.close()

    return behave


def thin(server_url: str, bytes_per_s: int) -> Behaviour:
    """A good line that carries so little from the client."""

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server_reader, server_writer = await connect(server_url)

        async def trickle() -> None:
            while chunk := await reader.read(bytes_per_s // 20):
                server_writer.write(chunk)
                await asyncio.sleep(len(chunk) / bytes_per_s)

        try:
            await until_one_ends(trickle(), pipe(server_reader, writer))
        finally:
            server_writer.close()

    return behave


async def refuse(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """The machine is there, the server is not."""
    reset(writer)


async def half_open(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    """Takes everything and never says a word."""
    while await reader.read(65536):
        pass


def answer(status: str, body: str = "", content_type: str = "text/html", **headers: str) -> Behaviour:
    """Says the same to every request, as a captive portal or a proxy before a dead server does."""
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {content_type}", f"Content-Length: {len(body.encode())}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    reply = ("\r\n".join(lines) + "\r\n\r\n" + body).encode()

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await read_message(reader):
            writer.write(reply)
            await writer.drain()

    return behave


def server_of(answers: Mapping[str, BaseModel]) -> Behaviour:
    """Says to each path what it is given, and of others that it does not know them: a server that is up to date in its
    words, and perhaps wrong in what it says. `answers` may be changed at any time.
    """

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while message := await read_message(reader):
            writer.write(reply(answers.get(path_of(message), NOT_KNOWN)))
            await writer.drain()

    return behave


def older(server_url: str, *unknown_paths: str) -> Behaviour:
    """A good line to a server that does not know these paths yet."""

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server_reader, server_writer = await connect(server_url)
        try:
            while request := await read_message(reader):
                if path_of(request) in unknown_paths:
                    writer.write(reply(NOT_KNOWN))
                    continue
                server_writer.write(request)
                writer.write(await read_message(server_reader))
        finally:
            server_writer.close()

    return behave


def drip(every_s: float) -> Behaviour:
    """A perfectly well-formed answer, one byte at a time."""

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_message(reader)
        for byte in (
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 10000\r\n\r\n" + b" " * 10000
        ):
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(every_s)

    return behave
