from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from kiosk.clock import FakeClock
from kiosk.config import KioskConfig, SyncConfig
from kiosk.domain import token
from kiosk.domain.availability import ClosedReason
from kiosk.domain.events import DAY_OPENED, NODE_STARTED, TICKET_ISSUED, TICKET_REPRINTED, TICKET_SHOWN, Event, decode
from kiosk.domain.language import Text
from kiosk.domain.numbering import HIGHEST_GENERATION, ReservedNumber
from kiosk.domain.print_job import PrintState
from kiosk.domain.site import Site, TimeRange
from kiosk.domain.ticket import StopState, TicketId
from kiosk.issuing import HIGHEST_NUMBER, IssueRefused, Refusal
from kiosk.store.generations import raise_generation
from kiosk.store.log import read_after
from kiosk.store.verify import Verified, verify
from kiosk.version import RELEASED_AT
from tests.conftest import Logs
from tests.small_hall import MONDAY_10_00, Machine, request, running_kiosk, small_site

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)
BEFORE_ROLLOVER = datetime(2026, 11, 23, 19, 59, tzinfo=UTC)
"""02:59 on Tuesday in Jakarta."""

PAIRED = KioskConfig(letter="K", sync=SyncConfig(server="http://127.0.0.1:1"))


class ScriptedServer:
    """A number source that answers what the test says."""

    def __init__(self, *answers: ReservedNumber | None) -> None:
        self._answers = list(answers)
        self.asked: list[tuple[TicketId, str, date | None, int]] = []

    def reserve(
        self, ticket_id: TicketId, queue_code: str, service_day: date | None, given: int
    ) -> ReservedNumber | None:
        self.asked.append((ticket_id, queue_code, service_day, given))
        return self._answers.pop(0)


def events_of(machine: Machine) -> list[Event]:
    stored = machine.store.call(lambda db: read_after(db, machine.store.node.incarnation, 0))
    return [event for event in (decode(each.raw) for each in stored) if isinstance(event, Event)]


def with_queue(**changes: Any) -> Site:
    site = small_site()
    return replace(site, queues=(replace(site.queues[0], **changes), *site.queues[1:]))


def open_day_and_night() -> Site:
    return small_site(hours=((TimeRange(time(0), time(23, 59)),),) * 7)


def test_a_ticket_is_committed_with_its_event_and_its_slip(tmp_path: Path) -> None:
    with running_kiosk(tmp_path) as machine:
        issued = machine.issuing.issue(request("one", "polri.skck", "dukcapil.ktp", is_priority=True))
        ticket = issued.ticket
        assert (ticket.label, ticket.service_day, ticket.issued_at) == ("D-001", MONDAY, MONDAY_10_00)
        assert [(stop.service_id, stop.queue_code, stop.after, stop.state) for stop in ticket.stops] == [
            ("dukcapil.ktp", "D", (), StopState.WAITING),
            ("polri.skck", "P", (1,), StopState.WAITING),
        ]
        assert (ticket.people_ahead, ticket.is_priority, ticket.clock_trusted) == ((0, 0), True, True)
        assert (issued.job.ticket_id, issued.job.copy, issued.job.state) == (ticket.id, 0, PrintState.QUEUED)
        assert machine.jobs.ticket(ticket.id) == ticket
        assert [event.type for event in events_of(machine)] == [NODE_STARTED, DAY_OPENED, TICKET_ISSUED]
        assert events_of(machine)[-1].body["ticket_id"] == ticket.id
    assert verify(tmp_path / "kiosk.db") == Verified(incarnations=1, events=3, tickets=1)


def test_the_token_says_what_the_ticket_says(tmp_path: Path) -> None:
    site = small_site(public_url="HTTPS://ANTRI.EXAMPLE.GO.ID")
    with running_kiosk(tmp_path, site=site, config=KioskConfig(number=9)) as machine:
        ticket = machine.issuing.issue(request("one", "dukcapil.ktp", "pajak.npwp")).ticket
        key = token.KioskKey(machine.identity.public_key, site_number=7, kiosk_number=9)
        verdict = token.verify(ticket.token, {machine.identity.key_id: key}, site_number=7)
    assert ticket.token.startswith("HTTPS://ANTRI.EXAMPLE.GO.ID/T/")
    assert verdict == token.Valid(
        token.Claims(machine.identity.key_id, 7, 9, MONDAY, 1, 0, 1, 600, ticket.id, (11, 31))
    )


