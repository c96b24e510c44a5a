"""What this server knows of itself and of all who report to it, at one moment: for the metrics and for the status page.

Read from small tables and from memory; no event is looked at. Where the database does not answer, the rest is told.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Table, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionError

from kiosk.domain.printer_facts import PrinterFacts
from kiosk.domain.unseen_paper import Unseen
from kiosk.sync.wire import DeviceKind, Health
from kiosk.trusted_clock import Reading
from server.database import FILE_NAME, moment
from server.node import Node
from server.readiness import State, state_of
from server.schema import (
    counters,
    devices,
    forks,
    number_series,
    poison,
    printers,
    queues,
    service_days,
    sites,
    staff,
    tallies,
)
from server.settings import Role
from server.tallies import Tally

SHOWN: Final = 5
"""Forks and parked events that are shown; all are counted."""

_WAL: Final = f"{FILE_NAME}-wal"


@dataclass(frozen=True, slots=True)
class DeviceState:
    """One that may write here. `silent_for`, `health`: None where it was never heard of; `skew`: how far its clock is
    ahead of this server's, None where that is not known. `printers`: as its log last told; None: it never has.
    `unseen`: its slips are confirmed, and nobody seems to hold them.
    """

    site_id: str
    device_id: str
    kind: DeviceKind
    name: str
    kiosk_number: int | None
    letter: str | None
    silent_for: timedelta | None = None
    health: Health | None = None
    skew: timedelta | None = None
    printers: PrinterFacts | None = None
    unseen: Unseen | None = None


@dataclass(frozen=True, slots=True)
class QueueToday:
    site_id: str
    code: str
    issued: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Fork:
    site_id: str
    origin: str
    kind: str
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Parked:
    site_id: str
    origin: str
    reason: str


@dataclass(frozen=True, slots=True)
class Tables:
    """What the database says. Mappings are by site; `tallies`: (site, what, kind) -> how many; `printers`: by site and
    device, of every kiosk that may write, also at central, where its site's server speaks for it.
    """

    devices: Sequence[DeviceState] = ()
    revoked: int = 0
    timezones: Mapping[str, str] = field(default_factory=dict)
    service_days: Mapping[str, date] = field(default_factory=dict)
    queues: Sequence[QueueToday] = ()
    reserved: Mapping[str, int] = field(default_factory=dict)
    tallies: Mapping[tuple[str, Tally, str], int] = field(default_factory=dict)
    forks: Mapping[str, int] = field(default_factory=dict)
    newest_forks: Sequence[Fork] = ()
    parked: Mapping[str, int] = field(default_factory=dict)
    some_parked: Sequence[Parked] = ()
    printers: Mapping[tuple[str, str], PrinterFacts] = field(default_factory=dict)
    counters: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """(site, state) -> how many counters that were ever open."""
    staff_locked: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Overview:
    """`tables` None: the database did not answer. `wal_bytes` None: it is no SQLite file of ours."""

    now: Reading
    state: State
    tables: Tables | None
    wal_bytes: int | None


def look(node: Node) -> Overview:
    state = state_of(node)
    now = node.trusted_clock.read()
    tables = None
    with suppress(DBAPIError, NoConnectionError), node.database.reading() as connection:
        tables = _read(node, connection, now.at)
    return Overview(now, state, tables, _wal_bytes(node.data_dir))


def _read(node: Node, connection: Connection, now: datetime) -> Tables:
    days = _service_days(connection)
    told = _printers(connection)
    known = [
        replace(
            device,
            printers=told.get((device.site_id, device.device_id)),
            unseen=node.unseen_slips.found.get((device.site_id, device.device_id)),
        )
        for device in _devices(node, connection, now)
    ]
    return Tables(
        devices=known,
        revoked=connection.execute(
            select(func.count()).select_from(devices).where(devices.c.revoked_at_ms.is_not(None))
        ).scalar_one(),
        timezones={row.site_id: row.timezone for row in connection.execute(select(sites))},
        service_days=days,
        queues=_queues(connection, days) if node.role is Role.SITE else (),
        reserved=_reserved(connection, days) if node.role is Role.SITE else {},
        tallies={(row.site_id, Tally(row.tally), row.kind): row.total for row in connection.execute(select(tallies))},
        forks=_by_site(connection, forks),
        newest_forks=_newest_forks(connection),
        parked=_by_site(connection, poison),
        some_parked=_some_parked(connection),
        printers=told,
        counters=_counters(connection),
        staff_locked=_staff_locked(connection),
    )


def _by_site(connection: Connection, table: Table) -> Mapping[str, int]:
    rows = connection.execute(select(table.c.site_id, func.count()).group_by(table.c.site_id))
    return {row[0]: row[1] for row in rows}


def _devices(node: Node, connection: Connection, now: datetime) -> Sequence[DeviceState]:
    """Those that may write. At central: who speaks to it; kiosks speak to the server of their site."""
    order = (devices.c.site_id, devices.c.kind, devices.c.kiosk_number, devices.c.name, devices.c.device_id)
    rows = connection.execute(select(devices).where(devices.c.revoked_at_ms.is_(None)).order_by(*order)).all()
    found = []
    for row in rows:
        contact = node.contacts.last(row.site_id, row.device_id)
        if node.role is Role.CENTRAL and contact is None and row.kind != DeviceKind.SITE:
            continue
        identity = (row.site_id, row.device_id, DeviceKind(row.kind), row.name, row.kiosk_number, row.letter)
        if contact is None:
            found.append(DeviceState(*identity))
            continue
        health, told_at = contact.health, contact.health_at_ms
        skew = None if health is None or told_at is None else health.at - moment(told_at)
        silent_for = max(timedelta(), now - moment(contact.last_at_ms))
        found.append(DeviceState(*identity, silent_for, health, skew))
    return found


def _printers(connection: Connection) -> Mapping[tuple[str, str], PrinterFacts]:
    writers = (devices.c.site_id == printers.c.site_id) & (devices.c.device_id == printers.c.device_id)
    query = select(printers).join(devices, writers & devices.c.revoked_at_ms.is_(None))
    rows = connection.execute(query.order_by(printers.c.site_id, printers.c.device_id))
    return {
        (row.site_id, row.device_id): PrinterFacts(
            row.printer, row.fallback, row.in_use, row.confirmation, row.slips_left, bool(row.paper_low)
        )
        for row in rows
    }


def _service_days(connection: Connection) -> Mapping[str, date]:
    newest = select(service_days.c.site_id, func.max(service_days.c.service_day)).group_by(service_days.c.site_id)
    return {row[0]: date.fromisoformat(row[1]) for row in connection.execute(newest)}


def _queues(connection: Connection, days: Mapping[str, date]) -> Sequence[QueueToday]:
    found: list[QueueToday] = []
    for site_id, day in sorted(days.items()):
        of_day = (queues.c.site_id == site_id, queues.c.service_day == day.isoformat())
        rows = connection.execute(select(queues).where(*of_day).order_by(queues.c.queue_code))
        found.extend(QueueToday(site_id, row.queue_code, row.issued, row.waiting) for row in rows)
    return found


def _reserved(connection: Connection, days: Mapping[str, date]) -> Mapping[str, int]:
    """Of the shared series, in the day in force: the highest numbers of all queues, added up."""
    total = select(func.coalesce(func.sum(number_series.c.highest), 0))
    return {
        site_id: int(
            connection.execute(
                total.where(number_series.c.site_id == site_id, number_series.c.service_day == day.isoformat())
            ).scalar_one()
        )
        for site_id, day in sorted(days.items())
    }


def _counters(connection: Connection) -> Mapping[tuple[str, str], int]:
    by_state = select(counters.c.site_id, counters.c.state, func.count())
    rows = connection.execute(by_state.group_by(counters.c.site_id, counters.c.state))
    return {(row[0], row[1]): row[2] for row in rows}


def _staff_locked(connection: Connection) -> Mapping[str, int]:
    rows = connection.execute(select(staff.c.site_id, func.sum(staff.c.is_locked)).group_by(staff.c.site_id))
    return {row[0]: int(row[1]) for row in rows}


def _newest_forks(connection: Connection) -> Sequence[Fork]:
    query = select(forks.c.site_id, forks.c.origin, forks.c.kind, forks.c.seen_at_ms)
    newest = query.order_by(forks.c.seen_at_ms.desc(), forks.c.origin).limit(SHOWN)
    return [Fork(row.site_id, row.origin, row.kind, moment(row.seen_at_ms)) for row in connection.execute(newest)]


def _some_parked(connection: Connection) -> Sequence[Parked]:
    """By their keys: an index gives them, however many there are."""
    query = select(poison.c.site_id, poison.c.origin, poison.c.reason).limit(SHOWN)
    in_order = query.order_by(poison.c.site_id, poison.c.origin, poison.c.incarnation, poison.c.sequence)
    return [Parked(row.site_id, row.origin, row.reason) for row in connection.execute(in_order)]


def _wal_bytes(data_dir: Path | None) -> int | None:
    try:
        return None if data_dir is None else (data_dir / _WAL).stat().st_size
    except OSError:
        return None
