"""The relay at work: one thread of a site server that keeps central up to date.

No request waits for it, and a site goes on without central for as long as it must.
"""

import asyncio
import contextlib
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import structlog
from sqlalchemy.exc import DBAPIError

from kiosk.enrolment import UPSTREAM_FILE, Enrolment, load_enrolment
from kiosk.errors import FencedError, KioskError, ProtocolMismatchError, ServerBusyError, UnauthorisedError
from kiosk.sync.backoff import backoff_s, obedient_backoff_s
from kiosk.sync.client import Deadlines, SyncClient
from kiosk.sync.fence import EpochFence
from kiosk.sync.status import SyncState
from kiosk.sync.tls import NotBelievedError
from server.central_contact import CentralContact
from server.database import milliseconds, store_error
from server.node import Node
from server.relay import CENTRAL, Relay
from server.relay_status import RelayStatus
from server.settings import Role, Upstream

log = structlog.get_logger(__name__)

_NOT_ENROLLED: Final = (
    "This site is not enrolled at its central server: make a code there (giliran server invite --kind site) and run"
    " giliran enrol CODE --data {folder} --upstream {url}."
)


@dataclass(frozen=True, slots=True)
class RelayPace:
    """Seconds. A nation's sites must not return at once: after a failure each waits a random time up to the backoff,
    and when the line is back, up to `after_outage_s` more.
    """

    hello_every_s: float = 900.0
    """Both ends compare notes anew, should central have changed without anybody saying so."""
    heartbeat_every_s: float = 60.0
    first_backoff_s: float = 1.0
    longest_backoff_s: float = 300.0
    after_outage_s: float = 30.0
    deadlines: Deadlines = field(default_factory=Deadlines)


