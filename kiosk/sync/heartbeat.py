"""Every two seconds, however idle: how this kiosk fares, and whether the server is there to give numbers."""

import asyncio
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import structlog
from sqlite_utils import Database

from kiosk.clock import Clock
from kiosk.domain.events import LogHead
from kiosk.errors import KioskError, OfflineError, ServerBusyError, StoreError
from kiosk.store.log import Backlog, backlog, head_of
from kiosk.store.writer import Store
from kiosk.sync.backoff import backoff_s, obedient_backoff_s
from kiosk.sync.breaker import Breaker
from kiosk.sync.client import SyncClient
from kiosk.sync.fence import EpochFence
from kiosk.sync.pace import Pace
from kiosk.sync.reply import NotKnownThereError
from kiosk.sync.wire import Head, Health, Heartbeat, HeartbeatAnswer, Outlook
from kiosk.version import VERSION

log = structlog.get_logger(__name__)

_RECOVERING: Final = "The server was restored from an older copy and is asking every kiosk what it knows."
_MOST_DETAILS: Final = 8
_LONGEST_DETAIL: Final = 400


@dataclass(frozen=True, slots=True)
class Patient:
    """What a heartbeat asks of the rest of the machine, each time. `printer`: its state in one word. `alarms`: what a
    person must look at, in sentences; `details`: what else a technician should know.
    """

    store: Store
    clock: Clock
    printer: Callable[[], str]
    alarms: Callable[[], tuple[str, ...]]
    details: Callable[[], tuple[str, ...]] = tuple


@dataclass(frozen=True, slots=True)
class Listeners:
    """Called on the loop. `greet`: say hello at once. `on_snapshots`: kind -> the newest version to be had.
    `on_queues`: the service day, and how each queue stands.
    """

    greet: Callable[[], None]
    on_snapshots: Callable[[Mapping[str, int]], None]
    on_queues: Callable[[date | None, Mapping[str, Outlook]], None] = lambda _day, _queues: None


@dataclass(frozen=True, slots=True)
class _Vitals:
    head: LogHead | None
    unsent: Backlog
    disk_free_bytes: int | None


class Heart:
    """Belongs to one event loop. Opens and closes the breaker; what else is wrong the engine finds out and tells."""

    def __init__(  # noqa: PLR0913, PLR0917  # the parts it is wired from, once
        self,
        patient: Patient,
        listeners: Listeners,
        breaker: Breaker,
        fence: EpochFence,
        pace: Pace,
        chance: Callable[[], float],
    ) -> None:
        self._patient = patient
        self._listeners = listeners
        self._breaker = breaker
        self._fence = fence
        self._pace = pace
        self._chance = chance
        self._failures = 0
        self._was_good = False
        self._was_recovering = False

    async def beat(self, client: SyncClient) -> None:
        """For as long as it is let. `client` is used for nothing else."""
        while True:
            rest_s = await self.beat_once(client)
            await asyncio.sleep(rest_s)

    async def beat_once(self, client: SyncClient) -> float:
        """One heartbeat; seconds to rest before the next."""
        troubles = self._breaker.troubles
        try:
            async with asyncio.timeout(self._pace.heartbeat_within_s):
                answer = await client.heartbeat(await self._message())
        except NotKnownThereError as error:
            self._failures = 0
            self._breaker.open(str(error))
            return self._pace.longest_backoff_s  # perhaps it is updated one day
        except TimeoutError:
            return self._missed(OfflineError("The server did not answer a heartbeat in time."))
        except KioskError as error:
            return self._missed(error)
        except Exception as error:
            log.exception("sync_failed")
            return self._missed(error)
        self._heard(answer, troubles)
        return self._pace.heartbeat_every_s

    def _heard(self, answer: HeartbeatAnswer, troubles: int) -> None:
        is_news = self._failures > 0 or (answer.recovering and not self._was_recovering)
        self._failures = 0
        self._was_good = True
        self._was_recovering = answer.recovering
        if answer.recovering:
            self._breaker.open(_RECOVERING)
        else:
            self._breaker.close(troubles)
        if is_news:
            self._listeners.greet()
        if answer.snapshots or answer.queues:
            try:
                self._listeners.on_queues(answer.service_day, answer.queues)
                if answer.snapshots:
                    self._listeners.on_snapshots(answer.snapshots)
            except Exception:  # the server lives, and numbers are to be had
                log.exception("sync_failed")

    def _missed(self, error: Exception) -> float:
        """An outage is noticed to be over within seconds; whoever answers with a refusal is left in peace."""
        self._failures += 1
        self._breaker.open(str(error))
        if self._was_good:
            self._was_good = False
            self._listeners.greet()  # its failure tells the technician
        pace = self._pace
        if isinstance(error, ServerBusyError) and error.retry_after_s is not None:
            return obedient_backoff_s(error.retry_after_s, self._chance(), first_s=pace.first_missed_s)
        longest_s = pace.longest_missed_s if isinstance(error, OfflineError) else pace.longest_backoff_s
        full = backoff_s(self._failures, 1.0, first_s=pace.first_missed_s, longest_s=longest_s)
        return full * (1.0 + self._chance()) / 2.0

    async def _message(self) -> Heartbeat:
        try:
            vitals = await asyncio.wrap_future(self._patient.store.submit(self._vitals))
            trouble: tuple[str, ...] = ()
        except StoreError as error:
            vitals, trouble = _Vitals(None, Backlog(0, None), None), (str(error),)
        head = vitals.head
        return Heartbeat(
            origin=self._patient.store.node.origin,
            head=None if head is None else Head(incarnation=head.incarnation, sequence=head.sequence, hash=head.hash),
            server_epoch=self._fence.newest,
            health=self._health(vitals, trouble),
        )

    def _health(self, vitals: _Vitals, trouble: tuple[str, ...]) -> Health:
        patient = self._patient
        alarms = patient.alarms()
        details = (*trouble, *alarms, *patient.details())[:_MOST_DETAILS]
        return Health(
            program=VERSION,
            at=patient.clock.now(),
            clock_trusted=patient.store.clock.read().is_trusted,
            backlog=vitals.unsent.count,
            oldest_unsent=vitals.unsent.oldest,
            alarms=len(alarms),
            printer=patient.printer(),
            disk_free_bytes=vitals.disk_free_bytes,
            details=tuple(detail[:_LONGEST_DETAIL] for detail in details),
        )

    def _vitals(self, db: Database) -> _Vitals:
        """On the store's thread: a disk that hangs must not hang the loop."""
        store = self._patient.store
        return _Vitals(head_of(db, store.node.incarnation), backlog(db), shutil.disk_usage(store.path.parent).free)
