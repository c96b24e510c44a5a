"""What was done at the counters, in the server's tables: whatever came first, and wherever it was written."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Select, select, text, update

from kiosk.clock import SystemClock
from kiosk.domain import desk_bodies, events
from kiosk.domain.course import Action, Deed, NewStop
from kiosk.domain.desk_bodies import ACTION_TYPES
from kiosk.domain.event_bodies import ticket_abandoned, ticket_issued, ticket_shown
from kiosk.domain.stop_life import Verb
from kiosk.domain.ticket import Stop
from kiosk.domain.verdict import Verified
from server.board_calls import before_query
from server.course_projection import course_for
from server.database import Database, open_database
from server.desk_undo import LAST_HERE
from server.projected import hashes
from server.rebuild import rebuild
from server.schema import (
    actions,
    closed_days,
    notes,
    poison,
    queues,
    stops,
    tickets,
)
from server.settings import Role, ServerSettings
from server.verification import verify_database
from tests.paired_kiosk import SITE, some_ticket
from tests.unit.server.test_projection import push, rows
from tests.written_log import NOW_MS, WrittenLog

SERVER = "05" * 8
DAY = some_ticket(1).service_day
TWO = (Stop(1, "dukcapil.ktp", 11, "D"), Stop(2, "polri.skck", 21, "P"))
KEY = ("", "", "", 0)
"""An action's key and time are those of its event."""


@pytest.fixture
def database(tmp_path: Path, database_url: str | None) -> Iterator[Database]:
    database = open_database(ServerSettings(Role.SITE, tmp_path, database_url), SystemClock())
    yield database
    database.close()


@dataclass
class Counter:
    """A log that counters write: the server's own, or that of a desk which is cut off."""

    origin: str = SERVER
    log: WrittenLog = field(init=False)
    count: int = 0

    def __post_init__(self) -> None:
        self.log = WrittenLog(self.origin)

    def act(self, verb: Verb | Deed, ticket_id: str, at_s: int = 0, **more: Any) -> str:
        """`at_s`: seconds after noon. Answers with its name."""
        self.count += 1
        name = f"{self.count:04x}{self.origin[:12]}"
        self.log.clock_ms = NOW_MS + 1000 * at_s
        self.log.write(ACTION_TYPES[verb], desk_bodies.acted(Action(KEY, name, verb, ticket_id, 0, **more)))
        return name

    def serve(self, ticket_id: str, counter: int, at_s: int, position: int = 1) -> None:
        for step, verb in enumerate((Verb.START, Verb.COMPLETE)):
            self.act(verb, ticket_id, at_s + step * 60, position=position, counter=counter, officer="A-1")


def states(database: Database) -> list[tuple[Any, ...]]:
    return rows(
        database,
        select(stops.c.position, stops.c.state, stops.c.counter, stops.c.active_counter).order_by(
            stops.c.ticket_id, stops.c.position
        ),
    )


def waiting(database: Database) -> dict[str, int]:
    return dict(rows(database, select(queues.c.queue_code, queues.c.waiting)))


def is_good(database: Database) -> bool:
    verdict = verify_database(database)
    assert isinstance(verdict, Verified), verdict
    return True


def test_a_visit_goes_its_way_and_the_queues_count_it_once(database: Database) -> None:
    kiosk, server = WrittenLog(), Counter()
    ticket_id = kiosk.issue(1, stops=TWO, people_ahead=(0, 0))
    push(database, kiosk)
    assert states(database) == [(1, "waiting", None, None), (2, "waiting", None, None)]
    assert waiting(database) == {"D": 1, "P": 1}
    server.act(Verb.CALL, ticket_id, 10, position=1, counter=3, officer="A-1")
    push(database, server.log, own=True)
    assert states(database) == [(1, "called", 3, 3), (2, "waiting", None, None)]
    assert waiting(database) == {"D": 0, "P": 1}
    server.act(Verb.START, ticket_id, 20, position=1, counter=3, officer="A-1")
    server.act(Verb.TRANSFER, ticket_id, 30, position=1, counter=3, new=NewStop("bank.teller", "B"), return_to=3)
    push(database, server.log, own=True)
    assert states(database) == [
        (1, "transferred", 3, None),
        (2, "waiting", None, None),
        (3, "waiting", None, None),
        (4, "pending", None, None),
    ]
    assert waiting(database) == {"D": 1, "P": 1, "B": 1}
    with database.reading() as connection:
        course = course_for(connection, SITE, ticket_id)
        assert course_for(connection, SITE, "0" * 16) is None
    assert course is not None
    assert (course.stops[3].bound_to, course.stops[3].after) == (3, (3,))
    assert is_good(database)
    before = states(database)
    rebuilt = rebuild(database)
    assert rebuilt.before == rebuilt.after
    assert states(database) == before


