"""Serving while the site server does not answer: by the paper, into this desk's own log, to be told later."""

import asyncio
from collections.abc import Mapping
from typing import Final

from kiosk.desk.memory import Memory, recall, remember
from kiosk.desk.own_log import Deed, after, reading, writing
from kiosk.desk.paper import (
    Known,
    Stop,
    believed,
    queues_at,
    stop_at,
    stops_here,
    visit_in_line,
    visit_of,
    with_state,
)
from kiosk.desk.room import Room
from kiosk.desk.scanned import Label, Token
from kiosk.domain.scan import ScanVerdict
from kiosk.domain.stop_life import ACTIVE, CLOSED, Verb, transition
from kiosk.domain.ticket import StopState
from kiosk.domain.token import Parsed, parse
from kiosk.sync.desk_wire import DeskVerb, DeskView, Refusal, ScanAnswer, VisitView

_VERBS: Final[Mapping[DeskVerb, Verb]] = {
    DeskVerb.START: Verb.START,
    DeskVerb.COMPLETE: Verb.COMPLETE,
    DeskVerb.NO_SHOW: Verb.NO_SHOW,
    DeskVerb.PARK: Verb.PARK,
}
"""What can be done without the server: nobody is called whom another counter may be calling."""


class OfflineCounter:
    """Belongs to one event loop. `visit`: whom this desk serves, as far as the server has not told it back yet.

    Every method that writes raises StoreError.
    """

    def __init__(self, room: Room) -> None:
        self.visit: VisitView | None = None
        self._room = room
        self._memory = Memory(counter=room.config.counter)
        self._states: dict[Stop, StopState] = {}
        self._own: set[Stop] = set()
        self._at_server: set[Stop] = set()
        self._writing = asyncio.Lock()

    @property
    def counter(self) -> int | None:
        return self._memory.counter

    @property
    def memory(self) -> Memory:
        return self._memory

    async def begin(self) -> None:
        """After a start: whom this desk was serving when it ended."""
        memory = await asyncio.to_thread(recall, self._room.folder)
        self._memory = memory.model_copy(update={"counter": memory.counter or self._memory.counter})
        store = self._room.store
        self._states = dict(await asyncio.wrap_future(store.submit(reading(store.node))))
        self._own = set(self._states)
        self._states |= dict.fromkeys(memory.done, StopState.COMPLETED)
        visit = self._memory.visit
        stop = None if visit is None else stop_at(visit, visit.position)
        if visit is not None and stop is not None:
            state = self._states.get((visit.ticket, stop.position), stop.state)
            self.visit = with_state(visit, stop.position, state) if state in ACTIVE else None

    async def hear(self, view: DeskView) -> None:
        """What the server tells while it is there."""
        told = {(row.ticket, row.position): row.state for row in (*view.line, *view.parked, *view.missed)}
        if view.visit is not None:
            told |= {(view.visit.ticket, stop.position): stop.state for stop in view.visit.stops}
        self._states |= told
        day = view.service_day or self._memory.day
        news: dict[str, object] = {"day": day, "done": self._done(told, is_same_day=day == self._memory.day)}
        if view.counter is not None:
            news |= {"counter": view.counter.counter, "queues": view.counter.queues}
        await self._remember(self._memory.model_copy(update=news))

    def _done(self, told: Mapping[Stop, StopState], *, is_same_day: bool) -> tuple[Stop, ...]:
        """Whoever was served here, and is now told of no more, has been sent on. Known after a start, too: else the
        same paper would be served once more.
        """
        before = {*self._memory.done, *self._at_server} if is_same_day else set()
        self._at_server = {stop for stop, state in told.items() if state is StopState.SERVING}
        over = {stop for stop, state in told.items() if state in CLOSED}
        return tuple(sorted((before - told.keys()) | over))

    async def take_over(self, view: DeskView | None) -> None:
        """The line is cut: whoever is at this counter stays there."""
        visit = None if view is None else view.visit
        stop = None if visit is None else stop_at(visit, visit.position)
        if self.visit is None and stop is not None and stop.state in ACTIVE:
            self.visit = visit
            await self._remember(self._memory.model_copy(update={"visit": visit}))

    def is_taken_up(self, view: DeskView) -> bool:
        """Whether the server, which has all that was done here, speaks of the same visitor. It does not while the kiosk
        that gave the ticket is cut off itself: then this desk alone knows whom it serves.
        """
        visit = self.visit
        if visit is None or (visit.ticket, visit.position) not in self._own:
            return True
        return view.visit is not None or any(conflict.label == visit.label for conflict in view.conflicts)

    async def hand_over(self) -> None:
        """The server has all that was done here: its word counts again."""
        self.visit = None
        await self._remember(self._memory.model_copy(update={"visit": None}))

    async def scan(self, scanned: Token | Label, action: str, officer: str | None, view: DeskView | None) -> ScanAnswer:
        """`action`: 16 hex digits, for what may be done now. `view`: the last that the server has told."""
        known = await self._room.known(self._memory.day)
        visit: VisitView | ScanVerdict | None
        if isinstance(scanned, Label):
            visit = self._of_label(scanned.text, known, view)
        elif known is None:
            visit = ScanVerdict.UNKNOWN_KEY
        else:
            claims = believed(scanned.text, known)
            visit = claims if isinstance(claims, ScanVerdict) else visit_of(claims, known, self._states)
        if not isinstance(visit, VisitView):
            parsed = parse(scanned.text)
            day = parsed.claims.service_day if isinstance(parsed, Parsed) else None
            return ScanAnswer(verdict=visit or ScanVerdict.UNKNOWN, day=day)
        return await self._receive(visit, known, action, officer)

    async def act(self, verb: DeskVerb, action: str, officer: str | None) -> Refusal | None:
        """On who is at this counter. None: done."""
        visit, counter = self.visit, self._memory.counter
        if verb not in _VERBS:
            return Refusal.NOT_POSSIBLE
        if visit is None or counter is None:
            return Refusal.NOBODY_HERE
        stop = stop_at(visit, visit.position)
        became = None if stop is None else transition(stop.state, _VERBS[verb])
        if became is None:
            return Refusal.NOT_POSSIBLE
        await self._write(Deed(action, _VERBS[verb], visit.ticket, visit.position, counter, officer), became)
        self.visit = with_state(visit, visit.position, became) if became in ACTIVE else None
        return None

    async def _receive(self, visit: VisitView, known: Known | None, action: str, officer: str | None) -> ScanAnswer:
        counter = self._memory.counter
        if counter is None:
            return ScanAnswer(verdict=ScanVerdict.COUNTER_CLOSED, label=visit.label)
        if self.visit is not None:
            return await self._receive_again(self.visit, visit, action, officer)
        mine = stops_here(visit, self._memory.queues or (() if known is None else queues_at(known.site, counter)))
        if not mine:
            first = visit.stops[0]
            return ScanAnswer(
                verdict=ScanVerdict.WRONG_COUNTER, label=visit.label, queue=first.queue, where=first.places
            )
        stop = next((one for one in mine if after(self._states, (visit.ticket, one.position), Verb.START)), None)
        if stop is None:
            return ScanAnswer(verdict=ScanVerdict.SEEN_HERE, label=visit.label, queue=mine[0].queue, counter=counter)
        begun = with_state(visit, stop.position, StopState.SERVING)
        # Before the event: the log alone does not know the label. Not as begun: whether it was, only the log can tell.
        expected = with_state(visit, stop.position, StopState.WAITING)
        await self._remember(self._memory.model_copy(update={"visit": expected}))
        await self._write(Deed(action, Verb.START, visit.ticket, stop.position, counter, officer), StopState.SERVING)
        self.visit = begun
        return ScanAnswer(
            verdict=ScanVerdict.STARTED_OFFLINE, label=visit.label, queue=stop.queue, counter=counter, by=officer
        )

    async def _receive_again(self, here: VisitView, visit: VisitView, action: str, officer: str | None) -> ScanAnswer:
        if here.ticket != visit.ticket:
            return ScanAnswer(verdict=ScanVerdict.COUNTER_BUSY, label=visit.label)
        refusal = await self.act(DeskVerb.START, action, officer)  # called before the line was cut
        verdict = ScanVerdict.ALREADY_HERE if refusal is not None else ScanVerdict.STARTED_OFFLINE
        return ScanAnswer(verdict=verdict, label=visit.label, counter=self._memory.counter)

    def _of_label(self, label: str, known: Known | None, view: DeskView | None) -> VisitView | None:
        """A label proves nothing by itself: only whom the server had told of before is believed."""
        if self.visit is not None and self.visit.label == label:
            return self.visit
        rows = () if view is None else (*view.line, *view.parked, *view.missed)
        row = next((row for row in rows if row.label == label), None)
        return None if row is None else visit_in_line(row, known)

    async def _write(self, deed: Deed, became: StopState) -> None:
        store = self._room.store
        await asyncio.wrap_future(store.submit(writing(store.node, deed)))
        self._states[deed.ticket, deed.position] = became
        self._own.add((deed.ticket, deed.position))
        self._room.wake()

    async def _remember(self, memory: Memory) -> None:
        if memory == self._memory:
            return
        self._memory = memory
        async with self._writing:
            await asyncio.to_thread(remember, self._room.folder, self._memory)
