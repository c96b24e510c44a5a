"""A server's database of the release before: its visits wait as they did, and can be called."""

from pathlib import Path

from sqlalchemy import select, update

from kiosk.clock import SystemClock
from kiosk.domain.event_bodies import ticket_abandoned
from kiosk.domain.events import TICKET_ABANDONED
from kiosk.domain.ticket import Stop
from kiosk.domain.verdict import Verified
from server.database import open_database
from server.rebuild import rebuild
from server.schema import stops, tickets
from server.settings import Role, ServerSettings
from server.verification import verify_database
from tests.older_servers import back_to
from tests.paired_kiosk import some_ticket
from tests.unit.server.test_projection import push, rows
from tests.written_log import WrittenLog


def test_what_waited_waits_and_what_must_come_first_does(tmp_path: Path, database_url: str | None) -> None:
    settings = ServerSettings(Role.SITE, tmp_path, database_url)
    log = WrittenLog()
    in_turn = (Stop(1, "dukcapil.ktp", 11, "D"), Stop(2, "polri.skck", 21, "P", after=(1,)))
    log.issue(1, stops=in_turn, people_ahead=(0, 0), is_priority=True)
    gone = log.issue(2, stops=in_turn, people_ahead=(0, 0))
    log.write(TICKET_ABANDONED, ticket_abandoned(gone))
    database = open_database(settings, SystemClock())
    push(database, log)
    facts = select(stops).order_by(stops.c.ticket_id, stops.c.position)
    of_tickets = select(tickets).order_by(tickets.c.ticket_id)
    expected, before = (rows(database, facts), rows(database, of_tickets)), verify_database(database)
    with database.writing() as connection:  # as the release before kept it
        connection.execute(update(stops).where(stops.c.state == "pending").values(state="waiting"))
        back_to("0003", connection)
        connection.exec_driver_sql("UPDATE stops SET state_before = 'waiting' WHERE state = 'expired'")
    database.close()
    database = open_database(settings, SystemClock())
    day = some_ticket(1).service_day.isoformat()
    states = select(stops.c.state, stops.c.issued_state, stops.c.service_day, stops.c.after)
    assert rows(database, states.order_by(stops.c.ticket_id, stops.c.position)) == [
        ("waiting", "waiting", day, "[]"),
        ("pending", "waiting", day, "[1]"),
        ("expired", "waiting", day, "[]"),
        ("expired", "waiting", day, "[1]"),
    ]
    assert rows(database, select(tickets.c.has_priority).order_by(tickets.c.ticket_id)) == [(1,), (0,)]
    assert (set(rows(database, facts)), set(rows(database, of_tickets))) == tuple(map(set, expected))
    assert isinstance(before, Verified)
    assert verify_database(database) == before
    rebuilt = rebuild(database)
    assert rebuilt.before == rebuilt.after
    database.close()
