"""A board's voice with Qt's own mock engine, and with recorded words. No sound system is needed."""

import wave
from pathlib import Path
from time import monotonic

import pytest
from PySide6.QtCore import QCoreApplication, QEventLoop
from PySide6.QtGui import QGuiApplication
from PySide6.QtTextToSpeech import QTextToSpeech

from kiosk.board_config import BoardConfig, BoardVoiceConfig
from kiosk.domain.announcement import announcement, recorded_words
from kiosk.domain.language import Language
from kiosk.paths import resource_path
from ui.board.recorded_words import RecordedWords, RecordedWordsError
from ui.board.voice import BellOnly, MachineVoice, RecordedVoice, open_voice

pytestmark = pytest.mark.qt_log_level_fail("CRITICAL")  # Qt Multimedia warns of every driver that is not there
SAYING = announcement("D-045", 3, 2, Language.INDONESIAN)


def wait_for(done: list[str], count: int) -> None:
    deadline = monotonic() + 20
    while len(done) < count:
        assert monotonic() < deadline, done
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 10)


def write_words(folder: Path, frames: int = 40) -> None:
    for word in recorded_words([Language.INDONESIAN]):
        file = folder / f"{word}.wav"
        file.parent.mkdir(parents=True, exist_ok=True)
        with wave.open(str(file), "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(22_050)
            out.writeframes(b"\1\0" * frames)


def test_the_machine_says_one_thing_to_its_end_before_it_says_so(qapp: QGuiApplication) -> None:
    engine = QTextToSpeech("mock")
    voice = MachineVoice(engine, 0.5)
    done: list[str] = []
    voice.say(SAYING, lambda: done.append("first"))
    assert done == []
    wait_for(done, 1)
    assert engine.state() is QTextToSpeech.State.Ready
    voice.say(SAYING, lambda: done.append("second"))
    wait_for(done, 2)
    assert done == ["first", "second"]


def test_the_bell_ends_also_where_there_is_no_sound_system(qapp: QGuiApplication) -> None:
    done: list[str] = []
    bell = BellOnly(0.5)
    bell.ring(lambda: done.append("bell"))
    assert done == []
    wait_for(done, 1)


def test_recorded_words_are_joined_in_their_order(tmp_path: Path) -> None:
    write_words(tmp_path)
    joined = tmp_path / "joined.wav"
    joined.write_bytes(RecordedWords(tmp_path, [Language.INDONESIAN]).joined(SAYING.words))
    with wave.open(str(joined), "rb") as file:
        data = file.readframes(file.getnframes())
        assert file.getframerate() == 22_050
    assert data.count(b"\1\0") == 40 * len(SAYING.words)


def test_a_complete_folder_speaks_instead_of_the_machine(tmp_path: Path, qapp: QGuiApplication) -> None:
    write_words(tmp_path)
    speech, trouble = open_voice(BoardConfig(voice=BoardVoiceConfig(words=tmp_path)))
    assert isinstance(speech, RecordedVoice)
    assert trouble == ""
    done: list[str] = []
    speech.say(SAYING, lambda: done.append("said"))
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


def test_without_an_engine_it_rings_and_says_what_to_do(qapp: QGuiApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QTextToSpeech, "availableEngines", lambda: ["mock"])
    speech, trouble = open_voice(BoardConfig())
    assert type(speech) is BellOnly
    assert "Install speech-dispatcher and espeak-ng" in trouble


def test_without_words_it_only_rings(qapp: QGuiApplication) -> None:
    speech, trouble = open_voice(BoardConfig(voice=BoardVoiceConfig(on=False)))
    assert (type(speech), trouble) == (BellOnly, "")


def test_the_bell_is_small_and_ours() -> None:
    with wave.open(str(resource_path("assets/sounds/bell.wav")), "rb") as bell:
        assert (bell.getnchannels(), bell.getsampwidth(), bell.getframerate()) == (1, 2, 22_050)
        assert 1 < bell.getnframes() / bell.getframerate() < 3  # EN 301 549, 5.1.3.10
