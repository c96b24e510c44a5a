"""The whole files that are kept here to be handed down: a site's own ones, and those that came from upstream.

Of each the newest two are kept. What is handed down where both are there: of catalogues the one from upstream, because
a service means the same in the whole nation; of site files the site's own, because whoever stands in the hall knows it.
"""

import base64
import gzip
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, bindparam, delete, insert, select

from kiosk.domain.snapshot import EVERYWHERE
from kiosk.sync.wire import Snapshot, SnapshotKind
from server.schema import snapshots

KEPT: Final = 2

_OWN_FIRST: Final[Mapping[SnapshotKind, bool]] = {
    SnapshotKind.CATALOGUE: False,
    SnapshotKind.SITE: True,
    SnapshotKind.TRUST: True,
}

_AT_HAND: Final = select(snapshots.c.site_id, snapshots.c.kind, snapshots.c.version, snapshots.c.signer).where(
    snapshots.c.site_id.in_((bindparam("site"), EVERYWHERE))
)
"""Without the files themselves: asked with every heartbeat."""


class Edition(NamedTuple):
    """One stored file, by its key, and who signed it."""

    site_id: str
    kind: SnapshotKind
    version: int
    signer: str


def at_hand(connection: Connection, site_id: str) -> tuple[Edition, ...]:
    """All editions that devices of this site may have, in no order."""
    rows = connection.execute(_AT_HAND, {"site": site_id})
    return tuple(Edition(row.site_id, SnapshotKind(row.kind), row.version, row.signer) for row in rows)


def chosen(editions: Iterable[Edition], own: str) -> Mapping[SnapshotKind, Edition]:
    """Of each kind the edition to hand down. `own`: the device id of the server that hands down."""
    best: dict[SnapshotKind, Edition] = {}
    for edition in sorted(editions, key=lambda edition: _rank(edition, own)):
        best[edition.kind] = edition
    return best


def versions_for(connection: Connection, site_id: str, own: str) -> Mapping[str, int]:
    """What a heartbeat's answer says: kind -> the version to be had here."""
    return {str(kind): edition.version for kind, edition in chosen(at_hand(connection, site_id), own).items()}


def snapshot_for(connection: Connection, site_id: str, kind: SnapshotKind, own: str) -> Snapshot | None:
    edition = chosen(at_hand(connection, site_id), own).get(kind)
    return None if edition is None else _read(connection, edition)


def newest_own(connection: Connection, site_id: str, kind: SnapshotKind, own: str) -> Snapshot | None:
    """What this server published last for exactly this site (or for everywhere)."""
    mine = [
        edition
        for edition in at_hand(connection, site_id)
        if (edition.site_id, edition.kind, edition.signer) == (site_id, kind, own)
    ]
    return _read(connection, max(mine, key=lambda edition: edition.version)) if mine else None


def contents_of(connection: Connection, edition: Edition) -> bytes:
    """The exact bytes of a file that was judged before it was kept."""
    query = select(snapshots.c.content).where(*_key(edition))
    return gzip.decompress(bytes(connection.execute(query).scalar_one()))


def newest_from_upstream(connection: Connection, site_id: str, kind: SnapshotKind, own: str) -> Edition | None:
    """What came down last, for this site or for everywhere."""
    foreign = [each for each in at_hand(connection, site_id) if each.kind is kind and each.signer != own]
    return max(foreign, key=lambda edition: edition.version, default=None)


def keep(connection: Connection, snapshot: Snapshot, now_ms: int, own: str) -> None:
    """Stores it, and drops what is older than the edition before it."""
    connection.execute(
        insert(snapshots).values(
            site_id=snapshot.site,
            kind=snapshot.kind,
            version=snapshot.version,
            sha256=snapshot.sha256,
            signer=snapshot.signer,
            signature=snapshot.signature,
            content=base64.b64decode(snapshot.content),
            activated_at_ms=now_ms,
        )
    )
    of_this = (
        snapshots.c.site_id == snapshot.site,
        snapshots.c.kind == snapshot.kind,
        (snapshots.c.signer == own) if snapshot.signer == own else (snapshots.c.signer != own),
    )
    kept = select(snapshots.c.version).where(*of_this).order_by(snapshots.c.version.desc()).limit(KEPT)
    versions = connection.execute(kept).scalars().all()
    connection.execute(delete(snapshots).where(*of_this, snapshots.c.version < min(versions)))


def _rank(edition: Edition, own: str) -> tuple[bool, int]:
    """Whose it is counts before its version: the two are counted apart."""
    return (edition.signer == own) is _OWN_FIRST[edition.kind], edition.version


def _read(connection: Connection, edition: Edition) -> Snapshot | None:
    row = connection.execute(select(snapshots).where(*_key(edition))).one_or_none()
    return None if row is None else _snapshot(row)


def _key(edition: Edition) -> tuple[ColumnElement[bool], ...]:
    return (
        snapshots.c.site_id == edition.site_id,
        snapshots.c.kind == edition.kind,
        snapshots.c.version == edition.version,
    )


def _snapshot(row: Row[Any]) -> Snapshot:
    return Snapshot(
        site=row.site_id,
        kind=SnapshotKind(row.kind),
        version=row.version,
        sha256=row.sha256,
        signer=row.signer,
        signature=row.signature,
        content=base64.b64encode(bytes(row.content)).decode(),
    )
