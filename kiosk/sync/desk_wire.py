"""What desks and boards say to the site server and hear from it, version 1. Shapes only; docs/desk-protocol.md.

Desks sign like every device (kiosk/sync/signing.py); who sits there is told by `session`. A repeated request with the
same `action` does nothing twice. Boards ask unsigned: what they show hangs in the hall.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Final

from pydantic import AwareDatetime, Field

from kiosk.domain.availability import ClosedReason
from kiosk.domain.scan import ScanVerdict
from kiosk.domain.ticket import StopState
from kiosk.sync.wire import Hex16, Key, Message, QueueCode

SEAL_PATH: Final = "/v1/desk/seal"
SIGN_IN_PATH: Final = "/v1/desk/sign-in"
SIGN_OUT_PATH: Final = "/v1/desk/sign-out"
VIEW_PATH: Final = "/v1/desk/view"
ACT_PATH: Final = "/v1/desk/act"
SCAN_PATH: Final = "/v1/desk/scan"
COUNTER_PATH: Final = "/v1/desk/counter"
HALL_PATH: Final = "/v1/desk/hall"
SUPERVISE_PATH: Final = "/v1/desk/supervise"
BOARD_PATH: Final = "/v1/board"

UNDO_WITHIN_S: Final = 10
NOTE_LENGTH: Final = 140
MOST_SCANNED: Final = 512
MOST_IN_LINE: Final = 60
"""Rows of a line that a view holds; its total is told besides."""

StaffId = Annotated[str, Field(pattern=r"^[A-Z0-9][A-Z0-9-]{1,11}$")]
CounterNumber = Annotated[int, Field(ge=1, le=9999)]
StaffSession = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
Position = Annotated[int, Field(ge=1, le=40)]


class Role(StrEnum):
    OFFICER = "officer"
    SUPERVISOR = "supervisor"
    TECHNICIAN = "technician"


class CounterState(StrEnum):
    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"


class Seal(Message):
    """Asks for a key to seal a PIN with."""


class SealKey(Message):
    """`key`: base64 of an X25519 public key, `signature`: base64 of the server's Ed25519 over `GLRK1` and its 32 bytes
    and the device's id: a PIN is readable for this server alone, also on a line without TLS.
    """

    key: Key
    signature: str


class SignIn(Message):
    """`sealed_pin`: base64 of the sender's X25519 key (32 bytes), nonce (12) and ChaCha20-Poly1305 of the PIN.
    `new_pin`: where the old one must be changed, sealed in the same way.
    """

    staff: StaffId
    sealed_pin: Annotated[str, Field(max_length=200)]
    sealed_new_pin: Annotated[str, Field(max_length=200)] | None = None
    counter: CounterNumber | None = None


class SignedIn(Message):
    session: StaffSession
    staff: StaffId
    role: Role
    counter: CounterNumber | None = None


class SignOut(Message):
    session: StaffSession


class Refusal(StrEnum):
    """Why something was not done. Each has its own sentence at the desk."""

    WRONG_PIN = "wrong_pin"
    """Or nobody of that id: the two look alike."""
    WAIT = "wait"
    """Too many wrong PINs: `wait_s` says for how long."""
    LOCKED = "locked"
    WEAK_PIN = "weak_pin"
    MUST_CHANGE = "must_change"
    """The PIN was given by somebody else and must be replaced: sign in again with a new one."""
    SIGNED_OUT = "signed_out"
    """The session is over: sign in again."""
    NOT_ALLOWED = "not_allowed"
    """Only a supervisor may."""
    NO_COUNTER = "no_counter"
    COUNTER_TAKEN = "counter_taken"
    """Another officer has it open at another desk."""
    COUNTER_CLOSED = "counter_closed"
    COUNTER_BUSY = "counter_busy"
    """Somebody is called or being served here."""
    NOBODY_WAITS = "nobody_waits"
    NOBODY_HERE = "nobody_here"
    """Nobody is called or being served here: nothing to do that with."""
    TAKEN = "taken"
    """Another counter was quicker, or the ticket has moved on."""
    OVERTAKES = "overtakes"
    """Would be called before others: `overtaken` says who. Again with `confirmed` does it."""
    NOT_YET_MISSED = "not_yet_missed"
    """Call again before giving up."""
    TOO_LATE = "too_late"
    """The ten seconds are over, or something else was done since."""
    NOT_POSSIBLE = "not_possible"
    PERSONAL = "personal"
    """The note looks as if it held personal data."""
    PEOPLE_WAIT = "people_wait"
    """Closing leaves people waiting: say what is to happen to them."""
    NO_DAY = "no_day"
    NO_SUCH_QUEUE = "no_such_queue"
    NO_SUCH_TICKET = "no_such_ticket"


class SignInAnswer(Message):
    """To SignIn: `signed_in`, or why not."""

    refusal: Refusal | None = None
    wait_s: int | None = None
    signed_in: SignedIn | None = None


class View(Message):
    """Asks how things stand at this desk."""

    session: StaffSession


class Place(Message):
    """Where a counter is, in words of the site's file."""

    counter: CounterNumber
    floor: int | None = None
    zone: str = ""


