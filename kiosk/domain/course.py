"""The course of a visit: what all that happened to a ticket's stops adds up to, in whatever order it was heard of.

Officers act at the site server, or at a desk that is cut off from it; what they did lies in several logs. Here it is
sorted by its hybrid clock and gone through once, so that every node with the same events sees the same course. What
cannot have happened after what came before it changes nothing, and is told: the same ticket was at two counters.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from kiosk.domain.stop_life import ACTIVE, CLOSED, OPEN, Verb, transition
from kiosk.domain.ticket import StopState

HIGHEST_POSITION: Final = 40
"""Stops of one ticket, with all that were added or returned to."""


class Deed(StrEnum):
    """What happens to a ticket besides its stops."""

    ADD = "added"
    """One more stop."""
    PRIORITISE = "prioritised"
    UNDO = "undone"
    """As if it had not been: the action it names."""


@dataclass(frozen=True, slots=True)
class NewStop:
    service_id: str
    queue_code: str


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that was done. `action`: 16 hex digits, its own name. `at_ms`: milliseconds since 1970, by its origin's
    hybrid clock, or as a server reckons. `key` sorts: (stamp, origin, incarnation, sequence). `follows`: 16 hex digits,
    the latest stamp of the ticket when the server decided, where a desk's clock is ahead of the server's; the stamp of
    `key` is after it.

    `position` None: every stop of the ticket that it can happen to; a visitor can be at one counter only. `counter` and
    `officer`: where, and by whom (a staff id). `kiosk`: 16 hex digits, the device at which somebody came back with no
    officer. `new`: the stop that an ADD or a TRANSFER opens; `return_to`: the counter that wants the visitor back after
    it. `place_ms`: a RETURN's place in the order of calls. `undoes`: the action that an UNDO takes back.
    """

    key: tuple[str, str, str, int]
    action: str
    verb: Verb | Deed
    ticket_id: str
    at_ms: int
    position: int | None = None
    counter: int | None = None
    officer: str | None = None
    new: NewStop | None = None
    return_to: int | None = None
    place_ms: int | None = None
    is_priority: bool | None = None
    undoes: str | None = None
    follows: str | None = None
    kiosk: str | None = None


@dataclass(frozen=True, slots=True)
class CourseStop:
    """`after`: positions that must be closed first. `counter`: where it was called or served last. `bound_to`: the
    counter that wants the visitor back: while it serves the queue, the site server lets no other one call. `place_ms`:
    its place in the order of calls, where that is not the ticket's own. `calls`: since it was last waiting;
    `called_at_ms`: the first of them, which ends the wait. Times in milliseconds since 1970.
    """

    position: int
    service_id: str
    queue_code: str
    after: tuple[int, ...] = ()
    state: StopState = StopState.WAITING
    counter: int | None = None
    officer: str | None = None
    bound_to: int | None = None
    place_ms: int | None = None
    calls: int = 0
    called_at_ms: int | None = None
    started_at_ms: int | None = None
    ended_at_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Conflict:
    """Somebody did what could not be done any more: `counter` at a stop that `held_by` had. Both should hear of it."""

    action: str
    position: int
    counter: int | None
    held_by: int | None


@dataclass(frozen=True, slots=True)
class Course:
    """`refused`: actions that changed nothing. `undone`: those that were taken back."""

    stops: tuple[CourseStop, ...]
    is_priority: bool
    conflicts: tuple[Conflict, ...] = ()
    refused: tuple[str, ...] = ()
    undone: frozenset[str] = frozenset()

    @property
    def active(self) -> CourseStop | None:
        return next((stop for stop in self.stops if stop.state in ACTIVE), None)


@dataclass(frozen=True, slots=True)
class Issued:
    """A ticket at its beginning. `is_ghost`: nobody holds it, as far as its paper tells. `is_day_over`: what is still
    open when all is told has expired.
    """

    stops: tuple[CourseStop, ...]
    is_priority: bool
    is_ghost: bool = False
    is_day_over: bool = False


def course_of(issued: Issued, actions: Iterable[Action]) -> Course:
    """The same for every order of `actions`, and however often one of them is among them."""
    once = {action.action: action for action in sorted(actions, key=lambda one: one.key, reverse=True)}
    ordered = sorted(once.values(), key=lambda one: one.key)
    undone = frozenset(one.undoes for one in ordered if one.verb is Deed.UNDO and one.undoes in once)
    begun = tuple(replace(stop, state=StopState.EXPIRED) for stop in issued.stops) if issued.is_ghost else issued.stops
    walk = _Walk(list(_settled(begun)), issued.is_priority)
    for action in ordered:
        if action.verb is not Deed.UNDO and action.action not in undone:
            walk.take(action)
    stops = tuple(walk.stops)
    if issued.is_day_over:
        stops = tuple(replace(stop, state=StopState.EXPIRED) if stop.state in OPEN else stop for stop in stops)
    return Course(stops, walk.is_priority, tuple(walk.conflicts), tuple(walk.refused), undone)


