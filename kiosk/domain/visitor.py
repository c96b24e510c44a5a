"""One visitor at the kiosk: what they opened, chose and were given. Created for each, never cleaned.

Transitions are pure: they take a session and give the next one.
"""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from kiosk.domain.language import Language
from kiosk.domain.print_job import PrintJob
from kiosk.domain.ticket import MAX_STOPS, IssueRequest, Ticket
from kiosk.domain.visit_status import VisitStatus

TEXT_SCALES: Final = (1.0, 1.3, 1.6, 2.0)
MAX_COPIES: Final = 2
"""Reprints of one ticket; whoever needs more needs a person."""

MAX_QUERY: Final = 40
"""Characters. Longer needs are better said to the officer at the door."""


class Step(StrEnum):
    """Where a visitor may be on the way to a ticket; or, with one in hand, before the scanner."""

    HOME = "home"
    SEARCH = "search"
    AGENCIES = "agencies"
    LIFE_EVENTS = "life_events"
    AGENCY = "agency"
    LIFE_EVENT = "life_event"
    SERVICE = "service"
    VISIT = "visit"
    PRIORITY = "priority"
    YOUR_VISIT = "your_visit"


class Problem(StrEnum):
    """What the visitor must be told on the screen they are on; QML words it."""

    NONE = ""
    VISIT_FULL = "visit_full"
    QUEUE_CLOSED = "queue_closed"
    QUOTA_REACHED = "quota_reached"
    TICKET_NOT_SAVED = "ticket_not_saved"
    NOT_REPRINTED = "not_reprinted"


@dataclass(frozen=True, slots=True)
class Place:
    """A step and what it is about: the id of an agency, a life event or a service, or nothing."""

    step: Step
    subject: str = ""


HOME: Final = Place(Step.HOME)
YOUR_VISIT: Final = Place(Step.YOUR_VISIT)


@dataclass(frozen=True, slots=True)
class VisitorSession:
    """`key` makes issuing idempotent: whatever is tapped, one session has one ticket. An empty `route` is the
    attract screen. `selected`: services ticked in the open life event. `chosen`: the visit so far, in order.
    `is_issuing`: a ticket, or another slip of it, is being made. `job` is the newest slip of `ticket`. `slip`: what the
    scanner read last, and `looked_up` where that visit stands; None while it is being asked.
    """

    key: str
    language: Language
    text_scale: float = TEXT_SCALES[0]
    high_contrast: bool = False
    route: tuple[Place, ...] = ()
    query: str = ""
    selected: tuple[str, ...] = ()
    chosen: tuple[str, ...] = ()
    is_issuing: bool = False
    ticket: Ticket | None = None
    job: PrintJob | None = None
    problem: Problem = Problem.NONE
    slip: str = field(default="", repr=False)
    looked_up: VisitStatus | None = None

    @property
    def place(self) -> Place | None:
        return self.route[-1] if self.route else None

    @property
    def is_choosing(self) -> bool:
        """On the way to a ticket: the only time in which the visit may change."""
        return bool(self.route) and self.ticket is None and not self.is_issuing

    @property
    def is_asking(self) -> bool:
        """Where a visit stands: a slip was held before the scanner."""
        return self.place == YOUR_VISIT

    @property
    def has_begun(self) -> bool:
        """Something lies behind the answer, to go back to."""
        return len(self.route) > 1

    @property
    def wanted(self) -> tuple[str, ...]:
        """What a ticket taken now is for: the visit, and the service whose page the visitor came from."""
        if len(self.route) < 2 or self.route[-2].step is not Step.SERVICE:
            return self.chosen
        return _with(self.chosen, self.route[-2].subject)

    def subject_of(self, step: Step) -> str:
        """The newest subject of this step on the route, also beneath the open one."""
        return next((place.subject for place in reversed(self.route) if place.step is step), "")

    def request(self, *, is_priority: bool) -> IssueRequest:
        return IssueRequest(self.key, self.wanted, is_priority, self.language)


