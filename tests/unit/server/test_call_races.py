"""Officers who press at the same moment: nobody is called by two, and no counter calls two. SQLite and PostgreSQL.

GILIRAN_CALL_RACES: how many races of four officers on one queue; scripts/test_long.sh runs 10,000 on each.
"""

import os
import secrets
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Connection, select
from sqlalchemy.exc import DBAPIError

from kiosk.clock import SystemClock
from kiosk.domain.course import Action
from kiosk.domain.desk_bodies import ACTION_TYPES, acted, counter_opened
from kiosk.domain.events import COUNTER_OPENED
from kiosk.domain.scan import ScanVerdict
from kiosk.domain.stop_life import Verb
from kiosk.domain.ticket import Stop, StopState
from kiosk.sync.desk_wire import Act, DeskVerb, Refusal, Role, Scan
from server.calling import act
from server.database import Database, lock_site, open_database
from server.desk_room import Room, open_room
from server.desk_scan import scan
from server.node import Node, open_node
from server.pins import Tries
from server.problems import store_problem
from server.schema import actions, stops
from server.settings import Role as ServerRole
from server.settings import ServerSettings
from server.staff import Account, add_account
from server.staff_sessions import Desk, Officer, open_session
from tests.paired_kiosk import SITE
from tests.written_log import WrittenLog

