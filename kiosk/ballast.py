"""A file of real blocks that holds nothing. Given back when the disk is full, it is the room in which work goes on."""

import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Final

FILE_NAME: Final = "ballast"
BALLAST_BYTES: Final = 64 * 1024 * 1024
_SHARE: Final = 16
"""On a small disk the ballast takes no more than one part of so many."""
_PIECE: Final = bytes(1024 * 1024)


class Ballast:
    """`size`: bytes; None for what suits the disk. Every method may raise OSError."""

    def __init__(self, folder: Path, size: int | None = None) -> None:
        self._path = folder / FILE_NAME
        self.size = min(BALLAST_BYTES, shutil.disk_usage(folder).total // _SHARE) if size is None else size

    @property
    def is_held(self) -> bool:
        """Whole: of one that a crash cut short the blocks are not there."""
        try:
            return self._path.stat().st_size >= self.size
        except FileNotFoundError:
            return False

    def take(self) -> None:
        """All of it or none."""
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            _fill(descriptor, self.size)
        except OSError:
            with suppress(OSError):
                self._path.unlink()
            raise
        finally:
            os.close(descriptor)

    def give_back(self) -> bool:
        """Whether there was anything to give."""
        try:
            self._path.unlink()
        except FileNotFoundError:
            return False
        return True


def _fill(descriptor: int, size: int) -> None:
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(descriptor, 0, size)
        return
    for start in range(0, size, len(_PIECE)):  # pragma: no cover  # Windows
        os.write(descriptor, _PIECE[: size - start])
