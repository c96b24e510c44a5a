"""`giliran server import`: the log of a kiosk, carried here on a stick, taken in as if it had come over the wire."""

import base64
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Final

import click
import structlog
from sqlalchemy.exc import DBAPIError

from kiosk.domain.events import Event, decode
from kiosk.errors import StoreError
from kiosk.export_file import ExportFileError, ExportHeader, Progress, check_body, read_events, read_header
from kiosk.logs import configure_logging
from kiosk.progress import progress_bar
from kiosk.sync.wire import MAX_BATCH_BYTES, MAX_BATCH_EVENTS, ProblemCode
from server.database import milliseconds, store_error
from server.devices import KnownDevice, find_device, lock_device
from server.ingest import Receipt, ingest
from server.node import Node, open_node
from server.problems import RefusedError
from server.settings import ServerSettings
from server.site_time import local_time, timezones

log = structlog.get_logger(__name__)

_WHAT_TO_DO: Final = {
    ProblemCode.GAP: "the server lacks what came before: export the kiosk again with --all",
    ProblemCode.FORK: "the server holds another history of this kiosk: its disk was cloned or restored, look at both",
}


@dataclass(slots=True)
class Imported:
    """`new`, `known`, `parked`: events. `refused`: incarnation -> why the rest of it was not taken."""

    new: int = 0
    known: int = 0
    parked: int = 0
    forks: int = 0
    refused: dict[str, str] = field(default_factory=dict)

    @property
    def is_good(self) -> bool:
        return not self.refused and not self.forks

    def add(self, receipt: Receipt) -> None:
        self.new += receipt.accepted
        self.known += receipt.duplicates
        self.parked += receipt.parked
        self.forks += receipt.fork is not None


def run_import(settings: ServerSettings, file: Path, *, even_revoked: bool, as_json: bool) -> int:
    """The exit code. Raises ExportFileError, StoreError."""
    configure_logging(settings.data_dir)
    node = open_node(settings)
    try:
        with progress_bar("Checking") as checking, progress_bar("Taking in") as taking:
            header, done = import_file(node, file, even_revoked=even_revoked, progress=(checking, taking))
        with node.database.reading() as connection:
            timezone = timezones(connection).get(header.site)
    except DBAPIError as error:
        raise store_error(error) from error
    except RefusedError as error:
        raise StoreError(f"{error.detail} Take the file there.") from error
    finally:
        node.close()
    if as_json:
        facts = {"site": header.site, "device": header.device, "made_at": header.made_at.isoformat()}
        click.echo(json.dumps({"ok": done.is_good, **facts, **asdict(done)}))
    else:
        _tell(header, done, local_time(header.made_at, timezone))
    return 0 if done.is_good else 1


def import_file(
    node: Node,
    file: Path,
    *,
    even_revoked: bool = False,
    progress: tuple[Progress, Progress] = (lambda *_: None, lambda *_: None),
) -> tuple[ExportHeader, Imported]:
    """Batch by batch, each durable on its own; what is held already changes nothing.

    `progress`: of the check of the file, and of taking it in.

    Raises:
        ExportFileError: the file is damaged, or not of a device that may write here.
        RefusedError: another server has taken over this one's part.
        DBAPIError: the database refused.
    """
    header = read_header(file)
    node.fences.check(header.site)
    with node.database.reading() as connection:
        _check_device(find_device(connection, header.site, header.device), header, even_revoked=even_revoked)
    check_body(file, progress[0])
    done, count = Imported(), 0
    for incarnation, batch in _batches(file):
        count += len(batch)
        if incarnation not in done.refused:
            receipt = _take(node, header, batch, even_revoked=even_revoked)
            done.add(receipt)
            if receipt.refusal is not None:
                done.refused[incarnation] = _WHAT_TO_DO.get(receipt.refusal.code, receipt.refusal.detail)
                log.warning("batch_refused", device=header.device, code=receipt.refusal.code, incarnation=incarnation)
            if receipt.fork is not None:
                log.error("fork_seen", device=header.device, kind=receipt.fork, incarnation=incarnation)
        progress[1](count, header.events)
    if done.parked:
        log.warning("events_parked", device=header.device, count=done.parked)
    log.info("log_imported", device=header.device, new=done.new, known=done.known)
    return header, done


def _take(node: Node, header: ExportHeader, batch: list[bytes], *, even_revoked: bool) -> Receipt:
    with node.database.writing() as connection:
        device = lock_device(connection, header.site, header.device)
        _check_device(device, header, even_revoked=even_revoked)
        return ingest(connection, header.site, header.device, batch, milliseconds(node.trusted_clock.read().at))


def _check_device(device: KnownDevice | None, header: ExportHeader, *, even_revoked: bool) -> None:
    who = f"{header.device} of {header.site}"
    if device is None:
        raise ExportFileError(f"Device {who} was never let in here: take the file to its own server, or to central.")
    if base64.b64decode(header.key) != device.public_key:
        raise ExportFileError(f"Device {who} has another key than the one that signed this file: it is not its log.")
    if device.is_revoked and not even_revoked:
        raise ExportFileError(f"Device {who} was shut out: add --revoked if what it kept is to be believed.")


def _batches(file: Path) -> Iterator[tuple[str, list[bytes]]]:
    """As large as on the wire, each of one incarnation."""
    for incarnation, events in groupby(read_events(file), _incarnation):
        batch: list[bytes] = []
        size = 0
        for raw in events:
            if batch and (len(batch) == MAX_BATCH_EVENTS or size + len(raw) > MAX_BATCH_BYTES):
                yield incarnation, batch
                batch, size = [], 0
            batch.append(raw)
            size += len(raw)
        yield incarnation, batch


def _incarnation(raw: bytes) -> str:
    event = decode(raw)
    return event.incarnation if isinstance(event, Event) else ""


def _counted(events: int) -> str:
    return "1 event is" if events == 1 else f"{events} events are"


def _tell(header: ExportHeader, done: Imported, made_at: str) -> None:
    click.echo(f"The log of {header.device} at {header.site}, as it was on {made_at}:")
    click.echo(f"{_counted(done.new)} new here, {done.known} {'was' if done.known == 1 else 'were'} here already.")
    if done.parked:
        click.echo(f"{done.parked} of them are kept, but this version cannot show them.")
    if done.forks:
        click.echo("A second history of this kiosk showed itself: its disk was cloned or restored. Look at it.")
    for incarnation, why in done.refused.items():
        click.echo(f"Not all of start {incarnation} was taken: {why}.", err=True)
