"""What was done to a ticket is kept as long as the ticket, and goes with it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from kiosk.clock import SystemClock
from kiosk.domain import desk_bodies, events
from kiosk.domain.course import NewStop
from kiosk.domain.event_bodies import day_opened
from kiosk.domain.stop_life import Verb
from kiosk.domain.verdict import Verified
from server.database import Database, open_database
from server.retention import KEPT_MS, prune
from server.schema import actions, closed_days, notes, queues, service_days, stops, tickets
from server.schema import events as kept_events
from server.settings import Role, ServerSettings
from server.verification import verify_database
from tests.paired_kiosk import SITE, some_ticket
from tests.unit.server.test_course_projection import Counter
from tests.unit.server.test_projection import push, rows
from tests.written_log import NOW_MS, WrittenLog

OWN = "05" * 8
DAY = some_ticket(1).service_day
TABLES = (tickets, stops, actions, notes, queues, closed_days)
HOUR_MS = 3_600_000


@pytest.fixture
def database(tmp_path: Path, database_url: str | None) -> Iterator[Database]:
    database = open_database(ServerSettings(Role.CENTRAL, tmp_path, database_url), SystemClock())
    yield database
    database.close()


def test_what_was_done_stays_as_long_as_its_ticket(database: Database) -> None:
    """The kiosk was cut off: its ticket came a day after it had been served and its day was closed."""
    kiosk, desk = WrittenLog(), Counter("0d" * 8)
    ticket_id = kiosk.issue(1)
    kiosk.write(events.DAY_OPENED, day_opened(SITE, DAY, clock_trusted=True))
    desk.act(Verb.START, ticket_id, 1, position=1, counter=3)
    desk.act(Verb.TRANSFER, ticket_id, 2, position=1, counter=3, new=NewStop("bank.teller", "B"))
    desk.log.write(events.DAY_CLOSED, desk_bodies.day_closed(SITE, DAY))
    push(database, desk.log, NOW_MS)
    later = NOW_MS + 24 * HOUR_MS
    push(database, kiosk, later)
    newest = WrittenLog("0e" * 8)
    newest.write(events.DAY_OPENED, day_opened(SITE, DAY.replace(year=2027), clock_trusted=True))
    push(database, newest, later)
    with database.writing() as connection:
        note = {"site_id": SITE, "ticket_id": ticket_id, "note": "ask", "officer": "A-1", "written_at_ms": 1}
        connection.execute(notes.insert().values(note))
    whole = verify_database(database)
    assert isinstance(whole, Verified)
    of_desk = select(kept_events.c.sequence).where(kept_events.c.origin == desk.origin)
    prune(database, Role.CENTRAL, OWN, NOW_MS + HOUR_MS + KEPT_MS[Role.CENTRAL])
    assert sorted(rows(database, of_desk)) == [(2,), (3,), (4,)], "its first start alone is free to go"
    left = verify_database(database)
    assert isinstance(left, Verified)
    assert left.courses == whole.courses
    for _ in range(2):
        prune(database, Role.CENTRAL, OWN, later + HOUR_MS + KEPT_MS[Role.CENTRAL])
    assert rows(database, of_desk) == []
    assert [rows(database, select(table)) for table in TABLES] == [[]] * len(TABLES)
    assert [day for _, day, _ in rows(database, select(service_days))] == [DAY.replace(year=2027).isoformat()]
    assert isinstance(verify_database(database), Verified)
