"""What the log adds up to in the server's own tables, on both databases."""

import itertools
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from kiosk.clock import SystemClock
from kiosk.domain.event_bodies import (
    day_opened,
    device_enrolled,
    device_revoked,
    kiosk_status,
    ticket_abandoned,
    ticket_reprinted,
    ticket_shown,
)
from kiosk.domain.events import (
    DAY_OPENED,
    DEVICE_ENROLLED,
    DEVICE_REVOKED,
    KIOSK_STATUS,
    TICKET_ABANDONED,
    TICKET_REPRINTED,
    TICKET_SHOWN,
    Event,
    decode,
)
from kiosk.domain.print_job import PrintState
from kiosk.domain.printer_facts import PrinterFacts
from kiosk.domain.projection_hash import projection_hash
from kiosk.domain.ticket import Stop, TicketId
from kiosk.domain.trust import DeviceFacts
from kiosk.replay import Replay
from server.database import Database, open_database
from server.projected import site_hash
from server.projection import project_parked
from server.schema import devices, poison, printers, queues, service_days, stops, tickets
from server.settings import Role, ServerSettings
from tests.paired_kiosk import SITE, some_ticket
from tests.written_log import NOW_MS, WrittenLog, take

OWN = "05" * 8
KIOSK = DeviceFacts("0b" * 8, "kiosk", b"k" * 32, "Anjungan 2", 2, "B")
DAY = some_ticket(1).service_day


@pytest.fixture
def database(tmp_path: Path, database_url: str | None) -> Iterator[Database]:
    database = open_database(ServerSettings(Role.SITE, tmp_path, database_url), SystemClock())
    yield database
    database.close()


def rows(database: Database, query: Any) -> list[tuple[Any, ...]]:
    with database.reading() as connection:
        return [tuple(row) for row in connection.execute(query)]


def push(database: Database, log: WrittenLog, now_ms: int = NOW_MS, *, own: bool = False) -> None:
    with database.writing() as connection:
        log.push(connection, now_ms, own=own)


def whole_hash(database: Database) -> str:
    with database.reading() as connection:
        return site_hash(connection, SITE).whole


def test_queues_count_visitors_not_stops(database: Database) -> None:
    log = WrittenLog()
    both = (Stop(1, "dukcapil.ktp", 11, "D"), Stop(2, "dukcapil.kk", 12, "D"), Stop(3, "polri.skck", 21, "P"))
    log.issue(1, stops=both, people_ahead=(0, 0, 0))
    log.issue(2)
    push(database, log)
    counted = select(queues.c.queue_code, queues.c.issued, queues.c.waiting).order_by(queues.c.queue_code)
    assert rows(database, counted) == [("D", 2, 2), ("P", 1, 1)]


def test_a_day_belongs_to_whoever_opened_it_first(database: Database) -> None:
    for origin in ("0c" * 8, "0a" * 8):
        log = WrittenLog(origin)
        log.write(DAY_OPENED, day_opened(SITE, DAY, clock_trusted=True))
        push(database, log)
    assert rows(database, select(service_days.c.service_day, service_days.c.origin)) == [(DAY.isoformat(), "0c" * 8)]


def test_news_of_a_ticket_that_is_not_there_yet_waits_for_it(database: Database) -> None:
    """Cause and effect come through different origins: a copy that was asked for at another kiosk."""
    kiosk, other = WrittenLog("0a" * 8), WrittenLog("0b" * 8)
    ticket_id = kiosk.issue(1)
    other.write(TICKET_REPRINTED, ticket_reprinted(ticket_id, 1))
    other.printed(ticket_id, 1, PrintState.UNVERIFIED)
    other.write(TICKET_SHOWN, ticket_shown(ticket_id))
    push(database, other)
    assert rows(database, select(poison.c.awaits)) == [(ticket_id,)] * 3
    kiosk.printed(ticket_id, 0, PrintState.CONFIRMED)
    push(database, kiosk)
    facts = select(tickets.c.copies, tickets.c.print_copy, tickets.c.print_verdict, tickets.c.shown_on_screen)
    assert rows(database, facts) == [(1, 1, "unverified", 1)]
    assert rows(database, select(poison)) == []


