"""One file of sound after the other, in the voice's own program."""

import json
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, QUrl, Signal, Slot
from PySide6.QtMultimedia import QSoundEffect


class Player(QObject):
    """Heard is what was played to its end, or what no sound system wants. `asked` may come from any thread."""

    asked = Signal(str)

    def __init__(self, on_heard: Callable[[], None]) -> None:
        super().__init__()
        self._on_heard = on_heard
        self._is_asked = False
        self._effect = QSoundEffect(self)
        self._effect.playingChanged.connect(self._on_playing)
        self._effect.statusChanged.connect(self._on_status)
        self.asked.connect(self._play, Qt.ConnectionType.QueuedConnection)

    @Slot(str)
    def _play(self, line: str) -> None:
        wish = json.loads(line)
        self._effect.setVolume(wish["volume"])
        self._effect.setSource(QUrl.fromLocalFile(wish["play"]))
        self._is_asked = True
        if self._effect.status() is QSoundEffect.Status.Error:
            self._end_soon()  # no sound system: the words may still come by another way
        else:
            self._effect.play()

    @Slot()
    def _on_playing(self) -> None:
        if not self._effect.isPlaying() and self._effect.status() is QSoundEffect.Status.Ready:
            self._end_soon()

    @Slot()
    def _on_status(self) -> None:
        if self._effect.status() is QSoundEffect.Status.Error:
            self._end_soon()

    def _end_soon(self) -> None:
        if self._is_asked:
            QTimer.singleShot(0, self, self._end)

    @Slot()
    def _end(self) -> None:
        if self._is_asked:
            self._is_asked = False
            self._effect.stop()
            self._on_heard()
