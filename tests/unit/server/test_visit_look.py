"""A slip before a kiosk's scanner, through HTTP with a real server: every verdict, and who stands in the line again."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.domain.scan import ScanVerdict
from kiosk.domain.ticket import StopState, Ticket, Wait
from kiosk.domain.verdict import Verified
from kiosk.domain.visit_status import StopStatus, VisitStatus, VisitVerdict
from kiosk.identity import new_identity
from kiosk.sync.desk_wire import DeskVerb
from kiosk.sync.visit_wire import VISIT_PATH, Look, VisitSeen, status_of
from kiosk.sync.wire import DeviceKind, ProblemCode
from server.enrolment import admit, revoke
from server.limits import Buckets, Rate
from server.outlooks import SiteOutlook
from server.rebuild import rebuild
from server.verification import verify_database
from server.visit_look import look
from tests.paired_desk import PairedDesk, action_name, paired_desk
from tests.paired_kiosk import SITE
from tests.served_hall import A, D, ServedHall, kiosk_record, miss, served_hall, told

CALL_NEXT, START, COMPLETE = DeskVerb.CALL_NEXT, DeskVerb.START, DeskVerb.COMPLETE
FOUND, RETURNED, FROM_PAPER = VisitVerdict.FOUND, VisitVerdict.RETURNED, VisitVerdict.FROM_PAPER
WAITING = StopState.WAITING
EXPECTED = Wait(300, 600)


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[ServedHall]:
    with served_hall(tmp_path) as hall:
        yield hall


class AtKiosk(PairedDesk):
    """The scanner of a kiosk that was let in."""

    def look(self, text: str, action: str | None = None) -> VisitStatus:
        return status_of(self.ask(VISIT_PATH, Look(action=action or action_name(), text=text), VisitSeen))

    def verdict(self, text: str) -> VisitVerdict:
        return self.look(text).verdict


@pytest.fixture
def kiosk(hall: ServedHall) -> Iterator[AtKiosk]:
    kiosk = AtKiosk(hall.server, hall.kiosk)
    yield kiosk
    kiosk.close()


def five(hall: ServedHall) -> list[Ticket]:
    tickets = []
    for _ in range(5):
        tickets.append(hall.issue())
        hall.pass_time(seconds=1)
    return tickets


def expect(hall: ServedHall, monkeypatch: pytest.MonkeyPatch, ticket: Ticket) -> None:
    """So long does it wait, by the server's last estimate; it makes no other one while the test runs."""
    outlook = SiteOutlook(line={(str(ticket.id), 1): EXPECTED})
    monkeypatch.setattr(hall.server.node.outlooks, "of_site", lambda _: outlook)


def changes(hall: ServedHall, deed: Callable[[], object]) -> list[str]:
    """The names of what a watcher hears of it."""

    async def watch() -> list[str]:
        reader = hall.server.node.stream.open(SITE, None)
        await reader.news(0.0)
        await asyncio.to_thread(deed)
        news, _ = await reader.news(0.0)
        reader.close()
        return [each.change.name for each in news]

    return asyncio.run(watch())


