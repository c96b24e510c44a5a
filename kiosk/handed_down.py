"""What the server hands down is judged here before it is kept: seal, kind, site, version, and then as any data file.

One authority is pinned when the kiosk is enrolled; the trust list that it signs may name others. A kiosk that was not
enrolled by a code trusts nobody, and takes nothing (docs/sync-protocol.md, "Snapshots").
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import structlog

from kiosk.catalogue_bundle import unbundled
from kiosk.data_in_force import (
    CatalogueSource,
    DataPaths,
    SiteSource,
    catalogue_sources,
    parse_both,
    site_sources,
)
from kiosk.domain.snapshot import EVERYWHERE, renumbered
from kiosk.errors import DataFileError, Problem
from kiosk.store.catalogue_snapshot import in_force
from kiosk.store.snapshots import TakenFile, highest_version, keep, taken, version_in_force
from kiosk.store.writer import Store
from kiosk.sync.sealing import SealError, unseal
from kiosk.sync.wire import Snapshot, SnapshotKind
from kiosk.trust_file import parse_trust_list

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """`taken`: the kinds that are kept now. `refused`: kind -> the version that is not wanted, and why."""

    taken: frozenset[SnapshotKind]
    refused: Mapping[SnapshotKind, tuple[int, str]]


class HandedDown:
    """Waits for the store, so it belongs on a worker thread. `pinned`: device id -> raw key, from the enrolment."""

    def __init__(self, store: Store, paths: DataPaths, site_id: str, pinned: Mapping[str, bytes]) -> None:
        self._store = store
        self._paths = paths
        self._site_id = site_id
        self._pinned = pinned

    def wanted(self, offered: Mapping[str, int]) -> Mapping[SnapshotKind, int]:
        """Of the versions that the server has, those that are not in force here. A file that a technician named is
        not asked for.
        """
        kinds = [kind for kind in SnapshotKind if kind in offered and not self._is_named(kind)]
        held = self._store.call(lambda db: {kind: version_in_force(db, kind) for kind in kinds})
        return {kind: offered[kind] for kind in kinds if offered[kind] != held[kind]}

    def take(self, snapshots: Sequence[Snapshot]) -> Outcome:
        """Catalogue and site are judged together, because a new one of each may only fit the other.

        Raises StoreError; what is wrong with a snapshot is in the outcome.
        """
        files: dict[SnapshotKind, TakenFile] = {}
        refused: dict[SnapshotKind, tuple[int, str]] = {}
        taken_now: set[SnapshotKind] = set()
        # The trust list is kept first: it may name who signed the others.
        for snapshot in sorted(snapshots, key=lambda each: each.kind is not SnapshotKind.TRUST):
            try:
                file = self._opened(snapshot)
            except (SealError, DataFileError) as error:
                refused[snapshot.kind] = (snapshot.version, str(error))
                continue
            if snapshot.kind is SnapshotKind.TRUST:
                taken_now |= self._keep((file,))
            else:
                files[snapshot.kind] = file
        accepted, misfit = self._fitting(files)
        if misfit is not None:
            refused |= {kind: (file.version, str(misfit)) for kind, file in files.items() if file not in accepted}
        return Outcome(frozenset(taken_now | self._keep(accepted)), refused)

    def authorities(self) -> Mapping[str, bytes]:
        """Those pinned, and those that they name in the trust list."""
        lists = self._store.call(lambda db: taken(db, SnapshotKind.TRUST))
        if not lists or lists[0].signer not in self._pinned:
            return self._pinned
        return {**parse_trust_list(lists[0].name, lists[0].raw).authorities, **self._pinned}

    def _keep(self, files: tuple[TakenFile, ...]) -> set[SnapshotKind]:
        if files:
            now = self._store.clock.read().at
            self._store.call(lambda db: keep(db, files, now))
        for file in files:
            log.info("snapshot_taken", kind=file.kind, version=file.version, site=file.site_id)
        return {file.kind for file in files}

    def _is_named(self, kind: SnapshotKind) -> bool:
        paths = self._paths
        return {SnapshotKind.CATALOGUE: paths.is_catalogue_named, SnapshotKind.SITE: paths.is_site_named}.get(
            kind, False
        )

    def _opened(self, snapshot: Snapshot) -> TakenFile:
        """The file, if it comes from whom it should, for this site, and is newer than what was taken before."""
        kind = snapshot.kind
        raw = unseal(snapshot, self._pinned if kind is SnapshotKind.TRUST else self.authorities())
        if snapshot.site != self._site_id and not (kind is SnapshotKind.CATALOGUE and snapshot.site == EVERYWHERE):
            raise SealError(f"The {kind} {snapshot.version} is for {snapshot.site}, and this is {self._site_id}.")
        newest = self._store.call(lambda db: highest_version(db, kind, snapshot.site))
        if snapshot.version <= newest:
            raise SealError(f"The {kind} {snapshot.version} does not come after {newest}, which was taken before.")
        file = TakenFile(
            kind, snapshot.site, snapshot.version, snapshot.sha256, snapshot.signer, snapshot.signature, raw
        )
        if kind is SnapshotKind.TRUST and parse_trust_list(file.name, raw).site_id != self._site_id:
            raise DataFileError(file.name, (Problem("site", f"is not {self._site_id}"),))
        return file

    def _fitting(self, files: Mapping[SnapshotKind, TakenFile]) -> tuple[tuple[TakenFile, ...], DataFileError | None]:
        """As many of catalogue and site as can be in force together, and why not all."""
        first: DataFileError | None = None
        for attempt in _attempts(files):
            try:
                self._judge(attempt)
            except DataFileError as error:
                first = first or error
            else:
                return tuple(attempt.values()), first
        return (), first

    def _judge(self, files: Mapping[SnapshotKind, TakenFile]) -> None:
        kept = self._store.call(lambda db: (taken(db, SnapshotKind.CATALOGUE), taken(db, SnapshotKind.SITE)))
        new_catalogue, new_site = files.get(SnapshotKind.CATALOGUE), files.get(SnapshotKind.SITE)
        if new_catalogue is None:
            catalogue = next(catalogue_sources(self._paths, kept[0]))
        else:
            catalogue = CatalogueSource(new_catalogue.name, *unbundled(new_catalogue.name, new_catalogue.raw))
        site_source = (
            next(site_sources(self._paths, kept[1])) if new_site is None else SiteSource(new_site.name, new_site.raw)
        )
        _, site = parse_both(catalogue, site_source)
        if new_site is not None and site.id != self._site_id:
            raise DataFileError(
                new_site.name, (Problem("id", f"is {site.id!r}, and this kiosk is of {self._site_id}"),)
            )
        if new_catalogue is not None:
            self._keep_meaning(catalogue)

    def _keep_meaning(self, catalogue: CatalogueSource) -> None:
        """A service number is on paper. What a demonstration printed binds nobody."""
        present = self._store.call(in_force)
        if present is None or json.loads(present.site).get("is_demonstration", False):
            return
        problems = [
            Problem("service numbers", each)
            for each in renumbered(json.loads(present.numbers), json.loads(catalogue.numbers))
        ]
        if problems:
            raise DataFileError(catalogue.name, tuple(problems))


def _attempts(files: Mapping[SnapshotKind, TakenFile]) -> Iterator[Mapping[SnapshotKind, TakenFile]]:
    if files:
        yield files
    if len(files) > 1:
        yield from ({kind: file} for kind, file in files.items())
