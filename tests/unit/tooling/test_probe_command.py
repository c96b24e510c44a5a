"""`giliran printer probe` as a technician and as a script use it, on the simulated printer."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from giliran import main
from kiosk.config import load_config
from kiosk.lock import FolderLock
from printing.known_profile import probed_file, profile_in_force
from printing.printer_settings import problems_of
from printing.probing import probe
from printing.profile import Confirmation, Cutter, RasterCommand, Source, load_profile, load_sources
from printing.simulated import SimulatedPrinter
from printing.transports import discovery
from printing.transports.discovery import FoundDevice

GOOD = "width=576,letters=4,cut=partial"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Profiles are written beside whoever asks."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sits at the keyboard."""
    monkeypatch.setattr(probe, "is_anybody_there", lambda: True)


def probed(*words: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(main, ["printer", "probe", *words], input=typed)


def document(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


@pytest.mark.usefixtures("somebody")
def test_three_questions_and_the_profile_is_there(tmp_path: Path) -> None:
    result = probed("sim:slips", "--out", "hall.toml", typed="11\n4\n2\n")
    assert result.exit_code == 0
    assert [number for number in "1234" if f"\n{number}. " in result.output] == ["1", "2", "3"]
    assert "From now on each slip is confirmed by its own id (GS ( H).\nWritten to hall.toml.\n" in result.output
    settings = f'printer.device = "sim:slips" and printer.profile = "{tmp_path / "hall.toml"}"'
    assert result.output.endswith(f"For a kiosk, set {settings} in its settings.\n")
    profile, sources = load_profile(tmp_path / "hall.toml"), load_sources(tmp_path / "hall.toml")
    assert (profile.dots, profile.code_page, profile.cutter) == (576, "cp858", Cutter.PARTIAL)
    assert (profile.confirmation, sources["dots"]) == (Confirmation.PROCESS_ID, Source.PROBED)
    assert len(SimulatedPrinter(tmp_path / "slips").slips()) == 1


@pytest.mark.usefixtures("somebody")
def test_rubbish_instead_of_boxes_is_tried_as_columns(tmp_path: Path) -> None:
    result = probed("sim:slips", "--out", "x.toml", typed="r\n3\nn\n3\n")
    assert (result.exit_code, load_profile(tmp_path / "x.toml").raster) == (0, RasterCommand.ESC_STAR)
    assert "No line of letters was right" in result.output
    assert len(SimulatedPrinter(tmp_path / "slips").slips()) == 2


@pytest.mark.usefixtures("somebody")
def test_who_goes_away_in_mid_question_hears_that_nothing_is_written(tmp_path: Path) -> None:
    result = probed("sim:slips", "--out", "x.toml", typed="11\n")
    assert (result.exit_code, (tmp_path / "x.toml").exists()) == (1, False)
    assert "Stopped: no profile was written.\n" in result.output


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("r\nr\n", "It prints no pictures in either way that receipt printers know"),
        ("n\n", "It took the slip and nothing came out"),
    ],
)
@pytest.mark.usefixtures("somebody")
def test_a_printer_of_no_use_gets_no_profile(tmp_path: Path, typed: str, sentence: str) -> None:
    result = probed("sim:slips", "--out", "x.toml", typed=typed)
    assert (result.exit_code, sentence in result.output, (tmp_path / "x.toml").exists()) == (1, True, False)


@pytest.mark.usefixtures("somebody")
def test_a_symbol_that_no_phone_reads_exits_1() -> None:
    result = probed("sim:slips", typed="11\n4\n5\n")
    assert (result.exit_code, "No phone reads its symbols: clean the head" in result.output) == (1, True)


def test_answers_given_beforehand_and_one_document() -> None:
    told = document(probed("sim:slips", "--answers", "width=384,letters=1,cut=none", "--json"))
    assert (told["profile"]["dots"], told["profile"]["confirmation"], told["sources"]["dots"]) == (
        384,
        "process-id",
        "probed",
    )
    assert told["answers"]["dle_eot"] == [1, 2, 3, 4]
    assert Path(told["file"]).is_file()


@pytest.mark.parametrize("words", [["--json"], ["--json", "--no-slip"], ["--json", "--no-slip", "--answers", GOOD]])
def test_where_nobody_is_asked_nothing_is_printed(tmp_path: Path, words: list[str]) -> None:
    told = document(probed("sim:slips", *words))
    assert (told["slip"], told["profile"]["confirmation"]) == (None, "fence")
    assert told["sources"]["dots"] == "usual value of the class"
    assert SimulatedPrinter(tmp_path / "slips").slips() == ()


@pytest.mark.usefixtures("somebody")
def test_the_profile_of_a_configured_kiosk_goes_where_it_looks(tmp_path: Path) -> None:
    (tmp_path / "kiosk.toml").write_text('printer.device = "sim:slips"\n')
    result = probed(typed="11\n4\n2\n")
    device = f"sim:{tmp_path / 'slips'}"
    file = probed_file(device, tmp_path / "data")
    assert result.output.endswith(f"Written to {file}.\nThe kiosk takes it from its next start.\n")
    assert profile_in_force("auto", device, tmp_path / "data").name == "probed-giliran-simulated-80-mm"


