"""What is too old goes from the front of each chain, with its rows, and what is left can still be checked."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from kiosk.clock import SystemClock
from kiosk.domain.event_bodies import day_opened, ticket_abandoned
from kiosk.domain.events import DAY_OPENED, TICKET_ABANDONED
from kiosk.domain.verdict import Verified
from server.database import Database, open_database
from server.rebuild import rebuild
from server.retention import KEPT_MS, prune
from server.schema import (
    daily_totals,
    events,
    incarnations,
    number_series,
    poison,
    queues,
    service_days,
    stops,
    tickets,
)
from server.settings import Role, ServerSettings
from server.verification import verify_database
from tests.paired_kiosk import SITE, some_ticket
from tests.written_log import NOW_MS, WrittenLog

OWN = "05" * 8
DAY = some_ticket(1).service_day
LATER = DAY.replace(year=2027)


@pytest.fixture
def database(tmp_path: Path, database_url: str | None) -> Iterator[Database]:
    database = open_database(ServerSettings(Role.SITE, tmp_path, database_url), SystemClock())
    yield database
    database.close()


def rows(database: Database, *columns: Any) -> list[tuple[Any, ...]]:
    with database.reading() as connection:
        return [tuple(row) for row in connection.execute(select(*columns))]


def count(database: Database, table: Any) -> int:
    return int(rows(database, func.count(table.c.site_id))[0][0])


def verified(database: Database) -> Verified:
    verdict = verify_database(database)
    assert isinstance(verdict, Verified), verdict
    return verdict


def two_seasons(database: Database, log: WrittenLog, gap_ms: int, *, own: bool = False) -> int:
    """250 tickets of one day, printed every other; a new start; and 3 tickets long after."""
    log.write(DAY_OPENED, day_opened(SITE, DAY, clock_trusted=True))
    for number in range(1, 251):
        ticket_id = log.issue(number, is_priority=number % 5 == 0)
        if number % 2:
            log.printed(ticket_id)
    with database.writing() as connection:
        log.push(connection, NOW_MS, own=own)
    old = len(log.all())
    log.start()
    log.write(DAY_OPENED, day_opened(SITE, LATER, clock_trusted=True))
    for number in range(251, 254):
        log.issue(number, service_day=LATER)
    with database.writing() as connection:
        log.push(connection, NOW_MS + gap_ms, own=own)
    return old


def test_central_keeps_thirteen_months_and_the_totals_of_what_went(database: Database) -> None:
    log = WrittenLog()
    kept_ms = KEPT_MS[Role.CENTRAL]
    old = two_seasons(database, log, kept_ms)
    before = verified(database)
    assert prune(database, Role.CENTRAL, OWN, NOW_MS + kept_ms) == 0, "not a day too early"
    assert prune(database, Role.CENTRAL, OWN, NOW_MS + kept_ms + 1) == old
    assert (count(database, events), count(database, tickets), count(database, stops)) == (5, 3, 3)
    assert rows(database, *daily_totals.c) == [(SITE, DAY.isoformat(), "D", 250, 125, 50)]
    assert rows(database, queues.c.service_day, queues.c.issued) == [(LATER.isoformat(), 3)]
    assert rows(database, service_days.c.service_day) == [(LATER.isoformat(),)]
    after = verified(database)
    assert (after.events, after.tickets, after.incarnations) == (5, 3, 2)
    assert after.hash != before.hash, "the hash is of what is left"
    assert prune(database, Role.CENTRAL, OWN, NOW_MS + kept_ms + 1) == 0
    assert not rebuild(database).has_changed
    with database.writing() as connection:
        log.push(connection, NOW_MS + 2 * kept_ms)  # a kiosk that was restored sends everything again
    assert count(database, events) == 5


def test_an_old_ticket_that_nobody_held_takes_nobody_elses_place_with_it(database: Database) -> None:
    log = WrittenLog()
    for number in range(1, 11):
        ticket_id = log.issue(number)
        if number % 2:
            log.write(TICKET_ABANDONED, ticket_abandoned(ticket_id))
    with database.writing() as connection:
        log.push(connection)
        connection.execute(update(incarnations).values(central_sequence=9))
    assert rows(database, queues.c.issued, queues.c.waiting) == [(10, 5)]
    assert prune(database, Role.SITE, OWN, NOW_MS + KEPT_MS[Role.SITE] + 1) == 9
    assert rows(database, queues.c.issued, queues.c.waiting) == [(5, 3)]
    verified(database)


def test_a_site_keeps_what_central_does_not_hold(database: Database) -> None:
    log = WrittenLog()
    two_seasons(database, log, KEPT_MS[Role.SITE])
    now_ms = NOW_MS + KEPT_MS[Role.SITE] + 1
    assert prune(database, Role.SITE, OWN, now_ms) == 0
    with database.writing() as connection:
        connection.execute(update(incarnations).values(central_sequence=100))
    assert prune(database, Role.SITE, OWN, now_ms) == 100
    assert sorted(rows(database, incarnations.c.pruned_sequence)) == [(0,), (100,)]
    assert count(database, daily_totals) == 0, "central has them"
    left = verified(database)
    assert left.events == len(log.all()) - 100
    assert count(database, tickets) == left.tickets


def test_two_nodes_that_kept_the_same_have_the_same_hash(database: Database, tmp_path: Path) -> None:
    other = open_database(ServerSettings(Role.SITE, tmp_path / "other"), SystemClock())
    for where in (database, other):
        two_seasons(where, WrittenLog(), KEPT_MS[Role.CENTRAL])
        prune(where, Role.CENTRAL, OWN, NOW_MS + KEPT_MS[Role.CENTRAL] + 1)
    assert verified(database).hash == verified(other).hash
    other.close()


def test_a_servers_own_chain_keeps_its_last_event_to_go_on_from(database: Database) -> None:
    log = WrittenLog(OWN)
    two_seasons(database, log, 0, own=True)
    prune(database, Role.CENTRAL, OWN, NOW_MS + 2 * KEPT_MS[Role.CENTRAL])
    assert count(database, events) == 2
    assert verified(database).incarnations == 2


def test_news_that_outlive_their_ticket_are_parked_until_they_go_too(database: Database) -> None:
    log = WrittenLog()
    ticket_id = log.issue(1)
    with database.writing() as connection:
        log.push(connection)
        log.printed(ticket_id)
        log.push(connection, NOW_MS + KEPT_MS[Role.CENTRAL])
    prune(database, Role.CENTRAL, OWN, NOW_MS + KEPT_MS[Role.CENTRAL] + 1)
    assert count(database, tickets) == 0
    assert not rebuild(database).has_changed
    assert count(database, poison) == 1
    verified(database)
    prune(database, Role.CENTRAL, OWN, NOW_MS + 2 * KEPT_MS[Role.CENTRAL] + 1)
    assert (count(database, poison), count(database, events)) == (0, 0)


def test_reserved_numbers_go_with_their_day(database: Database) -> None:
    two_seasons(database, WrittenLog(), 0)
    with database.writing() as connection:
        for day in (DAY, LATER):
            row = {"site_id": SITE, "service_day": day.isoformat(), "queue_code": "D", "highest": 3}
            connection.execute(number_series.insert().values(row))
    prune(database, Role.SITE, OWN, NOW_MS + 200 * 86_400_000)
    assert rows(database, number_series.c.service_day) == [(LATER.isoformat(),)]
