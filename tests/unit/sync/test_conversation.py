"""What is said upstream where neither end holds what the other one needs."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from kiosk.clock import SystemClock
from kiosk.domain.events import NO_EVENT, Event, LogHead, StoredEvent, digest, encode
from kiosk.sync.conversation import Conversation
from kiosk.sync.outgoing_log import Survey
from kiosk.sync.reply import MessageRefusedError
from kiosk.sync.wire import AppendAnswer, Head, Hello, HelloAnswer, Problem, ProblemCode, Pull
from tests.conftest import Logs

ORIGIN, INCARNATION = "a" * 16, "1" * 16


def written(count: int) -> list[StoredEvent]:
    events: list[StoredEvent] = []
    for sequence in range(1, count + 1):
        previous = events[-1].hash if events else NO_EVENT
        raw = encode(Event(ORIGIN, INCARNATION, sequence, "0" * 16, "future.thing", 1, {}, previous))
        events.append(StoredEvent(INCARNATION, sequence, digest(raw), raw))
    return events


EVENTS = written(5)


class PrunedLog:
    """Its first two events are older than 90 days, and gone; events 3 to 5 are here."""

    origin = ORIGIN

    def __init__(self) -> None:
        self.events = EVENTS[2:]
        self.acknowledged = {INCARNATION: 4}

    async def survey(self) -> Survey:
        last = self.events[-1]
        return Survey([LogHead(INCARNATION, last.sequence, last.hash)], dict(self.acknowledged), {INCARNATION: 4})

    async def unsent(self) -> Sequence[str]:
        return [INCARNATION] if self.acknowledged[INCARNATION] < self.events[-1].sequence else []

    async def read_after(
        self, incarnation: str, sequence: int, max_events: int, max_bytes: int
    ) -> Sequence[StoredEvent]:
        return [one for one in self.events if one.incarnation == incarnation and one.sequence > sequence][:max_events]

    async def believe(
        self, acknowledged: Mapping[str, int], retracted: Mapping[str, int], central: Mapping[str, int]
    ) -> None:
        self.acknowledged |= {**acknowledged, **retracted}

    async def hear_epoch(self, server_epoch: int) -> None:
        """Nothing is kept."""

    async def lose(self, *, has_twin: bool) -> None:
        pytest.fail(f"nothing was lost here ({has_twin=})")

    async def take_back(self, incarnation: str, after: int, events: Sequence[bytes]) -> str | None:
        pytest.fail(f"{incarnation} is whole after {after}: {events}")


@dataclass
class NewServer:
    """Holds events up to `held`, 0 for none; takes only what continues them."""

    held: int = 0
    taken: list[bytes] = field(default_factory=list)

    async def hello(self, message: Hello) -> HelloAnswer:
        assert message.origin == ORIGIN
        heads = (
            (Head(incarnation=INCARNATION, sequence=self.held, hash=EVENTS[self.held - 1].hash),) if self.held else ()
        )
        return HelloAnswer(
            server_epoch=1,
            server_time=SystemClock().now(),
            heads=heads,
            central={INCARNATION: self.held} if self.held else {},
        )

    async def append(self, events: Sequence[bytes]) -> AppendAnswer:
        if events[0] != EVENTS[self.held].raw:
            known = {INCARNATION: self.held} if self.held else {}
            raise MessageRefusedError(
                Problem(status=409, code=ProblemCode.GAP, title="gap", detail="gap", acknowledged=known, central={})
            )
        self.held += len(events)
        self.taken += events
        return AppendAnswer(acknowledged={INCARNATION: self.held}, central={}, accepted=len(events), duplicates=0)

    async def pull(self, message: Pull) -> Sequence[bytes]:
        pytest.fail(f"nothing was lost here: {message}")


@pytest.mark.parametrize("held", [0, 1])
def test_a_server_that_lacks_what_was_pruned_here_is_waited_for_without_an_alarm(
    held: int, expected_logs: Logs
) -> None:
    """A site server that was replaced fetches the old events from central; the kiosk said hello before it had them."""
    expected_logs("server_restored", "upstream_lacks_pruned")
    server = NewServer(held)
    conversation = Conversation(server, PrunedLog())
    for _ in range(2):
        asyncio.run(conversation.hello())
        assert not asyncio.run(conversation.push())
    assert (conversation.alarms, server.taken) == ({}, [])
    assert "must fetch them from central" in conversation.trouble
    server.held = 2
    asyncio.run(conversation.hello())
    assert asyncio.run(conversation.push())
    assert server.taken == [event.raw for event in EVENTS[2:]]
    assert not conversation.trouble
    assert expected_logs.seen.count("upstream_lacks_pruned") == 1
