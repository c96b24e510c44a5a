"""A kiosk that was enrolled shows the hall it was let into, and no other: the first start may have to fetch it."""

import asyncio
from collections.abc import Sequence

from kiosk.clock import Clock
from kiosk.config import KioskConfig
from kiosk.data_in_force import DataInForce, DataPaths, load_in_force
from kiosk.enrolment import Enrolment, ForeignSiteError, check_site
from kiosk.errors import SyncError
from kiosk.identity import Identity
from kiosk.store.writer import Store


def load_own_hall(
    store: Store, config: KioskConfig, enrolment: Enrolment | None, identity: Identity, clock: Clock
) -> DataInForce:
    """What is in force, as load_in_force; where that is another hall, what the server hands down instead.

    Waits for the server once, after an enrolment: there is no hall to show before it has answered.

    Raises:
        ForeignSiteError: the file of the hall is not to be had, or a technician named that of another.
        DataFileError, StoreError: as load_in_force.
    """
    paths = DataPaths.of(config)
    data = load_in_force(store, paths, clock)
    if enrolment is None or data.site.id == enrolment.site:
        return data
    if not paths.is_site_named:
        try:
            _fetch(store, paths, config, enrolment, identity)
        except SyncError as error:
            raise ForeignSiteError(f"This kiosk has no file of its hall {enrolment.site} yet. {error}") from error
        data = load_in_force(store, paths, clock)
    check_site(enrolment, data.site.id)
    return data


def _fetch(store: Store, paths: DataPaths, config: KioskConfig, enrolment: Enrolment, identity: Identity) -> None:
    from kiosk.handed_down import HandedDown  # noqa: PLC0415  # only the first start after an enrolment needs these
    from kiosk.sync.client import SyncClient  # noqa: PLC0415
    from kiosk.sync.wire import Heartbeat, Snapshot  # noqa: PLC0415

    handed_down = HandedDown(store, paths, enrolment.site, enrolment.keys)

    async def ask() -> Sequence[Snapshot]:
        url = config.sync.server or enrolment.server_url
        async with SyncClient(url, enrolment.site, identity, authority=config.sync.authority) as client:
            answer = await client.heartbeat(Heartbeat(origin=identity.device_id))
            return [await client.snapshot(kind) for kind in handed_down.wanted(answer.snapshots)]

    handed_down.take(asyncio.run(ask()))
