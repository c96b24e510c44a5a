"""A client of almost no cost: one socket, requests that were signed before the clock runs. The server is measured."""

import socket
from collections.abc import Sequence
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit

from kiosk.identity import Identity
from kiosk.sync import signing, wire

_HEAD_END: Final = b"\r\n\r\n"


class AnswerError(Exception):
    """The server's answer is not the one that was to be measured."""


class LeanClient:
    """One device on one connection that stays open. Not for a bad network: it waits as long as `patience_s`."""

    def __init__(self, url: str, site_id: str, identity: Identity, patience_s: float = 60.0) -> None:
        address = urlsplit(url)
        self._host = address.netloc
        self._site_id = site_id
        self._identity = identity
        self._socket = socket.create_connection((str(address.hostname), address.port or 80), timeout=patience_s)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._session: wire.Session | None = None
        self._counter = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    def open_session(self) -> None:
        wish = wire.SessionRequest(site=self._site_id, device=self._identity.device_id)
        headers = {wire.PROTOCOL_HEADER: wire.PROTOCOL}
        status, body = self.ask(self._request(wire.SESSION_PATH, wish.model_dump_json().encode(), headers))
        if status != 200:
            raise AnswerError(f"no session: {status} {body.decode(errors='replace')}")
        self._session = wire.Session.model_validate_json(body)

    def signed(self, path: str, bodies: Sequence[bytes]) -> Sequence[bytes]:
        """Whole requests, to be asked in this order."""
        return [self._signed(path, body) for body in bodies]

    def ask(self, request: bytes) -> tuple[int, bytes]:
        """Status and body. Raises OSError; AnswerError where the line ends too early."""
        self._socket.sendall(request)
        received = self._socket.recv(65536)
        while (end := received.find(_HEAD_END)) < 0:
            received += self._more()
        head = received[:end].lower()
        start = head.index(b"content-length:") + 15
        length = int(head[start : head.find(b"\r", start) if b"\r" in head[start:] else len(head)])
        while len(received) < end + len(_HEAD_END) + length:
            received += self._more()
        return int(head[9:12]), received[end + len(_HEAD_END) :]

    def _more(self) -> bytes:
        piece = self._socket.recv(65536)
        if not piece:
            raise AnswerError("the server has hung up in the middle of an answer")
        return piece

    def _signed(self, path: str, body: bytes) -> bytes:
        if self._session is None:
            self.open_session()
        session = self._session
        assert session is not None  # noqa: S101  # opened just above
        self._counter += 1
        parts = signing.SignedParts(
            method="POST",
            path=path,
            body=body,
            site=self._site_id,
            device=self._identity.device_id,
            session=session.session,
            challenge=session.challenge,
            counter=self._counter,
        )
        return self._request(path, body, dict(signing.sign(parts, self._identity)))

    def _request(self, path: str, body: bytes, headers: dict[str, str]) -> bytes:
        lines = [f"POST {path} HTTP/1.1", f"Host: {self._host}", f"Content-Type: {wire.JSON}"]
        lines += [f"Content-Length: {len(body)}", *(f"{name}: {value}" for name, value in headers.items())]
        return "\r\n".join(lines).encode() + _HEAD_END + body