def test_numbers_grow_by_one_in_each_queue(tmp_path: Path) -> None:
    with running_kiosk(tmp_path) as machine:
        wanted = ["dukcapil.ktp", "dukcapil.kk", "pajak.npwp", "dukcapil.ktp"]
        labels = [machine.issuing.issue(request(str(n), service)).ticket.label for n, service in enumerate(wanted)]
    assert labels == ["D-001", "D-002", "N-001", "D-003"]


def test_numbers_go_on_after_a_restart_and_begin_anew_on_the_next_day(tmp_path: Path) -> None:
    clock = FakeClock(MONDAY_10_00)
    with running_kiosk(tmp_path, clock) as machine:
        assert machine.issuing.issue(request("one")).ticket.label == "D-001"
    with running_kiosk(tmp_path, clock) as machine:
        assert machine.issuing.issue(request("two")).ticket.label == "D-002"
        clock.advance(timedelta(days=1))
        ticket = machine.issuing.issue(request("three")).ticket
    assert (ticket.label, ticket.service_day) == ("D-001", date(2026, 11, 24))


def test_a_thousand_taps_from_ten_fingers_are_one_ticket(tmp_path: Path) -> None:
    with running_kiosk(tmp_path) as machine, ThreadPoolExecutor(10) as fingers:
        results = set(fingers.map(lambda _: machine.issuing.issue(request("one")), range(1000)))
        assert len(results) == 1
        assert [event.type for event in events_of(machine)].count(TICKET_ISSUED) == 1


def test_a_session_keeps_its_ticket_whatever_it_asks_for_later(tmp_path: Path) -> None:
    with running_kiosk(tmp_path) as machine:
        first = machine.issuing.issue(request("one", "dukcapil.ktp"))
        assert machine.issuing.issue(request("one", "pajak.npwp")) == first


@pytest.mark.parametrize(
    ("services", "reason", "about"),
    [
        (("nobody.knows",), Refusal.UNKNOWN_SERVICE, "nobody.knows"),
        (("dukcapil.ktp", "pajak.npwp", "polri.skck", "dukcapil.kk", "nobody.knows"), Refusal.TOO_MANY_STOPS, None),
    ],
)
def test_what_cannot_be_served_is_refused_and_nothing_is_written(
    tmp_path: Path, services: tuple[str, ...], reason: Refusal, about: str | None
) -> None:
    with running_kiosk(tmp_path) as machine:
        with pytest.raises(IssueRefused) as refused:
            machine.issuing.issue(request("one", *services))
        assert (refused.value.reason, refused.value.service_id) == (reason, about)
        assert [event.type for event in events_of(machine)] == [NODE_STARTED]


def test_nothing_chosen_is_refused(tmp_path: Path) -> None:
    with running_kiosk(tmp_path) as machine, pytest.raises(IssueRefused, match=Refusal.NOTHING_CHOSEN):
        machine.issuing.issue(replace(request("one"), service_ids=()))


def test_a_service_without_a_queue_is_refused(tmp_path: Path) -> None:
    site = small_site(queues=small_site().queues[1:])
    with running_kiosk(tmp_path, site=site) as machine, pytest.raises(IssueRefused, match=Refusal.NO_QUEUE):
        machine.issuing.issue(request("one", "dukcapil.ktp"))


def test_a_service_chosen_twice_is_one_stop(tmp_path: Path) -> None:
    with running_kiosk(tmp_path) as machine:
        assert len(machine.issuing.issue(request("one", *["dukcapil.ktp"] * 9)).ticket.stops) == 1


def test_a_closed_queue_gives_no_number_and_leaves_no_trace(tmp_path: Path) -> None:
    with running_kiosk(tmp_path, FakeClock(MONDAY_10_00 + timedelta(hours=7))) as machine:
        with pytest.raises(IssueRefused) as refused:
            machine.issuing.issue(request("one", "pajak.npwp", "dukcapil.ktp"))
        assert (refused.value.reason, refused.value.service_id) == (Refusal.CLOSED, "pajak.npwp")
        assert refused.value.closed is not None
        assert refused.value.closed.reason is ClosedReason.OUTSIDE_HOURS
        assert [event.type for event in events_of(machine)] == [NODE_STARTED], "the day it opened was rolled back"


