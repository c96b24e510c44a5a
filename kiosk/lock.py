"""One program per data folder, for as long as it runs. The system frees the lock, however the process dies."""

import os
import sys
from pathlib import Path
from typing import Final

from kiosk.errors import StoreLockedError

if sys.platform == "win32":  # pragma: no cover  # measured on Linux only
    import msvcrt

    def _take(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _take(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


LOCK_NAME: Final = "kiosk.lock"


class FolderLock:
    """Holds `<directory>/kiosk.lock`. Raises StoreLockedError where another program holds it, else OSError."""

    def __init__(self, directory: Path) -> None:
        self._descriptor = os.open(directory / LOCK_NAME, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _take(self._descriptor)
        except OSError as error:
            os.close(self._descriptor)
            raise StoreLockedError(
                f"Another Giliran is already running on {directory}: close it, or give this one a folder of its own."
            ) from error

    def release(self) -> None:
        os.close(self._descriptor)
