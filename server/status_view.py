"""What the status page shows of an overview: states with a word each, cells, and what a person should do."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from kiosk.disk_guard import LOW_BYTES
from kiosk.domain.language import Language, Text
from kiosk.sync.status import SyncState
from kiosk.sync.wire import Health
from server.foreign_sentences import in_language
from server.overview import DeviceState, Overview
from server.settings import Role
from server.status_words import PRINTER_ACTIONS, WORDS
from server.wording import KINDS, PRINTERS, duration, grouped, size

SILENT_AFTER: Final = {Role.SITE: timedelta(seconds=10), Role.CENTRAL: timedelta(minutes=3)}
"""Five heartbeats of a kiosk; three of a site server."""
START_GRACE: Final = {Role.SITE: timedelta(seconds=30), Role.CENTRAL: timedelta(minutes=3)}
"""After this server's start: whoever has not come back yet is waited for, not called silent."""
CLOCK_APART: Final = timedelta(seconds=60)
UNSENT_TOO_LONG: Final = timedelta(hours=1)

_GOOD_PRINTERS: Final = ("", "ready", "cannot_tell")
_UNCONFIRMING: Final = ("status", "none")
"""What is left of the ladder in printing/profile.py where the printer never says that a slip is complete."""
_JUST_NOW: Final = timedelta(seconds=5)


class Level(StrEnum):
    """How a thing fares: each has its colour, its shape and its word."""

    GOOD = "good"
    UNKNOWN = "unknown"
    NOTICE = "notice"
    TROUBLE = "trouble"