def test_the_quota_counts_visitors_of_the_day(tmp_path: Path) -> None:
    with running_kiosk(tmp_path, site=with_queue(quota=2)) as machine:
        machine.issuing.issue(request("one", "dukcapil.ktp", "dukcapil.kk"))
        machine.issuing.issue(request("two", "pajak.npwp", "dukcapil.kk"))
        with pytest.raises(IssueRefused) as refused:
            machine.issuing.issue(request("three", "dukcapil.ktp"))
        assert refused.value.closed is not None
        assert refused.value.closed.reason is ClosedReason.QUOTA_REACHED
        machine.clock.advance(timedelta(days=1))
        machine.issuing.issue(request("four", "dukcapil.ktp"))


def test_people_ahead_are_counted_once_and_promised_on_the_ticket(tmp_path: Path) -> None:
    with running_kiosk(tmp_path) as machine:
        machine.issuing.issue(request("one", "dukcapil.ktp", "dukcapil.kk"))
        ticket = machine.issuing.issue(request("two", "pajak.npwp", "dukcapil.kk")).ticket
        assert ticket.people_ahead == (0, 1)
        assert machine.issuing.waiting() == {"D": 2, "P": 0, "N": 1}
        assert machine.issuing.people_ahead("D") == 2
        closed = "UPDATE stops SET state = 'completed' WHERE ticket_id = ?"
        machine.store.call(lambda db: db.conn.execute(closed, (ticket.id,)))
        assert machine.issuing.people_ahead("D") == 1


def test_nobody_waits_before_the_first_number_of_all(tmp_path: Path) -> None:
    with running_kiosk(tmp_path) as machine:
        assert machine.issuing.waiting() == {"D": 0, "P": 0, "N": 0}


def test_yesterdays_people_are_not_ahead_this_morning(tmp_path: Path) -> None:
    with running_kiosk(tmp_path) as machine:
        machine.issuing.issue(request("one"))
        machine.clock.advance(timedelta(days=1))
        assert machine.issuing.people_ahead("D") == 0


# --- the clock


def test_a_first_start_in_the_year_2000_still_gives_numbers_and_invents_no_time(tmp_path: Path) -> None:
    with running_kiosk(tmp_path, FakeClock(datetime(2000, 1, 1, tzinfo=UTC))) as machine:
        ticket = machine.issuing.issue(request("one")).ticket
        assert ticket.label == "D-001"
        assert not ticket.clock_trusted
        assert ticket.people_ahead == (None,)
        assert ticket.service_day == RELEASED_AT.date()
        parsed = token.parse(ticket.token)
        assert isinstance(parsed, token.Parsed)
        assert parsed.claims.minute is None
        opened = events_of(machine)[1]
        assert (opened.type, opened.body["clock_trusted"]) == (DAY_OPENED, False)
        assert machine.issuing.waiting() == {}
        machine.clock.jump(MONDAY_10_00)
        assert machine.issuing.issue(request("two")).ticket.service_day == MONDAY
    assert isinstance(verify(tmp_path / "kiosk.db"), Verified)


def test_after_a_dead_battery_the_day_goes_on_and_so_do_its_numbers(tmp_path: Path) -> None:
    with running_kiosk(tmp_path) as machine:
        machine.issuing.issue(request("one"))
    with running_kiosk(tmp_path, FakeClock(datetime(2000, 1, 1, tzinfo=UTC))) as machine:
        ticket = machine.issuing.issue(request("two")).ticket
    assert (ticket.label, ticket.service_day, ticket.clock_trusted) == ("D-002", MONDAY, False)


def test_a_wild_jump_opens_no_day(tmp_path: Path) -> None:
    with running_kiosk(tmp_path) as machine:
        machine.issuing.issue(request("one"))
        machine.clock.jump(datetime(2099, 1, 1, tzinfo=UTC))
        ticket = machine.issuing.issue(request("two")).ticket
    assert (ticket.label, ticket.service_day, ticket.clock_trusted) == ("D-002", MONDAY, False)


