"""One key for each thing that an officer does, and whether it can be done now."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from PySide6.QtCore import Qt

from kiosk.domain.language import Language, Text
from kiosk.domain.ticket import StopState
from kiosk.sync.desk_wire import CounterState, DeskVerb
from ui.desk.rows import ActionRow
from ui.desk.situation import Question, Situation


class Command(StrEnum):
    CALL_NEXT = "call_next"
    RECALL = "recall"
    START = "start"
    COMPLETE = "complete"
    NO_SHOW = "no_show"
    PARK = "park"
    TRANSFER = "transfer"
    ADD = "add"
    PRIORITY = "priority"
    NOTE = "note"
    COUNTER = "counter"
    UNDO = "undo"
    FIND = "find"
    SWITCH = "switch"
    HALL = "hall"
    ALARM = "alarm"
    LANGUAGE = "language"
    CONTRAST = "contrast"
    STRIP = "strip"
    LOCK = "lock"
    SIGN_OUT = "sign_out"


@dataclass(frozen=True, slots=True)
class KeyStroke:
    key: Qt.Key
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier


@dataclass(frozen=True, slots=True)
class _Key:
    cap: str
    stroke: KeyStroke
    text: Text
    icon: str = ""


_CTRL: Final = Qt.KeyboardModifier.ControlModifier
_ALT: Final = Qt.KeyboardModifier.AltModifier

KEYS: Final[Mapping[Command, _Key]] = {
    Command.CALL_NEXT: _Key("F2", KeyStroke(Qt.Key.Key_F2), Text("Panggil berikutnya", "Call next"), "megaphone"),
    Command.RECALL: _Key("F3", KeyStroke(Qt.Key.Key_F3), Text("Panggil ulang", "Call again"), "megaphone"),
    Command.START: _Key("F4", KeyStroke(Qt.Key.Key_F4), Text("Mulai", "Start"), "sign-in"),
    Command.COMPLETE: _Key("F5", KeyStroke(Qt.Key.Key_F5), Text("Selesai", "Complete"), "check-bold"),
    Command.NO_SHOW: _Key("F6", KeyStroke(Qt.Key.Key_F6), Text("Tidak hadir", "No-show"), "user-minus"),
    Command.PARK: _Key("F7", KeyStroke(Qt.Key.Key_F7), Text("Tunda", "Park"), "clock"),
    Command.TRANSFER: _Key("F8", KeyStroke(Qt.Key.Key_F8), Text("Alihkan", "Transfer"), "signpost"),
    Command.ADD: _Key("F9", KeyStroke(Qt.Key.Key_F9), Text("Tambah layanan", "Add service"), "plus-bold"),
    Command.PRIORITY: _Key("F10", KeyStroke(Qt.Key.Key_F10), Text("Prioritas", "Priority"), "heart"),
    Command.NOTE: _Key("F11", KeyStroke(Qt.Key.Key_F11), Text("Catatan", "Note"), "pencil-simple-line"),
    Command.COUNTER: _Key("F12", KeyStroke(Qt.Key.Key_F12), Text("Buka loket", "Open counter"), "storefront"),
    Command.UNDO: _Key("Ctrl+Z", KeyStroke(Qt.Key.Key_Z, _CTRL), Text("Urungkan", "Undo")),
    Command.FIND: _Key("/", KeyStroke(Qt.Key.Key_Slash), Text("Ketik nomor", "Type a number")),
    Command.SWITCH: _Key("Ctrl+L", KeyStroke(Qt.Key.Key_L, _CTRL), Text("Ganti loket", "Other counter")),
    Command.HALL: _Key("Ctrl+H", KeyStroke(Qt.Key.Key_H, _CTRL), Text("Seluruh gedung", "Whole hall")),
    Command.ALARM: _Key("Ctrl+Alt+P", KeyStroke(Qt.Key.Key_P, _CTRL | _ALT), Text("Panggil pengawas", "Call for help")),
    Command.LANGUAGE: _Key("Ctrl+B", KeyStroke(Qt.Key.Key_B, _CTRL), Text("English", "Indonesia")),
    Command.CONTRAST: _Key("Ctrl+K", KeyStroke(Qt.Key.Key_K, _CTRL), Text("Kontras tinggi", "High contrast")),
    Command.STRIP: _Key("Ctrl+M", KeyStroke(Qt.Key.Key_M, _CTRL), Text("Perkecil jadi bilah", "Shrink to a strip")),
    Command.LOCK: _Key("Ctrl+G", KeyStroke(Qt.Key.Key_G, _CTRL), Text("Kunci layar", "Lock the screen")),
    Command.SIGN_OUT: _Key("Ctrl+Q", KeyStroke(Qt.Key.Key_Q, _CTRL), Text("Keluar", "Sign out")),
}
"""No two have the same stroke (tested)."""
QUESTIONS: Final = {
    Command.COUNTER: Question.COUNTER,
    Command.SWITCH: Question.SWITCH,
    Command.TRANSFER: Question.TRANSFER,
    Command.ADD: Question.ADD,
    Command.FIND: Question.FIND,
}
"""What is asked before anything is done."""
VERBS: Final = {
    Command.CALL_NEXT: DeskVerb.CALL_NEXT,
    Command.RECALL: DeskVerb.RECALL,
    Command.START: DeskVerb.START,
    Command.COMPLETE: DeskVerb.COMPLETE,
    Command.NO_SHOW: DeskVerb.NO_SHOW,
}
"""What is done at once."""
_STROKES: Final[Mapping[tuple[int, int], Command]] = {
    **{(int(key.stroke.key), key.stroke.modifiers.value): command for command, key in KEYS.items()},
    (int(Qt.Key.Key_F), _CTRL.value): Command.FIND,
}
_SETS: Final = Qt.KeyboardModifier.KeypadModifier
BAR: Final = tuple(Command)[: tuple(Command).index(Command.UNDO)]
"""The commands on the bar, F2 to F12."""

_AWAY: Final = Text("Server tidak terhubung", "The server is away")
_NOT_OPEN: Final = Text("Loket belum buka (F12)", "Counter not open (F12)")
_NOBODY: Final = Text("Belum ada pengunjung", "Nobody is here")
_NOT_STARTED: Final = Text("Belum mulai (F4)", "Not started (F4)")
_NOT_CALLED: Final = Text("Tidak sedang dipanggil", "Nobody is being called")
_SOMEBODY: Final = Text("Selesaikan dahulu (F5)", "Complete first (F5)")
_NOBODY_WAITS: Final = Text("Tidak ada yang menunggu", "Nobody is waiting")
BUSY: Final = Text("Sebentar", "One moment")

_HERE: Final = (StopState.CALLED, StopState.SERVING)
_NEEDS: Final[Mapping[Command, tuple[tuple[StopState, ...], Text]]] = {
    Command.RECALL: ((StopState.CALLED,), _NOT_CALLED),
    Command.START: ((StopState.CALLED,), _NOT_CALLED),
    Command.NO_SHOW: ((StopState.CALLED,), _NOT_CALLED),
    Command.COMPLETE: ((StopState.SERVING,), _NOT_STARTED),
    Command.TRANSFER: ((StopState.SERVING,), _NOT_STARTED),
    Command.ADD: (_HERE, _NOBODY),
    Command.PRIORITY: (_HERE, _NOBODY),
    Command.NOTE: (_HERE, _NOBODY),
}
_ASKS: Final = frozenset({Command.COUNTER, Command.SWITCH})
_WITHOUT_SERVER: Final = frozenset({Command.START, Command.COMPLETE, Command.NO_SHOW, Command.PARK})
"""Also of whoever was called before the line was cut: else the counter would be stuck until it is back."""


def command_of(key: int, modifiers: int) -> Command | None:
    """`key`, `modifiers`: Qt's numbers."""
    return _STROKES.get((key, modifiers & ~_SETS.value))


