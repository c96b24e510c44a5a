"""One server at work: its role, its key, its database, its own log, its open sessions, its clock."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, func, select

from kiosk.clock import Clock, SystemClock
from kiosk.identity import Identity, load_or_create_identity
from kiosk.paths import make_folder
from kiosk.trusted_clock import TrustedClock
from kiosk.version import RELEASED_AT
from server.arrivals import Arrivals
from server.contact import Contacts
from server.database import Database, moment, open_database
from server.database_check import DatabaseCheck
from server.epochs import Fences
from server.hall import Halls
from server.limits import Strangers
from server.outlooks import Outlooks
from server.own_log import OwnLog
from server.recovery import Recoveries
from server.refusals import Refusals
from server.relay_status import RelayReport
from server.schema import device_health
from server.service_day import ServiceDays
from server.sessions import Sessions
from server.settings import Role, ServerSettings
from server.stored_log import held_at_central
from server.stream import Stream
from server.unseen_slips import UnseenSlips


@dataclass(frozen=True)
class Node:
    """`clock` is for durations and for what is only shown; whatever is decided by the wall asks `trusted_clock`.

    `data_dir`: where its private files lie; None where it has none.
    """

    role: Role
    database: Database
    epoch: int
    clock: Clock
    identity: Identity
    trusted_clock: TrustedClock
    own_log: OwnLog
    service_days: ServiceDays
    fences: Fences
    recoveries: Recoveries
    contacts: Contacts
    database_check: DatabaseCheck
    started_at: datetime
    arrivals: Arrivals = field(default_factory=Arrivals)
    relay: RelayReport = field(default_factory=RelayReport)
    sessions: Sessions = field(default_factory=Sessions)
    strangers: Strangers = field(default_factory=Strangers)
    refusals: Refusals = field(default_factory=Refusals)
    stream: Stream = field(default_factory=Stream)
    outlooks: Outlooks = field(default_factory=Outlooks)
    halls: Halls = field(default_factory=Halls)
    unseen_slips: UnseenSlips = field(default_factory=UnseenSlips)
    data_dir: Path | None = None

    def central(self, connection: Connection, site_id: str, origin: str, held: Mapping[str, int]) -> Mapping[str, int]:
        """Of what is `held` here, what is durable at central: all of it there; at a site, what its relay was told."""
        return held if self.role is Role.CENTRAL else held_at_central(connection, site_id, origin, held)

    def close(self) -> None:
        self.database.close()


def open_node(settings: ServerSettings, clock: Clock | None = None, identity: Identity | None = None) -> Node:
    """`identity`: this server's key, if it was read already. Raises StoreError, IdentityError."""
    clock = clock or SystemClock()
    make_folder(settings.data_dir)
    identity = identity or load_or_create_identity(settings.data_dir)
    return replace(
        start_node(settings.role, open_database(settings, clock), clock, identity), data_dir=settings.data_dir
    )


def start_node(role: Role, database: Database, clock: Clock, identity: Identity) -> Node:
    """The node that works on an open database, in an incarnation of its own."""
    trusted = TrustedClock(clock, _floor(database))
    own_log = OwnLog(identity.device_id, secrets.token_hex(8), trusted)
    days = ServiceDays(own_log, trusted)
    epoch = database.epoch()
    return Node(
        role=role,
        database=database,
        epoch=epoch,
        clock=clock,
        identity=identity,
        trusted_clock=trusted,
        own_log=own_log,
        service_days=days,
        fences=Fences(database, role, epoch),
        recoveries=Recoveries(database, clock, days),
        contacts=Contacts(database, trusted),
        database_check=DatabaseCheck(database),
        started_at=clock.now(),
    )


def _floor(database: Database) -> datetime:
    """The newest time that is certainly past: the release, and when a device was last heard of."""
    with database.reading() as connection:
        newest = connection.execute(select(func.max(device_health.c.last_contact_ms))).scalar_one()
    return RELEASED_AT if newest is None else max(RELEASED_AT, moment(newest))
