"""What hangs in the hall: who is called, who was, which queues wait, and why there are no numbers."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from kiosk.domain.course import Deed
from kiosk.domain.desk_bodies import queue_closed
from kiosk.domain.events import QUEUE_CLOSED
from kiosk.domain.stop_life import Verb
from kiosk.sync.desk_wire import BOARD_PATH, BoardView
from kiosk.sync.wire import Problem, ProblemCode
from server.changes import publish_deed
from server.limits import Rate, Strangers
from server.run import Server
from tests.called_hall import CalledHall
from tests.paired_kiosk import SITE, pair, site_server

pytestmark = pytest.mark.usefixtures("on_both_databases")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    pair(tmp_path / "kiosk", tmp_path / "server")
    with site_server(tmp_path / "server") as server:
        yield server


@pytest.fixture
def hall(server: Server) -> CalledHall:
    return CalledHall(server.node)


def board(server: Server, **where: str) -> BoardView:
    answer = httpx2.get(f"{server.url}{BOARD_PATH}", params=where)
    assert answer.status_code == 200, answer.text
    return BoardView.model_validate_json(answer.content)


def labels(calls: object) -> list[str]:
    return [call.label for call in calls]  # type: ignore[attr-defined]


def counter_of(server: Server, zone: str) -> int:
    with server.node.database.reading() as connection:
        places = server.node.halls.of(connection, SITE, server.node.identity.device_id).place_by_counter
    return next(number for number, place in sorted(places.items()) if place.zone == zone)


def test_who_is_called_is_shown_until_he_comes_and_then_among_those_before(server: Server, hall: CalledHall) -> None:
    first, first_label = hall.issue()
    second, second_label = hall.issue()
    assert board(server).now == ()
    hall.do(Verb.CALL, first, 1)
    hall.do(Verb.CALL, second, 2)
    assert labels(board(server).now) == [second_label, first_label]
    hall.do(Verb.START, first, 1)
    shown = board(server)
    assert (labels(shown.now), labels(shown.last)) == ([second_label], [first_label])
    assert shown.last[0].is_over


def test_a_recall_is_a_call_of_its_own_and_counts(server: Server, hall: CalledHall) -> None:
    ticket, _ = hall.issue()
    called = hall.do(Verb.CALL, ticket, 1)
    again = hall.do(Verb.RECALL, ticket, 1)
    (shown,) = board(server).now
    assert shown.call == again != called
    assert shown.turn == 2
    assert shown.queue == "D"
    assert shown.language == "id"
    assert not board(server).last


def test_a_call_that_was_undone_is_nowhere(server: Server, hall: CalledHall) -> None:
    ticket, _ = hall.issue()
    called = hall.do(Verb.CALL, ticket, 1)
    hall.do(Deed.UNDO, ticket, 1, undoes=called)
    shown = board(server)
    assert (shown.now, shown.last) == ((), ())


def test_a_zone_shows_the_calls_of_its_own_counters_and_its_own_queues(server: Server, hall: CalledHall) -> None:
    here, there = (zone.id for zone in board(server).zones[:2])
    ticket, label = hall.issue()
    hall.do(Verb.CALL, ticket, counter_of(server, here))
    assert labels(board(server, zone=here).now) == [label]
    assert labels(board(server, zone=there).now) == []
    assert board(server, zone=here).now[0].zone == here
    hall.do(Verb.START, ticket, counter_of(server, here))
    assert labels(board(server, zone=here).last) == [label]
    assert labels(board(server, zone=there).last) == []
    every = {queue.queue for queue in board(server).queues}
    assert {queue.queue for queue in board(server, zone=here).queues} < every


def test_eight_were_called_before_and_none_twice(server: Server, hall: CalledHall) -> None:
    issued = [hall.issue() for _ in range(10)]
    for ticket, _ in issued:
        hall.do(Verb.CALL, ticket, 1)
        hall.do(Verb.RECALL, ticket, 1)
        hall.do(Verb.START, ticket, 1)
        hall.do(Verb.COMPLETE, ticket, 1)
    assert labels(board(server).last) == [label for _, label in reversed(issued)][:8]


def test_who_waits_is_counted_and_a_closed_queue_is_told(server: Server, hall: CalledHall) -> None:
    hall.issue()
    waiting = {queue.queue: queue.waiting for queue in board(server).queues}
    assert waiting["D"] == 1
    node = server.node
    with node.database.writing() as connection:
        day = node.service_days.ensure(connection, SITE)
        node.own_log.append(connection, SITE, QUEUE_CLOSED, queue_closed("D", day, "P-017"))
    publish_deed(node, SITE, hall=True)
    shown = board(server)
    assert next(queue for queue in shown.queues if queue.queue == "D").is_closed


def test_an_unknown_zone_or_site_is_told_so(server: Server) -> None:
    for where in ({"zone": "nowhere"}, {"site": "elsewhere"}):
        answer = httpx2.get(f"{server.url}{BOARD_PATH}", params=where)
        assert answer.status_code == 404
        assert Problem.model_validate_json(answer.content).code is ProblemCode.NOT_FOUND
    page = httpx2.get(f"{server.url}/board/nowhere")
    assert page.status_code == 404
    assert "tidak ada di gedung ini" in page.text


def test_who_asks_too_often_is_asked_to_wait(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server.node.strangers, "_crowd", Strangers(crowd=Rate(0.01, 1))._crowd)
    assert httpx2.get(f"{server.url}{BOARD_PATH}").status_code == 200
    assert httpx2.get(f"{server.url}{BOARD_PATH}").status_code == 429
    assert httpx2.get(f"{server.url}/board").status_code == 429


def test_the_page_loads_nothing_from_elsewhere_and_runs_nothing_but_its_script(server: Server) -> None:
    page = httpx2.get(f"{server.url}/board")
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "://" not in page.text
    assert "://" not in httpx2.get(f"{server.url}/board.js").text


def test_what_a_board_shows_names_nobody(server: Server, hall: CalledHall) -> None:
    ticket, _ = hall.issue()
    hall.do(Verb.CALL, ticket, 1)
    shown = json.dumps(json.loads(httpx2.get(f"{server.url}{BOARD_PATH}").content))
    assert "P-017" not in shown
    assert ticket not in shown
