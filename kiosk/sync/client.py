"""The server, as one method per request. Every failure becomes one kind of SyncError; every call ends in time.

httpx2 measures the silence between two bytes, so a server that drips would hold it for ever: the deadline of each
call as a whole is ours.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Protocol, Self, TypeVar

import httpx2
from pydantic import BaseModel

from kiosk.errors import (
    OfflineError,
)
from kiosk.sync import signing
from kiosk.sync.batch import pack
from kiosk.sync.fence import EpochFence
from kiosk.sync.reply import Reply, SessionLostError, TooSlowError, read_events, read_message
from kiosk.sync.tls import trusted, unreachable
from kiosk.sync.wire import (
    APPEND_PATH,
    EVENTS,
    HEARTBEAT_PATH,
    HELLO_PATH,
    JSON,
    MAX_EXPANDED_BYTES,
    MAX_SNAPSHOT_BYTES,
    PROTOCOL,
    PROTOCOL_HEADER,
    PULL_PATH,
    RESERVE_PATH,
    SESSION_PATH,
    SNAPSHOT_PATH,
    AppendAnswer,
    Heartbeat,
    HeartbeatAnswer,
    Hello,
    HelloAnswer,
    Pull,
    Reserve,
    Reserved,
    Session,
    SessionRequest,
    Snapshot,
    SnapshotKind,
    SnapshotRequest,
)

AnswerT = TypeVar("AnswerT")
MessageT = TypeVar("MessageT", bound=BaseModel)
EpochAnswerT = TypeVar("EpochAnswerT", HelloAnswer, Reserved, HeartbeatAnswer)


class Device(signing.Signer, Protocol):
    """Who asks: kiosk.identity.Identity, seen from here."""

    @property
    def device_id(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds. `total_s` bounds every call, name resolution and all."""

    connect_s: float = 3.0
    total_s: float = 15.0


