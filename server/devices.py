"""The devices that may write here, each with its own key."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, bindparam, select

from kiosk.domain.trust import DeviceFacts
from kiosk.sync.wire import DeviceKind
from server.database import lock_site
from server.schema import devices


@dataclass(frozen=True, slots=True)
class DeviceRecord:
    """`device_id`: 16 hex digits; `public_key`: 32 raw bytes of Ed25519; `letter` None when alone at its site. Only
    kiosks have a number and a letter.
    """

    device_id: str
    public_key: bytes
    site_id: str
    kiosk_number: int | None
    letter: str | None
    name: str
    kind: DeviceKind = DeviceKind.KIOSK

    @property
    def facts(self) -> DeviceFacts:
        return DeviceFacts(self.device_id, self.kind, self.public_key, self.name, self.kiosk_number, self.letter)


@dataclass(frozen=True, slots=True)
class KnownDevice:
    site_id: str
    device_id: str
    public_key: bytes
    is_revoked: bool
    kind: DeviceKind = DeviceKind.KIOSK


@dataclass(frozen=True, slots=True)
class ListedDevice:
    """Times are milliseconds since 1970, UTC."""

    record: DeviceRecord
    enrolled_at_ms: int
    revoked_at_ms: int | None


_KNOWN: Final = select(
    devices.c.site_id, devices.c.device_id, devices.c.public_key, devices.c.kind, devices.c.revoked_at_ms
).where(devices.c.site_id == bindparam("site_id"), devices.c.device_id == bindparam("device_id"))
_LOCKED: Final = _KNOWN.with_for_update()
"""Built once: every request begins with one of them."""


def find_device(connection: Connection, site_id: str, device_id: str) -> KnownDevice | None:
    return _read(connection, _KNOWN, site_id, device_id)


def lock_device(connection: Connection, site_id: str, device_id: str) -> KnownDevice | None:
    """The same, and nobody else writes for this device, or for its site, until the transaction ends."""
    lock_site(connection, site_id)
    return _read(connection, _LOCKED, site_id, device_id)


def find_record(connection: Connection, site_id: str, device_id: str) -> ListedDevice | None:
    row = connection.execute(
        select(devices).where(devices.c.site_id == site_id, devices.c.device_id == device_id)
    ).one_or_none()
    return None if row is None else _listed(row)


def devices_of_site(connection: Connection, site_id: str) -> Sequence[ListedDevice]:
    """All that were ever let in, revoked ones too, in the order of their coming."""
    query = select(devices).where(devices.c.site_id == site_id).order_by(devices.c.enrolled_at_ms, devices.c.device_id)
    return [_listed(row) for row in connection.execute(query)]


def _listed(row: Row[Any]) -> ListedDevice:
    kind = DeviceKind(row.kind)
    record = DeviceRecord(
        row.device_id, bytes(row.public_key), row.site_id, row.kiosk_number, row.letter, row.name, kind
    )
    return ListedDevice(record, row.enrolled_at_ms, row.revoked_at_ms)


def _read(
    connection: Connection, query: Select[tuple[str, str, bytes, str, int | None]], site_id: str, device_id: str
) -> KnownDevice | None:
    row = connection.execute(query, {"site_id": site_id, "device_id": device_id}).one_or_none()
    if row is None:
        return None
    return KnownDevice(
        row.site_id, row.device_id, bytes(row.public_key), row.revoked_at_ms is not None, DeviceKind(row.kind)
    )
