"""`giliran printer`, on the simulated printer: what a technician reads, and what a script reads."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from giliran import main
from kiosk.config import example_config
from printing.known_profile import AUTO
from printing.profile import load_profiles
from printing.simulated import SimulatedPrinter

ROOT = Path(__file__).parents[3]


def printer(*words: str) -> Result:
    return CliRunner().invoke(main, ["printer", *words])


@pytest.mark.parametrize(
    ("changes", "words", "facts"),
    [
        ({}, "ready\n", {"status": "ready", "paper_low": False}),
        ({"paper_mm": 1000}, "ready, but the paper will soon end\n", {"status": "ready", "paper_low": True}),
        ({"paper_mm": 0}, "stopped: load paper\n", {"status": "needs_attention", "reason": "no_paper"}),
        ({"is_cover_open": True}, "stopped: close the cover\n", {"status": "needs_attention", "reason": "cover_open"}),
    ],
)
def test_status_is_a_sentence_and_a_document(
    tmp_path: Path, changes: dict[str, float | bool], words: str, facts: dict[str, object]
) -> None:
    SimulatedPrinter(tmp_path).change(**changes)
    device = f"sim:{tmp_path}"
    told, document = printer("status", device), printer("status", device, "--json")
    assert told.output == words
    assert json.loads(document.output) == {"device": device, **facts}
    assert told.exit_code == document.exit_code == (0 if facts["status"] == "ready" else 1)


def test_nobody_at_the_address_is_a_fault_not_a_traceback() -> None:
    result = printer("status", "tcp://127.0.0.1:9")
    assert (result.exit_code, result.output.startswith("not to be reached: ")) == (1, True)


def test_probe_tells_how_slips_are_confirmed_and_prints_nothing(tmp_path: Path) -> None:
    result = printer("probe", f"sim:{tmp_path}", "--json")
    assert result.exit_code == 0
    assert json.loads(result.output)["confirmation"] == "fence"
    assert SimulatedPrinter(tmp_path).slips() == ()


def test_test_page_is_two_confirmed_slips(tmp_path: Path) -> None:
    result = printer("test-page", f"sim:{tmp_path}", "--json")
    slips = json.loads(result.output)["slips"]
    assert (result.exit_code, {name: slip["state"] for name, slip in slips.items()}) == (
        0,
        {"raster": "confirmed", "text": "confirmed"},
    )
    assert len(SimulatedPrinter(tmp_path).slips()) == 2


def test_test_page_without_paper_exits_1(tmp_path: Path) -> None:
    SimulatedPrinter(tmp_path).change(paper_mm=0)
    assert printer("test-page", f"sim:{tmp_path}").exit_code == 1


def test_slips_that_failed_say_what_the_printer_says() -> None:
    status, page = printer("status", "tcp://127.0.0.1:9"), printer("test-page", "tcp://127.0.0.1:9")
    assert page.output.splitlines() == [
        f"{name}: failed, nothing was sent; {status.output.strip()}" for name in ("raster", "text")
    ]


def test_probe_of_a_printer_that_is_not_ready_is_a_whole_sentence(tmp_path: Path) -> None:
    SimulatedPrinter(tmp_path).change(paper_mm=0)
    lines = printer("probe", f"sim:{tmp_path}").output.splitlines()
    assert lines[:2] == [
        f"sim:{tmp_path} is stopped: load paper",
        "How it confirms a slip cannot be told before it is ready.",
    ]


def test_broken_state_of_a_simulated_printer_is_named_and_kept(tmp_path: Path) -> None:
    file = tmp_path / "printer.json"
    file.write_text("{broken")
    result = printer("status", f"sim:{tmp_path}")
    assert (result.exit_code, file.read_text()) == (1, "{broken")
    assert result.output.startswith(f"not to be reached: {file} is not a printer's state (Invalid JSON")


def test_folder_of_a_simulated_printer_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = printer("status", f"sim:{tmp_path}/file/slips")
    assert (result.exit_code, result.output) == (
        1,
        f"the simulated printer cannot use {tmp_path}/file/slips: Not a directory\n",
    )


def test_help_and_example_settings_name_every_profile() -> None:
    words = " ".join(printer("status", "--help").output.split())
    assert f"One of {', '.join(sorted(load_profiles()))}." in words
    assert f'profile = "{AUTO}"' in example_config()


@pytest.mark.parametrize(
    "words", [["status", "moon:1"], ["status", "usb://1"], ["status", "sim:x", "--profile", "none-such"]], ids=" ".join
)
def test_wrong_device_or_profile_exits_2(words: list[str]) -> None:
    assert printer(*words).exit_code == 2


def test_watch_says_each_change_once_and_ends_on_interrupt(tmp_path: Path) -> None:
    simulated = SimulatedPrinter(tmp_path)
    words = [sys.executable, "giliran.py", "printer", "watch", f"sim:{tmp_path}"]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as watching:
        assert watching.stdout is not None
        assert watching.stdout.readline() == "ready\n"
        simulated.change(is_cover_open=True)
        assert watching.stdout.readline() == "stopped: close the cover\n"
        watching.send_signal(signal.SIGINT)
        assert watching.communicate(timeout=20)[0] == ""
        assert watching.returncode == 0
