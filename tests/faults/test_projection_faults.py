"""T4, S5, S7, A5: clocks that disagree, poison, a projection that was wrong, history that somebody changed."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pysqlite3 import dbapi2
from sqlalchemy import delete, select, update

from kiosk.clock import SystemClock
from kiosk.domain import history
from kiosk.domain.events import Event, digest
from kiosk.domain.history import Paper, PaperNews
from kiosk.domain.verdict import Broken, Verified
from kiosk.store.log import heads, read_after
from kiosk.store.rebuild import rebuild as rebuild_kiosk
from kiosk.store.verify import verify
from server.database import Database, open_database
from server.effective_time import note_contact
from server.projected import site_hash
from server.projection import project_parked
from server.rebuild import rebuild
from server.schema import events, incarnations, poison, queues, service_days, stops, tickets
from server.settings import Role, ServerSettings
from server.verification import verify_database
from tests.paired_kiosk import SITE
from tests.small_hall import Machine, request, running_kiosk
from tests.written_log import NOW_MS, WrittenLog, take

OWN = "05" * 8


@pytest.fixture
def database(tmp_path: Path, database_url: str | None) -> Iterator[Database]:
    database = open_database(ServerSettings(Role.SITE, tmp_path / "server", database_url), SystemClock())
    yield database
    database.close()


def rows(database: Database, query: Any) -> list[tuple[Any, ...]]:
    with database.reading() as connection:
        return [tuple(row) for row in connection.execute(query)]


def bring(machine: Machine, database: Database, now_ms: int = NOW_MS) -> None:
    """All of a kiosk's log, as its engine would."""
    logs = machine.store.call(
        lambda db: [[event.raw for event in read_after(db, head.incarnation, 0, 10**6, 10**9)] for head in heads(db)]
    )
    with database.writing() as connection:
        for raws in logs:
            assert take(connection, machine.identity.device_id, raws, now_ms).refusal is None


def test_t4_kiosks_whose_clocks_disagree_by_twenty_minutes_keep_the_order_of_arrival(database: Database) -> None:
    """Online the server's clock bounds each ticket between the kiosk's last word and its arrival: seconds."""
    early, late = WrittenLog("0a" * 8), WrittenLog("0b" * 8)
    taken = []
    now_ms = NOW_MS
    for number in range(1, 20):
        log, skew_min = ((early, -20), (late, 20))[number % 2]
        now_ms += 10_000
        with database.writing() as connection:
            for one in (early, late):
                note_contact(connection, SITE, one.origin, one.heads(), now_ms)
            log.clock_ms = now_ms + skew_min * 60_000
            taken.append(log.issue(number))
            log.push(connection, now_ms + 1000)
    called = rows(database, select(tickets.c.ticket_id).order_by(tickets.c.effective_at_ms, tickets.c.sequence))
    assert [ticket_id for (ticket_id,) in called] == taken


