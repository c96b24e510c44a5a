"""A device that says to a server exactly what a test wants, over a real socket."""

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

from pydantic import BaseModel

from bench.lean_client import LeanClient
from kiosk.domain.events import NO_EVENT, NODE_STARTED, TICKET_ISSUED, Event, digest, encode
from kiosk.identity import Identity, new_identity
from kiosk.sync import wire
from kiosk.sync.batch import pack
from kiosk.sync.wire import DeviceKind
from server.devices import DeviceRecord
from server.enrolment import admit
from server.node import Node
from tests.paired_kiosk import SITE

_TICKETS = itertools.count(1)

MessageT = TypeVar("MessageT", bound=BaseModel)


def let_in(node: Node, number: int = 1, kind: DeviceKind = DeviceKind.KIOSK, site_id: str = SITE) -> Identity:
    """A new device, known to the server from now on."""
    identity = new_identity()
    letter = chr(ord("A") + number - 1)
    record = DeviceRecord(identity.device_id, identity.public_key, site_id, number, letter, f"{kind} {number}", kind)
    admit(node, record if kind is DeviceKind.KIOSK else replace(record, kiosk_number=None, letter=None))
    return identity


class LeanKiosk:
    def __init__(self, client: LeanClient, identity: Identity) -> None:
        self.identity = identity
        self._client = client
        self.log: list[bytes] = []

    def reserve(
        self, queue: str = "D", ticket: str | None = None, service_day: date | None = None, **facts: Any
    ) -> wire.Reserved | wire.Problem:
        ticket = ticket or f"{next(_TICKETS):016x}"
        wish = wire.Reserve(ticket=ticket, queue=queue, service_day=service_day, **facts)
        return self._ask(wire.RESERVE_PATH, wish, wire.Reserved)

    def number(self, queue: str = "D", **facts: Any) -> int:
        """As `reserve`, where nothing else than a number may come."""
        answer = self.reserve(queue, **facts)
        assert isinstance(answer, wire.Reserved), answer
        return answer.number

    def beat(self, **facts: Any) -> wire.HeartbeatAnswer | wire.Problem:
        return self._ask(
            wire.HEARTBEAT_PATH, wire.Heartbeat(origin=self.identity.device_id, **facts), wire.HeartbeatAnswer
        )

    def hello(self, **facts: Any) -> wire.HelloAnswer | wire.Problem:
        heads = facts.pop("heads", ())
        return self._ask(
            wire.HELLO_PATH, wire.Hello(origin=self.identity.device_id, heads=heads, **facts), wire.HelloAnswer
        )

    def write(self, body: dict[str, Any] | None = None) -> wire.Head:
        """One more event of this device's own log: its start, and then tickets."""
        if self.log:
            event = self._event(TICKET_ISSUED, body or {}, digest(self.log[-1]))
        else:
            event = self._event(NODE_STARTED, {"parent": None, "program": "t", "clock_trusted": True}, NO_EVENT)
        self.log.append(encode(event))
        return wire.Head(incarnation=event.incarnation, sequence=event.sequence, hash=digest(self.log[-1]))

    def append(self) -> wire.AppendAnswer | wire.Problem:
        """All that it wrote."""
        return self._ask_raw(wire.APPEND_PATH, pack(self.log), wire.AppendAnswer)

    def _event(self, event_type: str, body: dict[str, Any], previous: str) -> Event:
        origin = self.identity.device_id
        return Event(origin, "1" * 16, len(self.log) + 1, "0" * 16, event_type, 1, body, previous)

    def _ask(self, path: str, message: BaseModel, answer: type[MessageT]) -> MessageT | wire.Problem:
        return self._ask_raw(path, message.model_dump_json().encode(), answer)

    def _ask_raw(self, path: str, body: bytes, answer: type[MessageT]) -> MessageT | wire.Problem:
        (request,) = self._client.signed(path, [body])
        status, content = self._client.ask(request)
        return (answer if status == 200 else wire.Problem).model_validate_json(content)


@contextmanager
def lean_kiosk(url: str, identity: Identity, site_id: str = SITE) -> Iterator[LeanKiosk]:
    with LeanClient(url, site_id, identity, patience_s=20.0) as client:
        yield LeanKiosk(client, identity)


def code(answer: BaseModel) -> wire.ProblemCode:
    """Of an answer that must be a refusal."""
    assert isinstance(answer, wire.Problem), answer
    return answer.code


def numbers(answers: Sequence[BaseModel]) -> list[int]:
    return [answer.number for answer in answers if isinstance(answer, wire.Reserved)]
