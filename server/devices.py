"""The devices that may write here, each with its own key."""

from dataclasses import dataclass

from sqlalchemy import Connection, Select, select

from server.schema import devices


@dataclass(frozen=True, slots=True)
class DeviceRecord:
    """`device_id`: 16 hex digits; `public_key`: 32 raw bytes of Ed25519; `letter` None when alone at its site."""

    device_id: str
    public_key: bytes
    site_id: str
    kiosk_number: int
    letter: str | None
    name: str


@dataclass(frozen=True, slots=True)
class KnownDevice:
    site_id: str
    device_id: str
    public_key: bytes
    is_revoked: bool


def find_device(connection: Connection, site_id: str, device_id: str) -> KnownDevice | None:
    return _read(connection, _query(site_id, device_id))


def lock_device(connection: Connection, site_id: str, device_id: str) -> KnownDevice | None:
    """The same, and nobody else writes for this device until the transaction ends."""
    return _read(connection, _query(site_id, device_id).with_for_update())


def _query(site_id: str, device_id: str) -> Select[tuple[str, str, bytes, int | None]]:
    return select(devices.c.site_id, devices.c.device_id, devices.c.public_key, devices.c.revoked_at_ms).where(
        devices.c.site_id == site_id, devices.c.device_id == device_id
    )


def _read(connection: Connection, query: Select[tuple[str, str, bytes, int | None]]) -> KnownDevice | None:
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return KnownDevice(row.site_id, row.device_id, row.public_key, row.revoked_at_ms is not None)
