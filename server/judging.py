"""Reading the files that are to be handed down with the very readers of the kiosks: what passes here passes there."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Self

from kiosk.catalogue_bundle import bundled, unbundled
from kiosk.catalogue_file import parse_catalogue
from kiosk.catalogue_shape import NumbersModel
from kiosk.data_file import parse_json, parse_model, read_bytes
from kiosk.domain.catalogue import Catalogue
from kiosk.domain.site import Site
from kiosk.domain.snapshot import renumbered
from kiosk.errors import DataFileError, Problem
from kiosk.paths import resource_path
from kiosk.site_file import parse_site
from kiosk.site_shape import SiteModel

SHIPPED_CATALOGUE: Final = "assets/catalogue/mpp-jakarta.json"
_NUMBERS: Final = "service-numbers.json"


@dataclass(frozen=True, slots=True)
class CatalogueFiles:
    """`name` is what an error calls it."""

    name: str
    catalogue: bytes
    numbers: bytes

    @classmethod
    def read(cls, path: Path) -> Self:
        """The registry of service numbers lies beside its catalogue, as at a kiosk. Raises DataFileError."""
        return cls(path.name, read_bytes(path), read_bytes(path.with_name(_NUMBERS)))

    @classmethod
    def of_bundle(cls, name: str, raw: bytes) -> Self:
        return cls(name, *unbundled(name, raw))

    def bundle(self) -> bytes:
        return bundled(self.catalogue, self.numbers)

    def parse(self) -> Catalogue:
        return parse_catalogue(self.name, self.catalogue, self.numbers)

    def registry(self) -> Mapping[str, int]:
        """Service id -> number, of files that were judged."""
        model, _ = parse_model(NumbersModel, parse_json(self.name, self.numbers))
        return {} if model is None else model.root


@dataclass(frozen=True, slots=True)
class SiteFile:
    name: str
    raw: bytes

    @classmethod
    def read(cls, path: Path) -> Self:
        return cls(path.name, read_bytes(path))

    def site_id(self) -> str:
        """Whose it says it is, before anything else of it is judged. Raises DataFileError."""
        value = parse_json(self.name, self.raw)
        site_id = value.get("id") if isinstance(value, dict) else None
        if not isinstance(site_id, str):
            raise DataFileError(self.name, (Problem("id", "is missing"),))
        return site_id

    def parse(self, catalogue: Catalogue) -> Site:
        return parse_site(self.name, self.raw, catalogue)


def shipped_catalogue() -> CatalogueFiles:
    return CatalogueFiles.read(resource_path(SHIPPED_CATALOGUE))


def judge(
    catalogue: CatalogueFiles, sites: tuple[SiteFile, ...], before: CatalogueFiles | None = None
) -> tuple[Site, ...]:
    """The sites, each judged against the catalogue; `before` is the edition that tickets may be out from.

    Raises DataFileError with all the problems of all the files at once.
    """
    refused = list(_faults_of_catalogue(catalogue, before))
    read: list[Site] = []
    try:
        offered: Catalogue | None = catalogue.parse()
    except DataFileError:
        offered = None
    for site in sites:
        try:
            if offered is None:
                _shape_of(site)
            else:
                read.append(site.parse(offered))
        except DataFileError as error:
            refused.append(error)
    if refused:
        raise _together(refused)
    return tuple(read)


def _faults_of_catalogue(catalogue: CatalogueFiles, before: CatalogueFiles | None) -> Iterator[DataFileError]:
    try:
        catalogue.parse()
    except DataFileError as error:
        yield error
        return
    if before is not None:
        changed = tuple(
            Problem("service numbers", each) for each in renumbered(before.registry(), catalogue.registry())
        )
        if changed:
            yield DataFileError(catalogue.name, changed)


def _shape_of(site: SiteFile) -> None:
    """What can be said of it without a catalogue."""
    _, problems = parse_model(SiteModel, parse_json(site.name, site.raw))
    if problems:
        raise DataFileError(site.name, problems)


def _together(refused: list[DataFileError]) -> DataFileError:
    if len(refused) == 1:
        return refused[0]
    problems = [
        replace(problem, path=f"{error.name}, {problem.path}") for error in refused for problem in error.problems
    ]
    return DataFileError(" and ".join(dict.fromkeys(error.name for error in refused)), tuple(problems))
