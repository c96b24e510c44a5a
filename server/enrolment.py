"""Letting a device in, and shutting it out: events of this server's own log, so that the nation learns of both."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import structlog
from sqlalchemy import Connection, insert, update

from kiosk.domain.event_bodies import device_enrolled, device_revoked
from kiosk.domain.events import DEVICE_ENROLLED, DEVICE_REVOKED
from kiosk.domain.trust import key_id
from kiosk.errors import KioskError
from kiosk.sync.wire import DeviceKind
from server.database import lock_site, milliseconds
from server.devices import DeviceRecord, devices_of_site, find_record
from server.node import Node, open_node
from server.resting_letters import resting_letters
from server.schema import devices
from server.settings import Role, ServerSettings

log = structlog.get_logger(__name__)


class EnrolmentConflictError(KioskError):
    """Another kiosk of the site has, or had today, the number or the letter, or the device is something else here."""


def enrol(data_dir: Path, record: DeviceRecord, database: str | None = None) -> None:
    """Pairs a device with the server whose data lie in `data_dir`, running or not. Again is harmless.

    `database` as in ServerSettings.

    Raises:
        EnrolmentConflictError: as `admit`.
        StoreError: the database cannot be used.
    """
    node = open_node(ServerSettings(Role.SITE, data_dir, database))
    try:
        admit(node, record)
    finally:
        node.close()


def admit(node: Node, record: DeviceRecord) -> None:
    """A known device keeps its key and its standing: a revoked one does not come back by being named again.

    Raises EnrolmentConflictError where another device of the site, not revoked, has the same number or letter, or one
    that was revoked lately had the letter.
    """
    with node.database.writing() as connection:
        admit_within(connection, node, record)


def admit_within(connection: Connection, node: Node, record: DeviceRecord) -> None:
    """The same as a part of the caller's transaction. What is held already is not said again."""
    lock_site(connection, record.site_id)
    refuse_twin(connection, record)
    known = find_record(connection, record.site_id, record.device_id)
    if known is not None and known.record.kind is not record.kind:
        raise EnrolmentConflictError(
            f"{known.record.name} ({record.device_id}) is a {known.record.kind} at {record.site_id} and stays one:"
            " let it make a new key, in a new data folder, to become something else."
        )
    if known is not None and known.record == replace(record, public_key=known.record.public_key):
        return
    now_ms = milliseconds(node.trusted_clock.read().at)
    if known is None or known.record.letter != record.letter:
        refuse_resting(connection, record.site_id, record.letter, record.device_id, now_ms)
    facts = {"kiosk_number": record.kiosk_number, "letter": record.letter, "name": record.name}
    if known is None:
        refuse_lookalike(connection, record)
        connection.execute(
            insert(devices).values(
                **facts,
                site_id=record.site_id,
                device_id=record.device_id,
                public_key=record.public_key,
                kind=record.kind,
                enrolled_at_ms=now_ms,
            )
        )
    else:
        connection.execute(
            update(devices)
            .where(devices.c.site_id == record.site_id, devices.c.device_id == record.device_id)
            .values(facts)
        )
    node.own_log.append(connection, record.site_id, DEVICE_ENROLLED, device_enrolled(record.facts))


def refuse_twin(connection: Connection, record: DeviceRecord) -> None:
    """Two kiosks of one number or letter give out one label twice, and the second ticket would never be seen here.

    Raises EnrolmentConflictError, which names the other one.
    """
    if record.kiosk_number is None:
        return
    for other in active_kiosks(connection, record.site_id, besides=record.device_id):
        if other.kiosk_number == record.kiosk_number or other.letter == record.letter:
            raise twin_error(other)


def refuse_resting(connection: Connection, site_id: str, letter: str | None, device_id: str, now_ms: int) -> None:
    """Raises EnrolmentConflictError where the letter stands on another kiosk's paper (server.resting_letters)."""
    if letter is not None and letter in resting_letters(connection, site_id, device_id, now_ms):
        raise EnrolmentConflictError(
            f"Letter {letter} at {site_id} may stand on today's tickets of another kiosk, which visitors still hold:"
            " give this one another letter, or this letter in two days."
        )


def refuse_lookalike(connection: Connection, record: DeviceRecord) -> None:
    """A ticket names the key that signed it by 16 bits. Two of one name at a site, and the tickets of one kiosk would
    look forged; also of one that is gone, as long as its paper counts. Raises EnrolmentConflictError.
    """
    if record.kind is not DeviceKind.KIOSK:
        return
    for other in devices_of_site(connection, record.site_id):
        if other.record.kind is DeviceKind.KIOSK and key_id(other.record.public_key) == key_id(record.public_key):
            raise EnrolmentConflictError(
                f"On paper the key of this kiosk cannot be told from that of {other.record.name}"
                f" ({other.record.device_id}): start it on a new data folder, so that it makes another key."
            )


def active_kiosks(connection: Connection, site_id: str, besides: str = "") -> Sequence[DeviceRecord]:
    """Those that were not shut out, but for the device `besides`."""
    return [
        listed.record
        for listed in devices_of_site(connection, site_id)
        if listed.revoked_at_ms is None
        and listed.record.kind is DeviceKind.KIOSK
        and listed.record.device_id != besides
    ]


def twin_error(twin: DeviceRecord) -> EnrolmentConflictError:
    letter = "no letter" if twin.letter is None else f"letter {twin.letter}"
    return EnrolmentConflictError(
        f"{twin.name} ({twin.device_id}) at {twin.site_id} already has number {twin.kiosk_number} and {letter};"
        " every kiosk of a site needs a number and a letter of its own."
    )


def revoke(node: Node, site_id: str, device_id: str) -> bool:
    """From now on the device is refused; what it wrote stays. False where it was no (longer a) device of the site."""
    with node.database.writing() as connection:
        lock_site(connection, site_id)
        shut_out = connection.execute(
            update(devices)
            .where(devices.c.site_id == site_id, devices.c.device_id == device_id, devices.c.revoked_at_ms.is_(None))
            .values(revoked_at_ms=milliseconds(node.trusted_clock.read().at))
        )
        if shut_out.rowcount == 0:
            return False
        node.own_log.append(connection, site_id, DEVICE_REVOKED, device_revoked(device_id))
    log.info("device_revoked", device=device_id, site=site_id)
    return True
