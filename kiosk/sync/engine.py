"""The way upstream: one thread that keeps the server up to date and says how it goes. Nobody ever waits for it."""

import asyncio
import contextlib
import random
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

import structlog

from kiosk.clock import Clock
from kiosk.domain.wait import QueueOutlook
from kiosk.errors import (
    FencedError,
    KioskError,
    OfflineError,
    ProtocolMismatchError,
    ServerBusyError,
    StoreError,
    UnauthorisedError,
)
from kiosk.hall_outlook import HallOutlook, wait_of
from kiosk.identity import Identity
from kiosk.store.log import Backlog, backlog
from kiosk.store.server_epochs import remember_server_epoch, server_epoch
from kiosk.store.writer import Store
from kiosk.sync.backoff import backoff_s, obedient_backoff_s
from kiosk.sync.breaker import Breaker
from kiosk.sync.client import Deadlines, SyncClient
from kiosk.sync.conversation import Conversation
from kiosk.sync.fence import EpochFence
from kiosk.sync.heartbeat import Heart, Listeners, Patient
from kiosk.sync.housekeeping import keep_house
from kiosk.sync.kiosk_log import KioskLog
from kiosk.sync.numbers import SharedNumbers
from kiosk.sync.pace import Pace
from kiosk.sync.status import SyncState, SyncStatus
from kiosk.sync.visits import VisitQuestions
from kiosk.sync.wire import Outlook

log = structlog.get_logger(__name__)

_ALL_SENT: Final = Backlog(0, None)


class _Running(NamedTuple):
    """The loop on the engine's thread, and what it does there."""

    loop: asyncio.AbstractEventLoop
    task: asyncio.Task[None]

    def call(self, function: Callable[[], object]) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: the engine was stopped
            self.loop.call_soon_threadsafe(function)


