import subprocess
import sys

from kiosk.paths import resource_path

LOADED_BY_THE_KIOSK = "import ui.app, sys; print(*sys.modules)"
LATER = "import kiosk.logs, rich.console; print(rich.console.Console)"


def python(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True, cwd=resource_path("")
    )
    return done.stdout


def test_a_kiosk_starts_without_what_its_first_frame_does_not_need() -> None:
    loaded = set(python(LOADED_BY_THE_KIOSK).split())
    assert "structlog" in loaded
    late = {"rich", "numpy", "PIL", "qrcode", "escpos", "httpx2", "fastapi", "rapidfuzz", "PySide6.QtTest"}
    assert loaded & late == set()


def test_rich_is_there_for_who_asks_later() -> None:
    assert "Console" in python(LATER)