def test_two_tickets_with_one_label_are_counted_alike_wherever_which_came_first(
    database: Database, expected_logs: Any, tmp_path: Path
) -> None:
    expected_logs("label_given_twice")
    first, second = WrittenLog("0a" * 8), WrittenLog("0b" * 8)
    for log, ticket_id in ((first, "1"), (second, "2")):
        log.printed(log.issue(1, id=TicketId(ticket_id * 16)))
    hashes = set()
    other = open_database(ServerSettings(Role.SITE, tmp_path / "other"), SystemClock())
    for where, order in ((database, (first, second)), (other, (second, first))):
        for log in order:
            push(where, log)
        assert rows(where, select(tickets.c.origin)) == [(order[0].origin,)]
        assert [reason for (reason,) in rows(where, select(poison.c.reason).order_by(poison.c.sequence))] == [
            f"D-001A of {DAY} was given to ticket {'1' * 16 if where is database else '2' * 16} already",
            f"ticket {'2' * 16 if where is database else '1' * 16} is not known here yet",
        ]
        hashes.add(whole_hash(where))
        assert project_parked(where, OWN) == 0
    other.close()
    assert len(hashes) == 1
    assert expected_logs.seen.count("label_given_twice") == 2


def written_logs(tickets_of_each: list[int]) -> list[WrittenLog]:
    logs = [WrittenLog(f"{number:02x}" * 8) for number in range(1, len(tickets_of_each) + 1)]
    numbers = itertools.count(1)
    known: list[TicketId] = []
    for log, count in zip(logs, tickets_of_each, strict=True):
        log.write(DAY_OPENED, day_opened(SITE, DAY, clock_trusted=True))
        for _ in range(count):
            known.append(log.issue(next(numbers)))
            log.printed(known[-1])
        log.start()
    for number, ticket_id in enumerate(known):  # each origin speaks of others' tickets, too
        log = logs[number % len(logs)]
        log.write(TICKET_REPRINTED, ticket_reprinted(ticket_id, 1 + number % 2))
        log.printed(ticket_id, 1, list(PrintState)[2 + number % 5])
    return [*logs, *ghostly_logs(len(logs) + 1, numbers)]


def ghostly_logs(first: int, numbers: Iterator[int]) -> list[WrittenLog]:
    """One kiosk whose printer failed, and another where some of its visitors turn up after all."""
    kiosk, other = (WrittenLog(f"{number:02x}" * 8) for number in (first, first + 1))
    for held in range(4):
        ticket_id = kiosk.issue(next(numbers))
        kiosk.printed(ticket_id, 0, PrintState.FAILED)
        kiosk.write(TICKET_ABANDONED, ticket_abandoned(ticket_id))
        if held == 1:
            kiosk.printed(ticket_id, 0, PrintState.UNVERIFIED)
        elif held > 1:
            other.write(TICKET_SHOWN, ticket_shown(ticket_id))
    for left in range(3):
        for log in (kiosk, other):
            log.write(KIOSK_STATUS, kiosk_status(PrinterFacts("ready", slips_left=left)))
    return [kiosk, other]


def arrive(database: Database, logs: list[WrittenLog], chance: random.Random) -> None:
    """Each origin's events in their order, in batches of any size, in any turn."""
    left = {log.origin: list(log.all()) for log in logs}
    while left:
        origin = chance.choice(sorted(left))
        incarnation = left[origin][0][0]
        size = chance.randint(1, 6)
        batch = [raw for of, raw in left[origin][:size] if of == incarnation]
        with database.writing() as connection:
            assert take(connection, origin, batch).accepted == len(batch)
        left[origin] = left[origin][len(batch) :]
        if not left[origin]:
            del left[origin]


TABLES = (
    select(tickets.c.ticket_id, tickets.c.label, tickets.c.copies, tickets.c.print_copy, tickets.c.print_verdict),
    select(stops),
    select(queues),
    select(service_days.c.service_day),
    select(printers),
    select(poison),
)


