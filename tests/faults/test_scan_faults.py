"""Q1, Q3, Q4, Q6: what is held under a scanner, and what a counter says to it (research/reliability.md, section Q)."""

import base64
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kiosk.domain.scan import ScanVerdict
from kiosk.identity import new_identity
from kiosk.sync.desk_wire import MOST_SCANNED, DeskVerb, Scan
from server.desk_reading import read_ticket
from server.enrolment import admit, revoke
from tests.paired_desk import action_name
from tests.paired_kiosk import SITE
from tests.served_hall import D, ServedHall, kiosk_record, served_hall, told

_AT_MOST_S = 0.3


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[ServedHall]:
    with served_hall(tmp_path) as hall:
        yield hall


def test_q1_what_is_no_ticket_is_said_to_be_none_at_once(hall: ServedHall) -> None:
    """Malformed, cut off, empty, binary: a verdict for each, in time, and no exception."""
    desk = hall.desk(9)
    token = hall.token(hall.issue())
    texts = [
        "",
        " ",
        "K1.",
        token[:-1],
        token[: len(token) // 2],
        token[:60] + token[61:],
        "HTTPS://MPP.EXAMPLE/T/",
        "\x00\x01\x02\x7f",
        "9" * MOST_SCANNED,
        "javascript:alert(1)",
        "3174010101900001",
        "\N{GRINNING FACE}" * 50,
    ]
    for text in texts:
        began = time.perf_counter()
        answer = desk.scan(text)
        assert answer.verdict in (ScanVerdict.UNREADABLE, ScanVerdict.UNKNOWN), (text, answer.verdict)
        assert time.perf_counter() - began < _AT_MOST_S, text
    too_long = {**Scan(session=desk.session, action=action_name(), text="").model_dump(), "text": "9" * 7089}
    assert desk.post("/v1/desk/scan", too_long).status_code == 400
    assert told(hall) == []
    assert desk.scan(token).verdict is ScanVerdict.STARTED


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(st.text(max_size=MOST_SCANNED) | st.binary(max_size=300).map(lambda raw: base64.b32encode(raw).decode()))
@example("K1." + "A" * 138)
def test_q1_any_text_at_all_is_judged_without_a_fault(hall: ServedHall, text: str) -> None:
    with hall.server.node.database.reading() as connection:
        read = read_ticket(connection, SITE, hall.hall, text)
    assert getattr(read, "claims", None) is None


def test_q3_forged_foreign_old_and_unknown_each_for_its_own_reason(hall: ServedHall) -> None:
    ticket = hall.issue()
    desk = hall.desk(9)
    token = hall.token(ticket)
    shut_out = new_identity()
    admit(hall.server.node, kiosk_record(shut_out, 2, "B"))
    revoke(hall.server.node, SITE, shut_out.device_id)
    after = hall.day + timedelta(days=2)
    forged = token[:-10] + "A" * 7 + token[-3:]
    verdicts = {
        "forged": desk.scan(forged).verdict,
        "a kiosk that is not ours": desk.scan(hall.token(ticket, new_identity())).verdict,
        "another kiosk's name": desk.scan(hall.token(ticket, kiosk_number=2)).verdict,
        "another hall": desk.scan(hall.token(ticket, new_identity(), site_number=9)).verdict,
        "yesterday": desk.scan(hall.token(ticket, service_day=hall.day - timedelta(days=1))).verdict,
        "revoked": desk.scan(hall.token(ticket, shut_out, kiosk_number=2, service_day=after)).verdict,
    }
    assert verdicts == {
        "forged": ScanVerdict.FORGED,
        "a kiosk that is not ours": ScanVerdict.UNKNOWN_KEY,
        "another kiosk's name": ScanVerdict.FORGED,
        "another hall": ScanVerdict.OTHER_SITE,
        "yesterday": ScanVerdict.OTHER_DAY,
        "revoked": ScanVerdict.REVOKED_KEY,
    }
    assert told(hall) == []
    assert desk.here() is None


def test_q4_the_first_scan_wins_and_the_second_hears_who_and_when(hall: ServedHall) -> None:
    token = hall.token(hall.issue(D))
    first, second = hall.desk(9), hall.desk(10)
    at = hall.clock.now()
    assert first.scan(token).verdict is ScanVerdict.STARTED
    hall.pass_time(minutes=2)
    assert first.scan(token).verdict is ScanVerdict.ALREADY_HERE
    heard = second.scan(token)
    assert (heard.verdict, heard.by, heard.counter, heard.at) == (ScanVerdict.SERVED_ELSEWHERE, "P-009", 9, at)
    first.do(DeskVerb.COMPLETE)
    done = hall.clock.now()
    for desk in (first, second):
        heard = desk.scan(token)
        assert (heard.verdict, heard.by, heard.counter, heard.at) == (ScanVerdict.COMPLETED, "P-009", 9, done)
    assert [event.type for event in told(hall)] == ["stop.started", "stop.completed"]


def test_q6_a_copied_ticket_is_served_once_and_what_a_person_decides_is_written_down(hall: ServedHall) -> None:
    """The copy is as genuine as the paper: only that it was used already tells. An officer may serve it anew as one
    more stop, in his own name.
    """
    ticket = hall.issue(D)
    paper, copy = hall.token(ticket), hall.token(ticket)
    assert paper == copy
    desk, other = hall.desk(9), hall.desk(10)
    desk.scan(paper)
    desk.do(DeskVerb.COMPLETE)
    assert other.scan(copy).verdict is ScanVerdict.COMPLETED
    other.do(DeskVerb.ADD, ticket=ticket.id, service=D)
    assert other.scan(copy).verdict is ScanVerdict.STARTED
    added = told(hall)[2]
    assert (added.type, added.body["officer"], added.body["counter"]) == ("stop.added", "P-010", 10)
