"""A counter's machine before its site server: what is lost on the way is done once, and news come by themselves."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from kiosk.desk.config import DeskConfig, DeskSyncConfig
from kiosk.desk.state import Link
from kiosk.domain.scan import ScanVerdict
from kiosk.domain.ticket import StopState
from kiosk.enrolling import enrol_desk
from kiosk.identity import read_identity
from kiosk.sync.desk_wire import ACT_PATH, SCAN_PATH, DeskVerb, Refusal, SuperviseVerb
from kiosk.sync.wire import DeviceKind
from server.course_projection import course_for
from server.enrolment import revoke
from server.invitations import Wish, invite
from server.schema import actions
from tests.bad_network import Proxy, lose_answers, refuse, relay
from tests.conftest import Logs
from tests.desk_at_site import PACE, Counter, DeskSite, counter, desk_site
from tests.paired_desk import PIN
from tests.published_hall import HALL
from tests.real_processes import verified


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[DeskSite]:
    with desk_site(tmp_path) as site:
        yield site


@pytest.fixture
def service(hall: DeskSite) -> str:
    return min(hall.site.queue_by_code["D"].service_ids)


@pytest.fixture
def number(hall: DeskSite) -> int:
    return hall.site.queue_by_code["D"].counters[0].number


def test_a_desk_that_nobody_let_in_waits_for_its_code(hall: DeskSite, number: int) -> None:
    config = DeskConfig(data_dir=hall.folder / "new", bind_to_machine=False)
    with counter(config) as desk:
        desk.wait_until(lambda state: state.link is Link.NOT_ENROLLED)
        code, _ = invite(hall.server.node, Wish(HALL, DeviceKind.DESK))
        enrol_desk(str(code), replace(config, sync=DeskSyncConfig(server=hall.server.url)))
        desk.wait_until_live()
        desk.sign_in(number)
        assert desk.view.staff == "P-01"


def test_what_a_lost_answer_hid_is_done_once(hall: DeskSite, service: str, number: int) -> None:
    first, second = hall.ticket(service), hall.ticket(service)
    hall.tell(first, second)
    lost: list[None] = []

    def mend() -> None:
        lost.append(None)
        proxy.behaviour = relay(hall.server.url)

    with (
        Proxy(lose_answers(hall.server.url, ACT_PATH, mend), 20_000) as proxy,
        counter(hall.desk_config("loket-1", proxy.url)) as desk,
    ):
        desk.wait_until_live()
        desk.sign_in(number)
        assert desk.acts(DeskVerb.CALL_NEXT) is None
        assert desk.served == first.label
        with hall.server.node.database.reading() as connection:
            verbs = connection.execute(select(actions.c.verb)).scalars().all()
        assert (verbs, len(lost)) == (["called"], 1)


def test_a_scan_whose_answer_never_comes_is_one_start_in_both_logs(
    hall: DeskSite, service: str, number: int, expected_logs: Logs
) -> None:
    expected_logs("server_lost")
    ticket = hall.ticket(service)
    hall.tell(ticket)
    lost: list[None] = []
    bad = lose_answers(hall.server.url, SCAN_PATH, lambda: lost.append(None))
    with Proxy(bad, 20_000) as proxy, counter(hall.desk_config("loket-1", proxy.url)) as desk:
        desk.wait_until_live()
        desk.sign_in(number)
        desk.wait_until_ready_to_be_cut_off()
        assert desk.scan(ticket.token).scan is not None
        assert len(lost) == 2
        desk.wait_until(lambda state: state.link is Link.LIVE and state.unsent == 0 and desk.served_alone is None)
        assert desk.served == ticket.label
        assert desk.acts(DeskVerb.COMPLETE) is None
    with hall.server.node.database.reading() as connection:
        course = course_for(connection, HALL, ticket.id)
        starts = connection.execute(select(actions.c.action).where(actions.c.verb == "started")).scalars()
        assert len(set(starts)) == 1
    assert course is not None
    assert ([stop.state for stop in course.stops], course.conflicts) == ([StopState.COMPLETED], ())


def test_news_of_the_hall_come_by_themselves(hall: DeskSite, service: str, number: int) -> None:
    patient = replace(PACE, look_every_s=600.0, sync=replace(PACE.sync, hello_every_s=600.0))
    with counter(hall.desk_config("loket-1"), pace=patient) as desk:
        desk.wait_until_live()
        desk.sign_in(number)
        desk.wait_until_ready_to_be_cut_off()
        ticket = hall.ticket(service)
        hall.tell(ticket)
        desk.wait_until(lambda _: [row.label for row in desk.view.line] == [ticket.label])


def test_an_unlocked_desk_goes_on_where_it_was(hall: DeskSite, service: str, number: int) -> None:
    ticket = hall.ticket(service)
    hall.tell(ticket)
    with counter(hall.desk_config("loket-1")) as desk:
        desk.wait_until_live()
        desk.sign_in(number)
        assert desk.acts(DeskVerb.CALL_NEXT) is None
        desk.machine.lock()
        desk.wait_until(lambda state: state.is_locked)
        assert desk.do(lambda machine: machine.unlock("000000")) is Refusal.WRONG_PIN
        assert desk.do(lambda machine: machine.unlock(PIN)) is None
        assert desk.acts(DeskVerb.START) is None
        assert desk.served == ticket.label


def test_an_officer_who_signs_in_elsewhere_is_signed_out_here(hall: DeskSite, number: int) -> None:
    with counter(hall.desk_config("loket-1")) as one, counter(hall.desk_config("loket-2")) as two:
        for desk in (one, two):
            desk.wait_until_live()
        one.sign_in(number)
        two.sign_in(number)
        one.wait_until(lambda state: state.person is None and state.view is None)
        assert one.acts(DeskVerb.CALL_NEXT) is Refusal.SIGNED_OUT


def test_a_wrong_pin_is_told_and_the_right_one_lets_in(hall: DeskSite, number: int) -> None:
    with counter(hall.desk_config("loket-1")) as desk:
        desk.wait_until_live()
        assert desk.do(lambda machine: machine.sign_in("P-01", "000001", number)) is Refusal.WRONG_PIN
        assert desk.state.person is None
        desk.sign_in(number)
        desk.machine.sign_out()
        desk.wait_until(lambda state: state.person is None and not state.busy)
        assert desk.state.view is None


def test_a_supervisor_sees_the_hall_for_as_long_as_it_is_looked_at(hall: DeskSite) -> None:
    with counter(hall.desk_config("loket-1")) as desk:
        desk.wait_until_live()
        desk.machine.sign_in("S-01", PIN, None)
        desk.wait_until(lambda state: state.person is not None)
        desk.machine.look_at_hall(is_open=True)
        desk.wait_until(lambda state: state.hall is not None)
        assert desk.do(lambda machine: machine.supervise(SuperviseVerb.CLOSE_QUEUE, queue="D")) in (
            None,
            Refusal.PEOPLE_WAIT,
        )
        desk.machine.look_at_hall(is_open=False)
        desk.wait_until(lambda state: state.hall is None)


def test_a_revoked_desk_serves_nobody(hall: DeskSite, service: str, number: int, expected_logs: Logs) -> None:
    expected_logs("server_lost")
    with (
        Proxy(relay(hall.server.url), 20_000) as proxy,
        counter(hall.desk_config("loket-1", proxy.url)) as desk,
    ):
        desk.wait_until_live()
        desk.sign_in(number)
        desk.wait_until_ready_to_be_cut_off()
        revoke(hall.server.node, HALL, read_identity(hall.folder / "loket-1").device_id)
        desk.wait_until(lambda state: state.link is Link.SHUT_OUT)
        proxy.behaviour = refuse
        proxy.cut()
        connections = proxy.connections
        proxy.wait_for_connections(connections + 5)
        ticket = hall.ticket(service)
        assert desk.do(lambda machine: machine.scan(ticket.token)) is Refusal.NOT_POSSIBLE
        assert (desk.state.link, desk.served_alone) == (Link.SHUT_OUT, None)


def test_the_log_of_a_desk_is_verified_like_any_other(
    hall: DeskSite, service: str, number: int, expected_logs: Logs
) -> None:
    expected_logs("server_lost")
    config = hall.desk_config("loket-1")
    with counter(config) as desk:
        desk.wait_until_live()
        desk.sign_in(number)
        desk.wait_until_ready_to_be_cut_off()
    serve_alone(replace(config, sync=DeskSyncConfig(server="http://127.0.0.1:9")), hall.ticket(service).token)
    assert verified(config.data_dir)["ok"]


def serve_alone(config: DeskConfig, token: str) -> None:
    with counter(config) as desk:
        desk.wait_until_cut_off()
        assert serve(desk, token) is ScanVerdict.STARTED_OFFLINE
        assert desk.acts(DeskVerb.PARK) is None
        assert serve(desk, token) is ScanVerdict.STARTED_OFFLINE  # back from the photocopier
        assert desk.acts(DeskVerb.COMPLETE) is None
        assert serve(desk, token) is ScanVerdict.SEEN_HERE


def serve(desk: Counter, token: str) -> ScanVerdict:
    answer = desk.scan(token).scan
    assert answer is not None
    return answer.verdict