def test_a_kiosk_that_runs_has_its_printer_to_itself(tmp_path: Path) -> None:
    (tmp_path / "kiosk.toml").write_text('printer.device = "sim:slips"\n')
    (tmp_path / "data").mkdir()
    lock = FolderLock(tmp_path / "data")
    result = probed("--answers", GOOD)
    lock.release()
    assert (result.exit_code, "is running and has its printers to itself" in result.output) == (1, True)
    assert probed("--no-slip").exit_code == 0


@pytest.mark.usefixtures("somebody")
def test_probing_mends_a_profile_that_was_spoilt(tmp_path: Path) -> None:
    (tmp_path / "kiosk.toml").write_text('printer.device = "sim:slips"\n')
    file = probed_file(f"sim:{tmp_path / 'slips'}", tmp_path / "data")
    file.parent.mkdir(parents=True)
    file.write_text("rubbish")
    assert probed("--config", "kiosk.toml", typed="11\n4\n2\n").exit_code == 0
    assert load_profile(file).dots == 576


def test_settings_that_name_another_profile_are_told() -> None:
    Path("kiosk.toml").write_text('printer.device = "sim:slips"\nprinter.profile = "generic-58mm"\n')
    result = probed("--no-slip")
    assert 'In kiosk.toml, set printer.profile = "auto"; then start the kiosk again.' in result.output
    other = probed("sim:other", "--config", "kiosk.toml", "--no-slip")
    assert f'set printer.device = "sim:{Path("other").absolute()}" and printer.profile = "auto"' in other.output


def test_the_second_printer_has_settings_of_its_own() -> None:
    Path("kiosk.toml").write_text('printer.fallback = "sim:second"\nprinter.fallback_profile = "generic-58mm"\n')
    result = probed("sim:second", "--config", "kiosk.toml", "--no-slip")
    assert 'In kiosk.toml, set printer.fallback_profile = "auto"; then' in result.output


def test_what_is_plugged_in_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [FoundDevice("sim:one", "a printer", is_stable=True)]
    monkeypatch.setattr(discovery, "find_devices", lambda: tuple(found))
    one = probed("--no-slip")
    assert (one.exit_code, "Found a printer." in one.output) == (0, True)
    found.append(FoundDevice("sim:two", "another", is_stable=True))
    several = probed()
    assert several.exit_code == 2
    assert "giliran printer probe sim:one   # a printer\n  giliran printer probe sim:two   # another" in several.output
    found.clear()
    none = probed()
    assert (none.exit_code, none.output.startswith("No printer is plugged in here.")) == (1, True)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [({"paper_mm": 0}, "It is stopped: load paper"), ({"is_cover_open": True}, "It is stopped: close the cover")],
)
def test_a_printer_that_is_stopped_gets_no_slip(tmp_path: Path, changes: dict[str, Any], sentence: str) -> None:
    SimulatedPrinter(tmp_path / "slips").change(**changes)
    result = probed("sim:slips", "--answers", GOOD)
    assert (result.exit_code, f"{sentence}. Then probe it again." in result.output) == (1, True)


def test_paper_that_ends_in_the_slip_is_told(tmp_path: Path) -> None:
    SimulatedPrinter(tmp_path / "slips").change(paper_mm=50)
    result = probed("sim:slips", "--answers", GOOD, "--out", "x.toml")
    assert (result.exit_code, Path("x.toml").exists()) == (1, False)
    assert "In the middle of the slip it has stopped: load paper. Then probe it again." in result.output


def test_a_silent_device_gets_no_slip_without_a_yes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    simulated = SimulatedPrinter(tmp_path / "slips")
    simulated.change(is_silent=True)
    refused = probed("sim:slips", "--answers", GOOD)
    assert (refused.exit_code, "say --write-only" in refused.output, simulated.slips()) == (1, True, ())
    told = document(probed("sim:slips", "--answers", GOOD, "--write-only", "--json"))
    assert (told["voice"], told["profile"]["confirmation"], len(simulated.slips())) == ("silent", "none", 1)
    monkeypatch.setattr(probe, "is_anybody_there", lambda: True)
    hesitating = probed("sim:slips", typed="n\n")
    assert (hesitating.exit_code, "look at its cable and its switches" in hesitating.output) == (1, True)
    assert "Nothing was printed. Mend that, and probe it again.\n" in hesitating.output
    assert probed("sim:slips", typed="y\n11\n4\n2\n").exit_code == 0
    assert len(simulated.slips()) == 2


@pytest.mark.parametrize(
    "words",
    [
        ["moon:1"],
        ["sim:x", "--answers", "width=1"],
        ["sim:x", "--out", "profile.txt"],
        ["sim:x", "--config", "nowhere.toml"],
    ],
    ids=" ".join,
)
def test_wrong_use_exits_2(words: list[str]) -> None:
    assert probed(*words).exit_code == 2


def test_nobody_at_the_address_is_one_sentence() -> None:
    result = probed("tcp://127.0.0.1:9")
    assert (result.exit_code, len(result.output.splitlines())) == (1, 1)
    assert "127.0.0.1:9" in result.output


def test_a_kiosk_with_a_probed_profile_finds_nothing_wrong(tmp_path: Path) -> None:
    (tmp_path / "kiosk.toml").write_text('printer.device = "sim:slips"\n')
    assert probed("--no-slip").exit_code == 0
    config = load_config(tmp_path / "kiosk.toml")
    assert list(problems_of(config.printer, config.data_dir)) == []
