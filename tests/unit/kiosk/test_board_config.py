from datetime import time
from pathlib import Path

import pytest

from kiosk.board_config import (
    BoardConfig,
    BoardLanguages,
    BoardScreenConfig,
    BoardVoiceConfig,
    example_board_config,
    load_board_config,
    readable_from_m,
)
from kiosk.domain.language import Language
from kiosk.errors import DataFileError


def written(folder: Path, text: str) -> Path:
    file = folder / "board.toml"
    file.write_text(text, encoding="utf-8")
    return file


def problems(folder: Path, text: str) -> list[str]:
    with pytest.raises(DataFileError) as caught:
        load_board_config(written(folder, text))
    return [str(problem) for problem in caught.value.problems]


def test_the_example_says_the_defaults(tmp_path: Path) -> None:
    config = load_board_config(written(tmp_path, example_board_config()))
    assert config == BoardConfig(data_dir=tmp_path.resolve() / "board-data")


def test_a_board_of_one_zone(tmp_path: Path) -> None:
    config = load_board_config(
        written(
            tmp_path,
            'kind = "board"\nzone = "B"\nlanguages = "id,en"\n[sync]\nserver = "http://10.0.0.5:8035"\n'
            "[screen]\npanel_width_mm = 930\ndistance_m = 6\n"
            '[voice]\nwords = "words"\nbegins = "07:30"\nends = "16:00"\n[directions]\nup = "C,D"\n',
        )
    )
    assert (config.zone, config.languages.each) == ("B", (Language.INDONESIAN, Language.ENGLISH))
    assert config.voice.words == tmp_path.resolve() / "words"
    assert config.directions.up == "C,D"


def test_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    assert problems(tmp_path, 'kind = "desk"\n') == ["kind: is desk: this file is for giliran desk"]
    assert problems(tmp_path, 'zone = "B"\n') == ['kind: must be there: kind = "board"']


def test_everything_wrong_is_named_at_once(tmp_path: Path) -> None:
    text = (
        'kind = "board"\nlanguages = "fr"\n[sync]\nserver = "hall"\n[voice]\nloudness = 101\nbegins = "9"\n[colour]\n'
    )
    assert [problem.partition(":")[0] for problem in problems(tmp_path, text)] == [
        "colour", "languages", "sync.server", "voice.loudness", "voice.begins",
    ]  # fmt: skip


def test_letters_that_have_no_room_are_refused_with_the_distance_that_has(tmp_path: Path) -> None:
    text = 'kind = "board"\n[screen]\npanel_width_mm = 700\n'
    (problem,) = problems(tmp_path, text)
    assert problem.startswith("screen.distance_m: must be at most 5.8: letters for 10 m have no room")
    load_board_config(written(tmp_path, text + "distance_m = 5.8\n"))


def test_an_hour_that_ends_before_it_begins(tmp_path: Path) -> None:
    text = 'kind = "board"\n[voice]\nbegins = "16:00"\nends = "08:00"\n'
    assert problems(tmp_path, text) == ["voice.ends: must be after voice.begins, 16:00"]


def test_letters_for_ten_metres_are_122_mm_high() -> None:
    assert BoardScreenConfig().capital_mm == pytest.approx(122)
    assert readable_from_m(BoardScreenConfig()) >= 10


@pytest.mark.parametrize(
    ("voice", "local", "is_heard"),
    [
        (BoardVoiceConfig(), time(0, 0), True),
        (BoardVoiceConfig(), time(23, 59, 59), True),
        (BoardVoiceConfig(begins="08:00", ends="16:00"), time(7, 59, 59), False),
        (BoardVoiceConfig(begins="08:00", ends="16:00"), time(8, 0), True),
        (BoardVoiceConfig(begins="08:00", ends="16:00"), time(16, 0), False),
        (BoardVoiceConfig(silent=True), time(12, 0), False),
        (BoardVoiceConfig(loudness=0), time(12, 0), False),
    ],
)
def test_hours_and_silence(voice: BoardVoiceConfig, local: time, *, is_heard: bool) -> None:
    assert voice.is_heard_at(local) is is_heard


def test_languages() -> None:
    assert BoardLanguages("id").each == (Language.INDONESIAN,)
