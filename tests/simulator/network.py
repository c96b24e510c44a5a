"""Lines between machines: they lose, repeat, delay and break. The client at their end is the product's own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar
from unittest.mock import patch

import httpx2

from kiosk.errors import OfflineError
from kiosk.sync.client import Device, SyncClient, TooSlowError, _Reply
from kiosk.sync.fence import EpochFence
from tests.simulator.door import Admitted, Answer, Door

AnswerT = TypeVar("AnswerT")


class Fate(StrEnum):
    """What becomes of one call."""

    REQUEST_LOST = "request lost"
    ANSWER_LOST = "answer lost"
    TWICE = "carried out twice"
    LATE = "carried out later"
    """The server took it in, and was slow: the client has given up by the time it is carried out."""


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
    """The product's client with its sessions, signatures and errors; only the way of the bytes is another."""

    def __init__(self, line: Line, site_id: str, device: Device, fence: EpochFence | None = None) -> None:
        with patch.object(httpx2, "AsyncClient"):  # it would read the machine's certificates, a thousand times
            super().__init__("http://simulated.invalid", site_id, device, fence=fence)
        self._line = line

    async def _call(
        self, path: str, body: bytes, headers: Mapping[str, str], read: Callable[[_Reply], AnswerT]
    ) -> AnswerT:
        answer = self._line.carry(path, headers, body)
        return read(_Reply(answer.status, httpx2.Headers(answer.headers), answer.body))

    async def close(self) -> None:
        """Nothing is open."""