def test_what_must_come_first_is_known_from_the_ticket_on(database: Database) -> None:
    kiosk, server = WrittenLog(), Counter()
    after = (TWO[0], Stop(2, "polri.skck", 21, "P", after=(1,)))
    ticket_id = kiosk.issue(1, stops=after, people_ahead=(0, 0))
    push(database, kiosk)
    assert [state for _, state, *_ in states(database)] == ["waiting", "pending"]
    server.serve(ticket_id, 3, 10)
    push(database, server.log, own=True)
    assert [state for _, state, *_ in states(database)] == ["completed", "waiting"]
    assert is_good(database)


def test_what_was_done_before_its_ticket_came_waits_for_it(database: Database) -> None:
    kiosk, desk = WrittenLog(), Counter("0d" * 8)
    ticket_id = kiosk.issue(1, stops=TWO, people_ahead=(0, 0))
    desk.serve(ticket_id, 4, 10)
    push(database, desk.log)
    assert rows(database, select(poison.c.awaits)) == [(ticket_id,)] * 2
    push(database, kiosk)
    assert rows(database, select(poison)) == []
    assert states(database) == [(1, "completed", 4, None), (2, "waiting", None, None)]
    assert waiting(database) == {"D": 0, "P": 1}
    assert is_good(database)


def test_an_undone_call_is_as_if_it_had_not_been(database: Database) -> None:
    kiosk, server = WrittenLog(), Counter()
    ticket_id = kiosk.issue(1)
    push(database, kiosk)
    before = rows(database, select(stops))
    call = server.act(Verb.CALL, ticket_id, 10, position=1, counter=3)
    added = server.act(Deed.ADD, ticket_id, 11, new=NewStop("bank.teller", "B"))
    server.act(Deed.PRIORITISE, ticket_id, 12, is_priority=True)
    push(database, server.log, own=True)
    assert waiting(database) == {"D": 0, "B": 1}
    assert rows(database, select(tickets.c.has_priority, tickets.c.is_priority)) == [(1, 0)]
    for name in (added, call):
        server.act(Deed.UNDO, ticket_id, 15, undoes=name)
    push(database, server.log, own=True)
    assert rows(database, select(stops)) == before
    assert waiting(database) == {"D": 1, "B": 0}
    assert rows(database, select(actions.c.is_undone).order_by(actions.c.sequence)) == [(1,), (1,), (0,), (0,), (0,)]
    assert is_good(database)


def test_two_desks_that_did_not_know_of_each_other_come_to_one_truth(database: Database, tmp_path: Path) -> None:
    kiosk, one, other = WrittenLog(), Counter("0d" * 8), Counter("0e" * 8)
    ticket_id = kiosk.issue(1)
    one.serve(ticket_id, 1, 10)
    other.serve(ticket_id, 2, 40)
    second = open_database(ServerSettings(Role.CENTRAL, tmp_path / "central"), SystemClock())
    for where, order in ((database, (kiosk, one.log, other.log)), (second, (other.log, one.log, kiosk))):
        for log in order:
            push(where, log)
        assert states(where) == [(1, "completed", 1, None)]
        assert rows(where, select(tickets.c.conflicts)) == [(1,)]
        refused = select(actions.c.origin).where(actions.c.is_refused == 1)
        assert rows(where, refused) == [(other.origin,)] * 2
        assert is_good(where)
        with where.reading() as connection:
            course = course_for(connection, SITE, ticket_id)
        assert course is not None
        assert [(one.counter, one.held_by) for one in course.conflicts] == [(2, 1)]
    assert all_hashes(database) == all_hashes(second)
    second.close()


@pytest.mark.parametrize("first", [0, 1])
def test_of_two_visitors_at_one_counter_the_later_has_it(database: Database, first: int) -> None:
    kiosk, server, desk = WrittenLog(), Counter(), Counter("0d" * 8)
    called, scanned = kiosk.issue(1), kiosk.issue(2)
    push(database, kiosk)
    server.act(Verb.CALL, called, 10, position=1, counter=3)
    desk.act(Verb.START, scanned, 20, position=1, counter=3)
    for log in ((server.log, desk.log), (desk.log, server.log))[first]:
        push(database, log)
    assert states(database) == [(1, "called", 3, None), (1, "serving", 3, 3)]
    desk.act(Verb.COMPLETE, scanned, 30, position=1, counter=3)
    push(database, desk.log)
    assert states(database) == [(1, "called", 3, 3), (1, "completed", 3, None)]
    assert is_good(database)


def test_a_counter_that_took_its_visitor_first_keeps_him_only_if_he_was_called(database: Database) -> None:
    """The site server takes the place with one conditional update, and says so in its log in the same transaction."""
    kiosk, server = WrittenLog(), Counter()
    first, second = kiosk.issue(1), kiosk.issue(2)
    push(database, kiosk)
    taken = update(stops).values(active_counter=3)
    with database.writing() as connection:
        connection.execute(taken.where(stops.c.ticket_id == first))
        server.act(Verb.CALL, first, 10, position=1, counter=3)
        server.log.push(connection, own=True)
    assert states(database) == [(1, "called", 3, 3), (1, "waiting", None, None)]
    assert waiting(database) == {"D": 1}
    server.act(Verb.CALL, second, 11, position=1, counter=4)
    server.act(Verb.CALL, second, 12, position=1, counter=5)
    with database.writing() as connection:
        connection.execute(taken.where(stops.c.ticket_id == second).values(active_counter=5))
        server.log.push(connection, own=True)
    assert states(database) == [(1, "called", 3, 3), (1, "called", 4, 4)]
    assert waiting(database) == {"D": 0}
    assert is_good(database)


