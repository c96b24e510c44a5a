"""`giliran printer watch` as its users meet it: a process that tells of changes until it is interrupted."""

import json
import os
import re
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from printing.simulated import SimulatedPrinter
from printing.transports.deadline import Deadline

ROOT = Path(__file__).parents[3]
PATIENCE_S = 20.0


class Watching:
    """`giliran printer watch`, and what it has written. A process that does not say what it must is ended."""

    def __init__(self, process: "subprocess.Popen[Any]", descriptor: int) -> None:
        self.process = process
        self._descriptor = descriptor
        self._unread = ""

    def line(self) -> str:
        self.wait_for("\n")
        line, _, self._unread = self._unread.partition("\n")
        return line

    def wait_for(self, words: str) -> None:
        deadline = Deadline(PATIENCE_S)
        while words not in self._unread and select.select([self._descriptor], [], [], deadline.left_s)[0]:
            came = os.read(self._descriptor, 65_536)
            if not came:
                break
            self._unread += came.decode(errors="replace")
        assert words in self._unread

    def interrupt(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE_S)


@contextmanager
def watching(*words: str, **options: Any) -> Iterator[Watching]:
    """On a pipe, or on the terminal that `options` tell of."""
    command = [sys.executable, "giliran.py", "printer", "watch", *words]
    ours = options.pop("ours", None)
    with subprocess.Popen(command, cwd=ROOT, **({"stdout": subprocess.PIPE} | options)) as process:
        try:
            if ours is None:
                assert process.stdout is not None
                ours = process.stdout.fileno()
            yield Watching(process, ours)
        finally:
            process.kill()


def test_each_change_is_told_once_with_its_time_and_an_interrupt_is_a_good_end(tmp_path: Path) -> None:
    simulated = SimulatedPrinter(tmp_path)
    with watching(f"sim:{tmp_path}") as watch:
        assert re.fullmatch(r"\d\d:\d\d:\d\d ready", watch.line())
        simulated.change(is_cover_open=True)
        assert re.fullmatch(r"\d\d:\d\d:\d\d stopped: close the cover", watch.line())
        assert watch.interrupt() == 0


def test_each_change_of_two_printers_is_a_document(tmp_path: Path) -> None:
    config = tmp_path / "kiosk.toml"
    config.write_text('[printer]\ndevice = "sim:slips"\nfallback = "sim:spare"\n')
    with watching("--config", str(config), "--json") as watch:
        first, second = (json.loads(watch.line()) for _ in range(2))
        assert (first["device"], first["status"]) == (f"sim:{tmp_path}/slips", "ready")
        SimulatedPrinter(tmp_path / "spare").change(paper_mm=0)
        change = json.loads(watch.line())
        assert (change["device"], change["reason"]) == (second["device"], "no_paper")
        assert datetime.fromisoformat(change["at"]).tzinfo is not None
        assert watch.interrupt() == 0


@pytest.mark.skipif(sys.platform == "win32", reason="terminals are another thing there")
def test_on_a_terminal_it_is_a_live_table_with_the_changes_below(tmp_path: Path) -> None:
    import pty  # noqa: PLC0415  # Windows has none

    simulated = SimulatedPrinter(tmp_path)
    ours, theirs = pty.openpty()
    terminal = dict.fromkeys(("stdin", "stdout", "stderr"), theirs)
    environment = os.environ | {"COLUMNS": "100", "LINES": "40", "TERM": "xterm"}
    try:
        with watching(f"sim:{tmp_path}", ours=ours, env=environment, **terminal) as watch:
            watch.wait_for("cool enough")
            simulated.change(is_cover_open=True)
            watch.wait_for("stopped: close the cover")
            assert watch.interrupt() == 0
    finally:
        os.close(ours)
        os.close(theirs)
