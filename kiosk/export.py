"""`giliran export`: a kiosk's log on a stick, where no line leads to its server, or the kiosk will not start again."""

import base64
import errno
import gzip
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any, Final

import click
from sqlite_utils import Database

from kiosk.clock import Clock, SystemClock
from kiosk.config import load_config
from kiosk.domain.events import StoredEvent
from kiosk.enrolment import ENROLMENT_FILE, load_enrolment
from kiosk.errors import KioskError, StoreError, StoreReadOnlyError
from kiosk.export_file import SIGNED_PREFIX, Chain, ExportHeader, Progress
from kiosk.identity import Identity, read_identity
from kiosk.logs import configure_logging
from kiosk.private_file import sync_folder
from kiosk.progress import progress_bar
from kiosk.store.database import explained, open_read_only
from kiosk.store.log import acknowledged, heads, read_after
from kiosk.store.writer import DATABASE_NAME
from kiosk.version import VERSION

_MARGIN_BYTES: Final = 64 * 1024
_SHRINKS_TO: Final = 3
"""Events take less than a third of their size; what takes more is noticed while it is written."""


_NOT_ALLOWED: Final = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


class ExportError(KioskError):
    """There is nothing to export, or no place to put it."""


@dataclass(frozen=True, slots=True)
class Exported:
    """`path` None: central holds everything already."""

    path: Path | None
    header: ExportHeader | None = None


@dataclass(frozen=True, slots=True)
class _Chosen:
    """`size`: raw bytes of all the events, with their line feeds."""

    chains: tuple[Chain, ...]
    events: int
    size: int
    sha256: str


def run_export(config: Path | None, data: Path | None, out: Path, *, everything: bool, as_json: bool) -> int:
    """The exit code. Raises ExportError, IdentityError, StoreError, DataFileError."""
    configure_logging(None)
    folder = data or (load_config(config).data_dir if config is not None else Path())
    with progress_bar("Exporting") as progress:
        done = export(folder, out, SystemClock(), everything=everything, progress=progress)
    if as_json:
        click.echo(json.dumps(_facts(done)))
    elif done.path is None or done.header is None:
        click.echo("Central holds all of this kiosk's log: nothing needs to be carried. --all takes it all the same.")
    else:
        size = done.path.stat().st_size / 1024
        click.echo(f"Wrote {done.path}: {done.header.events} events of {done.header.device}, {size:.0f} KB.")
        click.echo(f"At the server: giliran server import {done.path.name} --data DIR. Unmount the stick first.")
    return 0


def export(
    data_dir: Path, out: Path, clock: Clock, *, everything: bool = False, progress: Progress = lambda *_: None
) -> Exported:
    """Reads only, also beside a running kiosk. `everything`: also what central holds already.

    Raises ExportError, IdentityError, StoreError.
    """
    if not out.is_dir():
        raise ExportError(f"There is no folder {out}: put the stick in, wait until it is mounted, and try again.")
    if not (data_dir / DATABASE_NAME).exists():
        raise ExportError(f"There is no {DATABASE_NAME} in {data_dir}: name the data folder of a kiosk.")
    identity = read_identity(data_dir)
    with _opened(data_dir / DATABASE_NAME) as db:
        _check_owner(db, identity)
        after = {} if everything else acknowledged(db, "central")
        chosen = _choose(db, after)
        if not chosen.events:
            return Exported(None)
        header = ExportHeader(
            site=_site(data_dir, db),
            device=identity.device_id,
            key=base64.b64encode(identity.public_key).decode(),
            version=VERSION,
            made_at=clock.now().astimezone(UTC),
            chains=chosen.chains,
            events=chosen.events,
            sha256=chosen.sha256,
        )
        path = out / f"giliran-{identity.device_id}-{header.made_at:%Y%m%dT%H%M%SZ}.log.gz"
        _check_room(out, chosen.size)
        _write(path, header, identity, _counted(_events(db, after), header.events, progress))
    return Exported(path, header)


def _events(db: Database, after: Mapping[str, int]) -> Iterator[StoredEvent]:
    for head in heads(db):
        reached = after.get(head.incarnation, 0)
        while batch := read_after(db, head.incarnation, reached):
            yield from batch
            reached = batch[-1].sequence


