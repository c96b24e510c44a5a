"""The machine's voice, as a board has it: its engine is in a program of its own, beside the one that rings."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from PySide6.QtCore import QLocale

from kiosk.domain.announcement import Announcement
from kiosk.domain.language import Language
from ui.board.bell import BellOnly, Sound
from ui.board.child import AGAIN_MS, OPENS_WITHIN_MS, Child

_SLOWEST_MS: Final = 140
"""A letter, by the slowest voice that is still to be borne."""
_NO_ENGINE: Final = (
    "This machine has no voice: the board rings and flashes. Install speech-dispatcher and espeak-ng (on Debian:"
    " apt-get install speech-dispatcher speech-dispatcher-espeak-ng espeak-ng), or give it a folder of recorded words."
)
_HANGS: Final = (
    "The machine's voice does not answer: the board rings and flashes, and tries again every minute."
    " End speech-dispatcher; it starts by itself."
)


class MachineVoice(BellOnly):
    """Words that come while it hangs are not said: their bell has rung.

    `command`: of `giliran voice`. `on_trouble` is told what a technician should know, whenever that changes; an empty
    sentence: all is well. `waits_ms`: for it to open, and before it is tried again.
    """

    def __init__(  # noqa: PLR0913, PLR0917  # what it speaks with
        self,
        command: Sequence[str],
        sound: Sound,
        languages: Sequence[Language],
        loudness: float,
        on_trouble: Callable[[str], None],
        waits_ms: tuple[int, int] = (OPENS_WITHIN_MS, AGAIN_MS),
    ) -> None:
        super().__init__(sound)
        self._languages = languages
        self._loudness = loudness
        self._on_trouble = on_trouble
        self._trouble = ""
        self._child = Child(command, self._opened, lambda: self._tell(_HANGS), waits_ms)

    @property
    def is_ready(self) -> bool:
        return self._child.is_ready

    def say(self, words: Announcement, on_done: Callable[[], None]) -> None:
        wish = {"text": words.spoken, "language": words.language.value, "volume": self._loudness}
        self._child.ask(wish, _SLOWEST_MS * len(words.spoken), on_done)

    def close(self) -> None:
        self._child.close()
        super().close()

    def _opened(self, message: dict[str, Any]) -> bool:
        speaks = message.get("speaks")
        if speaks is None:
            self._tell(_NO_ENGINE)
            return False
        mute = [each for each in self._languages if each.value not in speaks]
        names = " and ".join(QLocale.languageToString(QLocale(each.value).language()) for each in mute)
        self._tell(f"The machine's voice does not know {names} and will mispronounce it." if mute else "")
        return True

    def _tell(self, trouble: str) -> None:
        if trouble != self._trouble:
            self._trouble = trouble
            self._on_trouble(trouble)
