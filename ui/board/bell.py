"""The bell, and any one file of sound: played by a program of its own, because a sound system may hang."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QObject, QTimer

from kiosk.domain.announcement import Announcement
from kiosk.paths import resource_path
from ui.board.child import AGAIN_MS, OPENS_WITHIN_MS, Child

_BELL: Final = "assets/sounds/bell.wav"
_BELL_RATE: Final = 16_000
"""Or more: then it ends sooner."""
_HANGS: Final = "The sound system does not answer: the board only flashes, and tries again every minute."
_NO_SOUND: Final = "This machine has no sound system: the board only flashes. On Debian: apt-get install libpulse0."


class Sound:
    """One file at a time, to its end. `command`: of `giliran voice` without an engine. `loudness`: 0 to 1. `on_trouble`
    is told what a technician should know, whenever that changes; an empty sentence: all is well.
    """

    def __init__(
        self,
        command: Sequence[str],
        loudness: float,
        on_trouble: Callable[[str], None],
        waits_ms: tuple[int, int] = (OPENS_WITHIN_MS, AGAIN_MS),
    ) -> None:
        self._loudness = loudness
        self._on_trouble = on_trouble
        self._trouble = ""
        self._child = Child(command, self._opened, lambda: self._tell(_HANGS), waits_ms)

    @property
    def is_ready(self) -> bool:
        return self._child.is_ready

    def play(self, file: Path, length_ms: int, on_done: Callable[[], None]) -> None:
        """`length_ms`: it is no longer than that."""
        self._child.ask({"play": str(file), "volume": self._loudness}, length_ms, on_done)

    def close(self) -> None:
        self._child.close()

    def _opened(self, message: dict[str, Any]) -> bool:
        self._tell("" if message.get("plays") else _NO_SOUND)
        return bool(message.get("plays"))

    def _tell(self, trouble: str) -> None:
        if trouble != self._trouble:
            self._trouble = trouble
            self._on_trouble(trouble)


class BellOnly(QObject):
    """Rings, and says nothing."""

    def __init__(self, sound: Sound, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sound = sound

    def ring(self, on_done: Callable[[], None]) -> None:
        self._sound.play(resource_path(_BELL), wav_length_ms(resource_path(_BELL).stat().st_size, _BELL_RATE), on_done)

    def say(self, words: Announcement, on_done: Callable[[], None]) -> None:
        QTimer.singleShot(0, on_done)

    def close(self) -> None:
        """Before the program ends."""
        self._sound.close()


def wav_length_ms(size: int, rate: int) -> int:
    """At most so long: a file of so many bytes, one channel of 16 bits, `rate` samples a second."""
    return size * 1000 // (2 * rate)