class StopView(Message):
    """`waited_s` until now, or until it was called. `places`: where it can be served now, nearest first."""

    position: Position
    service_id: str
    queue: QueueCode
    state: StopState
    counter: CounterNumber | None = None
    after: tuple[Position, ...] = ()
    waited_s: int = 0
    serving_s: int | None = None
    calls: int = 0
    promised_low_s: int | None = None
    promised_high_s: int | None = None
    waiting_there: int = 0
    places: tuple[Place, ...] = ()


class VisitView(Message):
    """`position`: the stop that this counter is about. `conflict`: another counter has served the same stop."""

    ticket: Hex16
    label: str
    is_priority: bool
    language: str
    issued_at: AwareDatetime | None
    position: Position
    stops: tuple[StopView, ...]
    note: str = ""
    conflict: bool = False


class LineRow(Message):
    """One who waits (or is parked, or was missed) in a line that this counter serves."""

    ticket: Hex16
    label: str
    position: Position
    queue: QueueCode
    service_id: str
    is_priority: bool
    waited_s: int
    promised_high_s: int | None = None
    state: StopState = StopState.WAITING
    is_blocked: bool = False
    """At another counter just now: keeps the place, and is passed over."""


class UndoOffer(Message):
    action: Hex16
    verb: str
    label: str
    until: AwareDatetime


class CounterView(Message):
    counter: CounterNumber
    state: CounterState
    queues: tuple[QueueCode, ...]
    officer: StaffId | None = None
    floor: int | None = None
    zone: str = ""
    since: AwareDatetime | None = None
    has_alarm: bool = False
    silent_s: int | None = None
    """Not closed, and its desk was last heard of so long ago: told beyond ten minutes."""


class ConflictView(Message):
    label: str
    other_counter: CounterNumber | None


class QueueView(Message):
    """`wait_low_s`, `wait_high_s`: for who would come now; None: cannot be said yet."""

    queue: QueueCode
    waiting: int
    serving: int = 0
    counters_open: int = 0
    is_closed: bool = False
    wait_low_s: int | None = None
    wait_high_s: int | None = None
    longest_wait_s: int = 0
    missed: int = 0
    served: int = 0
    promises: int = 0
    """Promises of today that can be judged already, and how many were kept."""
    promises_kept: int = 0
    not_given: ClosedReason | None = None
    """Why kiosks give no number for it now, whatever an officer says: its hours, its cut-off, its quota."""


class DeskView(Message):
    """All that a desk shows. `lines`: who waits, in the order in which this counter would call them."""

    server_time: AwareDatetime
    service_day: date | None
    staff: StaffId
    role: Role
    counter: CounterView | None
    visit: VisitView | None = None
    line: tuple[LineRow, ...] = ()
    line_total: int = 0
    parked: tuple[LineRow, ...] = ()
    missed: tuple[LineRow, ...] = ()
    queues: tuple[QueueView, ...] = ()
    undo: UndoOffer | None = None
    conflicts: tuple[ConflictView, ...] = ()
    alarms: tuple[CounterNumber, ...] = ()
    """Counters that call for help; for supervisors only."""


class DeskVerb(StrEnum):
    """One key each at the desk."""

    CALL_NEXT = "call_next"
    CALL = "call"
    """This ticket, out of its turn if need be."""
    RECALL = "recall"
    START = "start"
    COMPLETE = "complete"
    NO_SHOW = "no_show"
    PARK = "park"
    UNPARK = "unpark"
    TRANSFER = "transfer"
    ADD = "add"
    PRIORITY = "priority"
    NOTE = "note"
    UNDO = "undo"
    ALARM = "alarm"


class Act(Message):
    """`action`: made by the desk, 16 hex digits; what it names is done at most once. `ticket` and `position`: where the
    verb is not about who is at this counter. `service`: for TRANSFER and ADD; `comes_back`: to this counter after it.
    """

    session: StaffSession
    action: Hex16
    verb: DeskVerb
    ticket: Hex16 | None = None
    position: Position | None = None
    service: Annotated[str, Field(max_length=200)] | None = None
    comes_back: bool = False
    is_priority: bool | None = None
    note: Annotated[str, Field(max_length=NOTE_LENGTH)] | None = None
    undoes: Hex16 | None = None
    confirmed: bool = False


