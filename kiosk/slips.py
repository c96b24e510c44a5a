"""The slips of a ticket that is safe on disk: once more, as a copy, on the screen instead; and after a restart."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlite_utils import Database

from kiosk.clock import Clock
from kiosk.domain import event_bodies
from kiosk.domain.events import PRINT_WITNESSED, TICKET_ISSUED, TICKET_REPRINTED
from kiosk.domain.print_job import PrintJob
from kiosk.domain.site import Site
from kiosk.domain.ticket import Ticket, TicketId
from kiosk.domain.visitor import MAX_COPIES
from kiosk.errors import KioskError
from kiosk.refusal import IssueRefused, Refusal
from kiosk.store.database import transaction
from kiosk.store.log import append, has_written
from kiosk.store.papers import show_ticket, was_shown
from kiosk.store.print_jobs import insert_job, jobs_of, newest_first_slip, queue_again, recovered, times_again
from kiosk.store.tickets import find_ticket
from kiosk.store.writer import Store

MOST_TIMES_AGAIN: Final = 3
"""So often one slip is tried again: a printer that fails four times in a row needs a technician."""

RECENT: Final = timedelta(seconds=60)
"""A visitor who took a number longer ago than this does not stand here any more."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A ticket that is safe on disk, and its first slip."""

    ticket: Ticket
    job: PrintJob


class Slips:
    """What kiosk/issuing.py offers after a ticket was issued. Every method but `hold` blocks on the store."""

    def __init__(self, store: Store, site: Site, clock: Clock) -> None:
        self._store = store
        self._site = site
        self._clock = clock

    def reprint(self, ticket_id: TicketId) -> PrintJob:
        """Another slip with the same label and token: a copy marked SALINAN, or, where the newest one certainly did not
        come out, that one again (`print_again`).
        """

        def reprint(db: Database) -> PrintJob:
            with transaction(db):
                newest = self._newest_slip(db, ticket_id)
                if newest.state.is_lost:
                    return self._print_again(db, newest)
                if newest.copy >= MAX_COPIES:
                    raise IssueRefused(Refusal.COPIES_EXHAUSTED)
                copy = newest.copy + 1
                append(db, self._store.node, TICKET_REPRINTED, event_bodies.ticket_reprinted(ticket_id, copy))
                return insert_job(db, ticket_id, copy, self._store.clock.read().at, self._clock.monotonic())

        return self._store.call(reprint)

    def print_again(self, ticket_id: TicketId) -> PrintJob:
        """The newest slip once more, whole, under the same job and with the same mark: it certainly did not come out.

        Refused with MAY_BE_OUT where it may have, with COPIES_EXHAUSTED after MOST_TIMES_AGAIN.
        """

        def print_again(db: Database) -> PrintJob:
            with transaction(db):
                newest = self._newest_slip(db, ticket_id)
                if not newest.state.is_lost:
                    raise IssueRefused(Refusal.MAY_BE_OUT)
                return self._print_again(db, newest)

        return self._store.call(print_again)

    def paper_came(self, ticket_id: TicketId, copy: int) -> None:
        """Record that the visitor has the slip of which the printer could not tell."""

        def record(db: Database) -> None:
            with transaction(db):
                if copy not in {job.copy for job in jobs_of(db, ticket_id)}:
                    raise IssueRefused(Refusal.UNKNOWN_TICKET)
                append(db, self._store.node, PRINT_WITNESSED, event_bodies.print_witnessed(ticket_id, copy))

        self._store.call(record)

    def hold(self, ticket_id: TicketId) -> None:
        """The ticket stands on the screen now: for the next 90 seconds nobody says that its visitor has gone. Returns
        at once, and writes nothing.
        """
        self._store.held.hold(ticket_id)

    def last_visitor(self) -> Issued | None:
        """After a restart: whoever took a number just before it, with the newest slip as the restart left it. None
        later, and where it is longer ago than RECENT, or the clock cannot tell, or who took a photograph has gone.
        Nothing is printed by asking.
        """

        def look(db: Database) -> Issued | None:
            first = newest_first_slip(db)
            is_first = not has_written(db, self._store.node, TICKET_ISSUED)
            ticket = None if first is None or not is_first else find_ticket(db, first.ticket_id)
            reading = self._store.clock.read()
            if ticket is None or not ticket.clock_trusted or not reading.is_trusted or ticket.site_id != self._site.id:
                return None
            if not timedelta(0) <= reading.at - ticket.issued_at < RECENT or was_shown(db, ticket.id):
                return None
            return Issued(ticket, recovered(jobs_of(db, ticket.id)[-1]))

        return self._store.call(look)

    def _newest_slip(self, db: Database, ticket_id: TicketId) -> PrintJob:
        jobs = jobs_of(db, ticket_id)
        if not jobs:
            raise IssueRefused(Refusal.UNKNOWN_TICKET)
        if not all(job.state.is_final for job in jobs):
            raise IssueRefused(Refusal.STILL_PRINTING)
        return jobs[-1]

    def _print_again(self, db: Database, lost: PrintJob) -> PrintJob:
        if times_again(db, lost) >= MOST_TIMES_AGAIN:
            raise IssueRefused(Refusal.COPIES_EXHAUSTED)
        return queue_again(db, lost, self._store.clock.read().at, self._clock.monotonic())

    def shown(self, ticket_id: TicketId) -> None:
        """Record that the visitor took the number from the screen. Where that fails, the number is not given up either
        as long as the program runs.
        """

        def record(db: Database) -> None:
            with transaction(db):
                if find_ticket(db, ticket_id) is None:
                    raise IssueRefused(Refusal.UNKNOWN_TICKET)
                show_ticket(db, self._store.node, ticket_id)

        try:
            self._store.call(record)
        except KioskError:
            self._store.held.keep(ticket_id)
            raise