class Relaying:
    """`node`: of a site. Made before the server listens, so that a restored one waits for central's word."""

    def __init__(
        self,
        node: Node,
        data_dir: Path,
        upstream: Upstream | None,
        pace: RelayPace | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._node = node
        self._data_dir = data_dir
        self._upstream = upstream
        self._pace = pace or RelayPace()
        self._chance = chance
        self._failures = 0
        self._has_contact: bool | None = None
        self._relay: Relay | None = None
        self._woken = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_set_up = threading.Event()
        self._thread = threading.Thread(target=self._run, name="relay")
        self._publish(RelayStatus())
        with contextlib.suppress(KioskError):  # said again, and to the technician, by the thread
            enrolment = load_enrolment(data_dir / UPSTREAM_FILE)
            if enrolment is not None:
                node.recoveries.expect(enrolment.site, CENTRAL)

    @property
    def status(self) -> RelayStatus:
        return self._node.relay.status or RelayStatus()

    def start(self) -> None:
        if sentence := not_enrolled(self._data_dir, self._upstream):
            log.warning("upstream_not_enrolled", detail=sentence)
        self._node.arrivals.add(self._arrived)
        self._thread.start()
        self._is_set_up.wait()

    def stop(self) -> None:
        """Within moments, even in the middle of a call. Before `start`: nothing happens."""
        self._node.arrivals.remove(self._arrived)
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # it has ended by itself
                self._loop.call_soon_threadsafe(self._task.cancel)
            self._thread.join()

    def _arrived(self, site_id: str, origin: str) -> None:
        relay, loop = self._relay, self._loop
        if relay is not None and loop is not None and relay.site_id == site_id:
            relay.wake(origin)
            with contextlib.suppress(RuntimeError):  # the loop is closed: the relay was stopped
                loop.call_soon_threadsafe(self._woken.set)

    def _run(self) -> None:
        with contextlib.suppress(asyncio.CancelledError), asyncio.Runner() as runner:  # stop() cancels
            self._loop = runner.get_loop()
            self._task = self._loop.create_task(self._live())
            self._is_set_up.set()
            self._loop.run_until_complete(self._task)

    async def _live(self) -> None:
        enrolment = await self._enrolment()
        asked = self._upstream or Upstream()
        kept = None if enrolment.authority is None else self._data_dir / enrolment.authority
        url, authority = asked.url or enrolment.server_url, asked.authority or kept
        fence = fence_against_old_central(self._node, enrolment.site)
        async with SyncClient(
            url, enrolment.site, self._node.identity, self._pace.deadlines, fence, authority=authority
        ) as client:
            self._relay = Relay(self._node, enrolment.site, client)
            contact = CentralContact(self._node, client, self._relay, enrolment)
            while True:
                try:
                    await self._stay_in_touch(contact)
                except (KioskError, DBAPIError) as error:
                    known = store_error(error) if isinstance(error, DBAPIError) else error
                    self._report_trouble(known)
                    await self._pause_after(known)
                except Exception as error:
                    log.exception("sync_failed")
                    await self._pause_after(error)

    async def _enrolment(self) -> Enrolment:
        """Who this site is to central; asked for again until a person has enrolled it."""
        while True:
            try:
                enrolment = load_enrolment(self._data_dir / UPSTREAM_FILE)
            except KioskError as error:
                self._publish(replace(self.status, state=SyncState.REFUSED, detail=str(error)))
            else:
                if enrolment is not None:
                    return enrolment
                detail = not_enrolled(self._data_dir, self._upstream)
                self._publish(replace(self.status, state=SyncState.REFUSED, detail=detail))
            await asyncio.sleep(self._pace.first_backoff_s)

    async def _stay_in_touch(self, contact: CentralContact) -> None:
        await contact.beat()
        if self._failures:
            # The line is back, for three hundred sites at once.
            await asyncio.sleep(self._chance() * self._pace.after_outage_s)
        clock = self._node.clock
        greeted_at = -self._pace.hello_every_s
        beaten_at = clock.monotonic()
        while True:
            if clock.monotonic() - greeted_at >= self._pace.hello_every_s or contact.is_stranger:
                await contact.greet()
                greeted_at = clock.monotonic()
            self._woken.clear()
            while await contact.relay.push():
                self._failures = 0
                if clock.monotonic() - beaten_at >= self._pace.heartbeat_every_s:
                    break
            self._report_contact(contact.relay)
            if clock.monotonic() - beaten_at >= self._pace.heartbeat_every_s:
                await contact.beat()
                beaten_at = clock.monotonic()
            self._failures = 0
            if contact.relay.backlog == 0 and not contact.is_stranger:
                await self._is_woken_within(beaten_at + self._pace.heartbeat_every_s - clock.monotonic())

    async def _pause_after(self, error: Exception) -> None:
        """No ticket ends it: a busy hall would ask every second, and so would all the others."""
        self._failures += 1
        first_s, longest_s = self._pace.first_backoff_s, self._pace.longest_backoff_s
        if isinstance(error, ServerBusyError) and error.retry_after_s is not None:
            await asyncio.sleep(obedient_backoff_s(error.retry_after_s, self._chance(), first_s=first_s))
        else:
            await asyncio.sleep(backoff_s(self._failures, self._chance(), first_s=first_s, longest_s=longest_s))

    async def _is_woken_within(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(max(0.0, seconds)):
                return await self._woken.wait()
        except TimeoutError:
            return False

    def _report_contact(self, relay: Relay) -> None:
        if self._has_contact is not True:
            self._has_contact = True
            log.info("central_reached", site=relay.site_id)
        self._publish(
            RelayStatus(
                state=SyncState.ALARM if relay.trouble else SyncState.ONLINE,
                last_contact=self._node.clock.now(),
                backlog=relay.backlog,
                oldest_unsent=relay.oldest_unsent() if relay.backlog else None,
                detail=relay.trouble,
            )
        )

    def _report_trouble(self, error: KioskError) -> None:
        if self._has_contact is not False:
            self._has_contact = False
            log.warning("central_lost", detail=str(error))
        if isinstance(error, FencedError) and error.site_epoch is not None and self._relay is not None:
            # Of two servers of this site central listens to the other: this one gives no number any more.
            now_ms = milliseconds(self._node.clock.now())
            self._node.fences.note(self._relay.site_id, Role.SITE, error.site_epoch, CENTRAL, now_ms)
        is_believed = not isinstance(error, NotBelievedError)
        status = replace(self.status, state=_state_after(error), detail=str(error), is_believed=is_believed)
        with contextlib.suppress(DBAPIError):  # the database may be the trouble
            if self._relay is not None:
                unsent, oldest = self._relay.unsent()
                status = replace(status, backlog=unsent, oldest_unsent=oldest)
        self._publish(status)

    def _publish(self, status: RelayStatus) -> None:
        self._node.relay.tell(status)


def not_enrolled(data_dir: Path, upstream: Upstream | None) -> str:
    """What to do about a site server that central has not let in; empty where it has."""
    if (data_dir / UPSTREAM_FILE).exists():
        return ""
    return _NOT_ENROLLED.format(folder=data_dir, url=(upstream or Upstream()).url or "URL")


def fence_against_old_central(node: Node, site_id: str) -> EpochFence:
    """Holds over a restart too, whichever answer a higher epoch came with."""

    def remember(epoch: int) -> None:
        node.fences.note(site_id, Role.CENTRAL, epoch, CENTRAL, milliseconds(node.clock.now()))

    return EpochFence(node.fences.highest(site_id, Role.CENTRAL) or None, remember)


def _state_after(error: KioskError) -> SyncState:
    if isinstance(error, FencedError):
        return SyncState.ALARM
    if isinstance(error, UnauthorisedError | ProtocolMismatchError):
        return SyncState.REFUSED
    return SyncState.OFFLINE
