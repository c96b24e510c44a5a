"""Who is called next: fair between the two classes, and nobody for ever behind the other (design.md, section 5).

Within a queue, after one visitor with priority come N others, and so on in turn; a class that nobody waits in is passed
over. Whoever has waited longer than the ceiling of his class comes before any turn; of several of them, whose ceiling
was reached first. So nobody waits for ever: whoever takes a ticket after another's ceiling was reached can never come
before him, whatever the crowd. Within a class of a queue the earlier place is first, always. Of several queues that
one counter serves, the one whose next visitor has the earlier place is first.

An appointment will need nothing new here: its place is the time that it was made for (`stops.place_ms`), in the class
of its visitor, and whoever comes after that time takes the time of coming.
"""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from kiosk.domain.calling_rules import CallingRules

_MILLISECOND: Final = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class InLine:
    """One stop that can be called now. `place` sorts: (milliseconds since 1970, origin, sequence)."""

    ticket_id: str
    position: int
    queue_code: str
    is_priority: bool
    place: tuple[int, str, int]


def next_in_line(
    line: Iterable[InLine], rules: Mapping[str, CallingRules], since_priority: Mapping[str, int], now_ms: int
) -> InLine | None:
    """`line`: in any order, of one or several queues. `since_priority`: queue -> ordinary visitors called there since
    the last with priority; a queue without an entry has called none with priority yet, who then comes first.
    """
    return next(iter(call_sequence(line, rules, since_priority, now_ms, most=1)), None)


def call_sequence(
    line: Iterable[InLine],
    rules: Mapping[str, CallingRules],
    since_priority: Mapping[str, int],
    now_ms: int,
    most: int | None = None,
) -> Sequence[InLine]:
    """In the order in which they would be called if it were done at once; the first `most`, None for all of them."""
    by_queue: dict[str, _Queue] = {}
    for who in sorted(line, key=_place):
        queue = by_queue.get(who.queue_code)
        if queue is None:
            its_rules = rules.get(who.queue_code, CallingRules())
            queue = by_queue[who.queue_code] = _Queue(its_rules, since_priority.get(who.queue_code))
        (queue.priority if who.is_priority else queue.ordinary).append(who)
    ordered: list[InLine] = []
    while by_queue and (most is None or len(ordered) < most):
        code, head = min(
            ((code, queue.head(now_ms)) for code, queue in by_queue.items()), key=lambda each: each[1].urgency
        )
        by_queue[code].call(head.who)
        if by_queue[code].is_empty:
            del by_queue[code]
        ordered.append(head.who)
    return ordered


@dataclass(frozen=True, slots=True)
class _Head:
    """Who is next in one queue. `ceiling_ms`: when his wait reached the ceiling; None: it has not yet."""

    who: InLine
    ceiling_ms: int | None

    @property
    def urgency(self) -> tuple[bool, int, tuple[int, str, int]]:
        """The lowest is called."""
        return (self.ceiling_ms is None, self.ceiling_ms or 0, self.who.place)


@dataclass(slots=True)
class _Queue:
    """Who waits for it, of each class the earliest place first."""

    rules: CallingRules
    since_priority: int | None
    priority: deque[InLine] = field(default_factory=deque)
    ordinary: deque[InLine] = field(default_factory=deque)

    @property
    def is_empty(self) -> bool:
        return not (self.priority or self.ordinary)

    def head(self, now_ms: int) -> _Head:
        """Of a queue in which somebody waits."""
        first = [
            _Head(line[0], _reached(line[0], ceiling, now_ms))
            for line, ceiling in (
                (self.priority, self.rules.priority_ceiling),
                (self.ordinary, self.rules.ordinary_ceiling),
            )
            if line
        ]
        late = [head for head in first if head.ceiling_ms is not None]
        if late or len(first) == 1:
            return min(late or first, key=lambda head: head.urgency)
        is_turn = self.since_priority is None or self.since_priority >= self.rules.ordinary_per_priority
        return first[0 if is_turn else 1]

    def call(self, who: InLine) -> None:
        (self.priority if who.is_priority else self.ordinary).popleft()
        if who.is_priority:
            self.since_priority = 0
        elif self.since_priority is not None:
            self.since_priority += 1


def _reached(who: InLine, ceiling: timedelta, now_ms: int) -> int | None:
    at_ms = who.place[0] + ceiling // _MILLISECOND
    return at_ms if at_ms <= now_ms else None


def _place(who: InLine) -> tuple[int, str, int]:
    return who.place
