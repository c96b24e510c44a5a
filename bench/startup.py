"""From the start of the process to the first frame a visitor can touch, against a bare PySide6 QML window."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import monotonic
from typing import Final

from bench.measurement import Budget, Measurement
from kiosk.errors import KioskError
from kiosk.paths import is_frozen, resource_path

_ROUNDS: Final = 7
_TIMEOUT_S: Final = 60

_BARE_WINDOW: Final = """
import sys, time
from PySide6.QtCore import QByteArray, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtQml import QQmlApplicationEngine
from PySide6.QtQuick import QQuickWindow, QSGRendererInterface
QQuickWindow.setGraphicsApi(QSGRendererInterface.GraphicsApi.Software)
app = QGuiApplication(sys.argv)
engine = QQmlApplicationEngine()
engine.loadData(QByteArray(b'''
import QtQuick
import QtQuick.Controls.Basic
Window { width: 1080; height: 1920; visible: true; Button { text: "Giliran" } }
'''))
def shown():
    print(time.monotonic(), flush=True)
    QTimer.singleShot(0, lambda: app.exit(0))  # the frame may come before the event loop
engine.rootObjects()[0].frameSwapped.connect(shown)
app.exec()
"""

_KIOSK: Final = """
import runpy, sys, time
from kiosk import lean_imports
begin = lean_imports.collect_again
def shown():  # what a kiosk does first when its first frame is there
    print(time.monotonic(), flush=True)
    from PySide6.QtCore import QCoreApplication, QTimer
    QTimer.singleShot(0, lambda: QCoreApplication.exit(0))  # the frame may come before the event loop
    begin()
lean_imports.collect_again = shown
sys.argv[0] = "giliran"
runpy.run_path("giliran.py", run_name="__main__")
"""
"""The program itself, as a technician or systemd starts it."""

_SETTINGS: Final = """
data_dir = "data"
[printer]
device = "tcp://127.0.0.1:9"
[screen]
full_screen = false
"""


def measure() -> Sequence[Measurement]:
    """Alternately, so that whatever else the machine does falls on both. The first round of each warms the caches."""
    if is_frozen():
        raise KioskError("The start is measured from a source tree: run `giliran bench startup` there.")
    kiosk: list[float] = []
    bare: list[float] = []
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as bytecode:
        config = Path(folder) / "kiosk.toml"
        config.write_text(_SETTINGS, encoding="utf-8")
        for _ in range(_ROUNDS + 1):
            bare.append(_milliseconds_to_frame(bytecode, _BARE_WINDOW))
            kiosk.append(_milliseconds_to_frame(bytecode, _KIOSK, "kiosk", "--config", str(config)))
    budgets = (Budget("ratio", 3.0), Budget("p95", 1500.0))
    return (Measurement("start to first frame", "ms", kiosk[1:], bare[1:], budgets),)


def _milliseconds_to_frame(bytecode: str, program: str, *arguments: str) -> float:
    """`bytecode`: where compiled modules are kept between rounds, as a bundle keeps them for good."""
    environment = {**os.environ, "PYTHONPATH": str(resource_path("")), "PYTHONPYCACHEPREFIX": bytecode}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        environment["QT_QPA_PLATFORM"] = "offscreen"
    began = monotonic()
    finished = subprocess.run(  # noqa: S603  # our own programs
        [sys.executable, "-c", program, *arguments],
        check=True,
        capture_output=True,
        env=environment,
        cwd=Path(resource_path("")),
        timeout=_TIMEOUT_S,
        text=True,
    )
    return 1000 * (float(finished.stdout.split()[-1]) - began)
