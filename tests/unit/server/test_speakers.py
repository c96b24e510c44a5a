"""One machine in wrong hands spoils what it does itself, and nothing of the hall."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from kiosk.domain import desk_bodies, events
from kiosk.domain.course import Action, Deed
from kiosk.domain.desk_bodies import ACTION_TYPES, acted
from kiosk.domain.event_bodies import day_opened, ticket_abandoned, ticket_issued
from kiosk.domain.stop_life import Verb
from kiosk.domain.ticket import TicketId
from kiosk.domain.verdict import Verified
from kiosk.sync.desk_wire import CounterState, DeskVerb
from kiosk.sync.wire import DeviceKind
from server.ingest import ingest
from server.rebuild import rebuild
from server.schema import poison
from server.speakers import may_say
from server.verification import verify_database
from tests.paired_desk import paired_desk
from tests.paired_kiosk import SITE, some_ticket
from tests.served_hall import Desk, ServedHall, served_hall
from tests.written_log import WrittenLog


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[ServedHall]:
    with served_hall(tmp_path) as hall:
        yield hall


def lies(hall: ServedHall, ticket_id: TicketId) -> list[tuple[str, Any]]:
    """What would empty the hall."""

    def done(verb: Verb | Deed, **more: Any) -> tuple[str, Any]:
        action = Action(("", "", "", 0), "f" * 16, verb, str(ticket_id), 0, officer="P-009", **more)
        return ACTION_TYPES[verb], acted(action)

    return [
        done(Verb.CANCEL),
        done(Verb.CALL, position=1, counter=14),
        done(Deed.PRIORITISE, is_priority=True),
        (events.DAY_CLOSED, desk_bodies.day_closed(SITE, hall.day)),
        (events.COUNTER_CLOSED, desk_bodies.counter_closed(9, "P-009")),
        (events.QUEUE_CLOSED, desk_bodies.queue_closed("D", hall.day, "P-009")),
        (events.ALARM_RAISED, desk_bodies.alarm(9, "P-009")),
        (events.STAFF_LOCKED, desk_bodies.staff_locked("P-009", None)),
    ]


def as_it_was(hall: ServedHall, desk: Desk) -> bool:
    """One waits, nobody is called, the counter is open; `giliran verify` finds no fault, and a rebuild nothing new."""
    view = desk.view()
    database = hall.server.node.database
    assert isinstance(verify_database(database), Verified)
    assert not rebuild(database).has_changed
    return (
        [(row.label, row.is_priority) for row in view.line] == [("D-001", False)]
        and view == desk.view().model_copy(update={"server_time": view.server_time})
        and view.counter is not None
        and view.counter.state is CounterState.OPEN
        and not view.counter.has_alarm
        and not view.queues[0].is_closed
    )


def parked(hall: ServedHall) -> int:
    with hall.server.node.database.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(poison)).scalar_one())


def test_a_kiosk_serves_nobody_and_closes_nothing(hall: ServedHall) -> None:
    ticket = hall.issue()
    desk = hall.desk(9, ["D"])
    said = lies(hall, ticket.id)
    for event_type, body in said:
        hall.log.write(event_type, body)
    hall.push()
    assert parked(hall) == len(said)
    assert as_it_was(hall, desk)
    assert desk.do(DeskVerb.CALL_NEXT).visit is not None


@pytest.mark.parametrize("kind", [DeviceKind.DESK, DeviceKind.BOARD])
def test_a_desk_or_a_board_steers_no_hall_and_gives_no_numbers(hall: ServedHall, kind: DeviceKind) -> None:
    ticket = hall.issue()
    desk = hall.desk(9, ["D"])
    machine = paired_desk(hall.server, "Loket 14", kind)
    machine.close()
    log = WrittenLog(machine.device_id)
    said = [
        *lies(hall, ticket.id),
        (events.TICKET_ISSUED, ticket_issued(some_ticket(77), "c" * 64)),
        (events.TICKET_ABANDONED, ticket_abandoned(ticket.id)),
        (events.DAY_OPENED, day_opened(SITE, hall.day.replace(year=hall.day.year + 1), clock_trusted=True)),
    ]
    for event_type, body in said:
        log.write(event_type, body)
    with hall.server.node.database.writing() as connection:
        for raws in log.events.values():
            assert ingest(connection, SITE, machine.device_id, raws, hall.log.clock_ms).refusal is None
    assert parked(hall) == len(said)
    assert as_it_was(hall, desk)


def test_what_each_may_say() -> None:
    assert may_say(DeviceKind.DESK, "stop.started")
    assert not may_say(DeviceKind.DESK, "stop.called")
    assert not may_say(DeviceKind.BOARD, "stop.started")
    assert may_say(DeviceKind.KIOSK, "ticket.issued")
    assert may_say(DeviceKind.SITE, "day.closed")
    assert may_say(None, "day.closed"), "its own server has let it in"
    assert may_say(DeviceKind.KIOSK, "what.nobody.knows.yet"), "nothing is known of it"