class _Walk:
    def __init__(self, stops: list[CourseStop], is_priority: bool) -> None:  # noqa: FBT001
        self.stops = stops
        self.is_priority = is_priority
        self.conflicts: list[Conflict] = []
        self.refused: list[str] = []

    def take(self, action: Action) -> None:
        if action.verb is Deed.PRIORITISE:
            self.is_priority = bool(action.is_priority)
        elif action.verb is Deed.ADD:
            if self._open(action, place_ms=action.place_ms) is None:
                self.refused.append(action.action)
        elif isinstance(action.verb, Verb):
            self._move(action, action.verb)
        self.stops = list(_settled(self.stops))

    def _move(self, action: Action, verb: Verb) -> None:
        changed = [
            index
            for index, stop in enumerate(self.stops)
            if action.position in (None, stop.position) and self._may(stop, action, verb)
        ]
        if verb in _LEADS_TO_A_COUNTER:
            changed = changed[:1]
        if not changed:
            self._refuse(action)
            return
        if verb is Verb.START:
            self._meet(action, self.stops[changed[0]])
        for index in changed:
            self.stops[index] = _moved(self.stops[index], action, verb)
        if verb is Verb.TRANSFER:
            self._transfer(action, self.stops[changed[0]])

    def _may(self, stop: CourseStop, action: Action, verb: Verb) -> bool:
        if transition(stop.state, verb) is None:
            return False
        if verb is Verb.CALL:
            return not any(other.state in ACTIVE for other in self.stops)
        if verb is Verb.TRANSFER and (action.new is None or self._next_position() > HIGHEST_POSITION):
            return False
        is_elsewhere = stop.state in ACTIVE and action.counter is not None and action.counter != stop.counter
        return not (is_elsewhere and verb in _BY_WHO_HAS_IT)

    def _refuse(self, action: Action) -> None:
        self.refused.append(action.action)
        stop = next((one for one in self.stops if one.position == action.position), None)
        if stop is not None and action.verb in (Verb.START, Verb.COMPLETE):
            self._conflict(action, stop)

    def _meet(self, action: Action, met: CourseStop) -> None:
        """Nobody is at two counters: whoever had the visitor before has lost sight of him. And who has come has not
        gone: what had expired because nobody could hold the ticket waits again.
        """
        if met.state is StopState.CALLED:
            self._conflict(action, met)
        for index, stop in enumerate(self.stops):
            if stop.position == met.position:
                continue
            if stop.state in ACTIVE:
                self._conflict(action, stop)
                left = Verb.RELEASE if stop.state is StopState.CALLED else Verb.PARK
                self.stops[index] = replace(stop, state=transition(stop.state, left) or stop.state, calls=0)
            elif stop.state is StopState.EXPIRED and met.state is StopState.EXPIRED:
                self.stops[index] = replace(stop, state=StopState.WAITING)

    def _conflict(self, action: Action, stop: CourseStop) -> None:
        """Told once of two counters and a stop, however much the two did there."""
        found = (stop.position, action.counter, stop.counter)
        known = {(one.position, one.counter, one.held_by) for one in self.conflicts}
        if stop.counter is not None and action.counter != stop.counter and found not in known:
            self.conflicts.append(Conflict(action.action, *found))

    def _transfer(self, action: Action, origin: CourseStop) -> None:
        """What comes after the stop comes after all that has taken its place."""
        opened = self._open(action, place_ms=origin.place_ms)
        if opened is None:
            return
        last = opened
        if action.return_to is not None and opened < HIGHEST_POSITION:
            last = opened + 1
            back = CourseStop(
                last,
                origin.service_id,
                origin.queue_code,
                (opened,),
                bound_to=action.return_to,
                place_ms=origin.place_ms,
            )
            self.stops.append(back)
        for index, stop in enumerate(self.stops):
            if origin.position in stop.after:
                self.stops[index] = replace(stop, after=(*stop.after, last))

    def _open(self, action: Action, place_ms: int | None) -> int | None:
        position = self._next_position()
        if action.new is None or position > HIGHEST_POSITION:
            return None
        self.stops.append(CourseStop(position, action.new.service_id, action.new.queue_code, place_ms=place_ms))
        return position

    def _next_position(self) -> int:
        return max((stop.position for stop in self.stops), default=0) + 1


_BY_WHO_HAS_IT: Final = frozenset({Verb.RECALL, Verb.COMPLETE, Verb.NO_SHOW, Verb.PARK, Verb.TRANSFER, Verb.RELEASE})
"""Only the counter that called or serves can do these. A START is believed: the visitor stands there."""
_LEADS_TO_A_COUNTER: Final = frozenset({Verb.CALL, Verb.START})


def _moved(stop: CourseStop, action: Action, verb: Verb) -> CourseStop:
    state = transition(stop.state, verb) or stop.state
    stop = replace(stop, state=state, officer=action.officer or stop.officer)
    if verb in (Verb.CALL, Verb.RECALL):
        called_at_ms = action.at_ms if verb is Verb.CALL else stop.called_at_ms
        return replace(
            stop, counter=action.counter, calls=stop.calls + 1, called_at_ms=called_at_ms, started_at_ms=None
        )
    if verb is Verb.START:
        return replace(stop, counter=action.counter, started_at_ms=action.at_ms, ended_at_ms=None)
    if state is StopState.WAITING:
        place_ms = stop.place_ms if action.place_ms is None else action.place_ms
        return replace(stop, calls=0, place_ms=place_ms, started_at_ms=None, ended_at_ms=None)
    if state in CLOSED or state is StopState.NO_SHOW:
        return replace(stop, ended_at_ms=action.at_ms)
    return stop


def _settled(stops: Sequence[CourseStop]) -> Iterable[CourseStop]:
    """Who waits for nothing any more is waiting, else pending."""
    closed = {stop.position for stop in stops if stop.state in CLOSED}
    known = {stop.position for stop in stops}
    for stop in stops:
        if stop.state not in (StopState.PENDING, StopState.WAITING):
            yield stop
            continue
        is_free = all(position in closed or position not in known for position in stop.after)
        state = StopState.WAITING if is_free else StopState.PENDING
        yield stop if stop.state is state else replace(stop, state=state)
