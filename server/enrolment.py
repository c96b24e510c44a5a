"""Letting a device in, and shutting it out. The way by pairing code will end here too."""

from pathlib import Path

from sqlalchemy import Connection, insert, or_, select, update

from kiosk.clock import Clock, SystemClock
from kiosk.errors import KioskError
from server.database import Database, milliseconds, open_database
from server.devices import DeviceRecord
from server.schema import devices
from server.settings import Role, ServerSettings


class EnrolmentConflictError(KioskError):
    """Another kiosk of the site has the number or the letter."""


def enrol(data_dir: Path, record: DeviceRecord) -> None:
    """Pairs a device with the server whose data lie in `data_dir`, running or not. Again is harmless.

    Raises:
        EnrolmentConflictError: as `admit`.
        StoreError: the database cannot be used.
    """
    clock = SystemClock()
    database = open_database(ServerSettings(Role.SITE, data_dir), clock)
    try:
        admit(database, record, clock)
    finally:
        database.close()


def admit(database: Database, record: DeviceRecord, clock: Clock) -> None:
    """A known device keeps its key and its standing: a revoked one does not come back by being named again.

    Raises EnrolmentConflictError where another device of the site, not revoked, has the same number or letter.
    """
    facts = {"kiosk_number": record.kiosk_number, "letter": record.letter, "name": record.name}
    with database.writing() as connection:
        _refuse_twin(connection, record)
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


def _refuse_twin(connection: Connection, record: DeviceRecord) -> None:
    """Two kiosks of one number or letter give out one label twice, and the second ticket would never be seen here."""
    query = select(devices.c.device_id, devices.c.kiosk_number, devices.c.letter, devices.c.name).where(
        devices.c.site_id == record.site_id,
        devices.c.device_id != record.device_id,
        devices.c.revoked_at_ms.is_(None),
        or_(devices.c.kiosk_number == record.kiosk_number, devices.c.letter.is_not_distinct_from(record.letter)),
    )
    twin = connection.execute(query.order_by(devices.c.enrolled_at_ms)).first()
    if twin is not None:
        letter = "no letter" if twin.letter is None else f"letter {twin.letter}"
        raise EnrolmentConflictError(
            f"{twin.name} ({twin.device_id}) at {record.site_id} already has number {twin.kiosk_number} and {letter};"
            " every kiosk of a site needs a number and a letter of its own."
        )


def revoke(database: Database, site_id: str, device_id: str, clock: Clock) -> None:
    """From now on the device is refused; what it wrote stays."""
    with database.writing() as connection:
        connection.execute(
            update(devices)
            .where(devices.c.site_id == site_id, devices.c.device_id == device_id, devices.c.revoked_at_ms.is_(None))
            .values(revoked_at_ms=milliseconds(clock.now()))
        )
