"""The messages between a node and its upstream, version 1. Shapes only; docs/sync-protocol.md says who sends what.

Both ends read tolerantly (unknown fields are ignored, so version 1 can grow) and write strictly.
"""

from collections.abc import Mapping
from datetime import date
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
PULL_PATH: Final = "/v1/pull"
RESERVE_PATH: Final = "/v1/reserve"
HEARTBEAT_PATH: Final = "/v1/heartbeat"
SNAPSHOT_PATH: Final = "/v1/snapshot"
STREAM_PATH: Final = "/v1/stream"
ENROL_PATH: Final = "/v1/enrol"
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
MAX_SNAPSHOT_BYTES: Final = 16 * 1024 * 1024
"""Raw bytes of one snapshot: a catalogue of 10,000 services fits twice."""
MAX_HEADS: Final = 2000
"""Incarnations that one hello may name: 90 days of a kiosk that restarts twenty times a day."""

Hex16 = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Sequence = Annotated[int, Field(ge=1, le=2**53 - 1)]
"""Whole numbers that every JSON reader keeps exactly."""
SiteId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
Watermarks = Mapping[Hex16, Sequence]
"""For each incarnation the last sequence that is safe."""
Key = Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]{43}=$")]
"""Base64 of 32 bytes: a public key of Ed25519."""
Signature = Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]{86}==$")]
"""Base64 of 64 bytes."""
QueueCode = Annotated[str, Field(pattern=r"^[A-Z]{1,2}$")]
TicketNumber = Annotated[int, Field(ge=1, le=0xFFFF)]
Epoch = Annotated[int, Field(ge=1, le=2**31 - 1)]
Letter = Annotated[str, Field(pattern=r"^[A-Z]$")]
DeviceName = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f\x7f]+$")]


class Message(BaseModel):
    model_config = ConfigDict(frozen=True)


class DeviceKind(StrEnum):
    """What a paired device is, and so what it may do."""

    KIOSK = "kiosk"
    """Writes its own log, reserves numbers."""
    SITE = "site"
    """The server of a site, at its upstream: relays the logs of every origin of its site."""
    DESK = "desk"
    """An officer's counter: writes its own log."""
    BOARD = "board"
    """Shows; writes nothing, and asks unsigned. Logs of earlier releases name some that were let in by a code."""


class Pairing(Message):
    """A kiosk to a site server on its own machine. `public_key`: base64 of 32 bytes of Ed25519. `proof`: hex
    HMAC-SHA-256, under the server's pairing secret, of `GLRP1` and those 32 bytes. `timezone`: the site's, by its
    IANA name, for a server that has no site file of its own.
    """

    site: SiteId
    device: Hex16
    public_key: Key
    kiosk_number: Annotated[int, Field(ge=1, le=255)]
    letter: Letter
    name: Annotated[str, Field(max_length=60)]
    proof: Hash
    timezone: Annotated[str, Field(max_length=40)] | None = None


class Enrol(Message):
    """A device that was given a pairing code, to the server that made the code. Unsigned: it is not known yet.

    `invitation`: the first three letters of the code, which name it. `proof`: hex HMAC-SHA-256, under the code's
    derived key, of `GLRE1` and the 32 bytes of the public key; the code itself never travels. `kind`: what the device
    is; a code for another kind lets it in as nothing. `kiosk_number`, `letter` and `name` are what it would like to be;
    the server may decide otherwise.
    """

    invitation: Annotated[str, Field(pattern=r"^[0-9A-HJKMNP-TV-Z]{3}$")]
    device: Hex16
    public_key: Key
    proof: Hash
    program: Annotated[str, Field(max_length=40)]
    kind: DeviceKind | None = None
    kiosk_number: Annotated[int, Field(ge=1, le=255)] | None = None
    letter: Letter | None = None
    name: DeviceName | None = None


class Authority(Message):
    """Whose signature under a snapshot counts: the site's server, the central one."""

    device: Hex16
    key: Key


class Enrolled(Message):
    """Who the device is from now on. `server` and `server_key`: whom it has found. `proof`: hex HMAC-SHA-256, under the
    same derived key, of `GLRE1`, the 32 bytes of the device's key, and all other fields of this message as canonical
    JSON (sorted keys, no blanks, UTF-8): only who made the code can give it, and nobody on the line can change a word.
    """

    site: SiteId
    device: Hex16
    kind: DeviceKind
    kiosk_number: Annotated[int, Field(ge=1, le=255)] | None = None
    letter: Letter | None = None
    name: DeviceName
    server: Hex16
    server_key: Key
    server_epoch: Epoch
    authorities: tuple[Authority, ...]
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


class SharedNumber(Message):
    """The highest number of the shared series that the speaker knows to be given, in one queue on one day."""

    service_day: date
    queue: QueueCode
    number: TicketNumber


class Hello(Message):
    """A node to its upstream: what it wrote and what it believes to be safe there. `origin` is the speaker's own, or,
    from a relay, any of its site.

    `server_epoch` is the highest epoch of this upstream that it has seen, None the first time; `site_epoch`, from a
    relay, that of its own site. `numbers`: what a server that was restored from an older copy must not give again.
    """

    origin: Hex16
    heads: Annotated[tuple[Head, ...], Field(max_length=MAX_HEADS)]
    acknowledged: Watermarks = Field(default_factory=dict)
    server_epoch: int | None = None
    site_epoch: Epoch | None = None
    numbers: Annotated[tuple[SharedNumber, ...], Field(max_length=MAX_HEADS)] = ()


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


