"""`giliran server backup`: a copy of a server, taken while it runs, and checked before it counts."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC
from pathlib import Path
from typing import Final

import click
from pysqlite3 import dbapi2

from kiosk.clock import Clock, SystemClock
from kiosk.domain.verdict import Broken, Verified
from kiosk.identity import read_identity
from kiosk.logs import configure_logging
from kiosk.progress import progress_bar
from kiosk.version import VERSION
from server.backup_manifest import (
    DUMP_FILE,
    PRIVATE_FILES,
    BackupError,
    Manifest,
    copy_whole,
    explained,
    file_of,
    write_manifest,
)
from server.database import FILE_NAME, look_into
from server.postgresql_engine import is_postgresql
from server.postgresql_tools import check_dump, dump_database
from server.settings import ServerSettings
from server.sqlite_engine import sqlite_error
from server.verification import verify_database

_PAGES_AT_ONCE: Final = 256
_MARGIN_BYTES: Final = 1024 * 1024

Progress = Callable[[int, int], None]


def run_backup(settings: ServerSettings, out: Path, *, as_json: bool) -> int:
    """Raises BackupError, StoreError, IdentityError."""
    configure_logging(None)
    with progress_bar("Copying") as copying, progress_bar("Checking") as checking:
        manifest = take_backup(settings, out, SystemClock(), (copying, checking))
    if as_json:
        click.echo(manifest.model_dump_json())
        return 0
    held = "" if manifest.events is None else f", {manifest.events} event{'' if manifest.events == 1 else 's'}"
    size = sum(file.size for file in manifest.files.values())
    click.echo(
        f"Backed up to {out}: epoch {manifest.epoch}{held}, {size / 1024**2:.1f} MB. It was checked and is good."
    )
    click.echo("It holds the server's private key: keep it where only you can read it, and on another machine.")
    return 0


def take_backup(
    settings: ServerSettings,
    out: Path,
    clock: Clock,
    progress: tuple[Progress, Progress] = (lambda *_: None, lambda *_: None),
) -> Manifest:
    """`out`: a folder that is not there yet, or is empty. `progress`: of the copying, and of the checking.

    Without a manifest, which comes last, nothing in it counts. Raises BackupError, StoreError, IdentityError.
    """
    identity = read_identity(settings.data_dir)
    database = look_into(settings)
    try:
        epoch = database.epoch()
    finally:
        database.close()
    taken_at = clock.now().astimezone(UTC)
    with explained(out), _new_folder(out):
        for name in PRIVATE_FILES:
            if (settings.data_dir / name).exists():
                copy_whole(settings.data_dir / name, out / name)
        checked = _copy_database(settings, out, progress)
        names = [path.name for path in sorted(out.iterdir())]
        manifest = Manifest(
            version=VERSION,
            role=settings.role,
            device=identity.device_id,
            epoch=epoch,
            taken_at=taken_at,
            database="postgresql" if DUMP_FILE in names else "sqlite",
            events=checked.events if checked else None,
            hash=checked.hash if checked else None,
            files={name: file_of(out / name) for name in names},
        )
        write_manifest(out, manifest)
    return manifest


@contextmanager
def _new_folder(out: Path) -> Iterator[None]:
    """Where it ends with an error nothing is left of it: half a backup holds a whole private key."""
    if not out.parent.is_dir():
        raise BackupError(
            f"There is no folder {out.parent}: attach the disk, wait until it is mounted, and try again; or make it."
        )
    was_there = out.is_dir()
    out.mkdir(mode=0o700, exist_ok=True)
    if any(out.iterdir()):
        raise BackupError(f"{out} is not empty: name a new folder, such as {out}/2026-11-21.")
    try:
        yield
    except BaseException:
        for path in out.iterdir():
            path.unlink()
        if not was_there:
            out.rmdir()
        raise


def _copy_database(settings: ServerSettings, out: Path, progress: tuple[Progress, Progress]) -> Verified | None:
    """What the check of the copy found; None for a dump."""
    if settings.database is not None and is_postgresql(settings.database):
        dump_database(settings.database, out / DUMP_FILE)
        check_dump(out / DUMP_FILE)
        return None
    source = _file_of(settings)
    copy_database(source, out / FILE_NAME, progress[0])
    copy = look_into(ServerSettings(settings.role, out))
    try:
        result = verify_database(copy, progress[1])
    finally:
        copy.close()
    make_one_file(out / FILE_NAME)
    if isinstance(result, Broken):
        raise BackupError(
            f"The copy in {out} is not whole and does not count: {result}. The server's own database says the same, or"
            f" this disk is bad: run giliran verify --data {settings.data_dir}, and keep the last good backup."
        )
    return result


def _file_of(settings: ServerSettings) -> Path:
    if settings.database is None:
        return settings.data_dir / FILE_NAME
    return Path(settings.database.partition(":///")[2])


def copy_database(source: Path, target: Path, progress: Progress = lambda *_: None) -> None:
    """SQLite's own online copy, in one snapshot: whoever writes meanwhile goes on, and is not in it.

    Raises StoreError, and BackupError where there is no room.
    """
    size = sum(path.stat().st_size for path in (source, source.with_name(f"{source.name}-wal")) if path.exists())
    free = shutil.disk_usage(target.parent).free
    needed = size + _MARGIN_BYTES
    if free < needed:
        raise BackupError(
            f"{target.parent} has {free / 1024**2:.1f} MB free and {needed / 1024**2:.1f} MB are needed:"
            " make room, or name another disk."
        )
    target.touch(mode=0o600)
    try:
        reader = dbapi2.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)
        try:
            # An open snapshot: without it every commit of the server would make the copy begin anew.
            reader.execute("BEGIN")
            reader.execute("SELECT 1 FROM sqlite_schema").fetchone()
            writer = dbapi2.connect(str(target), isolation_level=None)
            try:
                reader.backup(
                    writer,
                    pages=_PAGES_AT_ONCE,
                    progress=lambda _status, left, total: progress(total - left, total),
                    sleep=0.001,
                )
            finally:
                writer.close()
        finally:
            reader.close()
    except dbapi2.Error as error:
        raise sqlite_error(error) from error


def make_one_file(path: Path) -> None:
    """A copy that lies about for years needs no files beside it."""
    connection = dbapi2.connect(str(path), isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = DELETE")
    except dbapi2.Error as error:
        raise sqlite_error(error) from error
    finally:
        connection.close()
