"""What the attendant asks of the machine behind the screens. Every call blocks, so it belongs on a worker thread."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from sqlite_utils import Database

from kiosk.domain.availability import Closed, ClosedReason, availability, closed_by_hall, hall_availability
from kiosk.domain.language import Language
from kiosk.domain.print_job import PrintJob
from kiosk.domain.site import Queue
from kiosk.domain.ticket import IssueRequest, TicketId
from kiosk.domain.visit_status import VisitStatus
from kiosk.domain.visitor import Problem
from kiosk.domain.wait import QueueOutlook
from kiosk.issuing import Issued, IssueRefused, Issuing, Refusal
from kiosk.store.service_days import day_at
from kiosk.store.tickets import issued_today
from kiosk.store.writer import Store
from ui.visitor.hall import Hall
from ui.visitor.state import QueueNow

if TYPE_CHECKING:
    from kiosk.search import ServiceSearch

_PROBLEM_OF: Final[Mapping[Refusal, Problem]] = {
    Refusal.TOO_MANY_STOPS: Problem.VISIT_FULL,
    Refusal.COPIES_EXHAUSTED: Problem.NOT_REPRINTED,
    Refusal.STILL_PRINTING: Problem.NOT_REPRINTED,
    Refusal.UNKNOWN_TICKET: Problem.NOT_REPRINTED,
    Refusal.NUMBERS_EXHAUSTED: Problem.TICKET_NOT_SAVED,
}


@dataclass(frozen=True, slots=True)
class HallNow:
    """`local_now`: to the minute, None where the clock is not trusted; then no hours can be judged either."""

    local_now: datetime | None
    closed: Closed | None
    queues: Mapping[str, QueueNow]


class Machinery:
    """`on_stored` is called as soon as a ticket or another slip of it is stored, `new_roll` with the number of the
    printer (0: the first) that a person has put new paper in. `look_up`: as kiosk.visit_look.VisitLook.look_up.
    """

    def __init__(  # noqa: PLR0913, PLR0917  # the parts it is wired from, once
        self,
        hall: Hall,
        store: Store,
        issuing: Issuing,
        on_stored: Callable[[], None],
        new_roll: Callable[[int], None],
        look_up: Callable[[str], VisitStatus],
    ) -> None:
        self.new_roll = new_roll
        self.look_up = look_up
        self._hall = hall
        self._store = store
        self._issuing = issuing
        self._on_stored = on_stored
        self._search: ServiceSearch | None = None

    def issue(self, request: IssueRequest) -> Issued | Problem:
        try:
            issued = self._issuing.issue(request)
        except IssueRefused as refusal:
            if refusal.closed is not None and refusal.closed.reason is ClosedReason.QUOTA_REACHED:
                return Problem.QUOTA_REACHED
            return _PROBLEM_OF.get(refusal.reason, Problem.QUEUE_CLOSED)
        self._on_stored()
        return issued

    def reprint(self, ticket_id: TicketId) -> PrintJob | Problem:
        """Another slip, marked as a copy: the one before may be out."""
        return self._another(self._issuing.reprint, ticket_id)

    def print_again(self, ticket_id: TicketId) -> PrintJob | Problem:
        """The same slip once more, unmarked: only where certainly none came out."""
        return self._another(self._issuing.print_again, ticket_id)

    def paper_came(self, ticket_id: TicketId, copy: int) -> None:
        self._issuing.paper_came(ticket_id, copy)

    def last_visitor(self) -> Issued | None:
        """Whose ticket is to be shown again after a restart."""
        return self._issuing.last_visitor()

    def hold(self, ticket_id: TicketId) -> None:
        """It is still on the screen."""
        self._issuing.hold(ticket_id)

    def shown(self, ticket_id: TicketId) -> None:
        self._issuing.shown(ticket_id)

    def find(self, query: str, language: Language) -> tuple[str, ...]:
        """Service ids, best first. Always on the same thread: the index lives where it is built."""
        if self._search is None:
            from kiosk.search import ServiceSearch  # noqa: PLC0415  # 0.1 s that the first frame need not wait for

            self._search = ServiceSearch(self._hall.catalogue, self._hall.site)
        return tuple(hit.service.id for hit in self._search.find(query, language))

    def stop_finding(self) -> None:
        """On the thread that searches."""
        if self._search is not None:
            self._search.close()

    def hall_now(self) -> HallNow:
        site = self._hall.site
        reading = self._store.clock.read()
        outlooks = self._issuing.outlooks()
        is_told = self._issuing.is_in_a_hall
        local = reading.at.astimezone(site.timezone).replace(second=0, microsecond=0) if reading.is_trusted else None
        issued = self._store.call(self._issued) if local else {}
        queues = {
            queue.code: _queue_now(_closed(self._hall, queue, local, issued), outlooks.get(queue.code), is_told=is_told)
            for queue in site.queues
        }
        return HallNow(local, _hall_closed(self._hall, local, queues), queues)

    def _another(self, make: Callable[[TicketId], PrintJob], ticket_id: TicketId) -> PrintJob | Problem:
        try:
            job = make(ticket_id)
        except IssueRefused as refusal:
            return _PROBLEM_OF.get(refusal.reason, Problem.NOT_REPRINTED)
        self._on_stored()
        return job

    def _issued(self, db: Database) -> Mapping[str, int]:
        """Only where a quota makes it matter."""
        site = self._hall.site
        day = day_at(db, site.id, site.timezone, self._store.clock.read()).day
        return {queue.code: issued_today(db, day, queue.code) for queue in site.queues if queue.quota is not None}


def _queue_now(closed: Closed | None, outlook: QueueOutlook | None, *, is_told: bool) -> QueueNow:
    if outlook is None:
        return QueueNow(closed, is_told=is_told)
    if closed is None and outlook.is_closed:
        closed = closed_by_hall()
    return QueueNow(closed, outlook.waiting, outlook.ordinary, is_told, outlook)


def _closed(hall: Hall, queue: Queue, local: datetime | None, issued: Mapping[str, int]) -> Closed | None:
    if local is None:
        return Closed(ClosedReason.FORCED_CLOSED, queue.force_closed, None) if queue.force_closed else None
    verdict = availability(hall.site, queue, local, issued.get(queue.code, 0))
    return verdict if isinstance(verdict, Closed) else None


def _hall_closed(hall: Hall, local: datetime | None, queues: Mapping[str, QueueNow]) -> Closed | None:
    """The hall's own verdict, or that of the queue which opens first when none of them gives numbers."""
    verdict = hall_availability(hall.site, local) if local else None
    if isinstance(verdict, Closed):
        return verdict
    closed = [now.closed for now in queues.values() if now.closed is not None]
    if not closed or len(closed) < len(queues):
        return None
    return min(closed, key=lambda each: (each.reopens_at is None, each.reopens_at or datetime.max))  # noqa: DTZ901
