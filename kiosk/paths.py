"""Where things lie, in a source tree and in a frozen bundle: the only file that knows about `sys.frozen`."""

import os
import sys
import tempfile
from pathlib import Path

from kiosk.errors import StoreReadOnlyError


def resource_path(relative: str) -> Path:
    """A file that ships with the program, such as `assets/fonts/x.ttf` or `ui/visitor/Main.qml`."""
    return _root() / relative


def make_folder(folder: Path) -> None:
    """With its parents, where it is not there yet. Raises StoreReadOnlyError with the sentence for the technician."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreReadOnlyError(f"The data folder {folder} cannot be made: {error.strerror}.") from error


def private_dir() -> Path:
    """A folder of this user on this machine that nobody else can enter; gone after a restart of the machine.

    Raises PermissionError where somebody else has taken its name.
    """
    if os.name == "nt":  # pragma: no cover  # a user's own folder is private there
        folder = Path(os.environ["LOCALAPPDATA"]) / "giliran"
        folder.mkdir(parents=True, exist_ok=True)
        return folder
    folder = Path(tempfile.gettempdir()) / f"giliran-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    state = folder.lstat()
    if state.st_uid != os.getuid() or state.st_mode & 0o077 or folder.is_symlink():
        raise PermissionError(f"{folder} belongs to somebody else: remove it")
    return folder


def state_dir() -> Path | None:
    """A folder of this user that outlives the data folder; None for a user without a home."""
    if os.name == "nt":  # pragma: no cover
        return Path(os.environ["LOCALAPPDATA"]) / "giliran-state"
    try:
        home = Path.home()
    except RuntimeError:
        return None
    return Path(os.environ.get("XDG_STATE_HOME") or home / ".local/state") / "giliran"


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