OFFICERS = range(9, 13)
FEWEST, MOST = 1, 6
"""Who wait when four press: fewer than four, and more."""
ENOUGH = {"sqlite": 200, "postgresql": 100}
"""Races, if nobody asks for more."""
IN_A_HALL = 500
"""Races of one hall's day: some 1,300 visitors in one queue. Calling in the line of a whole year would be slow."""
ASKED = int(os.environ.get("GILIRAN_CALL_RACES") or 0)
HALLS = max(1, -(-ASKED // IN_A_HALL))


class Hall:
    """Four counters of queue D, each open at its own desk, and a kiosk that brings visitors."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.log = WrittenLog()
        self.issued = 0
        self.sessions: dict[int, str] = {}
        now_ms = node.trusted_clock.read().at.timestamp() * 1000
        with node.database.writing() as connection:
            self.day = node.service_days.ensure(connection, SITE)
            for counter in OFFICERS:
                name = f"P-{counter:03d}"
                account = Account(name, Role.OFFICER, Tries(), is_locked=False, must_change=False, added_at_ms=0)
                add_account(connection, SITE, account, "no PIN is asked")
                at = Desk(SITE, self.device(counter))
                officer = Officer(name, Role.OFFICER, counter)
                self.sessions[counter] = open_session(connection, node.own_log, at, officer, round(now_ms))
                opened = counter_opened(counter, ["D"], name, self.device(counter))
                node.own_log.append(connection, SITE, COUNTER_OPENED, opened)

    @staticmethod
    def device(counter: int) -> str:
        return f"{counter:016x}"

    def call_next(self, counter: int) -> tuple[Refusal | None, str | None]:
        message = Act(session=self.sessions[counter], action=secrets.token_hex(8), verb=DeskVerb.CALL_NEXT)
        answer, ticket = act(self.node, SITE, self.device(counter), message)
        return answer.refusal, ticket

    def bring(self, count: int) -> None:
        self.log = WrittenLog(f"{secrets.token_hex(8)}")
        for _ in range(count):
            self.issued += 1
            stop = Stop(1, "dukcapil.ktp-hilang", 101, "D")
            self.log.issue(self.issued, service_day=self.day, series=0, label=f"D-{self.issued:03d}", stops=(stop,))
        with self.node.database.writing() as connection:
            self.log.push(connection)

    def send_away(self) -> None:
        """Whoever is called gives up, which frees the counters with the fewest events."""
        with self.node.database.writing() as connection:
            here = connection.execute(select(stops).where(stops.c.active_counter.is_not(None))).all()
            for row in here:
                name = secrets.token_hex(8)
                done = Action(("", "", "", 0), name, Verb.CANCEL, row.ticket_id, 0, 1, row.active_counter, "P-001")
                self.node.own_log.append(connection, SITE, ACTION_TYPES[Verb.CANCEL], acted(done))

    def waiting(self) -> int:
        with self.node.database.reading() as connection:
            query = select(stops.c.ticket_id).where(stops.c.state == StopState.WAITING)
            return len(connection.execute(query).all())


@pytest.fixture
def settings(tmp_path: Path, database_url: str | None) -> ServerSettings:
    return ServerSettings(ServerRole.SITE, tmp_path, database_url)


@pytest.fixture
def node(settings: ServerSettings) -> Iterator[Node]:
    node = open_node(settings, SystemClock())
    yield node
    node.close()


@pytest.mark.parametrize("nth", range(HALLS))
def test_four_officers_press_at_once(node: Node, nth: int) -> None:
    hall = Hall(node)
    races = min(IN_A_HALL, ASKED - nth * IN_A_HALL) if ASKED else ENOUGH[node.database.dialect]
    called: list[str] = []
    start = Barrier(len(OFFICERS))

    def press(counter: int) -> tuple[Refusal | None, str | None]:
        start.wait(30)
        return hall.call_next(counter)

    with ThreadPoolExecutor(len(OFFICERS)) as officers:
        for race in range(races):
            left = hall.waiting()
            wanted = FEWEST + race % MOST
            if left < wanted:
                hall.bring(wanted - left)
            waited = max(left, wanted)
            answers = list(officers.map(press, OFFICERS))
            got = [ticket for _, ticket in answers if ticket is not None]
            assert len(got) == len(set(got)) == min(waited, len(OFFICERS)), (race, answers)
            assert {refusal for refusal, ticket in answers if ticket is None} <= {Refusal.NOBODY_WAITS}
            called += got
            hall.send_away()
    assert max(Counter(called).values()) == 1
    with node.database.reading() as connection:
        told = select(actions.c.ticket_id).where(actions.c.verb == Verb.CALL, actions.c.is_refused == 0)
        assert sorted(connection.execute(told).scalars()) == sorted(called)


def test_one_statement_decides_between_those_who_chose_the_same(node: Node) -> None:
    """Who chose before his turn, and without any lock, still cannot take whom another has taken."""
    hall = Hall(node)
    chosen = Barrier(len(OFFICERS))

    def room_of(connection: object, counter: int) -> Room:
        officer = Officer(f"P-{counter:03d}", Role.OFFICER, counter)
        return open_room(node, connection, SITE, officer, 2_000_000_000_000)  # type: ignore[arg-type]

    def take(counter: int) -> bool:
        with node.database.reading() as connection:
            first = room_of(connection, counter).lines().sequence()[0].who
        chosen.wait(30)
        with node.database.writing() as connection:
            return room_of(connection, counter).claim(first.ticket_id, first.position, (StopState.WAITING,))

    with ThreadPoolExecutor(len(OFFICERS)) as officers:
        for _ in range(20):
            hall.bring(1)
            assert sorted(officers.map(take, OFFICERS)) == [False, False, False, True]
            with node.database.writing() as connection:
                connection.execute(stops.delete())


class Held:
    """Somebody else has the site in another connection, until he lets go; waiting for him is soon in vain."""

    def __init__(self, node: Node, settings: ServerSettings, monkeypatch: pytest.MonkeyPatch, patient: int) -> None:
        self._database = node.database
        self._other = open_database(settings, SystemClock())
        self._held = ExitStack()
        self.attempts = 0
        short = "PRAGMA busy_timeout = 20" if node.database.dialect == "sqlite" else "SET lock_timeout = '20ms'"

        @contextmanager
        def writing() -> Iterator[Connection]:
            self.attempts += 1
            if self.attempts > patient:
                self.let_go()
            with Database.writing(self._database) as connection:
                yield connection

        with node.database.writing() as connection:
            connection.exec_driver_sql(short)
        monkeypatch.setattr(node.database, "writing", writing)
        lock_site(self._held.enter_context(self._other.writing()), SITE)

    def let_go(self) -> None:
        self._held.close()

    def close(self) -> None:
        self.let_go()
        self._other.close()


@pytest.mark.parametrize("verb", ["act", "scan"])
def test_a_deed_that_waited_in_vain_for_its_turn_is_done_all_the_same(
    node: Node, settings: ServerSettings, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    hall = Hall(node)
    hall.bring(1)
    held = Held(node, settings, monkeypatch, patient=1)
    if verb == "act":
        refusal, ticket = hall.call_next(9)
        assert refusal is None
    else:
        message = Scan(session=hall.sessions[9], action=secrets.token_hex(8), text="D-001")
        answer, ticket = scan(node, SITE, hall.device(9), message)
        assert answer.verdict is ScanVerdict.STARTED
    assert (ticket is not None, held.attempts) == (True, 2)
    held.close()
    with node.database.reading() as connection:
        assert len(connection.execute(select(actions)).all()) == 1, "and once"


def test_who_waits_in_vain_twice_is_told_to_try_again(
    node: Node, settings: ServerSettings, monkeypatch: pytest.MonkeyPatch, expected_logs: Any
) -> None:
    """No failure of the server, which a desk could not tell from a fault."""
    hall = Hall(node)
    hall.bring(1)
    held = Held(node, settings, monkeypatch, patient=9)
    with pytest.raises(DBAPIError) as error:
        hall.call_next(9)
    assert held.attempts == 2
    expected_logs("server_store_failed")
    told = store_problem(error.value)  # what the face of the server makes of it
    assert (told.status_code, told.headers["Retry-After"]) == (503, "5")
    held.close()
    assert hall.call_next(9)[1] is not None
