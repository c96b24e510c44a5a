"""Where there is no screen a sentence says so; Qt alone would abort with a core dump."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ui.qt_application import NoDisplayError, refuse_without_display

SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET", "QT_QPA_PLATFORM", "XDG_SESSION_TYPE")


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """As over ssh: no variable names a screen."""
    monkeypatch.setattr(sys, "platform", "linux")
    for name in SCREENS:
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_no_screen_is_said(bare: pytest.MonkeyPatch) -> None:
    with pytest.raises(NoDisplayError, match="There is no display here"):
        refuse_without_display()


@pytest.mark.parametrize(("name", "value"), [*((name, "x") for name in SCREENS[:4]), ("XDG_SESSION_TYPE", "wayland")])
def test_whatever_names_a_screen_is_tried(bare: pytest.MonkeyPatch, name: str, value: str) -> None:
    bare.setenv(name, value)
    refuse_without_display()


def test_other_systems_need_no_name(bare: pytest.MonkeyPatch) -> None:
    bare.setattr(sys, "platform", "win32")
    refuse_without_display()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there is always a screen")
def test_a_board_without_a_screen_ends_with_a_sentence(tmp_path: Path) -> None:
    config = tmp_path / "board.toml"
    config.write_text('kind = "board"\n')
    done = subprocess.run(
        [sys.executable, "giliran.py", "board", "--config", str(config)],
        env={name: value for name, value in os.environ.items() if name not in SCREENS},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("There is no display here: ")
    assert "Traceback" not in done.stderr
