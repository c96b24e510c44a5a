"""Whose a data folder is. A kiosk and a server in one folder would be one device to everybody, by one key."""

from pathlib import Path
from typing import Final

from kiosk.enrolment import ENROLMENT_FILE
from kiosk.errors import KioskError
from kiosk.store.writer import DATABASE_NAME

SERVER_FILE: Final = "server.json"
"""How the server of this folder is run (server.remembered)."""

_OF_A_KIOSK: Final = (DATABASE_NAME, ENROLMENT_FILE)
_OF_A_SERVER: Final = (SERVER_FILE, "server.db")


class FolderOwnerError(KioskError):
    """The folder is somebody else's, or nobody's yet."""


def refuse_kiosks_folder(folder: Path) -> None:
    """Raises FolderOwnerError where a kiosk keeps its data."""
    if _holds(folder, _OF_A_KIOSK) and not _holds(folder, _OF_A_SERVER):
        raise FolderOwnerError(f"{folder} is the data folder of a kiosk: name another one, which is the server's own.")


def refuse_servers_folder(folder: Path) -> None:
    """Raises FolderOwnerError where a server keeps its data."""
    if _holds(folder, _OF_A_SERVER) and not _holds(folder, _OF_A_KIOSK):
        raise FolderOwnerError(f"{folder} is the data folder of a server: name another one, which is the kiosk's own.")


def _holds(folder: Path, names: tuple[str, ...]) -> bool:
    return any((folder / name).exists() for name in names)
