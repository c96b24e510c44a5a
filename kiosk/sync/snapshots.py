"""Fetching what the server has that is newer than what is in force: on a thread of its own, nobody waits for it."""

import asyncio
import contextlib
import random
import threading
from collections.abc import Callable, Mapping
from typing import Final

import structlog

from kiosk.errors import KioskError, ProtocolMismatchError
from kiosk.handed_down import HandedDown
from kiosk.sync.backoff import backoff_s
from kiosk.sync.client import Deadlines, SyncClient
from kiosk.sync.wire import Snapshot, SnapshotKind

log = structlog.get_logger(__name__)

DEADLINES: Final = Deadlines(total_s=60.0)
"""A catalogue of 10,000 services, compressed, on a line of 512 kbit/s."""

_FIRST_PAUSE_S: Final = 5.0
_LONGEST_PAUSE_S: Final = 300.0


class SnapshotTaker:
    """`connect` makes a connection for it alone. `on_taken` is called on its thread: something new is kept, and may
    be put in force.
    """

    def __init__(
        self,
        handed_down: HandedDown,
        connect: Callable[[], SyncClient],
        on_taken: Callable[[], None],
        *,
        first_pause_s: float = _FIRST_PAUSE_S,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._handed_down = handed_down
        self._connect = connect
        self._on_taken = on_taken
        self._first_pause_s = first_pause_s
        self._chance = chance
        self._offered: Mapping[str, int] = {}
        self._settled: Mapping[str, int] = {}
        self._refused: dict[SnapshotKind, tuple[int, str]] = {}
        self._failures = 0
        self._woken = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._is_set_up = threading.Event()
        self._thread = threading.Thread(target=self._run, name="snapshots")

    @property
    def troubles(self) -> tuple[str, ...]:
        """A sentence for each file that was not taken, for the technician; from any thread."""
        return tuple(sentence for _, sentence in self._refused.values())

    def start(self) -> None:
        self._thread.start()
        self._is_set_up.wait()

    def offer(self, versions: Mapping[str, int]) -> None:
        """Kind -> the newest version that the server has. From any thread, as often as it likes; never waits."""
        if versions == self._settled or self._loop is None:
            return
        self._offered = dict(versions)
        with contextlib.suppress(RuntimeError):  # the loop is closed: this was stopped
            self._loop.call_soon_threadsafe(self._woken.set)

    def stop(self) -> None:
        """Ends within moments, even in the middle of a call."""
        if self._loop is not None and self._task is not None:
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._task.cancel)
            self._thread.join()

    def _run(self) -> None:
        with contextlib.suppress(asyncio.CancelledError), asyncio.Runner() as runner:  # stop() cancels
            self._loop = runner.get_loop()
            self._task = self._loop.create_task(self._keep_up())
            self._is_set_up.set()
            self._loop.run_until_complete(self._task)

    async def _keep_up(self) -> None:
        async with self._connect() as client:
            while True:
                await self._woken.wait()
                self._woken.clear()
                offered = self._offered
                try:
                    await self._fetch(client, offered)
                except KioskError:  # the heartbeat tells what is wrong with the line
                    await self._pause()
                except Exception:
                    log.exception("sync_failed")
                    await self._pause()
                else:
                    self._failures = 0
                    self._settled = offered

    async def _pause(self) -> None:
        self._failures += 1
        seconds = backoff_s(self._failures, self._chance(), first_s=self._first_pause_s, longest_s=_LONGEST_PAUSE_S)
        await asyncio.sleep(seconds)

    async def _fetch(self, client: SyncClient, offered: Mapping[str, int]) -> None:
        wanted = self._handed_down.wanted(offered)
        if all(self._refused.get(kind, (0, ""))[0] == version for kind, version in wanted.items()):
            return  # what was refused may fit, or be believed, together with something newer; not by itself
        fetched: list[Snapshot] = []
        for kind, version in wanted.items():
            try:
                snapshot = await client.snapshot(kind)
            except ProtocolMismatchError as error:  # an answer that is none: asking again would not help
                self._refuse(kind, version, str(error))
                continue
            if snapshot.kind is not kind:
                self._refuse(kind, version, f"The server was asked for a {kind} and gave a {snapshot.kind}.")
            else:
                fetched.append(snapshot)
        if fetched and self._take(fetched, wanted) - {SnapshotKind.TRUST}:
            self._on_taken()

    def _take(self, snapshots: list[Snapshot], wanted: Mapping[SnapshotKind, int]) -> frozenset[SnapshotKind]:
        outcome = self._handed_down.take(snapshots)
        for kind in outcome.taken:
            self._refused.pop(kind, None)
        for kind, (_, sentence) in outcome.refused.items():
            self._refuse(kind, wanted[kind], sentence)
        return outcome.taken

    def _refuse(self, kind: SnapshotKind, version: int, sentence: str) -> None:
        self._refused[kind] = (version, sentence)
        log.error("snapshot_refused", kind=kind, version=version, problem=sentence)
