"""The way upstream: one thread that keeps the server up to date and says how it goes. Nobody ever waits for it."""

import asyncio
import contextlib
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

import structlog

from kiosk.clock import Clock
from kiosk.errors import (
    KioskError,
    OfflineError,
    ProtocolMismatchError,
    ServerBusyError,
    StoreError,
    UnauthorisedError,
)
from kiosk.identity import Identity
from kiosk.store.log import Backlog, backlog
from kiosk.store.writer import Store
from kiosk.sync.backoff import backoff_s, obedient_backoff_s
from kiosk.sync.client import Deadlines, SyncClient
from kiosk.sync.conversation import Conversation
from kiosk.sync.kiosk_log import KioskLog
from kiosk.sync.status import SyncState, SyncStatus

log = structlog.get_logger(__name__)

_ALL_SENT: Final = Backlog(0, None)


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds. `hello_every_s`: how often both sides compare notes while nothing is written."""

    hello_every_s: float = 15.0
    first_backoff_s: float = 1.0
    longest_backoff_s: float = 60.0
    deadlines: Deadlines = field(default_factory=Deadlines)


class _Running(NamedTuple):
    """The loop on the engine's thread, and what it does there."""

    loop: asyncio.AbstractEventLoop
    task: asyncio.Task[None]

    def call(self, function: Callable[[], object]) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: the engine was stopped
            self.loop.call_soon_threadsafe(function)


class SyncEngine:
    """`on_status` is called on the engine's own thread, only when something changed."""

    def __init__(  # noqa: PLR0913  # a composition root's list
        self,
        store: Store,
        identity: Identity,
        server_url: str,
        clock: Clock,
        on_status: Callable[[SyncStatus], None],
        *,
        site_id: str,
        pace: Pace | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._store = store
        self._identity = identity
        self._server_url = server_url
        self._clock = clock
        self._on_status = on_status
        self._site_id = site_id
        self._pace = pace or Pace()
        self._chance = chance
        self._status = SyncStatus()
        self._failures = 0
        self._has_contact: bool | None = None
        self._woken = asyncio.Event()
        self._running: _Running | None = None
        self._is_set_up = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sync")

    @property
    def status(self) -> SyncStatus:
        return self._status

    def start(self) -> None:
        self._thread.start()
        self._is_set_up.wait()

    def wake(self) -> None:
        """Something was written: send it now. From any thread; never waits."""
        if self._running is not None:
            self._running.call(self._woken.set)

    def stop(self) -> None:
        """Ends within moments, even in the middle of a call; what is not acknowledged is sent after the next start."""
        if self._running is not None:
            self._running.call(self._running.task.cancel)
            self._thread.join()

    def _run(self) -> None:
        with contextlib.suppress(asyncio.CancelledError), asyncio.Runner() as runner:  # stop() cancels
            loop = runner.get_loop()
            self._running = _Running(loop, loop.create_task(self._keep_up()))
            self._is_set_up.set()
            loop.run_until_complete(self._running.task)

    async def _keep_up(self) -> None:
        async with SyncClient(self._server_url, self._site_id, self._identity, self._pace.deadlines) as client:
            conversation = Conversation(client, KioskLog(self._store))
            while True:
                try:
                    await self._stay_in_touch(conversation)
                except KioskError as error:
                    await self._report_trouble(error)
                    await self._pause_after(error)
                except Exception as error:
                    log.exception("sync_failed")
                    await self._pause_after(error)

    async def _stay_in_touch(self, conversation: Conversation) -> None:
        """Hello, then push whenever something was written, for as long as all goes well."""
        while True:
            await conversation.hello()
            is_woken = True
            while is_woken:
                self._woken.clear()
                while await conversation.push():
                    await self._report_contact(conversation, await self._backlog())
                self._failures = 0
                await self._report_contact(conversation, await self._backlog() if conversation.trouble else _ALL_SENT)
                is_woken = await self._is_woken_within(self._pace.hello_every_s)

    async def _pause_after(self, error: Exception) -> None:
        """A ticket ends the pause when nobody answered; a server that answers with a refusal is left in peace."""
        self._failures += 1
        pace = self._pace
        if isinstance(error, ServerBusyError) and error.retry_after_s is not None:
            await asyncio.sleep(obedient_backoff_s(error.retry_after_s, self._chance(), first_s=pace.first_backoff_s))
            return
        pause = backoff_s(
            self._failures, self._chance(), first_s=pace.first_backoff_s, longest_s=pace.longest_backoff_s
        )
        if isinstance(error, OfflineError):
            await self._is_woken_within(pause)
            self._woken.clear()
        else:
            await asyncio.sleep(pause)

    async def _is_woken_within(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                return await self._woken.wait()
        except TimeoutError:
            return False

    async def _report_contact(self, conversation: Conversation, unsent: Backlog) -> None:
        if self._has_contact is not True:
            self._has_contact = True
            log.info("server_reached", server=self._server_url)
        alarm = conversation.trouble
        self._publish(
            SyncStatus(
                state=SyncState.ALARM if alarm else SyncState.ONLINE,
                last_contact=self._clock.now(),
                backlog=unsent.count,
                oldest_unsent=unsent.oldest,
                detail=alarm,
            )
        )

    async def _report_trouble(self, error: KioskError) -> None:
        if self._has_contact is not False:
            self._has_contact = False
            log.warning("server_lost", server=self._server_url, detail=str(error))
        unwelcome = isinstance(error, UnauthorisedError | ProtocolMismatchError)
        status = replace(self._status, state=SyncState.REFUSED if unwelcome else SyncState.OFFLINE, detail=str(error))
        with contextlib.suppress(StoreError):  # the disk may be the trouble, or fail just now
            unsent = await self._backlog()
            status = replace(status, backlog=unsent.count, oldest_unsent=unsent.oldest)
        self._publish(status)

    async def _backlog(self) -> Backlog:
        return await asyncio.wrap_future(self._store.submit(backlog))

    def _publish(self, status: SyncStatus) -> None:
        if status != self._status:
            self._status = status
            self._on_status(status)