_ORDER: Final = tuple(Level)


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do. `subject`: whose trouble it is."""

    level: Level
    subject: str
    sentence: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """`note`: the small print below. `level`: only what is not good is marked."""

    text: str
    note: str = ""
    level: Level = Level.GOOD


@dataclass(frozen=True, slots=True)
class DeviceRow:
    mark: str
    name: str
    what: str
    level: Level
    word: str
    heard: Cell
    unsent: Cell
    printer: Cell
    clock: Cell
    disk: Cell


@dataclass(frozen=True, slots=True)
class DeviceReader:
    """Reads the states of devices for one page. `running`: since this server's start."""

    role: Role
    language: Language
    running: timedelta

    @property
    def is_waiting(self) -> bool:
        """Whether this server has just started."""
        return self.running < START_GRACE[self.role]

    def row(self, device: DeviceState, tasks: Sequence[Task]) -> DeviceRow:
        level, word = self._verdict(device, tasks)
        health = device.health
        what = KINDS[device.kind].in_language(self.language)
        mark = device.letter or ("" if self.role is Role.CENTRAL else what[:1])
        if device.kiosk_number is not None:
            what = f"{what} {device.kiosk_number}"
        if self.role is Role.CENTRAL:
            what = f"{what} · {device.site_id}"
        unknown = Cell("–")  # noqa: RUF001  # an en dash is what stands for nothing in a table
        return DeviceRow(
            mark=mark,
            name=device.name,
            what=what if health is None else f"{what} · v{health.program}",
            level=level,
            word=word,
            heard=self._heard(device),
            unsent=unknown if health is None else self._unsent(device, health),
            printer=unknown if health is None or not health.printer else self._printer(device, health),
            clock=unknown if health is None else self._clock(device, health),
            disk=unknown if health is None or health.disk_free_bytes is None else self._disk(health.disk_free_bytes),
        )

    def tasks(self, device: DeviceState) -> Iterator[Task]:
        """What a person should do there."""
        if device.silent_for is None:
            return
        if not self.is_heard(device) and not self.is_waiting:
            yield self._task(device, Level.TROUBLE, "do_silent", age=duration(device.silent_for))
        health = device.health
        if health is None:
            return
        if health.alarms:
            yield self._task(device, Level.TROUBLE, "do_alarm", detail=self._details(health))
        if device.unseen is not None:
            yield self._task(device, Level.TROUBLE, "do_unseen", count=grouped(device.unseen.run, self.language))
        yield from self._printer_tasks(device, health)
        if not health.clock_trusted:
            yield self._task(device, Level.NOTICE, "do_clock_trust")
        elif self._clock(device, health).level is not Level.GOOD and device.skew is not None:
            yield self._task(device, Level.NOTICE, "do_clock", age=duration(device.skew))
        if self._unsent(device, health).level is not Level.GOOD:
            count = grouped(health.backlog, self.language)
            yield self._task(device, Level.NOTICE, "do_backlog", count=count, age=duration(_waited(device, health)))
        if health.disk_free_bytes is not None and health.disk_free_bytes < LOW_BYTES:
            yield self._task(device, Level.NOTICE, "do_disk", size=size(health.disk_free_bytes, self.language))

    def _printer_tasks(self, device: DeviceState, health: Health) -> Iterator[Task]:
        level = _printer_level(health.printer)
        if level is not Level.GOOD:
            action = PRINTER_ACTIONS.get(health.printer, Text("", ""))
            yield self._task(device, level, "do_printer", state=self._printer_word(health.printer), action=action)
        facts = device.printers
        if facts is None:
            return
        if facts.in_use == "second":
            yield self._task(device, Level.NOTICE, "do_fallback", state=self._printer_word(facts.printer))
        if facts.is_paper_low and level is Level.GOOD:
            state, action = self._printer_word("paper_low"), PRINTER_ACTIONS["paper_low"]
            yield self._task(device, Level.NOTICE, "do_printer", state=state, action=action)

    def _task(self, device: DeviceState, level: Level, name: str, detail: str = "", **facts: str | Text) -> Task:
        subject = f"{device.name} ({device.site_id})" if self.role is Role.CENTRAL else device.name
        return Task(level, subject, self._say(name, **facts), detail)

    def _verdict(self, device: DeviceState, tasks: Sequence[Task]) -> tuple[Level, str]:
        if device.silent_for is None:
            return Level.UNKNOWN, self._say("never")
        if not self.is_heard(device):
            is_waiting = self.is_waiting
            return (Level.UNKNOWN if is_waiting else Level.TROUBLE), self._say(
                "waiting_for_word" if is_waiting else "silent"
            )
        level = worst(task.level for task in tasks)
        return level, self._say(str(level))

    def is_heard(self, device: DeviceState) -> bool:
        return device.silent_for is not None and device.silent_for < SILENT_AFTER[self.role]

    def _heard(self, device: DeviceState) -> Cell:
        if device.silent_for is None:
            return Cell(self._say("never_yet"))
        level = Level.GOOD if self.is_heard(device) or self.is_waiting else Level.TROUBLE
        if device.silent_for < _JUST_NOW:
            return Cell(self._say("just_now"), level=level)
        return Cell(self._say("ago", age=duration(device.silent_for)), level=level)

    def _unsent(self, device: DeviceState, health: Health) -> Cell:
        if not health.backlog:
            return Cell(self._say("none"))
        waited = _waited(device, health)
        level = Level.NOTICE if waited >= UNSENT_TOO_LONG else Level.GOOD
        return Cell(grouped(health.backlog, self.language), self._say("oldest", age=duration(waited)), level)

    def _printer(self, device: DeviceState, health: Health) -> Cell:
        """The heartbeat's word, which is the newest; below it what the log and the hall's calls tell besides."""
        text, level, facts = self._printer_word(health.printer), _printer_level(health.printer), device.printers
        if device.unseen is not None:
            return Cell(text, self._say("unseen", count=grouped(device.unseen.run, self.language)), Level.TROUBLE)
        if facts is None:
            return Cell(text, level=level)
        notes = []
        if facts.in_use == "second":
            notes.append(self._say("fallback_used"))
        if facts.slips_left is not None:
            notes.append(self._say("slips_left", count=grouped(facts.slips_left, self.language)))
        if facts.confirmation in _UNCONFIRMING:
            notes.append(self._say("cannot_confirm"))
        if level is Level.GOOD and (facts.is_paper_low or facts.in_use == "second"):
            level = Level.NOTICE
        return Cell(text, " · ".join(notes), level)

    def _printer_word(self, word: str) -> str:
        known = PRINTERS.get(word)
        return word if known is None else known.in_language(self.language)

    def _clock(self, device: DeviceState, health: Health) -> Cell:
        if not health.clock_trusted:
            return Cell(self._say("clock_not_trusted"), level=Level.NOTICE)
        if device.skew is None:
            return Cell(self._say("unknown"))
        if abs(device.skew) < CLOCK_APART:
            return Cell(self._say("clock_right"))
        sign = "+" if device.skew > timedelta() else "\N{MINUS SIGN}"
        return Cell(sign + duration(device.skew).in_language(self.language), level=Level.NOTICE)

    def _details(self, health: Health) -> str:
        return " ".join(in_language(detail, self.language) for detail in health.details)

    def _disk(self, free: int) -> Cell:
        return Cell(size(free, self.language), level=Level.NOTICE if free < LOW_BYTES else Level.GOOD)

    def _say(self, name: str, **facts: str | Text) -> str:
        return say(name, self.language, **facts)


