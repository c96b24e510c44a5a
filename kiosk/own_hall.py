"""A kiosk that was enrolled shows the hall it was let into, and no other: the first start may have to fetch it."""

from collections.abc import Coroutine, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from kiosk.clock import Clock
from kiosk.config import KioskConfig
from kiosk.data_in_force import DataInForce, DataPaths, load_in_force
from kiosk.enrolment import Enrolment, ForeignSiteError, check_site
from kiosk.errors import SyncError
from kiosk.identity import Identity
from kiosk.store.writer import Store

if TYPE_CHECKING:
    from kiosk.sync.client import SyncClient

T = TypeVar("T")


class HallMissingError(ForeignSiteError):
    """The server has not handed the hall down yet. `offered`: kind -> the version that it had to give, and that did
    not help; empty where it did not answer.
    """

    def __init__(self, sentence: str, offered: Mapping[str, int]) -> None:
        super().__init__(sentence)
        self.offered = offered


def load_own_hall(
    store: Store, config: KioskConfig, enrolment: Enrolment | None, identity: Identity, clock: Clock
) -> DataInForce:
    """What is in force, as load_in_force; where that is another hall, what the server hands down instead.

    Waits for the server once, after an enrolment: there is no hall to show before it has answered.

    Raises:
        HallMissingError: the file of the hall is not to be had yet.
        ForeignSiteError: a technician named that of another.
        DataFileError, StoreError: as load_in_force.
    """
    paths = DataPaths.of(config)
    data = load_in_force(store, paths, clock)
    if enrolment is None or data.site.id == enrolment.site:
        return data
    if paths.is_site_named:
        check_site(enrolment, data.site.id)
        return data
    missing = f"This kiosk has no file of its hall {enrolment.site} yet."
    try:
        offered, refused = _run(_fetch(store, paths, config, enrolment, identity))
    except SyncError as error:
        raise HallMissingError(f"{missing} {error}", {}) from error
    data = load_in_force(store, paths, clock)
    if data.site.id != enrolment.site:
        why = " ".join(refused) or "Publish it at its server: giliran server publish --site FILE."
        raise HallMissingError(f"{missing} {why}", offered)
    return data


def offered_files(config: KioskConfig, enrolment: Enrolment, identity: Identity) -> Mapping[str, int]:
    """Kind -> the newest version that the server has. Waits for it. Raises SyncError."""

    async def ask() -> Mapping[str, int]:
        async with _connection(config, enrolment, identity) as client:
            return await _offered(client, identity)

    return _run(ask())


def _run(conversation: Coroutine[None, None, T]) -> T:
    import asyncio  # noqa: PLC0415  # only until the first hall is here

    return asyncio.run(conversation)


def _connection(config: KioskConfig, enrolment: Enrolment, identity: Identity) -> "SyncClient":
    from kiosk.sync.client import SyncClient  # noqa: PLC0415  # as above

    url = config.sync.server or enrolment.server_url
    return SyncClient(url, enrolment.site, identity, authority=config.sync.authority)


async def _offered(client: "SyncClient", identity: Identity) -> Mapping[str, int]:
    from kiosk.sync.wire import Heartbeat  # noqa: PLC0415  # as above

    return (await client.heartbeat(Heartbeat(origin=identity.device_id))).snapshots


async def _fetch(
    store: Store, paths: DataPaths, config: KioskConfig, enrolment: Enrolment, identity: Identity
) -> tuple[Mapping[str, int], Sequence[str]]:
    """What there was to be had, and a sentence for each file that was not taken."""
    from kiosk.handed_down import HandedDown  # noqa: PLC0415  # as above

    handed_down = HandedDown(store, paths, enrolment.site, enrolment.keys)
    async with _connection(config, enrolment, identity) as client:
        offered = await _offered(client, identity)
        snapshots = [await client.snapshot(kind) for kind in handed_down.wanted(offered)]
    outcome = handed_down.take(snapshots)
    return offered, [sentence for _, sentence in outcome.refused.values()]
