"""What the officer's window knows: the machine's state, and what the officer has open on the screen."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from kiosk.desk.state import DeskState, Link
from kiosk.domain.language import Language, Text
from kiosk.domain.ticket import StopState
from kiosk.sync.desk_wire import CounterState, Role, StopView, VisitView


class Question(StrEnum):
    """A dialog: what is asked."""

    COUNTER = "counter"
    """Open, pause or close this counter."""
    SWITCH = "switch"
    OTHER_COUNTER = "other_counter"
    LEAVING = "leaving"
    DISMISS = "dismiss"
    """A whole line is sent home: not by one key, for it cannot be taken back."""
    TRANSFER = "transfer"
    ADD = "add"
    NOTE = "note"
    FIND = "find"
    OVERTAKE = "overtake"
    HELP = "help"
    QUIT = "quit"
    HALL_COUNTER = "hall_counter"
    HALL_QUEUE = "hall_queue"
    SET_QUEUES = "set_queues"
    VOID = "void"
    VOID_REASON = "void_reason"
    UNLOCK = "unlock"
    RELEASE = "release"


@dataclass(frozen=True, slots=True)
class Asked:
    """`about`: a counter's number, a queue's code, a label or `ticket:position`, as the question needs. `ticked`: of a
    list to tick off. `typed`: what stands in its field.
    """

    question: Question
    about: str = ""
    typed: str = ""
    is_toggled: bool = False
    ticked: frozenset[str] = frozenset()


OF_THE_VISITOR: Final = frozenset({Question.TRANSFER, Question.ADD, Question.NOTE})
"""Asked about whoever is here: of no meaning once somebody else is."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A note that is not saved yet."""

    ticket: str
    typed: str


class Shown(StrEnum):
    """What the band tells of: the last scan, or the last refusal."""

    NOTHING = "nothing"
    SCAN = "scan"
    ANSWER = "answer"
    TOO_EARLY = "too_early"
    """Something was scanned, or typed as fast as a scanner types, before anybody had signed in."""


@dataclass(frozen=True, slots=True)
class Situation:
    """`elapsed_s`: since the machine's view came. `said_age_s`: since the answer that the band shows came.
    `new_pin_stage`: the PIN must be replaced. `ticked`: requirements of this visit that are there. `is_help_called`: a
    moment ago. `stuck`: why the key that was pressed last does nothing.
    """

    desk: DeskState = field(default_factory=DeskState)
    language: Language = Language.INDONESIAN
    high_contrast: bool = False
    is_hall_open: bool = False
    is_strip_wanted: bool = False
    new_pin_stage: bool = False
    sign_in_staff: str = ""
    sign_in_counter: int | None = None
    asked: Asked | None = None
    shown: Shown = Shown.NOTHING
    said_count: int = 0
    said_age_s: float = 0
    elapsed_s: float = 0
    ticked: frozenset[int] = frozenset()
    is_help_called: bool = False
    stuck: Text | None = None
    draft: Draft | None = None
    local_time: str = ""

    @property
    def is_live(self) -> bool:
        return self.desk.link is Link.LIVE

    @property
    def serves_as_desk(self) -> bool:
        """Nobody has signed in, and nobody can: whoever brings a ticket is served all the same."""
        return self.desk.person is None and self.desk.serving_as_desk and self.desk.link is Link.CUT_OFF

    @property
    def visit(self) -> VisitView | None:
        """Who is here: known to the server, or served from paper."""
        if self.desk.offline_visit is not None:
            return self.desk.offline_visit
        return self.desk.view.visit if self.desk.view else None

    @property
    def ticket(self) -> str:
        """Whose visit it is; empty where nobody is here."""
        return self.visit.ticket if self.visit else ""

    @property
    def stop(self) -> StopView | None:
        """What this counter is about."""
        visit = self.visit
        if visit is None:
            return None
        return next((stop for stop in visit.stops if stop.position == visit.position), None)

    @property
    def stop_state(self) -> StopState | None:
        return None if self.stop is None else self.stop.state

    @property
    def counter_state(self) -> CounterState | None:
        view = self.desk.view
        return view.counter.state if view and view.counter else None

    @property
    def unsaved_note(self) -> str | None:
        """What was typed about whoever is here, and is not what the server has."""
        visit, draft = self.visit, self.draft
        if visit is None or draft is None or draft.ticket != visit.ticket:
            return None
        return None if " ".join(draft.typed.split()) == visit.note else draft.typed

    @property
    def is_supervisor(self) -> bool:
        return self.desk.person is not None and self.desk.person.role in LEADERS


LEADERS: Final = frozenset({Role.SUPERVISOR})
