"""A program of its own that makes the sound, as a board has it: killed and begun anew when it hangs or ends.

Sound systems and speech engines are asked through calls that wait for an answer. One that hangs must freeze that
program, never the picture: nothing here waits for anything.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import structlog
from PySide6.QtCore import QObject, QProcess, QTimer, Slot

log = structlog.get_logger(__name__)

GRACE_MS: Final = 2500
"""Besides its length: after that a wish counts as done."""
OPENS_WITHIN_MS: Final = 20_000
AGAIN_MS: Final = 60_000
_PATIENCE_MS: Final = 6000
"""So long a wish waits for a program that has only just been started: who starts a board anew hears the next call."""
_ENDS_WITHIN_MS: Final = 2000


class Child(QObject):
    """One wish at a time. `command`: of `giliran voice`. `on_open` is told the program's first message, and says
    whether it is of any use. `on_hang`: it did not open, or ended twice without having done a wish; it is tried again
    later. `waits_ms`: for it to open, and before it is tried again.
    """

    def __init__(
        self,
        command: Sequence[str],
        on_open: Callable[[dict[str, Any]], bool],
        on_hang: Callable[[], None],
        waits_ms: tuple[int, int] = (OPENS_WITHIN_MS, AGAIN_MS),
    ) -> None:
        super().__init__()
        self._on_open = on_open
        self._on_hang = on_hang
        self.is_ready = False
        self._has_opened = False
        self._has_hope = True
        self._ended_idle = False
        self._pending: bytes | None = None
        self._length_ms = 0
        self._on_done: Callable[[], None] | None = None
        self._end = _timer(self, 0, self._give_up_wish)
        self._opening = _timer(self, waits_ms[0], self._give_up_opening)
        self._patience = _timer(self, min(_PATIENCE_MS, waits_ms[0]), self._lose_hope)
        self._again = _timer(self, waits_ms[1], self._open)
        self._process = QProcess(self)
        self._process.setProgram(command[0])
        self._process.setArguments(list(command[1:]))
        self._process.setProcessChannelMode(QProcess.ProcessChannelMode.ForwardedErrorChannel)
        self._process.readyReadStandardOutput.connect(self._read)
        self._process.finished.connect(self._on_end)
        self._process.errorOccurred.connect(self._on_error)
        self._open()

    def ask(self, wish: Mapping[str, object], length_ms: int, on_done: Callable[[], None]) -> None:
        """`length_ms`: of its sound, at most. What comes while the program hangs is done at once, unheard."""
        if not self.is_ready and not self._has_hope:
            QTimer.singleShot(0, self, on_done)
            return
        self._on_done = on_done
        self._length_ms = length_ms
        self._pending = json.dumps(wish).encode() + b"\n"
        if self.is_ready:
            self._send()

    def close(self) -> None:
        for timer in (self._end, self._opening, self._patience, self._again):
            timer.stop()
        self._process.blockSignals(True)
        self._process.kill()
        self._process.waitForFinished(_ENDS_WITHIN_MS)

    def _send(self) -> None:
        wish, self._pending = self._pending, None
        if wish is not None:
            self._end.start(GRACE_MS + self._length_ms)
            self._process.write(wish)

    @Slot()
    def _open(self) -> None:
        self._has_opened = False
        self._opening.start()
        self._patience.start()
        self._process.start()

    @Slot()
    def _read(self) -> None:
        while self._process.canReadLine():
            message = _message(bytes(self._process.readLine().data()))
            if "said" in message:
                self._ended_idle = False
                self._finish()
            elif message and not self._has_opened:
                self._opened(message)

    def _opened(self, message: dict[str, Any]) -> None:
        self._opening.stop()
        self._patience.stop()
        self._has_opened = True
        self.is_ready = self._has_hope = self._on_open(message)
        if self.is_ready:
            self._send()
        else:
            self._finish()

    @Slot()
    def _give_up_wish(self) -> None:
        log.warning("speech_stalled")
        self.is_ready = False  # what even a kill does not end gets no more wishes
        self._patience.start()
        self._process.kill()  # `_on_end` opens another one
        self._finish()

    @Slot()
    def _give_up_opening(self) -> None:
        self._process.kill()

    @Slot()
    def _lose_hope(self) -> None:
        self._has_hope = False
        self._pending = None
        self._finish()

    @Slot()
    def _on_end(self) -> None:
        for timer in (self._opening, self._patience):
            timer.stop()
        self.is_ready = False
        ended_before, self._ended_idle = self._ended_idle, True
        if not self._has_opened or (self._has_hope and ended_before):  # never begun anew as fast as it ends
            self._lose_hope()
            self._on_hang()
            self._again.start()
        elif self._has_hope:
            if self._pending is None:
                self._finish()
            self._open()
        else:  # it said that it is of no use here
            self._finish()

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
