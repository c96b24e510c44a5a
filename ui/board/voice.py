"""What says the calls aloud: recorded words, or else the machine's voice, or else the bell alone."""

from collections.abc import Callable
from functools import partial
from itertools import count
from pathlib import Path

import structlog
from PySide6.QtCore import QObject, QTemporaryDir, QTimer

from kiosk.board_config import BoardConfig
from kiosk.domain.announcement import Announcement
from kiosk.paths import own_command
from ui.board.bell import BellOnly, Sound, wav_length_ms
from ui.board.machine_voice import MachineVoice
from ui.board.recorded_words import RecordedWords, RecordedWordsError
from ui.board.voice_process import SOUNDS

log = structlog.get_logger(__name__)


class RecordedVoice(BellOnly):
    def __init__(self, words: RecordedWords, sound: Sound, parent: QObject | None = None) -> None:
        super().__init__(sound, parent)
        self._words = words
        self._folder = QTemporaryDir()
        self._numbers = count()
        self._last: Path | None = None

    def say(self, words: Announcement, on_done: Callable[[], None]) -> None:
        data = self._words.joined(words.words)
        file = Path(self._folder.path()) / f"{next(self._numbers)}.wav"  # Qt remembers what a file's name held
        try:
            file.write_bytes(data)
        except OSError as error:  # a full disk: the bell has rung, and the next call must be heard
            log.warning("voice_troubled", problem=f"A call was not said: {error}.")
            QTimer.singleShot(0, on_done)
            return
        if self._last is not None:
            self._last.unlink(missing_ok=True)
        self._last = file
        self._sound.play(file, wav_length_ms(len(data), self._words.rate), on_done)


def open_voice(config: BoardConfig, on_trouble: Callable[[str], None]) -> BellOnly:
    """`on_trouble`: what a technician should know of it, now and whenever that changes; empty: all is well."""
    loudness = config.voice.loudness / 100
    command = [*own_command(), "voice"]
    troubles = dict.fromkeys(("sound", "words", "voice"), "")

    def tell(part: str, sentence: str) -> None:
        troubles[part] = sentence
        on_trouble(" ".join(filter(None, troubles.values())))

    sound = Sound([*command, "--engine", SOUNDS], loudness, partial(tell, "sound"))
    if not config.voice.on:
        return BellOnly(sound)
    if config.voice.words is not None:
        try:
            return RecordedVoice(RecordedWords(config.voice.words, config.languages.each), sound)
        except RecordedWordsError as error:
            tell("words", str(error))
    return MachineVoice(command, sound, config.languages.each, loudness, partial(tell, "voice"))