class Answer(Message):
    """To everything a desk does. `refusal` None: done. `view` None only where the session is over."""

    refusal: Refusal | None = None
    wait_s: int | None = None
    overtaken: tuple[str, ...] = ()
    waiting: int = 0
    view: DeskView | None = None


class Scan(Message):
    """`text`: as the scanner typed it, or a label that was read and typed by hand."""

    session: StaffSession
    action: Hex16
    text: Annotated[str, Field(max_length=MOST_SCANNED)]


class ScanAnswer(Message):
    """`where`: the counters to send the visitor to, `waiting` there; `by`, `at`, `counter`: who had the ticket."""

    verdict: ScanVerdict
    label: str = ""
    queue: QueueCode | None = None
    where: tuple[Place, ...] = ()
    waiting: int = 0
    by: StaffId | None = None
    counter: CounterNumber | None = None
    at: AwareDatetime | None = None
    day: date | None = None
    view: DeskView | None = None


class Leaving(StrEnum):
    """What happens to those who wait when the last counter of their queue closes."""

    KEEP = "keep"
    """They keep their places: another counter will open. Numbers go on."""
    SERVE_ONLY = "serve_only"
    """They will be served; no more numbers are given."""
    DISMISS = "dismiss"
    """They are sent home: their stops here are cancelled, the boards say so, and no more numbers are given."""


class SetCounter(Message):
    """Opens, pauses or closes the counter of this desk, or takes another one. `queues` None: as the site's file says,
    or as a supervisor has left it.
    """

    session: StaffSession
    counter: CounterNumber
    state: CounterState
    queues: tuple[QueueCode, ...] | None = None
    leaving: Leaving | None = None


class HallView(Message):
    """The whole hall, for a supervisor. `unseen_slips`: the names of kiosks that confirm slips which nobody brings."""

    server_time: AwareDatetime
    service_day: date | None
    counters: tuple[CounterView, ...]
    queues: tuple[QueueView, ...]
    locked_staff: tuple[StaffId, ...] = ()
    conflicts: int = 0
    offline_tickets: int = 0
    unseen_slips: tuple[str, ...] = ()
    view: DeskView | None = None


class SuperviseVerb(StrEnum):
    OPEN_QUEUE = "open_queue"
    CLOSE_QUEUE = "close_queue"
    CLOSE_COUNTER = "close_counter"
    SET_QUEUES = "set_queues"
    UNLOCK = "unlock"
    VOID = "void"
    RELEASE = "release"
    ANSWER_ALARM = "answer_alarm"


class VoidReason(StrEnum):
    MISTAKE = "mistake"
    LEFT = "left"
    DUPLICATE = "duplicate"
    MISUSE = "misuse"


class Supervise(Message):
    """`reason`: of a VOID, from a short list, never free text."""

    session: StaffSession
    action: Hex16
    verb: SuperviseVerb
    counter: CounterNumber | None = None
    queue: QueueCode | None = None
    queues: tuple[QueueCode, ...] | None = None
    staff: StaffId | None = None
    label: Annotated[str, Field(max_length=20)] | None = None
    reason: VoidReason | None = None
    leaving: Leaving | None = None


class HallAnswer(Message):
    """`waiting`: as in Answer."""

    refusal: Refusal | None = None
    waiting: int = 0
    hall: HallView | None = None


class Call(Message):
    """One call, as a board shows it. `call`: its own name; a recall has another. `turn`: counts from 1. `is_over`: the
    visitor has come, or was given up; `letters` and `number` are what the label is spoken from.
    """

    call: Hex16
    label: str
    counter: CounterNumber
    floor: int | None = None
    zone: str = ""
    queue: QueueCode
    language: str
    called_at: AwareDatetime
    turn: int = 1
    is_over: bool = False


class BoardNotice(Message):
    text_id: str
    text_en: str


class BoardZone(Message):
    """A zone of the hall, and its floor."""

    id: str
    floor: int
    name_id: str
    name_en: str


class BoardView(Message):
    """`now`: who is called at this moment, the newest first. `last`: who was called before. `zone`: an id of `zones`,
    or empty for the whole hall. No clock is shown where `is_time_trusted` is false.
    """

    server_time: AwareDatetime
    site: str
    name_id: str
    name_en: str
    service_day: date | None
    zone: str
    zone_name_id: str
    zone_name_en: str
    now: tuple[Call, ...] = ()
    last: tuple[Call, ...] = ()
    queues: tuple[QueueView, ...] = ()
    notices: tuple[BoardNotice, ...] = ()
    hours: str = ""
    is_open: bool = True
    timezone: str = "Asia/Jakarta"
    is_time_trusted: bool = True
    zones: tuple[BoardZone, ...] = ()
