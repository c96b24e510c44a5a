"""A site server with the sample hall, its day open, visitors in its queues, and desks that officers sit at."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select

from kiosk.clock import FakeClock
from kiosk.domain.events import Event, decode
from kiosk.domain.ticket import Stop, TicketId
from kiosk.sync.desk_wire import (
    ACT_PATH,
    COUNTER_PATH,
    HALL_PATH,
    SUPERVISE_PATH,
    Act,
    Answer,
    CounterState,
    DeskVerb,
    HallAnswer,
    HallView,
    Leaving,
    SetCounter,
    Supervise,
    SuperviseVerb,
    View,
)
from server.database import milliseconds
from server.run import Server
from server.schema import counters, events, stops
from tests.paired_desk import PairedDesk, action_name, add_officer, paired_desk
from tests.paired_kiosk import SITE, site_server
from tests.small_hall import MONDAY_10_00
from tests.written_log import WrittenLog

D_COUNTERS = (9, 10, 11)
"""Of the sample hall, where each serves queue D alone."""


@dataclass
class HallWithDesks:
    server: Server
    clock: FakeClock
    log: WrittenLog
    desks: list[PairedDesk] = field(default_factory=list)
    issued: int = 0

    def desk(self, staff: str | None = None, counter: int | None = None, **account: Any) -> PairedDesk:
        """With an officer of that id at that counter, signed in; the account is made."""
        desk = paired_desk(self.server, f"Loket {len(self.desks) + 1}")
        self.desks.append(desk)
        if staff is not None:
            add_officer(self.server, staff, **account)
            desk.sign_in(staff, counter)
        return desk

    def issue(self, count: int = 1, queue: str = "D") -> Sequence[TicketId]:
        ids = []
        for _ in range(count):
            self.issued += 1
            changes: dict[str, Any] = {"label": f"{queue}-{self.issued:03d}A", "queue_code": queue}
            ids.append(self.log.issue(self.issued, stops=(Stop(1, "dukcapil.ktp", 11, queue),), **changes))
        with self.server.node.database.writing() as connection:
            self.log.push(connection, milliseconds(self.clock.now()))
        return ids

    def told(self, *types: str) -> Sequence[Event]:
        """What the server itself has said of that, in its order."""
        with self.server.node.database.reading() as connection:
            raws = connection.execute(
                select(events.c.raw)
                .where(events.c.origin == self.server.node.identity.device_id)
                .order_by(events.c.sequence)
            ).scalars()
            read = [decode(bytes(raw)) for raw in raws]
        return [event for event in read if isinstance(event, Event) and event.type in types]

    def states(self) -> Sequence[str]:
        with self.server.node.database.reading() as connection:
            return connection.execute(select(stops.c.state).order_by(stops.c.ticket_id)).scalars().all()

    def counter_row(self, counter: int) -> Any:
        with self.server.node.database.reading() as connection:
            return connection.execute(select(counters).where(counters.c.counter == counter)).one_or_none()


@contextmanager
def hall_with_desks(folder: Path) -> Iterator[HallWithDesks]:
    clock = FakeClock(MONDAY_10_00)
    with site_server(folder, clock=clock) as server:
        with server.node.database.writing() as connection:
            server.node.service_days.ensure(connection, SITE)
        hall = HallWithDesks(server, clock, WrittenLog(clock_ms=milliseconds(MONDAY_10_00)))
        try:
            yield hall
        finally:
            for desk in hall.desks:
                desk.close()


def set_counter(
    desk: PairedDesk,
    counter: int,
    state: CounterState = CounterState.OPEN,
    leaving: Leaving | None = None,
    queues: tuple[str, ...] | None = None,
) -> Answer:
    message = SetCounter(session=desk.session, counter=counter, state=state, leaving=leaving, queues=queues)
    return desk.ask(COUNTER_PATH, message, Answer)


def act(desk: PairedDesk, verb: DeskVerb, **besides: Any) -> Answer:
    return desk.ask(ACT_PATH, Act(session=desk.session, action=action_name(), verb=verb, **besides), Answer)


def supervise(desk: PairedDesk, verb: SuperviseVerb, **besides: Any) -> HallAnswer:
    message = Supervise(**{"session": desk.session, "action": action_name(), "verb": verb} | besides)
    return desk.ask(SUPERVISE_PATH, message, HallAnswer)


def hall_of(desk: PairedDesk) -> HallView:
    answer = desk.ask(HALL_PATH, View(session=desk.session), HallAnswer)
    assert answer.hall is not None, answer
    return answer.hall
