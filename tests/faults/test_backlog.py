"""A long backlog of a whole hall: what is happening now goes first, and the rest is not forgotten over it."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from sqlalchemy import func, select

from kiosk.sync.client import SyncClient
from server.ingest import ingest
from server.node import Node, open_node
from server.relay import Relay
from server.schema import incarnations
from server.settings import Role, ServerSettings
from tests.paired_kiosk import SITE
from tests.relayed_site import assert_same_logs, central_server, enrol_site
from tests.written_log import NOW_MS, WrittenLog

MINUTE_MS = 60_000
SCALE = 160
"""N11 asks for 960,000 events; so many times fewer are sent here."""


def hall_after_an_outage(kiosks: int, starts: int, tickets: int) -> list[WrittenLog]:
    """Each kiosk was started so often, and issued so many tickets every time."""
    logs = []
    for kiosk in range(kiosks):
        written = WrittenLog(f"{kiosk + 16:016x}", clock_ms=NOW_MS)
        for start in range(starts):
            if start:
                written.start()
            for count in range(tickets):
                number = (kiosk * starts + start) * tickets + count
                written.clock_ms += MINUTE_MS
                written.issue(1 + number % 65_000, series=1 + kiosk)
        logs.append(written)
    return logs


def store(node: Node, written: WrittenLog) -> None:
    with node.database.writing() as connection:
        for batch in written.events.values():
            for first in range(0, len(batch), 500):
                receipt = ingest(connection, SITE, written.origin, batch[first : first + 500], NOW_MS)
                assert receipt.refusal is None


def with_relay(node: Node, url: str, work: Callable[[Relay], Awaitable[None]]) -> None:
    async def relay() -> None:
        async with SyncClient(url, SITE, node.identity) as client:
            await work(Relay(node, SITE, client))

    asyncio.run(relay())


def held_of(node: Node, origin: str) -> int:
    query = select(func.sum(incarnations.c.sequence)).where(incarnations.c.origin == origin)
    with node.database.reading() as connection:
        return int(connection.execute(query).scalar_one() or 0)


def test_n11_live_tickets_overtake_the_backlog_of_a_hall(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    enrol_site(tmp_path / "site", tmp_path / "central")
    site = open_node(ServerSettings(Role.SITE, tmp_path / "site"))
    backlog = hall_after_an_outage(kiosks=4, starts=3, tickets=500)
    for written in backlog:
        store(site, written)
    live = WrittenLog("f" * 16, clock_ms=NOW_MS + 30 * 24 * 60 * MINUTE_MS)
    live.issue(60_001, series=20)

    async def drain(relay: Relay) -> None:
        await relay.greet()
        total = relay.backlog
        assert total >= 960_000 / SCALE
        for _ in range(4):
            assert await relay.push()
        for count in range(2, 6):  # while the rest waits, a visitor comes now and then
            store(site, live)
            relay.wake(live.origin)
            assert await relay.push()
            assert await relay.push()
            assert held_of(central.node, live.origin) == count
            live.issue(60_000 + count, series=20)
        began, left = time.monotonic(), relay.backlog
        while await relay.push():
            pass
        record_property("events_per_second", round(left / (time.monotonic() - began)))

    with central_server(tmp_path / "central") as central:
        with_relay(site, central.url, drain)
    site.close()
    assert_same_logs(tmp_path / "site", tmp_path / "central")
