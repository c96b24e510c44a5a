"""`giliran server restore`: a backup is put back while the server is stopped, and a new epoch begins.

All that can fail is done in a folder beside; only then do files change places. What was there is set aside.
"""

import itertools
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click
from pysqlite3 import dbapi2
from sqlalchemy import inspect
from sqlalchemy.exc import DBAPIError

from kiosk.clock import Clock, SystemClock
from kiosk.errors import IdentityError
from kiosk.folder_owner import refuse_kiosks_folder
from kiosk.identity import read_identity
from kiosk.lock import FolderLock
from kiosk.logs import configure_logging
from kiosk.paths import make_folder
from kiosk.private_file import sync_folder
from kiosk.progress import progress_bar
from server.backup import make_one_file
from server.backup_manifest import (
    PRIVATE_FILES,
    BackupError,
    Manifest,
    Progress,
    check_files,
    copy_whole,
    explained,
    read_manifest,
)
from server.carried_revocations import carry_over, revocations_in
from server.database import FILE_NAME, store_error
from server.devices import DeviceRecord
from server.epochs import raise_epoch
from server.node import open_node
from server.postgresql_engine import is_postgresql, postgresql_engine
from server.postgresql_tools import restore_dump
from server.remembered import remember
from server.settings import Role, ServerSettings

_STAGE: Final = "restoring"
_DATABASE_FILES: Final = (FILE_NAME, f"{FILE_NAME}-wal", f"{FILE_NAME}-shm")
_EPOCHS: Final = """
    SELECT max(epoch) FROM (SELECT epoch FROM server_epoch UNION ALL SELECT epoch FROM fences WHERE role = ?)
"""


@dataclass(frozen=True, slots=True)
class Restored:
    """`aside`: where what was there before lies now; None where nothing was.

    `carried`: who was shut out after the backup and stays so; None where there is no telling.
    """

    manifest: Manifest
    epoch: int
    aside: Path | None
    carried: Sequence[DeviceRecord] | None


def run_restore(backup: Path, settings: ServerSettings, role: Role | None) -> int:
    """`role` None: as the backup says. Raises BackupError, StoreError."""
    configure_logging(None)
    with progress_bar("Checking") as progress:
        done = restore(backup, settings, role, SystemClock(), progress)
    manifest = done.manifest
    click.echo(f"The backup of {manifest.taken_at:%Y-%m-%d %H:%M} UTC is back. This is epoch {done.epoch} now.")
    if done.aside is not None:
        click.echo(f"What was there before lies in {done.aside}: delete it when nobody needs it any more.")
    _tell_revocations(done.carried)
    if (role or manifest.role) is Role.SITE:
        click.echo("Start the server. Its kiosks send again what came after the backup, and until they have said which")
        click.echo("numbers they hold, at most a minute, each of them counts in its own series.")
    else:
        click.echo("Start the server. Its sites send again what came after the backup.")
    return 0


def _tell_revocations(carried: Sequence[DeviceRecord] | None) -> None:
    if carried is None:
        click.echo(
            "No database could be read that would say which devices were revoked after the backup: they are let in"
        )
        click.echo("again. Revoke each of them again before you start the server (giliran server revoke).")
        return
    for record in carried:
        click.echo(f"{record.name} ({record.device_id}) at {record.site_id} was revoked after the backup and stays so.")


def restore(
    backup: Path, settings: ServerSettings, role: Role | None, clock: Clock, progress: Progress = lambda *_: None
) -> Restored:
    """Raises:
    BackupError: it is no whole backup, or does not fit; nothing was changed.
    StoreLockedError: the server is running.
    StoreError: the database cannot be used.
    """
    refuse_kiosks_folder(settings.data_dir)
    manifest = read_manifest(backup)
    settings = replace(settings, role=role or manifest.role)
    _check_fit(manifest, settings)
    check_files(backup, manifest, progress)
    make_folder(settings.data_dir)
    lock = FolderLock(settings.data_dir)
    try:
        with explained(settings.data_dir), _stage(settings.data_dir) as stage:
            epoch, carried = _prepare(backup, manifest, replace(settings, role=role or manifest.role), stage, clock)
            aside = _change_places(manifest, settings, stage, clock.now())
    finally:
        lock.release()
    return Restored(manifest, epoch, aside, carried)


