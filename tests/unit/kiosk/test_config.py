from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.config import KioskConfig, PrinterConfig, SyncConfig, example_config, load_config
from kiosk.domain.language import Language
from kiosk.errors import DataFileError, Problem


def written(folder: Path, toml: str | bytes) -> Path:
    path = folder / "kiosk.toml"
    path.write_bytes(toml if isinstance(toml, bytes) else toml.encode())
    return path


def problems_of(folder: Path, toml: str | bytes) -> dict[str, str]:
    with pytest.raises(DataFileError) as refused:
        load_config(written(folder, toml))
    return {problem.path: problem.sentence for problem in refused.value.problems}


def test_an_empty_file_is_the_defaults(tmp_path: Path) -> None:
    printer = PrinterConfig(device=f"sim:{tmp_path / 'slips'}")
    assert load_config(written(tmp_path, "")) == replace(KioskConfig(), data_dir=tmp_path / "data", printer=printer)


@pytest.mark.parametrize("device", ["sim:/srv/slips", "tcp://printer:9100", "sim:"])
def test_other_devices_are_taken_as_they_are(tmp_path: Path, device: str) -> None:
    assert load_config(written(tmp_path, f'printer.device = "{device}"')).printer.device == device


@pytest.mark.parametrize(
    "server",
    [
        *(
            "http://10.0.0.7:99999",
            "http://hall..lan",
            "http://hall:x",
            "http://[::1",
            "http://user@hall",
            "ftp://hall",
        ),
        *("http://hall/path", "http://%41", "http://", "hall:8035", f"http://{'a' * 70}"),
    ],
)
def test_what_no_server_can_stand_at_is_refused(tmp_path: Path, server: str) -> None:
    problems = problems_of(tmp_path, f'sync.server = "{server}"')
    assert problems.keys() == {"sync.server"}
    assert problems["sync.server"].endswith("such as http://192.168.1.10:8035")


@pytest.mark.parametrize("server", ["http://10.0.0.7", "https://hall.lan:65535/", "http://[::1]:8035"])
def test_server_may_be_named_in_any_usual_way(tmp_path: Path, server: str) -> None:
    assert load_config(written(tmp_path, f'sync.server = "{server}"')).sync.server == server


def test_file_may_come_from_windows_notepad(tmp_path: Path) -> None:
    path = written(tmp_path, b"\xef\xbb\xbf" + b'name = "Lobi"\r\n')
    assert load_config(path).name == "Lobi"


def test_what_is_set_is_taken(tmp_path: Path) -> None:
    config = load_config(
        written(
            tmp_path,
            """
            name = "Anjungan Barat"
            number = 7
            letter = "K"
            data_dir = "/var/lib/giliran"
            site = "hall.json"
            [printer]
            device = "tcp://192.168.1.20:9100"
            [sync]
            server = "http://192.168.1.10:8035"
            [screen]
            panel_width_mm = 400
            animations = false
            [session]
            default_language = "en"
            """,
        )
    )
    assert (config.name, config.number, config.letter) == ("Anjungan Barat", 7, "K")
    assert (config.data_dir, config.site) == (Path("/var/lib/giliran"), tmp_path / "hall.json")
    assert config.printer == PrinterConfig(device="tcp://192.168.1.20:9100")
    assert config.sync == SyncConfig(server="http://192.168.1.10:8035")
    assert config.screen.panel_width_mm == 400.0
    assert isinstance(config.screen.panel_width_mm, float)
    assert not config.screen.animations
    assert config.session.default_language is Language.ENGLISH


def test_every_problem_is_named_at_once_by_its_path(tmp_path: Path) -> None:
    problems = problems_of(
        tmp_path,
        """
        number = "9100x"
        letter = "KK"
        leter = "K"
        data_dir = 1
        sync = "http://x"
        [printer]
        devise = "sim:x"
        [screen]
        width_px = 5
        height_px = true
        panel_width_mm = nan
        animations = 1
        [session]
        warning_s = 5
        default_language = "jv"
        [zzz]
        """,
    )
    assert problems == {
        "number": "must be a whole number",
        "letter": "must be one capital letter, A to Z",
        "leter": "is no setting; perhaps letter",
        "data_dir": "must be a path in quotes",
        "sync": "must be a section: [sync]",
        "printer.devise": "is no setting; perhaps printer.device",
        "screen.width_px": "must be from 320 to 16384",
        "screen.height_px": "must be a whole number",
        "screen.panel_width_mm": "must be from 100 to 3000",
        "screen.animations": "must be true or false",
        "session.warning_s": "must be from 20 to 120",
        "session.default_language": "must be one of id, en",
        "zzz": "is no setting",
    }


AWAY = """
catalogue = "nowhere.json"
site = "no.json"
data_dir = "file/data"
"""


def test_what_is_away_is_named_beside_faults_and_alone_keeps_no_kiosk_from_starting(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert problems_of(tmp_path, AWAY + "number = 0") == {
        "number": "must be from 1 to 255",
        "catalogue": f"there is no file {tmp_path / 'nowhere.json'}",
        "site": f"there is no file {tmp_path / 'no.json'}",
        "data_dir": f"{tmp_path / 'file/data'} cannot be made or written: look at {tmp_path / 'file'}",
    }
    assert load_config(written(tmp_path, AWAY)).site == tmp_path / "no.json"


def test_authority_without_a_certificate_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    assert problems_of(tmp_path, 'sync.server = "https://hall.example"\nsync.authority = "ca.pem"') == {
        "sync.authority": f"{tmp_path / 'ca.pem'} holds no certificate: it must be a PEM file"
    }


def test_what_others_find_in_it_is_named_with_the_rest(tmp_path: Path) -> None:
    path = written(tmp_path, "number = 0\nprinter.device = 'lpt1'")
    with pytest.raises(DataFileError) as refused:
        load_config(path, lambda config: [Problem("printer.device", config.printer.device)])
    assert [str(problem) for problem in refused.value.problems] == [
        "number: must be from 1 to 255",
        "printer.device: lpt1",
    ]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"\xff\xfe", "is not UTF-8 text"), (b"name = ", "is not TOML")],
)
def test_what_is_no_toml_is_said_so(tmp_path: Path, content: bytes, sentence: str) -> None:
    assert problems_of(tmp_path, content)["file"].startswith(sentence)


def test_a_missing_file_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match="cannot be read: No such file"):
        load_config(tmp_path / "nowhere.toml")


def test_the_example_sets_every_default(tmp_path: Path) -> None:
    assert load_config(written(tmp_path, example_config())) == load_config(written(tmp_path, ""))
    assert sum(" = " in line for line in example_config().splitlines()) == 19