def obstacle(command: Command, now: Situation) -> Text | None:
    """Why it cannot be done now; None: it can."""
    if now.desk.busy:
        return BUSY
    if not now.is_live and not (command in _WITHOUT_SERVER and now.desk.offline_visit is not None):
        return _AWAY
    if command in _ASKS:
        return None
    if command is Command.CALL_NEXT:
        return _cannot_call(now)
    return _cannot_park(now) if command is Command.PARK else _cannot_treat(command, now)


def _cannot_treat(command: Command, now: Situation) -> Text | None:
    states, reason = _NEEDS[command]
    if now.stop_state in states:
        return None
    return reason if now.stop is not None else _NOBODY


def _cannot_call(now: Situation) -> Text | None:
    if now.counter_state is not CounterState.OPEN:
        return _NOT_OPEN
    if now.visit is not None:
        return _SOMEBODY
    view = now.desk.view
    return None if view and any(not row.is_blocked for row in view.line) else _NOBODY_WAITS


def _cannot_park(now: Situation) -> Text | None:
    if now.stop_state is StopState.SERVING:
        return None
    if now.visit is None and now.desk.view and now.desk.view.parked:
        return None
    return _NOT_STARTED if now.visit is not None else _NOBODY


def action_rows(now: Situation) -> tuple[ActionRow, ...]:
    """The bar: what is next is strong, what cannot be done says why."""
    return tuple(_action_row(command, now) for command in BAR)


def _action_row(command: Command, now: Situation) -> ActionRow:
    key = KEYS[command]
    reason = obstacle(command, now)
    language = now.language
    return ActionRow(
        command, key.cap, _words(command, now).in_language(language), key.icon,
        is_possible=reason is None, is_main=reason is None and command in _main(now),
        reason="" if reason is None else reason.in_language(language),
    )  # fmt: skip


def _words(command: Command, now: Situation) -> Text:
    if command is Command.PARK and now.visit is None:
        return Text("Lanjutkan", "Resume")
    if command is Command.PRIORITY and now.visit is not None and now.visit.is_priority:
        return Text("Cabut prioritas", "No priority")
    if command is Command.COUNTER and now.counter_state is CounterState.OPEN:
        return Text("Istirahat, tutup", "Break, close")
    return KEYS[command].text


def _main(now: Situation) -> frozenset[Command]:
    """What an officer most likely does next."""
    match now.stop_state:
        case StopState.CALLED:
            return frozenset({Command.START})
        case StopState.SERVING:
            return frozenset({Command.COMPLETE})
        case _:
            return frozenset({Command.CALL_NEXT if now.counter_state is CounterState.OPEN else Command.COUNTER})


def key_list(language: Language) -> tuple[tuple[str, str], ...]:
    """Every key and what it does, for the list of keys."""
    return tuple((key.cap, key.text.in_language(language)) for key in KEYS.values())
