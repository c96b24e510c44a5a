"""The trust list of each site, written anew whenever who is in it has changed: nobody has to think of it."""

import base64
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from kiosk.domain.events import digest
from kiosk.domain.service_day import day_of
from kiosk.domain.trust import TrustedDevice, TrustList, encode_trust_list
from kiosk.sync.wire import DeviceKind, SnapshotKind
from server.authorities import authorities_of
from server.database import lock_site, moment
from server.devices import ListedDevice, devices_of_site
from server.node import Node
from server.publishing import Published, publish
from server.schema import devices, sites
from server.snapshots import newest_own


def publish_trust_lists(node: Node) -> None:
    """Of every site that has devices here. Raises IdentityError where nobody can tell who is above this server."""
    of_sites = select(devices.c.site_id).where(devices.c.kind != DeviceKind.SITE).distinct()
    with node.database.reading() as connection:
        known = connection.execute(of_sites.order_by(devices.c.site_id)).scalars().all()
        stale = [site_id for site_id in known if _is_stale(connection, node, site_id)]
    for site_id in stale:
        with node.database.writing() as connection:
            publish_trust_list(connection, node, site_id)


def publish_trust_list(connection: Connection, node: Node, site_id: str) -> Published:
    """Within the caller's transaction; nothing happens where the list says the same as before."""
    lock_site(connection, site_id)
    raw = encode_trust_list(trust_list(connection, node, site_id))
    return publish(connection, node, site_id, SnapshotKind.TRUST, raw)


def _is_stale(connection: Connection, node: Node, site_id: str) -> bool:
    last = newest_own(connection, site_id, SnapshotKind.TRUST, node.identity.device_id)
    return last is None or last.sha256 != digest(encode_trust_list(trust_list(connection, node, site_id)))


def trust_list(connection: Connection, node: Node, site_id: str) -> TrustList:
    return TrustList(
        site_id=site_id,
        devices=trusted_devices(connection, site_id),
        authorities={each.device: base64.b64decode(each.key) for each in authorities_of(node.identity, node.data_dir)},
    )


def trusted_devices(connection: Connection, site_id: str) -> tuple[TrustedDevice, ...]:
    """All that were ever let in, and until when their tickets are good."""
    zone = _zone(connection, site_id)
    return tuple(_trusted(device, zone) for device in devices_of_site(connection, site_id))


def _zone(connection: Connection, site_id: str) -> ZoneInfo:
    name = connection.execute(select(sites.c.timezone).where(sites.c.site_id == site_id)).scalar_one_or_none()
    return ZoneInfo("UTC") if name is None else ZoneInfo(name)


def _trusted(device: ListedDevice, zone: ZoneInfo) -> TrustedDevice:
    return TrustedDevice(
        device.record.facts,
        from_day=day_of(moment(device.enrolled_at_ms), zone),
        revoked_day=None if device.revoked_at_ms is None else day_of(moment(device.revoked_at_ms), zone),
    )
