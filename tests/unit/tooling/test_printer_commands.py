"""`giliran printer status|test-page`: what a technician reads, and what a script reads."""

import json
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from giliran import main
from kiosk.config import example_config
from kiosk.lock import FolderLock
from printing.known_profile import AUTO, slug
from printing.profile import load_profiles
from printing.roll import RollBook, roll_file
from printing.simulated import SimulatedPrinter
from tests.emulated_printer import emulated_printer

ROOT = Path(__file__).parents[3]
NOBODY = "tcp://127.0.0.1:9"


def printer(*words: str) -> Result:
    return CliRunner().invoke(main, ["printer", *words])


@pytest.mark.parametrize(
    ("changes", "words", "facts"),
    [
        ({}, "ready", {"status": "ready", "paper_low": False}),
        ({"paper_mm": 1000}, "ready, but the paper will soon end", {"status": "ready", "paper_low": True}),
        ({"paper_mm": 0}, "stopped: load paper", {"status": "needs_attention", "reason": "no_paper"}),
        ({"is_cover_open": True}, "stopped: close the cover", {"status": "needs_attention", "reason": "cover_open"}),
    ],
)
def test_status_is_a_sentence_and_a_document(
    tmp_path: Path, changes: dict[str, float | bool], words: str, facts: dict[str, object]
) -> None:
    SimulatedPrinter(tmp_path).change(**changes)
    device = f"sim:{tmp_path}"
    told, document = printer("status", device), printer("status", device, "--json")
    assert told.output.splitlines()[0] == f"{device}: {words}"
    assert {"device": device, **facts}.items() <= json.loads(document.output).items()
    assert told.exit_code == document.exit_code == (0 if facts["status"] == "ready" else 1)


@pytest.mark.parametrize(
    ("changes", "line", "part"),
    [
        ({}, "paper           there is some", {"paper_out": False}),
        ({"paper_mm": 0}, "paper           none: load a roll", {"paper_out": True, "online": False}),
        ({"paper_mm": 1000}, "near end        the sensor says so: change the roll soon", {"near_end": True}),
        ({"is_cover_open": True}, "cover           open", {"cover_open": True, "online": False}),
        ({"is_cutter_jammed": True}, "cutter          jammed", {"cutter_jammed": True}),
        ({"is_overheated": True}, "print head      too hot", {"head_hot": True}),
        ({}, "calls itself    Giliran Simulated 80 mm", {}),
        ({}, "confirms        each slip, by an answer in its turn (GS r)", {}),
        ({"is_noisy": True}, "confirms        cannot be told: what comes back for GS r is no clean answer", {}),
        ({"is_cover_open": True}, "confirms        cannot be told before it is ready", {}),
    ],
)
def test_status_shows_every_part(
    tmp_path: Path, changes: dict[str, float | bool], line: str, part: dict[str, object]
) -> None:
    SimulatedPrinter(tmp_path).change(**changes)
    assert f"  {line}" in printer("status", f"sim:{tmp_path}").output.splitlines()
    parts = json.loads(printer("status", f"sim:{tmp_path}", "--json").output)["parts"]
    assert part.items() <= parts.items()


def mute_profile(folder: Path) -> Path:
    """The file of a printer that a probe found to answer nothing."""
    values = tomllib.loads((ROOT / "printing/profiles.toml").read_text())["generic-80mm"] | {"confirmation": "none"}
    file = folder / "mute.toml"
    file.write_text("\n".join(("[mute]", *(f"{name} = {json.dumps(value)}" for name, value in values.items()))))
    return file


def test_printer_that_says_nothing_of_itself_is_told_in_few_lines(tmp_path: Path) -> None:
    SimulatedPrinter(tmp_path).change(is_silent=True)
    told = printer("status", f"sim:{tmp_path}", "--profile", str(mute_profile(tmp_path)))
    assert [line[:14].strip() for line in told.output.splitlines()[1:]] == ["calls itself", "confirms", "profile"]
    assert "  confirms        no slip: it answers nothing" in told.output.splitlines()


def test_name_of_a_printer_that_is_away_is_that_of_its_probe(tmp_path: Path) -> None:
    values = tomllib.loads((ROOT / "printing/profiles.toml").read_text())["generic-80mm"] | {"identity": "EPSON X"}
    file = tmp_path / "x.toml"
    file.write_text("\n".join(("[x]", *(f"{name} = {json.dumps(value)}" for name, value in values.items()))))
    assert "  calls itself    EPSON X, when it was probed\n" in printer("status", NOBODY, "--profile", str(file)).output


