import random
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain import events
from kiosk.domain.desk_bodies import ACTION_TYPES
from kiosk.domain.event_bodies import kiosk_status, print_finished, ticket_issued
from kiosk.domain.events import KIOSK_STATUS, PRINT_FINISHED, TICKET_ISSUED, Event, decode
from kiosk.domain.history import (
    READERS,
    IssuedTicket,
    NotUnderstoodError,
    Paper,
    PrinterNews,
    canonical_row,
    effect_of,
    standing,
)
from kiosk.domain.print_job import PrintState
from kiosk.domain.printer_facts import PrinterFacts
from kiosk.domain.projection_hash import projection_hash
from kiosk.replay import Replay
from tests.paired_kiosk import some_ticket
from tests.written_log import WrittenLog

FINAL = [state for state in PrintState if state.is_final]

papers = st.builds(
    lambda copies, printed, flags: Paper(copies, printed[0], printed[1], *flags),
    st.integers(0, 3),
    st.just((None, None)) | st.tuples(st.integers(0, 3), st.sampled_from(FINAL).map(str)),
    st.tuples(st.booleans(), st.booleans(), st.booleans()),
)


def event(event_type: str, body: Any, version: int = 1) -> Event:
    return Event("0a" * 8, "1c" * 8, 2, "0" * 16, event_type, version, body, "0" * 64)


def issued(**changes: Any) -> dict[str, Any]:
    return {**ticket_issued(some_ticket(1), "c" * 64), **changes}


