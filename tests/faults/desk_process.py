"""A counter's machine as a process of its own, cut off from the start, which serves one ticket and says so.

    python -m tests.faults.desk_process DESK.TOML TOKEN

It says the verdict after the scan's event is durable, and then waits to be killed.
"""

import sys
import threading
from pathlib import Path

from kiosk.desk.config import load_desk_config
from kiosk.desk.machine import open_counter_machine
from kiosk.desk.state import DeskState, Link
from kiosk.logs import configure_logging
from tests.desk_at_site import PACE


def main() -> None:
    config = load_desk_config(Path(sys.argv[1]))
    configure_logging(config.data_dir / "logs")
    machine = open_counter_machine(config, pace=PACE)
    is_cut_off, is_scanned = threading.Event(), threading.Event()

    def note(state: DeskState) -> None:
        if state.link is Link.CUT_OFF:
            is_cut_off.set()
        if state.scan_count:
            is_scanned.set()

    machine.watch(note)
    is_cut_off.wait()
    machine.scan(sys.argv[2])
    is_scanned.wait()
    answer = machine.state.scan
    print("nothing" if answer is None else answer.verdict, flush=True)  # noqa: T201  # what its parent reads
    threading.Event().wait()


main()
