"""PySide6 6.12 must not wear out the singletons of Python 3.11."""

import subprocess
import sys
from pathlib import Path

PROGRAM = """
import ui
from PySide6.QtCore import QObject
thing = QObject()
for _ in range(50_000):
    thing.setObjectName("x")
    thing.parent()
print("alive")
"""


def test_fifty_thousand_calls_leave_none_alive() -> None:
    root = Path(__file__).parent.parent.parent.parent
    finished = subprocess.run([sys.executable, "-c", PROGRAM], cwd=root, capture_output=True, text=True, check=False)
    assert finished.stdout == "alive\n", finished.stderr
