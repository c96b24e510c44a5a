"""At the server: whom nothing holds waits nowhere; and what each kiosk said last of its printers."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from kiosk.clock import SystemClock
from kiosk.domain.event_bodies import kiosk_status, ticket_abandoned
from kiosk.domain.events import KIOSK_STATUS, TICKET_ABANDONED
from kiosk.domain.print_job import PrintState
from kiosk.domain.printer_facts import PrinterFacts
from kiosk.domain.ticket import TicketId
from kiosk.domain.verdict import Broken, Verified
from server.database import Database, open_database
from server.rebuild import rebuild
from server.schema import printers, queues, stops
from server.settings import Role, ServerSettings
from server.verification import verify_database
from tests.unit.server.test_projection import push, rows
from tests.written_log import WrittenLog


@pytest.fixture
def database(tmp_path: Path, database_url: str | None) -> Iterator[Database]:
    database = open_database(ServerSettings(Role.SITE, tmp_path, database_url), SystemClock())
    yield database
    database.close()


def waits(database: Database) -> list[tuple[Any, ...]]:
    """Of queue D: who took a number, who waits; then the stops."""
    return rows(database, select(queues.c.issued, queues.c.waiting)) + rows(database, select(stops.c.state))


def test_whom_nothing_holds_waits_nowhere_and_whoever_turns_up_waits_again(database: Database) -> None:
    kiosk = WrittenLog("0a" * 8)
    ticket_id = kiosk.issue(1)
    kiosk.printed(ticket_id, 0, PrintState.EXPIRED)
    push(database, kiosk)
    assert waits(database) == [(1, 1), ("waiting",)]
    kiosk.write(TICKET_ABANDONED, ticket_abandoned(ticket_id))
    push(database, kiosk)
    assert waits(database) == [(1, 0), ("expired",)]
    assert isinstance(verify_database(database), Verified)
    kiosk.printed(ticket_id, 0, PrintState.CONFIRMED)
    push(database, kiosk)
    assert waits(database) == [(1, 1), ("waiting",)]
    verdict = verify_database(database)
    assert isinstance(verdict, Verified)
    rebuilt = rebuild(database)
    assert rebuilt.before == rebuilt.after
    assert (waits(database), verify_database(database)) == ([(1, 1), ("waiting",)], verdict)


def test_of_two_tickets_with_one_label_the_abandoned_one_counts_alike_everywhere(
    database: Database, expected_logs: Any, tmp_path: Path
) -> None:
    expected_logs("label_given_twice")
    first, second = WrittenLog("0a" * 8), WrittenLog("0b" * 8)
    first.printed(first.issue(1, id=TicketId("1" * 16)))
    gone = second.issue(1, id=TicketId("2" * 16))
    second.write(TICKET_ABANDONED, ticket_abandoned(gone))
    other = open_database(ServerSettings(Role.SITE, tmp_path / "other"), SystemClock())
    verdicts = []
    for where, order in ((database, (first, second)), (other, (second, first))):
        for log in order:
            push(where, log)
        verdicts.append(verify_database(where))
    other.close()
    assert all(isinstance(verdict, Verified) for verdict in verdicts), verdicts
    assert verdicts[0].hash == verdicts[1].hash  # type: ignore[union-attr]


def test_a_ticket_that_comes_abandoned_already_never_waits(database: Database) -> None:
    kiosk, other = WrittenLog("0a" * 8), WrittenLog("0b" * 8)
    ticket_id = kiosk.issue(1)
    other.write(TICKET_ABANDONED, ticket_abandoned(ticket_id))
    for log in (other, kiosk):
        push(database, log)
    assert waits(database) == [(1, 0), ("expired",)]
    assert isinstance(verify_database(database), Verified)


@pytest.mark.parametrize("statement", [update(stops).values(state="waiting"), update(queues).values(waiting=1)])
def test_a_ghost_that_waits_is_found(database: Database, statement: Any) -> None:
    kiosk = WrittenLog()
    ticket_id = kiosk.issue(1)
    kiosk.write(TICKET_ABANDONED, ticket_abandoned(ticket_id))
    push(database, kiosk)
    with database.writing() as connection:
        connection.execute(statement)
    assert isinstance(verify_database(database), Broken)


def test_of_each_kiosk_the_newest_word_about_its_printers_counts(database: Database) -> None:
    kiosk = WrittenLog()
    for left in (40, 30):
        kiosk.write(KIOSK_STATUS, kiosk_status(PrinterFacts("paper_low", "ready", "second", "fence", left, True)))
    push(database, kiosk)
    query = select(printers.c.device_id, printers.c.printer, printers.c.fallback, printers.c.slips_left)
    assert rows(database, query) == [(kiosk.origin, "paper_low", "ready", 30)]
    kiosk.write(KIOSK_STATUS, kiosk_status(PrinterFacts("ready")))
    push(database, kiosk)
    rebuild(database)
    assert rows(database, query) == [(kiosk.origin, "ready", None, None)]
