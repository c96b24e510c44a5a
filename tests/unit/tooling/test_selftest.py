"""`giliran selftest`: silent about nothing, and a broken installation does not pass."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SHIPPED = ("giliran.py", "assets", "kiosk", "printing", "server", "ui")


def selftest(root: Path) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "giliran.py", "selftest", "--json"]
    return subprocess.run(words, cwd=root, check=False, capture_output=True, text=True, timeout=60)


@pytest.fixture
def installation(tmp_path: Path) -> Path:
    """A copy that a test may damage."""
    for name in SHIPPED:
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy2
        copy(source, tmp_path / name)
    return tmp_path


def test_whole_installation_passes_every_check_without_a_word() -> None:
    done = selftest(ROOT)
    assert done.stderr == ""
    report = json.loads(done.stdout)
    assert [(check["check"], check["ok"]) for check in report["checks"]] == [
        ("screens", True),
        ("ticket", True),
        ("voice", True),
        ("camera", True),
        ("server", True),
    ]
    assert (report["ok"], done.returncode) == (True, 0)


@pytest.mark.parametrize(
    ("lost", "failing"),
    [
        ("ui/components/Theme.qml", "screens"),
        ("printing/profiles.toml", "ticket"),
        ("assets/sounds/bell.wav", "voice"),
        ("server/migrations", "server"),
    ],
)
def test_lost_file_is_found(installation: Path, lost: str, failing: str) -> None:
    path = installation / lost
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
    done = selftest(installation)
    assert done.returncode == 1
    assert failing in [check["check"] for check in json.loads(done.stdout)["checks"] if not check["ok"]]