def test_nobody_at_the_address_is_a_fault_not_a_traceback() -> None:
    result = printer("status", NOBODY)
    assert (result.exit_code, result.output.startswith(f"{NOBODY}: not to be reached: ")) == (1, True)
    assert "another program holds its port" in result.output


def test_test_page_is_four_confirmed_slips(tmp_path: Path) -> None:
    result = printer("test-page", f"sim:{tmp_path}", "--json")
    slips = json.loads(result.output)["slips"]
    assert (result.exit_code, {name: slip["state"] for name, slip in slips.items()}) == (
        0,
        dict.fromkeys(("raster", "text", "raster-slip", "text-slip"), "confirmed"),
    )
    assert len(SimulatedPrinter(tmp_path).slips()) == 4


def test_test_page_prints_the_pages_that_were_asked_for(tmp_path: Path) -> None:
    result = printer("test-page", f"sim:{tmp_path}", "--page", "text", "--page", "raster-slip")
    assert [line.partition(",")[0] for line in result.output.splitlines()] == [
        "text: confirmed",
        "raster-slip: confirmed",
    ]
    assert len(SimulatedPrinter(tmp_path).slips()) == 2
    assert printer("test-page", f"sim:{tmp_path}", "--page", "colour").exit_code == 2


def test_slow_line_gets_the_pages_that_it_carries_in_time(tmp_path: Path) -> None:
    with emulated_printer("pty", out=tmp_path) as emulated:
        result = printer("test-page", f"{emulated.url}?baud=9600", "--json")
        assert result.exit_code == 0
        assert list(json.loads(result.output)["slips"]) == ["text", "text-slip"]


def test_test_page_without_paper_exits_1(tmp_path: Path) -> None:
    SimulatedPrinter(tmp_path).change(paper_mm=0)
    assert printer("test-page", f"sim:{tmp_path}").exit_code == 1


def test_page_that_failed_says_what_the_printer_says_and_is_the_last() -> None:
    status, page = printer("status", NOBODY), printer("test-page", NOBODY)
    reason = status.output.splitlines()[0].removeprefix(f"{NOBODY}: ")
    assert page.output == f"raster: failed, nothing was sent; {reason}\n"


def test_broken_state_of_a_simulated_printer_is_named_and_kept(tmp_path: Path) -> None:
    file = tmp_path / "printer.json"
    file.write_text("{broken")
    result = printer("status", f"sim:{tmp_path}")
    assert (result.exit_code, file.read_text()) == (1, "{broken")
    assert f": not to be reached: {file} is not a printer's state (Invalid JSON" in result.output.splitlines()[0]


def test_folder_of_a_simulated_printer_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = printer("status", f"sim:{tmp_path}/file/slips")
    assert (result.exit_code, result.output) == (
        1,
        f"the simulated printer cannot use {tmp_path}/file/slips: Not a directory\n",
    )


def test_help_and_example_settings_name_every_profile() -> None:
    words = " ".join(printer("status", "--help").output.split())
    assert f"One of {', '.join(sorted(load_profiles()))};" in words
    assert f'profile = "{AUTO}"' in example_config()


@pytest.mark.parametrize(
    "words", [["status", "moon:1"], ["status", "usb://1"], ["status", "sim:x", "--profile", "none-such"]], ids=" ".join
)
def test_wrong_device_or_profile_exits_2(words: list[str]) -> None:
    assert printer(*words).exit_code == 2


def kiosk_settings(folder: Path, *more: str) -> Path:
    file = folder / "kiosk.toml"
    file.write_text("\n".join(("[printer]", 'device = "sim:slips"', *more)))
    return file


def test_device_is_named_or_comes_from_the_settings_in_this_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    without = printer("status")
    assert (without.exit_code, "Name a printer" in without.output) == (2, True)
    kiosk_settings(tmp_path)
    assert printer("status").output.startswith(f"first printer, sim:{tmp_path}/slips: ready\n")


def test_profile_that_a_probe_left_in_this_folder_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    mute_profile(tmp_path).rename(f"printer-{slug('sim:slips')}.toml")
    assert json.loads(printer("status", "sim:slips", "--json").output)["profile"] == "mute"
    assert json.loads(printer("status", "sim:slips", "--json", "--profile", "auto").output)["profile"] == "generic-80mm"


