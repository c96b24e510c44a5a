"""Q2, Q5, Q7, Q8, Q9 of research/reliability.md, at a counter's real machine. Q1, Q3, Q4, Q6 lie at the server."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from kiosk.desk.config import DeskConfig
from kiosk.desk.state import Link
from kiosk.domain.scan import ScanVerdict
from kiosk.domain.ticket import StopState, Ticket
from kiosk.identity import new_identity
from kiosk.paths import resource_path
from kiosk.sync.desk_wire import MOST_SCANNED, DeskVerb, Refusal
from server.course_projection import course_for
from tests.bad_network import Proxy, refuse, relay
from tests.conftest import Logs
from tests.desk_at_site import PATIENCE_S, Counter, DeskSite, counter, desk_site
from tests.keyboards import LAYOUTS, typed_on
from tests.paired_desk import PIN
from tests.published_hall import HALL


@pytest.fixture
def hall(tmp_path: Path, expected_logs: Logs) -> Iterator[DeskSite]:
    with desk_site(tmp_path) as site:
        yield site


@pytest.fixture
def service(hall: DeskSite) -> str:
    return min(hall.site.queue_by_code["D"].service_ids)


def counters_of(hall: DeskSite, code: str = "D") -> list[int]:
    return [each.number for each in hall.site.queue_by_code[code].counters]


def verdict(desk: Counter, text: str) -> ScanVerdict:
    answer = desk.scan(text).scan
    assert answer is not None
    return answer.verdict


def states_of(hall: DeskSite, *tickets: Ticket) -> list[StopState]:
    """As the server adds it up."""
    with hall.server.node.database.reading() as connection:
        courses = [course_for(connection, HALL, ticket.id) for ticket in tickets]
    return [stop.state for course in courses if course is not None for stop in course.stops]


class Line:
    """Between a desk and its server."""

    def __init__(self, proxy: Proxy, url: str) -> None:
        self._proxy = proxy
        self._url = url

    def cut(self) -> None:
        self._proxy.behaviour = refuse
        self._proxy.cut()

    def mend(self) -> None:
        self._proxy.behaviour = relay(self._url)


@contextmanager
def desk_on_line(hall: DeskSite, name: str, number: int, staff: str) -> Iterator[tuple[Counter, Line]]:
    with (
        Proxy(relay(hall.server.url), most_connections=20_000) as proxy,
        counter(hall.desk_config(name, proxy.url)) as desk,
    ):
        desk.wait_until_live()
        desk.sign_in(number, staff)
        desk.wait_until_ready_to_be_cut_off()
        yield desk, Line(proxy, hall.server.url)


def test_q2_a_giant_code_or_a_burst_without_end_is_no_ticket_and_stops_nobody(hall: DeskSite, service: str) -> None:
    with counter(hall.desk_config("loket-1")) as desk:
        desk.wait_until_live()
        desk.sign_in(counters_of(hall)[0])
        token = hall.ticket(service).token
        for text in ("7" * 7089, "A" * 4096, token * 30, "Q" * (MOST_SCANNED + 1)):
            assert verdict(desk, text) is ScanVerdict.UNREADABLE
        assert verdict(desk, token) is ScanVerdict.STARTED  # and the next visitor is served


def test_q5_a_ticket_served_at_two_cut_off_desks_becomes_one_truth_flagged_at_both(
    hall: DeskSite, service: str, expected_logs: Logs
) -> None:
    expected_logs("server_lost")
    first, second = counters_of(hall)[:2]
    ticket = hall.ticket(service)
    hall.tell(ticket)
    with ExitStack() as opened:
        one, line_of_one = opened.enter_context(desk_on_line(hall, "loket-1", first, "P-01"))
        two, line_of_two = opened.enter_context(desk_on_line(hall, "loket-2", second, "P-02"))
        for desk, line in ((one, line_of_one), (two, line_of_two)):
            line.cut()
            desk.wait_until_cut_off()
            assert verdict(desk, ticket.token) is ScanVerdict.STARTED_OFFLINE
            assert desk.served_alone == ticket.label
            assert desk.acts(DeskVerb.COMPLETE) is None
            assert not desk.served_alone
            assert verdict(desk, ticket.token) is ScanVerdict.SEEN_HERE
        for line in (line_of_one, line_of_two):
            line.mend()
        for desk, other in ((one, second), (two, first)):
            desk.wait_until(lambda state: state.view is not None and bool(state.view.conflicts))
            assert [(each.label, each.other_counter) for each in desk.view.conflicts] == [(ticket.label, other)]
            desk.wait_until(lambda state: state.link is Link.LIVE and state.unsent == 0)
        with hall.server.node.database.reading() as connection:
            course = course_for(connection, HALL, ticket.id)
        assert course is not None
        assert course.conflicts
        assert states_of(hall, ticket) == [StopState.COMPLETED]


def test_an_officer_goes_on_when_the_line_is_cut_and_the_server_takes_over_again(
    hall: DeskSite, service: str, expected_logs: Logs
) -> None:
    expected_logs("server_lost", "events_parked")
    served, from_paper = hall.ticket(service), hall.ticket(service)
    hall.tell(served)
    with desk_on_line(hall, "loket-1", counters_of(hall)[0], "P-01") as (desk, line):
        assert verdict(desk, served.token) is ScanVerdict.STARTED
        line.cut()
        desk.wait_until_cut_off()
        assert desk.served_alone == served.label
        assert verdict(desk, from_paper.token) is ScanVerdict.COUNTER_BUSY
        assert desk.acts(DeskVerb.CALL_NEXT) is Refusal.NOT_POSSIBLE
        assert desk.acts(DeskVerb.COMPLETE) is None
        assert verdict(desk, from_paper.token) is ScanVerdict.STARTED_OFFLINE
        line.mend()
        desk.wait_until(lambda state: state.link is Link.LIVE and state.unsent == 0 and desk.served is None)
        assert desk.served_alone == from_paper.label  # no kiosk has told the server of this ticket yet
        hall.tell(from_paper)
        desk.wait_until(lambda _: desk.served_alone is None)
        assert (desk.served, desk.view.conflicts) == (from_paper.label, ())
        assert desk.acts(DeskVerb.COMPLETE) is None
        assert states_of(hall, served, from_paper) == [StopState.COMPLETED, StopState.COMPLETED]


def test_after_the_line_came_back_nobody_is_called_again_who_was_served_without_it(
    hall: DeskSite, service: str, expected_logs: Logs
) -> None:
    """Neither the window nor the server may believe what was before the line broke."""
    expected_logs("server_lost")
    called, waiting = hall.ticket(service), hall.ticket(service)
    hall.tell(called, waiting)
    with desk_on_line(hall, "loket-1", counters_of(hall)[0], "P-01") as (desk, line):
        assert desk.acts(DeskVerb.CALL_NEXT) is None
        assert desk.served == called.label
        line.cut()
        desk.wait_until_cut_off()
        assert desk.acts(DeskVerb.START) is None
        assert desk.acts(DeskVerb.COMPLETE) is None
        assert desk.view.visit is None
        assert desk.served_alone is None
        assert verdict(desk, waiting.token) is ScanVerdict.STARTED_OFFLINE
        assert desk.acts(DeskVerb.COMPLETE) is None
        cut = len(desk.shown)
        line.mend()
        desk.wait_until_live()
        assert desk.acts(DeskVerb.CALL_NEXT) is Refusal.NOBODY_WAITS
        live = [state for state in desk.shown[cut:] if state.link is Link.LIVE]
        assert all(state.unsent == 0 and state.view is not None and state.view.visit is None for state in live)
        assert states_of(hall, called, waiting) == [StopState.COMPLETED, StopState.COMPLETED]


def test_cut_off_only_genuine_tickets_of_this_hall_and_day_are_served(
    hall: DeskSite, service: str, expected_logs: Logs
) -> None:
    expected_logs("server_lost")
    elsewhere = next(
        one for one, queue in hall.site.queue_by_service.items() if queue.code != "D" and one in hall.catalogue.services
    )
    good = hall.ticket(service)
    token = good.token
    forged = token[:-8] + ("A" if token[-8] != "A" else "B") + token[-7:]
    yesterday = hall.day.fromordinal(hall.day.toordinal() - 1)
    with desk_on_line(hall, "loket-1", counters_of(hall)[0], "P-01") as (desk, line):
        line.cut()
        desk.wait_until_cut_off()
        for text, said in (
            (forged, ScanVerdict.FORGED),
            (hall.ticket(service, signer=new_identity()).token, ScanVerdict.UNKNOWN_KEY),
            (hall.ticket(service, day=yesterday).token, ScanVerdict.REVOKED_KEY),  # before that kiosk was let in
            (hall.ticket(elsewhere).token, ScanVerdict.WRONG_COUNTER),
            ("D-999", ScanVerdict.UNKNOWN),
            (token[:60], ScanVerdict.UNREADABLE),
            (token, ScanVerdict.STARTED_OFFLINE),
            (token, ScanVerdict.ALREADY_HERE),
        ):
            assert (text, verdict(desk, text)) == (text, said)


def test_an_officer_unlocks_and_comes_back_while_the_line_is_cut(hall: DeskSite, expected_logs: Logs) -> None:
    expected_logs("server_lost")
    with desk_on_line(hall, "loket-1", counters_of(hall)[0], "P-01") as (desk, line):
        line.cut()
        desk.wait_until_cut_off()
        desk.machine.lock()
        desk.wait_until(lambda state: state.is_locked)
        assert desk.do(lambda machine: machine.unlock("000000")) is Refusal.WRONG_PIN
        assert desk.do(lambda machine: machine.unlock(PIN)) is None
        desk.wait_until(lambda state: not state.is_locked)
        assert desk.do(lambda machine: machine.sign_in("P-02", PIN, None)) is Refusal.NOT_POSSIBLE


def test_a_desk_killed_while_cut_off_loses_nothing(hall: DeskSite, service: str, expected_logs: Logs) -> None:
    expected_logs("server_lost")
    ticket, later = hall.ticket(service), hall.ticket(service)
    hall.tell(ticket, later)
    number = counters_of(hall)[0]
    with Proxy(relay(hall.server.url), most_connections=20_000) as proxy:
        config = hall.desk_config("loket-1", proxy.url)
        with counter(config) as desk:
            desk.wait_until_live()
            desk.sign_in(number)
            desk.wait_until_ready_to_be_cut_off()
        line = Line(proxy, hall.server.url)
        line.cut()
        assert said_before_it_was_killed(hall.folder, config, ticket.token) == ScanVerdict.STARTED_OFFLINE
        with counter(config) as desk:
            state = desk.wait_until_cut_off()
            assert state.serving_as_desk
            assert (state.counter, desk.served_alone) == (number, ticket.label)
            assert verdict(desk, later.token) is ScanVerdict.COUNTER_BUSY
            assert desk.acts(DeskVerb.COMPLETE) is None
            assert verdict(desk, ticket.token) is ScanVerdict.SEEN_HERE
            assert verdict(desk, later.token) is ScanVerdict.STARTED_OFFLINE
            line.mend()
            desk.wait_until(lambda state: state.link is Link.LIVE and state.unsent == 0)
            assert states_of(hall, ticket, later) == [StopState.COMPLETED, StopState.SERVING]


def said_before_it_was_killed(folder: Path, config: DeskConfig, token: str) -> str:
    file = folder / "desk.toml"
    file.write_text(
        f'kind = "desk"\ndata_dir = "{config.data_dir}"\nbind_to_machine = false\n'
        f'[sync]\nserver = "{config.sync.server}"\n'
    )
    command = [sys.executable, "-m", "tests.faults.desk_process", str(file), token]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=resource_path("")) as process:
        assert process.stdout is not None
        said = process.stdout.readline().strip()
        process.kill()
        assert process.wait(PATIENCE_S) == -signal.SIGKILL
    return said


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
@pytest.mark.parametrize("lock", ["", "caps-lock"])
def test_q7_whatever_the_keyboard_made_of_it_the_ticket_is_read(
    site_for_layouts: tuple[DeskSite, Counter], layout: str, lock: str
) -> None:
    hall, desk = site_for_layouts
    ticket = hall.ticket(min(hall.site.queue_by_code["D"].service_ids))
    assert verdict(desk, "\x02" + typed_on(layout, ticket.token, caps=bool(lock))) is ScanVerdict.STARTED
    assert desk.acts(DeskVerb.COMPLETE) is None


@pytest.fixture(scope="module")
def site_for_layouts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[DeskSite, Counter]]:
    with desk_site(tmp_path_factory.mktemp("layouts")) as hall, counter(hall.desk_config("loket-1")) as desk:
        desk.wait_until_live()
        desk.sign_in(counters_of(hall)[0])
        desk.wait_until_ready_to_be_cut_off()
        yield hall, desk


@pytest.mark.parametrize(
    "text",
    ["\x1b[15~", "%{F4}", "\t\t\r\n", "javascript:alert(1)", "<script>alert(1)</script>", "\x03\x18\x1a", "1' OR 1=1"],
)
def test_q8_what_a_code_types_is_never_more_than_no_ticket(
    site_for_layouts: tuple[DeskSite, Counter], text: str
) -> None:
    _, desk = site_for_layouts
    before = desk.state
    answers = desk.state.answer_count
    desk.machine.scan(text)
    desk.machine.scan("!")
    after = desk.wait_until(lambda state: state.scan_count > before.scan_count and not state.busy)
    assert after.scan is not None
    assert after.scan.verdict is ScanVerdict.UNREADABLE
    assert (after.person, after.counter, after.is_locked, after.answer_count) == (
        before.person,
        before.counter,
        False,
        answers,
    )


def test_q9_a_faded_ticket_is_served_by_the_label_that_people_can_read(
    site_for_layouts: tuple[DeskSite, Counter],
) -> None:
    """Nine in ten damaged slips decode (test_damaged_slip_decodes_nine_times_in_ten); this is for the tenth."""
    hall, desk = site_for_layouts
    ticket = hall.ticket(min(hall.site.queue_by_code["D"].service_ids))
    hall.tell(ticket)
    assert verdict(desk, f" nomor {ticket.label.replace('-', ' ').lower()} ") is ScanVerdict.STARTED
    assert desk.served == ticket.label
    assert desk.acts(DeskVerb.COMPLETE) is None


def test_q9_cut_off_a_label_is_believed_only_of_those_who_stood_in_the_line(
    hall: DeskSite, service: str, expected_logs: Logs
) -> None:
    expected_logs("server_lost")
    waiting, unheard = hall.ticket(service), hall.ticket(service)
    hall.tell(waiting)
    with desk_on_line(hall, "loket-1", counters_of(hall)[0], "P-01") as (desk, line):
        desk.wait_until(lambda state: state.view is not None and len(state.view.line) == 1)
        line.cut()
        desk.wait_until_cut_off()
        assert verdict(desk, unheard.label) is ScanVerdict.UNKNOWN
        assert verdict(desk, waiting.label) is ScanVerdict.STARTED_OFFLINE
        assert desk.acts(DeskVerb.COMPLETE) is None
        line.mend()
        desk.wait_until(lambda state: state.link is Link.LIVE and state.unsent == 0)
        assert states_of(hall, waiting) == [StopState.COMPLETED]