def _check_fit(manifest: Manifest, settings: ServerSettings) -> None:
    is_dump = manifest.database == "postgresql"
    if is_dump and (settings.database is None or not is_postgresql(settings.database)):
        raise BackupError("This backup is a dump of PostgreSQL: name an empty database to put it into with --database.")
    if not is_dump and settings.database is not None:
        raise BackupError("This backup holds a SQLite database, which goes into the folder: leave --database out.")


@contextmanager
def _stage(data_dir: Path) -> Iterator[Path]:
    """Beside the files that it will replace, so that they can change places by name."""
    stage = data_dir / _STAGE
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir(mode=0o700)
    try:
        yield stage
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _prepare(
    backup: Path, manifest: Manifest, settings: ServerSettings, stage: Path, clock: Clock
) -> tuple[int, Sequence[DeviceRecord] | None]:
    """The new epoch, which the database is in before anybody can start a server on it, and `Restored.carried`."""
    for name in manifest.files:
        if name in PRIVATE_FILES or manifest.database == "sqlite":
            copy_whole(backup / name, stage / name)
    if manifest.database == "postgresql":
        _check_empty(settings.database or "")
        restore_dump(settings.database or "", backup / manifest.database_file)
    node = open_node(replace(settings, data_dir=stage), clock)
    try:
        above = _present_epoch(settings.data_dir / FILE_NAME, settings.role)
        epoch = raise_epoch(node.database, node.role, node.own_log, clock, above=above)
        revocations = revocations_in(settings.data_dir / FILE_NAME) if manifest.database == "sqlite" else None
        carried = None if revocations is None else carry_over(node, revocations)
    except DBAPIError as error:
        raise store_error(error) from error
    finally:
        node.close()
    if manifest.database == "sqlite":
        make_one_file(stage / FILE_NAME)
    return epoch, carried


def _check_empty(address: str) -> None:
    engine = postgresql_engine(address, 1)
    try:
        tables = inspect(engine).get_table_names()
    except DBAPIError as error:
        raise store_error(error) from error
    finally:
        engine.dispose()
    if tables:
        raise BackupError(
            "The database is not empty, and nothing in it is overwritten: create a new one with `createdb`, name that"
            " with --database, and start the server with it from now on."
        )


def _present_epoch(database: Path, role: Role) -> int:
    """The highest that the database to be replaced knows of; 0 where it cannot be read. Then a device will tell."""
    if not database.exists():
        return 0
    try:
        connection = dbapi2.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)
        try:
            return int(connection.execute(_EPOCHS, (role,)).fetchone()[0] or 0)
        finally:
            connection.close()
    except dbapi2.Error:
        return 0


def _change_places(manifest: Manifest, settings: ServerSettings, stage: Path, now: datetime) -> Path | None:
    data_dir = settings.data_dir
    leaving = [*_DATABASE_FILES] if manifest.database == "sqlite" else []
    leaving += [name for name in PRIVATE_FILES if name in manifest.files or not _is_same_server(manifest, data_dir)]
    present = [name for name in leaving if (data_dir / name).exists()]
    aside = _new_folder(data_dir / f"before-restore-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}") if present else None
    if aside is not None:
        for name in present:
            (data_dir / name).rename(aside / name)
    for path in sorted(stage.iterdir()):
        if path.name in manifest.files:
            path.rename(data_dir / path.name)
    sync_folder(data_dir)
    remember(settings)
    return aside


def _new_folder(wanted: Path) -> Path:
    folder = wanted
    for count in itertools.count(2):
        with suppress(FileExistsError):  # a clock that was set back
            folder.mkdir(mode=0o700)
            break
        folder = wanted.with_name(f"{wanted.name}-{count}")
    return folder


def _is_same_server(manifest: Manifest, data_dir: Path) -> bool:
    """Then it stays with the upstream that it was enrolled at after the backup was taken."""
    try:
        return read_identity(data_dir).device_id == manifest.device
    except IdentityError:
        return False