class SyncClient:
    """One connection to one server. Belongs to one event loop; one call at a time.

    `fence`: shared by all that speak to this server; every call raises FencedError where it refuses who answers.
    `authority`: see kiosk.sync.tls.trusted.
    """

    def __init__(  # noqa: PLR0913  # what one connection needs to know
        self,
        server_url: str,
        site_id: str,
        device: Device,
        deadlines: Deadlines | None = None,
        fence: EpochFence | None = None,
        *,
        authority: Path | None = None,
    ) -> None:
        self._server_url = server_url
        self._authority = authority
        self._site_id = site_id
        self._device = device
        self._deadlines = deadlines or Deadlines()
        self._fence = fence or EpochFence()
        self._session: Session | None = None
        self._counter = 0
        self._http: httpx2.AsyncClient | None = None

    @property
    def session(self) -> str | None:
        """The id of the session in use; another one after the server was restarted."""
        return None if self._session is None else self._session.session

    async def open_session(self) -> Session:
        request = SessionRequest(site=self._site_id, device=self._device.device_id)
        session = await self._call(SESSION_PATH, _encode(request), {"Content-Type": JSON}, read_message(Session))
        if not self._fence.is_old(session.server_epoch):
            self._fence.admit(session.server_epoch)
        self._session = session
        self._counter = 0
        return session

    async def hello(self, message: Hello) -> HelloAnswer:
        return self._admitted(await self._signed(HELLO_PATH, _encode(message), JSON, read_message(HelloAnswer)))

    async def append(self, events: Sequence[bytes]) -> AppendAnswer:
        """`events`: the exact bytes of consecutive events of one incarnation.

        Raises:
            MessageRefusedError: what was refused was refused for good.
            SyncError: all else; then nobody knows whether the events are held, and sending them again is right.
        """
        return await self._signed(APPEND_PATH, pack(events), EVENTS, read_message(AppendAnswer))

    async def pull(self, message: Pull) -> Sequence[bytes]:
        """The next events that the server holds of an incarnation, as bytes; none when there are no more."""
        return await self._signed(PULL_PATH, _encode(message), JSON, read_events)

    async def reserve(self, message: Reserve) -> Reserved:
        return self._admitted(await self._signed(RESERVE_PATH, _encode(message), JSON, read_message(Reserved)))

    async def heartbeat(self, message: Heartbeat) -> HeartbeatAnswer:
        return self._admitted(await self._signed(HEARTBEAT_PATH, _encode(message), JSON, read_message(HeartbeatAnswer)))

    async def snapshot(self, kind: SnapshotKind) -> Snapshot:
        return await self._signed(SNAPSHOT_PATH, _encode(SnapshotRequest(kind=kind)), JSON, read_message(Snapshot))

    async def ask(self, path: str, message: BaseModel, kind: type[MessageT]) -> MessageT:
        """Whatever else is asked and signed, such as the messages of kiosk/sync/desk_wire.py. Raises SyncError."""
        return await self._signed(path, _encode(message), JSON, read_message(kind))

    async def close(self) -> None:
        if self._http is not None:
            await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _signed(self, path: str, body: bytes, content_type: str, read: Callable[[Reply], AnswerT]) -> AnswerT:
        """Once more in a new session if the server forgot the old one: it was restarted."""
        if self._session is not None and self._fence.is_old(self._session.server_epoch):
            self._session = None  # of a server that was replaced meanwhile; who answers now says so in a new one
        fresh = self._session is None
        session = self._session or await self.open_session()
        if path not in _TELLING_THE_EPOCH:
            self._fence.admit(session.server_epoch)
        try:
            return await self._call(path, body, self._sign(session, path, body, content_type), read)
        except SessionLostError:
            if fresh:
                raise
            session = await self.open_session()
            return await self._call(path, body, self._sign(session, path, body, content_type), read)

    def _admitted(self, answer: EpochAnswerT) -> EpochAnswerT:
        self._fence.admit(answer.server_epoch)
        return answer

    def _sign(self, session: Session, path: str, body: bytes, content_type: str) -> Mapping[str, str]:
        self._counter += 1
        parts = signing.SignedParts(
            method="POST",
            path=path,
            body=body,
            site=self._site_id,
            device=self._device.device_id,
            session=session.session,
            challenge=session.challenge,
            counter=self._counter,
        )
        return {"Content-Type": content_type, **signing.sign(parts, self._device)}

    async def _call(
        self, path: str, body: bytes, headers: Mapping[str, str], read: Callable[[Reply], AnswerT]
    ) -> AnswerT:
        try:
            async with asyncio.timeout(self._deadlines.total_s):
                reply = await self._post(path, body, headers)
        except TimeoutError as error:
            raise TooSlowError(f"The server did not answer within {self._deadlines.total_s:g} s.") from error
        except httpx2.ConnectTimeout as error:
            raise OfflineError("The server cannot be reached: no connection in time.") from error
        except httpx2.TimeoutException as error:
            raise TooSlowError("The server fell silent in the middle of a call.") from error
        except httpx2.HTTPError as error:
            raise unreachable(error, self._server_url) from error
        return read(reply)

    def _connection(self) -> httpx2.AsyncClient:
        """Made at the first call: an authority's file that is away for a while is one more trouble of a call."""
        if self._http is None:
            self._http = httpx2.AsyncClient(
                base_url=self._server_url,
                verify=self._server_url.startswith("https:")
                and trusted(self._authority),  # 28 ms, if it is for nothing
                timeout=httpx2.Timeout(self._deadlines.total_s, connect=self._deadlines.connect_s),
                headers={"Accept-Encoding": "identity", PROTOCOL_HEADER: PROTOCOL},
                trust_env=False,  # a proxy of the hall's network must not slip in between
                follow_redirects=False,
            )
        return self._http

    async def _post(self, path: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        async with self._connection().stream("POST", path, content=body, headers=headers) as response:
            reply = Reply(response.status_code, response.headers)
            if not reply.is_ours:
                return reply  # unread, so that this connection to a stranger is not used again
            content = bytearray()
            async for chunk in response.aiter_raw():
                content += chunk
                if len(content) > _LONGEST_ANSWERS.get(path, MAX_EXPANDED_BYTES):
                    raise OfflineError("The answer is longer than any this server gives: something stands between.")
            return replace(reply, content=bytes(content))


_TELLING_THE_EPOCH: Final = frozenset({HELLO_PATH, HEARTBEAT_PATH, RESERVE_PATH})
"""What may be said to an old server: it learns from it that it was replaced, and its answer is judged."""

_LONGEST_ANSWERS: Final = {SNAPSHOT_PATH: 2 * MAX_SNAPSHOT_BYTES}
"""Bytes, where an answer may be longer than a batch."""


def _encode(message: BaseModel) -> bytes:
    return message.model_dump_json().encode()
