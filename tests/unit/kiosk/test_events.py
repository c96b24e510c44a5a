import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kiosk.domain import desk_bodies, event_bodies, events
from kiosk.domain.course import Action, Deed, NewStop
from kiosk.domain.desk_bodies import ACTION_TYPES
from kiosk.domain.events import (
    NO_EVENT,
    NODE_STARTED,
    Event,
    LogHead,
    Malformed,
    broken_link,
    decode,
    digest,
    encode,
)
from kiosk.domain.history import effect_of
from kiosk.domain.language import Language
from kiosk.domain.print_job import PrintState
from kiosk.domain.printer_facts import PrinterFacts
from kiosk.domain.stop_life import Verb
from kiosk.domain.ticket import Stop, Ticket, TicketId
from kiosk.domain.trust import DeviceFacts

DOCUMENT: Final = (Path(__file__).parents[3] / "docs" / "events.md").read_text(encoding="utf-8")

ONE: Final = Event("0" * 16, "1" * 16, 1, "01a1ff1e6e740000", NODE_STARTED, 1, {"parent": None}, NO_EVENT)
TICKET: Final = Ticket(
    id=TicketId("f" * 16),
    site_id="small-hall",
    service_day=date(2026, 11, 23),
    series=0,
    queue_code="D",
    number=1,
    label="D-001",
    stops=(Stop(1, "dukcapil.ktp", 11, "D"),),
    is_priority=True,
    language=Language.INDONESIAN,
    issued_at=datetime(2026, 11, 23, 3, 0, tzinfo=UTC),
    clock_trusted=True,
    token="K1.SECRET",
    people_ahead=(4,),
)
DAY: Final = date(2026, 11, 23)


def action(verb: Verb | Deed) -> Action:
    """With all that can be said of it."""
    facts: dict[str, Any] = {"counter": 3, "officer": "A-17"}
    if isinstance(verb, Verb):
        facts["position"] = 1
    if verb in (Verb.TRANSFER, Deed.ADD):
        facts["new"] = NewStop("bank.teller", "B")
    if verb is Verb.TRANSFER:
        facts["return_to"] = 3
    if verb in (Verb.RETURN, Deed.ADD):
        facts["place_ms"] = 1_795_000_000_000
    if verb is Verb.RETURN:
        facts["kiosk"] = "b" * 16
    if verb is Deed.PRIORITISE:
        facts["is_priority"] = True
    if verb is Deed.UNDO:
        facts["undoes"] = "d" * 16
    return Action((ONE.hlc, ONE.origin, ONE.incarnation, 1), "e" * 16, verb, TICKET.id, int(ONE.hlc, 16) >> 16, **facts)


ACTIONS: Final = [*Verb, *Deed]
BODIES: Final[Mapping[str, Mapping[str, Any]]] = {
    **{ACTION_TYPES[verb]: desk_bodies.acted(action(verb)) for verb in ACTIONS},
    ACTION_TYPES[Verb.CANCEL]: desk_bodies.voided(action(Verb.CANCEL), "left"),
    events.DAY_CLOSED: desk_bodies.day_closed("small-hall", DAY),
    events.COUNTER_OPENED: desk_bodies.counter_opened(3, ["D", "A"], "A-17", "2" * 16),
    events.COUNTER_PAUSED: desk_bodies.counter_paused(3, "A-17"),
    events.COUNTER_CLOSED: desk_bodies.counter_closed(3, "A-17"),
    events.QUEUE_CLOSED: desk_bodies.queue_closed("D", DAY, "A-17"),
    events.QUEUE_OPENED: desk_bodies.queue_opened("D", DAY, "A-17"),
    events.STAFF_SIGNED_IN: desk_bodies.staff_signed("A-17", "2" * 16, 3),
    events.STAFF_SIGNED_OUT: desk_bodies.staff_signed("A-17", "2" * 16, None),
    events.STAFF_LOCKED: desk_bodies.staff_locked("A-17", None),
    events.STAFF_UNLOCKED: desk_bodies.staff_locked("A-17", "console"),
    events.ALARM_RAISED: desk_bodies.alarm(3, "A-17"),
    events.ALARM_ANSWERED: desk_bodies.alarm(3, "S-1"),
    events.NODE_STARTED: event_bodies.node_started(LogHead("1" * 16, 3, "a" * 64), "0.1.0", clock_trusted=True),
    events.DAY_OPENED: event_bodies.day_opened("small-hall", date(2026, 11, 23), clock_trusted=True),
    events.TICKET_ISSUED: event_bodies.ticket_issued(TICKET, "c" * 64),
    events.TICKET_REPRINTED: event_bodies.ticket_reprinted(TICKET.id, 1),
    events.PRINT_FINISHED: event_bodies.print_finished(TICKET.id, 0, PrintState.CONFIRMED),
    events.TICKET_SHOWN: event_bodies.ticket_shown(TICKET.id),
    events.PRINT_WITNESSED: event_bodies.print_witnessed(TICKET.id, 0),
    events.TICKET_ABANDONED: event_bodies.ticket_abandoned(TICKET.id),
    events.KIOSK_STATUS: event_bodies.kiosk_status(PrinterFacts("no_paper", "ready", "second", "fence", 312)),
    events.DEVICE_ENROLLED: event_bodies.device_enrolled(
        DeviceFacts("2" * 16, "kiosk", bytes(32), "Anjungan 1", kiosk_number=1, letter="A")
    ),
    events.DEVICE_REVOKED: event_bodies.device_revoked("2" * 16),
    events.EPOCH_RAISED: event_bodies.epoch_raised(2),
}