def test_who_is_at_which_counter_is_found_by_its_index(database: Database) -> None:
    if database.dialect != "sqlite":
        pytest.skip("SQLite alone compares the words")
    query = text(
        "EXPLAIN QUERY PLAN SELECT 1 FROM stops WHERE site_id = 'x' AND counter IN (1, 2)"
        " AND state IN ('called', 'serving')"
    )
    assert "stops_at_counters" in str(rows(database, query))


def test_a_day_that_is_over_leaves_nobody_waiting_and_keeps_no_note(database: Database) -> None:
    kiosk, server = WrittenLog(), Counter()
    ticket_id = kiosk.issue(1, stops=TWO, people_ahead=(0, 0))
    push(database, kiosk)
    server.act(Verb.CALL, ticket_id, 10, position=1, counter=3)
    with database.writing() as connection:
        note = {"site_id": SITE, "ticket_id": ticket_id, "note": "ask", "officer": "A-1", "written_at_ms": 1}
        connection.execute(notes.insert().values(note))
    server.log.write(events.DAY_CLOSED, desk_bodies.day_closed(SITE, DAY))
    push(database, server.log, own=True)
    assert [(state, active) for _, state, _, active in states(database)] == [("expired", None)] * 2
    assert waiting(database) == {"D": 0, "P": 0}
    assert rows(database, select(notes)) == []
    kiosk.issue(2)
    push(database, kiosk)
    assert [state for _, state, *_ in states(database)] == ["expired"] * 3
    assert waiting(database) == {"D": 0, "P": 0}
    assert rows(database, select(closed_days.c.service_day)) == [(DAY.isoformat(),)]
    assert is_good(database)


def test_whoever_was_thought_gone_and_is_served_all_the_same_waits_for_the_rest(database: Database) -> None:
    kiosk, server = WrittenLog(), Counter()
    ticket_id = kiosk.issue(1, stops=TWO, people_ahead=(0, 0))
    kiosk.write(events.TICKET_ABANDONED, ticket_abandoned(ticket_id))
    push(database, kiosk)
    assert waiting(database) == {"D": 0, "P": 0}
    server.act(Verb.START, ticket_id, 10, position=1, counter=3)
    push(database, server.log, own=True)
    assert [state for _, state, *_ in states(database)] == ["serving", "waiting"]
    assert waiting(database) == {"D": 0, "P": 1}
    kiosk.write(events.TICKET_SHOWN, ticket_shown(ticket_id))
    push(database, kiosk)
    assert [state for _, state, *_ in states(database)] == ["serving", "waiting"]
    assert is_good(database)


def test_what_the_slip_promised_is_kept(database: Database) -> None:
    kiosk = WrittenLog()
    body = {**ticket_issued(replace(some_ticket(1), stops=TWO, people_ahead=(0, 0)), "c" * 64)}
    body["stops"] = [{**body["stops"][0], "promised_low_s": 300, "promised_high_s": 900}, body["stops"][1]]
    kiosk.write(events.TICKET_ISSUED, body)
    push(database, kiosk)
    promised = select(stops.c.promised_low_s, stops.c.promised_high_s).order_by(stops.c.position)
    assert rows(database, promised) == [(300, 900), (None, None)]
    rebuild(database)
    assert rows(database, promised) == [(300, 900), (None, None)]


def all_hashes(database: Database) -> tuple[str, str]:
    with database.reading() as connection:
        whole, courses = hashes(connection, SITE)
    return whole.whole, courses.whole


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (LAST_HERE, "actions_by_counter (site_id=? AND counter=? AND done_at_ms>?)"),
        (before_query("x", "2026-11-23"), "actions_by_verb (site_id=? AND verb=? AND hlc>?)"),
    ],
    ids=["what can be taken back", "who was called before"],
)
def test_of_all_that_was_done_in_ninety_days_only_the_newest_is_read(
    database: Database, query: Select[Any], index: str
) -> None:
    """At each key that is pressed at any desk, and for each board."""
    if database.dialect != "sqlite":
        pytest.skip("SQLite alone says which columns of an index it uses")
    values = {"site": "x", "at_counter": 3, "since": 1}
    with database.reading() as connection:
        written = query.compile(connection.engine, compile_kwargs={"render_postcompile": True})
        parameters = tuple((written.params | values)[name] for name in written.positiontup or ())
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {written}", parameters).all()
    assert index in str(plan)
