"""`giliran run` in real windows, on a display that only exists in memory."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.paths import resource_path


@pytest.fixture
def display() -> Iterator[str]:
    server = shutil.which("Xvfb")
    if server is None:
        pytest.fail("Xvfb is missing: run scripts/setup.sh")
    told, tell = os.pipe()
    command = [server, "-displayfd", str(tell), "-screen", "0", "1280x1024x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[tell], stderr=subprocess.DEVNULL) as process:
        os.close(tell)
        with os.fdopen(told) as answer:
            number = answer.readline().strip()
        yield f":{number}"
        process.terminate()


def test_windows_open_and_end_in_good_order(display: str, tmp_path: Path) -> None:
    environment = {**os.environ, "DISPLAY": display}
    environment.pop("QT_QPA_PLATFORM", None)
    command = [sys.executable, str(resource_path("giliran.py")), "run", "--data", str(tmp_path)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, complaints = process.communicate(timeout=60)
    assert "are running" in first
    assert (process.returncode, complaints) == (0, "")
    assert (tmp_path / "kiosk" / "kiosk.db").exists()
