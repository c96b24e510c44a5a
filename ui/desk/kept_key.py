"""One key pressed while an answer was awaited: done once the answer is there, if it still means what it meant."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from kiosk.domain.language import Text
from ui.desk.commands import BAR, BUSY, Command, obstacle
from ui.desk.presenter import undo_left_s
from ui.desk.situation import Situation

KEPT_FOR_S: Final = 5.0
"""Whoever waited longer may have something else in mind."""
WAITS: Final = frozenset({*BAR, Command.UNDO})
"""What is not done while an answer is awaited."""
_OF_NOBODY: Final = frozenset({Command.CALL_NEXT, Command.COUNTER, Command.UNDO})
"""These are not about whoever was here when the key was pressed."""

_KEPT: Final = Text("Sebentar, tombol diingat", "One moment, key kept")
_ANOTHER: Final = Text("Pengunjungnya lain: tekan lagi", "Another visitor: press again")
_TOO_LATE: Final = Text("Jawaban terlambat: tekan lagi", "The answer was late: press again")
_ANSWER_FIRST: Final = Text("Jawab dahulu pertanyaan ini", "Answer this question first")
_NOTHING_TO_UNDO: Final = Text("Tidak ada yang diurungkan", "Nothing to undo")


@dataclass(frozen=True, slots=True)
class _Kept:
    command: Command
    ticket: str
    offered: str | None
    at: float


class KeptKey:
    """`monotonic`: seconds that never jump."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._sent: Command | None = None
        self._kept: _Kept | None = None

    def sent(self, command: Command) -> None:
        """This is what the answer is awaited of."""
        self._sent = command

    def keep(self, command: Command, now: Situation) -> Text:
        """What to say of it. Never a second key, nor the same one once more: that one bounced, or was pressed twice."""
        if self._kept is not None or command is self._sent:
            return BUSY
        self._kept = _Kept(command, now.ticket, _offered(now), self._monotonic())
        return _KEPT

    def take(self, now: Situation) -> tuple[Command | None, Text | None]:
        """The answer is there: what to do now, or why not."""
        kept, self._kept, self._sent = self._kept, None, None
        if kept is None:
            return None, None
        reason = self._obstacle(kept, now)
        return (kept.command, None) if reason is None else (None, reason)

    def _obstacle(self, kept: _Kept, now: Situation) -> Text | None:
        if now.asked is not None:
            return _ANSWER_FIRST
        if self._monotonic() - kept.at > KEPT_FOR_S:
            return _TOO_LATE
        if kept.command is Command.UNDO:  # of what was just done, never of what was done before it
            return None if undo_left_s(now) and _offered(now) != kept.offered else _NOTHING_TO_UNDO
        reason = obstacle(kept.command, now)
        if reason is None and kept.command not in _OF_NOBODY and now.ticket != kept.ticket:
            return _ANOTHER
        return reason


def _offered(now: Situation) -> str | None:
    view = now.desk.view
    return None if view is None or view.undo is None else view.undo.action
