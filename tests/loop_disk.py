"""A disk whose power a test can cut: ext4 on a loop file, shut down so that whatever was not flushed is gone."""

import fcntl
import os
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

_SHUTDOWN: Final = 0x8004587D
"""FS_IOC_SHUTDOWN, an ioctl of ext4 and xfs."""
_WITHOUT_FLUSHING: Final = 2
"""EXT4_GOING_FLAGS_NOLOGFLUSH: not even the journal reaches the disk, as when the power fails."""
_SIZE: Final = 192 * 1024**2


class LoopDisk:
    """Mounted on `folder`. After `cut` everything on it fails until `mount`, which finds what a power cut leaves."""

    def __init__(self, image: Path, folder: Path) -> None:
        self._image = image
        self.folder = folder

    def cut(self) -> None:
        """Whatever has its files open is to be killed, and then `unmount` called."""
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.ioctl(descriptor, _SHUTDOWN, struct.pack("I", _WITHOUT_FLUSHING))
        finally:
            os.close(descriptor)

    def mount(self) -> None:
        _run("mount", "-o", "loop", str(self._image), str(self.folder))

    def unmount(self) -> None:
        _run("umount", str(self.folder))


@contextmanager
def loop_disk(folder: Path) -> Iterator[LoopDisk]:
    """Skips the test, and says why, where the machine has no such disk to give."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a disk to cut its power")
    folder.mkdir()
    image = folder.with_suffix(".img")
    with image.open("wb") as file:
        file.truncate(_SIZE)
    disk = LoopDisk(image, folder)
    try:
        _run("mkfs.ext4", "-q", "-F", str(image))
        disk.mount()
    except (OSError, subprocess.CalledProcessError) as error:
        said = getattr(error, "stderr", None) or str(error)
        pytest.skip(f"this machine mounts no ext4 from a file, so no power can be cut: {said.strip()}")
    try:
        yield disk
    finally:
        disk.unmount()
        image.unlink()


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True)
