"""`giliran run --with desk,board` without a display: from the kiosk's touch to the officer's last key, and once more in
the same folder; and with one, its windows.
"""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

from kiosk.paths import resource_path
from tests.e2e.test_run_in_windows import display

__all__ = ["display"]

_WITHIN_S = 180.0
_PICTURES = ("50-desk-called.png", "51-board-called.png", "52-desk-serving.png", "53-desk-done.png")


def run(data: Path) -> tuple[int, str]:
    command = [sys.executable, str(resource_path("giliran.py")), "run", "--headless", "--with", "desk,board"]
    done = subprocess.run(
        [*command, "--data", str(data)], capture_output=True, text=True, timeout=_WITHIN_S, check=False
    )
    return done.returncode, done.stdout


def test_the_whole_loop_is_made_without_anybody_and_again(tmp_path: Path) -> None:
    labels = set()
    for _ in range(2):
        code, said = run(tmp_path)
        assert code == 0, said
        called = re.search(r"Ticket (L-00[12]A?) was called to counter", said)  # A: a busy machine, the kiosk's own
        assert called, said
        labels.add(called[1])
        assert "'Nomor antrean, L, " in said
        assert all((tmp_path / "screens" / name).stat().st_size > 10_000 for name in _PICTURES)
        assert (tmp_path / "screens" / "10-ticket.png").exists()
    assert len(labels) == 2


def test_a_counter_and_a_board_open_beside_the_kiosk_and_end_with_it(display: str, tmp_path: Path) -> None:
    environment = {**os.environ, "DISPLAY": display}
    environment.pop("QT_QPA_PLATFORM", None)
    command = [sys.executable, str(resource_path("giliran.py")), "run", "--with", "desk,board", "--data", str(tmp_path)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        said: list[str] = []
        while "Close the kiosk's window" not in (line := process.stdout.readline()):
            assert line, said  # it ended
            said.append(line)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert "are running" in said[0]
    assert "Hold a slip before the kiosk's scanner" in said[1]
    assert "Sign in at the desk as PETUGAS-1 with PIN" in said[2]
    assert "call it at the desk: F2" in said[3]
    assert process.returncode == 0
    assert (tmp_path / "desk" / "enrolment.json").exists()
    for name in ("desk", "board"):
        assert "Traceback" not in (tmp_path / "logs" / f"{name}.log").read_text()
