"""A restore takes no revocation back: who was shut out after the backup stays so, and the log says it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pysqlite3 import dbapi2
from sqlalchemy import Connection, insert, update

from kiosk.domain.event_bodies import device_enrolled, device_revoked
from kiosk.domain.events import DEVICE_ENROLLED, DEVICE_REVOKED
from kiosk.sync.wire import DeviceKind
from server.database import lock_site
from server.devices import DeviceRecord, ListedDevice, find_record
from server.node import Node
from server.schema import devices

_REVOKED: Final = """
    SELECT site_id, device_id, public_key, kind, kiosk_number, letter, name, enrolled_at_ms, revoked_at_ms
    FROM devices WHERE revoked_at_ms IS NOT NULL ORDER BY site_id, enrolled_at_ms, device_id
"""


@dataclass(frozen=True, slots=True)
class Revocation:
    """Times are milliseconds since 1970, UTC."""

    record: DeviceRecord
    enrolled_at_ms: int
    revoked_at_ms: int


def revocations_in(database: Path) -> Sequence[Revocation] | None:
    """Of a SQLite file that no server has open; None where it cannot be read, or is not there."""
    if not database.exists():
        return None
    try:
        connection = dbapi2.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)
        try:
            return [_revocation(row) for row in connection.execute(_REVOKED)]
        finally:
            connection.close()
    except (dbapi2.Error, ValueError):
        return None


def carry_over(node: Node, revocations: Sequence[Revocation]) -> Sequence[DeviceRecord]:
    """Those that the database of `node` did not hold. At what time each device was shut out is kept."""
    carried = []
    with node.database.writing() as connection:
        for one in revocations:
            lock_site(connection, one.record.site_id)
            known = find_record(connection, one.record.site_id, one.record.device_id)
            if known is None or known.revoked_at_ms is None:
                _shut_out(connection, node, one, known)
                carried.append(one.record)
    return carried


def _shut_out(connection: Connection, node: Node, one: Revocation, known: ListedDevice | None) -> None:
    record = one.record
    if known is None:  # let in after the backup, too: central may give that back, and then it would be in
        connection.execute(insert(devices).values(_row(one)))
        node.own_log.append(connection, record.site_id, DEVICE_ENROLLED, device_enrolled(record.facts))
    connection.execute(
        update(devices)
        .where(devices.c.site_id == record.site_id, devices.c.device_id == record.device_id)
        .values(revoked_at_ms=one.revoked_at_ms)
    )
    node.own_log.append(connection, record.site_id, DEVICE_REVOKED, device_revoked(record.device_id))


def _row(one: Revocation) -> dict[str, Any]:
    record = one.record
    return {
        "site_id": record.site_id,
        "device_id": record.device_id,
        "public_key": record.public_key,
        "kind": record.kind,
        "kiosk_number": record.kiosk_number,
        "letter": record.letter,
        "name": record.name,
        "enrolled_at_ms": one.enrolled_at_ms,
        "revoked_at_ms": one.revoked_at_ms,
    }


def _revocation(row: tuple[Any, ...]) -> Revocation:
    site_id, device_id, public_key, kind, number, letter, name, enrolled_at_ms, revoked_at_ms = row
    record = DeviceRecord(device_id, bytes(public_key), site_id, number, letter, name, DeviceKind(kind))
    return Revocation(record, enrolled_at_ms, revoked_at_ms)
