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
    hybrid clock; `key` sorts: (stamp, origin, incarnation, sequence).

    `position` None: every stop of the ticket that it can happen to. `counter` and `officer`: where, and by whom (a
    staff id). `new`: the stop that an ADD or a TRANSFER opens; `return_to`: the counter that wants the visitor back
    after it. `place_ms`: a RETURN's place in the order of calls. `undoes`: the action that an UNDO takes back.
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


@dataclass(frozen=True, slots=True)
class CourseStop:
    """`counter`: where it was called or served last. `bound_to`: the only counter that may call it. `place_ms`: its
    place in the order of calls, where that is not the ticket's own. `calls`: since it was last waiting. Times in
    milliseconds since 1970.
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
    """Somebody did what could not be done any more: `counter` at a stop that `held_by` had."""

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
    undone = frozenset(one.undoes for one in ordered if one.verb is Deed.UNDO and one.undoes is not None)
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
            self._open(action, place_ms=action.place_ms)
        elif isinstance(action.verb, Verb):
            self._move(action, action.verb)
        self.stops = list(_settled(self.stops))

    def _move(self, action: Action, verb: Verb) -> None:
        changed = [
            index
            for index, stop in enumerate(self.stops)
            if action.position in (None, stop.position) and self._may(stop, action, verb)
        ]
        if not changed:
            self._refuse(action)
        for index in changed:
            stop = self.stops[index]
            if verb is Verb.START and stop.state is StopState.CALLED and stop.counter != action.counter:
                self.conflicts.append(Conflict(action.action, stop.position, action.counter, stop.counter))
            self.stops[index] = _moved(stop, action, verb)
        if changed and verb is Verb.START:
            self._leave_others(action)
        if changed and verb is Verb.TRANSFER:
            self._transfer(action, self.stops[changed[0]])

    def _may(self, stop: CourseStop, action: Action, verb: Verb) -> bool:
        if transition(stop.state, verb) is None:
            return False
        if verb is Verb.CALL:
            return not any(other.state in ACTIVE for other in self.stops)
        is_elsewhere = stop.state in ACTIVE and action.counter is not None and action.counter != stop.counter
        return not (is_elsewhere and verb in _BY_WHO_HAS_IT)

    def _refuse(self, action: Action) -> None:
        self.refused.append(action.action)
        stop = next((one for one in self.stops if one.position == action.position), None)
        if stop is not None and action.counter != stop.counter and action.verb in (Verb.START, Verb.COMPLETE):
            self.conflicts.append(Conflict(action.action, stop.position, action.counter, stop.counter))

    def _leave_others(self, action: Action) -> None:
        """Nobody is at two counters: whoever had the visitor before has lost sight of him."""
        for index, stop in enumerate(self.stops):
            if stop.state in ACTIVE and stop.position != action.position:
                self.conflicts.append(Conflict(action.action, stop.position, action.counter, stop.counter))
                left = StopState.WAITING if stop.state is StopState.CALLED else StopState.PARKED
                self.stops[index] = replace(stop, state=left, calls=0)

    def _transfer(self, action: Action, origin: CourseStop) -> None:
        opened = self._open(action, place_ms=origin.place_ms)
        if opened is not None and action.return_to is not None and opened < HIGHEST_POSITION:
            back = CourseStop(
                opened + 1,
                origin.service_id,
                origin.queue_code,
                (opened,),
                bound_to=action.return_to,
                place_ms=origin.place_ms,
            )
            self.stops.append(back)

    def _open(self, action: Action, place_ms: int | None) -> int | None:
        position = max((stop.position for stop in self.stops), default=0) + 1
        if action.new is None or position > HIGHEST_POSITION:
            self.refused.append(action.action)
            return None
        self.stops.append(CourseStop(position, action.new.service_id, action.new.queue_code, place_ms=place_ms))
        return position


_BY_WHO_HAS_IT: Final = frozenset({Verb.RECALL, Verb.COMPLETE, Verb.NO_SHOW, Verb.PARK, Verb.TRANSFER})
"""Only the counter that called or serves can do these. A START is believed: the visitor stands there."""


def _moved(stop: CourseStop, action: Action, verb: Verb) -> CourseStop:
    state = transition(stop.state, verb) or stop.state
    stop = replace(stop, state=state, officer=action.officer or stop.officer)
    if verb in (Verb.CALL, Verb.RECALL):
        return replace(
            stop, counter=action.counter, calls=stop.calls + 1, called_at_ms=action.at_ms, started_at_ms=None
        )
    if verb is Verb.START:
        return replace(stop, counter=action.counter, started_at_ms=action.at_ms, ended_at_ms=None)
    if state is StopState.WAITING:
        return replace(stop, calls=0, place_ms=action.place_ms if action.place_ms is not None else stop.place_ms)
    if state in CLOSED or state is StopState.NO_SHOW:
        return replace(stop, ended_at_ms=action.at_ms)
    return stop


def _settled(stops: Sequence[CourseStop]) -> Iterable[CourseStop]:
    """Who waits for nothing any more is waiting, else pending."""
    closed = {stop.position for stop in stops if stop.state in CLOSED}
    known = {stop.position for stop in stops}
    for stop in stops:
        if stop.state in (StopState.PENDING, StopState.WAITING):
            is_free = all(position in closed or position not in known for position in stop.after)
            yield replace(stop, state=StopState.WAITING if is_free else StopState.PENDING)
        else:
            yield stop
