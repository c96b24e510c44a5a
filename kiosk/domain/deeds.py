"""Reading what was done at the counters: which event says what, checked field by field (docs/events.md).

Kiosks do not hear of it; servers add it up (kiosk/domain/course.py, server/course_projection.py).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from kiosk.domain import events, fields, hlc
from kiosk.domain.course import HIGHEST_POSITION, Action, Deed, NewStop
from kiosk.domain.desk_bodies import ACTION_TYPES
from kiosk.domain.events import Event
from kiosk.domain.stop_life import Verb

_LATEST_MS: Final = 2**47
"""Milliseconds since 1970: as far as a hybrid clock can count."""
_LATEST_OWN: Final = 2**62
"""No clock of a desk stands in the year 4199. So there is always room for what comes after what it said."""
_MOST_QUEUES: Final = 700
"""As many as there are codes of one or two letters."""
_CONSOLE: Final = "console"
"""Somebody at the server itself, who has no staff id."""

_AT_A_COUNTER: Final = frozenset({Verb.CALL, Verb.RECALL, Verb.START})
_OF_ALL_STOPS: Final = frozenset({Verb.CANCEL, Verb.RETURN})
"""These need not say which stop."""


@dataclass(frozen=True, slots=True)
class DayClosed:
    """What is still open on that day has expired."""

    service_day: str


@dataclass(frozen=True, slots=True)
class CounterNews:
    """`state`: `open`, `paused` or `closed`. `queues`, `device_id`: told only where it opens. `stamp`: sorts what was
    said of one counter: (hybrid clock, incarnation).
    """

    counter: int
    state: str
    stamp: tuple[int, str]
    officer: str
    queues: tuple[str, ...] = ()
    device_id: str | None = None


@dataclass(frozen=True, slots=True)
class QueueNews:
    """Whether the queue gives numbers on that day."""

    queue_code: str
    service_day: str
    is_closed: bool
    stamp: tuple[int, str]


@dataclass(frozen=True, slots=True)
class AlarmNews:
    """Somebody at this counter needs the supervisor; or not any more."""

    counter: int
    is_raised: bool
    at_ms: int


DeskEffect = Action | DayClosed | CounterNews | QueueNews | AlarmNews | None


def _acted(verb: Verb | Deed) -> Callable[[Event], Action]:
    def read(event: Event) -> Action:
        body = event.body
        follows = _optional(body, "follows", lambda value: fields.match(fields.HEX_16, value))
        action = Action(
            key=(_rank(event, follows), event.origin, event.incarnation, event.sequence),
            action=fields.match(fields.HEX_16, body["action"]),
            verb=verb,
            ticket_id=fields.match(fields.HEX_16, body["ticket_id"]),
            at_ms=_stamp(event)[0] >> 16,
            position=_optional(body, "position", lambda value: fields.number(value, 1, HIGHEST_POSITION)),
            counter=_optional(body, "counter", fields.counter),
            officer=_optional(body, "officer", _officer),
            new=_new_stop(body, verb),
            return_to=_optional(body, "return_to", fields.counter),
            place_ms=_optional(body, "place_ms", lambda value: fields.number(value, 0, _LATEST_MS)),
            is_priority=fields.boolean(body["is_priority"]) if verb is Deed.PRIORITISE else None,
            undoes=fields.match(fields.HEX_16, body["undoes"]) if verb is Deed.UNDO else None,
            follows=follows,
            kiosk=_optional(body, "kiosk", _device) if verb is Verb.RETURN else None,
        )
        if isinstance(verb, Verb) and verb not in _OF_ALL_STOPS and action.position is None:
            raise ValueError("position")
        if verb in _AT_A_COUNTER and action.counter is None:
            raise ValueError("counter")
        return action

    return read


def _rank(event: Event, follows: str | None) -> str:
    """What the action is sorted by, as a stamp."""
    own = _stamp(event)[0]
    if own >= _LATEST_OWN:
        raise ValueError("hlc")
    rank = own if follows is None else hlc.following(own, int(follows, 16))
    return fields.match(fields.STAMP, hlc.to_hex(rank))


def _new_stop(body: Mapping[str, Any], verb: Verb | Deed) -> NewStop | None:
    if verb not in (Deed.ADD, Verb.TRANSFER):
        return None
    return NewStop(fields.match(fields.TEXT, body["service_id"]), fields.match(fields.QUEUE_CODE, body["queue_code"]))


def _day_closed(event: Event) -> DayClosed:
    return DayClosed(_day(event.body))


def _counter_opened(event: Event) -> CounterNews:
    queues = event.body["queues"]
    if not isinstance(queues, list) or len(queues) > _MOST_QUEUES:
        raise ValueError("queues")
    return CounterNews(
        fields.counter(event.body["counter"]),
        "open",
        _stamp(event),
        _officer(event.body["officer"]),
        tuple(sorted({fields.match(fields.QUEUE_CODE, code) for code in queues})),
        fields.match(fields.HEX_16, event.body["device_id"]),
    )


def _counter_left(state: str) -> Callable[[Event], CounterNews]:
    return lambda event: CounterNews(
        fields.counter(event.body["counter"]), state, _stamp(event), _officer(event.body["officer"])
    )


def _queue_news(*, is_closed: bool) -> Callable[[Event], QueueNews]:
    def read(event: Event) -> QueueNews:
        _officer(event.body["officer"])
        code = fields.match(fields.QUEUE_CODE, event.body["queue_code"])
        return QueueNews(code, _day(event.body), is_closed, _stamp(event))

    return read


def _alarm(*, is_raised: bool) -> Callable[[Event], AlarmNews]:
    def read(event: Event) -> AlarmNews:
        _officer(event.body["officer"])
        return AlarmNews(fields.counter(event.body["counter"]), is_raised, _stamp(event)[0] >> 16)

    return read


def _staff_signed(event: Event) -> None:
    _officer(event.body["officer"])
    fields.match(fields.HEX_16, event.body["device_id"])
    _optional(event.body, "counter", fields.counter)


def _staff_locked(event: Event) -> None:
    _officer(event.body["officer"])
    _optional(event.body, "by", _officer)


def _officer(value: Any) -> str:
    return _CONSOLE if value == _CONSOLE else fields.match(fields.STAFF_ID, value)


def _device(value: Any) -> str:
    return fields.match(fields.HEX_16, value)


def _optional(body: Mapping[str, Any], name: str, read: Callable[[Any], Any]) -> Any:
    return read(body[name]) if fields.given(body, name) else None


def _day(body: Mapping[str, Any]) -> str:
    return date.fromisoformat(body["service_day"]).isoformat()


def _stamp(event: Event) -> tuple[int, str]:
    return int(event.hlc, 16), event.incarnation


READERS: Final[dict[tuple[str, int], Callable[[Event], DeskEffect]]] = {
    **{(event_type, 1): _acted(verb) for verb, event_type in ACTION_TYPES.items()},
    (events.DAY_CLOSED, 1): _day_closed,
    (events.COUNTER_OPENED, 1): _counter_opened,
    (events.COUNTER_PAUSED, 1): _counter_left("paused"),
    (events.COUNTER_CLOSED, 1): _counter_left("closed"),
    (events.QUEUE_CLOSED, 1): _queue_news(is_closed=True),
    (events.QUEUE_OPENED, 1): _queue_news(is_closed=False),
    (events.STAFF_SIGNED_IN, 1): _staff_signed,
    (events.STAFF_SIGNED_OUT, 1): _staff_signed,
    (events.STAFF_LOCKED, 1): _staff_locked,
    (events.STAFF_UNLOCKED, 1): _staff_locked,
    (events.ALARM_RAISED, 1): _alarm(is_raised=True),
    (events.ALARM_ANSWERED, 1): _alarm(is_raised=False),
}
"""By type and version, as kiosk.domain.history.READERS."""
