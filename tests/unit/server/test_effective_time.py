"""When a ticket was taken, whatever its kiosk's clock says: T4, and the rules behind it."""

import itertools
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from kiosk.clock import SystemClock
from server.database import Database, open_database
from server.effective_time import Bracket, note_contact
from server.schema import contacts, events, tickets
from server.settings import Role, ServerSettings
from tests.paired_kiosk import SITE
from tests.written_log import NOW_MS, WrittenLog, take

MINUTE = 60_000
YEAR = 365 * 24 * 60
"""In minutes, as all times here."""


@pytest.fixture
def database(tmp_path: Path, database_url: str | None) -> Iterator[Database]:
    database = open_database(ServerSettings(Role.SITE, tmp_path, database_url), SystemClock())
    yield database
    database.close()


class Line:
    """Between one kiosk and the server: what is said and sent, at the server's time, in minutes."""

    def __init__(self, database: Database, log: WrittenLog) -> None:
        self._database = database
        self._log = log

    def hello(self, minute: float, heads: Mapping[str, int] | None = None) -> None:
        with self._database.writing() as connection:
            note_contact(connection, SITE, self._log.origin, heads or self._log.heads(), at(minute))

    def heartbeat(self, minute: float) -> None:
        self.hello(minute, {self._log.incarnation: len(self._log.events[self._log.incarnation])})

    def push(self, minute: float) -> None:
        with self._database.writing() as connection:
            self._log.push(connection, at(minute))

    def push_newest_first(self, minute: float) -> None:
        with self._database.writing() as connection:
            for incarnation in reversed(self._log.events):
                take(connection, self._log.origin, self._log.events[incarnation], at(minute))


def at(minute: float) -> int:
    """Milliseconds since 1970."""
    return NOW_MS + round(minute * MINUTE)


def minutes(database: Database) -> dict[int, float]:
    """Ticket number -> its effective time."""
    with database.reading() as connection:
        rows = connection.execute(select(tickets.c.number, tickets.c.effective_at_ms)).all()
    return {number: (ms - NOW_MS) / MINUTE for number, ms in rows}


def brackets(database: Database, log: WrittenLog) -> dict[tuple[int, int], tuple[float | None, float]]:
    """(start, sequence) -> bracket."""
    starts = {incarnation: number for number, incarnation in enumerate(log.events, start=1)}
    with database.reading() as connection:
        rows = connection.execute(
            select(events.c.incarnation, events.c.sequence, events.c.not_before_ms, events.c.not_after_ms)
        ).all()
    return {
        (starts[incarnation], sequence): (None if low is None else (low - NOW_MS) / MINUTE, (high - NOW_MS) / MINUTE)
        for incarnation, sequence, low, high in rows
    }


def remembered(database: Database) -> int:
    with database.reading() as connection:
        return connection.execute(select(func.count()).select_from(contacts)).scalar_one()


@pytest.mark.parametrize(
    ("low", "high", "own", "placed"),
    [(10, 20, 15, 15), (10, 20, 5, 10), (10, 20, 25, 20), (None, 20, 5, 5), (None, 20, 25, 20), (30, 20, 5, 20)],
)
def test_a_time_is_clamped_into_its_bracket(low: int | None, high: int, own: int, placed: int) -> None:
    assert Bracket(low, high).clamp(own) == placed


def test_online_a_ticket_lies_between_the_last_word_and_its_arrival(database: Database) -> None:
    log = WrittenLog()
    line = Line(database, log)
    line.hello(0)
    line.push(0)
    line.heartbeat(10)
    log.clock_ms = at(12)
    log.issue(1)
    line.push(12.5)
    log.clock_ms = at(500)
    log.issue(2)
    line.heartbeat(14)
    line.push(15)
    assert brackets(database, log) == {(1, 1): (None, 0), (1, 2): (10, 12.5), (1, 3): (10, 14)}
    assert minutes(database) == {1: 12, 2: 14}
    assert remembered(database) == 0


def test_after_an_outage_a_ticket_lies_within_it(database: Database) -> None:
    log = WrittenLog()
    line = Line(database, log)
    line.hello(0)
    line.push(0)
    line.heartbeat(10)
    log.clock_ms = at(-YEAR)
    log.issue(1)
    log.clock_ms = at(40)
    log.issue(2)
    log.start()
    log.clock_ms = at(YEAR)
    log.issue(3)
    line.hello(70)
    log.issue(4)
    line.hello(80)
    line.push(90)
    assert brackets(database, log) == {
        (1, 1): (None, 0),
        (1, 2): (10, 70),
        (1, 3): (10, 70),
        (2, 1): (10, 70),
        (2, 2): (10, 70),
        (2, 3): (70, 80),
    }
    assert minutes(database) == {1: 10, 2: 40, 3: 70, 4: 80}
    assert remembered(database) == 0, "nothing that is held here is remembered"


