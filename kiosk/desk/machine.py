"""A counter's machine: one thread that asks the site server, and goes on by itself where it does not answer.

What an officer does goes through it one after the other; what the server tells of the hall comes in beside it. Each
change makes a new state (kiosk/desk/state.py), on this thread.
"""

import asyncio
import contextlib
import secrets
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import structlog
from pydantic import ValidationError

from kiosk.clock import Clock, SystemClock
from kiosk.desk.config import DeskConfig
from kiosk.desk.deeds import Deeds
from kiosk.desk.interest import concerns
from kiosk.desk.live import Heard, Live
from kiosk.desk.room import Room
from kiosk.desk.state import CounterMachine, DeskState, Link, OnState
from kiosk.errors import KioskError
from kiosk.sync.client import Deadlines
from kiosk.sync.desk_wire import CounterState, DeskVerb, Leaving, SuperviseVerb, VoidReason
from kiosk.sync.pace import Pace
from kiosk.sync.status import SyncStatus

log = structlog.get_logger(__name__)

Job = Callable[[Deeds], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class DeskPace:
    """Seconds. `deeds`: what an officer waits for at most, twice. `look_every_s`: with nothing heard of;
    `probe_every_s`: while the server does not answer, or has not got all yet. `rest_s`: between two looks, however
    much happens.
    """

    deeds: Deadlines = field(default_factory=lambda: Deadlines(connect_s=1.5, total_s=3.0))
    look_every_s: float = 15.0
    probe_every_s: float = 2.0
    rest_s: float = 0.2
    enrolment_every_s: float = 1.0
    sync: Pace = field(default_factory=Pace)


def open_counter_machine(
    config: DeskConfig, clock: Clock | None = None, pace: DeskPace | None = None
) -> CounterMachine:
    """Runs until it is closed. A desk that no server has let in waits for `giliran enrol`, with nothing opened.

    Raises KioskError where its store or its key cannot be used.
    """
    machine = DeskMachine(config, clock or SystemClock(), pace or DeskPace())
    machine.start()
    return machine


class _Running(NamedTuple):
    loop: asyncio.AbstractEventLoop
    task: asyncio.Task[None]


class DeskMachine:
    """A CounterMachine, and a DeskFace for its deeds."""

    def __init__(self, config: DeskConfig, clock: Clock, pace: DeskPace) -> None:
        self._config = config
        self._clock = clock
        self._pace = pace
        self._state = DeskState(counter=config.counter, name=config.name, since=clock.now())
        self._watchers: list[OnState] = []
        self._jobs: asyncio.Queue[Job] = asyncio.Queue()
        self._stirred = asyncio.Event()
        self._opened: Future[None] = Future()
        self._running: _Running | None = None
        self._is_set_up = threading.Event()
        self._thread = threading.Thread(target=self._run, name="desk")

    def start(self) -> None:
        """Raises KioskError."""
        self._thread.start()
        self._is_set_up.wait()
        try:
            self._opened.result()
        except BaseException:
            self._thread.join()
            raise

    @property
    def state(self) -> DeskState:
        return self._state

    def watch(self, on_state: OnState) -> None:
        def begin() -> None:
            self._watchers.append(on_state)
            on_state(self._state)

        self._on_loop(begin)

    def sign_in(self, staff: str, pin: str, counter: int | None, new_pin: str | None = None) -> None:
        self._do(lambda deeds: deeds.sign_in(staff, pin, counter, new_pin))

    def sign_out(self) -> None:
        self._do(lambda deeds: deeds.sign_out())

    def lock(self) -> None:
        self._do(lambda deeds: deeds.lock())

    def unlock(self, pin: str) -> None:
        self._do(lambda deeds: deeds.unlock(pin))

    def scan(self, text: str) -> None:
        action = secrets.token_hex(8)
        self._do(lambda deeds: deeds.scan(text, action))

    def act(  # noqa: PLR0913  # one an ingredient of desk_wire.Act
        self,
        verb: DeskVerb,
        *,
        ticket: str | None = None,
        position: int | None = None,
        service: str | None = None,
        comes_back: bool = False,
        is_priority: bool | None = None,
        note: str | None = None,
        confirmed: bool = False,
    ) -> None:
        facts = {
            "ticket": ticket,
            "position": position,
            "service": service,
            "comes_back": comes_back,
            "is_priority": is_priority,
            "note": note,
            "confirmed": confirmed,
            "action": secrets.token_hex(8),
        }
        self._do(lambda deeds: deeds.act(verb, facts))

    def set_counter(
        self, counter: int, state: CounterState, queues: tuple[str, ...] | None = None, leaving: Leaving | None = None
    ) -> None:
        facts = {"counter": counter, "state": state, "queues": queues, "leaving": leaving}
        self._do(lambda deeds: deeds.set_counter(facts))

    def look_at_hall(self, *, is_open: bool) -> None:
        self._do(lambda deeds: deeds.look_at_hall(is_open=is_open))

    def supervise(  # noqa: PLR0913  # one an ingredient of desk_wire.Supervise
        self,
        verb: SuperviseVerb,
        *,
        counter: int | None = None,
        queue: str | None = None,
        queues: tuple[str, ...] | None = None,
        staff: str | None = None,
        label: str | None = None,
        reason: VoidReason | None = None,
        leaving: Leaving | None = None,
    ) -> None:
        facts = {
            "verb": verb,
            "counter": counter,
            "queue": queue,
            "queues": queues,
            "staff": staff,
            "label": label,
            "reason": reason,
            "leaving": leaving,
            "action": secrets.token_hex(8),
        }
        self._do(lambda deeds: deeds.supervise(facts))

    def close(self) -> None:
        """Ends within moments, even in the middle of a call. What is not sent is sent after the next start."""
        if self._running is not None:
            self._on_loop(self._running.task.cancel)
        self._thread.join()

    # What the deeds ask of it, on the loop.

    def show(self, **changes: Any) -> None:
        """A new state, told to whoever watches, if it is another one."""
        link = changes.get("link", self._state.link)
        if link is not self._state.link:
            changes["since"] = self._clock.now()
        state = replace(self._state, **changes)
        if state != self._state:
            self._state = state
            for on_state in self._watchers:
                on_state(state)

    def stir(self) -> None:
        """Look at the server soon."""
        self._stirred.set()

    def _do(self, job: Job) -> None:
        self._on_loop(lambda: self._jobs.put_nowait(job))

    def _on_loop(self, function: Callable[[], object]) -> None:
        if self._running is not None:
            with contextlib.suppress(RuntimeError):  # the loop is closed
                self._running.loop.call_soon_threadsafe(function)

    def _run(self) -> None:
        with contextlib.suppress(asyncio.CancelledError, KioskError), asyncio.Runner() as runner:
            loop = runner.get_loop()
            self._running = _Running(loop, loop.create_task(self._live()))
            self._is_set_up.set()
            loop.run_until_complete(self._running.task)

    async def _live(self) -> None:
        try:
            room = await asyncio.to_thread(Room.open, self._config, self._clock)
        except BaseException as error:
            self._opened.set_exception(error)
            raise
        self._opened.set_result(None)
        room = room or await self._enrolled()
        try:
            await self._serve(room)
        except KioskError as error:  # its store cannot be read: only a start anew can tell
            log.exception("desk_failed")
            self.show(trouble=str(error))
        finally:
            await asyncio.shield(asyncio.to_thread(room.close))

    async def _enrolled(self) -> Room:
        """Once a code has let this desk in."""
        self.show(link=Link.NOT_ENROLLED)
        while True:
            await asyncio.sleep(self._pace.enrolment_every_s)
            try:
                room = await asyncio.to_thread(Room.open, self._config, self._clock)
            except KioskError as error:  # `giliran enrol` is at work in the folder, or what it left cannot be used
                self.show(trouble=str(error))
                continue
            if room is not None:
                return room

    async def _serve(self, room: Room) -> None:
        self.show(link=Link.STARTING, name=room.config.name, trouble="", **_hall(room))
        async with room.connection(self._pace.deeds) as for_deeds, room.connection(self._pace.deeds) as for_looks:
            deeds = Deeds(self, room, for_deeds, for_looks, self._clock.monotonic)
            await deeds.begin()
            room.start(
                self._pace.sync,
                lambda status: self._on_loop(lambda: self._hear_of_sync(room, status)),
                lambda: self._do(self._renewed(room)),
            )
            live = Live(
                room.server_url,
                room.enrolment.site,
                self._hear,
                lambda _: self.stir(),
                authority=room.config.sync.authority,
            )
            async with asyncio.TaskGroup() as group:
                group.create_task(self._work(deeds))
                group.create_task(self._look(deeds))
                group.create_task(live.listen())

    def _hear_of_sync(self, room: Room, status: SyncStatus) -> None:
        room.hear_of_sync(status)
        self.stir()

    def _renewed(self, room: Room) -> Job:
        """Something was handed down."""

        async def renew(_: Deeds) -> None:
            await asyncio.to_thread(room.load)
            self.show(**_hall(room))

        return renew

    def _hear(self, heard: Heard) -> None:
        if concerns(heard, self._state.view, whole_hall=self._state.hall is not None):
            self.stir()

    async def _work(self, deeds: Deeds) -> None:
        while True:
            await self._carry_out(deeds, await self._jobs.get())

    async def _carry_out(self, deeds: Deeds, job: Job) -> None:
        self.show(busy=True)
        try:
            await job(deeds)
        except KioskError as error:
            deeds.fail(str(error))
        except ValidationError:  # what was asked for cannot be said: a window of another version
            deeds.fail("")
        except Exception:
            log.exception("desk_failed")
            deeds.fail("")
        self.show(busy=False)

    async def _look(self, deeds: Deeds) -> None:
        while True:
            self._stirred.clear()
            try:
                is_settled = await deeds.look()
            except Exception as error:
                if not isinstance(error, KioskError):
                    log.exception("desk_failed")
                self.show(trouble=str(error))
                is_settled = False
            await asyncio.sleep(self._pace.rest_s)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._pace.look_every_s if is_settled else self._pace.probe_every_s):
                    await self._stirred.wait()


def _hall(room: Room) -> dict[str, Any]:
    data = room.data
    return {} if data is None else {"site": data.site, "catalogue": data.catalogue}
