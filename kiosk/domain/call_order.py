"""Who is called next: fair between the two classes, and nobody for ever behind the other (design.md, section 5).

Within a queue, after one visitor with priority come N others, and so on in turn; a class that nobody waits in is passed
over. Whoever has waited longer than the ceiling of his class comes before any turn. Within a class the earlier place
is first, always.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from kiosk.domain.calling_rules import CallingRules


@dataclass(frozen=True, slots=True)
class InLine:
    """One stop that can be called now. `place` sorts: (milliseconds since 1970, origin, sequence)."""

    ticket_id: str
    position: int
    queue_code: str
    is_priority: bool
    place: tuple[int, str, int]


@dataclass(frozen=True, slots=True)
class _Head:
    who: InLine
    overdue: float
    """How far over the ceiling: 1 is exactly there."""


def next_in_line(
    line: Iterable[InLine], rules: Mapping[str, CallingRules], since_priority: Mapping[str, int], now_ms: int
) -> InLine | None:
    """`line`: in any order, of one or several queues. `since_priority`: queue -> ordinary visitors called there since
    the last with priority; a queue without an entry has called none with priority yet, who then comes first.
    """
    by_queue: dict[str, list[InLine]] = {}
    for who in line:
        by_queue.setdefault(who.queue_code, []).append(who)
    heads = [
        _head(waiting, rules.get(code, CallingRules()), since_priority.get(code), now_ms)
        for code, waiting in by_queue.items()
    ]
    late = [head for head in heads if head.overdue >= 1]
    if late:
        return min(late, key=lambda head: (-head.overdue, head.who.place)).who
    return min((head.who for head in heads), key=_place, default=None)


def call_sequence(
    line: Iterable[InLine], rules: Mapping[str, CallingRules], since_priority: Mapping[str, int], now_ms: int
) -> Sequence[InLine]:
    """All of them, in the order in which they would be called if it were done at once."""
    left, since, ordered = list(line), dict(since_priority), list[InLine]()
    while (who := next_in_line(left, rules, since, now_ms)) is not None:
        left.remove(who)
        since[who.queue_code] = 0 if who.is_priority else since.get(who.queue_code, _many(rules, who.queue_code)) + 1
        ordered.append(who)
    return ordered


def _many(rules: Mapping[str, CallingRules], code: str) -> int:
    return rules.get(code, CallingRules()).ordinary_per_priority


def _head(waiting: Sequence[InLine], rules: CallingRules, since_priority: int | None, now_ms: int) -> _Head:
    first = {
        is_priority: min(
            (who for who in waiting if who.is_priority is is_priority), key=lambda who: who.place, default=None
        )
        for is_priority in (True, False)
    }
    ceilings = {True: rules.priority_ceiling, False: rules.ordinary_ceiling}
    heads = {
        is_priority: _Head(who, _share(now_ms - who.place[0], ceilings[is_priority]))
        for is_priority, who in first.items()
        if who is not None
    }
    if len(heads) == 1:
        return next(iter(heads.values()))
    late = [head for head in heads.values() if head.overdue >= 1]
    if late:
        return max(late, key=lambda head: head.overdue)
    is_priority = since_priority is None or since_priority >= rules.ordinary_per_priority
    return heads[is_priority]


def _place(who: InLine) -> tuple[int, str, int]:
    return who.place


def _share(waited_ms: int, ceiling: timedelta) -> float:
    return waited_ms / max(ceiling / timedelta(milliseconds=1), 1)
