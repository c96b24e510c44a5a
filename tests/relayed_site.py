"""A site server that is enrolled at a central server: both hops of the sync protocol on one machine, for real."""

import base64
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import select

from kiosk.clock import SystemClock
from kiosk.enrolment import UPSTREAM_FILE, Enrolment, save_enrolment
from kiosk.identity import Identity, load_or_create_identity
from kiosk.sync.client import Deadlines
from kiosk.sync.status import SyncState
from kiosk.sync.wire import DeviceKind
from server.database import open_database
from server.devices import DeviceRecord
from server.enrolment import enrol
from server.relay_status import RelayStatus
from server.relaying import RelayPace
from server.run import Server
from server.schema import events, incarnations
from server.settings import Role, ServerSettings, Upstream
from tests.paired_kiosk import PATIENCE_S, SITE
from tests.postgresql import database_of

_LOOKED_AGAIN_S = 0.2

BRISK = RelayPace(
    hello_every_s=0.5,
    heartbeat_every_s=0.2,
    first_backoff_s=0.02,
    longest_backoff_s=0.1,
    after_outage_s=0.01,
    deadlines=Deadlines(total_s=5.0),
)
HASTY = replace(BRISK, deadlines=Deadlines(connect_s=1.0, total_s=1.0))
"""For lines on which nothing comes back."""


def enrol_site(site_dir: Path, central_dir: Path, site_id: str = SITE) -> Identity:
    """As `giliran enrol CODE --data` does, without the code."""
    site_dir.mkdir(parents=True, exist_ok=True)
    identity = load_or_create_identity(site_dir)
    record = DeviceRecord(identity.device_id, identity.public_key, site_id, None, None, "Hall", DeviceKind.SITE)
    central_dir.mkdir(parents=True, exist_ok=True)
    enrol(central_dir, record, database_of(central_dir))
    central = load_or_create_identity(central_dir)
    save_enrolment(
        site_dir / UPSTREAM_FILE,
        Enrolment(
            server_url="http://127.0.0.1:9",
            site=site_id,
            device=identity.device_id,
            kind=DeviceKind.SITE,
            name="Hall",
            server=central.device_id,
            server_key=base64.b64encode(central.public_key).decode(),
            server_epoch=1,
            authorities=(),
        ),
    )
    return identity


def central_server(central_dir: Path, listen: str = "127.0.0.1:0", **options: Any) -> Server:
    return Server(ServerSettings(Role.CENTRAL, central_dir, database_of(central_dir)), listen, **options)


def relaying_server(site_dir: Path, central_url: str, pace: RelayPace = BRISK, **options: Any) -> Server:
    settings = ServerSettings(Role.SITE, site_dir, database_of(site_dir), upstream=Upstream(central_url))
    return Server(settings, relay_pace=pace, **options)


def all_held(data_dir: Path, site_id: str = SITE) -> Mapping[tuple[str, str], Sequence[bytes]]:
    """(origin, incarnation) -> the exact bytes that a server keeps, read from its database."""
    opened = open_database(ServerSettings(Role.SITE, data_dir, database_of(data_dir)), SystemClock())
    try:
        with opened.reading() as connection:
            rows = connection.execute(
                select(events.c.origin, events.c.incarnation, events.c.raw)
                .where(events.c.site_id == site_id)
                .order_by(events.c.origin, events.c.incarnation, events.c.sequence)
            ).all()
    finally:
        opened.close()
    kept: dict[tuple[str, str], list[bytes]] = {}
    for origin, incarnation, raw in rows:
        kept.setdefault((origin, incarnation), []).append(bytes(raw))
    return kept


def wait_for_relay(server: Server, holds: Callable[[RelayStatus], bool]) -> RelayStatus:
    """Until the relay of `server` says so."""
    deadline = time.monotonic() + 2 * PATIENCE_S
    while not server.node.relay.wait_for(holds, _LOOKED_AGAIN_S):  # true without a word of the relay
        assert time.monotonic() < deadline, server.node.relay.status
    status = server.node.relay.status
    assert status is not None
    return status


def wait_until_relayed(server: Server, state: SyncState = SyncState.ONLINE) -> RelayStatus:
    """All that the site holds by now is acknowledged by central, and the relay says so."""

    def is_level(status: RelayStatus) -> bool:
        return status.state is state and status.backlog == 0 and not _unsent(server)

    return wait_for_relay(server, is_level)


def _unsent(server: Server) -> bool:
    lacking = select(incarnations.c.origin).where(incarnations.c.sequence > incarnations.c.central_sequence)
    with server.node.database.reading() as connection:
        return connection.execute(lacking).first() is not None


def assert_same_logs(site_dir: Path, central_dir: Path) -> None:
    """Every origin of the site, byte for byte; what central itself has said of the site is its own business."""
    central = load_or_create_identity(central_dir).device_id
    of_the_site = {unit: raws for unit, raws in all_held(central_dir).items() if unit[0] != central}
    assert of_the_site == all_held(site_dir)