@settings(max_examples=15)
@given(st.lists(st.integers(0, 4), min_size=2, max_size=4), st.integers(0, 2**32))
def test_any_interleaving_of_origins_gives_the_same_rows_and_the_same_hash(
    tmp_path_factory: pytest.TempPathFactory, tickets_of_each: list[int], seed: int
) -> None:
    logs = written_logs(tickets_of_each)
    seen = []
    for chance in (random.Random(seed), random.Random(seed + 1)):  # noqa: S311  # an order, no secret
        folder = tmp_path_factory.mktemp("server")
        database = open_database(ServerSettings(Role.SITE, folder), SystemClock())
        arrive(database, logs, chance)
        seen.append([whole_hash(database), *(sorted(rows(database, table)) for table in TABLES)])
        database.close()
    assert seen[0] == seen[1]
    assert seen[0][-1] == [], "nothing is left waiting"


def test_interleaved_origins_on_both_databases(database: Database) -> None:
    logs = written_logs([5, 7, 3])
    arrive(database, logs, random.Random(1))  # noqa: S311  # an order, no secret
    with Replay() as replay:
        for log in logs:
            for _, raw in log.all():
                event = decode(raw)
                assert isinstance(event, Event)
                replay.add(event)
        from_the_log_alone = projection_hash((ticket.origin, ticket.row) for ticket in replay.tickets())
    assert whole_hash(database) == from_the_log_alone.whole


def enrolled(facts: DeviceFacts, log: WrittenLog) -> None:
    log.write(DEVICE_ENROLLED, device_enrolled(facts))


def known_devices(database: Database) -> list[tuple[Any, ...]]:
    columns = (devices.c.device_id, devices.c.kind, devices.c.name, devices.c.letter, devices.c.revoked_at_ms)
    return rows(database, select(*columns).order_by(devices.c.device_id))


def test_the_servers_own_word_lets_devices_in_and_shuts_them_out_for_good(database: Database) -> None:
    log = WrittenLog(OWN)
    enrolled(KIOSK, log)
    enrolled(replace(KIOSK, name="Anjungan 2b", public_key=b"x" * 32), log)
    push(database, log, own=True)
    assert known_devices(database) == [(KIOSK.device_id, "kiosk", "Anjungan 2b", "B", None)]
    assert rows(database, select(devices.c.public_key)) == [(KIOSK.public_key,)]
    log.write(DEVICE_REVOKED, device_revoked(KIOSK.device_id))
    enrolled(KIOSK, log)
    push(database, log, NOW_MS + 1, own=True)
    assert known_devices(database) == [(KIOSK.device_id, "kiosk", "Anjungan 2", "B", NOW_MS + 1)]


def test_at_central_a_site_server_speaks_of_its_kiosks_and_of_no_site_server(database: Database) -> None:
    central, site = WrittenLog(OWN), WrittenLog("0d" * 8)
    enrolled(DeviceFacts(site.origin, "site", b"s" * 32, "Hall"), central)
    push(database, central, own=True)
    enrolled(KIOSK, site)
    enrolled(DeviceFacts("0e" * 8, "site", b"t" * 32, "Another hall"), site)
    push(database, site)
    assert [(device, kind) for device, kind, *_ in known_devices(database)] == [
        (KIOSK.device_id, "kiosk"),
        (site.origin, "site"),
    ]
    assert rows(database, select(poison.c.origin, poison.c.reason)) == [
        (site.origin, "only the upstream itself lets a site server in")
    ]


def test_a_kiosk_lets_nobody_in(database: Database) -> None:
    kiosk = WrittenLog(KIOSK.device_id)
    enrolled(replace(KIOSK, device_id="0f" * 8), kiosk)
    kiosk.write(DEVICE_REVOKED, device_revoked(OWN))
    push(database, kiosk)
    assert known_devices(database) == []
    assert len(rows(database, select(poison))) == 2


def test_a_revocation_that_comes_before_its_device_waits_for_it(database: Database) -> None:
    """Two servers of one site, one after the other, each with a log of its own."""
    old, new, central = WrittenLog("0d" * 8), WrittenLog("0e" * 8), WrittenLog(OWN)
    for log in (old, new):
        enrolled(DeviceFacts(log.origin, "site", b"s" * 32, "Hall"), central)
    push(database, central, own=True)
    new.write(DEVICE_REVOKED, device_revoked(KIOSK.device_id))
    push(database, new)
    enrolled(KIOSK, old)
    push(database, old, NOW_MS + 5)
    assert known_devices(database)[0] == (KIOSK.device_id, "kiosk", "Anjungan 2", "B", NOW_MS + 5)
    assert rows(database, select(poison)) == []