def test_without_a_clock_only_a_person_closes_a_queue(tmp_path: Path) -> None:
    site = with_queue(quota=0, force_closed=Text("Tutup", "Closed"))
    with running_kiosk(tmp_path, FakeClock(datetime(2000, 1, 1, tzinfo=UTC)), site) as machine:
        with pytest.raises(IssueRefused) as refused:
            machine.issuing.issue(request("one", "dukcapil.ktp"))
        assert refused.value.closed is not None
        assert refused.value.closed.reason is ClosedReason.FORCED_CLOSED
        assert machine.issuing.issue(request("one", "pajak.npwp")).ticket.label == "N-001"


def test_the_day_is_the_one_in_force_when_the_number_is_taken(tmp_path: Path) -> None:
    night = FakeClock(BEFORE_ROLLOVER)
    with running_kiosk(tmp_path, night, open_day_and_night()) as machine:
        assert machine.issuing.issue(request("one")).ticket.service_day == MONDAY
        night.advance(timedelta(minutes=2))
        ticket = machine.issuing.issue(request("two")).ticket
        assert (ticket.service_day, ticket.label) == (date(2026, 11, 24), "D-001")
        night.jump(BEFORE_ROLLOVER)  # a time server corrects it
        assert machine.issuing.issue(request("three")).ticket.label == "D-002", "a day never goes back"


# --- series


def test_a_paired_kiosk_without_a_reservation_uses_its_letter(tmp_path: Path) -> None:
    server = ScriptedServer(None)
    with running_kiosk(tmp_path, config=PAIRED, numbers=server) as machine:
        ticket = machine.issuing.issue(request("one")).ticket
    assert (ticket.label, ticket.series) == ("D-001K", 11)
    assert server.asked == [(ticket.id, "D", MONDAY, 0)]


def test_a_reserved_number_is_used_in_the_shared_series(tmp_path: Path) -> None:
    server = ScriptedServer(ReservedNumber("D", 45, MONDAY), None, ReservedNumber("D", 46, MONDAY))
    with running_kiosk(tmp_path, config=PAIRED, numbers=server) as machine:
        labels = [machine.issuing.issue(request(str(n))).ticket.label for n in range(3)]
    assert labels == ["D-045", "D-001K", "D-046"]
    assert [given for *_, given in server.asked] == [0, 45, 45]


@pytest.mark.parametrize(
    "second", [ReservedNumber("D", 45, MONDAY), ReservedNumber("D", 44, MONDAY), ReservedNumber("P", 99, MONDAY)]
)
def test_a_number_that_may_be_on_paper_already_is_not_taken_again(
    tmp_path: Path, second: ReservedNumber, expected_logs: Logs
) -> None:
    expected_logs("reserved_number_refused")
    server = ScriptedServer(ReservedNumber("D", 45, MONDAY), second)
    with running_kiosk(tmp_path, config=PAIRED, numbers=server) as machine:
        machine.issuing.issue(request("one"))
        assert machine.issuing.issue(request("two")).ticket.label == "D-001K"
    assert expected_logs.seen == ["reserved_number_refused"]


def test_tapping_again_asks_the_server_for_no_second_number(tmp_path: Path) -> None:
    server = ScriptedServer(ReservedNumber("D", 45, MONDAY))
    with running_kiosk(tmp_path, config=PAIRED, numbers=server) as machine:
        first = machine.issuing.issue(request("one"))
        assert machine.issuing.issue(request("one")) == first
    assert len(server.asked) == 1