def test_who_waits_hears_how_many_are_before_and_how_long(
    hall: ServedHall, kiosk: AtKiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    tickets = five(hall)
    both = hall.issue(A, D, after={2: (1,)})
    expect(hall, monkeypatch, tickets[2])
    assert kiosk.look(hall.token(tickets[2])) == VisitStatus(
        FOUND, "D-003", hall.day, (StopStatus(D, WAITING, ahead=2, wait=EXPECTED),)
    )
    assert kiosk.look(hall.token(both)).stops == (
        StopStatus(A, WAITING, ahead=0),
        StopStatus(D, StopState.PENDING),
    )
    assert told(hall) == []


def test_who_is_at_another_counter_keeps_the_place_and_counts(hall: ServedHall, kiosk: AtKiosk) -> None:
    both, last = hall.issue(D, A), hall.issue(A)
    hall.desk(9).do(CALL_NEXT)
    assert kiosk.look(hall.token(both)).stops == (
        StopStatus(D, StopState.CALLED, counter="9"),
        StopStatus(A, WAITING, ahead=0),
    )
    assert kiosk.look(hall.token(last)).stops == (StopStatus(A, WAITING, ahead=1),)


def test_every_state_has_its_word(hall: ServedHall, kiosk: AtKiosk) -> None:
    ticket = hall.issue()
    desk = hall.desk(9)
    states = []
    for verb in (CALL_NEXT, START, DeskVerb.PARK, DeskVerb.UNPARK, CALL_NEXT, START, COMPLETE):
        desk.do(verb, **({"ticket": ticket.id} if verb is DeskVerb.UNPARK else {}))
        (stop,) = kiosk.look(hall.token(ticket)).stops
        states.append((stop.state, stop.counter))
    assert states == [
        (StopState.CALLED, "9"),
        (StopState.SERVING, "9"),
        (StopState.PARKED, None),
        (StopState.WAITING, None),
        (StopState.CALLED, "9"),
        (StopState.SERVING, "9"),
        (StopState.COMPLETED, None),
    ]


def test_a_stop_that_another_has_taken_the_place_of_is_not_told(hall: ServedHall, kiosk: AtKiosk) -> None:
    ticket = hall.issue()
    desk = hall.desk(9)
    desk.scan(hall.token(ticket))
    desk.do(DeskVerb.TRANSFER, service=A)
    assert kiosk.look(hall.token(ticket)).stops == (StopStatus(A, WAITING, ahead=0),)


@pytest.mark.usefixtures("on_both_databases")
def test_who_missed_the_call_stands_in_the_line_again_and_the_hall_hears_of_it(
    hall: ServedHall, kiosk: AtKiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    missed = five(hall)[0]
    desk = hall.desk(9)
    miss(desk)
    hall.pass_time(seconds=1)
    expect(hall, monkeypatch, missed)  # as it was before the call
    told_before = len(told(hall))
    answers = []
    news = changes(hall, lambda: answers.append(kiosk.look(hall.token(missed))))
    assert answers == [
        VisitStatus(RETURNED, "D-001", hall.day, (StopStatus(D, WAITING, ahead=3, returned=True),)),
    ]
    assert news == ["ticket", "queue", "call"]  # the call is over
    assert desk.line() == ["D-002", "D-003", "D-004", "D-001", "D-005"]
    (event,) = told(hall)[told_before:]
    assert (event.type, event.body["kiosk"]) == ("stop.returned", hall.kiosk.device_id)
    assert event.body.keys() == {"ticket_id", "action", "position", "place_ms", "kiosk"}  # no counter, no officer
    database = hall.server.node.database
    assert isinstance(verify_database(database), Verified)
    assert not rebuild(database).has_changed


def test_a_scan_that_is_told_again_brings_nobody_back_twice(hall: ServedHall, kiosk: AtKiosk) -> None:
    missed = five(hall)[0]
    desk = hall.desk(9)
    miss(desk)
    name = action_name()
    assert kiosk.look(hall.token(missed), name) == kiosk.look(hall.token(missed), name)
    assert kiosk.look(hall.token(missed), name).verdict is RETURNED
    assert kiosk.look(hall.token(missed)).verdict is FOUND  # another scan: nothing is left to do
    assert [event.type for event in told(hall)].count("stop.returned") == 1
    for _ in range(4):  # also where its answer comes back after the next call was missed
        miss(desk)
    assert kiosk.look(hall.token(missed), name).stops == (StopStatus(D, StopState.NO_SHOW),)
    assert kiosk.look(hall.token(missed)).verdict is RETURNED
    assert [event.type for event in told(hall)].count("stop.returned") == 2


def test_every_missed_call_of_the_visit_is_made_good_at_once(hall: ServedHall, kiosk: AtKiosk) -> None:
    both = hall.issue(D, A)
    hall.issue(A)
    miss(hall.desk(9))
    other = hall.desk(1)
    miss(other)
    status = kiosk.look(hall.token(both))
    assert (status.verdict, [(stop.state, stop.returned) for stop in status.stops]) == (
        RETURNED,
        [(WAITING, True), (WAITING, True)],
    )
    assert other.line() == ["A-002", "D-001"]


def test_whose_call_is_on_the_board_only_hears_where_to_go(hall: ServedHall, kiosk: AtKiosk) -> None:
    both = hall.issue(D, A)
    miss(hall.desk(9))
    hall.desk(1).do(CALL_NEXT)
    done = len(told(hall))
    status = kiosk.look(hall.token(both))
    assert (status.verdict, status.stops) == (
        FOUND,
        (StopStatus(D, StopState.NO_SHOW), StopStatus(A, StopState.CALLED, counter="1")),
    )
    assert len(told(hall)) == done


def test_nobody_can_undo_what_a_visitor_did_and_a_desk_serves_him(hall: ServedHall, kiosk: AtKiosk) -> None:
    missed = hall.issue()
    desk = hall.desk(9)
    miss(desk)
    assert desk.view().undo is not None
    kiosk.look(hall.token(missed))
    assert desk.view().undo is None
    assert desk.line() == ["D-001"]
    assert desk.scan(hall.token(missed)).verdict is ScanVerdict.STARTED


def test_who_was_thought_to_have_gone_without_paper_waits(hall: ServedHall, kiosk: AtKiosk) -> None:
    gone = hall.issue(D, A)
    hall.abandon(gone)
    name = action_name()
    for _ in range(2):
        status = kiosk.look(hall.token(gone), name)
        assert (status.verdict, [stop.state for stop in status.stops]) == (FOUND, [WAITING, WAITING])
    assert [(event.type, event.body.get("position")) for event in told(hall)] == [("stop.returned", None)]


def test_a_ticket_that_has_not_arrived_is_told_from_its_paper(hall: ServedHall, kiosk: AtKiosk) -> None:
    late = hall.issue(D, A, late=True)
    assert kiosk.look(hall.token(late)) == VisitStatus(
        FROM_PAPER, "D-001", hall.day, (StopStatus(D, WAITING), StopStatus(A, WAITING))
    )


def test_what_is_no_ticket_of_today_and_this_hall(hall: ServedHall, kiosk: AtKiosk) -> None:
    ticket = hall.issue()
    stranger, shut_out = new_identity(), new_identity()
    hall.pass_time(days=1)
    with hall.server.node.database.writing() as connection:
        hall.server.node.service_days.ensure(connection, SITE)
    assert kiosk.look(hall.token(ticket)) == VisitStatus(VisitVerdict.OTHER_DAY, service_day=ticket.service_day)
    assert kiosk.look(hall.token(ticket, stranger)) == VisitStatus(VisitVerdict.UNKNOWN_KEY)
    assert kiosk.verdict(hall.token(ticket, stranger, site_number=77)) is VisitVerdict.OTHER_SITE
    assert kiosk.verdict(hall.token(ticket, kiosk_number=2)) is VisitVerdict.FORGED
    assert kiosk.verdict("D-001") is VisitVerdict.UNREADABLE  # a label proves nothing
    assert kiosk.verdict("8991234567890") is VisitVerdict.UNREADABLE
    admit(hall.server.node, kiosk_record(shut_out, 2, "B"))
    revoke(hall.server.node, SITE, shut_out.device_id)
    tomorrow = hall.token(ticket, shut_out, kiosk_number=2, service_day=hall.day + timedelta(days=2))
    assert kiosk.verdict(tomorrow) is VisitVerdict.REVOKED_KEY
    assert told(hall) == []


def test_before_the_hall_opens_every_slip_is_of_another_day(tmp_path: Path) -> None:
    with served_hall(tmp_path, is_day_open=False) as hall:
        text = hall.token(hall.issue(late=True))
        status, touched = look(hall.server.node, SITE, hall.kiosk.device_id, Look(action=action_name(), text=text))
    assert (status.verdict, touched) == (VisitVerdict.OTHER_DAY, None)


def test_only_kiosks_ask_and_not_without_end(hall: ServedHall, kiosk: AtKiosk, monkeypatch: pytest.MonkeyPatch) -> None:
    missed = hall.issue()
    miss(hall.desk(9))
    question = Look(action=action_name(), text=hall.token(missed))
    for kind in (DeviceKind.DESK, DeviceKind.BOARD):
        asker = paired_desk(hall.server, "Loket 1", kind)
        assert asker.post(VISIT_PATH, question).json()["code"] == ProblemCode.FOREIGN_ORIGIN
        asker.close()
    assert told(hall)[-1].type == "stop.no_show"
    kiosk.look(hall.token(missed))
    monkeypatch.setattr(hall.server.node.sessions, "rates", Buckets(Rate(0.001, 3)))
    assert [kiosk.post(VISIT_PATH, question).status_code for _ in range(4)] == [200, 200, 200, 429]
