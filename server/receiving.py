"""Limits on how long one client may take to hand over one request, how long its head may be, how many lines it holds.

Uvicorn itself waits for ever (slow-loris), and its fast parser keeps whatever comes.
"""

import asyncio
import socket
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from server.limits import Crowd

RECEIVE_WITHIN_S: Final = 10.0
"""A full batch takes 5 s on a line of 512 kbit/s."""
MAX_HEAD_BYTES: Final = 16 * 1024
"""Of a request's line and its headers together."""

MOST_FROM_ONE: Final = 400
"""Open connections of one address, half of all there may be: a nation's sites behind one router, but no single machine
that shuts out all others.
"""

ABORT: Final = "giliran.abort"
"""In a request's scope: cuts its connection, whatever still waits to be sent."""


class PunctualProtocol(HttpToolsProtocol):
    """Cuts the connection when no whole request has come `within_s` after its first byte, or after connecting."""

    within_s = RECEIVE_WITHIN_S
    crowd = Crowd(MOST_FROM_ONE)
    _host = ""
    _overdue: asyncio.TimerHandle | None = None
    _unread = 0
    """Bytes of the piece in hand, as far as no whole request has been found in it."""
    _head_bytes: int | None = None
    """Bytes of a head that is not whole yet; None where none is on its way."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        super().connection_made(transport)
        self._host = self.client[0] if self.client else ""
        if not self.crowd.enter(self._host):
            transport.abort()
            return
        # asyncio sets this only where the socket says that it is TCP, and one that was accepted from ours does not.
        # Without it every answer waits 40 ms for the client to acknowledge its head.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._expect_request()

    def data_received(self, data: bytes) -> None:
        self._expect_request()
        self._unread = len(data)
        if self._head_bytes is not None:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._head_bytes is not None and self._head_bytes > MAX_HEAD_BYTES and not self.transport.is_closing():
            self.send_400_response("The head of the request is too long.")

    def shutdown(self) -> None:
        """A connection in use ends with its answer. One at rest is cut: over TLS its client would be waited for."""
        is_at_rest = self.cycle is None or self.cycle.response_complete  # type: ignore[redundant-expr]  # None at first
        super().shutdown()
        if is_at_rest and not self.transport.get_write_buffer_size():
            self.transport.abort()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope[ABORT] = self.transport.abort  # type: ignore[typeddict-unknown-key]  # for the live stream alone
        self._expect_request()
        self._head_bytes = self._unread

    def on_headers_complete(self) -> None:
        self._head_bytes = None
        if len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > MAX_HEAD_BYTES:
            raise ValueError("the head of the request is too long")  # the parser stops, and uvicorn answers 400
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._unread = 0
        self._stop_waiting()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        self.crowd.leave(self._host)
        super().connection_lost(exc)

    def _expect_request(self) -> None:
        if self._overdue is None:
            self._overdue = self.loop.call_later(self.within_s, self._cut)

    def _stop_waiting(self) -> None:
        if self._overdue is not None:
            self._overdue.cancel()
            self._overdue = None

    def _cut(self) -> None:
        self._overdue = None
        self.transport.abort()


def punctual_protocol(within_s: float) -> type[PunctualProtocol]:
    """Uvicorn wants a class, so the limits are its attributes."""
    attributes: dict[str, Any] = {"within_s": within_s, "crowd": Crowd(MOST_FROM_ONE)}
    return type("PunctualProtocol", (PunctualProtocol,), attributes)
