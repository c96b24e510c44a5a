"""The messages between a node and its upstream, version 1. Shapes only; docs/sync-protocol.md says who sends what.

Both ends read tolerantly (unknown fields are ignored, so version 1 can grow) and write strictly.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

PROTOCOL: Final = "1"

PROTOCOL_HEADER: Final = "Giliran-Protocol"
SITE_HEADER: Final = "Giliran-Site"
DEVICE_HEADER: Final = "Giliran-Device"
SESSION_HEADER: Final = "Giliran-Session"
COUNTER_HEADER: Final = "Giliran-Counter"
SIGNATURE_HEADER: Final = "Giliran-Signature"

SESSION_PATH: Final = "/v1/session"
HELLO_PATH: Final = "/v1/hello"
APPEND_PATH: Final = "/v1/append"
PAIR_PATH: Final = "/v1/pair"

JSON: Final = "application/json"
PROBLEM_JSON: Final = "application/problem+json"
EVENTS: Final = "application/x-ndjson"
"""A batch: the exact bytes of each event, each followed by one line feed (canonical JSON holds none)."""

MAX_BATCH_EVENTS: Final = 500
MAX_BATCH_BYTES: Final = 256 * 1024
"""Raw bytes a sender puts into one batch."""
MAX_EXPANDED_BYTES: Final = 1024 * 1024
"""Raw bytes a receiver unpacks at most."""
MAX_BODY_BYTES: Final = MAX_BATCH_BYTES + 64 * 1024
"""Bytes of any request as sent: a full batch that did not compress at all."""
MAX_EVENT_BYTES: Final = 64 * 1024
MAX_HEADS: Final = 2000
"""Incarnations that one hello may name: 90 days of a kiosk that restarts twenty times a day."""

Hex16 = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Sequence = Annotated[int, Field(ge=1, le=2**53 - 1)]
"""Whole numbers that every JSON reader keeps exactly."""
SiteId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
Watermarks = Mapping[Hex16, Sequence]
"""For each incarnation the last sequence that is safe."""


class Message(BaseModel):
    model_config = ConfigDict(frozen=True)


class Pairing(Message):
    """A kiosk to a site server on its own machine. `public_key`: base64 of 32 bytes of Ed25519. `proof`: hex
    HMAC-SHA-256, under the server's pairing secret, of `GLRP1` and those 32 bytes.
    """

    site: SiteId
    device: Hex16
    public_key: Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]{43}=$")]
    kiosk_number: Annotated[int, Field(ge=1, le=255)]
    letter: Annotated[str, Field(pattern=r"^[A-Z]$")]
    name: Annotated[str, Field(max_length=60)]
    proof: Hash


class SessionRequest(Message):
    """Unsigned: it asks for the challenge that later signatures cover."""

    site: SiteId
    device: Hex16


class Session(Message):
    """`challenge`: 64 hex digits that only this session uses. `server_time` is for show, never for trust."""

    session: Hex16
    challenge: Hash
    server_epoch: int
    server_time: AwareDatetime


class Head(Message):
    """The last event that the speaker holds of one incarnation."""

    incarnation: Hex16
    sequence: Sequence
    hash: Hash


class Hello(Message):
    """A node to its upstream: what it wrote and what it believes to be safe there.

    `server_epoch` is the epoch of the upstream it last spoke with, None the first time.
    """

    origin: Hex16
    heads: Annotated[tuple[Head, ...], Field(max_length=MAX_HEADS)]
    acknowledged: Watermarks = Field(default_factory=dict)
    server_epoch: int | None = None


class Limits(Message):
    batch_events: Annotated[int, Field(ge=1)] = MAX_BATCH_EVENTS
    batch_bytes: Annotated[int, Field(ge=1)] = MAX_BATCH_BYTES


class HelloAnswer(Message):
    """`heads` of all incarnations asked about that are held here, and of those the asker does not know any more
    (it was restored). `forks`: incarnations whose history here differs from the asker's.
    """

    server_epoch: int
    server_time: AwareDatetime
    heads: tuple[Head, ...]
    central: Watermarks
    forks: tuple[Hex16, ...] = ()
    limits: Limits = Limits()


class AppendAnswer(Message):
    """`acknowledged`: durable at the speaker. `central`: durable in the nation; the only one that permits pruning."""

    acknowledged: Watermarks
    central: Watermarks
    accepted: int
    duplicates: int


class ProblemCode(StrEnum):
    PROTOCOL = "protocol"
    """No common version, or a header is missing."""
    MALFORMED = "malformed"
    """The message or an event's envelope is not well formed."""
    TOO_LARGE = "too_large"
    SESSION_UNKNOWN = "session_unknown"
    """Open a new session and go on: the server was restarted."""
    DEVICE_UNKNOWN = "device_unknown"
    DEVICE_REVOKED = "device_revoked"
    SIGNATURE = "signature"
    REPLAYED = "replayed"
    FOREIGN_ORIGIN = "foreign_origin"
    """A device writes only its own log."""
    GAP = "gap"
    """The batch begins after what the server holds; `acknowledged` says where to go on."""
    FORK = "fork"
    """The server holds another event under this key. Recorded; this incarnation must stop."""
    CHAIN = "chain"
    """An event does not name the hash of the event before it."""
    CONFLICT = "conflict"
    """Another kiosk of the site has this number or letter: their tickets would carry the same labels."""
    BUSY = "busy"
    NOT_FOUND = "not_found"
    METHOD = "method"
    """The path is right; the `Allow` header says how to ask."""
    INTERNAL = "internal"


class Problem(Message):
    """RFC 9457. `acknowledged` is set where a prefix of the batch was stored all the same."""

    status: int
    code: ProblemCode
    title: str
    detail: str
    acknowledged: Watermarks = Field(default_factory=dict)
    central: Watermarks = Field(default_factory=dict)
