"""Kiosks of many sites that only send: what one kiosk really wrote, told again by each of them as its own.

Their keys follow from their sites' names, so the process that sends and the one that receives need share no file.
"""

import asyncio
import hashlib
import ipaddress
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.issue import kiosk_at_work
from kiosk.catalogue_file import load_catalogue
from kiosk.domain.events import NO_EVENT, Event, decode, digest, encode
from kiosk.domain.print_job import PrintState
from kiosk.identity import Identity
from kiosk.paths import resource_path
from kiosk.site_file import load_site
from kiosk.store.log import read_after
from kiosk.store.print_jobs import StoredPrintJobs
from kiosk.sync.client import Deadlines, SyncClient
from kiosk.sync.wire import MAX_BATCH_EVENTS, Head, Hello
from server.devices import DeviceRecord
from server.enrolment import admit_within
from server.node import Node

_PATIENT = Deadlines(connect_s=60.0, total_s=60.0)
"""One process that is 300 kiosks is itself too busy to notice within 3 s that a connection was made. What it waits is
measured all the same.
"""


@dataclass(frozen=True, slots=True)
class Greetings:
    """Of many kiosks at once. `milliseconds`: from before the connection until hello was answered."""

    milliseconds: Sequence[float]
    failures: Sequence[str]


class _DistantClient(SyncClient):
    """Of a site somewhere in the country: a server behind a proxy on its own machine sees each one's own address."""

    def _connection(self) -> httpx2.AsyncClient:
        http = super()._connection()
        number = int(self._device.device_id[:8], 16)
        http.headers["X-Forwarded-For"] = str(ipaddress.IPv4Address(number))
        return http


def kiosk_of(site_id: str) -> Identity:
    return Identity(Ed25519PrivateKey.from_private_bytes(hashlib.sha256(site_id.encode()).digest()))


def admit_fleet(node: Node, site_ids: Sequence[str]) -> None:
    with node.database.writing() as connection:
        for site_id in site_ids:
            kiosk = kiosk_of(site_id)
            record = DeviceRecord(kiosk.device_id, kiosk.public_key, site_id, 1, None, "Anjungan 1")
            admit_within(connection, node, record)


def sender_process() -> ProcessPoolExecutor:
    """A process of its own, so that sending takes no time from the server's."""
    return ProcessPoolExecutor(1, mp_context=get_context("spawn"))


def write_model_log(tickets: int) -> Sequence[bytes]:
    """The log of a kiosk after so many visitors: each took a number and got a slip."""
    catalogue = load_catalogue(
        resource_path("assets/catalogue/mpp-jakarta.json"), resource_path("assets/catalogue/service-numbers.json")
    )
    site = load_site(resource_path("assets/sites/mpp-jakarta.json"), catalogue)
    with TemporaryDirectory() as folder, kiosk_at_work(Path(folder), site, catalogue) as kiosk:
        jobs = StoredPrintJobs(kiosk.store, kiosk.clock)
        while (job := jobs.take_next()) is not None:
            jobs.finish(job.id, PrintState.CONFIRMED)
        for _ in range(tickets - kiosk.visitors):
            kiosk.issuing.issue(kiosk.next_visitor())
            job = jobs.take_next()
            assert job is not None  # noqa: S101  # nobody else prints here
            jobs.finish(job.id, PrintState.CONFIRMED)
        incarnation = kiosk.store.node.incarnation
        return [event.raw for event in kiosk.store.call(lambda db: read_after(db, incarnation, 0, 10**9, 10**12))]


def send_all(url: str, site_ids: Sequence[str], model: Sequence[bytes]) -> float:
    """Every site's kiosk sends the log as its own, all at once. Returns seconds; raises SyncError."""
    batches = {site_id: _in_batches(_retold(model, site_id)) for site_id in site_ids}

    async def send(client: SyncClient, site_id: str) -> None:
        for batch in batches[site_id]:
            await client.append(batch)

    async def run() -> float:
        async with AsyncExitStack() as clients:
            ready = {
                site_id: await clients.enter_async_context(SyncClient(url, site_id, kiosk_of(site_id), _PATIENT))
                for site_id in site_ids
            }
            for client in ready.values():
                await client.open_session()
            begun = time.perf_counter()
            async with asyncio.TaskGroup() as group:
                for site_id, client in ready.items():
                    group.create_task(send(client, site_id))
            return time.perf_counter() - begun

    return asyncio.run(run())


def greet_all(url: str, site_ids: Sequence[str], model: Sequence[bytes]) -> Greetings:
    """Every site's kiosk comes back at the same moment: connects, opens a session, says hello.

    What one process needs to be that many kiosks is part of the figures.
    """
    kiosks = {site_id: kiosk_of(site_id) for site_id in site_ids}
    last = decode(model[-1])
    assert isinstance(last, Event)  # noqa: S101  # our own log
    head = Head(incarnation=last.incarnation, sequence=last.sequence, hash=digest(model[-1]))

    async def greet(client: SyncClient, site_id: str) -> float:
        begun = time.perf_counter()
        await client.hello(Hello(origin=kiosks[site_id].device_id, heads=(head,)))
        return (time.perf_counter() - begun) * 1000

    async def run() -> Greetings:
        async with AsyncExitStack() as clients:
            ready = {
                site_id: await clients.enter_async_context(_DistantClient(url, site_id, kiosk, _PATIENT))
                for site_id, kiosk in kiosks.items()
            }
            results = await asyncio.gather(
                *(greet(client, site_id) for site_id, client in ready.items()), return_exceptions=True
            )
        failures = [str(result) for result in results if isinstance(result, BaseException)]
        return Greetings([result for result in results if isinstance(result, float)], failures)

    return asyncio.run(run())


def _retold(model: Sequence[bytes], site_id: str) -> Sequence[bytes]:
    """The same facts with another site and origin in them, chained anew."""
    origin = kiosk_of(site_id).device_id
    retold: list[bytes] = []
    for raw in model:
        event = decode(raw)
        assert isinstance(event, Event)  # noqa: S101  # our own log
        body = {**event.body, "site_id": site_id} if "site_id" in event.body else event.body
        previous = digest(retold[-1]) if retold else NO_EVENT
        retold.append(encode(replace(event, origin=origin, body=body, previous=previous)))
    return retold


def _in_batches(events: Sequence[bytes]) -> Sequence[Sequence[bytes]]:
    return [events[start : start + MAX_BATCH_EVENTS] for start in range(0, len(events), MAX_BATCH_EVENTS)]
