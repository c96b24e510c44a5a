"""What is said on one connection about one origin: hello, and then every event that upstream lacks.

What upstream holds decides where to go on, never a cursor of our own; what contradicts our log is left alone and
reported, while everything else goes on. The kiosk speaks so to its site, and the site to the nation.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from kiosk.domain.events import Event, LogHead, StoredEvent, decode
from kiosk.errors import ProtocolMismatchError
from kiosk.faults import fault_point
from kiosk.sync.outgoing_log import OutgoingLog, Survey, Upstream
from kiosk.sync.reply import MessageRefusedError, TooSlowError
from kiosk.sync.wire import (
    MAX_BATCH_BYTES,
    MAX_BATCH_EVENTS,
    MAX_HEADS,
    Head,
    Hello,
    Limits,
    Problem,
    ProblemCode,
    Pull,
)

log = structlog.get_logger(__name__)

_MORE_THAN_HERE: Final = "The server holds events of {who} that are not here: its disk was restored or cloned."
_OTHER_THAN_HERE: Final = "The server holds another history of {who}: its disk was restored or cloned."
_REFUSED: Final = "The server refuses an event of {who}: "
_RECOVERED: Final = "The disk of {who} was restored from an older copy; what the server held of it was fetched back."
_PRUNED: Final = (
    "The server lacks old events of {who} that are not kept here any more: it must fetch them from central."
)
_RECENT_STARTS: Final = 50
"""Incarnations among which the newest event is looked for."""
_TWIN: Final = "Another machine writes as {who}: its disk was cloned. Switch one of them off and pair it anew."


@dataclass(frozen=True, slots=True)
class _Lost:
    """Upstream holds `incarnation` up to `until`, and we only up to `after`, 0 for nothing."""

    incarnation: str
    after: int
    until: int


class Conversation:
    """Belongs to one thread. `alarms`: incarnation -> a sentence for the technician; those are not pushed.

    `who`: whose log it is, as such a sentence says it.
    """

    def __init__(self, upstream: Upstream, outgoing: OutgoingLog, who: str = "this kiosk") -> None:
        self.alarms: dict[str, str] = {}
        self.recovered = ""
        """A sentence for the technician, for as long as this conversation lives: events of ours came back."""
        self._upstream = upstream
        self._log = outgoing
        self._who = who
        self._held: dict[str, int] = {}
        self._awaiting_pruned: set[str] = set()
        self._limits = Limits()
        self._batch_events = MAX_BATCH_EVENTS
        self._level_stamp: int | None = None
        self._taken_back: set[str] = set()

    @property
    def trouble(self) -> str:
        """One sentence on what a person must look at; empty where all is well."""
        lasting = next(iter(self.alarms.values()), self.recovered)
        return lasting or (_PRUNED.format(who=self._who) if self._awaiting_pruned else "")

    async def hello(self) -> None:
        """Compares both logs and takes back what was lost here; afterwards it is known where each incarnation goes on.

        Raises SyncError.
        """
        while await self._greet():
            pass  # upstream names a hundred forgotten incarnations at a time
        if self._level_stamp is None:
            self._level_stamp = await self._newest_stamp()

    async def push(self) -> bool:
        """Sends one batch, the newest status first; False when all that is written is held. Raises SyncError."""
        for incarnation in await self._log.unsent():
            if await self.push_next(incarnation):
                return True
        return False

    async def push_next(self, incarnation: str) -> bool:
        """Sends the next batch of this incarnation; False where there is none, or it must not be sent."""
        if incarnation in self.alarms:
            return False
        held = self._held.setdefault(incarnation, 0)
        most = min(self._batch_events, self._limits.batch_events)
        size = min(MAX_BATCH_BYTES, self._limits.batch_bytes)
        batch = await self._log.read_after(incarnation, held, most, size)
        if not batch:
            return False
        if batch[0].sequence != held + 1:
            self._await_pruned(incarnation)
            return False
        try:
            answer = await self._upstream.append([event.raw for event in batch])
        except TooSlowError:
            self._batch_events = max(1, len(batch) // 2)  # a thin line: less at a time gets through
            raise
        except MessageRefusedError as refused:
            await self._refused(incarnation, batch, refused.problem)
            return True
        taken = answer.acknowledged.get(incarnation, 0)
        if taken < batch[-1].sequence:
            raise ProtocolMismatchError("The server took a batch and acknowledged less of it: update the server.")
        # A server that holds more has it from a twin, or from before a restore: the next hello is to find that out.
        await self._taken(incarnation, batch[-1].sequence, answer.central)
        self._batch_events = min(MAX_BATCH_EVENTS, self._batch_events * 2)
        return True

    async def _greet(self) -> bool:
        """One hello; True when events of ours came back, and there may be more of them."""
        survey = await self._log.survey()
        told = _worth_telling(survey)
        answer = await self._upstream.hello(_hello(self._log.origin, survey, told))
        await self._log.hear_epoch(answer.server_epoch)
        self._limits = answer.limits
        theirs = {head.incarnation: head for head in answer.heads}
        agreed: dict[str, int] = {}
        lost: list[_Lost] = []
        for mine in told:
            held = theirs.pop(mine.incarnation, None)
            if mine.incarnation in answer.forks:
                self._alarm(mine.incarnation, _OTHER_THAN_HERE)
            elif held is None:
                agreed[mine.incarnation] = 0
            elif held.sequence > max(mine.sequence, survey.acknowledged.get(mine.incarnation, 0)):
                lost.append(_Lost(mine.incarnation, mine.sequence, held.sequence))
            elif await self._is_ours(mine, held):
                agreed[mine.incarnation] = held.sequence
        known = {
            head.incarnation for head in survey.heads
        } | survey.acknowledged.keys()  # the latter also of the pruned
        lost += [_Lost(head.incarnation, 0, head.sequence) for head in theirs.values() if head.incarnation not in known]
        central = {one: answer.central.get(one, 0) for one in agreed}
        news = {one: sequence for one, sequence in central.items() if sequence != survey.central.get(one, 0)}
        await self._believe(agreed, survey.acknowledged, news)
        self._held = agreed
        self._awaiting_pruned -= {one for one, sequence in agreed.items() if sequence}
        return await self._recover([one for one in lost if one.incarnation not in self.alarms])

    async def _is_ours(self, mine: LogHead, held: Head) -> bool:
        """Whether the last event that upstream holds is the one that is here."""
        here = mine.hash
        if held.sequence < mine.sequence:
            event = next(iter(await self._log.read_after(mine.incarnation, held.sequence - 1, 1, 1)), None)
            if event is None or event.sequence > held.sequence + 1:
                self._await_pruned(mine.incarnation)
                return False
            here = event.hash if event.sequence == held.sequence else _previous(event)
        if here != held.hash:
            self._alarm(mine.incarnation, _OTHER_THAN_HERE)
        return here == held.hash

    async def _recover(self, lost: Sequence[_Lost]) -> bool:
        if not lost:
            return False
        await self._log.lose(has_twin=False)
        count = 0
        has_twin = False
        try:
            for one in lost:
                news = await self._pull(one, one.after)
                if self._is_by_twin(one, news):
                    await self._log.lose(has_twin=True)
                    has_twin = True
                count += await self._take_back(one, news)
        except ProtocolMismatchError:  # an older server gives nothing back
            for one in lost:
                self._alarm(one.incarnation, _MORE_THAN_HERE)
        if count:
            self.recovered = (_TWIN if has_twin else _RECOVERED).format(who=self._who)
            log.error("history_recovered", origin=self._log.origin, events=count, has_twin=has_twin)
        return count > 0

    async def _newest_stamp(self) -> int:
        """Of the events here, 0 where there is none. What was taken back lies behind what this start has written."""
        heads = (await self._log.survey()).heads[-_RECENT_STARTS:]
        last = [await self._log.read_after(head.incarnation, head.sequence - 1, 1, 1) for head in heads]
        return max((_stamp(events[0].raw) for events in last if events), default=0)

    def _is_by_twin(self, one: _Lost, news: Sequence[bytes]) -> bool:
        """Written while this log was at work, as its clock says; or growing, whatever the clocks say.

        What a restored upstream fetched back from its own only later is older than that, and comes once.
        """
        if self._level_stamp is None or not news:
            return False
        return one.incarnation in self._taken_back or _stamp(news[-1]) > self._level_stamp

    async def _take_back(self, one: _Lost, events: Sequence[bytes]) -> int:
        """`events`: the first of them. How many came back."""
        after = one.after
        first = _first(events)
        is_pruned = after == 0 and first is not None and first.sequence > 1
        while events and after < one.until and not is_pruned:
            fault = await self._log.take_back(one.incarnation, after, events)
            if fault is not None:
                self._alarm(one.incarnation, "", fault)
                return after - one.after
            after += len(events)
            events = await self._pull(one, after)
        if after < one.until:  # what upstream itself has pruned, we would have pruned too
            await self._log.believe({one.incarnation: one.until}, {}, {})
        self._taken_back.add(one.incarnation)
        return after - one.after

    async def _pull(self, one: _Lost, after: int) -> Sequence[bytes]:
        if after >= one.until:
            return ()
        return await self._upstream.pull(Pull(origin=self._log.origin, incarnation=one.incarnation, after=after))

    async def _taken(self, incarnation: str, sequence: int, central: Mapping[str, int]) -> None:
        fault_point("sync.before_ack_stored")
        await self._log.believe({incarnation: sequence}, {}, central)
        self._held[incarnation] = sequence

    async def _refused(self, incarnation: str, batch: Sequence[StoredEvent], problem: Problem) -> None:
        """A prefix may have been taken. Then: go back, send less, or leave this incarnation to a person."""
        held_before = self._held[incarnation]
        taken = min(problem.acknowledged.get(incarnation, 0), batch[-1].sequence)
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
            self._alarm(incarnation, _REFUSED, problem.detail)

    async def _believe(self, held: Mapping[str, int], acked: Mapping[str, int], central: Mapping[str, int]) -> None:
        """Writes down what is safe where. Less than was acknowledged: upstream was restored from an older copy."""
        lost = {one: sequence for one, sequence in held.items() if sequence < acked.get(one, 0)}
        more = {one: sequence for one, sequence in held.items() if sequence > acked.get(one, 0)}
        if lost:
            log.warning("server_restored", incarnations=len(lost))
        await self._log.believe(more, lost, central)

    def _await_pruned(self, incarnation: str) -> None:
        """Pruned here, so central has it; our upstream lost it and must fetch it from there. Each hello looks anew."""
        if incarnation not in self._awaiting_pruned:
            self._awaiting_pruned.add(incarnation)
            log.warning("upstream_lacks_pruned", incarnation=incarnation)

    def _alarm(self, incarnation: str, template: str, detail: str = "") -> None:
        sentence = template.format(who=self._who) + detail
        if incarnation not in self.alarms:
            self.alarms[incarnation] = sentence
            log.error("sync_alarm_raised", incarnation=incarnation, detail=sentence)


def _hello(origin: str, survey: Survey, told: Sequence[LogHead]) -> Hello:
    acknowledged = survey.acknowledged
    return Hello(
        origin=origin,
        heads=tuple(Head(incarnation=one.incarnation, sequence=one.sequence, hash=one.hash) for one in told),
        acknowledged={
            one.incarnation: acknowledged[one.incarnation] for one in told if acknowledged.get(one.incarnation)
        },
        server_epoch=survey.server_epoch,
        site_epoch=survey.site_epoch,
        numbers=tuple(survey.numbers),
    )


def _previous(event: StoredEvent) -> str:
    """The hash of the event before it, which may be pruned."""
    decoded = decode(event.raw)
    return decoded.previous if isinstance(decoded, Event) else ""


def _stamp(raw: bytes) -> int:
    """The hybrid logical clock of an event, 0 where it cannot be read."""
    event = decode(raw)
    return int(event.hlc, 16) if isinstance(event, Event) else 0


def _first(events: Sequence[bytes]) -> Event | None:
    """If it is well formed; whoever takes it back judges it."""
    event = decode(events[0]) if events else None
    return event if isinstance(event, Event) else None


def _worth_telling(survey: Survey) -> Sequence[LogHead]:
    """At most MAX_HEADS: first what is not safe yet, then the newest of the rest."""
    acked = survey.acknowledged
    unsafe = [head for head in survey.heads if acked.get(head.incarnation, 0) < head.sequence][:MAX_HEADS]
    safe = [head for head in survey.heads if acked.get(head.incarnation, 0) >= head.sequence]
    room = MAX_HEADS - len(unsafe)
    return [*unsafe, *safe[max(0, len(safe) - room) :]]
