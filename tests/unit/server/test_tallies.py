"""What the server counts as it comes: once each, whatever is sent again, parked, built again or pruned."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from kiosk.clock import SystemClock
from kiosk.domain.print_job import PrintState
from server.database import Database, open_database
from server.rebuild import rebuild
from server.schema import tallies, tickets
from server.settings import Role, ServerSettings
from tests.paired_kiosk import SITE
from tests.written_log import NOW_MS, WrittenLog


@pytest.fixture
def database(tmp_path: Path, database_url: str | None) -> Iterator[Database]:
    database = open_database(ServerSettings(Role.SITE, tmp_path, database_url), SystemClock())
    yield database
    database.close()


def push(database: Database, log: WrittenLog) -> None:
    with database.writing() as connection:
        log.push(connection, NOW_MS)


def counted(database: Database) -> dict[tuple[str, str], int]:
    with database.reading() as connection:
        return {
            (row.tally, row.kind): row.total
            for row in connection.execute(select(tallies).where(tallies.c.site_id == SITE))
        }


def test_tickets_verdicts_and_starts_are_counted_once_each(database: Database) -> None:
    log = WrittenLog("0a" * 8)
    log.printed(log.issue(1), 0, PrintState.CONFIRMED)
    log.printed(log.issue(2, series=0), 0, PrintState.UNKNOWN)
    push(database, log)
    push(database, log)
    assert counted(database) == {
        ("tickets_issued", "0"): 1,
        ("tickets_issued", "1"): 1,
        ("print_verdicts", "confirmed"): 1,
        ("print_verdicts", "unknown"): 1,
        ("incarnations", ""): 1,
    }


def test_verdict_that_came_before_its_ticket_is_counted_when_it_has_found_it(database: Database) -> None:
    kiosk, other = WrittenLog("0a" * 8), WrittenLog("0b" * 8)
    ticket_id = kiosk.issue(1)
    other.printed(ticket_id, 1, PrintState.UNVERIFIED)
    push(database, other)
    assert ("print_verdicts", "unverified") not in counted(database)
    push(database, kiosk)
    assert counted(database)["print_verdicts", "unverified"] == 1


def test_building_the_tables_again_counts_nothing(database: Database) -> None:
    log = WrittenLog("0a" * 8)
    log.printed(log.issue(1))
    push(database, log)
    before = counted(database)
    with database.writing() as connection:
        connection.execute(delete(tickets).where(tickets.c.site_id == SITE))
    rebuild(database)
    assert counted(database) == before
