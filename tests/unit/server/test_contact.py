"""Who was heard of when, without a flush of the disk for every heartbeat, and never less than an event relies on."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, select

from kiosk.clock import FakeClock
from kiosk.sync import wire
from kiosk.sync.wire import Health, ProblemCode
from server.contact import MOST_STATED, WRITE_EVERY_MS, Contacts
from server.database import milliseconds
from server.node import Node, open_node
from server.run import Server
from server.schema import device_health, timelines
from tests.conftest import Logs
from tests.lean_kiosk import LeanKiosk, code, lean_kiosk, let_in
from tests.paired_kiosk import SITE, site_server
from tests.postgresql import settings_on
from tests.small_hall import MONDAY_10_00

HEALTH = Health(program="0.3.0", at=MONDAY_10_00, clock_trusted=True, printer="ready")
HEAD = wire.Head(incarnation="1" * 16, sequence=7, hash="0" * 64)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(MONDAY_10_00)


@pytest.fixture
def node(tmp_path: Path, database_url: str | None, clock: FakeClock) -> Iterator[Node]:
    node = open_node(settings_on(tmp_path, database_url), clock)
    yield node
    node.close()


@pytest.fixture
def server(tmp_path: Path, clock: FakeClock) -> Iterator[Server]:
    with site_server(tmp_path, clock=clock) as server:
        yield server


@pytest.fixture
def kiosk(server: Server) -> Iterator[LeanKiosk]:
    with lean_kiosk(server.url, let_in(server.node)) as kiosk:
        yield kiosk


class Commits:
    """How often a server's database was made durable."""

    def __init__(self, node: Node) -> None:
        self.count = 0
        event.listen(node.database._engine, "commit", self)

    def __call__(self, connection: Connection) -> None:
        self.count += not connection.get_execution_options().get("giliran_read_only", False)


def rows(node: Node, table: Any) -> list[Any]:
    with node.database.reading() as connection:
        return list(connection.execute(select(table).order_by(*table.primary_key)).all())


def test_heartbeats_in_which_nothing_changes_are_written_twice_a_minute(node: Node, clock: FakeClock) -> None:
    commits = Commits(node)
    for _ in range(60):
        for device in ("a" * 16, "b" * 16):
            node.contacts.note(SITE, device, [HEAD], HEALTH)
        node.contacts.write_due()
        clock.advance(timedelta(seconds=2))
    assert commits.count == 4
    assert {row.last_contact_ms - milliseconds(MONDAY_10_00) for row in rows(node, device_health)} == {90_000}


@pytest.mark.parametrize("change", [{"printer": "paper_out"}, {"backlog": 3}, {"alarms": 1}, {"clock_trusted": False}])
def test_what_changes_is_written_at_once(node: Node, change: dict[str, Any]) -> None:
    node.contacts.note(SITE, "a" * 16, health=HEALTH)
    node.contacts.write_due()
    node.contacts.note(SITE, "a" * 16, health=HEALTH.model_copy(update=change))
    node.contacts.note(SITE, "a" * 16)  # a hello says nothing of health, and takes nothing of it away
    node.contacts.write_due()
    (row,) = rows(node, device_health)
    assert Health.model_validate_json(row.health) == HEALTH.model_copy(update=change)


def test_last_contact_and_health_outlive_a_restart(node: Node, clock: FakeClock) -> None:
    node.contacts.note(SITE, "a" * 16, health=HEALTH)
    clock.advance(timedelta(seconds=5))
    node.contacts.note(SITE, "a" * 16)
    node.contacts.write()
    again = Contacts(node.database, node.trusted_clock).of_site(SITE)
    assert {device: (one.last_at_ms, one.health) for device, one in again.items()} == {
        "a" * 16: (milliseconds(MONDAY_10_00) + 5000, HEALTH)
    }


