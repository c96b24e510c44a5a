"""Counters, closed queues and days, in the server's tables: the newest word counts, whenever it comes."""

import itertools
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from kiosk.clock import SystemClock
from kiosk.domain import desk_bodies, events
from kiosk.domain.course import Deed, NewStop
from kiosk.domain.event_bodies import ticket_abandoned
from kiosk.domain.stop_life import Verb
from kiosk.domain.ticket import Stop, TicketId
from kiosk.domain.verdict import Broken, Verified
from server.database import Database, open_database
from server.rebuild import rebuild
from server.schema import actions, closed_days, counters, poison, queue_closures, queues, stops, tickets
from server.settings import Role, ServerSettings
from server.verification import verify_database
from tests.paired_kiosk import SITE, some_ticket
from tests.unit.server.test_course_projection import Counter, all_hashes
from tests.unit.server.test_projection import arrive, push, rows
from tests.written_log import NOW_MS, WrittenLog

DAY = some_ticket(1).service_day
DESK = "2" * 16


@pytest.fixture
def database(tmp_path: Path, database_url: str | None) -> Iterator[Database]:
    database = open_database(ServerSettings(Role.SITE, tmp_path, database_url), SystemClock())
    yield database
    database.close()


def said(origin: str, at_s: int, *words: tuple[str, Any]) -> WrittenLog:
    """Each word a second after the one before."""
    log = WrittenLog(origin)
    for number, (event_type, body) in enumerate(words):
        log.clock_ms = NOW_MS + 1000 * (at_s + number)
        log.write(event_type, body)
    return log


COUNTER = select(counters.c.state, counters.c.queues, counters.c.officer, counters.c.device_id)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_counter_is_what_its_newest_event_says(database: Database, order: tuple[int, int]) -> None:
    """Two servers of one site, one after the other: their logs may come in any order."""
    logs = (
        said("0d" * 8, 10, (events.COUNTER_OPENED, desk_bodies.counter_opened(3, ["P", "D"], "A-1", DESK))),
        said("0e" * 8, 20, (events.COUNTER_PAUSED, desk_bodies.counter_paused(3, "A-1"))),
    )
    for which in order:
        push(database, logs[which])
    assert rows(database, COUNTER) == [("paused", '["D","P"]', "A-1", DESK)]
    assert rows(database, select(counters.c.since_ms)) == [(NOW_MS + 20_000,)]
    push(database, said("0f" * 8, 30, (events.COUNTER_CLOSED, desk_bodies.counter_closed(3, "A-1"))))
    assert rows(database, COUNTER) == [("closed", '["D","P"]', None, None)]
    push(database, said("0a" * 8, 5, (events.COUNTER_OPENED, desk_bodies.counter_opened(3, ["B"], "A-2", DESK))))
    assert rows(database, COUNTER) == [("closed", '["D","P"]', None, None)], "an older word changes nothing"
    before = rows(database, select(counters))
    rebuild(database)
    assert rows(database, select(counters)) == before


def test_a_queue_is_closed_until_a_newer_word(database: Database) -> None:
    closed = (events.QUEUE_CLOSED, desk_bodies.queue_closed("D", DAY, "S-1"))
    opened = (events.QUEUE_OPENED, desk_bodies.queue_opened("D", DAY, "S-1"))
    push(database, said("0d" * 8, 20, closed))
    push(database, said("0e" * 8, 10, opened))
    query = select(queue_closures.c.queue_code, queue_closures.c.is_closed)
    assert rows(database, query) == [("D", 1)]
    push(database, said("0f" * 8, 30, opened))
    assert rows(database, query) == [("D", 0)]


def test_a_call_for_help_stands_until_it_is_answered(database: Database) -> None:
    raised, answered = (
        (event_type, desk_bodies.alarm(3, "A-1")) for event_type in (events.ALARM_RAISED, events.ALARM_ANSWERED)
    )
    query = select(counters.c.alarm_at_ms, counters.c.state)
    push(database, said("0d" * 8, 10, raised))
    assert rows(database, query) == [(NOW_MS + 10_000, "closed")]
    push(database, said("0e" * 8, 5, answered))
    assert rows(database, query) == [(NOW_MS + 10_000, "closed")], "that was about an earlier one"
    opened = (events.COUNTER_OPENED, desk_bodies.counter_opened(3, ["D"], "A-1", DESK))
    push(database, said("0f" * 8, 8, opened))
    assert rows(database, query) == [(NOW_MS + 10_000, "open")]
    push(database, said("0a" * 8, 20, answered))
    assert rows(database, query) == [(None, "open")]


def a_busy_day(tickets_of_each: list[int], chance: random.Random) -> list[WrittenLog]:
    """Kiosks; the server's log and those of two desks that were cut off, which do anything to any ticket."""
    kiosks = [WrittenLog(f"{number:02x}" * 8) for number in range(1, len(tickets_of_each) + 1)]
    numbers = itertools.count(1)
    plans = (
        (Stop(1, "dukcapil.ktp", 11, "D"), Stop(2, "polri.skck", 21, "P")),
        (Stop(1, "dukcapil.ktp", 11, "D"), Stop(2, "polri.skck", 21, "P", after=(1,))),
    )
    known: list[TicketId] = []
    for kiosk, count in zip(kiosks, tickets_of_each, strict=True):
        for _ in range(count):
            known.append(kiosk.issue(next(numbers), stops=chance.choice(plans), people_ahead=(0, 0)))
            if chance.random() < 0.2:
                kiosk.write(events.TICKET_ABANDONED, ticket_abandoned(known[-1]))
    offices = [Counter(f"{0xD0 + number:02x}" * 8) for number in range(3)]
    named = ["0" * 16]
    for second in range(len(known) * 6):
        verb, more = anything(chance, named)
        named.append(chance.choice(offices).act(verb, chance.choice(known), second, **more))
    if chance.random() < 0.3:
        offices[0].log.write(events.DAY_CLOSED, desk_bodies.day_closed(SITE, DAY))
    return [*kiosks, *(office.log for office in offices)]


