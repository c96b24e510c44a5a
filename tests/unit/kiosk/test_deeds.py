"""What counters say is read strictly, like every event: a wrong word makes no row anywhere."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain import events
from kiosk.domain.course import Action, Deed
from kiosk.domain.deeds import READERS, AlarmNews, CounterNews, DayClosed, QueueNews
from kiosk.domain.desk_bodies import ACTION_TYPES, acted
from kiosk.domain.history import NotUnderstoodError, effect_of
from kiosk.domain.stop_life import Verb
from tests.unit.kiosk.test_events import ACTIONS, BODIES, DAY, ONE, action

STAMP = (int(ONE.hlc, 16), ONE.incarnation)
AT_MS = STAMP[0] >> 16


def read(event_type: str, body: Any) -> Any:
    return effect_of(replace(ONE, type=event_type, body=body))


@pytest.mark.parametrize(
    ("event_type", "effect"),
    [
        (events.DAY_CLOSED, DayClosed(DAY.isoformat())),
        (events.COUNTER_OPENED, CounterNews(3, "open", STAMP, "A-17", ("A", "D"), "2" * 16)),
        (events.COUNTER_PAUSED, CounterNews(3, "paused", STAMP, "A-17")),
        (events.COUNTER_CLOSED, CounterNews(3, "closed", STAMP, "A-17")),
        (events.QUEUE_CLOSED, QueueNews("D", DAY.isoformat(), is_closed=True, stamp=STAMP)),
        (events.QUEUE_OPENED, QueueNews("D", DAY.isoformat(), is_closed=False, stamp=STAMP)),
        (events.ALARM_RAISED, AlarmNews(3, is_raised=True, at_ms=AT_MS)),
        (events.ALARM_ANSWERED, AlarmNews(3, is_raised=False, at_ms=AT_MS)),
        (events.STAFF_SIGNED_IN, None),
        (events.STAFF_LOCKED, None),
    ],
)
def test_what_each_says(event_type: str, effect: Any) -> None:
    assert read(event_type, BODIES[event_type]) == effect


SPOILT: list[tuple[str, str, Any]] = [
    *((ACTION_TYPES[verb], "ticket_id", "A" * 16) for verb in ACTIONS),
    *((ACTION_TYPES[verb], "action", "e" * 15) for verb in ACTIONS),
    *((ACTION_TYPES[verb], "counter", 0) for verb in ACTIONS),
    *((ACTION_TYPES[verb], "counter", True) for verb in ACTIONS),
    *((ACTION_TYPES[verb], "officer", "Budi Santoso") for verb in ACTIONS),
    *((ACTION_TYPES[verb], "position", 41) for verb in Verb),
    (ACTION_TYPES[Verb.CALL], "counter", None),
    (ACTION_TYPES[Verb.CALL], "position", None),
    (ACTION_TYPES[Verb.COMPLETE], "position", None),
    (ACTION_TYPES[Verb.TRANSFER], "queue_code", "d"),
    (ACTION_TYPES[Verb.TRANSFER], "service_id", None),
    (ACTION_TYPES[Verb.TRANSFER], "return_to", 10_000),
    (ACTION_TYPES[Deed.ADD], "service_id", "a\x00b"),
    (ACTION_TYPES[Deed.ADD], "place_ms", 2**60),
    (ACTION_TYPES[Deed.PRIORITISE], "is_priority", 1),
    (ACTION_TYPES[Deed.PRIORITISE], "is_priority", None),
    (ACTION_TYPES[Deed.UNDO], "undoes", None),
    (ACTION_TYPES[Verb.RETURN], "kiosk", "Anjungan 1"),
    (ACTION_TYPES[Verb.RETURN], "kiosk", 1),
    (events.DAY_CLOSED, "service_day", "yesterday"),
    (events.COUNTER_OPENED, "queues", "D"),
    (events.COUNTER_OPENED, "queues", ["D", "d"]),
    (events.COUNTER_OPENED, "queues", ["D"] * 701),
    (events.COUNTER_OPENED, "device_id", None),
    (events.COUNTER_PAUSED, "officer", None),
    (events.QUEUE_CLOSED, "queue_code", "DDD"),
    (events.QUEUE_CLOSED, "officer", "budi"),
    (events.STAFF_SIGNED_IN, "device_id", "2"),
    (events.STAFF_SIGNED_IN, "counter", "3"),
    (events.STAFF_UNLOCKED, "by", 3),
    (events.ALARM_RAISED, "counter", None),
]


@pytest.mark.parametrize(("event_type", "field", "value"), SPOILT, ids=str)
def test_a_spoilt_field_is_not_understood(event_type: str, field: str, value: Any) -> None:
    assert read(event_type, {**BODIES[event_type], "colour": "red"}) == read(event_type, BODIES[event_type])
    with pytest.raises(NotUnderstoodError, match=rf"its body is not that of {event_type}"):
        read(event_type, {**BODIES[event_type], field: value})


def test_only_a_return_can_be_at_a_kiosk() -> None:
    assert read(ACTION_TYPES[Verb.RETURN], BODIES[ACTION_TYPES[Verb.RETURN]]).kiosk == "b" * 16
    assert read(ACTION_TYPES[Verb.CALL], {**BODIES[ACTION_TYPES[Verb.CALL]], "kiosk": "b" * 16}).kiosk is None


def test_all_stops_can_be_cancelled_at_once() -> None:
    whole = {**BODIES[ACTION_TYPES[Verb.CANCEL]]}
    del whole["position"]
    assert read(ACTION_TYPES[Verb.CANCEL], whole) == replace(action(Verb.CANCEL), position=None)


@given(st.sampled_from(sorted(READERS)), st.dictionaries(st.text(), st.recursive(st.integers() | st.text(), st.lists)))
def test_any_body_gets_an_answer(key: tuple[str, int], body: Any) -> None:
    with pytest.raises(NotUnderstoodError):
        read(key[0], body)


def test_what_the_server_has_followed_comes_before_it_whatever_its_clock_said() -> None:
    event = replace(ONE, type=ACTION_TYPES[Verb.COMPLETE], body=BODIES[ACTION_TYPES[Verb.COMPLETE]])
    ahead = f"{STAMP[0] + (60_000 << 16):016x}"
    done = effect_of(replace(event, body={**event.body, "follows": ahead}))
    assert isinstance(done, Action)
    assert done.key[0] == f"{int(ahead, 16) + 1:016x}"
    assert done.at_ms == AT_MS, "it happened when the server says"
    assert acted(done) == {**event.body, "follows": ahead}
    behind = effect_of(replace(event, body={**event.body, "follows": "0" * 16}))
    assert isinstance(behind, Action)
    assert behind.key[0] == event.hlc


@pytest.mark.parametrize(
    ("stamp", "follows"), [(f"{2**62:016x}", None), ("0" * 16, "7" + "f" * 15), ("0" * 16, "7"), ("0" * 16, 7)]
)
def test_there_is_always_room_behind_an_action(stamp: str, follows: Any) -> None:
    body = {**BODIES[ACTION_TYPES[Verb.START]], "follows": follows}
    with pytest.raises(NotUnderstoodError):
        effect_of(replace(ONE, hlc=stamp, type=ACTION_TYPES[Verb.START], body=body))
