"""What goes over one TCP connection, byte for byte: whole messages of HTTP, pipes, and an end that is none."""

import asyncio
import socket
import struct
from collections.abc import Awaitable
from contextlib import suppress
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary, WeakSet

from pydantic import BaseModel

from kiosk.sync.wire import JSON, PROBLEM_JSON, PROTOCOL, PROTOCOL_HEADER, Problem


def path_of(request: bytes) -> str:
    return request.split(b" ", 2)[1].decode()


def reply(answer: BaseModel) -> bytes:
    body = answer.model_dump_json().encode()
    status, media_type = ("404 Not Found", PROBLEM_JSON) if isinstance(answer, Problem) else ("200 OK", JSON)
    head = f"HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\nContent-Length: {len(body)}\r\n"
    return f"{head}{PROTOCOL_HEADER}: {PROTOCOL}\r\n\r\n".encode() + body


async def read_message(reader: asyncio.StreamReader) -> bytes:
    """A request or an answer, whole; empty when the other end has hung up."""
    with suppress(asyncio.IncompleteReadError):
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")), 0
        )
        return head + await reader.readexactly(length)
    return b""


_writers: WeakKeyDictionary[asyncio.AbstractEventLoop, WeakSet[asyncio.StreamWriter]] = WeakKeyDictionary()


async def connect(server_url: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    address = urlsplit(server_url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    remember(writer)
    return reader, writer


def remember(writer: asyncio.StreamWriter) -> None:
    """So that `abandon_all` knows of it."""
    _writers.setdefault(asyncio.get_running_loop(), WeakSet()).add(writer)


async def abandon_all() -> None:
    """Before a loop ends: what is closed but has bytes left to send would stay open behind it."""
    for writer in list(_writers.pop(asyncio.get_running_loop(), ())):
        writer.transport.abort()
    await asyncio.sleep(0)  # each transport closes on the loop's next turn


async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, heard: bytearray | None = None) -> None:
    while chunk := await reader.read(65536):
        if heard is not None:
            heard += chunk
        writer.write(chunk)
        await writer.drain()


async def until_one_ends(one: Awaitable[None], other: Awaitable[None]) -> None:
    """Until one of them ends."""
    tasks = [asyncio.ensure_future(one), asyncio.ensure_future(other)]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def reset(writer: asyncio.StreamWriter) -> None:
    """RST instead of FIN: the other end sees a connection that broke."""
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
