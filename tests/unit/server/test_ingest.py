"""Ingest judges envelopes, keeps exact bytes, and never lets one event stand in the way of another."""

import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import DBAPIError, OperationalError

from kiosk.clock import SystemClock
from kiosk.domain.event_bodies import print_finished, ticket_issued, ticket_reprinted, ticket_shown
from kiosk.domain.events import (
    NO_EVENT,
    NODE_STARTED,
    PRINT_FINISHED,
    TICKET_ISSUED,
    TICKET_REPRINTED,
    TICKET_SHOWN,
    Event,
    digest,
    encode,
)
from kiosk.domain.print_job import PrintState
from kiosk.domain.ticket import TicketId
from kiosk.sync.wire import ProblemCode
from server.database import Database, open_database
from server.forks import ForkKind
from server.ingest import Receipt, ingest
from server.settings import Role, ServerSettings
from server.tickets import newest_tickets
from tests.paired_kiosk import SITE, some_ticket

ORIGIN = "0a" * 8
NOW_MS = 1_764_000_000_000


@pytest.fixture
def database(tmp_path: Path, database_url: str | None) -> Iterator[Database]:
    database = open_database(ServerSettings(Role.SITE, tmp_path, database_url), SystemClock())
    yield database
    database.close()


def chain(*events: tuple[str, Any], incarnation: str = "1c" * 8, previous: str = NO_EVENT) -> list[bytes]:
    """`node.started`, and then these (type, body)."""
    raws: list[bytes] = []
    for sequence, (kind, body) in enumerate([(NODE_STARTED, {"parent": None}), *events], start=1):
        raws.append(encode(Event(ORIGIN, incarnation, sequence, f"{sequence:016x}", kind, 1, body, previous)))
        previous = digest(raws[-1])
    return raws


def issued(number: int) -> tuple[str, Any]:
    return TICKET_ISSUED, ticket_issued(some_ticket(number), "c" * 64)


def take(database: Database, batch: Sequence[bytes]) -> Receipt:
    with database.writing() as connection:
        return ingest(connection, SITE, ORIGIN, batch, NOW_MS)


def rows(database: Database, query: str) -> list[Any]:
    with database.reading() as connection:
        return [row[0] for row in connection.exec_driver_sql(query)]


def kept(database: Database) -> list[bytes]:
    return rows(database, "SELECT raw FROM events ORDER BY incarnation, sequence")


def refused(receipt: Receipt) -> ProblemCode | None:
    return None if receipt.refusal is None else receipt.refusal.code


def test_exact_bytes_are_kept(database: Database) -> None:
    batch = chain(("x.unknown", {"text": "Anjungan \u2013 antre\u00f1 \U0001f3ab"}), issued(1))
    receipt = take(database, batch)
    assert (receipt.sequence, receipt.accepted, receipt.duplicates, receipt.refusal) == (3, 3, 0, None)
    assert kept(database) == batch


def test_again_changes_nothing(database: Database) -> None:
    batch = chain(issued(1), issued(2))
    take(database, batch[:2])
    assert take(database, batch) == Receipt("1c" * 8, 3, accepted=1, duplicates=2)
    assert take(database, batch) == Receipt("1c" * 8, 3, accepted=0, duplicates=3)
    assert take(database, batch[:1]) == Receipt("1c" * 8, 3, accepted=0, duplicates=1)
    assert kept(database) == batch


def test_gap_is_refused_and_says_where_to_go_on(database: Database) -> None:
    batch = chain(issued(1), issued(2), issued(3))
    take(database, batch[:1])
    receipt = take(database, batch[2:])
    assert (refused(receipt), receipt.sequence) == (ProblemCode.GAP, 1)
    assert kept(database) == batch[:1]


def test_incarnation_begins_with_its_first_event(database: Database) -> None:
    receipt = take(database, chain(issued(1))[1:])
    assert (refused(receipt), receipt.sequence) == (ProblemCode.GAP, 0)


def test_good_prefix_is_taken(database: Database) -> None:
    good, other = chain(issued(1), issued(2)), chain(issued(5), issued(6))
    receipt = take(database, [*good[:2], other[2]])
    assert (refused(receipt), receipt.sequence, receipt.accepted) == (ProblemCode.CHAIN, 2, 2)
    assert kept(database) == good[:2]


def test_other_event_under_a_held_key_is_a_fork_and_is_recorded(database: Database) -> None:
    good, other = chain(issued(1), issued(2)), chain(issued(1), issued(6))
    take(database, good)
    for _ in range(2):
        receipt = take(database, other)
        assert (refused(receipt), receipt.fork) == (ProblemCode.FORK, ForkKind.SAME_KEY)
    assert kept(database) == good
    assert rows(database, "SELECT offered FROM forks") == [other[2]]