class ServerAtRollover:
    """Answers so late that a new day has begun."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock

    def reserve(self, ticket_id: TicketId, queue_code: str, service_day: date | None, given: int) -> ReservedNumber:
        self._clock.advance(timedelta(minutes=2))
        return ReservedNumber(queue_code, 200, MONDAY)


def test_a_number_reserved_for_the_day_before_is_not_used(tmp_path: Path, expected_logs: Logs) -> None:
    expected_logs("reserved_day_refused")
    clock = FakeClock(BEFORE_ROLLOVER)
    with running_kiosk(tmp_path, clock, open_day_and_night(), PAIRED, ServerAtRollover(clock)) as machine:
        ticket = machine.issuing.issue(request("one")).ticket
    assert (ticket.label, ticket.service_day) == ("D-001K", TUESDAY)
    assert expected_logs.seen == ["reserved_day_refused"]


# --- the day is the server's


def test_a_dead_clock_numbers_in_the_servers_day_and_invents_no_time(tmp_path: Path) -> None:
    """T1, where the server answers: its day is the day, whatever this machine can prove."""
    server = ScriptedServer(ReservedNumber("D", 45, MONDAY), None, ReservedNumber("D", 46, MONDAY))
    in_2000 = FakeClock(datetime(2000, 1, 1, tzinfo=UTC))
    with running_kiosk(tmp_path, in_2000, config=PAIRED, numbers=server) as machine:
        tickets = [machine.issuing.issue(request(str(n))).ticket for n in range(3)]
        opened = [event.body for event in events_of(machine) if event.type == DAY_OPENED]
    assert [ticket.label for ticket in tickets] == ["D-045", "D-001K", "D-046"]
    assert {ticket.service_day for ticket in tickets} == {MONDAY}
    assert {ticket.clock_trusted for ticket in tickets} == {False}
    assert [day for _, _, day, _ in server.asked] == [None, None, None]
    assert opened == [{"site_id": "small-hall", "service_day": "2026-11-23", "clock_trusted": False}]
    assert isinstance(verify(tmp_path / "kiosk.db"), Verified)


def test_a_later_day_of_the_servers_is_adopted_and_stays(tmp_path: Path) -> None:
    server = ScriptedServer(ReservedNumber("D", 3, TUESDAY), None)
    with running_kiosk(tmp_path, config=PAIRED, numbers=server) as machine:
        tickets = [machine.issuing.issue(request(str(n))).ticket for n in range(2)]
    assert [(ticket.label, ticket.service_day) for ticket in tickets] == [("D-003", TUESDAY), ("D-001K", TUESDAY)]
    assert [day for _, _, day, _ in server.asked] == [MONDAY, TUESDAY]


def test_a_day_beyond_all_reason_is_not_adopted(tmp_path: Path, expected_logs: Logs) -> None:
    expected_logs("reserved_day_refused")
    server = ScriptedServer(ReservedNumber("D", 3, date(2099, 1, 1)))
    with running_kiosk(tmp_path, config=PAIRED, numbers=server) as machine:
        assert machine.issuing.issue(request("one")).ticket.service_day == MONDAY
    assert expected_logs.seen == ["reserved_day_refused"]


def test_a_refused_visit_leaves_no_day_of_the_servers(tmp_path: Path) -> None:
    server = ScriptedServer(ReservedNumber("D", 3, TUESDAY))
    site = with_queue(force_closed=Text("Tutup", "Closed"))
    with running_kiosk(tmp_path, site=site, config=PAIRED, numbers=server) as machine:
        with pytest.raises(IssueRefused, match=Refusal.CLOSED):
            machine.issuing.issue(request("one"))
        assert [event.type for event in events_of(machine)] == [NODE_STARTED]


# --- what was forgotten is not counted again


def forget(machine: Machine, day: date = MONDAY) -> int:
    return machine.store.call(lambda db: raise_generation(db, day))


def test_a_kiosk_that_forgot_its_numbers_counts_in_a_further_series_of_its_letter(tmp_path: Path) -> None:
    with running_kiosk(tmp_path, config=PAIRED, numbers=ScriptedServer(*[None] * 4)) as machine:
        assert machine.issuing.issue(request("one")).ticket.label == "D-001K"
        assert forget(machine) == 1
        tickets = [machine.issuing.issue(request(key)).ticket for key in ("two", "three")]
        assert [(ticket.label, ticket.series) for ticket in tickets] == [("D-001K2", 37), ("D-002K2", 37)]
        assert forget(machine) == 2
        assert machine.issuing.issue(request("four")).ticket.label == "D-001K3"
    assert isinstance(verify(tmp_path / "kiosk.db"), Verified)


def test_the_next_day_begins_with_the_letter_alone(tmp_path: Path) -> None:
    with running_kiosk(tmp_path, config=PAIRED, numbers=ScriptedServer(None, None)) as machine:
        forget(machine)
        assert machine.issuing.issue(request("one")).ticket.label == "D-001K2"
        machine.clock.advance(timedelta(days=1))
        assert machine.issuing.issue(request("two")).ticket.label == "D-001K"
        assert forget(machine, TUESDAY) == 1


def test_a_kiosk_alone_that_forgot_its_numbers_uses_its_letter(tmp_path: Path) -> None:
    with running_kiosk(tmp_path) as machine:
        assert machine.issuing.issue(request("one")).ticket.label == "D-001"
        forget(machine)
        assert machine.issuing.issue(request("two")).ticket.label == "D-001A2"


def test_a_kiosk_that_forgot_too_often_gives_no_own_number(tmp_path: Path) -> None:
    last = ReservedNumber("D", 45, MONDAY)
    with running_kiosk(
        tmp_path, config=replace(PAIRED, letter="Z"), numbers=ScriptedServer(None, None, last)
    ) as machine:
        while forget(machine) < HIGHEST_GENERATION:
            pass
        assert machine.issuing.issue(request("one")).ticket.label == "D-001Z9"
        forget(machine)
        with pytest.raises(IssueRefused, match=Refusal.NUMBERS_EXHAUSTED):
            machine.issuing.issue(request("two"))
        assert machine.issuing.issue(request("three")).ticket.label == "D-045", "the server's numbers go on"


def test_a_kiosk_alone_asks_nobody(tmp_path: Path) -> None:
    server = ScriptedServer()
    with running_kiosk(tmp_path, numbers=server) as machine:
        assert machine.issuing.issue(request("one")).ticket.label == "D-001"
    assert server.asked == []


def test_a_series_ends_before_the_token_overflows(tmp_path: Path) -> None:
    with running_kiosk(tmp_path) as machine:
        machine.issuing.issue(request("one"))
        machine.store.call(lambda db: db.conn.execute("UPDATE tickets SET number = ?", (HIGHEST_NUMBER,)))
        with pytest.raises(IssueRefused, match=Refusal.NUMBERS_EXHAUSTED):
            machine.issuing.issue(request("two"))


# --- afterwards


def test_a_reprint_keeps_label_and_token_and_is_counted(tmp_path: Path) -> None:
    with running_kiosk(tmp_path) as machine:
        ticket = machine.issuing.issue(request("one")).ticket
        for copy in (1, 2):
            printing = machine.jobs.take_next()
            assert printing is not None
            with pytest.raises(IssueRefused, match=Refusal.STILL_PRINTING):
                machine.issuing.reprint(ticket.id)
            machine.jobs.finish(printing.id, PrintState.CONFIRMED)
            job = machine.issuing.reprint(ticket.id)
            assert (job.copy, job.ticket_id, machine.jobs.ticket(ticket.id)) == (copy, ticket.id, ticket)
        last = machine.jobs.take_next()
        assert last is not None
        machine.jobs.finish(last.id, PrintState.UNKNOWN)
        with pytest.raises(IssueRefused, match=Refusal.COPIES_EXHAUSTED):
            machine.issuing.reprint(ticket.id)
        copies = [event.body["copy"] for event in events_of(machine) if event.type == TICKET_REPRINTED]
        assert copies == [1, 2]


def test_taking_the_number_from_the_screen_is_recorded(tmp_path: Path) -> None:
    with running_kiosk(tmp_path) as machine:
        ticket = machine.issuing.issue(request("one")).ticket
        machine.issuing.shown(ticket.id)
        assert (events_of(machine)[-1].type, events_of(machine)[-1].body) == (TICKET_SHOWN, {"ticket_id": ticket.id})


def test_a_ticket_nobody_issued_is_neither_reprinted_nor_shown(tmp_path: Path) -> None:
    with running_kiosk(tmp_path) as machine:
        for use in (machine.issuing.reprint, machine.issuing.shown):
            with pytest.raises(IssueRefused, match=Refusal.UNKNOWN_TICKET):
                use(TicketId("0" * 16))
        with pytest.raises(KeyError):
            machine.jobs.ticket(TicketId("0" * 16))
