"""A slip before the scanner of a whole machine: alone, with its server, and when that is gone."""

import secrets
from pathlib import Path

from kiosk.clock import FakeClock
from kiosk.domain.course import Action
from kiosk.domain.desk_bodies import ACTION_TYPES, acted
from kiosk.domain.language import Language
from kiosk.domain.stop_life import Verb
from kiosk.domain.ticket import IssueRequest, StopState, Ticket
from kiosk.domain.visit_status import VisitStatus, VisitVerdict
from kiosk.identity import load_or_create_identity
from kiosk.issuing import Issued
from server.devices import DeviceRecord
from server.enrolment import enrol
from server.run import Server
from server.settings import Role, ServerSettings
from tests.conftest import Logs
from tests.unit.ui.test_machine_numbers import MONDAY_MORNING, machine_at, wait_until
from ui.machine import Machine
from ui.sample_hall import SAMPLE_SITE_ID

FOUND, FROM_PAPER = VisitVerdict.FOUND, VisitVerdict.FROM_PAPER


def issue(machine: Machine, session_key: str) -> Ticket:
    wish = IssueRequest(session_key, (machine.hall.popular[0].id,), is_priority=False, language=Language.INDONESIAN)
    issued = machine.machinery.issue(wish)
    assert isinstance(issued, Issued)
    return issued.ticket


def states(status: VisitStatus) -> list[StopState]:
    return [stop.state for stop in status.stops]


def miss(server: Server, ticket: Ticket) -> None:
    """Called at counter 1, and not there."""
    for verb in (Verb.CALL, Verb.NO_SHOW):
        done = Action(("", "", "", 0), secrets.token_hex(8), verb, ticket.id, 0, 1, 1, "P-017")
        with server.node.database.writing() as connection:
            server.node.own_log.append(connection, SAMPLE_SITE_ID, ACTION_TYPES[verb], acted(done))


def test_a_machine_alone_says_what_is_on_its_slips(tmp_path: Path) -> None:
    with machine_at(tmp_path, None, started=True) as machine:
        ticket = issue(machine, "one")
        status = machine.machinery.look_up(ticket.token)
        assert (status.verdict, status.label, states(status)) == (FROM_PAPER, ticket.label, [StopState.WAITING])
        assert machine.machinery.look_up(ticket.label).verdict is VisitVerdict.UNREADABLE


def test_who_missed_a_call_is_back_in_the_line_and_without_the_server_the_paper_speaks(
    tmp_path: Path, expected_logs: Logs
) -> None:
    expected_logs("server_lost")
    (tmp_path / "kiosk").mkdir()
    identity = load_or_create_identity(tmp_path / "kiosk")
    device = DeviceRecord(identity.device_id, identity.public_key, SAMPLE_SITE_ID, 1, "K", "Anjungan 1")
    enrol(tmp_path / "server", device)
    server = Server(ServerSettings(Role.SITE, tmp_path / "server"), clock=FakeClock(MONDAY_MORNING))
    with server, machine_at(tmp_path, server.url, started=True) as machine:
        engine, look_up = machine.sync, machine.machinery.look_up
        assert engine is not None
        wait_until(lambda: not engine.numbers_trouble)
        first, second = issue(machine, "one"), issue(machine, "two")
        # Whatever a loaded machine does not answer in time is told from the paper: ask again.
        wait_until(lambda: look_up(second.token).verdict is FOUND)
        wait_until(lambda: [stop.ahead for stop in look_up(second.token).stops] == [1])
        miss(server, first)
        wait_until(lambda: _is_back(look_up(first.token)))
        wait_until(lambda: [stop.ahead for stop in look_up(second.token).stops] == [0])
        wait_until(lambda: [stop.ahead for stop in look_up(first.token).stops] == [1])
        server.stop()
        wait_until(lambda: bool(engine.numbers_trouble))
        status = look_up(first.token)
        assert (status.verdict, status.label, states(status)) == (FROM_PAPER, first.label, [StopState.WAITING])


def _is_back(status: VisitStatus) -> bool:
    """By this scan, or by one whose answer came too late."""
    return status.verdict in (VisitVerdict.RETURNED, FOUND) and states(status) == [StopState.WAITING]