def test_two_incarnations_with_one_parent_are_both_kept_and_recorded(database: Database) -> None:
    first = chain(issued(1))
    take(database, first)
    branches = [chain(incarnation=name * 8, previous=digest(first[-1])) for name in ("2c", "3c")]
    assert [take(database, branch).fork for branch in branches] == [None, ForkKind.SAME_PARENT]
    assert kept(database) == [*first, *branches[0], *branches[1]]
    assert rows(database, "SELECT incarnation FROM forks") == ["3c" * 8]


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda raw: raw.replace(b'"version":1', b'"version":1.0'), ProblemCode.MALFORMED),
        (lambda raw: raw.replace(b'"version":1', b'"version": 1'), ProblemCode.MALFORMED),
        (lambda raw: raw.replace(b'"version":1', b'"version":1,"version":1'), ProblemCode.MALFORMED),
        (lambda raw: raw.replace(b'"number":2', b'"number":NaN'), ProblemCode.MALFORMED),
        (lambda raw: raw.replace(b'"label":"D-002A"', b'"label":"\\ud800"'), ProblemCode.MALFORMED),
        (lambda raw: raw.replace(b'"sequence":3', b'"sequence":' + b"9" * 5000), ProblemCode.MALFORMED),
        (lambda raw: raw.replace(b'"sequence":3', b'"sequence":4'), ProblemCode.MALFORMED),
        (lambda raw: raw.replace(b"1c" * 8, b"1d" * 8), ProblemCode.MALFORMED),
        (lambda raw: raw.replace(b"0a" * 8, b"0b" * 8), ProblemCode.FOREIGN_ORIGIN),
        (lambda _: b"[" * 10000, ProblemCode.MALFORMED),
        (lambda _: b'{"a":' * 5000, ProblemCode.MALFORMED),
        (lambda _: b"\xff\xfe{\x00", ProblemCode.MALFORMED),
        (lambda _: b"null", ProblemCode.MALFORMED),
    ],
)
def test_spoilt_event_is_refused_and_those_before_it_are_kept(
    database: Database, spoil: Any, code: ProblemCode
) -> None:
    batch = chain(issued(1), issued(2))
    receipt = take(database, [*batch[:2], spoil(batch[2])])
    assert (refused(receipt), receipt.sequence) == (code, 2)
    assert kept(database) == batch[:2]


@given(
    st.binary(max_size=200)
    | st.recursive(st.none() | st.text() | st.integers(), st.lists).map(json.dumps).map(str.encode)
)
def test_any_bytes_are_refused_with_a_reason(raw: bytes) -> None:
    receipt = ingest(None, SITE, ORIGIN, [raw], NOW_MS)  # type: ignore[arg-type]  # refused before the database is asked
    assert receipt.refusal is not None
    assert receipt.refusal.detail


def test_poison_is_kept_acknowledged_and_parked_and_blocks_nobody(database: Database, expected_logs: Any) -> None:
    """S5: unknown type, a ticket with a stop twice, nonsense, a ticket that is not there, a label given twice."""
    expected_logs("label_given_twice")
    twice = ticket_issued(replace(some_ticket(1), id=TicketId("f" * 16)), "c" * 64)
    torn = ticket_issued(replace(some_ticket(3), stops=some_ticket(3).stops * 2, people_ahead=(0, 0)), "c" * 64)
    batch = chain(
        issued(1),
        ("ticket.teleported", {}),
        (TICKET_ISSUED, torn),
        (TICKET_ISSUED, {"nonsense": True}),
        (TICKET_SHOWN, ticket_shown(TicketId("e" * 16))),
        (TICKET_ISSUED, twice),
        issued(2),
    )
    receipt = take(database, batch)
    assert (receipt.sequence, receipt.refusal, receipt.parked) == (8, None, 5)
    assert kept(database) == batch
    assert rows(database, "SELECT sequence FROM poison ORDER BY sequence") == [3, 4, 5, 6, 7]
    assert rows(database, "SELECT label FROM tickets ORDER BY label") == ["D-001A", "D-002A"]


def test_table_that_is_gone_parks_nothing(database: Database) -> None:
    """Whatever the database refuses for its own reasons is refused whole, on PostgreSQL as on SQLite."""
    with database.writing() as connection:
        connection.exec_driver_sql("DROP TABLE stops")
    with pytest.raises(DBAPIError):
        take(database, chain(issued(1)))
    assert kept(database) == rows(database, "SELECT reason FROM poison") == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_full_disk_parks_nothing(database: Database) -> None:
    """The disk's fault is not the event's: the batch is refused whole, and comes again.

    SQLite may undo the whole transaction by itself then; to go on would acknowledge events that are gone.
    """
    batch = chain(*map(issued, range(1, 100)))
    (pages,) = rows(database, "PRAGMA page_count")
    refusals = 0
    for room in itertools.count():
        try:
            with database.writing() as connection:
                connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + room}")
                receipt = ingest(connection, SITE, ORIGIN, batch, NOW_MS)
        except OperationalError:
            refusals += 1
            assert kept(database) == rows(database, "SELECT reason FROM poison") == []
        else:
            break
    assert (receipt.accepted, receipt.parked) == (100, 0)
    assert kept(database) == batch
    assert len(rows(database, "SELECT label FROM tickets")) == 99
    assert refusals > 1


def test_tickets_tell_what_became_of_their_paper(database: Database) -> None:
    ticket_id = some_ticket(1).id
    take(
        database,
        chain(
            issued(1),
            (PRINT_FINISHED, print_finished(ticket_id, 0, PrintState.FAILED)),
            (TICKET_SHOWN, ticket_shown(ticket_id)),
            (TICKET_REPRINTED, ticket_reprinted(ticket_id, 1)),
            (PRINT_FINISHED, print_finished(ticket_id, 1, PrintState.CONFIRMED)),
            issued(2),
        ),
    )
    with database.reading() as connection:
        second, first = newest_tickets(connection, SITE, None, 10).tickets
        assert newest_tickets(connection, SITE, some_ticket(1).service_day, 1).tickets[0] in (first, second)
        assert newest_tickets(connection, "elsewhere", None, 10).tickets == ()
    if first.ticket_id != ticket_id:
        first, second = second, first
    assert (first.print_verdict, first.shown_on_screen, first.copies) == ("confirmed", True, 1)
    assert (second.print_verdict, second.shown_on_screen, second.copies) == (None, False, 0)
    assert [(stop.service_id, stop.queue_code, stop.state) for stop in first.stops] == [
        ("dukcapil.ktp", "D", "waiting")
    ]
