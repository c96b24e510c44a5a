"""A visitor takes a number: the only writer of tickets. Committed first; only then may anything be shown or printed."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import structlog
from sqlite_utils import Database

from kiosk.clock import Clock
from kiosk.config import KioskConfig
from kiosk.domain import event_bodies, token
from kiosk.domain.availability import Closed, ClosedReason, availability, closed_by_hall
from kiosk.domain.catalogue import Catalogue
from kiosk.domain.events import TICKET_ISSUED
from kiosk.domain.numbering import (
    HIGHEST_GENERATION,
    NumberSource,
    ReservedNumber,
    format_label,
    series_of_letter,
)
from kiosk.domain.service_day import adopt_day
from kiosk.domain.site import Queue, Site
from kiosk.domain.ticket import MAX_STOPS, SHARED_SERIES, IssueRequest, Stop, Ticket, TicketId
from kiosk.domain.visit import plan_stops
from kiosk.domain.wait import QueueOutlook, promised
from kiosk.faults import fault_point
from kiosk.hall_outlook import HallOutlook
from kiosk.identity import Identity
from kiosk.refusal import IssueRefused, Refusal
from kiosk.slips import Issued, Slips
from kiosk.store.database import transaction
from kiosk.store.generations import own_generation, settle_generation
from kiosk.store.log import append
from kiosk.store.print_jobs import insert_job, jobs_of
from kiosk.store.service_days import day_at, enter_day
from kiosk.store.tickets import (
    highest_number,
    insert_ticket,
    issued_today,
    ticket_of_session,
    waiting,
)
from kiosk.store.writer import Store
from kiosk.trusted_clock import Reading

__all__ = ["IssueRefused", "Issued", "Issuing", "Refusal"]

_log = structlog.get_logger(__name__)

HIGHEST_NUMBER: Final = 0xFFFF
"""The token's 16 bits. A day that an untrusted clock cannot end may come near it after months."""


@dataclass(frozen=True, slots=True)
class _Draft:
    """What is known of a ticket before its transaction begins."""

    request: IssueRequest
    ticket_id: TicketId
    stops: tuple[Stop, ...]
    reserved: ReservedNumber | None


@dataclass(frozen=True, slots=True)
class _Question:
    """What the site server is told before it reserves a number."""

    service_day: date | None
    given: int


