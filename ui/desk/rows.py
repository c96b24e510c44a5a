"""What the lists of the officer's window hold: frozen rows in one language, the first field their key."""

from dataclasses import dataclass

from ui.desk.tones import Tone


@dataclass(frozen=True, slots=True)
class ActionRow:
    """A key and what it does now. `reason`: why it cannot, empty if it can."""

    command: str
    cap: str
    text: str
    icon: str
    is_possible: bool = False
    is_main: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class StopRow:
    """One stop of the visit. `is_here`: this counter is about it. `where`: the nearest counter, empty if it is over."""

    position: int
    service: str
    agency: str
    state_text: str
    tone: int = Tone.NOTICE
    is_here: bool = False
    is_over: bool = False
    where: str = ""
    wait_text: str = ""


@dataclass(frozen=True, slots=True)
class RequirementRow:
    number: int
    text: str
    is_ticked: bool = False


@dataclass(frozen=True, slots=True)
class LineItem:
    """One who waits, is parked or was missed. `key`: ticket and position."""

    key: str
    label: str
    service: str
    queue: str
    waited_text: str
    promise_text: str = ""
    is_late: bool = False
    is_priority: bool = False
    is_blocked: bool = False
    hint: str = ""


@dataclass(frozen=True, slots=True)
class ChoiceRow:
    """`digit`: the key that picks it at once, empty beyond nine. `is_ticked`: of a list to tick off."""

    key: str
    digit: str
    name: str
    detail: str = ""
    is_ticked: bool = False


@dataclass(frozen=True, slots=True)
class CounterRow:
    counter: int
    title: str
    place: str
    officer: str
    queues: str
    state_text: str
    tone: int = Tone.NOTICE
    is_open: bool = False
    has_alarm: bool = False


@dataclass(frozen=True, slots=True)
class QueueRow:
    queue: str
    name: str
    waiting: int
    longest_text: str
    wait_text: str
    serving: int
    counters_open: int
    missed: int
    served: int
    promise_text: str
    is_closed: bool = False
    is_late: bool = False