def test_both_printers_of_a_kiosk_and_what_it_knows_of_their_paper(tmp_path: Path) -> None:
    config = str(kiosk_settings(tmp_path, 'fallback = "sim:spare"', 'fallback_profile = "generic-58mm"'))
    (tmp_path / "data").mkdir()
    SimulatedPrinter(tmp_path / "slips").change(paper_mm=0)
    assert printer("status", "--config", config).exit_code == 1
    SimulatedPrinter(tmp_path / "slips").change(paper_mm=80_000)
    assert printer("status", "--config", config).exit_code == 0
    page = printer("test-page", "--config", config, "--page", "raster-slip")
    assert (page.exit_code, len(page.output.splitlines())) == (0, 2)
    told = printer("status", "--config", config)
    assert f"first printer, sim:{tmp_path}/slips: ready" in told.output
    assert f"second printer, sim:{tmp_path}/spare: ready" in told.output
    assert told.output.count("  last confirmed  today at ") == 2
    first, second = json.loads(printer("status", "--config", config, "--json").output)["printers"]
    assert (first["role"], first["profile"]) == ("first", "generic-80mm")
    assert (second["role"], second["profile"]) == ("second", "generic-58mm")
    assert (300 < first["slips_left"] < 450, first["is_paper_low"], second["slips_left"]) == (True, False, None)
    one = json.loads(printer("status", f"sim:{tmp_path}/spare", "--config", config, "--json").output)
    assert (one["device"], one["profile"], one["role"]) == (f"sim:{tmp_path}/spare", "generic-58mm", "second")


def test_beside_a_kiosk_that_runs_only_its_paper_is_told(tmp_path: Path) -> None:
    config = str(kiosk_settings(tmp_path))
    (tmp_path / "data").mkdir()
    book = RollBook(roll_file(f"sim:{tmp_path}/slips", tmp_path / "data"), 80)
    book.new_roll()
    book.keep()
    lock = FolderLock(tmp_path / "data")
    try:
        status, document = printer("status", "--config", config), printer("status", "--config", config, "--json")
        page, watching = printer("test-page", "--config", config), printer("watch", "--config", config)
    finally:
        lock.release()
    assert [result.exit_code for result in (status, document, page, watching)] == [1] * 4
    sentence = (
        "Anjungan 1 is running and has its printers to itself: look at its technician's corner, or stop it first."
    )
    assert (status.output.splitlines()[0], page.output.strip(), watching.output.strip()) == (sentence,) * 3
    assert "  slips left      about 400" in status.output.splitlines()
    told = json.loads(document.output)
    assert (told["problem"], told["printers"][0]["status"]) == (sentence, "not_asked")
    assert told["printers"][0]["slips_left"] == 400
    assert not (tmp_path / "slips").exists()


def test_no_file_is_left_behind_that_a_kiosk_of_another_user_could_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = str(kiosk_settings(tmp_path))
    (tmp_path / "data").mkdir()
    monkeypatch.setattr("os.geteuid", lambda: 12345)
    assert printer("test-page", "--config", config, "--page", "text").exit_code == 0
    assert list((tmp_path / "data").iterdir()) == []


@pytest.mark.parametrize(("model", "confirmation"), [("epson", "fence"), ("clone", "fence"), ("mute", "none")])
def test_status_and_test_page_over_the_network(tmp_path: Path, model: str, confirmation: str) -> None:
    is_mute = model == "mute"
    with emulated_printer("tcp", model, out=tmp_path) as emulated:
        status = json.loads(printer("status", emulated.url, "--json").output)
        assert (status["confirmation"], status["parts"]["cover_open"]) == (confirmation, None if is_mute else False)
        page = printer("test-page", emulated.url, "--page", "text", "--json")
        emulated.wait_for_paper("slip")
        assert json.loads(page.output)["slips"]["text"]["state"] == ("unverified" if is_mute else "confirmed")
        # asking had left no mark on the paper before
        assert emulated.slips()[0].with_suffix(".bin").read_bytes().startswith(b"\x1b@")
        emulated.tell("cover open")
        status = json.loads(printer("status", emulated.url, "--json").output)
        assert status["parts"]["cover_open"] is (None if is_mute else True)
        assert (len(emulated.slips()), len(emulated.fragments())) == (1, 0)
