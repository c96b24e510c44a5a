"""Events: facts in canonical JSON, chained by hash, kept and relayed as the exact bytes they were born with.

Key: (origin, incarnation, sequence). The first event of an incarnation is `node.started` with sequence 1; its
body names the parent incarnation's last (sequence, hash), and `previous` is that hash (or 64 zeros).
What each body holds: docs/events.md.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

NO_EVENT: Final = "0" * 64
"""The hash before the very first event."""

NODE_STARTED: Final = "node.started"
DAY_OPENED: Final = "day.opened"
TICKET_ISSUED: Final = "ticket.issued"
TICKET_REPRINTED: Final = "ticket.reprinted"
PRINT_FINISHED: Final = "print.finished"
TICKET_SHOWN: Final = "ticket.shown"
"""The visitor took the number from the screen, because paper failed."""
PRINT_WITNESSED: Final = "print.witnessed"
"""The visitor said that the slip came out, of which the printer could not tell."""
TICKET_ABANDONED: Final = "ticket.abandoned"
"""No paper came, nobody took the number from the screen, and whoever stood there has gone."""
KIOSK_STATUS: Final = "kiosk.status"
"""How the kiosk's printers fare: only what changes is told."""
DAY_CLOSED: Final = "day.closed"
"""What was still open on that day has expired."""
TICKET_PRIORITISED: Final = "ticket.prioritised"
STOP_ADDED: Final = "stop.added"
ACTION_UNDONE: Final = "action.undone"
COUNTER_OPENED: Final = "counter.opened"
COUNTER_PAUSED: Final = "counter.paused"
COUNTER_CLOSED: Final = "counter.closed"
QUEUE_CLOSED: Final = "queue.closed"
"""No more numbers for it on this day; whoever waits is served."""
QUEUE_OPENED: Final = "queue.opened"
STAFF_SIGNED_IN: Final = "staff.signed_in"
STAFF_SIGNED_OUT: Final = "staff.signed_out"
STAFF_LOCKED: Final = "staff.locked"
STAFF_UNLOCKED: Final = "staff.unlocked"
ALARM_RAISED: Final = "alarm.raised"
"""An officer calls the supervisor, silently."""
ALARM_ANSWERED: Final = "alarm.answered"
DEVICE_ENROLLED: Final = "device.enrolled"
DEVICE_REVOKED: Final = "device.revoked"
EPOCH_RAISED: Final = "epoch.raised"
"""A server was restored or has taken over: every earlier one of its site must fall silent."""


@dataclass(frozen=True, slots=True)
class Event:
    """`origin` and `incarnation`: 16 lower-case hex digits each. `hlc`: 16 hex digits, 48 bits of milliseconds
    since 1970 and 16 bits of counter. `previous`: hex SHA-256 of the event before.
    """

    origin: str
    incarnation: str
    sequence: int
    hlc: str
    type: str
    version: int
    body: Mapping[str, Any]
    previous: str


@dataclass(frozen=True, slots=True)
class Malformed:
    """Bytes that are no event, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class LogHead:
    """The last event of one incarnation: what the next one must follow."""

    incarnation: str
    sequence: int
    hash: str


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """`raw` is the event as it is stored, hashed and sent; `hash` its hex SHA-256."""

    incarnation: str
    sequence: int
    hash: str
    raw: bytes


_HEX_16: Final = re.compile(r"[0-9a-f]{16}\Z")
_PATTERNS: Final = {
    "origin": _HEX_16,
    "incarnation": _HEX_16,
    "hlc": re.compile(r"[0-7][0-9a-f]{15}\Z"),  # kept in signed 64-bit columns, like the sequence
    "previous": re.compile(r"[0-9a-f]{64}\Z"),
    "type": re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+\Z"),
}
_FIELDS: Final = frozenset(field.name for field in fields(Event))
_CANONICAL: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
_HIGHEST: Final = 2**53 - 1
"""Whole numbers that every JSON reader keeps exactly."""


def encode(event: Event) -> bytes:
    """Canonical JSON, done once, when the event is born."""
    return canonical({name: getattr(event, name) for name in _FIELDS})


def canonical(content: Mapping[str, Any]) -> bytes:
    """The one way to write it: sorted keys, no blanks, UTF-8, no floats needed. ValueError for what no JSON can say."""
    return _CANONICAL.encode(content).encode()


def digest(raw: bytes) -> str:
    """The hash that the next event names, of the bytes as stored."""
    return hashlib.sha256(raw).hexdigest()


def decode(raw: bytes) -> Event | Malformed:
    """Judge the envelope alone. A type or a body that nobody here knows is well-formed."""
    try:
        document = json.loads(raw.decode())
    except (ValueError, RecursionError):
        return Malformed("not JSON in UTF-8")
    fault = _fault(document)
    return Event(**document) if fault is None else Malformed(fault)


def broken_link(event: Event, before: LogHead | None) -> str | None:
    """Why `event` does not follow `before` in its incarnation; None when it does.

    `before` None: it must be the first, `node.started`, and its parent is not known here.
    """
    if before is None:
        if event.sequence != 1:
            return f"sequence {event.sequence} where the incarnation should begin with 1"
        if event.type != NODE_STARTED:
            return f"begins with {event.type} instead of {NODE_STARTED}"
        return None
    if event.sequence != before.sequence + 1:
        return f"sequence {event.sequence} follows {before.sequence}"
    if event.previous != before.hash:
        return "names another event before it than the one that is there"
    return None


def _fault(document: Any) -> str | None:
    if not isinstance(document, dict) or document.keys() != _FIELDS:
        return f"not an object with exactly {', '.join(sorted(_FIELDS))}"
    for name, pattern in _PATTERNS.items():
        if not isinstance(document[name], str) or not pattern.match(document[name]):
            return f"{name} is not written as it should be"
    for name in ("sequence", "version"):
        number = document[name]
        if type(number) is not int or not 1 <= number <= _HIGHEST:
            return f"{name} is not a positive whole number"
    return None if isinstance(document["body"], dict) else "body is not an object"
