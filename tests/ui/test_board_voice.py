"""A board's voice with Qt's own mock engine in its own process, and with recorded words. No sound system is needed."""

import subprocess
import sys
import wave
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from time import monotonic

import pytest
from PySide6.QtCore import QCoreApplication, QEventLoop, QTimer
from PySide6.QtGui import QGuiApplication

from kiosk.board_config import BoardConfig, BoardVoiceConfig
from kiosk.domain.announcement import announcement, recorded_words
from kiosk.domain.language import Language
from kiosk.paths import own_command, resource_path
from tests.conftest import Logs
from ui.board.bell import BellOnly, Sound
from ui.board.child import Child
from ui.board.machine_voice import MachineVoice
from ui.board.recorded_words import RecordedWords, RecordedWordsError
from ui.board.voice import RecordedVoice, open_voice

pytestmark = pytest.mark.qt_log_level_fail("CRITICAL")  # Qt Multimedia warns of every driver that is not there
SAYING = announcement("D-045", 3, 2, Language.INDONESIAN)


def wait_for(done: list[str], count: int) -> None:
    deadline = monotonic() + 60
    while len(done) < count:
        assert monotonic() < deadline, done
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 10)


def write_words(folder: Path, frames: int = 40, rate: int = 22_050) -> None:
    for word in recorded_words([Language.INDONESIAN]):
        file = folder / f"{word}.wav"
        file.parent.mkdir(parents=True, exist_ok=True)
        with wave.open(str(file), "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(rate)
            out.writeframes(b"\1\0" * frames)


def until(holds: Callable[[], bool]) -> None:
    deadline = monotonic() + 60
    while not holds():
        assert monotonic() < deadline
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 10)


SOUNDS = [*own_command(), "voice", "--engine", "sounds"]


class Voices:
    """Voices by commands of their own, and what technicians were told."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self._open: list[BellOnly | Sound] = []

    def sound(self, command: list[str] | None = None, waits_ms: tuple[int, int] = (20_000, 60_000)) -> Sound:
        sound = Sound(command or SOUNDS, 0.5, self.told.append, waits_ms)
        self._open.append(sound)
        return sound

    def open(self, command: list[str], waits_ms: tuple[int, int] = (20_000, 60_000)) -> MachineVoice:
        sound = self.sound([sys.executable, "-c", f"import sys\n{_PLAYS}\n{_HANGS}"])
        voice = MachineVoice(command, sound, [Language.INDONESIAN], 0.5, self.told.append, waits_ms)
        self._open.append(voice)
        return voice

    def keep(self, voice: BellOnly) -> BellOnly:
        self._open.append(voice)
        return voice

    def close(self) -> None:
        for voice in self._open:
            voice.close()


@pytest.fixture
def voices(qapp: QGuiApplication) -> Iterator[Voices]:
    voices = Voices()
    yield voices
    voices.close()


def program(tmp_path: Path, *lines: str) -> list[str]:
    """A stand-in for `giliran voice`, which counts its starts."""
    file = tmp_path / "voice.py"
    starts = tmp_path / "starts"
    head = ("import sys", f"open({str(starts)!r}, 'a').write('x')")
    file.write_text("\n".join((*head, *lines)), encoding="utf-8")
    return [sys.executable, str(file)]


_PLAYS = """print('{"plays": true}', flush=True)"""
_OPENS = """print('{"speaks": ["id"]}', flush=True)"""
_HANGS = "sys.stdin.read()"


def starts(tmp_path: Path) -> int:
    file = tmp_path / "starts"
    return len(file.read_text()) if file.exists() else 0


def test_the_machine_says_one_thing_to_its_end_before_it_says_so(voices: Voices) -> None:
    voice = voices.open([*own_command(), "voice", "--engine", "mock"])
    until(lambda: voice.is_ready)
    done: list[str] = []
    voice.say(SAYING, lambda: done.append("first"))
    assert done == []
    wait_for(done, 1)
    voice.say(SAYING, lambda: done.append("second"))
    wait_for(done, 2)
    assert done == ["first", "second"]


def test_a_voice_that_hangs_while_it_opens_holds_up_nothing_and_is_tried_again(voices: Voices, tmp_path: Path) -> None:
    """speech-dispatcher, seen on Debian: who asks it to open waits for good."""
    voice = voices.open(program(tmp_path, _HANGS), waits_ms=(300, 50))
    done: list[str] = []
    voice.say(SAYING, lambda: done.append("not heard"))
    wait_for(done, 1)
    until(lambda: starts(tmp_path) >= 2)
    assert len(voices.told) == 1
    assert "does not answer" in voices.told[0]


def test_a_voice_that_comes_back_takes_its_trouble_off_the_board(voices: Voices, tmp_path: Path) -> None:
    once = f"if open({str(tmp_path / 'starts')!r}).read() == 'x': {_HANGS}"
    voice = voices.open(program(tmp_path, once, _OPENS, _HANGS), waits_ms=(1500, 50))
    until(lambda: voice.is_ready)
    assert voices.told[-1] == ""


def test_a_voice_that_hangs_over_a_word_is_begun_anew(
    voices: Voices, tmp_path: Path, expected_logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.board.child.GRACE_MS", -130 * len(SAYING.spoken))
    expected_logs("speech_stalled")
    voice = voices.open(program(tmp_path, _OPENS, _HANGS))
    until(lambda: voice.is_ready)
    done: list[str] = []
    voice.say(SAYING, lambda: done.append("given up"))
    wait_for(done, 1)
    until(lambda: starts(tmp_path) == 2 and voice.is_ready)
    assert voices.told == []


def test_a_voice_that_ends_whenever_it_has_opened_is_not_begun_anew_without_a_pause(
    voices: Voices, tmp_path: Path
) -> None:
    voices.open(program(tmp_path, _OPENS), waits_ms=(60_000, 600_000))
    until(lambda: "does not answer" in "".join(voices.told))
    assert starts(tmp_path) == 2  # once more at once, for one that was ended by chance
    assert len([told for told in voices.told if told]) == 1


def test_without_an_engine_it_rings_and_says_what_to_do(voices: Voices, tmp_path: Path) -> None:
    voices.open(program(tmp_path, """print('{"speaks": null}', flush=True)"""), waits_ms=(20_000, 1))
    until(lambda: voices.told != [])
    assert "Install speech-dispatcher and espeak-ng" in voices.told[0]


def test_a_language_that_it_does_not_know_is_named(voices: Voices, tmp_path: Path) -> None:
    voices.open(program(tmp_path, """print('{"speaks": ["en"]}', flush=True)""", _HANGS))
    until(lambda: voices.told != [])
    assert "does not know Indonesian" in voices.told[0]


def test_the_bell_ends_also_where_there_is_no_sound_system(voices: Voices) -> None:
    """Asked before its program has opened: it waits for it."""
    done: list[str] = []
    bell = BellOnly(voices.sound())
    bell.ring(lambda: done.append("bell"))
    assert done == []
    wait_for(done, 1)
    bell.ring(lambda: done.append("again"))
    wait_for(done, 2)
    assert voices.told == []


class Beats:
    """How long the board's own thread stood still at most."""

    def __init__(self) -> None:
        self.longest_s = 0.0
        self._last = monotonic()
        self._timer = QTimer()
        self._timer.timeout.connect(self._beat)
        self._timer.start(20)

    def _beat(self) -> None:
        now = monotonic()
        self.longest_s = max(self.longest_s, now - self._last)
        self._last = now


