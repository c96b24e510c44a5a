"""A hall at work, for tests: a site server, a kiosk whose tickets it holds, and desks whose counters are open."""

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select

from kiosk.clock import FakeClock
from kiosk.domain.desk_bodies import counter_closed, counter_opened, counter_paused
from kiosk.domain.event_bodies import ticket_abandoned
from kiosk.domain.events import COUNTER_CLOSED, COUNTER_OPENED, COUNTER_PAUSED, TICKET_ABANDONED, Event, decode
from kiosk.domain.numbering import format_label
from kiosk.domain.ticket import Stop, Ticket, TicketId
from kiosk.domain.token import Claims, build_payload, sign
from kiosk.domain.trust import key_id
from kiosk.identity import Identity, new_identity
from kiosk.sync.desk_wire import (
    ACT_PATH,
    SCAN_PATH,
    VIEW_PATH,
    Act,
    Answer,
    DeskVerb,
    DeskView,
    Refusal,
    Role,
    Scan,
    ScanAnswer,
    View,
)
from server.devices import DeviceRecord
from server.enrolment import admit
from server.hall import Hall
from server.ingest import ingest
from server.run import Server
from server.schema import events
from server.staff_sessions import Desk as SignedInAt
from server.staff_sessions import Officer, open_session
from tests.paired_desk import PairedDesk, action_name, add_officer, paired_desk
from tests.paired_kiosk import SITE, site_server, some_ticket
from tests.written_log import WrittenLog

D: Final = "dukcapil.ktp-hilang"
"""A service of queue D: counters 9 to 14, floor 1."""
A: Final = "dpmptsp.konsultasi"
"""Of queue A: counters 1 to 8, floor 1."""
F: Final = "bapenda.pbb-info"


NINE: Final = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
"""In Jakarta, on a Monday."""


@contextmanager
def served_hall(folder: Path, *, is_day_open: bool = True) -> Iterator["ServedHall"]:
    clock = FakeClock(NINE)
    with site_server(folder, clock=clock) as server:
        hall = ServedHall(server, clock, is_day_open=is_day_open)
        try:
            yield hall
        finally:
            hall.close()


class Desk(PairedDesk):
    """A desk whose officer sits at a counter."""

    counter: int

    def act(self, verb: DeskVerb, action: str | None = None, **more: Any) -> Answer:
        message = Act(session=self.session, action=action or action_name(), verb=verb, **more)
        return self.ask(ACT_PATH, message, Answer)

    def do(self, verb: DeskVerb, **more: Any) -> DeskView:
        """What must work."""
        answer = self.act(verb, **more)
        assert answer.refusal is None, answer.refusal
        assert answer.view is not None
        return answer.view

    def refused(self, verb: DeskVerb, **more: Any) -> Refusal | None:
        return self.act(verb, **more).refusal

    def scan(self, text: str, action: str | None = None) -> ScanAnswer:
        message = Scan(session=self.session, action=action or action_name(), text=text)
        return self.ask(SCAN_PATH, message, ScanAnswer)

    def view(self) -> DeskView:
        answer = self.ask(VIEW_PATH, View(session=self.session), Answer)
        assert answer.view is not None, answer
        return answer.view

    def here(self) -> str | None:
        """The label of whoever is at this counter."""
        visit = self.view().visit
        return None if visit is None else visit.label

    def line(self) -> list[str]:
        """Labels; in brackets who cannot be called now."""
        return [f"({row.label})" if row.is_blocked else row.label for row in self.view().line]


def miss(desk: Desk) -> None:
    """Whoever is next is called, and does not come."""
    for verb in (DeskVerb.CALL_NEXT, DeskVerb.RECALL, DeskVerb.RECALL, DeskVerb.NO_SHOW):
        desk.do(verb)