def test_s5_an_event_of_a_newer_version_is_parked_and_finds_its_place_after_the_upgrade(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = WrittenLog()
    first = log.issue(1)
    log.write("ticket.photographed", {"ticket_id": first})
    log.write("ticket.issued_by_proxy", {"number": 7})
    second = log.issue(2)
    with database.writing() as connection:
        log.push(connection)
    assert rows(database, select(tickets.c.ticket_id).order_by(tickets.c.ticket_id)) == [(first,), (second,)]
    assert rows(database, select(poison.c.sequence).order_by(poison.c.sequence)) == [(3,), (4,)]
    assert project_parked(database, OWN) == 0, "the same version knows no more"

    def photographed(event: Event) -> PaperNews:
        return PaperNews(event.body["ticket_id"], Paper(is_shown=True))

    monkeypatch.setitem(history.READERS, ("ticket.photographed", 1), photographed)
    assert project_parked(database, OWN) == 1
    assert rows(database, select(tickets.c.shown_on_screen).where(tickets.c.ticket_id == first)) == [(1,)]
    assert rows(database, select(poison.c.sequence)) == [(4,)]
    verdict = verify_database(database)
    assert isinstance(verdict, Verified)
    assert verdict.parked == 1


def test_s5_what_waits_for_something_that_was_parked_follows_it(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until nothing moves: the ticket itself was not understood, so neither was what is told of it."""
    log = WrittenLog()
    whole = history.READERS["ticket.issued", 1]
    monkeypatch.delitem(history.READERS, ("ticket.issued", 1))
    ticket_id = log.issue(1)
    log.printed(ticket_id)
    with database.writing() as connection:
        log.push(connection)
    assert rows(database, select(tickets)) == []
    monkeypatch.setitem(history.READERS, ("ticket.issued", 1), whole)
    assert project_parked(database, OWN) >= 1
    assert rows(database, select(tickets.c.print_verdict)) == [("confirmed",)]
    assert rows(database, select(poison)) == []


def test_s7_after_a_projection_bug_was_mended_a_rebuild_gives_every_node_the_same_hash(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Kiosk, site and central: the site ran a version that lost priority and misread every second verdict."""
    central = open_database(ServerSettings(Role.CENTRAL, tmp_path / "central"), SystemClock())
    right = history.READERS["ticket.issued", 1]

    def wrong(event: Event) -> Any:
        return right(replace(event, body={**event.body, "is_priority": False}))

    (tmp_path / "kiosk").mkdir()
    with running_kiosk(tmp_path / "kiosk") as machine:
        for number in range(12):
            machine.issuing.issue(request(f"v{number}", "dukcapil.ktp", "polri.skck", is_priority=number % 3 == 0))
        machine.jobs.recover()
        monkeypatch.setitem(history.READERS, ("ticket.issued", 1), wrong)
        bring(machine, database)
        monkeypatch.setitem(history.READERS, ("ticket.issued", 1), right)
        bring(machine, central)
        own = verify(tmp_path / "kiosk" / "kiosk.db")
    assert isinstance(own, Verified)
    assert "contradicts what the log" in str(verify_database(database))
    rebuilt = rebuild(database)
    assert rebuilt.has_changed
    verdicts = [verify_database(one) for one in (database, central)]
    assert [one.origins for one in verdicts if isinstance(one, Verified)] == [own.origins] * 2
    assert {one.hash for one in verdicts if isinstance(one, Verified)} == {own.hash}
    assert len({one.courses for one in verdicts if isinstance(one, Verified)}) == 1
    assert not rebuild(database).has_changed
    central.close()


def tampered(database: Database, statement: Any) -> Broken:
    with database.writing() as connection:
        assert connection.execute(statement).rowcount > 0
    verdict = verify_database(database)
    assert isinstance(verdict, Broken), verdict
    return verdict


@pytest.fixture
def served(database: Database) -> tuple[Database, WrittenLog]:
    """Two origins of three starts each; the second one is looked at."""
    logs = [WrittenLog(f"{number:02x}" * 8) for number in (1, 2)]
    for number, log in enumerate(logs):
        log.write("day.opened", {"site_id": SITE, "service_day": "2026-11-23", "clock_trusted": True})
        for start in range(3):
            log.printed(log.issue(1 + start + 10 * number))
            if start < 2:
                log.start()
        with database.writing() as connection:
            log.push(connection)
    verdict = verify_database(database)
    assert isinstance(verdict, Verified), verdict
    assert (verdict.incarnations, verdict.events, verdict.tickets) == (6, 20, 6)
    return database, logs[1]


def test_a5_an_edited_event_is_named(served: tuple[Database, WrittenLog]) -> None:
    database, log = served
    incarnation = list(log.events)[1]
    forged = log.events[incarnation][1].replace(b'"label":"D-012A"', b'"label":"D-099A"')
    this = (events.c.origin == log.origin, events.c.incarnation == incarnation, events.c.sequence == 2)
    broken = tampered(database, update(events).where(*this).values(raw=forged))
    assert (broken.origin, broken.incarnation, broken.sequence) == (log.origin, incarnation, 2)
    assert "not those that were hashed" in broken.what


def test_a5_an_event_that_was_rewritten_with_its_hash_breaks_the_link_after_it(
    served: tuple[Database, WrittenLog],
) -> None:
    database, log = served
    incarnation = list(log.events)[1]
    forged = log.events[incarnation][1].replace(b'"label":"D-012A"', b'"label":"D-099A"')
    this = (events.c.origin == log.origin, events.c.incarnation == incarnation, events.c.sequence == 2)
    broken = tampered(database, update(events).where(*this).values(raw=forged, hash=digest(forged)))
    assert (broken.incarnation, broken.sequence) == (incarnation, 3)


@pytest.mark.parametrize("sequence", [1, 2, 3])
def test_a5_a_deleted_event_is_missed(served: tuple[Database, WrittenLog], sequence: int) -> None:
    database, log = served
    incarnation = list(log.events)[2]
    this = (events.c.origin == log.origin, events.c.incarnation == incarnation, events.c.sequence == sequence)
    broken = tampered(database, delete(events).where(*this))
    assert (broken.origin, broken.incarnation) == (log.origin, incarnation)


def test_a5_an_end_that_was_rewritten_with_its_head_is_not_what_the_next_start_continues(
    served: tuple[Database, WrittenLog],
) -> None:
    database, log = served
    first, second = list(log.events)[:2]
    forged = log.events[first][-1].replace(b'"confirmed"', b'"failed"')
    last = len(log.events[first])
    this = (events.c.origin == log.origin, events.c.incarnation == first, events.c.sequence == last)
    with database.writing() as connection:
        head = update(incarnations).where(incarnations.c.origin == log.origin, incarnations.c.incarnation == first)
        connection.execute(head.values(hash=digest(forged)))
    broken = tampered(database, update(events).where(*this).values(raw=forged, hash=digest(forged)))
    assert (broken.incarnation, broken.sequence) == (second, 1)
    assert broken.what == f"its parent is not the event {last} of {first}"


def test_a5_a_parent_that_is_gone_is_missed(served: tuple[Database, WrittenLog]) -> None:
    """A whole start with its head, cut out of the middle."""
    database, log = served
    second, third = list(log.events)[1:]
    with database.writing() as connection:
        connection.execute(delete(incarnations).where(incarnations.c.incarnation == second))
    broken = verify_database(database)
    assert isinstance(broken, Broken)
    assert broken.incarnation in {second, third}


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        (update(tickets).where(tickets.c.number == 12).values(label="D-099A"), "tickets lacks or contradicts"),
        (update(tickets).where(tickets.c.number == 12).values(print_verdict="failed"), "tickets lacks or contradicts"),
        (update(stops).values(service_id="x"), "tickets lacks or contradicts"),
        (delete(stops), "tickets lacks or contradicts"),
        (update(tickets).where(tickets.c.number == 12).values(ticket_id="f" * 16), "tickets lacks or contradicts"),
        (update(queues).values(issued=99), "queues miscounts queue D"),
        (update(service_days).values(service_day="2027-01-01"), "do not agree on 2026-11-23"),
    ],
    ids=str,
)
def test_a5_an_edited_row_is_found_and_a_rebuild_puts_it_right(
    served: tuple[Database, WrittenLog], statement: Any, what: str
) -> None:
    database, _ = served
    with database.reading() as connection:
        before = site_hash(connection, SITE).whole
    assert what in str(tampered(database, statement))
    rebuild(database)
    verdict = verify_database(database)
    assert isinstance(verdict, Verified)
    assert verdict.hash == before


def test_a5_on_the_kiosk_a_rebuild_puts_an_edited_row_right_and_keeps_what_no_log_holds(tmp_path: Path) -> None:
    with running_kiosk(tmp_path) as machine:
        for number in range(5):
            machine.issuing.issue(request(f"v{number}", "dukcapil.ktp", "polri.skck"))
        machine.jobs.recover()
    path = tmp_path / "kiosk.db"
    connection = dbapi2.connect(str(path), isolation_level=None)
    unlogged = "SELECT id, token, session_key FROM tickets ORDER BY id"
    before = connection.execute(unlogged).fetchall()
    connection.execute("UPDATE tickets SET label = 'D-999' WHERE number = 2")
    connection.execute("DELETE FROM stops WHERE position = 2")
    connection.execute("DELETE FROM service_days")
    assert isinstance(verify(path), Broken)
    assert rebuild_kiosk(path).has_changed
    assert isinstance(verify(path), Verified)
    assert connection.execute(unlogged).fetchall() == before
    assert not rebuild_kiosk(path).has_changed
    connection.close()
    with running_kiosk(tmp_path) as machine:
        assert machine.issuing.issue(request("v3", "dukcapil.ktp", "polri.skck")).ticket.label
