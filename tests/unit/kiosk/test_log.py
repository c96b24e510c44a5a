from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

from kiosk.clock import FakeClock
from kiosk.domain.events import NO_EVENT, Event, LogHead, decode, digest
from kiosk.store.database import open_database
from kiosk.store.log import (
    Backlog,
    Node,
    acknowledge,
    acknowledged,
    append,
    backlog,
    heads,
    newest,
    read_after,
    retract,
)
from kiosk.store.migrations import migrate
from kiosk.trusted_clock import TrustedClock

START = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
FIRST, SECOND = "1" * 16, "2" * 16


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    db = open_database(tmp_path / "kiosk.db")
    migrate(db)
    yield db
    db.close()


def node(incarnation: str = FIRST, clock: FakeClock | None = None) -> Node:
    return Node("0" * 16, incarnation, TrustedClock(clock or FakeClock(START), START))


def event(raw: bytes) -> Event:
    decoded = decode(raw)
    assert isinstance(decoded, Event)
    return decoded


def test_each_event_names_the_one_before_it(db: Database) -> None:
    stored = [append(db, node(), "node.started", {"n": n}) for n in range(3)]
    events = [event(each.raw) for each in stored]
    assert [each.sequence for each in events] == [1, 2, 3]
    assert [each.previous for each in events] == [NO_EVENT, stored[0].hash, stored[1].hash]
    assert [each.hash for each in stored] == [digest(each.raw) for each in stored]
    assert heads(db) == (LogHead(FIRST, 3, stored[2].hash),)


def test_a_new_incarnation_begins_with_one_and_names_the_last_event_of_the_old(db: Database) -> None:
    last = append(db, node(FIRST), "node.started", {})
    begun = append(db, node(SECOND), "node.started", {})
    assert event(begun.raw).sequence == 1
    assert event(begun.raw).previous == last.hash
    assert heads(db) == (LogHead(FIRST, 1, last.hash), LogHead(SECOND, 1, begun.hash))
    assert newest(db) == LogHead(SECOND, 1, begun.hash)


def test_an_empty_log_has_no_heads(db: Database) -> None:
    assert (heads(db), newest(db), backlog(db)) == ((), None, Backlog(0, None))


def test_stamps_grow_though_the_wall_goes_back(db: Database) -> None:
    clock = FakeClock(START)
    writer = node(clock=clock)
    stamps = []
    for jump in (timedelta(0), timedelta(hours=-1), timedelta(days=-9000), timedelta(hours=1)):
        clock.jump(START + jump)
        stamps.append(event(append(db, writer, "node.started", {}).raw).hlc)
    assert stamps == sorted(set(stamps))


def test_a_batch_ends_at_either_limit(db: Database) -> None:
    stored = [append(db, node(), "node.started", {"padding": "x" * 1000}) for _ in range(5)]
    size = len(stored[0].raw)
    assert read_after(db, FIRST, 0) == tuple(stored)
    assert read_after(db, FIRST, 2) == tuple(stored[2:])
    assert read_after(db, FIRST, 0, max_events=2) == tuple(stored[:2])
    assert read_after(db, FIRST, 0, max_bytes=3 * size) == tuple(stored[:3])
    assert read_after(db, FIRST, 0, max_bytes=1) == (stored[0],), "an event larger than a batch still goes out"
    assert read_after(db, FIRST, 5) == read_after(db, SECOND, 0) == ()


def test_late_acknowledgements_change_nothing(db: Database) -> None:
    acknowledge(db, FIRST, 5, "site")
    acknowledge(db, FIRST, 3, "site")
    acknowledge(db, FIRST, 2, "central")
    assert acknowledged(db) == {FIRST: 5}
    assert acknowledged(db, "central") == {FIRST: 2}


def test_a_restored_server_can_take_its_word_back(db: Database) -> None:
    for _ in range(5):
        append(db, node(), "node.started", {})
    acknowledge(db, FIRST, 5, "site")
    retract(db, FIRST, 2, "site")
    retract(db, FIRST, 4, "site")
    assert acknowledged(db) == {FIRST: 2}
    assert backlog(db).count == 3


def test_the_backlog_counts_what_nobody_holds_and_tells_its_age(db: Database) -> None:
    clock = FakeClock(START)
    for incarnation in (FIRST, SECOND):
        writer = node(incarnation, clock)
        for _ in range(3):
            append(db, writer, "node.started", {})
            clock.advance(timedelta(minutes=1))
    assert backlog(db) == Backlog(6, START)
    acknowledge(db, FIRST, 3, "site")
    acknowledge(db, SECOND, 1, "site")
    assert backlog(db) == Backlog(2, START + timedelta(minutes=4))


@given(st.lists(st.sampled_from([FIRST, SECOND]), max_size=20))
def test_every_incarnation_is_gapless(order: list[str]) -> None:
    db = Database(memory=True, execute_plugins=False)
    migrate(db)
    for incarnation in sorted(order):
        append(db, node(incarnation), "node.started", {})
    for head in heads(db):
        sequences = [each.sequence for each in read_after(db, head.incarnation, 0)]
        assert sequences == list(range(1, head.sequence + 1))
    db.close()