class SyncEngine:
    """What is passed in is called on the engine's own thread. `on_status`: only when something changed. `on_snapshots`:
    after every heartbeat, with the newest version of each kind that the server has. `printer`: its state in one word.
    """

    def __init__(  # noqa: PLR0913  # a composition root's list
        self,
        store: Store,
        identity: Identity,
        server_url: str,
        clock: Clock,
        on_status: Callable[[SyncStatus], None],
        *,
        site_id: str,
        authority: Path | None = None,
        pace: Pace | None = None,
        chance: Callable[[], float] = random.random,
        printer: Callable[[], str] = lambda: "",
        on_snapshots: Callable[[Mapping[str, int]], None] = lambda _: None,
        details: Callable[[], tuple[str, ...]] = tuple,
        outlook: HallOutlook | None = None,
    ) -> None:
        self._store = store
        self._identity = identity
        self._server_url = server_url
        self._authority = authority
        self._clock = clock
        self._on_status = on_status
        self._site_id = site_id
        self._pace = pace or Pace()
        self._chance = chance
        self._status = SyncStatus()
        self._failures = 0
        self._told = ""
        self._alarms: tuple[str, ...] = ()
        self._woken = asyncio.Event()
        self._greeting = asyncio.Event()
        self._breaker = Breaker()
        self._fence = EpochFence(remember=self._remember_epoch)
        self._numbers = SharedNumbers(self._breaker, self._fence, self._pace.number_within_s)
        self._visits = VisitQuestions(self._breaker, self._pace.visit_within_s)
        self._outlook = outlook
        self._heart = Heart(
            Patient(store, clock, printer, lambda: self._alarms, details),
            Listeners(self._greet, on_snapshots, self._hear_queues),
            self._breaker,
            self._fence,
            self._pace,
            chance,
        )
        self._running: _Running | None = None
        self._is_set_up = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sync")

    @property
    def status(self) -> SyncStatus:
        return self._status

    @property
    def numbers(self) -> SharedNumbers:
        """The site's numbers, for as long as the server is there to give them."""
        return self._numbers

    @property
    def visits(self) -> VisitQuestions:
        """What the site knows of a slip, for as long as the server is there to say it."""
        return self._visits

    @property
    def numbers_trouble(self) -> str:
        """Why this kiosk counts by itself, in a sentence; empty while the server gives the numbers."""
        return self._breaker.reason

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

    def _hear_queues(self, day: date | None, queues: Mapping[str, Outlook]) -> None:
        if self._outlook is not None:
            self._outlook.hear(day, {code: _outlook_of(said) for code, said in queues.items()})

    def _run(self) -> None:
        with contextlib.suppress(asyncio.CancelledError), asyncio.Runner() as runner:  # stop() cancels
            loop = runner.get_loop()
            self._running = _Running(loop, loop.create_task(self._live()))
            self._is_set_up.set()
            loop.run_until_complete(self._running.task)

    async def _live(self) -> None:
        """Connections of their own: a batch on its way must hold up neither a visitor nor the sign that the server
        lives. That for slips is made when the first one is scanned.
        """
        with contextlib.suppress(StoreError):  # the visitor and the log will tell
            self._fence.newest = await asyncio.wrap_future(self._store.submit(server_epoch))
        pace = self._pace
        async with (
            self._client(pace.deadlines) as for_log,
            self._client(_all_within(pace.heartbeat_within_s)) as for_heart,
            self._client(_all_within(pace.number_within_s)) as for_numbers,
            self._client(_all_within(pace.visit_within_s / 2)) as for_visits,
            asyncio.TaskGroup() as group,
        ):
            self._numbers.attach(for_numbers)
            self._visits.attach(for_visits)
            group.create_task(self._keep_up(for_log))
            group.create_task(self._heart.beat(for_heart))
            group.create_task(self._numbers.warm_up())
            group.create_task(keep_house(self._store, pace.housekeeping_every_s))

    def _client(self, deadlines: Deadlines) -> SyncClient:
        return SyncClient(
            self._server_url, self._site_id, self._identity, deadlines, self._fence, authority=self._authority
        )

    async def _keep_up(self, client: SyncClient) -> None:
        conversation = Conversation(client, KioskLog(self._store))
        while True:
            try:
                await self._stay_in_touch(conversation)
            except Exception as error:  # noqa: BLE001  # told by _report_failure
                await self._report_failure(error)
                await self._pause_after(error)

    async def _report_failure(self, error: Exception) -> None:
        """Whatever else goes wrong meanwhile is told, too: raised, it would end the sync and all beside it."""
        if not isinstance(error, KioskError):
            log.error("sync_failed", exc_info=error)
            return
        try:
            await self._report_trouble(error)
        except Exception:
            log.exception("sync_failed")

    async def _stay_in_touch(self, conversation: Conversation) -> None:
        """Hello, then push whenever something was written, for as long as all goes well."""
        while True:
            self._greeting.clear()
            await conversation.hello()
            is_woken = True
            while is_woken and not self._greeting.is_set():
                self._woken.clear()
                while await conversation.push():
                    await self._report_contact(conversation, await self._backlog())
                self._failures = 0
                await self._report_contact(conversation, await self._backlog() if conversation.trouble else _ALL_SENT)
                is_woken = await _is_set_within(self._woken, self._pace.hello_every_s)

    async def _pause_after(self, error: Exception) -> None:
        """A ticket ends the pause when nobody answered; a server that answers with a refusal is left in peace."""
        self._failures += 1
        pace = self._pace
        if isinstance(error, ServerBusyError) and error.retry_after_s is not None:
            asked_s = obedient_backoff_s(error.retry_after_s, self._chance(), first_s=pace.first_backoff_s)
            await _is_set_within(self._greeting, asked_s)
            return
        pause = backoff_s(
            self._failures, self._chance(), first_s=pace.first_backoff_s, longest_s=pace.longest_backoff_s
        )
        await _is_set_within(self._woken if isinstance(error, OfflineError) else self._greeting, pause)
        self._woken.clear()

    def _greet(self) -> None:
        """A heartbeat says that things have changed: compare notes at once."""
        self._greeting.set()
        self._woken.set()

    def _remember_epoch(self, epoch: int) -> None:
        """Before any ticket that is stored from now on."""
        self._store.submit(partial(remember_server_epoch, epoch=epoch))

    async def _report_contact(self, conversation: Conversation, unsent: Backlog) -> None:
        if self._told != "server_reached":
            self._told = "server_reached"
            log.info("server_reached", server=self._server_url)
        alarm = conversation.trouble
        self._alarms = tuple(dict.fromkeys(filter(None, (*conversation.alarms.values(), conversation.recovered))))
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
        state = _state_after(error)
        if state is SyncState.ALARM and self._told != "old_server_refused":
            self._told = "old_server_refused"
            log.error("old_server_refused", server=self._server_url, detail=str(error))
        elif state is not SyncState.ALARM and self._told != "server_lost":
            self._told = "server_lost"
            log.warning("server_lost", server=self._server_url, detail=str(error))
        status = replace(self._status, state=state, detail=str(error))
        try:
            unsent = await self._backlog()
            status = replace(status, backlog=unsent.count, oldest_unsent=unsent.oldest)
        except StoreError:  # the disk may be the trouble, or fail just now
            pass
        except Exception:  # the technician must hear of the server all the same
            log.exception("sync_failed")
        self._publish(status)

    async def _backlog(self) -> Backlog:
        return await asyncio.wrap_future(self._store.submit(backlog))

    def _publish(self, status: SyncStatus) -> None:
        if status != self._status:
            self._status = status
            self._on_status(status)


def _state_after(error: KioskError) -> SyncState:
    if isinstance(error, FencedError):
        return SyncState.ALARM
    if isinstance(error, UnauthorisedError | ProtocolMismatchError):
        return SyncState.REFUSED
    return SyncState.OFFLINE


def _all_within(seconds: float) -> Deadlines:
    return Deadlines(connect_s=seconds, total_s=seconds)


async def _is_set_within(event: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            return await event.wait()
    except TimeoutError:
        return False


def _outlook_of(said: Outlook) -> QueueOutlook:
    return QueueOutlook(
        waiting=said.waiting,
        ordinary=wait_of(said.low_s, said.high_s),
        priority=wait_of(said.priority_low_s, said.priority_high_s),
        visit=wait_of(said.visit_low_s, said.visit_high_s),
        is_closed=said.is_closed,
    )
