"""The data folder of a simulated machine: small files beside its database, on the same disk."""

import errno
from dataclasses import dataclass, field

from kiosk.faults import fault_point
from tests.simulator.disks import Disk, KioskDisk


class DeskDisk(KioskDisk):
    """Its files are put back with it."""

    def __init__(self, image: Disk | None = None) -> None:
        self.folder = Folder(self)
        super().__init__(image)

    def put_back(self, image: Disk) -> None:
        super().put_back(image)
        if isinstance(image, DeskDisk):
            self.folder.files = dict(image.folder.files)


@dataclass
class Folder:
    """As much of a `Path` as is asked for."""

    disk: Disk
    files: dict[str, bytes] = field(default_factory=dict)

    def __truediv__(self, name: str) -> "File":
        return File(self, name)


@dataclass
class File:
    folder: Folder
    name: str

    def read_bytes(self) -> bytes:
        try:
            return self.folder.files[self.name]
        except KeyError:
            raise FileNotFoundError(self.name) from None


def write(file: File, content: bytes) -> None:
    """As `kiosk.private_file.write_private`: the old file or the new one, whenever the power goes. Raises OSError."""
    fault_point("file.before_write")
    if file.folder.disk.is_full:
        raise OSError(errno.ENOSPC, "No space left on device")
    file.folder.files[file.name] = content
    fault_point("file.written")