def opened(session: VisitorSession, place: Place) -> VisitorSession:
    """Go to a place; coming again to one that lies on the route goes back to it, so that no route grows for ever."""
    depth = session.route.index(place) if place in session.route else len(session.route)
    route = (*session.route[:depth], place)
    selected = () if place.step is Step.LIFE_EVENT and place != session.place else session.selected
    return replace(session, route=route, selected=selected)


def went_back(session: VisitorSession) -> VisitorSession:
    return replace(session, route=session.route[:-1]) if len(session.route) > 1 else session


def went_home(session: VisitorSession) -> VisitorSession:
    return replace(session, route=(HOME,), query="")


def typed(session: VisitorSession, text: str) -> VisitorSession:
    """Adds what is printable; blanks in front, and more than one in a row, say nothing."""
    query = session.query
    for character in text:
        if character.isprintable() and not (character == " " and (not query or query.endswith(" "))):
            query += character
    return replace(session, query=query[:MAX_QUERY])


def scaled(session: VisitorSession) -> VisitorSession:
    """The next text size, and after the largest the first."""
    place = TEXT_SCALES.index(session.text_scale)
    return replace(session, text_scale=TEXT_SCALES[(place + 1) % len(TEXT_SCALES)])


def toggled(session: VisitorSession, service_id: str) -> VisitorSession:
    """Tick or untick a service of the open life event; the ticket has room for MAX_STOPS."""
    if service_id in session.selected:
        return replace(session, selected=_without(session.selected, service_id))
    selected = _with(session.selected, service_id)
    if len(_with(session.chosen, *selected)) > MAX_STOPS:
        return replace(session, problem=Problem.VISIT_FULL)
    return replace(session, selected=selected)


def added(session: VisitorSession, *service_ids: str) -> VisitorSession:
    chosen = _with(session.chosen, *service_ids)
    if len(chosen) > MAX_STOPS:
        return replace(session, problem=Problem.VISIT_FULL)
    return replace(session, chosen=chosen)


def continued(session: VisitorSession) -> VisitorSession:
    """What is ticked in the life event joins the visit, which is then shown."""
    joined = added(session, *session.selected)
    if joined.problem is not Problem.NONE:
        return joined
    return opened(replace(joined, selected=()), Place(Step.VISIT))


def removed(session: VisitorSession, service_id: str) -> VisitorSession:
    return replace(session, chosen=_without(session.chosen, service_id))


def asked_for_ticket(session: VisitorSession) -> VisitorSession:
    """To the priority question, if there is anything to issue and room for it."""
    at_question = opened(session, Place(Step.PRIORITY))
    if not at_question.wanted:
        return session
    if len(at_question.wanted) > MAX_STOPS:
        return replace(session, problem=Problem.VISIT_FULL)
    return at_question


def refused(session: VisitorSession, problem: Problem) -> VisitorSession:
    """No ticket came of it: back to where the visitor may choose again, with the reason."""
    return replace(went_back(session), is_issuing=False, problem=problem)


def issued(session: VisitorSession, ticket: Ticket, job: PrintJob) -> VisitorSession:
    return replace(session, is_issuing=False, ticket=ticket, job=job)


def held_slip(session: VisitorSession, text: str) -> VisitorSession:
    """A slip before the scanner: its answer is laid over whatever was open, which stays as it is. What is known of the
    same slip stands until it is known anew.
    """
    is_known = session.is_asking and session.slip == text
    return replace(opened(session, YOUR_VISIT), slip=text, looked_up=session.looked_up if is_known else None)


def learnt(session: VisitorSession, status: VisitStatus) -> VisitorSession:
    return replace(session, looked_up=status)


def _with(services: tuple[str, ...], *more: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*services, *more)))


def _without(services: tuple[str, ...], service_id: str) -> tuple[str, ...]:
    return tuple(kept for kept in services if kept != service_id)
