"""One server a hall: a site server serves one site, and no kiosk of a site that has its own server comes to central."""

from sqlalchemy import Connection, select

from kiosk.enrolment import UPSTREAM_FILE, load_enrolment
from kiosk.errors import KioskError
from kiosk.sync.wire import DeviceKind, SnapshotKind
from server.devices import devices_of_site
from server.node import Node
from server.schema import sites, snapshots


class ForeignSiteError(KioskError):
    """The site is another server's to serve."""


def refuse_other_site(connection: Connection, node: Node, site_id: str) -> None:
    """Raises ForeignSiteError where this is the server of another site, IdentityError as `load_enrolment`."""
    served = _served(connection, node)
    if served and site_id not in served:
        raise ForeignSiteError(
            f"This server is that of {', '.join(served)}, not of {site_id}: every site has a server of its own, in a"
            " data folder of its own."
        )


def refuse_kiosk_beside_server(connection: Connection, site_id: str) -> None:
    """Two that give out numbers and letters of one site would give some of them twice. Raises ForeignSiteError."""
    for listed in devices_of_site(connection, site_id):
        if listed.record.kind is DeviceKind.SITE and listed.revoked_at_ms is None:
            raise ForeignSiteError(
                f"{site_id} has a server of its own, {listed.record.name} ({listed.record.device_id}), which lets its"
                " kiosks in: make the code there (giliran server invite)."
            )


def _served(connection: Connection, node: Node) -> tuple[str, ...]:
    """As central let it in; else what was published here. A central server serves none: nobody opens days there."""
    enrolment = None if node.data_dir is None else load_enrolment(node.data_dir / UPSTREAM_FILE)
    if enrolment is not None:
        return (enrolment.site,)
    published = select(snapshots.c.site_id).where(snapshots.c.kind == SnapshotKind.SITE)
    query = select(sites.c.site_id).where(sites.c.site_id.in_(published)).order_by(sites.c.site_id)
    return tuple(connection.execute(query).scalars())