def test_a_backlog_that_comes_in_parts_keeps_its_brackets(database: Database) -> None:
    log = WrittenLog()
    line = Line(database, log)
    line.hello(0)
    line.push(0)
    for number in range(1, 6):
        log.issue(number)
    line.hello(50)
    with database.writing() as connection:
        take(connection, log.origin, log.events[log.incarnation][:3], at(51))
    for number in range(6, 9):
        log.issue(number)
    line.hello(60)
    log.issue(9)
    line.push(61)
    found = brackets(database, log)
    assert [found[1, sequence] for sequence in range(2, 11)] == [(0, 50)] * 5 + [(50, 60)] * 3 + [(60, 61)]
    assert remembered(database) == 0


def test_newest_first_the_older_ones_still_go_before(database: Database) -> None:
    log = WrittenLog()
    line = Line(database, log)
    line.hello(0)
    line.push(0)
    log.clock_ms = at(20)
    log.issue(1)
    log.start()
    log.clock_ms = at(30)
    log.issue(2)
    line.hello(50)
    line.push_newest_first(51)
    assert minutes(database) == {1: 20, 2: 30}


def test_within_an_origin_nobody_overtakes_though_all_times_are_cut_to_one(database: Database) -> None:
    log = WrittenLog(clock_ms=at(YEAR))
    line = Line(database, log)
    line.hello(0)
    line.push(0)
    log.issue(1)
    log.issue(2)
    log.start()
    log.issue(3)
    line.hello(5)
    line.push(6)
    found = minutes(database)
    assert found[1] == found[2] == 5, "told apart by sequence"
    assert found[2] < found[3] < 5.001


def test_a_restored_disk_that_says_less_proves_nothing(database: Database) -> None:
    log = WrittenLog()
    line = Line(database, log)
    log.issue(1)
    line.hello(0)
    line.hello(10, {log.incarnation: 1})
    line.push(20)
    assert brackets(database, log)[1, 2] == (None, 0)


def test_a_server_whose_clock_was_wrong_for_a_while_recovers(database: Database) -> None:
    log = WrittenLog()
    line = Line(database, log)
    line.hello(YEAR)
    log.clock_ms = at(1)
    log.issue(1)
    line.push(YEAR)
    log.clock_ms = at(2)
    log.issue(2)
    line.push(3)
    log.clock_ms = at(4)
    line.hello(4)
    log.issue(3)
    line.push(5)
    found = minutes(database)
    assert (found[2], found[3]) == (3, 4)


@settings(max_examples=25, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(st.data())
def test_wild_clocks_move_tickets_only_inside_their_own_outage(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """The true minute of each ticket is known here: its place is no further from it than its kiosk was out of touch."""
    database = open_database(ServerSettings(Role.SITE, tmp_path_factory.mktemp("server")), SystemClock())
    log = WrittenLog()
    line = Line(database, log)
    line.hello(0)
    contacts_at = [0]
    taken: dict[int, int] = {}
    for minute in range(1, data.draw(st.integers(5, 25))):
        log.clock_ms = at(data.draw(st.integers(-YEAR, YEAR)))
        match data.draw(st.sampled_from(["ticket", "ticket", "restart", "contact", "push", "push newest first"])):
            case "ticket":
                taken[len(taken) + 1] = minute
                log.issue(len(taken))
            case "restart":
                log.start()
            case "contact":
                line.hello(minute)
                contacts_at.append(minute)
            case "push":
                line.hello(minute)
                line.push(minute)
                contacts_at.append(minute)
            case _:
                line.hello(minute)
                line.push_newest_first(minute)
                contacts_at.append(minute)
    line.hello(30)
    line.push(30)
    contacts_at.append(30)
    found = minutes(database)
    for number, minute in taken.items():
        before = max(word for word in contacts_at if word <= minute)
        after = min(word for word in contacts_at if word >= minute)
        assert before <= found[number] <= after + 0.001, (number, minute)
    in_turn = sorted(found.items())
    assert all(one[1] <= later[1] for one, later in itertools.pairwise(in_turn))
    assert remembered(database) == 0
    database.close()
