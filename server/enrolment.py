"""Letting a device in, and shutting it out. The way by pairing code will end here too."""

from pathlib import Path

from sqlalchemy import insert, update

from kiosk.clock import Clock, SystemClock
from server.database import Database, milliseconds, open_database
from server.devices import DeviceRecord
from server.schema import devices
from server.settings import Role, ServerSettings


def enrol(data_dir: Path, record: DeviceRecord) -> None:
    """Pairs a device with the server whose data lie in `data_dir`, running or not. Again is harmless.

    Raises:
        StoreError: the database cannot be used.
    """
    clock = SystemClock()
    database = open_database(ServerSettings(Role.SITE, data_dir), clock)
    try:
        admit(database, record, clock)
    finally:
        database.close()


def admit(database: Database, record: DeviceRecord, clock: Clock) -> None:
    """A known device keeps its key and its standing: a revoked one does not come back by being named again."""
    facts = {"kiosk_number": record.kiosk_number, "letter": record.letter, "name": record.name}
    with database.writing() as connection:
        known = connection.execute(
            update(devices)
            .where(devices.c.site_id == record.site_id, devices.c.device_id == record.device_id)
            .values(facts)
        )
        if known.rowcount == 0:
            connection.execute(
                insert(devices).values(
                    **facts,
                    site_id=record.site_id,
                    device_id=record.device_id,
                    public_key=record.public_key,
                    enrolled_at_ms=milliseconds(clock.now()),
                )
            )


def revoke(database: Database, site_id: str, device_id: str, clock: Clock) -> None:
    """From now on the device is refused; what it wrote stays."""
    with database.writing() as connection:
        connection.execute(
            update(devices)
            .where(devices.c.site_id == site_id, devices.c.device_id == device_id, devices.c.revoked_at_ms.is_(None))
            .values(revoked_at_ms=milliseconds(clock.now()))
        )
