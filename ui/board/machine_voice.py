"""The machine's voice, as a board has it: a program of its own, killed and begun anew when it hangs or ends."""

import json
from collections.abc import Callable, Sequence
from typing import Any, Final

import structlog
from PySide6.QtCore import QLocale, QObject, QProcess, QTimer, Slot

from kiosk.domain.announcement import Announcement
from kiosk.domain.language import Language
from ui.board.bell import GRACE_MS, BellOnly

log = structlog.get_logger(__name__)

_OPENS_WITHIN_MS: Final = 20_000
_AGAIN_MS: Final = 60_000
_ENDS_WITHIN_MS: Final = 2000
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
    """Words that come while it opens, or while it hangs, are not said: their bell has rung.

    `command`: of `giliran voice`. `on_trouble` is told what a technician should know, whenever that changes; an empty
    sentence: all is well. `waits_ms`: for it to open, and before it is tried again.
    """

    def __init__(
        self,
        command: Sequence[str],
        languages: Sequence[Language],
        loudness: float,
        on_trouble: Callable[[str], None],
        waits_ms: tuple[int, int] = (_OPENS_WITHIN_MS, _AGAIN_MS),
    ) -> None:
        super().__init__(loudness)
        self._languages = languages
        self._loudness = loudness
        self._on_trouble = on_trouble
        self._trouble = ""
        self.is_ready = False
        self._on_done: Callable[[], None] | None = None
        self._end = _timer(self, 0, self._give_up_saying)
        self._opening = _timer(self, waits_ms[0], self._give_up_opening)
        self._again = _timer(self, waits_ms[1], self._open)
        self._process = QProcess(self)
        self._process.setProgram(command[0])
        self._process.setArguments(list(command[1:]))
        self._process.setProcessChannelMode(QProcess.ProcessChannelMode.ForwardedErrorChannel)
        self._process.readyReadStandardOutput.connect(self._read)
        self._process.finished.connect(self._on_end)
        self._process.errorOccurred.connect(self._on_error)
        self._open()

    def say(self, words: Announcement, on_done: Callable[[], None]) -> None:
        if not self.is_ready:
            QTimer.singleShot(0, on_done)
            return
        self._on_done = on_done
        self._end.start(GRACE_MS + _SLOWEST_MS * len(words.spoken))
        wish = {"text": words.spoken, "language": words.language.value, "volume": self._loudness}
        self._process.write(json.dumps(wish).encode() + b"\n")

    def close(self) -> None:
        for timer in (self._end, self._opening, self._again):
            timer.stop()
        self._process.blockSignals(True)
        self._process.kill()
        self._process.waitForFinished(_ENDS_WITHIN_MS)

    @Slot()
    def _open(self) -> None:
        self._opening.start()
        self._process.start()

    @Slot()
    def _read(self) -> None:
        while self._process.canReadLine():
            message = _message(bytes(self._process.readLine().data()))
            if "speaks" in message:
                self._opened(message["speaks"])
            elif "said" in message:
                self._finish()

    def _opened(self, speaks: list[str] | None) -> None:
        self._opening.stop()
        if speaks is None:
            self._tell(_NO_ENGINE)
            return
        self.is_ready = True
        mute = [each for each in self._languages if each.value not in speaks]
        names = " and ".join(QLocale.languageToString(QLocale(each.value).language()) for each in mute)
        self._tell(f"The machine's voice does not know {names} and will mispronounce it." if mute else "")

    @Slot()
    def _give_up_saying(self) -> None:
        log.warning("speech_stalled")
        self._process.kill()  # `_on_end` opens another one
        self._finish()

    @Slot()
    def _give_up_opening(self) -> None:
        self._tell(_HANGS)
        self._process.kill()

    @Slot()
    def _on_end(self) -> None:
        self._opening.stop()
        was_ready, self.is_ready = self.is_ready, False
        self._finish()
        if was_ready:
            self._open()
        elif self._trouble != _NO_ENGINE:
            self._tell(_HANGS)
            self._again.start()

    @Slot("QProcess::ProcessError")
    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:  # the only one that `finished` does not follow
            self._on_end()

    @Slot()
    def _finish(self) -> None:
        done, self._on_done = self._on_done, None
        self._end.stop()
        if done is not None:
            done()

    def _tell(self, trouble: str) -> None:
        if trouble != self._trouble:
            self._trouble = trouble
            self._on_trouble(trouble)


def _timer(parent: QObject, length_ms: int, work: Callable[[], None]) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(length_ms)
    timer.timeout.connect(work)
    return timer


def _message(line: bytes) -> dict[str, Any]:
    """Nothing, of a line that a library wrote there."""
    try:
        read = json.loads(line)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}
