"""One way the rest of a day may go: who is called when, if visits take as long as measured ones did.

The order of calls is that of kiosk/domain/call_order.py, said again for many thousand calls a second; a test holds the
two together.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from heapq import heapify, heappop, heappush
from math import exp, log
from random import Random
from typing import TYPE_CHECKING, Final
from zlib import crc32

from kiosk.domain.calling_rules import CallingRules

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kiosk.domain.wait_estimate import Desk, Hall
    from kiosk.domain.wait_pace import Pool

_HORIZON_S: Final = 6 * 3600.0
_DAY_SIGMA: Final = 0.10
_QUEUE_SIGMA: Final = 0.15
"""How much a whole hall, and a queue, may be slower or faster than it used to be: the spread of a logarithm."""
_PAUSE_S: Final = 15 * 60.0
"""Somebody who has left his counter comes back within this; nobody knows when."""
_LATER: Final = 1 << 40
"""Ranks of those who come only now."""
_NOT_URGENT: Final = (_HORIZON_S + 1.0, 0)
_ORDINARY: Final = 0
_PRIORITY: Final = 1
_MILLISECOND: Final = timedelta(milliseconds=1)


@dataclass(slots=True)
class _Person:
    """`rank` is the place in the order of calls; `reached_s`: when the wait reaches its ceiling, in seconds from now.
    `stop`: the ticket and the position of who is here already. `asks`: the queue and the class of a newcomer who only
    asks, and takes no time.
    """

    rank: int
    reached_s: float
    stop: tuple[str, int] | None = None
    asks: tuple[str, bool] | None = None
    takes_s: float = 0.0
    is_gone: bool = False


@dataclass(slots=True)
class _Line:
    """`ceiling_s`: of those with priority. `people`: ordinary ones, those with priority. `at`: where the first who is
    still there may be found. `asking`: newcomers who have not heard yet when they would be called.
    """

    code: str
    every: int
    ceiling_s: float
    people: tuple[list[_Person], list[_Person]]
    at: list[int] = field(default_factory=lambda: [0, 0])
    since: int | None = None
    asking: int = 2
    next_priority_s: float = _HORIZON_S
    random: Random = field(default_factory=Random)
    factor: float = 1.0


_Chosen = tuple[_Line, _Person, int]


class Play:
    """The same hall, played as often as one likes; each number of a play gives one outcome, always the same."""

    def __init__(self, hall: Hall, known: frozenset[str]) -> None:
        self._hall = hall
        self._known = known
        self._codes = sorted({code for desk in hall.desks for code in desk.queues})
        served = frozenset(self._codes)
        ordered = sorted((one for one in hall.line if one.who.queue_code in served), key=lambda one: one.who.place)
        # Ceilings are added in whole milliseconds, as call_order.py does: of two that are reached in the same one, the
        # earlier place comes first.
        self._waiters: dict[str, list[tuple[int, float, str, int, bool, Pool]]] = {code: [] for code in self._codes}
        for rank, one in enumerate(ordered):
            who = one.who
            rules = hall.rules.get(who.queue_code, CallingRules())
            ceiling = rules.priority_ceiling if who.is_priority else rules.ordinary_ceiling
            self._waiters[who.queue_code].append((
                rank,
                (who.place[0] + ceiling // _MILLISECOND - hall.now_ms) / 1000,
                who.ticket_id,
                who.position,
                who.is_priority,
                hall.pace.of(one.service_id, who.queue_code) or (0.0,),
            ))  # fmt: skip
        self._free_at: dict[str, float] = {}

    def run(self, number: int, line: dict[tuple[str, int], list[float]]) -> Iterator[tuple[str, bool, float]]:
        """(queue, has priority, seconds) of each newcomer who was called; `line` gets those of who waits already."""
        day = exp(_DAY_SIGMA * Random(number).gauss(0.0, 1.0))  # noqa: S311  # a play, no secret
        lines = {code: self._line(code, number, day) for code in self._codes}
        self._free_at = {}
        free = [self._free(desk, number, lines) for desk in self._hall.desks]
        heapify(free)
        desks = {desk.number: [lines[code] for code in desk.queues] for desk in self._hall.desks}
        while free and free[0][0] < _HORIZON_S:
            now_s, desk_number = heappop(free)
            person, wake_s = self._next(desks[desk_number], now_s)
            if person is None:
                if wake_s < _HORIZON_S:
                    heappush(free, (max(wake_s, now_s + 1.0), desk_number))
            elif person.asks is not None:
                if person.asks[0] in self._known:
                    yield *person.asks, now_s
                heappush(free, (now_s, desk_number))
            else:
                if person.stop is not None:
                    line.setdefault(person.stop, []).append(now_s)
                    self._free_at[person.stop[0]] = now_s + person.takes_s
                heappush(free, (now_s + person.takes_s, desk_number))

    def _line(self, code: str, number: int, day: float) -> _Line:
        hall = self._hall
        random = Random(crc32(code.encode()) * 1000 + number)  # noqa: S311  # a play, no secret
        rules = hall.rules.get(code, CallingRules())
        factor = day * exp(_QUEUE_SIGMA * random.gauss(0.0, 1.0))
        gaps = hall.pace.gaps_of(code)
        people: tuple[list[_Person], list[_Person]] = ([], [])
        draw = random.random
        for rank, reached_s, ticket, position, is_priority, pool in self._waiters[code]:
            takes_s = factor * pool[int(draw() * len(pool))] + gaps[int(draw() * len(gaps))]
            people[is_priority].append(_Person(rank, reached_s, (ticket, position), None, takes_s))
        for is_priority, ceiling in ((False, rules.ordinary_ceiling), (True, rules.priority_ceiling)):
            people[is_priority].append(_Person(_LATER, ceiling.total_seconds(), asks=(code, is_priority)))
        line = _Line(
            code=code,
            every=rules.ordinary_per_priority,
            ceiling_s=rules.priority_ceiling.total_seconds(),
            people=people,
            since=hall.since_priority.get(code),
            random=random,
            factor=factor,
        )
        self._await_priority(line, 0.0)
        return line

    def _await_priority(self, line: _Line, from_s: float) -> None:
        rate = self._hall.pace.priority_per_s.get(line.code, 0.0)
        line.next_priority_s = from_s - log(1.0 - line.random.random()) / rate if rate > 0 else _HORIZON_S

    def _free(self, desk: Desk, number: int, lines: Mapping[str, _Line]) -> tuple[float, int]:
        """When the counter calls next: as it ends with whom it has, or as somebody sits down there again."""
        random = Random(desk.number * 1009 + number)  # noqa: S311  # a play, no secret
        if desk.paused_s is not None:
            return _PAUSE_S * random.random(), desk.number
        if desk.ticket_id is None or not desk.queues:
            return 0.0, desk.number
        queue = desk.busy_queue or desk.queues[0]
        pool = self._hall.pace.of(desk.service_id or "", queue) or (0.0,)
        line = lines.get(queue)
        factor = 1.0 if line is None else line.factor
        longer = [seconds for seconds in pool if seconds * factor > desk.busy_s]
        left_s = (
            random.choice(longer) * factor - desk.busy_s
            if longer
            else 0.5 * random.random() * max(sum(pool) / len(pool), desk.busy_s * 0.5)
        )
        self._free_at[desk.ticket_id] = left_s
        return left_s + random.choice(self._hall.pace.gaps_of(queue)), desk.number

    def _next(self, lines: Sequence[_Line], now_s: float) -> tuple[_Person | None, float]:
        """Who is called now from these lines, and if nobody: when to look again. Who only asks takes nobody's turn."""
        for line in lines:
            while line.next_priority_s <= now_s:
                self._arrive(line)
        chosen, wake_s = self._choose(lines, now_s, with_asking=True)
        if chosen is not None and chosen[1].asks is None and any(line.asking for line in lines):
            chosen, wake_s = self._choose(lines, now_s, with_asking=False)
        if chosen is None:
            return None, wake_s
        line, person, which = chosen
        person.is_gone = True
        if person.asks is not None:
            line.asking -= 1
        elif which == _PRIORITY:
            line.since = 0
        elif line.since is not None:
            line.since += 1
        return person, wake_s

    def _choose(self, lines: Sequence[_Line], now_s: float, *, with_asking: bool) -> tuple[_Chosen | None, float]:
        chosen: _Chosen | None = None
        most_urgent, wake_s = _NOT_URGENT, _HORIZON_S
        for line in lines:
            ordinary, wake_ordinary = self._head(line, _ORDINARY, now_s, with_asking=with_asking)
            priority, wake_priority = self._head(line, _PRIORITY, now_s, with_asking=with_asking)
            wake_s = min(wake_s, wake_ordinary, wake_priority)
            for which, person, rival in ((_PRIORITY, priority, ordinary), (_ORDINARY, ordinary, priority)):
                if person is None:
                    continue
                is_turn = rival is None or (line.since is None or line.since >= line.every) is (which == _PRIORITY)
                if person.reached_s > now_s and not is_turn:
                    continue
                urgency = (person.reached_s if person.reached_s <= now_s else _HORIZON_S, person.rank)
                if urgency < most_urgent:
                    chosen, most_urgent = (line, person, which), urgency
        return chosen, wake_s

    def _head(self, line: _Line, which: int, now_s: float, *, with_asking: bool) -> tuple[_Person | None, float]:
        people, at = line.people[which], line.at[which]
        while at < len(people) and people[at].is_gone:
            at += 1
        line.at[which] = at
        wake_s = _HORIZON_S
        for person in people[at:] if at < len(people) else ():
            if person.is_gone or (person.asks is not None and not with_asking):
                continue
            free_s = 0.0 if person.stop is None else self._free_at.get(person.stop[0], 0.0)
            if free_s <= now_s:
                return person, wake_s
            wake_s = min(wake_s, free_s)
        return None, wake_s

    def _arrive(self, line: _Line) -> None:
        """A visitor with priority who is not here yet: behind all of his class."""
        arrived_s = line.next_priority_s
        pool = self._hall.pace.of("", line.code) or (0.0,)
        gaps = self._hall.pace.gaps_of(line.code)
        takes_s = line.factor * line.random.choice(pool) + line.random.choice(gaps)
        rank = _LATER + 1 + int(arrived_s * 1000)
        line.people[_PRIORITY].append(_Person(rank, arrived_s + line.ceiling_s, takes_s=takes_s))
        self._await_priority(line, arrived_s)
