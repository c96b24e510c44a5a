"""Lines between machines: they lose, repeat, delay and break. The client at their end is the product's own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar
from unittest.mock import patch

import httpx2

from kiosk.domain.events import Event, decode
from kiosk.errors import OfflineError
from kiosk.sync.client import Device, SyncClient
from kiosk.sync.fence import EpochFence
from kiosk.sync.reply import MessageRefusedError, Reply, TooSlowError
from kiosk.sync.wire import AppendAnswer, Hello, HelloAnswer
from tests.simulator.door import Admitted, Answer, Door

AnswerT = TypeVar("AnswerT")
Told = Callable[[str, Mapping[str, int], Mapping[str, int]], None]
"""Of an origin: incarnation -> the last sequence that is safe at who answers, and at central."""


class Fate(StrEnum):
    """What becomes of one call."""

    REQUEST_LOST = "request lost"
    ANSWER_LOST = "answer lost"
    TWICE = "carried out twice"
    LATE = "carried out later"
    """The server took it in, and was slow: the client has given up when it is carried out."""


@dataclass
class Line:
    """From one client to one server. `server` None: nobody is there. `told`: what the trace is told."""

    name: str
    server: Callable[[], Door | None]
    tell: Callable[[str], None]
    is_cut: bool = False
    fate: Fate | None = None
    """Of the next call that is signed."""
    waiting: list[tuple[Door, Admitted]] = field(default_factory=list)

    def carry(self, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Raises OfflineError, TooSlowError."""
        door = self.server()
        if self.is_cut or door is None:
            raise OfflineError("The server cannot be reached.")
        fate, signed = None, "Giliran-Signature" in headers
        if signed:
            fate, self.fate = self.fate, None
        if fate is not None:
            self.tell(f"{self.name}: {path} {fate}")
        if fate is Fate.REQUEST_LOST:
            raise OfflineError("The line broke.")
        admitted = door.admit(path, headers, body)
        if isinstance(admitted, Answer):
            return admitted
        if fate is Fate.LATE:
            self.waiting.append((door, admitted))
            raise TooSlowError("The server did not answer in time.")
        answer = door.perform(admitted)
        if fate is Fate.TWICE and answer is not None:
            door.perform(admitted)
        if answer is None or fate is Fate.ANSWER_LOST:
            raise OfflineError("The line broke before the answer came.")
        return answer

    def deliver_late(self) -> None:
        """What was slow is carried out now, unless the server that took it in has died meanwhile."""
        waiting, self.waiting = self.waiting, []
        for door, admitted in waiting:
            if self.server() is door:
                self.tell(f"{self.name}: {admitted.path} is carried out late")
                door.perform(admitted)


class SimulatedClient(SyncClient):
    """The product's client with its sessions, signatures and errors; only the way of the bytes is another.

    `told`: is given what each answer says to be safe, there and in the nation.
    """

    def __init__(self, line: Line, site_id: str, device: Device, fence: EpochFence, told: Told) -> None:
        with patch.object(httpx2, "AsyncClient"):  # it would read the machine's certificates, a thousand times
            super().__init__("http://simulated.invalid", site_id, device, fence=fence)
        self._line = line
        self._told = told

    async def hello(self, message: Hello) -> HelloAnswer:
        answer = await super().hello(message)
        held = {head.incarnation: head.sequence for head in answer.heads}
        self._told(message.origin, held, answer.central)
        return answer

    async def append(self, events: Sequence[bytes]) -> AppendAnswer:
        origin = _origin(events[0])
        try:
            answer = await super().append(events)
        except MessageRefusedError as refused:
            self._told(origin, refused.problem.acknowledged, refused.problem.central)
            raise
        self._told(origin, answer.acknowledged, answer.central)
        return answer

    async def _call(
        self, path: str, body: bytes, headers: Mapping[str, str], read: Callable[[Reply], AnswerT]
    ) -> AnswerT:
        answer = self._line.carry(path, headers, body)
        return read(Reply(answer.status, httpx2.Headers(answer.headers), answer.body))

    async def close(self) -> None:
        """Nothing is open."""


def _origin(raw: bytes) -> str:
    event = decode(raw)
    return event.origin if isinstance(event, Event) else ""