def envelope(**changes: Any) -> bytes:
    return json.dumps({**json.loads(encode(ONE)), **changes}).encode()


def test_an_event_is_read_as_it_was_written() -> None:
    assert decode(encode(ONE)) == ONE


def test_bytes_are_canonical() -> None:
    raw = encode(replace(ONE, body={"b": "é", "a": [1, True, None]}))
    assert raw.startswith('{"body":{"a":[1,true,null],"b":"é"},"hlc":'.encode())
    assert digest(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize("event_type", BODIES)
def test_every_body_survives_the_bytes(event_type: str) -> None:
    event = decode(encode(replace(ONE, type=event_type, body=BODIES[event_type])))
    assert isinstance(event, Event)
    assert event.body == BODIES[event_type]


def test_the_page_names_every_event_and_every_field() -> None:
    sections = re.split(r"^## ", DOCUMENT, flags=re.MULTILINE)[1:]
    documented = {section.split()[0]: set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)) for section in sections}
    written = {name: set(body) for name, body in BODIES.items()}
    written[events.TICKET_ISSUED] |= set(BODIES[events.TICKET_ISSUED]["stops"][0])
    written[events.TICKET_ISSUED] |= {"promised_low_s", "promised_high_s"}
    assert documented == written
    types = {value for name, value in vars(events).items() if name.isupper() and isinstance(value, str)}
    assert types - {NO_EVENT} == set(BODIES) - {ACTION_TYPES[verb] for verb in Verb}


@pytest.mark.parametrize("event_type", BODIES)
def test_every_body_is_understood(event_type: str) -> None:
    effect_of(replace(ONE, type=event_type, body=BODIES[event_type]))


@pytest.mark.parametrize("verb", ACTIONS)
def test_an_action_is_read_as_it_was_written(verb: Verb | Deed) -> None:
    assert effect_of(replace(ONE, type=ACTION_TYPES[verb], body=desk_bodies.acted(action(verb)))) == action(verb)


def test_no_body_carries_the_token() -> None:
    assert all("SECRET" not in str(body) for body in BODIES.values())


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "not an object"),
        (b"{}", "not an object"),
        (envelope(extra=1), "not an object"),
        (envelope(origin="0" * 15), "origin"),
        (envelope(origin="0" * 16 + "\n"), "origin"),
        (envelope(incarnation="A" * 16), "incarnation"),
        (envelope(incarnation=1), "incarnation"),
        (envelope(hlc="f" * 16), "hlc"),
        (envelope(previous="0" * 63), "previous"),
        (envelope(type="Ticket"), "type"),
        (envelope(sequence=0), "sequence"),
        (envelope(sequence=True), "sequence"),
        (envelope(sequence=1.0), "sequence"),
        (envelope(sequence=2**53), "sequence"),
        (envelope(version="1"), "version"),
        (envelope(body=[]), "body"),
    ],
)
def test_what_is_no_event_is_refused_with_a_reason(raw: bytes, reason: str) -> None:
    verdict = decode(raw)
    assert isinstance(verdict, Malformed)
    assert reason in verdict.reason


@given(st.binary())
@example(b'{"a":NaN}')
def test_any_bytes_get_an_answer(raw: bytes) -> None:
    assert isinstance(decode(raw), Malformed)


def test_an_unknown_type_is_well_formed() -> None:
    assert isinstance(decode(envelope(type="future.event_2.happened")), Event)


HEAD = LogHead("1" * 16, 1, "a" * 64)
NEXT = replace(ONE, sequence=2, type="ticket.issued", previous=HEAD.hash)


@pytest.mark.parametrize(
    ("event", "before", "fault"),
    [
        (ONE, None, None),
        (NEXT, HEAD, None),
        (replace(ONE, sequence=2), None, "begin with 1"),
        (replace(ONE, type="ticket.issued"), None, "instead of node.started"),
        (replace(NEXT, sequence=3), HEAD, "3 follows 1"),
        (replace(NEXT, sequence=1), HEAD, "1 follows 1"),
        (replace(NEXT, previous="b" * 64), HEAD, "another event before it"),
    ],
)
def test_links(event: Event, before: LogHead | None, fault: str | None) -> None:
    found = broken_link(event, before)
    assert (found is None) if fault is None else (found is not None and fault in found)