def anything(chance: random.Random, named: list[str]) -> tuple[Verb | Deed, dict[str, Any]]:
    verb = chance.choice([*Verb, *Deed, Verb.CALL, Verb.START, Verb.START, Verb.COMPLETE])
    more: dict[str, Any] = {"counter": chance.randint(1, 3), "officer": "A-1"}
    if isinstance(verb, Verb):
        more["position"] = chance.choice([1, 1, 2, 3])
    if verb in (Verb.TRANSFER, Deed.ADD):
        more["new"] = NewStop("bank.teller", "B")
    if verb is Verb.TRANSFER:
        more["return_to"] = chance.choice([None, 2])
    if verb is Deed.PRIORITISE:
        more["is_priority"] = chance.choice([True, False])
    if verb is Deed.UNDO:
        more["undoes"] = chance.choice(named[-4:])
    return verb, more


TABLES = (
    select(tickets.c.ticket_id, tickets.c.has_priority, tickets.c.conflicts),
    select(stops),
    select(actions),
    select(queues.c.queue_code, queues.c.issued, queues.c.waiting).where(queues.c.issued + queues.c.waiting > 0),
    select(closed_days),
    select(poison),
)


@settings(max_examples=25)
@given(st.lists(st.integers(1, 4), min_size=1, max_size=3), st.integers(0, 2**32))
def test_site_and_central_come_to_one_truth_whatever_arrives_first(
    tmp_path_factory: pytest.TempPathFactory, tickets_of_each: list[int], seed: int
) -> None:
    logs = a_busy_day(tickets_of_each, random.Random(seed))  # noqa: S311  # an order, no secret
    seen = []
    for role in Role:
        chance = random.Random(f"{seed} {role}")  # noqa: S311  # the same
        database = open_database(ServerSettings(role, tmp_path_factory.mktemp("server")), SystemClock())
        arrive(database, logs, chance)
        verdict = verify_database(database)
        assert isinstance(verdict, Verified), verdict
        seen.append(
            [all_hashes(database), verdict.courses, *(sorted(rows(database, table), key=str) for table in TABLES)]
        )
        rebuilt = rebuild(database)
        assert rebuilt.before == rebuilt.after
        assert [sorted(rows(database, table), key=str) for table in TABLES] == seen[-1][2:]
        database.close()
    assert seen[0] == seen[1]
    assert seen[0][-1] == [], "nothing is left waiting"


def test_a_busy_day_on_both_databases(database: Database) -> None:
    chance = random.Random(5)  # noqa: S311  # an order, no secret
    arrive(database, a_busy_day([6, 5], chance), chance)
    verdict = verify_database(database)
    assert isinstance(verdict, Verified), verdict
    rebuilt = rebuild(database)
    assert rebuilt.before == rebuilt.after


def test_of_two_tickets_with_one_label_both_have_their_course_everywhere(
    database: Database, expected_logs: Any, tmp_path: Path
) -> None:
    """Which of them is in the tables is a question of arrival."""
    expected_logs("label_given_twice")
    first, second, desk = WrittenLog("0a" * 8), WrittenLog("0b" * 8), Counter("0d" * 8)
    ids = [log.issue(1, id=TicketId(f"{number}" * 16)) for number, log in enumerate((first, second), start=1)]
    for ticket_id in ids:
        desk.act(Verb.START, ticket_id, 10, position=1, counter=3)
    other = open_database(ServerSettings(Role.SITE, tmp_path / "other"), SystemClock())
    hashes = set()
    for where, order in ((database, (first, second, desk.log)), (other, (desk.log, second, first))):
        for log in order:
            push(where, log)
        assert isinstance(verify_database(where), Verified)
        hashes.add(all_hashes(where))
    other.close()
    assert len(hashes) == 1


@pytest.mark.parametrize(
    "statement",
    [
        update(stops).values(state="completed"),
        update(stops).values(counter=4),
        update(stops).values(place_ms=1),
        update(tickets).values(has_priority=1),
        update(tickets).values(conflicts=1),
        update(queues).values(waiting=1),
    ],
    ids=str,
)
def test_who_changes_a_course_is_found_and_a_rebuild_mends_it(database: Database, statement: Any) -> None:
    kiosk, server = WrittenLog(), Counter()
    ticket_id = kiosk.issue(1)
    server.act(Verb.START, ticket_id, 1, position=1, counter=3)
    push(database, kiosk)
    push(database, server.log)
    good = verify_database(database)
    assert isinstance(good, Verified)
    with database.writing() as connection:
        connection.execute(statement)
    assert isinstance(verify_database(database), Broken)
    rebuild(database)
    mended = verify_database(database)
    assert isinstance(mended, Verified)
    assert mended.courses == good.courses
