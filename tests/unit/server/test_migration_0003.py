"""A server's database of the release before: what it holds stays, and who may hold which ticket is known."""

from pathlib import Path

from sqlalchemy import select

from kiosk.clock import SystemClock
from kiosk.domain.event_bodies import ticket_reprinted, ticket_shown
from kiosk.domain.events import PRINT_FINISHED, TICKET_REPRINTED, TICKET_SHOWN
from kiosk.domain.print_job import PrintState
from kiosk.domain.verdict import Verified
from server.database import open_database
from server.rebuild import rebuild
from server.schema import tickets
from server.settings import Role, ServerSettings
from server.verification import verify_database
from tests.older_servers import back_to
from tests.written_log import WrittenLog


def test_who_may_hold_which_ticket_is_known_after_the_change(tmp_path: Path, database_url: str | None) -> None:
    settings = ServerSettings(Role.SITE, tmp_path, database_url)
    log = WrittenLog()
    printed, lost, copied, shown = (log.issue(number) for number in range(1, 5))
    log.printed(printed, 0, PrintState.UNVERIFIED)
    log.printed(lost, 0, PrintState.FAILED)
    log.printed(copied, 0, PrintState.UNKNOWN)
    for ticket_id in (copied, lost):
        log.write(TICKET_REPRINTED, ticket_reprinted(ticket_id, 1))
        log.printed(ticket_id, 1, PrintState.FAILED)
    log.write(TICKET_SHOWN, ticket_shown(shown))
    # Of a device that writes nonsense; parked when it came.
    log.write(PRINT_FINISHED, {"ticket_id": lost, "copy": 0, "state": []})
    log.write(PRINT_FINISHED, {"ticket_id": [lost], "copy": 0, "state": "confirmed"})
    database = open_database(settings, SystemClock())
    with database.writing() as connection:
        log.push(connection)
    before = verify_database(database)
    with database.writing() as connection:
        back_to("0002", connection)
    database.close()
    database = open_database(settings, SystemClock())
    query = select(tickets.c.ticket_id, tickets.c.may_be_out).order_by(tickets.c.ticket_id)
    expected = [(printed, 1), (lost, 0), (copied, 1), (shown, 0)]
    with database.reading() as connection:
        assert [tuple(row) for row in connection.execute(query)] == expected
    assert isinstance(before, Verified)
    assert verify_database(database) == before
    rebuild(database)
    with database.reading() as connection:
        assert [tuple(row) for row in connection.execute(query)] == expected
    database.close()
