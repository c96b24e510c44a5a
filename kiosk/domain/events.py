"""Events: facts in canonical JSON, chained by hash, kept and relayed as the exact bytes they were born with.

Key: (origin, incarnation, sequence). The first event of an incarnation is `node.started` with sequence 1; its
body names the parent incarnation's last (sequence, hash), and `previous` is that hash (or 64 zeros).
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
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


def encode(event: Event) -> bytes:
    """Canonical JSON: sorted keys, no blanks, UTF-8, no floats needed. Done once, when the event is born."""
    return json.dumps(asdict(event), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(raw: bytes) -> str:
    """The hash that the next event names, of the bytes as stored."""
    return hashlib.sha256(raw).hexdigest()