class ServedHall:
    """`day`: the service day that is in force. Times are the clock's, which the test moves."""

    def __init__(self, server: Server, clock: FakeClock, *, is_day_open: bool = True) -> None:
        self.server = server
        self.clock = clock
        self.kiosk = new_identity()
        self.log = WrittenLog(self.kiosk.device_id)
        self._numbers = itertools.count(1)
        self._desks: list[Desk] = []
        admit(server.node, kiosk_record(self.kiosk))
        self.day = clock.now().date()
        if is_day_open:
            with server.node.database.writing() as connection:
                self.day = server.node.service_days.ensure(connection, SITE)

    @property
    def hall(self) -> Hall:
        with self.server.node.database.reading() as connection:
            return self.server.node.halls.of(connection, SITE, self.server.node.identity.device_id)

    def desk(
        self,
        counter: int | None,
        queues: Sequence[str] | None = None,
        staff: str | None = None,
        role: Role = Role.OFFICER,
    ) -> Desk:
        """Signed in, and its counter is open for these queues, or for those that the site's file says."""
        staff = staff or f"P-{counter or 0:03d}"
        add_officer(self.server, staff, role)
        paired = paired_desk(self.server, f"Loket {counter}")
        desk = Desk(self.server, paired.identity)
        paired.close()
        self._desks.append(desk)
        with self.server.node.database.writing() as connection:  # without the PIN, which takes long on purpose
            officer = Officer(staff, role, counter)
            now_ms = round(self.clock.now().timestamp() * 1000)
            where = SignedInAt(SITE, desk.device_id)
            desk.session = open_session(connection, self.server.node.own_log, where, officer, now_ms)
        if counter is not None:
            desk.counter = counter
            self.open(desk, queues if queues is not None else self.hall.queues_of(counter), staff)
        return desk

    def open(self, desk: Desk, queues: Sequence[str], staff: str) -> None:
        self._say(COUNTER_OPENED, counter_opened(desk.counter, queues, staff, desk.device_id))

    def pause(self, desk: Desk) -> None:
        self._say(COUNTER_PAUSED, counter_paused(desk.counter, f"P-{desk.counter:03d}"))

    def close_counter(self, desk: Desk) -> None:
        self._say(COUNTER_CLOSED, counter_closed(desk.counter, f"P-{desk.counter:03d}"))

    def issue(
        self,
        *services: str,
        is_priority: bool = False,
        after: dict[int, tuple[int, ...]] | None = None,
        late: bool = False,
    ) -> Ticket:
        """`after`: position -> positions that must come first. `late`: its kiosk is cut off and has not told yet."""
        number = next(self._numbers)
        stops = self.stops(services or (D,), after or {})
        ticket = replace(
            some_ticket(number),
            id=TicketId(f"{number:016x}"),
            service_day=self.day,
            series=0,
            queue_code=stops[0].queue_code,
            number=number,
            label=format_label(stops[0].queue_code, number),
            stops=stops,
            is_priority=is_priority,
            issued_at=self.clock.now(),
            people_ahead=(None,) * len(stops),
        )
        self.log.clock_ms = round(self.clock.now().timestamp() * 1000)
        self.log.issue(number, **{name: getattr(ticket, name) for name in Ticket.__slots__ if name != "number"})
        if not late:
            self.push()
        return ticket

    def push(self) -> None:
        """The kiosk's log, as far as it goes."""
        with self.server.node.database.writing() as connection:
            now_ms = round(self.clock.now().timestamp() * 1000)
            for raws in self.log.events.values():
                receipt = ingest(connection, SITE, self.kiosk.device_id, raws, now_ms)
                assert receipt.refusal is None, receipt

    def abandon(self, ticket: Ticket) -> None:
        """As far as the kiosk can tell, nobody holds it."""
        self.log.write(TICKET_ABANDONED, ticket_abandoned(ticket.id))
        self.push()

    def stops(self, services: Sequence[str], after: dict[int, tuple[int, ...]]) -> tuple[Stop, ...]:
        hall = self.hall
        return tuple(
            Stop(
                position,
                service,
                hall.catalogue.services[service].number,
                hall.site.queue_by_service[service].code,
                after.get(position, ()),
            )
            for position, service in enumerate(services, start=1)
        )

    def token(self, ticket: Ticket, kiosk: Identity | None = None, **changes: Any) -> str:
        """The text of its QR. `changes`: of the claims, signed all the same."""
        kiosk = kiosk or self.kiosk
        hall = self.hall
        claims = Claims(
            key_id=key_id(kiosk.public_key),
            site_number=hall.site.number,
            kiosk_number=1,
            service_day=ticket.service_day,
            queue_number=hall.site.queue_by_code[ticket.queue_code].number,
            series=ticket.series,
            number=ticket.number,
            minute=600,
            ticket_id=ticket.id,
            service_numbers=tuple(stop.service_number for stop in ticket.stops),
        )
        return sign(build_payload(replace(claims, **changes)), kiosk.sign)

    def pass_time(self, **time: float) -> None:
        self.clock.advance(timedelta(**time))

    def close(self) -> None:
        for desk in self._desks:
            desk.close()

    def _say(self, event_type: str, body: Any) -> None:
        with self.server.node.database.writing() as connection:
            self.server.node.own_log.append(connection, SITE, event_type, body)


def kiosk_record(kiosk: Identity, number: int = 1, letter: str = "A") -> DeviceRecord:
    return DeviceRecord(kiosk.device_id, kiosk.public_key, SITE, number, letter, f"Anjungan {number}")


def told(hall: ServedHall) -> list[Event]:
    """What the server's own log says of tickets."""
    own = hall.server.node.identity.device_id
    query = select(events.c.raw).where(events.c.origin == own).order_by(events.c.sequence)
    with hall.server.node.database.reading() as connection:
        found = [decode(bytes(raw)) for raw in connection.execute(query).scalars()]
    return [event for event in found if isinstance(event, Event) and "ticket_id" in event.body]