@given(st.lists(papers, min_size=1), st.randoms(use_true_random=False))
def test_what_is_told_of_paper_adds_up_in_any_order_and_however_often(told: list[Paper], chance: random.Random) -> None:
    def total(news: list[Paper]) -> Paper:
        paper = Paper()
        for one in news:
            paper = paper.joined(one)
        return paper

    shuffled = told + chance.sample(told, len(told) // 2)
    chance.shuffle(shuffled)
    assert total(shuffled) == total(told)


def test_the_newest_slip_counts_and_of_two_words_about_it_the_one_that_knows_of_more_paper() -> None:
    first, second = Paper(print_copy=0, verdict="confirmed"), Paper(print_copy=1, verdict="failed")
    assert second.joined(first) == first.joined(second) == second
    assert second.joined(Paper(print_copy=1, verdict="unverified")).verdict == "unverified"


@pytest.mark.parametrize(
    "spoilt",
    [
        {"ticket_id": "A" * 16},
        {"series": 256},
        {"series": True},
        {"number": 0},
        {"number": "7"},
        {"number": 2**40},
        {"label": "D-\x00001"},
        {"label": ""},
        {"queue_code": "d"},
        {"is_priority": 1},
        {"language": "fr"},
        {"issued_at": "2026-11-23T03:00:00"},
        {"service_day": "today"},
        {"stops": []},
        {"stops": [issued()["stops"][0]] * 2},
        {"stops": [{**issued()["stops"][0], "position": 5}]},
        {"stops": [{**issued()["stops"][0], "state": "completed"}]},
        {"stops": "none"},
    ],
    ids=str,
)
def test_what_one_database_could_keep_and_another_not_is_understood_by_none(spoilt: dict[str, Any]) -> None:
    assert isinstance(effect_of(event(TICKET_ISSUED, issued())), IssuedTicket)
    with pytest.raises(NotUnderstoodError, match=r"its body is not that of ticket.issued"):
        effect_of(event(TICKET_ISSUED, issued(**spoilt)))


def test_a_type_or_version_of_tomorrow_is_not_understood() -> None:
    with pytest.raises(NotUnderstoodError, match=r"ticket.issued version 2 is not known here"):
        effect_of(event(TICKET_ISSUED, issued(), version=2))
    with pytest.raises(NotUnderstoodError, match=r"its body is not that of print.finished"):
        effect_of(event(PRINT_FINISHED, {**print_finished(some_ticket(1).id, 0, PrintState.SENDING)}))


def test_a_field_of_tomorrow_changes_nothing() -> None:
    assert effect_of(event(TICKET_ISSUED, issued(colour="red"))) == effect_of(event(TICKET_ISSUED, issued()))


def test_the_row_and_the_hash_are_those_of_every_release() -> None:
    """A change here makes nodes of two versions disagree: give the row a new shape only together with a new hash."""
    ticket = effect_of(event(TICKET_ISSUED, issued()))
    assert isinstance(ticket, IssuedTicket)
    row = canonical_row(ticket, Paper(1, 0, "confirmed", is_shown=True))
    assert row == (
        b'{"is_priority":false,"issued_at_ms":1795402800000,"label":"D-001A","language":"id","number":1,'
        b'"queue_code":"D","series":1,"service_day":"2026-11-23","stops":[[1,"dukcapil.ktp","D","waiting"]],'
        b'"ticket_id":"0000000000000001"} {"copies":1,"print":[0,"confirmed"],"shown":true}'
    )
    total = projection_hash([("0a" * 8, row)])
    of_origin = sha256(row + b"\n").hexdigest()
    assert total.origins == {"0a" * 8: of_origin}
    assert total.whole == sha256(f"{'0a' * 8} {of_origin}\n".encode()).hexdigest()


def test_only_a_log_in_which_somebody_was_abandoned_has_another_row() -> None:
    ticket = effect_of(event(TICKET_ISSUED, issued()))
    assert isinstance(ticket, IssuedTicket)
    ghost = Paper(0, 0, "failed", is_abandoned=True)
    assert ghost.is_ghost
    row = canonical_row(standing(ticket, ghost), ghost)
    assert b'[[1,"dukcapil.ktp","D","expired"]]' in row
    assert row.endswith(b'{"abandoned":true,"copies":0,"print":[0,"failed"],"shown":false}')
    for held in (Paper(is_shown=True), Paper(print_copy=0, verdict="unknown", may_be_out=True)):
        for paper in (ghost.joined(held), held.joined(ghost)):
            assert standing(ticket, paper) == ticket


@pytest.mark.parametrize(
    "spoilt",
    [
        {"printer": "Ready!"},
        {"printer": None},
        {"fallback": 3},
        {"in_use": "third"},
        {"slips_left": -1},
        {"slips_left": True},
        {"slips_left": 2**40},
        {"paper_low": 1},
        {"confirmation": "x" * 41},
    ],
    ids=str,
)
def test_a_printers_word_is_a_word(spoilt: dict[str, Any]) -> None:
    facts = PrinterFacts("a-word_of-tomorrow", "no_paper", "second", "process-id", 20, is_paper_low=True)
    body = dict(kiosk_status(facts))
    assert effect_of(event(KIOSK_STATUS, body)) == PrinterNews(facts)
    with pytest.raises(NotUnderstoodError, match=r"its body is not that of kiosk.status"):
        effect_of(event(KIOSK_STATUS, {**body, **spoilt}))


def test_every_event_that_was_ever_written_has_a_reader() -> None:
    names = {
        value for name, value in vars(events).items() if name.isupper() and isinstance(value, str) and "." in value
    }
    assert {event_type for event_type, _ in READERS} == names | set(ACTION_TYPES.values())


def test_a_replay_adds_up_what_came_in_any_order() -> None:
    log = WrittenLog()
    for number in range(1, 20):
        log.printed(log.issue(number))
    raws = [raw for _, raw in log.all()]
    totals = []
    for order in (raws, raws[::-1]):
        with Replay() as replay:
            for raw in order:
                read = decode(raw)
                assert isinstance(read, Event)
                replay.add(replace(read))
            totals.append(projection_hash((ticket.origin, ticket.row) for ticket in replay.tickets()).whole)
            assert replay.count_tickets() == 19
    assert totals[0] == totals[1]
