"""The bell, and any one file of sound. Everything has a time by which it counts as played: a sound system that hangs
must not silence the hall for the day.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QTimer, QUrl, Slot
from PySide6.QtMultimedia import QSoundEffect

from kiosk.domain.announcement import Announcement
from kiosk.paths import resource_path

GRACE_MS: Final = 2500
_BELL: Final = "assets/sounds/bell.wav"
_BELL_RATE: Final = 16_000
"""Or more: then it ends sooner."""


class Sound(QObject):
    """One file at a time, to its end."""

    def __init__(self, loudness: float, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._effect = QSoundEffect(self)
        self._effect.setVolume(loudness)
        self._effect.playingChanged.connect(self._on_playing)
        self._effect.statusChanged.connect(self._on_status)
        self._end = QTimer(self)
        self._end.setSingleShot(True)
        self._end.timeout.connect(self._finish)
        self._on_done: Callable[[], None] | None = None

    def play(self, file: Path, length_ms: int, on_done: Callable[[], None]) -> None:
        self._on_done = on_done
        self._effect.setSource(QUrl.fromLocalFile(str(file)))
        self._end.start(length_ms + GRACE_MS)
        if self._effect.status() is QSoundEffect.Status.Error:
            self._end.start(0)  # no sound system: the words may still come by another way
            return
        self._effect.play()

    @Slot()
    def _on_playing(self) -> None:
        if not self._effect.isPlaying() and self._effect.status() is QSoundEffect.Status.Ready:
            self._end.start(0)

    @Slot()
    def _on_status(self) -> None:
        if self._effect.status() is QSoundEffect.Status.Error:
            self._end.start(0)

    @Slot()
    def _finish(self) -> None:
        done, self._on_done = self._on_done, None
        self._effect.stop()
        self._end.stop()
        if done is not None:
            done()


class BellOnly(QObject):
    """Rings, and says nothing."""

    def __init__(self, loudness: float, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sound = Sound(loudness, self)

    def ring(self, on_done: Callable[[], None]) -> None:
        self._sound.play(resource_path(_BELL), wav_length_ms(resource_path(_BELL).stat().st_size, _BELL_RATE), on_done)

    def say(self, words: Announcement, on_done: Callable[[], None]) -> None:
        QTimer.singleShot(0, on_done)

    def close(self) -> None:
        """Before the program ends."""


def wav_length_ms(size: int, rate: int) -> int:
    """At most so long: a file of so many bytes, one channel of 16 bits, `rate` samples a second."""
    return size * 1000 // (2 * rate)
