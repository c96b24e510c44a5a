"""A limit on how long one client may take to hand over one request: uvicorn itself waits for ever (slow-loris)."""

import asyncio
from typing import Any, Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

RECEIVE_WITHIN_S: Final = 10.0
"""A full batch takes 5 s on a line of 512 kbit/s."""


class PunctualProtocol(H11Protocol):
    """Cuts the connection when no whole request has come `within_s` after its first byte, or after connecting."""

    within_s = RECEIVE_WITHIN_S
    _overdue: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        super().connection_made(transport)
        self._expect_request()

    def data_received(self, data: bytes) -> None:
        if self._overdue is None:
            self._expect_request()
        super().data_received(data)
        if self.conn.their_state is not h11.SEND_BODY and self.conn.their_state is not h11.IDLE:
            self._stop_waiting()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def _expect_request(self) -> None:
        self._overdue = self.loop.call_later(self.within_s, self._cut)

    def _stop_waiting(self) -> None:
        if self._overdue is not None:
            self._overdue.cancel()
            self._overdue = None

    def _cut(self) -> None:
        self._overdue = None
        self.transport.abort()


def punctual_protocol(within_s: float) -> type[PunctualProtocol]:
    """Uvicorn wants a class, so the limit is one of its attributes."""
    attributes: dict[str, Any] = {"within_s": within_s}
    return type("PunctualProtocol", (PunctualProtocol,), attributes)
