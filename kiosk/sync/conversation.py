"""What is said on one connection: hello, and then every event that the server lacks, in order.

What the server holds decides where to go on, never a cursor of our own; what contradicts our log is left alone and
reported, while everything else goes on.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeVar

import structlog
from sqlite_utils import Database

from kiosk.domain.events import LogHead
from kiosk.errors import ProtocolMismatchError
from kiosk.faults import fault_point
from kiosk.store.database import transaction
from kiosk.store.log import StoredEvent, acknowledge, acknowledged, heads, read_after, retract
from kiosk.store.writer import Store
from kiosk.sync.client import MessageRefusedError, SyncClient, TooSlowError
from kiosk.sync.wire import MAX_BATCH_BYTES, MAX_BATCH_EVENTS, MAX_HEADS, Head, Hello, Limits, Problem, ProblemCode

T = TypeVar("T")

log = structlog.get_logger(__name__)

_MORE_THAN_HERE: Final = "The server holds events of this kiosk that are not here: its disk was restored or cloned."
_OTHER_THAN_HERE: Final = "The server holds another history of this kiosk: its disk was restored or cloned."


class Conversation:
    """Belongs to one event loop. `alarms`: incarnation -> a sentence for the technician; those are not pushed."""

    def __init__(self, client: SyncClient, store: Store, origin: str) -> None:
        self.alarms: dict[str, str] = {}
        self._client = client
        self._store = store
        self._origin = origin
        self._held: dict[str, int] = {}
        self._behind: tuple[str, ...] = ()
        self._epoch: int | None = None
        self._limits = Limits()
        self._batch_events = MAX_BATCH_EVENTS

    async def hello(self) -> None:
        """Compares both logs; afterwards it is known where each incarnation goes on. Raises SyncError."""
        own, acked = await self._ask(lambda db: (heads(db), acknowledged(db, "site")))
        told = _worth_telling(own, acked)
        answer = await self._client.hello(
            Hello(
                origin=self._origin,
                heads=tuple(Head(incarnation=o.incarnation, sequence=o.sequence, hash=o.hash) for o in told),
                acknowledged={o.incarnation: acked[o.incarnation] for o in told if acked.get(o.incarnation)},
                server_epoch=self._epoch,
            )
        )
        self._epoch = answer.server_epoch
        self._limits = answer.limits
        theirs = {head.incarnation: head for head in answer.heads}
        agreed: dict[str, int] = {}
        for mine in told:
            held = theirs.pop(mine.incarnation, None)
            fault = _OTHER_THAN_HERE if mine.incarnation in answer.forks else await self._fault(mine, held)
            if fault is None:
                agreed[mine.incarnation] = 0 if held is None else held.sequence
            else:
                self._alarm(mine.incarnation, fault)
        for forgotten in theirs.keys() - acked.keys():  # what was pruned here is still known as acknowledged
            self._alarm(forgotten, _MORE_THAN_HERE)
        await self._believe(agreed, acked, answer.central)
        self._held = agreed
        self._behind = tuple(o.incarnation for o in told if agreed.get(o.incarnation, o.sequence) < o.sequence)

    async def push(self) -> bool:
        """Sends one batch, oldest first; False when all that is written is held. Raises SyncError."""
        for incarnation in dict.fromkeys((*self._behind, self._store.node.incarnation)):
            if incarnation not in self.alarms and await self._push_next(incarnation):
                return True
        self._behind = ()
        return False

    async def _push_next(self, incarnation: str) -> bool:
        held = self._held.setdefault(incarnation, 0)
        most = min(self._batch_events, self._limits.batch_events)
        size = min(MAX_BATCH_BYTES, self._limits.batch_bytes)
        batch = await self._ask(lambda db: read_after(db, incarnation, held, most, size))
        if not batch:
            return False
        try:
            answer = await self._client.append([event.raw for event in batch])
        except TooSlowError:
            self._batch_events = max(1, len(batch) // 2)  # a thin line: less at a time gets through
            raise
        except MessageRefusedError as refused:
            await self._refused(incarnation, batch, refused.problem)
            return True
        taken = answer.acknowledged.get(incarnation, 0)
        if taken < batch[-1].sequence:
            raise ProtocolMismatchError("The server took a batch and acknowledged less of it: update the server.")
        await self._taken(incarnation, taken, answer.central)
        self._batch_events = min(MAX_BATCH_EVENTS, self._batch_events * 2)
        return True

    async def _taken(self, incarnation: str, sequence: int, central: Mapping[str, int]) -> None:
        fault_point("sync.before_ack_stored")
        await self._believe({incarnation: sequence}, {}, central)
        self._held[incarnation] = sequence

    async def _refused(self, incarnation: str, batch: Sequence[StoredEvent], problem: Problem) -> None:
        """A prefix may have been taken. Then: go back, send less, or leave this incarnation to a person."""
        held_before = self._held[incarnation]
        taken = problem.acknowledged.get(incarnation, 0)
        if problem.code is ProblemCode.GAP and taken < held_before:
            await self._believe({incarnation: taken}, {incarnation: held_before}, problem.central)
            self._held[incarnation] = taken
            return
        if taken > held_before:
            await self._taken(incarnation, taken, problem.central)
        if problem.code is ProblemCode.TOO_LARGE and len(batch) > 1:
            self._batch_events = len(batch) // 2
        elif problem.code is ProblemCode.FORK:
            self._alarm(incarnation, _OTHER_THAN_HERE)
        else:
            self._alarm(incarnation, f"The server refuses an event of this kiosk: {problem.detail}")

    async def _fault(self, mine: LogHead, held: Head | None) -> str | None:
        """Why the server's log cannot be continued with ours, None if it can."""
        if held is None:
            return None
        if held.sequence > mine.sequence:
            return _MORE_THAN_HERE
        here = mine.hash
        if held.sequence < mine.sequence:
            here = (await self._ask(lambda db: read_after(db, mine.incarnation, held.sequence - 1, 1)))[0].hash
        return None if here == held.hash else _OTHER_THAN_HERE

    async def _believe(self, held: Mapping[str, int], acked: Mapping[str, int], central: Mapping[str, int]) -> None:
        """Writes down what is safe where. Less than was acknowledged: the server was restored from an older copy."""
        lost = {incarnation for incarnation, sequence in held.items() if sequence < acked.get(incarnation, 0)}
        if lost:
            log.warning("server_restored", incarnations=len(lost))

        def write(db: Database) -> None:
            with transaction(db):
                for incarnation, sequence in held.items():
                    if incarnation in lost:
                        retract(db, incarnation, sequence, "site")
                    elif sequence > acked.get(incarnation, 0):
                        acknowledge(db, incarnation, sequence, "site")
                for incarnation, sequence in central.items():
                    acknowledge(db, incarnation, sequence, "central")

        await self._ask(write)

    def _alarm(self, incarnation: str, sentence: str) -> None:
        if incarnation not in self.alarms:
            self.alarms[incarnation] = sentence
            log.error("sync_alarm_raised", incarnation=incarnation, detail=sentence)

    async def _ask(self, work: Callable[[Database], T]) -> T:
        return await asyncio.wrap_future(self._store.submit(work))


def _worth_telling(own: Sequence[LogHead], acked: Mapping[str, int]) -> Sequence[LogHead]:
    """At most MAX_HEADS: first what is not safe yet, then the newest of the rest."""
    unsafe = [head for head in own if acked.get(head.incarnation, 0) < head.sequence][:MAX_HEADS]
    safe = [head for head in own if acked.get(head.incarnation, 0) >= head.sequence]
    room = MAX_HEADS - len(unsafe)
    return [*unsafe, *safe[max(0, len(safe) - room) :]]
