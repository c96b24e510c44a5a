"""Which catalogue and site a kiosk works with: those of its files, or the last good ones if the files are broken."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import structlog

from kiosk.catalogue_file import parse_catalogue
from kiosk.clock import Clock
from kiosk.config import KioskConfig
from kiosk.data_file import read_bytes
from kiosk.domain.catalogue import Catalogue
from kiosk.domain.site import Site
from kiosk.errors import DataFileError
from kiosk.paths import resource_path
from kiosk.site_file import parse_site
from kiosk.store.catalogue_snapshot import DataFiles, activate, in_force
from kiosk.store.writer import Store

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class DataPaths:
    """Where the three data files lie. The service numbers lie beside their catalogue."""

    catalogue: Path
    site: Path

    @classmethod
    def of(cls, config: KioskConfig) -> Self:
        """The files that the technician named, else those that ship with the program."""
        return cls(
            config.catalogue or resource_path("assets/catalogue/mpp-jakarta.json"),
            config.site or resource_path("assets/sites/mpp-jakarta.json"),
        )

    @property
    def numbers(self) -> Path:
        return self.catalogue.with_name("service-numbers.json")


@dataclass(frozen=True, slots=True)
class DataInForce:
    """`refused`: why the files were not taken and the last good ones stay; None if these are the files."""

    catalogue: Catalogue
    site: Site
    refused: DataFileError | None = None


def load_in_force(store: Store, paths: DataPaths, clock: Clock) -> DataInForce:
    """Take the files if they are whole, and keep them; else go on with the last that were.

    Waits for the store, so it is not for the UI thread.

    Raises:
        DataFileError: the files are wrong and this kiosk never had good ones.
        StoreError: the store cannot be read or written.
    """
    try:
        files = DataFiles(read_bytes(paths.catalogue), read_bytes(paths.numbers), read_bytes(paths.site))
        catalogue, site = _parse(files, paths)
    except DataFileError as refused:
        return _last_good(store, paths, refused)
    store.call(lambda db: activate(db, files, clock.now()))
    return DataInForce(catalogue, site)


def _last_good(store: Store, paths: DataPaths, refused: DataFileError) -> DataInForce:
    files = store.call(in_force)
    if files is None:
        raise refused
    try:
        catalogue, site = _parse(files, paths)
    except DataFileError:  # written by another version of the program: what stands in the way is the file of today
        raise refused from None
    _log.error("data_file_refused", file=refused.name, problems=[str(problem) for problem in refused.problems])
    return DataInForce(catalogue, site, refused)


def _parse(files: DataFiles, paths: DataPaths) -> tuple[Catalogue, Site]:
    catalogue = parse_catalogue(paths.catalogue.name, files.catalogue, files.numbers)
    return catalogue, parse_site(paths.site.name, files.site, catalogue)