def _choose(db: Database, after: Mapping[str, int]) -> _Chosen:
    """The header comes first in the file, so all is read twice, in one snapshot."""
    chains: dict[str, Chain] = {}
    whole, count, size = hashlib.sha256(), 0, 0
    for event in _events(db, after):
        known = chains.get(event.incarnation)
        first = event.sequence if known is None else known.first
        chains[event.incarnation] = Chain.model_construct(
            incarnation=event.incarnation, first=first, last=event.sequence, hash=event.hash
        )
        whole.update(event.raw + b"\n")
        count += 1
        size += len(event.raw) + 1
    return _Chosen(tuple(chains.values()), count, size, whole.hexdigest())


def _counted(events: Iterator[StoredEvent], total: int, progress: Progress) -> Iterator[bytes]:
    for count, event in enumerate(events, start=1):
        yield event.raw + b"\n"
        progress(count, total)


def _check_owner(db: Database, identity: Identity) -> None:
    row = db.conn.execute("SELECT origin FROM node_state").fetchone()
    if row is None or row[0] != identity.device_id:
        raise ExportError("The key in this folder is not that of the kiosk that wrote the database: restore its own.")


def _site(data_dir: Path, db: Database) -> str:
    enrolment = load_enrolment(data_dir / ENROLMENT_FILE)
    if enrolment is not None:
        return enrolment.site
    row = db.conn.execute("SELECT site_id FROM service_days ORDER BY position DESC LIMIT 1").fetchone()
    if row is None:
        raise ExportError("This kiosk was never enrolled and never opened a day: there is nothing to carry.")
    return str(row[0])


def _check_room(out: Path, size: int) -> None:
    free = shutil.disk_usage(out).free
    needed = size // _SHRINKS_TO + _MARGIN_BYTES
    if free < needed:
        raise ExportError(f"{out} has {free // 1024} KB free and {needed // 1024} KB are needed: take another stick.")


def _write(path: Path, header: ExportHeader, identity: Identity, lines: Iterator[bytes]) -> None:
    """Whole or not at all, and on the stick when it returns."""
    signed = header.model_dump_json().encode()
    draft = path.with_suffix(".part")
    try:
        with draft.open("wb") as file:
            with gzip.GzipFile("", "wb", 6, file, mtime=0) as packed:
                packed.write(signed + b"\n")
                packed.write(base64.b64encode(identity.sign(SIGNED_PREFIX + signed)) + b"\n")
                for line in lines:
                    packed.write(line)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        _forget(draft)
        if error.errno in _NOT_ALLOWED:
            raise ExportError(
                f"{path.parent} cannot be written: {error.strerror}. Take a folder that this user may write to, or a"
                " stick that is not write-protected."
            ) from error
        raise ExportError(
            f"{path.parent} could not be written to the end: {error.strerror}. Take another stick, or make room on it."
        ) from error


def _forget(draft: Path) -> None:
    try:
        draft.unlink(missing_ok=True)
    except OSError:  # the stick was pulled out
        return


@contextmanager
def _opened(path: Path) -> Iterator[Database]:
    """One snapshot. A disk that can only be read has no place for SQLite's own files: then a copy is opened."""
    with tempfile.TemporaryDirectory(prefix="giliran-export-") as folder:
        try:
            db = _snapshot(path)
        except StoreReadOnlyError:
            db = _snapshot(_copied(path, Path(folder)))
        try:
            with explained(path):
                yield db
        finally:
            db.close()


def _snapshot(path: Path) -> Database:
    db = open_read_only(path)
    try:
        with explained(path):
            db.conn.execute("BEGIN")
            tables = {name for (name,) in db.conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except StoreError:
        db.close()
        raise
    if not {"node_state", "events", "acknowledgements", "service_days"} <= tables:
        db.close()
        raise StoreError(f"{path} is not a kiosk's database.")
    return db


def _copied(path: Path, folder: Path) -> Path:
    try:
        for name in (path.name, f"{path.name}-wal"):
            if path.with_name(name).exists():
                shutil.copyfile(path.with_name(name), folder / name)
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {error.strerror}.") from error
    return folder / path.name


def _facts(done: Exported) -> dict[str, Any]:
    if done.path is None or done.header is None:
        return {"file": None, "events": 0}
    header = done.header.model_dump(mode="json", exclude={"key"})
    return {"file": str(done.path), **header}