class Issuing(Slips):
    """Every method blocks on the store, so it belongs on a worker thread. Raises KioskError and IssueRefused."""

    def __init__(  # noqa: PLR0913, PLR0917  # the parts it is wired from, once
        self,
        store: Store,
        site: Site,
        catalogue: Catalogue,
        identity: Identity,
        config: KioskConfig,
        clock: Clock,
        numbers: NumberSource,
        outlook: HallOutlook | None = None,
    ) -> None:
        super().__init__(store, site, clock)
        self._catalogue = catalogue
        self._identity = identity
        self._config = config
        self._numbers = numbers
        self._outlook = outlook or HallOutlook(clock)
        self._is_alone = config.sync.server is None

    def issue(self, request: IssueRequest) -> Issued:
        """One ticket per session key, however often it is asked for."""
        stops = self._plan(request)
        ticket_id = TicketId(secrets.token_hex(8))
        reserved = None if self._is_alone else self._reserve(request, ticket_id, stops[0].queue_code)
        issued = self._store.call(lambda db: self._issue(db, _Draft(request, ticket_id, stops, reserved)))
        fault_point("issue.after_commit")
        return issued

    @property
    def outlook(self) -> HallOutlook:
        """What the hall says: to be told by the sync engine."""
        return self._outlook

    @property
    def is_in_a_hall(self) -> bool:
        """Whether there is somebody who could say how long people wait: what is not known is then said to be so."""
        return not self._is_alone or self._outlook.is_heard

    def people_ahead(self, queue_code: str) -> int | None:
        """Visitors still to be served from this queue today; None where the clock cannot say which day it is."""
        return self.waiting().get(queue_code)

    def waiting(self) -> Mapping[str, int]:
        """`people_ahead` of every queue by its code; empty where it cannot be known."""
        return {code: outlook.waiting for code, outlook in self.outlooks().items()}

    def outlooks(self) -> Mapping[str, QueueOutlook]:
        """What a newcomer meets in every queue by its code: the hall's word, else what this kiosk has given itself.
        Empty where nobody can say which day it is.
        """

        def look(db: Database) -> Mapping[str, QueueOutlook]:
            reading = self._store.clock.read()
            if not reading.is_trusted:
                return {}
            today = day_at(db, self._site.id, self._site.timezone, reading)
            told, ahead = self._outlook.queues(today.day), self._outlook.people_ahead(today.day)
            own = waiting(db, today.day, [code for code in self._site.queue_by_code if code not in told])
            return {
                code: replace(
                    told.get(code, QueueOutlook(0)),
                    waiting=ahead.get(code, own.get(code, 0)),
                    is_closed=code in self._outlook.closed(today.day),
                )
                for code in self._site.queue_by_code
            }

        return self._store.call(look)

    def _plan(self, request: IssueRequest) -> tuple[Stop, ...]:
        chosen = dict.fromkeys(request.service_ids)
        if not chosen:
            raise IssueRefused(Refusal.NOTHING_CHOSEN)
        if len(chosen) > MAX_STOPS:
            raise IssueRefused(Refusal.TOO_MANY_STOPS)
        for service_id in chosen:
            if service_id not in self._catalogue.services:
                raise IssueRefused(Refusal.UNKNOWN_SERVICE, service_id)
            if service_id not in self._site.queue_by_service:
                raise IssueRefused(Refusal.NO_QUEUE, service_id)
        return plan_stops([self._catalogue.services[service_id] for service_id in chosen], self._site)

    def _reserve(self, request: IssueRequest, ticket_id: TicketId, queue_code: str) -> ReservedNumber | None:
        question = self._store.call(lambda db: self._question(db, request, queue_code))
        if question is None:
            return None
        return self._numbers.reserve(ticket_id, queue_code, question.service_day, question.given)

    def _question(self, db: Database, request: IssueRequest, queue_code: str) -> _Question | None:
        """None where the session has its ticket already: the server is not asked for another number."""
        if ticket_of_session(db, request.session_key) is not None:
            return None
        reading = self._store.clock.read()
        if not reading.is_trusted:
            return _Question(None, 0)
        day = day_at(db, self._site.id, self._site.timezone, reading).day
        return _Question(day, highest_number(db, self._site.id, day, SHARED_SERIES, queue_code))

    def _issue(self, db: Database, draft: _Draft) -> Issued:
        known = ticket_of_session(db, draft.request.session_key)
        if known is not None:
            return Issued(known, jobs_of(db, known.id)[0])
        with transaction(db):
            reading = self._store.clock.read()
            day, reserved = self._day(db, draft, reading)
            settle_generation(db, day, clock_trusted=reading.is_trusted)
            self._refuse_closed(db, draft.stops, day, reading)
            ticket = self._ticket(db, draft, day, reading, self._number(db, day, draft.stops[0], reserved))
            insert_ticket(db, ticket, draft.request.session_key)
            append(db, self._store.node, TICKET_ISSUED, event_bodies.ticket_issued(ticket, self._catalogue.version))
            job = insert_job(db, ticket.id, 0, reading.at, self._clock.monotonic())
            fault_point("issue.before_commit")
        self._outlook.gave(frozenset(stop.queue_code for stop in ticket.stops))
        return Issued(ticket, job)

    def _day(self, db: Database, draft: _Draft, reading: Reading) -> tuple[date, ReservedNumber | None]:
        """The day to give the number in, opened if it is new, and the reserved number where it is of that day."""
        own = day_at(db, self._site.id, self._site.timezone, reading)
        reserved = draft.reserved
        if reserved is None:
            return enter_day(db, self._store.node, self._site.id, own), None
        adopted = adopt_day(own, reserved.service_day, clock_trusted=reading.is_trusted)
        if adopted is None:
            days = {"service_day": reserved.service_day.isoformat(), "own_day": own.day.isoformat()}
            _log.warning("reserved_day_refused", queue=reserved.queue_code, **days)
            return enter_day(db, self._store.node, self._site.id, own), None
        return enter_day(db, self._store.node, self._site.id, adopted), reserved

    def _refuse_closed(self, db: Database, stops: tuple[Stop, ...], day: date, reading: Reading) -> None:
        for stop in stops:
            queue = self._site.queue_by_code[stop.queue_code]
            taken = 0 if queue.quota is None else issued_today(db, day, queue.code)
            closed = self._closed(queue, reading, taken)
            if closed is None and queue.code in self._outlook.closed(day):
                closed = closed_by_hall()
            if closed is not None:
                raise IssueRefused(Refusal.CLOSED, stop.service_id, closed)

    def _closed(self, queue: Queue, reading: Reading, taken: int) -> Closed | None:
        """Without a trusted clock neither hours nor the day of a quota are known: only a person closes a queue then."""
        if reading.is_trusted:
            verdict = availability(self._site, queue, reading.at, taken)
            return verdict if isinstance(verdict, Closed) else None
        if queue.force_closed is not None:
            return Closed(ClosedReason.FORCED_CLOSED, queue.force_closed, None)
        return None

    def _number(self, db: Database, day: date, stop: Stop, reserved: ReservedNumber | None) -> tuple[int, int]:
        """Series and number: the site server's, or the next of this kiosk's own."""
        if reserved is not None:
            highest = highest_number(db, self._site.id, day, SHARED_SERIES, stop.queue_code)
            if reserved.queue_code == stop.queue_code and reserved.number > highest:
                return SHARED_SERIES, reserved.number
            # A restored server may count again from where it was: what is on paper already is never repeated.
            _log.error("reserved_number_refused", queue=stop.queue_code, number=reserved.number, highest=highest)
        generation = own_generation(db, day)
        if generation > HIGHEST_GENERATION:
            raise IssueRefused(Refusal.NUMBERS_EXHAUSTED, stop.service_id)
        series = self._own_series(generation)
        number = highest_number(db, self._site.id, day, series, stop.queue_code) + 1
        if number > HIGHEST_NUMBER:
            raise IssueRefused(Refusal.NUMBERS_EXHAUSTED, stop.service_id)
        return series, number

    def _own_series(self, generation: int) -> int:
        """Alone, a kiosk has the series without a letter to itself, until it may have forgotten what it gave there."""
        if self._is_alone and generation == 0:
            return SHARED_SERIES
        return series_of_letter(self._config.letter, generation)

    def _ticket(self, db: Database, draft: _Draft, day: date, reading: Reading, given: tuple[int, int]) -> Ticket:
        series, number = given
        queue_code = draft.stops[0].queue_code
        told, ahead = self._outlook.queues(day), dict[str, int]()
        if reading.is_trusted:
            codes = [stop.queue_code for stop in draft.stops]
            ahead = {**waiting(db, day, codes), **self._outlook.people_ahead(day)}
        waits = promised(draft.stops, told, is_priority=draft.request.is_priority) if reading.is_trusted else ()
        ticket = Ticket(
            id=draft.ticket_id,
            site_id=self._site.id,
            service_day=day,
            series=series,
            queue_code=queue_code,
            number=number,
            label=format_label(queue_code, number, series),
            stops=draft.stops,
            is_priority=draft.request.is_priority,
            language=draft.request.language,
            issued_at=reading.at,
            clock_trusted=reading.is_trusted,
            token="",
            people_ahead=tuple(ahead.get(stop.queue_code) for stop in draft.stops),
            promised=waits,
        )
        payload = token.build_payload(self._claims(ticket))
        return replace(ticket, token=token.sign(payload, self._identity.sign, self._site.public_url))

    def _claims(self, ticket: Ticket) -> token.Claims:
        local = ticket.issued_at.astimezone(self._site.timezone)
        return token.Claims(
            key_id=self._identity.key_id,
            site_number=self._site.number,
            kiosk_number=self._config.number,
            service_day=ticket.service_day,
            queue_number=self._site.queue_by_code[ticket.queue_code].number,
            series=ticket.series,
            number=ticket.number,
            minute=60 * local.hour + local.minute if ticket.clock_trusted else None,
            ticket_id=ticket.id,
            service_numbers=tuple(stop.service_number for stop in ticket.stops),
        )
