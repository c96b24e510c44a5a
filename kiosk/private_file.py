"""Files that only this user may read: keys, and who the device is. Whole or not at all, and on the disk."""

import os
from pathlib import Path


def write_private(path: Path, content: bytes) -> None:
    """Raises OSError. A power cut leaves the old file or the new one."""
    draft = path.with_suffix(".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """What was renamed in it stays so after a power cut. Raises OSError."""
    if os.name == "nt":  # pragma: no cover  # Windows has no such call and needs none
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
