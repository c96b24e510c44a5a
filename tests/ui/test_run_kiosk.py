"""The kiosk as a process: how it starts, stops and fails."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic

import pytest

from kiosk.config import KioskConfig
from kiosk.enrolling import enrol_kiosk
from server.invitations import Wish, invite
from server.publishing import publish_files
from tests.paired_kiosk import site_server
from tests.published_hall import HALL, site_file

ROOT = Path(__file__).parent.parent.parent
PROGRAM = """
import faulthandler, sys
from pathlib import Path
from PySide6.QtCore import QTimer
from kiosk.config import KioskConfig, PrinterConfig, ScreenConfig
from ui.app import run_kiosk
from ui.qt_application import qt_application

faulthandler.dump_traceback_later(30, exit=True)
application = qt_application()
data = Path(sys.argv[1])
def when_running():
    print("running", flush=True)
    if sys.argv[2] == "bug":
        raise ZeroDivisionError("a bug in a slot")
QTimer.singleShot(500, when_running)
screen = ScreenConfig(full_screen=False)
sys.exit(run_kiosk(KioskConfig(data_dir=data, printer=PrinterConfig(device=f"sim:{data}/slips"), screen=screen)))
"""


def run(data: Path, how: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(data), how],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_in_good_order_when_told(tmp_path: Path, number: signal.Signals) -> None:
    with run(tmp_path, "well") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == f"Anjungan 1 is running; logs in {tmp_path / 'logs'}\n"
        assert process.stdout.readline() == "running\n"
        asked = monotonic()
        process.send_signal(number)
        assert process.wait(timeout=20) == 0
        assert monotonic() - asked < 10


def test_a_bug_is_logged_and_ends_the_process_with_a_fault(tmp_path: Path) -> None:
    with run(tmp_path, "bug") as process:
        assert process.wait(timeout=30) == 1
    lines = [json.loads(line) for line in (tmp_path / "logs" / "giliran.log").read_text().splitlines()]
    (failure,) = [line for line in lines if line["event"] == "program_failed"]
    assert "ZeroDivisionError" in json.dumps(failure)


def test_a_folder_that_cannot_be_written_is_a_screen_and_not_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    with run(tmp_path / "data", "well") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "running\n"
        process.terminate()
        assert process.wait(timeout=20) == 0
        said = process.stderr.read()
    assert f"The data folder {tmp_path / 'data'} cannot be made: File exists." in said.splitlines()
    assert "Traceback" not in said
    assert "\x1b" not in said, "colours are for people, and nobody looks"


def test_second_kiosk_on_the_folder_says_so_and_ends_without_a_window(tmp_path: Path) -> None:
    with run(tmp_path, "well") as first:
        assert first.stdout is not None
        assert first.stdout.readline().startswith("Anjungan 1 is running")
        with run(tmp_path, "well") as second:
            out, said = second.communicate(timeout=20)
        assert (second.returncode, out) == (1, "")
        assert said.startswith(f"Another Giliran is already running on {tmp_path}")
        assert said.count("\n") == 1
        first.terminate()


def test_a_kiosk_that_was_let_in_before_its_hall_was_published_comes_up_by_itself(tmp_path: Path) -> None:
    config = KioskConfig(data_dir=tmp_path / "kiosk")
    with site_server(tmp_path / "server") as server:
        code, _ = invite(server.node, Wish(HALL))
        enrol_kiosk(f"GILIRAN:{server.url}:{code}", config)
        with run(config.data_dir, "well") as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "running\n"
            publish_files(server.node, None, site_file(tmp_path / "files"))
            assert process.stdout.readline().startswith("Anjungan 1 is running")
            process.terminate()
            assert process.wait(timeout=20) == 0
