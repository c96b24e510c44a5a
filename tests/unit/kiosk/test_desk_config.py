"""The settings of one counter, and how `giliran enrol` knows them from a kiosk's."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from giliran import main
from kiosk.config import load_config
from kiosk.desk.config import DeskConfig, Edge, enrolled, example_desk_config, load_desk_config
from kiosk.enrolment import ENROLMENT_FILE, load_enrolment
from kiosk.errors import DataFileError
from kiosk.settings_file import written_kind
from kiosk.sync.wire import DeviceKind
from tests.paired_kiosk import site_server
from tests.pairing_by_code import invited


def written(folder: Path, text: str) -> Path:
    path = folder / "desk.toml"
    path.write_text(text)
    return path


def test_the_example_is_the_default(tmp_path: Path) -> None:
    config = load_desk_config(written(tmp_path, example_desk_config()))
    assert config == DeskConfig(data_dir=tmp_path / "desk-data")


def test_every_setting_is_read(tmp_path: Path) -> None:
    config = load_desk_config(
        written(
            tmp_path,
            'kind = "desk"\nname = "Loket 4"\ncounter = 4\nlanguage = "en"\nidle_lock_s = 300\n'
            'strip_edge = "bottom"\ncamera = "auto"\nsound = false\n[sync]\nserver = "http://10.0.0.2:8035"\n',
        )
    )
    assert (config.name, config.counter, config.idle_lock_s) == ("Loket 4", 4, 300)
    assert (config.strip_edge, config.camera, config.sound) == (Edge.BOTTOM, "auto", False)
    assert config.sync.server == "http://10.0.0.2:8035"


def test_everything_that_is_wrong_is_named_at_once(tmp_path: Path) -> None:
    path = written(tmp_path, 'counter = 0\nstrip_edge = "left"\nprinter = 1\nidle_lock_s = 5\n')
    with pytest.raises(DataFileError) as refused:
        load_desk_config(path)
    assert {problem.path for problem in refused.value.problems} == {
        "kind",
        "counter",
        "strip_edge",
        "printer",
        "idle_lock_s",
    }


def test_a_kiosks_file_is_no_desks(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match='must be "desk"'):
        load_desk_config(written(tmp_path, 'kind = "kiosk"\n'))


@pytest.mark.parametrize("load", [load_config, load_desk_config])
def test_a_boards_file_is_told_by_that_alone(tmp_path: Path, load: Callable[[Path], object]) -> None:
    path = written(tmp_path, 'kind = "board"\n[screen]\npanel_width_mm = 1210\n[voice]\nloudness = 500\n')
    with pytest.raises(DataFileError) as refused:
        load(path)
    assert [str(each) for each in refused.value.problems] == [
        "kind: is board: this file is for giliran board, which needs no code"
    ]


@pytest.mark.parametrize(
    ("text", "kind"), [('kind = "desk"\n', "desk"), ('name = "Anjungan"\n', None), ("kind = 3\n", None), ("[[", None)]
)
def test_a_file_says_what_it_is_for(tmp_path: Path, text: str, kind: str | None) -> None:
    assert written_kind(written(tmp_path, text)) == kind


def test_the_one_command_lets_a_desk_in_by_its_own_file(tmp_path: Path) -> None:
    with site_server(tmp_path / "server") as server:
        code, _ = invited(server.node, DeviceKind.DESK)
        path = written(tmp_path, f'kind = "desk"\nname = "Loket 4"\n[sync]\nserver = "{server.url}"\n')
        result = CliRunner().invoke(main, ["enrol", code, "--config", str(path), "--json"])
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["kind"] == "desk"
    enrolment = load_enrolment(tmp_path / "desk-data" / ENROLMENT_FILE)
    assert enrolment is not None
    assert (enrolment.kind, enrolment.name) == (DeviceKind.DESK, "Loket 4")
    settled, kept = enrolled(load_desk_config(path))
    assert (settled.name, kept) == ("Loket 4", enrolment)


def test_a_desks_code_lets_no_kiosk_in(tmp_path: Path) -> None:
    with site_server(tmp_path / "server") as server:
        code, _ = invited(server.node, DeviceKind.DESK)
        path = tmp_path / "kiosk.toml"
        path.write_text(f'[sync]\nserver = "{server.url}"\n')
        result = CliRunner().invoke(main, ["enrol", code, "--config", str(path)])
    assert result.exit_code == 1
    assert not (tmp_path / "data" / ENROLMENT_FILE).exists()
