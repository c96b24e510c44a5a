"""Everything that the officer's window shows at one moment, as frozen values in one language."""

from dataclasses import dataclass, field

from ui.desk.rows import ActionRow, ChoiceRow, CounterRow, LineItem, QueueRow, RequirementRow, StopRow
from ui.desk.verdicts import Said


@dataclass(frozen=True, slots=True)
class VisitPanelView:
    """Who is at this counter. `label` empty: nobody, and `heading` and `text` say what to do."""

    label: str = ""
    is_priority: bool = False
    is_serving: bool = False
    is_offline: bool = False
    state_text: str = ""
    state_tone: int = 0
    service: str = ""
    agency: str = ""
    timer_text: str = ""
    timer_caption: str = ""
    waited_text: str = ""
    promise_text: str = ""
    is_late: bool = False
    language_text: str = ""
    next_text: str = ""
    note: str = ""
    conflict_text: str = ""
    heading: str = ""
    text: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class DialogView:
    """A question over the window. `name` empty: none. `confirm` empty: a choice is the answer."""

    name: str = ""
    title: str = ""
    text: str = ""
    problem: str = ""
    has_field: bool = False
    hint: str = ""
    initial: str = ""
    most: int = 60
    is_digits: bool = False
    confirm: str = ""
    toggle: str = ""
    is_toggled: bool = False
    choices: tuple[ChoiceRow, ...] = ()


@dataclass(frozen=True, slots=True)
class DeskWindowView:
    """`screen`: a number of DeskViewModel.Screen. `said_count` rises with every answer that is shown. Seconds
    count down. `counter_state`: 0 none, 1 open, 2 paused, 3 closed.
    """

    screen: int = 0
    language: str = "id"
    high_contrast: bool = False
    is_busy: bool = False
    is_strip: bool = False
    site_name: str = ""
    clock_text: str = ""
    counter_text: str = ""
    place_text: str = ""
    counter_state: int = 0
    counter_state_text: str = ""
    staff_text: str = ""
    is_supervisor: bool = False
    staff: str = ""
    counter: str = ""
    sign_in_text: str = ""
    sign_in_wait_s: int = 0
    is_cut_off: bool = False
    cut_off_text: str = ""
    notice_heading: str = ""
    notice_text: str = ""
    alarm_text: str = ""
    told_text: str = ""
    undo_text: str = ""
    undo_left_s: int = 0
    undo_total_s: int = 0
    said: Said = field(default_factory=Said)
    said_count: int = 0
    line_caption: str = ""
    line_total: int = 0
    next_label: str = ""
    hall_caption: str = ""
    visit: VisitPanelView = field(default_factory=VisitPanelView)
    dialog: DialogView = field(default_factory=DialogView)
    actions: tuple[ActionRow, ...] = ()
    stops: tuple[StopRow, ...] = ()
    requirements: tuple[RequirementRow, ...] = ()
    line: tuple[LineItem, ...] = ()
    parked: tuple[LineItem, ...] = ()
    missed: tuple[LineItem, ...] = ()
    counters: tuple[CounterRow, ...] = ()
    queues: tuple[QueueRow, ...] = ()
