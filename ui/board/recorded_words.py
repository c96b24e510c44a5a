"""A folder of recorded words, and sentences joined of them. docs/announcements.md lists the words."""

import wave
from collections.abc import Iterable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Final

from kiosk.domain.announcement import recorded_words
from kiosk.domain.language import Language
from kiosk.errors import KioskError

_NAMED: Final = 5
_PAUSE_S: Final = 0.06


class RecordedWordsError(KioskError):
    """The folder cannot be used; `str` says what it lacks."""


class RecordedWords:
    """All of them are read at once: a stick that is pulled out later silences nobody. 16 bits, one channel, one `rate`.

    Raises RecordedWordsError.
    """

    def __init__(self, folder: Path, languages: Iterable[Language]) -> None:
        wanted = recorded_words(languages)
        missing = [word for word in wanted if not (folder / f"{word}.wav").is_file()]
        if missing:
            more = f" and {len(missing) - _NAMED} more" if len(missing) > _NAMED else ""
            raise RecordedWordsError(
                f"The recorded words in {folder} are not complete: {', '.join(missing[:_NAMED])}{more} are missing,"
                " see docs/announcements.md. The machine's own voice speaks instead."
            )
        self.rate = 0
        self._frames: dict[str, bytes] = {}
        for word in wanted:
            rate, self._frames[word] = _frames(folder / f"{word}.wav")
            if self.rate not in {0, rate}:
                raise RecordedWordsError(f"{folder / word}.wav has another rate than the words before it: {rate} Hz.")
            self.rate = rate

    def joined(self, words: Sequence[str]) -> bytes:
        """One WAV file that says them all."""
        pause = b"\0\0" * round(_PAUSE_S * self.rate)
        out = BytesIO()
        with wave.open(out, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(self.rate)
            file.writeframes(pause.join(self._frames[word] for word in words))
        return out.getvalue()


def _frames(path: Path) -> tuple[int, bytes]:
    try:
        with wave.open(str(path), "rb") as file:
            if (file.getnchannels(), file.getsampwidth()) != (1, 2) or not file.getframerate():
                raise RecordedWordsError(f"{path} must have one channel of 16 bits.")
            return file.getframerate(), file.readframes(file.getnframes())
    except (wave.Error, EOFError, OSError) as error:
        raise RecordedWordsError(f"{path} is no WAV file that can be read: {error}.") from error