def test_a_sound_system_that_hangs_freezes_its_own_program_and_not_the_board(
    voices: Voices, tmp_path: Path, expected_logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A real Player whose backend never comes back from `play`."""
    monkeypatch.setattr("ui.board.child.GRACE_MS", 1500)
    expected_logs("speech_stalled")
    hangs = (
        f"sys.path.insert(0, {str(resource_path(''))!r})",
        "import threading",
        "from PySide6.QtMultimedia import QSoundEffect",
        "class Hanging(QSoundEffect):",
        "    def setSource(self, url):",
        f"        open({str(tmp_path / 'hangs')!r}, 'a').write('x')",
        "        threading.Event().wait(600)",
        "import ui.board.player",
        "ui.board.player.QSoundEffect = Hanging",
        "from ui.board.voice_process import run_voice",
        "run_voice('sounds')",
    )
    sound = voices.sound(program(tmp_path, *hangs), waits_ms=(120_000, 60_000))
    until(lambda: sound.is_ready)
    bell = BellOnly(sound)
    beats = Beats()
    done: list[str] = []
    bell.ring(partial(done.append, "given up"))
    until((tmp_path / "hangs").exists)
    wait_for(done, 1)
    until(lambda: starts(tmp_path) >= 2)  # it is killed, and another one begun
    assert beats.longest_s < 10  # frozen would be ten minutes


def test_a_sound_system_that_hangs_at_the_start_is_told_and_lets_the_words_come(voices: Voices, tmp_path: Path) -> None:
    bell = BellOnly(voices.sound(program(tmp_path, _HANGS), waits_ms=(300, 50)))
    done: list[str] = []
    bell.ring(lambda: done.append("passed over"))
    wait_for(done, 1)
    until(lambda: starts(tmp_path) >= 2)
    assert voices.told == ["The sound system does not answer: the board only flashes, and tries again every minute."]
    begun = monotonic()
    bell.ring(lambda: done.append("at once"))
    wait_for(done, 2)
    assert monotonic() - begun < 5


def test_a_machine_without_sound_says_so_and_is_not_asked_for_ever(voices: Voices, tmp_path: Path) -> None:
    bell = BellOnly(voices.sound(program(tmp_path, """print('{"plays": false}', flush=True)"""), waits_ms=(20_000, 1)))
    done: list[str] = []
    bell.ring(lambda: done.append("passed over"))
    wait_for(done, 1)
    assert "no sound system" in voices.told[0]


def test_no_part_of_the_boards_own_process_links_to_a_sound_system() -> None:
    look = (
        "import sys, ui.board.app, ui.board.voice, ui.board.machine_voice, ui.board.voice_process;"
        "print([name for name in sys.modules if 'Multimedia' in name or 'TextToSpeech' in name])"
    )
    done = subprocess.run(
        [sys.executable, "-c", look], cwd=resource_path(""), capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"


def test_recorded_words_are_joined_in_their_order(tmp_path: Path) -> None:
    write_words(tmp_path)
    joined = tmp_path / "joined.wav"
    joined.write_bytes(RecordedWords(tmp_path, [Language.INDONESIAN]).joined(SAYING.words))
    with wave.open(str(joined), "rb") as file:
        data = file.readframes(file.getnframes())
        assert file.getframerate() == 22_050
    assert data.count(b"\1\0") == 40 * len(SAYING.words)


def test_a_complete_folder_speaks_instead_of_the_machine(tmp_path: Path, voices: Voices) -> None:
    write_words(tmp_path)
    told: list[str] = []
    speech = voices.keep(open_voice(BoardConfig(voice=BoardVoiceConfig(words=tmp_path)), told.append))
    assert isinstance(speech, RecordedVoice)
    assert told == []
    done: list[str] = []
    speech.say(SAYING, lambda: done.append("said"))
    wait_for(done, 1)


def test_slow_recordings_are_not_cut_off_before_their_end(
    tmp_path: Path, voices: Voices, monkeypatch: pytest.MonkeyPatch
) -> None:
    lengths: list[int] = []
    monkeypatch.setattr(Child, "ask", lambda _, __, length_ms, ___: lengths.append(length_ms))
    write_words(tmp_path, frames=4000, rate=8000)
    RecordedVoice(RecordedWords(tmp_path, [Language.INDONESIAN]), voices.sound()).say(SAYING, lambda: None)
    assert lengths[0] >= 500 * len(SAYING.words)


def test_a_full_disk_holds_up_no_later_call(
    tmp_path: Path, voices: Voices, monkeypatch: pytest.MonkeyPatch, expected_logs: Logs
) -> None:
    expected_logs("voice_troubled")
    write_words(tmp_path)
    voice = RecordedVoice(RecordedWords(tmp_path, [Language.INDONESIAN]), voices.sound())

    def is_full(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(Path, "write_bytes", is_full)
    done: list[str] = []
    voice.say(SAYING, lambda: done.append("passed over"))
    wait_for(done, 1)


def test_an_incomplete_folder_is_named_and_not_used(tmp_path: Path) -> None:
    write_words(tmp_path)
    (tmp_path / "id/lima.wav").unlink()
    with pytest.raises(RecordedWordsError, match=r"not complete: id/lima are missing"):
        RecordedWords(tmp_path, [Language.INDONESIAN])
    with pytest.raises(RecordedWordsError, match=r"en/ticket-number"):
        RecordedWords(tmp_path, [Language.ENGLISH])


@pytest.mark.parametrize("content", [b"", b"RIFF no sound at all"])
def test_a_broken_recording_is_named(tmp_path: Path, content: bytes) -> None:
    write_words(tmp_path)
    (tmp_path / "id/lima.wav").write_bytes(content)
    with pytest.raises(RecordedWordsError, match=r"lima\.wav"):
        RecordedWords(tmp_path, [Language.INDONESIAN])


def test_without_words_it_only_rings(voices: Voices) -> None:
    told: list[str] = []
    speech = voices.keep(open_voice(BoardConfig(voice=BoardVoiceConfig(on=False)), told.append))
    assert (type(speech), told) == (BellOnly, [])


def test_the_bell_is_small_and_ours() -> None:
    with wave.open(str(resource_path("assets/sounds/bell.wav")), "rb") as bell:
        assert (bell.getnchannels(), bell.getsampwidth(), bell.getframerate()) == (1, 2, 22_050)
        assert 1 < bell.getnframes() / bell.getframerate() < 3  # EN 301 549, 5.1.3.10
