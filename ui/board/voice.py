"""What says the calls aloud: recorded words, or else the machine's voice, or else the bell alone.

A sound system that hangs must not silence the hall for the day: everything has a time by which it counts as said.
"""

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Final

import structlog
from PySide6.QtCore import QLocale, QObject, QTemporaryDir, QTimer, QUrl, Slot
from PySide6.QtMultimedia import QSoundEffect
from PySide6.QtTextToSpeech import QTextToSpeech

from kiosk.board_config import BoardConfig
from kiosk.domain.announcement import Announcement
from kiosk.domain.language import Language
from kiosk.paths import resource_path
from ui.board.announcer import Speech
from ui.board.recorded_words import RecordedWords, RecordedWordsError

log = structlog.get_logger(__name__)

_BELL: Final = "assets/sounds/bell.wav"
_GRACE_MS: Final = 2500
_SLOWEST_MS: Final = 140
"""A letter, by the slowest voice that is still to be borne."""
_NO_ENGINE: Final = (
    "This machine has no voice: the board rings and flashes. Install speech-dispatcher and espeak-ng (on Debian:"
    " apt-get install speech-dispatcher speech-dispatcher-espeak-ng espeak-ng), or give it a folder of recorded words."
)
_LOCALES: Final = {
    Language.INDONESIAN: QLocale(QLocale.Language.Indonesian, QLocale.Country.Indonesia),
    Language.ENGLISH: QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom),
}


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
        self._end.start(length_ms + _GRACE_MS)
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
        self._sound.play(resource_path(_BELL), wav_length_ms(resource_path(_BELL).stat().st_size), on_done)

    def say(self, words: Announcement, on_done: Callable[[], None]) -> None:
        QTimer.singleShot(0, on_done)


class RecordedVoice(BellOnly):
    def __init__(self, words: RecordedWords, loudness: float, parent: QObject | None = None) -> None:
        super().__init__(loudness, parent)
        self._words = words
        self._folder = QTemporaryDir()
        self._numbers = count()
        self._last: Path | None = None

    def say(self, words: Announcement, on_done: Callable[[], None]) -> None:
        data = self._words.joined(words.words)
        file = Path(self._folder.path()) / f"{next(self._numbers)}.wav"  # Qt remembers what a file's name held
        file.write_bytes(data)
        if self._last is not None:
            self._last.unlink(missing_ok=True)
        self._last = file
        self._sound.play(file, wav_length_ms(len(data)), on_done)


class MachineVoice(BellOnly):
    """Qt Text To Speech. Said is what its engine reports as spoken to the end."""

    def __init__(self, engine: QTextToSpeech, loudness: float, parent: QObject | None = None) -> None:
        super().__init__(loudness, parent)
        self._engine = engine
        self._engine.setParent(self)
        self._engine.setVolume(loudness)
        self._engine.stateChanged.connect(self._on_state)
        self._end = QTimer(self)
        self._end.setSingleShot(True)
        self._end.timeout.connect(self._give_up)
        self._on_done: Callable[[], None] | None = None
        self._has_begun = False

    def say(self, words: Announcement, on_done: Callable[[], None]) -> None:
        self._on_done = on_done
        self._has_begun = False
        self._engine.setLocale(_LOCALES[words.language])
        self._end.start(_GRACE_MS + _SLOWEST_MS * len(words.spoken))
        self._engine.say(words.spoken)

    @Slot("QTextToSpeech::State")
    def _on_state(self, state: QTextToSpeech.State) -> None:
        if state is QTextToSpeech.State.Speaking:
            self._has_begun = True
        elif state is QTextToSpeech.State.Error or (state is QTextToSpeech.State.Ready and self._has_begun):
            QTimer.singleShot(0, self._finish)

    @Slot()
    def _give_up(self) -> None:
        log.warning("speech_stalled", engine=self._engine.engine())
        self._engine.stop()
        self._finish()

    @Slot()
    def _finish(self) -> None:
        done, self._on_done = self._on_done, None
        self._end.stop()
        if done is not None:
            done()


def open_voice(config: BoardConfig) -> tuple[Speech, str]:
    """And what a technician should know of it, or the empty string."""
    loudness = config.voice.loudness / 100
    if not config.voice.on:
        return BellOnly(loudness), ""
    trouble = ""
    if config.voice.words is not None:
        try:
            return RecordedVoice(RecordedWords(config.voice.words, config.languages.each), loudness), ""
        except RecordedWordsError as error:
            trouble = str(error)
    engine = machine_engine()
    if engine is None:
        return BellOnly(loudness), f"{trouble} {_NO_ENGINE}".strip()
    speakable = {locale.language() for locale in engine.availableLocales()}
    mute = [each for each in config.languages.each if _LOCALES[each].language() not in speakable]
    if mute:
        names = " and ".join(QLocale.languageToString(_LOCALES[each].language()) for each in mute)
        trouble = f"{trouble} The machine's voice does not know {names} and will mispronounce it.".strip()
    return MachineVoice(engine, loudness), trouble


def machine_engine() -> QTextToSpeech | None:
    """The system's own; never Qt's mock, which says nothing."""
    for name in QTextToSpeech.availableEngines():
        engine = None if name == "mock" else QTextToSpeech(name)
        if engine is not None and engine.state() is not QTextToSpeech.State.Error:
            return engine
    return None


def wav_length_ms(size: int) -> int:
    """At most so long, of a file of so many bytes: the slowest rate that anybody records with, 16 bits."""
    return size * 1000 // (2 * 16_000)
