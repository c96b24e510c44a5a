"""Where things lie, in a source tree and in a frozen bundle: the only file that knows about `sys.frozen`."""

import sys
from pathlib import Path


def resource_path(relative: str) -> Path:
    """A file that ships with the program, such as `assets/fonts/x.ttf` or `ui/visitor/Main.qml`."""
    return _root() / relative


def is_frozen() -> bool:
    return bool(getattr(sys, "frozen", False))


def own_command() -> list[str]:
    """The words that start this same program again, as a child process."""
    if is_frozen():
        return [sys.executable]
    return [sys.executable, str(_root() / "giliran.py")]


def _root() -> Path:
    if is_frozen():
        return Path(str(sys._MEIPASS))  # type: ignore[attr-defined]  # noqa: SLF001  # PyInstaller's own name for it
    return Path(__file__).resolve().parent.parent
