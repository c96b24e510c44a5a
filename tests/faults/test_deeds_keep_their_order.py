"""What a desk did by itself reaches the server before anything else that it asks."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.clock import SystemClock
from kiosk.desk import room
from kiosk.desk.state import Link
from kiosk.domain.scan import ScanVerdict
from kiosk.domain.ticket import StopState
from kiosk.sync.client import Deadlines
from kiosk.sync.desk_wire import DeskVerb, Refusal
from kiosk.sync.wire import APPEND_PATH
from server.course_projection import course_for
from tests.bad_network import Picky, Proxy, refuse
from tests.conftest import Logs
from tests.desk_at_site import PACE, PATIENCE_S, Counter, DeskSite, counter, desk_site
from tests.published_hall import HALL

SLOW_TO_SEND = replace(
    PACE,
    deeds=Deadlines(connect_s=5.0, total_s=10.0),
    sync=replace(PACE.sync, first_backoff_s=60.0, longest_backoff_s=60.0),
)
"""After a try that came to nothing the log waits until it is woken; a machine that is slow cuts nobody off."""


class Watch(SystemClock):
    """Its steady clock stands still, however slow this machine is, until it is let run: then it runs fast."""

    def __init__(self) -> None:
        super().__init__()
        self.runs = False
        self._seconds = 0.0

    def monotonic(self) -> float:
        if self.runs:
            self._seconds += 5.0
        return self._seconds


class Desk:
    """`log`: of the way to the server, on which this desk's own log can be held up alone."""

    def __init__(self, hall: DeskSite, proxy: Proxy, log: Picky) -> None:
        self._proxy = proxy
        self.log = log
        self.watch = Watch()
        self.number = hall.site.queue_by_code["D"].counters[0].number
        self.config = hall.desk_config("loket-1", proxy.url)

    def cut(self) -> None:
        self._proxy.behaviour = refuse
        self._proxy.cut()

    def mend(self) -> None:
        self._proxy.behaviour = self.log

    @contextmanager
    def at_work(self) -> Iterator[Counter]:
        with counter(self.config, self.watch, SLOW_TO_SEND) as at_counter:
            at_counter.wait_until_live()
            at_counter.sign_in(self.number)
            at_counter.wait_until_ready_to_be_cut_off()
            yield at_counter


@pytest.fixture
def hall(tmp_path: Path, expected_logs: Logs) -> Iterator[DeskSite]:
    expected_logs("server_lost", "events_parked")
    with desk_site(tmp_path) as site:
        yield site


@pytest.fixture
def service(hall: DeskSite) -> str:
    return min(hall.site.queue_by_code["D"].service_ids)


@pytest.fixture
def desk(hall: DeskSite) -> Iterator[Desk]:
    log = Picky(hall.server.url, APPEND_PATH)
    with Proxy(log, 20_000) as proxy:
        yield Desk(hall, proxy, log)


def verdict(at_counter: Counter, text: str) -> ScanVerdict:
    answer = at_counter.scan(text).scan
    assert answer is not None
    return answer.verdict


def states_of(hall: DeskSite, ticket_id: str) -> list[StopState]:
    with hall.server.node.database.reading() as connection:
        course = course_for(connection, HALL, ticket_id)
    assert course is not None
    return [stop.state for stop in course.stops]


def test_who_was_served_alone_is_not_begun_again_while_the_server_lacks_that_it_is_done(
    hall: DeskSite, desk: Desk, service: str
) -> None:
    ticket = hall.ticket(service)
    with desk.at_work() as at_counter:
        desk.cut()
        at_counter.wait_until_cut_off()
        assert verdict(at_counter, ticket.token) is ScanVerdict.STARTED_OFFLINE
        desk.mend()
        at_counter.wait_until(lambda state: state.link is Link.LIVE and state.unsent == 0)
        assert at_counter.served_alone == ticket.label  # the server cannot take over whom it does not know
        desk.log.refuses = True
        assert at_counter.acts(DeskVerb.COMPLETE) is None
        assert verdict(at_counter, ticket.token) is ScanVerdict.SEEN_HERE
        assert at_counter.acts(DeskVerb.CALL_NEXT) is Refusal.NOT_POSSIBLE
        assert at_counter.state.unsent == 1
        desk.log.refuses = False
        at_counter.wait_until(lambda state: state.link is Link.LIVE and state.unsent == 0)
        hall.tell(ticket)
        assert at_counter.acts(DeskVerb.CALL_NEXT) is Refusal.NOBODY_WAITS
        assert states_of(hall, ticket.id) == [StopState.COMPLETED]


def test_a_deed_takes_with_it_what_is_not_sent(
    hall: DeskSite, desk: Desk, service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without anybody's waiting for the next try."""
    monkeypatch.setattr(room, "_SENDS_WITHIN_S", PATIENCE_S)
    ticket, waiting = hall.ticket(service), hall.ticket(service)
    hall.tell(waiting)
    with desk.at_work() as at_counter:
        desk.cut()
        at_counter.wait_until_cut_off()
        assert verdict(at_counter, ticket.token) is ScanVerdict.STARTED_OFFLINE
        desk.mend()
        at_counter.wait_until(lambda state: state.link is Link.LIVE and state.unsent == 0)
        desk.log.refuses = True
        assert at_counter.acts(DeskVerb.COMPLETE) is None
        desk.log.wait_until_refused()
        desk.log.refuses = False
        assert at_counter.acts(DeskVerb.CALL_NEXT) is None
        assert at_counter.served == waiting.label


def test_a_log_that_the_server_does_not_take_holds_nobody_up_for_long(hall: DeskSite, desk: Desk, service: str) -> None:
    ticket = hall.ticket(service)
    hall.tell(ticket)
    with desk.at_work() as at_counter:
        desk.cut()
        at_counter.wait_until_cut_off()
        assert verdict(at_counter, ticket.token) is ScanVerdict.STARTED_OFFLINE
        assert at_counter.acts(DeskVerb.PARK) is None
        desk.log.refuses = True
        desk.mend()
        desk.watch.runs = True
        at_counter.wait_until(lambda state: state.link is Link.LIVE)
        assert at_counter.state.unsent == 2
        assert at_counter.acts(DeskVerb.CALL_NEXT) is None
        assert at_counter.served == ticket.label


def test_a_desk_that_starts_again_does_not_serve_one_paper_twice(hall: DeskSite, desk: Desk, service: str) -> None:
    done, called = hall.ticket(service), hall.ticket(service)
    hall.tell(done, called)
    with desk.at_work() as at_counter:
        assert verdict(at_counter, done.token) is ScanVerdict.STARTED
        assert at_counter.acts(DeskVerb.COMPLETE) is None
        assert at_counter.acts(DeskVerb.CALL_NEXT) is None
    desk.cut()
    with counter(desk.config) as at_counter:
        at_counter.wait_until_cut_off()
        assert verdict(at_counter, done.token) is ScanVerdict.SEEN_HERE
        assert verdict(at_counter, called.token) is ScanVerdict.STARTED_OFFLINE