def say(name: str, language: Language, **facts: str | Text) -> str:
    """One of WORDS, filled."""
    filled = {key: fact.in_language(language) if isinstance(fact, Text) else fact for key, fact in facts.items()}
    return WORDS[name].in_language(language).format_map(filled).strip()


def not_readable(role: Role, language: Language) -> str:
    """What it means where the database does not answer."""
    return say("not_readable" if role is Role.SITE else "not_readable_central", language)


def own_tasks(overview: Overview, role: Role, language: Language) -> Iterator[Task]:
    """The server's own reasons, as /readyz gives them."""
    subject = say("server", language)
    for reason in overview.state.reasons:
        yield Task(Level.TROUBLE if reason.is_grave else Level.NOTICE, subject, reason.sentence(language))
    if overview.tables is None:
        yield Task(Level.TROUBLE, subject, not_readable(role, language))


def nobody_heard(reader: DeviceReader, known: Sequence[DeviceState]) -> Iterator[Task]:
    """Where there are devices and not one of them speaks, the fault may lie here."""
    if known and not reader.is_waiting and not any(reader.is_heard(device) for device in known):
        subject = say("server", reader.language)
        yield Task(Level.NOTICE, subject, say("do_nobody", reader.language, all=str(len(known))))


def by_subject(tasks: Sequence[Task]) -> Sequence[tuple[str, Level, Sequence[Task]]]:
    """The worst first; else in the order they came."""
    own: dict[str, list[Task]] = {}
    for task in tasks:
        own.setdefault(task.subject, []).append(task)
    groups = [(subject, worst(task.level for task in of_one), of_one) for subject, of_one in own.items()]
    return sorted(groups, key=lambda group: -_ORDER.index(group[1]))


def worst(levels: Iterator[Level]) -> Level:
    return max(levels, key=_ORDER.index, default=Level.GOOD)


def relay_level(state: SyncState) -> Level:
    if state is SyncState.ONLINE:
        return Level.GOOD
    if state is SyncState.CONNECTING:
        return Level.UNKNOWN
    return Level.NOTICE if state is SyncState.OFFLINE else Level.TROUBLE


def _printer_level(word: str) -> Level:
    if word in _GOOD_PRINTERS:
        return Level.GOOD
    return Level.NOTICE if word == "paper_low" else Level.TROUBLE


def _waited(device: DeviceState, health: Health) -> timedelta:
    at_last_word = timedelta() if health.oldest_unsent is None else health.at - health.oldest_unsent
    return at_last_word + (device.silent_for or timedelta())
