"""Putting files before a site's devices: judged first, then sealed with this server's key, then kept to be fetched.

Runs beside a running server: the next heartbeat tells every kiosk that there is something new.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog
from sqlalchemy import Connection, select

from kiosk.domain.site import Site
from kiosk.domain.snapshot import EVERYWHERE
from kiosk.errors import KioskError
from kiosk.sync.sealing import seal
from kiosk.sync.wire import SnapshotKind
from server.database import lock_site, milliseconds, upsert
from server.judging import CatalogueFiles, SiteFile, judge, shipped_catalogue
from server.node import Node
from server.schema import sites, snapshots
from server.settings import Role
from server.snapshots import at_hand, chosen, contents_of, keep, newest_from_upstream, newest_own
from server.whose_site import refuse_other_site

log = structlog.get_logger(__name__)


class PublicationError(KioskError):
    """It is not clear for whom, or there is nothing to publish."""


@dataclass(frozen=True, slots=True)
class Published:
    """`is_new` False: these very bytes were published before, as this version."""

    site_id: str
    kind: SnapshotKind
    version: int
    is_new: bool


def publish_files(node: Node, catalogue: Path | None, site: Path | None) -> Sequence[Published]:
    """Both together, or neither.

    Raises:
        DataFileError: what a kiosk would not take; every problem of both is listed.
        PublicationError: no file is named, nobody can tell for which site, or the catalogue is central's to publish.
        ForeignSiteError: this is the server of another site.
    """
    if catalogue is None and site is None:
        raise PublicationError("Nothing to publish: name a --catalogue, a --site, or both.")
    new_catalogue = None if catalogue is None else CatalogueFiles.read(catalogue)
    new_site = None if site is None else SiteFile.read(site)
    own = node.identity.device_id
    with node.database.writing() as connection:
        scope = _scope(connection, node.role, new_site)
        lock_site(connection, scope)
        if node.role is Role.SITE:
            refuse_other_site(connection, node, scope)
        if new_catalogue is not None and newest_from_upstream(connection, scope, SnapshotKind.CATALOGUE, own):
            raise PublicationError("This site has its catalogue from its upstream: publish the new one there.")
        before = _catalogue_before(connection, scope, own)
        halls = (new_site,) if new_site is not None else _site_files(connection, node.role, scope, own)
        read = judge(new_catalogue or before or shipped_catalogue(), halls, before)
        published = []
        if new_catalogue is not None:
            where = EVERYWHERE if node.role is Role.CENTRAL else scope
            published.append(publish(connection, node, where, SnapshotKind.CATALOGUE, new_catalogue.bundle()))
        if new_site is not None:
            hall = read[0]
            published.append(publish(connection, node, hall.id, SnapshotKind.SITE, new_site.raw))
            if node.role is Role.SITE:
                _serve(connection, hall)
    return published


def publish(connection: Connection, node: Node, site_id: str, kind: SnapshotKind, raw: bytes) -> Published:
    """Within the caller's transaction. The same bytes again are no new version."""
    own = node.identity.device_id
    last = newest_own(connection, site_id, kind, own)
    editions = at_hand(connection, site_id)
    now = node.trusted_clock.read().at
    # Beyond every version so far, and the time of day in seconds: a server that was restored from an older copy
    # must not count again from where it was, because its kiosks take no version twice.
    highest = max((edition.version for edition in editions if edition.kind is kind), default=0)
    sealed = seal(raw, site_id, kind, max(highest + 1, milliseconds(now) // 1000), node.identity)
    is_new = last is None or last.sha256 != sealed.sha256
    if is_new:
        keep(connection, sealed, milliseconds(now), own)
        log.info("snapshot_published", site=site_id, kind=kind, version=sealed.version)
    return Published(site_id, kind, sealed.version if last is None or is_new else last.version, is_new)


def _serve(connection: Connection, hall: Site) -> None:
    """From now on this server opens the days of that hall, in its time zone."""
    row = {"site_id": hall.id, "timezone": hall.timezone.key}
    statement = upsert(connection, sites).values(row)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["site_id"], set_={"timezone": statement.excluded.timezone})
    )


def _scope(connection: Connection, role: Role, site: SiteFile | None) -> str:
    """The site whose devices are meant."""
    if site is not None:
        return site.site_id()
    if role is Role.CENTRAL:
        return EVERYWHERE
    known = connection.execute(select(sites.c.site_id).order_by(sites.c.site_id).limit(2)).scalars().all()
    if len(known) != 1:
        count = "no site yet" if not known else "several sites"
        raise PublicationError(f"This server serves {count}: name a --site file too, to say whose catalogue it is.")
    return str(known[0])


def _catalogue_before(connection: Connection, scope: str, own: str) -> CatalogueFiles | None:
    edition = chosen(at_hand(connection, scope), own).get(SnapshotKind.CATALOGUE)
    if edition is None:
        return None
    return CatalogueFiles.of_bundle(f"catalogue {edition.version}", contents_of(connection, edition))


def _site_files(connection: Connection, role: Role, scope: str, own: str) -> tuple[SiteFile, ...]:
    """The halls that a new catalogue must fit: this one, or, for everywhere, all that were published here."""
    halls: Sequence[str] = (scope,)
    if role is Role.CENTRAL:
        of_sites = select(snapshots.c.site_id).where(snapshots.c.kind == SnapshotKind.SITE).distinct()
        halls = connection.execute(of_sites.order_by(snapshots.c.site_id)).scalars().all()
    files = []
    for hall in halls:
        edition = chosen(at_hand(connection, hall), own).get(SnapshotKind.SITE)
        if edition is not None:
            files.append(SiteFile(f"site file of {hall}, {edition.version}", contents_of(connection, edition)))
    return tuple(files)