def test_what_an_origin_said_is_durable_with_the_event_that_relies_on_it(
    server: Server, kiosk: LeanKiosk, clock: FakeClock, expected_logs: Logs
) -> None:
    """No chore has written it: its moment has not come."""
    expected_logs("events_parked")
    kiosk.beat(health=HEALTH)
    kiosk.write()
    kiosk.append()
    kiosk.hello(heads=(kiosk.write(),))
    clock.advance(timedelta(milliseconds=WRITE_EVERY_MS - 1000))
    kiosk.beat(head=kiosk.write())
    kiosk.append()
    (timeline,) = [row for row in rows(server.node, timelines) if row.origin == kiosk.identity.device_id]
    assert timeline.stated_at_ms == milliseconds(clock.now())


def test_statements_are_kept_until_they_are_durable(node: Node) -> None:
    node.contacts.note(SITE, "a" * 16, [HEAD], is_hello=True)
    with suppress(ZeroDivisionError), node.database.writing() as connection:
        node.contacts.write_pending(connection, SITE, "a" * 16)
        raise ZeroDivisionError
    with node.database.writing() as connection:
        pending = node.contacts.write_pending(connection, SITE, "a" * 16)
    assert len(pending) == 1
    node.contacts.written(SITE, "a" * 16, pending)
    with node.database.writing() as connection:
        assert node.contacts.write_pending(connection, SITE, "a" * 16) == {}


def test_what_is_said_again_meanwhile_is_written_again(node: Node, clock: FakeClock) -> None:
    node.contacts.note(SITE, "a" * 16, [HEAD], is_hello=True)
    with node.database.writing() as connection:
        pending = node.contacts.write_pending(connection, SITE, "a" * 16)
    clock.advance(timedelta(seconds=1))
    node.contacts.note(SITE, "a" * 16, [HEAD], is_hello=True)
    node.contacts.written(SITE, "a" * 16, pending)
    with node.database.writing() as connection:
        (stated,) = node.contacts.write_pending(connection, SITE, "a" * 16).values()
    assert stated.last_at_ms - stated.first_at_ms == 1000


def test_one_who_says_ever_more_fills_no_memory(node: Node) -> None:
    for sequence in range(1, 3 * MOST_STATED):
        node.contacts.note(SITE, "a" * 16, [HEAD.model_copy(update={"sequence": sequence})], is_hello=True)
    with node.database.writing() as connection:
        assert len(node.contacts.write_pending(connection, SITE, "a" * 16)) == MOST_STATED


def test_two_clocks_that_disagree_are_told_of_once(node: Node, clock: FakeClock, expected_logs: Logs) -> None:
    expected_logs("clocks_disagree")
    for _ in range(3):
        node.contacts.note(SITE, "a" * 16, health=HEALTH.model_copy(update={"at": MONDAY_10_00 + timedelta(days=365)}))
    assert expected_logs.seen == ["clocks_disagree"]
    node.contacts.note(SITE, "a" * 16, health=HEALTH)
    node.contacts.note(SITE, "b" * 16, health=HEALTH.model_copy(update={"at": MONDAY_10_00, "clock_trusted": False}))
    clock.advance(timedelta(hours=27))
    node.contacts.note(SITE, "b" * 16, health=HEALTH.model_copy(update={"at": MONDAY_10_00, "clock_trusted": False}))
    assert expected_logs.seen == ["clocks_disagree"]


def test_heartbeat_says_which_day_it_is(server: Server, kiosk: LeanKiosk) -> None:
    kiosk.number()
    answer = kiosk.beat()
    assert isinstance(answer, wire.HeartbeatAnswer)
    assert (str(answer.service_day), answer.recovering, answer.server_epoch) == ("2026-11-23", False, 1)
    contact = server.node.contacts.last(SITE, kiosk.identity.device_id)
    assert contact is not None
    assert contact.last_at_ms == milliseconds(MONDAY_10_00)


def test_heartbeat_is_of_the_device_itself(kiosk: LeanKiosk) -> None:
    message = wire.Heartbeat(origin="f" * 16)
    answer = kiosk._ask(wire.HEARTBEAT_PATH, message, wire.HeartbeatAnswer)
    assert code(answer) is ProblemCode.FOREIGN_ORIGIN
