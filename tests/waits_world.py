"""Halls that never were: visitors, counters and a month of days, played second by second by the real rules of calling.

`kiosk/domain/wait_estimate.py` was tuned in the worlds of TUNING alone and is examined in those of EXAM, which are made
otherwise: see docs/waits.md.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from heapq import heappop, heappush
from random import Random

from kiosk.domain.call_order import InLine, next_in_line
from kiosk.domain.calling_rules import CallingRules
from kiosk.domain.ticket import Stop
from kiosk.domain.wait import QueueOutlook, Wait, promised
from kiosk.domain.wait_estimate import Desk, Hall, Waiter, estimate
from kiosk.domain.wait_pace import Ended, Measured

Took = Callable[[Random, float, str], float]
"""(chance, hour of the day, service) -> seconds at the counter."""


@dataclass(frozen=True)
class World:
    """One kind of hall. `counters`: number -> queues. `per_hour`: (chance of the day, hour, queue) -> visitors."""

    name: str
    counters: Mapping[int, tuple[str, ...]]
    took: Took
    per_hour: Callable[[float, str], float]
    opens: float = 8.0
    closes: float = 15.0
    priority: float = 0.12
    no_shows: float = 0.06
    several: float = 0.2
    pauses: Callable[[Random, int], list[tuple[float, float]]] = lambda _chance, _counter: []
    """(from, until) in hours: nobody sits there."""
    turnover_s: tuple[float, float] = (10.0, 50.0)
    forgets: float = 0.0
    """How often an officer leaves a finished visit open over his break."""

    @property
    def queues(self) -> tuple[str, ...]:
        return tuple(sorted({code for queues in self.counters.values() for code in queues}))


@dataclass
class Person:
    number: int
    came_s: float
    is_priority: bool
    stops: list[str]
    open: set[int] = field(default_factory=set)
    busy_until: float = 0.0
    at: tuple[int, int] | None = None
    promises: tuple[Wait | None, ...] = ()


@dataclass(frozen=True)
class Judged:
    """One promise, and what became of it, in seconds. `promise` None: it was said that nobody can say."""

    person: Person
    promise: Wait | None
    real_s: float
    stops: int
    is_priority: bool


class Days:
    """Days of one world, one after the other; what is measured on one is known on the next."""

    def __init__(self, world: World, seed: int, ask_every: int = 1) -> None:
        self.world = world
        self.measured = Measured()
        self._seed = seed
        self._ask_every = ask_every
        self._rules = dict.fromkeys(world.queues, CallingRules())

    def day(self, number: int) -> list[Judged]:
        return _Day(self, Random(self._seed * 1000 + number), number).run()  # noqa: S311  # a world, no secret

    @property
    def ask_every(self) -> int:
        return self._ask_every

    @property
    def rules(self) -> Mapping[str, CallingRules]:
        return self._rules


class _Day:
    def __init__(self, days: Days, chance: Random, number: int) -> None:
        self.days, self.world, self.chance = days, days.world, chance
        self.base = number * 86400.0
        self.people: dict[int, Person] = {}
        self.line: dict[tuple[int, int], InLine] = {}
        self.since: dict[str, int] = {}
        self.serving: dict[int, tuple[int, int, float] | None] = dict.fromkeys(self.world.counters)
        self.ready: dict[int, float] = dict.fromkeys(self.world.counters, self.world.opens * 3600)
        self.pauses = {c: self.world.pauses(chance, c) for c in self.world.counters}
        self.priority_came: dict[str, list[float]] = {code: [] for code in self.world.queues}
        self.judged: list[Judged] = []
        self.events: list[tuple[float, int, str, int]] = []
        self.told: dict[int, Ended] = {}
        self._tick = 0

    def run(self) -> list[Judged]:
        for came_s, codes, is_priority in self._arrivals():
            person = Person(len(self.people), came_s, is_priority, codes, set(range(len(codes))))
            self.people[person.number] = person
            self._push(came_s, "came", person.number)
        for counter in self.world.counters:
            self._push(self.world.opens * 3600 + self.chance.uniform(0, 300), "free", counter)
        while self.events:
            now_s, _, what, who = heappop(self.events)
            if now_s > (self.world.closes + 3) * 3600:
                break
            getattr(self, f"_{what}")(now_s, who)
        return self.judged

    def _push(self, at_s: float, what: str, who: int) -> None:
        self._tick += 1
        heappush(self.events, (at_s, self._tick, what, who))

    def _arrivals(self) -> list[tuple[float, list[str], bool]]:
        found = []
        for code in self.world.queues:
            at = self.world.opens * 3600 - 900
            while at < (self.world.closes - 0.5) * 3600:
                rate = max(self.world.per_hour(at / 3600, code), 0.05) / 3600
                at += -math.log(1 - self.chance.random()) / rate
                codes = [code]
                if self.chance.random() < self.world.several:
                    others = [other for other in self.world.queues if other != code]
                    codes += self.chance.sample(others, min(len(others), self.chance.choice((1, 1, 2))))
                found.append((at, codes, self.chance.random() < self.world.priority))
        return [one for one in sorted(found) if one[0] < (self.world.closes - 0.5) * 3600]

    def _came(self, now_s: float, number: int) -> None:
        person = self.people[number]
        if number % self.days.ask_every == 0 and now_s >= self.world.opens * 3600:
            person.promises = self._promise(now_s, person)
        for index, code in enumerate(person.stops):
            place = (round((self.base + person.came_s) * 1000), "k", number)
            self.line[number, index] = InLine(str(number), index + 1, code, person.is_priority, place)
            if person.is_priority:
                self.priority_came[code].append(now_s)
        for counter in self.world.counters:
            if self.serving[counter] is None and now_s >= self.ready[counter]:
                self._free(now_s, counter)

    def _free(self, now_s: float, counter: int) -> None:
        if self.serving[counter] is not None or now_s < self.ready[counter] - 0.001:
            return
        for begins, ends in self.pauses[counter]:
            if begins * 3600 <= now_s < ends * 3600:
                self._push(ends * 3600, "free", counter)
                return
        codes = self.world.counters[counter]
        mine = [
            who
            for (number, _), who in self.line.items()
            if who.queue_code in codes and self.people[number].busy_until <= now_s
        ]
        now_ms = round((self.base + now_s) * 1000)
        who = next_in_line(mine, self.days.rules, self.since, now_ms)
        if who is None:
            return
        if who.is_priority or who.queue_code in self.since:
            self.since[who.queue_code] = 0 if who.is_priority else self.since[who.queue_code] + 1
        self._call(now_s, counter, who)

    def _call(self, now_s: float, counter: int, who: InLine) -> None:
        number, index = int(who.ticket_id), who.position - 1
        person = self.people[number]
        del self.line[number, index]
        if person.promises:
            real_s = now_s - person.came_s
            self.judged.append(Judged(person, person.promises[index], real_s, len(person.stops), person.is_priority))
        hour = now_s / 3600
        if self.chance.random() < self.world.no_shows:
            takes_s = self.chance.uniform(60, 200)
        else:
            takes_s = self.chance.uniform(5, 40) + self.world.took(self.chance, hour, who.queue_code)
        ends_s = now_s + takes_s
        if self.chance.random() < self.world.forgets:
            ends_s += 3000
        person.busy_until = now_s + takes_s
        self.serving[counter] = (number, index, now_s)
        self.ready[counter] = now_s + takes_s + self.chance.uniform(*self.world.turnover_s)
        self._push(now_s + takes_s, "ended", counter)
        ended = Ended(
            f"{who.queue_code}-1", who.queue_code, "agency", counter,
            self.base + person.came_s, self.base + now_s, self.base + ends_s,
        )  # fmt: skip
        self.told[counter] = ended

    def _ended(self, now_s: float, counter: int) -> None:
        self.days.measured.note(self.told[counter])
        self.serving[counter] = None
        self._push(self.ready[counter], "free", counter)
        for other in self.world.counters:
            if other != counter and self.serving[other] is None and now_s >= self.ready[other]:
                self._free(now_s, other)

    def _promise(self, now_s: float, person: Person) -> tuple[Wait | None, ...]:
        waits = estimate(self.hall(now_s))
        outlooks = {
            code: QueueOutlook(
                0, waits.newcomers.get((code, False)), waits.newcomers.get((code, True)), waits.visits.get(code)
            )
            for code in self.world.queues
        }
        stops = [Stop(index + 1, code, 0, code) for index, code in enumerate(person.stops)]
        return promised(stops, outlooks, is_priority=person.is_priority)

    def hall(self, now_s: float) -> Hall:
        desks = []
        for counter, queues in self.world.counters.items():
            at = self.serving[counter]
            pause = next((b for b, e in self.pauses[counter] if b * 3600 <= now_s < e * 3600), None)
            desk = Desk(counter, queues)
            if at is not None:
                number, index, since_s = at
                code = self.people[number].stops[index]
                desk = replace(
                    desk, ticket_id=str(number), service_id=f"{code}-1", busy_queue=code, busy_s=now_s - since_s
                )
            elif pause is not None:
                desk = replace(desk, paused_s=now_s - pause * 3600)
            desks.append(desk)
        rates = {
            code: len([at for at in came if at > now_s - 7200]) / 7200 for code, came in self.priority_came.items()
        }
        pace = self.days.measured.pace(dict.fromkeys(self.world.queues, "agency"), rates)
        line = tuple(Waiter(who, f"{who.queue_code}-1") for who in self.line.values())
        now_ms = round((self.base + now_s) * 1000)
        return Hall(now_ms, self.world.queues, line, tuple(desks), self.days.rules, dict(self.since), pace)


def share_kept(judged: list[Judged]) -> float:
    told = [one for one in judged if one.promise is not None]
    return sum(one.promise.low_s <= one.real_s <= one.promise.high_s for one in told if one.promise) / max(len(told), 1)


def median_width_s(judged: list[Judged]) -> float:
    widths = sorted(one.promise.high_s - one.promise.low_s for one in judged if one.promise is not None)
    return widths[len(widths) // 2] if widths else 0.0


def _log_normal(chance: Random, median_s: float, sigma: float) -> float:
    return median_s * math.exp(sigma * chance.gauss(0, 1))


def _calm(hour: float, _code: str, per_hour: float) -> float:
    return per_hour * (1.3 if 9 <= hour < 11 else 0.8)


def _lunch(chance: Random, counter: int) -> list[tuple[float, float]]:
    begins = (11.75 if counter % 2 else 12.5) + chance.uniform(0, 0.2)
    return [(begins, begins + 0.6)]


TUNING = (
    World(
        "gamma",
        {1: ("A",), 2: ("A",), 3: ("B",), 4: ("B", "C"), 5: ("C",)},
        lambda chance, _hour, code: chance.gammavariate(2.5, {"A": 180, "B": 260, "C": 120}[code]),
        lambda hour, code: _calm(hour, code, {"A": 11.0, "B": 6.0, "C": 12.0}[code]),
        pauses=_lunch,
    ),
    World(
        "weibull",
        {1: ("A",), 2: ("A",), 3: ("A", "B"), 4: ("B",)},
        lambda chance, _hour, code: 40 + chance.weibullvariate({"A": 420, "B": 600}[code], 1.4),
        lambda hour, code: _calm(hour, code, {"A": 14.0, "B": 6.0}[code]),
        priority=0.2,
        several=0.1,
    ),
)


def _bimodal(chance: Random, _hour: float, code: str) -> float:
    """Most bring everything; some do not, and it takes five times as long."""
    return _log_normal(chance, 170 if chance.random() < 0.8 else 850, 0.35) * (1.2 if code == "B" else 1.0)


def _drifting(chance: Random, hour: float, code: str) -> float:
    """Slow at first, quick before noon, tired after it."""
    tired = 1.0 + 0.25 * math.sin((hour - 8.0) / 7.0 * 2 * math.pi)
    return _log_normal(chance, {"A": 240, "B": 300}.get(code, 200), 0.6) * tired


def _short_breaks(chance: Random, _counter: int) -> list[tuple[float, float]]:
    at = sorted(chance.uniform(8.7, 14.5) for _ in range(2))
    return [(begins, begins + chance.uniform(0.1, 0.3)) for begins in at]


def _two_peaks(hour: float, code: str, scale: float) -> float:
    peak = math.exp(-(((hour - 9.3) / 0.9) ** 2)) + 0.7 * math.exp(-(((hour - 13.2) / 0.7) ** 2))
    return scale * (0.5 + 0.9 * peak) * (1.1 if code == "A" else 1.0)


EXAM = (
    World(
        "lognormal",
        {1: ("A",), 2: ("A",), 3: ("A",), 4: ("B",), 5: ("B", "C"), 6: ("C",)},
        lambda chance, _hour, code: _log_normal(chance, {"A": 300, "B": 240, "C": 380}[code], 0.7),
        lambda hour, code: _two_peaks(hour, code, {"A": 20.0, "B": 10.0, "C": 7.0}[code]),
        pauses=_short_breaks,
        no_shows=0.1,
    ),
    World(
        "bimodal",
        {1: ("A",), 2: ("A", "B"), 3: ("B",), 4: ("B",)},
        _bimodal,
        lambda hour, code: _two_peaks(hour, code, {"A": 11.0, "B": 14.0}[code]),
        pauses=_short_breaks,
        priority=0.08,
        no_shows=0.08,
        forgets=0.01,
    ),
    World(
        "drifting",
        {1: ("A",), 2: ("B",), 3: ("A", "B"), 4: ("C",), 5: ("C", "D"), 6: ("D",)},
        _drifting,
        lambda hour, code: _two_peaks(hour, code, {"A": 12.0, "B": 9.0}.get(code, 11.0)),
        pauses=_short_breaks,
        several=0.35,
        priority=0.15,
        no_shows=0.05,
        turnover_s=(5.0, 90.0),
    ),
)
