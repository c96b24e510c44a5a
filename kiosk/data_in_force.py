"""Which catalogue and site a kiosk works with: the files that a technician named; else what the server handed down;
else what ships with the program. Where those are broken, the last good ones.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import NamedTuple, Self

import structlog
from sqlite_utils import Database

from kiosk.catalogue_bundle import unbundled
from kiosk.catalogue_file import parse_catalogue
from kiosk.clock import Clock
from kiosk.config import KioskConfig
from kiosk.data_file import read_bytes
from kiosk.domain.catalogue import Catalogue
from kiosk.domain.site import Site
from kiosk.domain.snapshot import reassigned
from kiosk.errors import DataFileError
from kiosk.paths import resource_path
from kiosk.site_file import parse_site
from kiosk.store.catalogue_snapshot import DataFiles, activate, in_force
from kiosk.store.service_days import day_at
from kiosk.store.snapshots import TakenFile, taken
from kiosk.store.tickets import letters_given
from kiosk.store.writer import Store
from kiosk.sync.wire import SnapshotKind

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class DataPaths:
    """Where the three data files lie. The service numbers lie beside their catalogue. A file that is `named` wins over
    whatever the server hands down.
    """

    catalogue: Path
    site: Path
    is_catalogue_named: bool = True
    is_site_named: bool = True

    @classmethod
    def of(cls, config: KioskConfig) -> Self:
        """The files that the technician named, else those that ship with the program."""
        return cls(
            config.catalogue or resource_path("assets/catalogue/mpp-jakarta.json"),
            config.site or resource_path("assets/sites/mpp-jakarta.json"),
            is_catalogue_named=config.catalogue is not None,
            is_site_named=config.site is not None,
        )

    @property
    def numbers(self) -> Path:
        return self.catalogue.with_name("service-numbers.json")


class CatalogueSource(NamedTuple):
    """`name` is what an error calls it."""

    name: str
    catalogue: bytes
    numbers: bytes


class SiteSource(NamedTuple):
    name: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class DataInForce:
    """`refused`: why the files were not taken and the last good ones stay; None if these are the files. `waiting_for`:
    the queue letters of today's tickets that a newer site file gives another meaning; it comes another day.
    """

    catalogue: Catalogue
    site: Site
    refused: DataFileError | None = None
    waiting_for: frozenset[str] = frozenset()


def load_in_force(store: Store, paths: DataPaths, clock: Clock) -> DataInForce:
    """Take the files if they are whole, and keep them; else go on with the last that were.

    Waits for the store, so it is not for the UI thread.

    Raises:
        DataFileError: the files are wrong and this kiosk never had good ones.
        StoreError: the store cannot be read or written.
    """
    try:
        candidates = _candidates(store, paths)
    except DataFileError as unreadable:
        return _last_good(store, paths, unreadable)
    refused: list[DataFileError] = []
    for sources in candidates:
        try:
            catalogue, site = parse_both(*sources)
        except DataFileError as error:
            refused.append(error)
            continue
        if refused:
            _log_refused(refused[0])
        data = DataInForce(catalogue, site, refused[0] if refused else None)
        return _put_in_force(store, paths, clock, sources, data)
    return _last_good(store, paths, refused[0])


def catalogue_sources(paths: DataPaths, files: Sequence[TakenFile]) -> Iterator[CatalogueSource]:
    """The best first. Raises DataFileError where a file cannot be read at all."""
    if not paths.is_catalogue_named and files:
        for file in files:
            try:
                yield CatalogueSource(file.name, *unbundled(file.name, file.raw))
            except DataFileError as refused:  # kept by another version of the program
                _log_refused(refused)
    else:
        catalogue = _read("catalogue", paths.catalogue)
        yield CatalogueSource(paths.catalogue.name, catalogue, _read("catalogue", paths.numbers))


def site_sources(paths: DataPaths, files: Sequence[TakenFile]) -> Iterator[SiteSource]:
    if not paths.is_site_named and files:
        for file in files:
            yield SiteSource(file.name, file.raw)
    else:
        yield SiteSource(paths.site.name, _read("site", paths.site))


def parse_both(catalogue_source: CatalogueSource, site_source: SiteSource) -> tuple[Catalogue, Site]:
    """Judged together. Raises DataFileError."""
    catalogue = parse_catalogue(*catalogue_source)
    return catalogue, parse_site(site_source.name, site_source.raw, catalogue)


def _read(setting: str, path: Path) -> bytes:
    """Whoever reads the error may not know where the setting led. Raises DataFileError."""
    try:
        return read_bytes(path)
    except DataFileError as error:
        raise DataFileError(f"{setting} = {path.absolute()}", error.problems) from error


def _candidates(store: Store, paths: DataPaths) -> Sequence[tuple[CatalogueSource, SiteSource]]:
    """What the server handed down last goes before what it handed down before, in case this program cannot read it."""
    catalogues, sites = store.call(lambda db: (taken(db, SnapshotKind.CATALOGUE), taken(db, SnapshotKind.SITE)))
    return tuple(product(catalogue_sources(paths, catalogues), site_sources(paths, sites)))


def _put_in_force(
    store: Store,
    paths: DataPaths,
    clock: Clock,
    sources: tuple[CatalogueSource, SiteSource],
    data: DataInForce,
) -> DataInForce:
    files = DataFiles(sources[0].catalogue, sources[0].numbers, sources[1].raw)
    if not paths.is_site_named:
        before = _waits(store, paths, files, data.site)
        if before is not None:
            return before
    store.call(lambda db: activate(db, files, clock.now()))
    return data


def _waits(store: Store, paths: DataPaths, files: DataFiles, site: Site) -> DataInForce | None:
    """What stays in force, where the new site would change what is on today's tickets."""
    present = store.call(in_force)
    if present is None or present == files:
        return None
    try:
        catalogue, before = _parse(present, paths)
    except DataFileError:  # of another version of the program: whoever cannot read it cannot keep it
        return None
    letters = frozenset() if before.is_demonstration else reassigned(before, site)
    letters &= store.call(lambda db: _given_today(db, store, before)) if letters else frozenset()
    if not letters:
        return None
    _log.warning("data_waits", letters=sorted(letters))
    return DataInForce(catalogue, before, waiting_for=letters)


def _given_today(db: Database, store: Store, site: Site) -> frozenset[str]:
    return letters_given(db, day_at(db, site.id, site.timezone, store.clock.read()).day)


def _last_good(store: Store, paths: DataPaths, refused: DataFileError) -> DataInForce:
    files = store.call(in_force)
    if files is None:
        raise refused
    try:
        catalogue, site = _parse(files, paths)
    except DataFileError:  # written by another version of the program: what stands in the way is the file of today
        raise refused from None
    _log_refused(refused)
    return DataInForce(catalogue, site, refused)


def _log_refused(refused: DataFileError) -> None:
    _log.error("data_file_refused", file=refused.name, problems=[str(problem) for problem in refused.problems])


def _parse(files: DataFiles, paths: DataPaths) -> tuple[Catalogue, Site]:
    return parse_both(
        CatalogueSource(paths.catalogue.name, files.catalogue, files.numbers), SiteSource(paths.site.name, files.site)
    )
