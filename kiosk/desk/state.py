"""All that a desk's window shows, as one value, and what it may ask for."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from kiosk.domain.catalogue import Catalogue
from kiosk.domain.site import Site
from kiosk.sync.desk_wire import (
    Answer,
    CounterState,
    DeskVerb,
    DeskView,
    HallView,
    Leaving,
    Role,
    ScanAnswer,
    SuperviseVerb,
    VisitView,
    VoidReason,
)


class Link(StrEnum):
    STARTING = "starting"
    NOT_ENROLLED = "not_enrolled"
    """This machine was not let in by any server yet: giliran enrol CODE --config desk.toml."""
    LIVE = "live"
    CUT_OFF = "cut_off"
    """The site server does not answer: tickets are served from their paper, and told later."""
    SHUT_OUT = "shut_out"
    """The server has revoked this desk."""


@dataclass(frozen=True, slots=True)
class Person:
    staff: str
    role: Role


@dataclass(frozen=True, slots=True)
class DeskState:
    """`scan_count`, `answer_count`: rise with every new answer, so that two equal ones are told twice. `hall` None: not
    asked for. `offline_visit`: who is served from paper. `unsent`: events that the server does not have yet. `since`:
    when `link` came about. `is_locked`: whoever is signed in was away too long. `busy`: an answer is awaited.
    `serving_as_desk`: cut off, and nobody is signed in here: tickets are served by scan, in the name of the desk alone.
    `can_judge`: the hall and the keys of its kiosks were handed down, so that tickets can be judged without the server.
    `name`: what technicians call this desk. `trouble`: one sentence for the technician, empty if none.
    """

    link: Link = Link.STARTING
    since: datetime | None = None
    counter: int | None = None
    person: Person | None = None
    is_locked: bool = False
    busy: bool = False
    view: DeskView | None = None
    hall: HallView | None = None
    scan: ScanAnswer | None = None
    scan_count: int = 0
    answer: Answer | None = None
    answer_count: int = 0
    offline_visit: VisitView | None = None
    serving_as_desk: bool = False
    can_judge: bool = False
    unsent: int = 0
    name: str = ""
    site: Site | None = None
    catalogue: Catalogue | None = None
    trouble: str = ""


class CounterMachine(Protocol):
    """What the window asks of the machine behind it. Nothing here waits; answers come as new states.

    `watch`: `on_state` is called with every new state, on the machine's own thread, once at once.
    """

    @property
    def state(self) -> DeskState: ...

    def watch(self, on_state: "OnState") -> None: ...

    def sign_in(self, staff: str, pin: str, counter: int | None, new_pin: str | None = None) -> None: ...

    def sign_out(self) -> None: ...

    def lock(self) -> None: ...

    def unlock(self, pin: str) -> None: ...

    def scan(self, text: str) -> None:
        """What a scanner typed, or a label typed by hand."""

    def act(  # noqa: PLR0913  # one an ingredient of desk_wire.Act
        self,
        verb: DeskVerb,
        *,
        ticket: str | None = None,
        position: int | None = None,
        service: str | None = None,
        comes_back: bool = False,
        is_priority: bool | None = None,
        note: str | None = None,
        confirmed: bool = False,
    ) -> None:
        """UNDO takes back what the view offers."""

    def set_counter(
        self, counter: int, state: CounterState, queues: tuple[str, ...] | None = None, leaving: Leaving | None = None
    ) -> None: ...

    def look_at_hall(self, *, is_open: bool) -> None:
        """Whether the supervisor's view is kept up to date."""

    def supervise(  # noqa: PLR0913  # one an ingredient of desk_wire.Supervise
        self,
        verb: SuperviseVerb,
        *,
        counter: int | None = None,
        queue: str | None = None,
        queues: tuple[str, ...] | None = None,
        staff: str | None = None,
        label: str | None = None,
        reason: VoidReason | None = None,
        leaving: Leaving | None = None,
    ) -> None: ...

    def close(self) -> None: ...


class OnState(Protocol):
    def __call__(self, state: DeskState) -> None: ...
