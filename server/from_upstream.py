"""Files that come down from the upstream of a site server: checked, kept, and handed on as they came."""

from collections.abc import Mapping
from typing import Final, Protocol

import structlog

from kiosk.domain.snapshot import EVERYWHERE
from kiosk.errors import DataFileError, ProtocolMismatchError
from kiosk.sync.sealing import SealError, unseal
from kiosk.sync.wire import Snapshot, SnapshotKind
from server.database import lock_site, milliseconds
from server.judging import CatalogueFiles, SiteFile, judge, shipped_catalogue
from server.node import Node
from server.snapshots import at_hand, chosen, contents_of, keep, newest_from_upstream

log = structlog.get_logger(__name__)

_KINDS: Final = (SnapshotKind.CATALOGUE, SnapshotKind.SITE)
"""In the order in which one is judged by the other. The trust list is the site's own business."""


class Client(Protocol):
    """Of kiosk.sync.client.SyncClient, what is needed here."""

    async def snapshot(self, kind: SnapshotKind) -> Snapshot: ...


class FromUpstream:
    """Remembers what it refused, so that it is not fetched again with every heartbeat. Of one event loop."""

    def __init__(self, node: Node, site_id: str) -> None:
        self._node = node
        self._site_id = site_id
        self._refused: dict[SnapshotKind, int] = {}

    async def take(self, client: Client, versions: Mapping[str, int], authorities: Mapping[str, bytes]) -> None:
        """`versions`: as the upstream's answer to a heartbeat says. `authorities`: whom to believe, id -> raw key.

        Raises SyncError when the upstream cannot be asked; what is not right about a file is logged once.
        """
        for kind in _KINDS:
            offered = versions.get(kind)
            if offered is None or offered == self._refused.get(kind) or offered == self._newest(kind):
                continue
            try:
                self._keep(kind, await client.snapshot(kind), authorities)
            except (SealError, DataFileError, ProtocolMismatchError) as error:
                self._refused[kind] = offered
                log.error("snapshot_refused", kind=kind, version=offered, problem=str(error))  # noqa: TRY400
            else:
                self._refused.clear()  # a site file that did not fit may fit the new catalogue

    def _newest(self, kind: SnapshotKind) -> int | None:
        with self._node.database.reading() as connection:
            newest = newest_from_upstream(connection, self._site_id, kind, self._node.identity.device_id)
        return None if newest is None else newest.version

    def _keep(self, kind: SnapshotKind, snapshot: Snapshot, authorities: Mapping[str, bytes]) -> None:
        own = self._node.identity.device_id
        raw = unseal(snapshot, authorities)
        if snapshot.kind is not kind or snapshot.site not in {EVERYWHERE, self._site_id} or snapshot.signer == own:
            raise SealError(f"Asked for a {kind} of {self._site_id}, got a {snapshot.kind} of {snapshot.site}.")
        with self._node.database.writing() as connection:
            lock_site(connection, self._site_id)
            editions = at_hand(connection, self._site_id)
            here = [each for each in editions if (each.site_id, each.kind) == (snapshot.site, kind)]
            newest = max((each.version for each in here if each.signer != own), default=0)
            if snapshot.version <= newest or any(each.version == snapshot.version for each in here):
                raise SealError(f"The {kind} {snapshot.version} does not come after {newest}, which is here.")
            edition = chosen(editions, own).get(SnapshotKind.CATALOGUE)
            before = (
                None
                if edition is None
                else CatalogueFiles.of_bundle(f"catalogue {edition.version}", contents_of(connection, edition))
            )
            name = f"{kind} {snapshot.version}"
            if kind is SnapshotKind.CATALOGUE:
                judge(CatalogueFiles.of_bundle(name, raw), (), before)
            else:
                judge(before or shipped_catalogue(), (SiteFile(name, raw),))
            keep(connection, snapshot, milliseconds(self._node.clock.now()), own)
        log.info("snapshot_taken", kind=kind, version=snapshot.version, site=snapshot.site)
