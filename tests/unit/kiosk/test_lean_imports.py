import subprocess
import sys

from kiosk.paths import resource_path

LOADED_BY_THE_KIOSK = "import ui.app, sys; print(*sys.modules)"
LATER = "import kiosk.logs, rich.console; print(rich.console.Console)"
GARBAGE = """
import gc
from kiosk.lean_imports import collect_again, put_off_collecting
usual = gc.get_threshold()
collect_again()
assert gc.get_freeze_count() == 0, "nobody put it off"
put_off_collecting()
before = gc.get_stats()
made = [[] for _ in range(100_000)]
assert gc.get_stats() == before
collect_again()
assert gc.get_threshold() == usual
assert gc.get_freeze_count() > 100_000
more = [[] for _ in range(100_000)]
assert gc.get_stats() != before
print("good")
"""


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


def test_garbage_is_looked_for_again_after_the_start() -> None:
    assert python(GARBAGE).strip() == "good"
