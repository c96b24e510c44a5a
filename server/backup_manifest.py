"""What a backup of a server says about itself: `manifest.json` beside its files, written last."""

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kiosk.enrolment import UPSTREAM_AUTHORITY_FILE, UPSTREAM_FILE
from kiosk.errors import KioskError
from kiosk.identity import FILE_NAME as IDENTITY_FILE
from kiosk.private_file import write_private
from kiosk.sync.wire import Epoch, Hex16
from server.settings import Role
from server.sqlite_engine import FILE_NAME as DATABASE_FILE

MANIFEST_FILE: Final = "manifest.json"
DUMP_FILE: Final = "server.dump"
"""Of PostgreSQL: what `pg_dump --format=custom` wrote."""

PRIVATE_FILES: Final = (IDENTITY_FILE, UPSTREAM_FILE, UPSTREAM_AUTHORITY_FILE)
_DATABASES: Final = {"sqlite": DATABASE_FILE, "postgresql": DUMP_FILE}
_AT_ONCE: Final = 1024 * 1024

Progress = Callable[[int, int], None]


class BackupError(KioskError):
    """A backup cannot be made, or what is there is none that could be put back."""


class File(BaseModel):
    model_config = ConfigDict(frozen=True)

    size: Annotated[int, Field(ge=0)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Manifest(BaseModel):
    """`files`: name -> what was written. `device`: the server's id. `hash`: as `giliran verify` prints it; None for a
    dump, which is not looked into.
    """

    model_config = ConfigDict(frozen=True)

    format: Literal["giliran-server-backup-1"] = "giliran-server-backup-1"
    version: str
    role: Role
    device: Hex16
    epoch: Epoch
    taken_at: datetime
    database: Literal["sqlite", "postgresql"]
    events: int | None = None
    hash: str | None = None
    files: Mapping[str, File]

    @property
    def database_file(self) -> str:
        return _DATABASES[self.database]


def write_manifest(folder: Path, manifest: Manifest) -> None:
    write_private(folder / MANIFEST_FILE, f"{manifest.model_dump_json(indent=2)}\n".encode())


def read_manifest(folder: Path) -> Manifest:
    """Raises BackupError where there is none, or none that this version understands."""
    path = folder / MANIFEST_FILE
    try:
        manifest = Manifest.model_validate_json(path.read_bytes())
    except OSError as error:
        raise BackupError(
            f"{folder} holds no finished backup: {MANIFEST_FILE} cannot be read ({error.strerror})."
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        raise BackupError(f"{path} is not what this version writes ({place}: {first['msg']}).") from error
    if not {IDENTITY_FILE, manifest.database_file} <= manifest.files.keys() <= {*PRIVATE_FILES, manifest.database_file}:
        raise BackupError(f"{path} does not name the files of a {manifest.database} backup.")
    return manifest


def check_files(folder: Path, manifest: Manifest, progress: Progress = lambda *_: None) -> None:
    """Raises BackupError for the first file that is not the one that was written."""
    total, done = sum(file.size for file in manifest.files.values()), 0
    for name, file in manifest.files.items():
        before = done
        found = file_of(folder / name, lambda read, before=before: progress(before + read, total))  # type: ignore[misc]
        if found != file:
            raise BackupError(
                f"{folder / name} is not what was backed up: it is damaged, or was changed. Take another backup."
            )
        done += file.size


def file_of(path: Path, progress: Callable[[int], None] = lambda _: None) -> File:
    """Raises BackupError where it cannot be read."""
    digest, size = hashlib.sha256(), 0
    with explained(path), path.open("rb") as reader:
        while piece := reader.read(_AT_ONCE):
            digest.update(piece)
            size += len(piece)
            progress(size)
    return File(size=size, sha256=digest.hexdigest())


def copy_whole(source: Path, target: Path) -> None:
    """For this user only, and on the disk when it returns. Raises OSError."""
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with source.open("rb") as reader, os.fdopen(descriptor, "wb") as writer:
        while piece := reader.read(_AT_ONCE):
            writer.write(piece)
        writer.flush()
        os.fsync(writer.fileno())


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turns what a disk did into a BackupError."""
    try:
        yield
    except OSError as error:
        raise BackupError(f"{error.filename or path} cannot be read or written: {error.strerror}.") from error