class Pull(Message):
    """Asks for events back: of the asker's own origin, or, by a relay, of any of its site. `after`: the last sequence
    held here, 0 for none. The answer is a batch (gzip, one event a line); none left: 204.
    """

    origin: Hex16
    incarnation: Hex16
    after: Annotated[int, Field(ge=0, le=2**53 - 1)]


class Reserve(Message):
    """A kiosk asks for a number of the shared series. Again with the same `ticket` gives the same number.

    `service_day`: the kiosk's, None where its clock cannot be trusted. `given`: the highest number of the shared series
    that it holds for this queue on that day, 0 for none. `server_epoch` as in Hello.
    """

    ticket: Hex16
    queue: QueueCode
    service_day: date | None = None
    given: Annotated[int, Field(ge=0, le=0xFFFF)] = 0
    server_epoch: int | None = None


class Reserved(Message):
    ticket: Hex16
    queue: QueueCode
    number: TicketNumber
    service_day: date
    server_epoch: Epoch


class Health(Message):
    """How a device fares, as it sees itself. `at`: its own wall clock. `printer`: its state in one word, empty where
    it has none. `alarms`: histories that a person must look at. `details`: sentences for the technician, no person in
    them.
    """

    program: Annotated[str, Field(max_length=40)]
    at: AwareDatetime
    clock_trusted: bool
    backlog: Annotated[int, Field(ge=0)] = 0
    oldest_unsent: AwareDatetime | None = None
    alarms: Annotated[int, Field(ge=0)] = 0
    printer: Annotated[str, Field(max_length=40)] = ""
    disk_free_bytes: Annotated[int, Field(ge=0)] | None = None
    details: Annotated[tuple[Annotated[str, Field(max_length=400)], ...], Field(max_length=8)] = ()


class Heartbeat(Message):
    """Every few seconds, however idle. `head`: the last event written, so that the server knows from when a later one
    may be at the earliest; None from who writes nothing. `site_epoch`: from a relay, the epoch of its own site: of two
    servers of one site the higher counts.
    """

    origin: Hex16
    head: Head | None = None
    server_epoch: int | None = None
    site_epoch: Epoch | None = None
    health: Health | None = None


class Outlook(Message):
    """What a heartbeat's answer says of one queue. `low_s`, `high_s`: seconds that a newcomer waits, `priority_*` one
    with priority; None: cannot be said yet. `visit_*`: how long one is at the counter. `is_closed`: no more numbers
    today, by word of the hall.
    """

    waiting: Annotated[int, Field(ge=0)]
    low_s: Annotated[int, Field(ge=0)] | None = None
    high_s: Annotated[int, Field(ge=0)] | None = None
    priority_low_s: Annotated[int, Field(ge=0)] | None = None
    priority_high_s: Annotated[int, Field(ge=0)] | None = None
    visit_low_s: Annotated[int, Field(ge=0)] | None = None
    visit_high_s: Annotated[int, Field(ge=0)] | None = None
    is_closed: bool = False


class HeartbeatAnswer(Message):
    """`service_day`: the one in force at the site, None where none is open. `recovering`: numbers are not reserved yet;
    say hello. `snapshots`: kind -> the newest version to be had here. `queues`: how each queue of the site stands; none
    where the server does not know.
    """

    server_epoch: Epoch
    server_time: AwareDatetime
    service_day: date | None = None
    recovering: bool = False
    snapshots: Mapping[str, int] = Field(default_factory=dict)
    queues: Mapping[QueueCode, Outlook] = Field(default_factory=dict)


class SnapshotKind(StrEnum):
    CATALOGUE = "catalogue"
    SITE = "site"
    TRUST = "trust"
    """Every device of the site with its key, and who may sign snapshots: kiosk/domain/trust.py."""


class SnapshotRequest(Message):
    kind: SnapshotKind


class Snapshot(Message):
    """One whole file. `content`: base64 of gzip of its exact bytes; `sha256` is of those bytes. `signature`: Ed25519
    by the key of `signer` over the UTF-8 of `GLRS1`, site, kind, version and sha256, joined by line feeds. `site` is
    `*` for what holds everywhere. A relay passes it on as it came.
    """

    site: Annotated[str, Field(pattern=r"^(\*|[a-z0-9][a-z0-9-]{0,63})$")]
    kind: SnapshotKind
    version: Annotated[int, Field(ge=1, le=2**53 - 1)]
    sha256: Hash
    signer: Hex16
    signature: Signature
    content: str


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
    CODE = "code"
    """The pairing code is not known here, was used, or is too old; or it was tried too often."""
    RECOVERING = "recovering"
    """This server was restored from an older copy and reserves no numbers until the kiosks have told what they know."""
    FENCED = "fenced"
    """A newer server has taken over this site: this one gives no numbers and takes no part any more."""
    EXHAUSTED = "exhausted"
    """The shared series of this queue has no number left on this day."""
    RATE = "rate"
    """Too many requests in a short time."""
    BUSY = "busy"
    NOT_FOUND = "not_found"
    METHOD = "method"
    """The path is right; the `Allow` header says how to ask."""
    INTERNAL = "internal"


class Problem(Message):
    """RFC 9457. `acknowledged` is set where a prefix of the batch was stored all the same. `site_epoch`: for a relay
    that is fenced, the epoch that counts at its site.
    """

    status: int
    code: ProblemCode
    title: str
    detail: str
    acknowledged: Watermarks = Field(default_factory=dict)
    central: Watermarks = Field(default_factory=dict)
    site_epoch: Epoch | None = None
