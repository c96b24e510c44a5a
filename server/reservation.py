"""Numbers of the shared series, each given once. A promise that no ticket redeems is a gap, and gaps are legal.

Requests that come while a transaction runs are taken together in the next one: the disk is flushed once for all of
them, which is what makes a thousand numbers a second possible.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import structlog
from sqlalchemy import Connection, Row, bindparam, func, insert, select, update
from starlette.concurrency import run_in_threadpool

from kiosk.domain.ticket import SHARED_SERIES
from kiosk.faults import fault_point
from kiosk.sync.wire import DeviceKind, ProblemCode, Reserve, Reserved
from server.database import lock_site, milliseconds, upsert
from server.node import Node
from server.number_series import EVERY_QUEUE, MOST_UNHEARD_OF
from server.problems import RefusedError
from server.schema import devices, number_series, reservations, tickets

log = structlog.get_logger(__name__)

HIGHEST_NUMBER: Final = 0xFFFF
"""The token's 16 bits."""
_ASK_AGAIN_S: Final = 1.0

_WHO: Final = select(devices.c.device_id, devices.c.kind, devices.c.revoked_at_ms).where(
    devices.c.site_id == bindparam("site"), devices.c.device_id.in_(bindparam("named", expanding=True))
)
_PROMISED: Final = select(
    reservations.c.ticket_id,
    reservations.c.service_day,
    reservations.c.queue_code,
    reservations.c.number,
    reservations.c.device_id,
).where(reservations.c.site_id == bindparam("site"), reservations.c.ticket_id.in_(bindparam("named", expanding=True)))
_ON_PAPER: Final = (
    select(func.max(tickets.c.number))
    .where(
        tickets.c.site_id == bindparam("site"),
        tickets.c.service_day == bindparam("day"),
        tickets.c.series == SHARED_SERIES,
        tickets.c.queue_code == number_series.c.queue_code,
    )
    .scalar_subquery()
)
"""By the index of `no_label_twice`: the last entry of the queue, not all of them."""
_SERIES: Final = select(number_series.c.queue_code, number_series.c.highest, _ON_PAPER).where(
    number_series.c.site_id == bindparam("site"),
    number_series.c.service_day == bindparam("day"),
    number_series.c.queue_code.in_(bindparam("named", expanding=True)),
)
_RAISE: Final = (
    update(number_series)
    .where(
        number_series.c.site_id == bindparam("site"),
        number_series.c.service_day == bindparam("day"),
        number_series.c.queue_code == bindparam("queue"),
    )
    .values(highest=bindparam("to"))
)
_PROMISE: Final = insert(reservations)


@dataclass(frozen=True, slots=True)
class Wish:
    device_id: str
    message: Reserve


Answer = Reserved | RefusedError


class ReservationDesk:
    """Belongs to one event loop. One transaction at a time; what comes meanwhile is in the next."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._waiting: list[tuple[str, Wish, asyncio.Future[Answer]]] = []
        self._at_work: asyncio.Task[None] | None = None

    async def reserve(self, site_id: str, wish: Wish) -> Reserved:
        """Durable when it returns. Raises RefusedError; what the database raises."""
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((site_id, wish, future))
        if self._at_work is None:
            self._at_work = asyncio.create_task(self._work())
        answer = await future
        if isinstance(answer, RefusedError):
            raise answer
        return answer

    async def _work(self) -> None:
        try:
            while self._waiting:
                group, self._waiting = self._waiting, []
                for site_id in dict.fromkeys(site_id for site_id, _, _ in group):
                    await self._serve(site_id, [(wish, future) for site, wish, future in group if site == site_id])
        finally:
            self._at_work = None

    async def _serve(self, site_id: str, group: Sequence[tuple[Wish, asyncio.Future[Answer]]]) -> None:
        try:
            answers = await run_in_threadpool(reserve_together, self._node, site_id, [wish for wish, _ in group])
        except Exception as error:  # noqa: BLE001  # nobody of this group has a number; each is told
            for _, future in group:
                if not future.done():
                    future.set_exception(error)
            return
        for (_, future), answer in zip(group, answers, strict=True):
            if not future.done():  # else the kiosk has hung up, and its number becomes a gap
                future.set_result(answer)


def reserve_together(node: Node, site_id: str, wishes: Sequence[Wish]) -> Sequence[Answer]:
    """One transaction; an answer for each wish, in order. What is refused costs the others nothing."""
    with node.database.writing() as connection:
        answers = _answers(connection, node, site_id, wishes)
    fault_point("server.after_reservation")
    return answers


def _answers(connection: Connection, node: Node, site_id: str, wishes: Sequence[Wish]) -> Sequence[Answer]:
    lock_site(connection, site_id)
    shut_out = _shut_out(connection, site_id, wishes)
    admitted = [wish.message for wish in wishes if wish.device_id not in shut_out]
    told = max((message.service_day for message in admitted if message.service_day is not None), default=None)
    day = node.service_days.ensure(connection, site_id, told) if admitted else None
    if day is None or node.recoveries.is_open(site_id):
        return [shut_out.get(wish.device_id) or _not_yet() for wish in wishes]
    promised = _promised(connection, site_id, admitted)
    fresh = {wish.message.ticket: wish for wish in wishes if wish.device_id not in shut_out}
    series = _Series(connection, site_id, day, [wish.message for key, wish in fresh.items() if key not in promised])
    new = {
        ticket: _Promise(wish.device_id, day, wish.message.queue, number)
        for ticket, wish in fresh.items()
        if ticket not in promised and (number := series.next(wish)) is not None
    }
    series.store()
    _store(connection, site_id, new, milliseconds(node.trusted_clock.read().at))
    promised |= new
    return [shut_out.get(wish.device_id) or _answer(node, wish, promised) for wish in wishes]


@dataclass(frozen=True, slots=True)
class _Promise:
    device_id: str
    service_day: date
    queue_code: str
    number: int


class _Series:
    """The shared series of one day, in those queues that are asked for."""

    def __init__(self, connection: Connection, site_id: str, day: date, messages: Sequence[Reserve]) -> None:
        self._connection = connection
        self._key = {"site": site_id, "day": day.isoformat()}
        self._highest = self._read({message.queue for message in messages}) if messages else {}
        self._before = dict(self._highest)

    def next(self, wish: Wish) -> int | None:
        """None: there is none left."""
        message = wish.message
        known = self._highest[message.queue]
        given = message.given
        if given > known + MOST_UNHEARD_OF:
            log.warning("numbers_doubted", site=self._key["site"], told_by=wish.device_id, count=1)
            given = 0
        number = max(known, given) + 1
        if number > HIGHEST_NUMBER:
            return None
        self._highest[message.queue] = number
        return number

    def store(self) -> None:
        raised = [
            {**self._key, "queue": queue, "to": highest}
            for queue, highest in self._highest.items()
            if highest != self._before[queue]
        ]
        if raised:
            self._connection.execute(_RAISE, raised)

    def _read(self, queues: set[str]) -> dict[str, int]:
        named = {**self._key, "named": [*sorted(queues), EVERY_QUEUE]}
        rows = self._connection.execute(_SERIES, named).all()
        missing = queues - {row.queue_code for row in rows}
        if missing:  # the first of its queue on this day
            self._begin(missing)
            rows = self._connection.execute(_SERIES, named).all()
        least = max((row.highest for row in rows if row.queue_code == EVERY_QUEUE), default=0)
        return {code: max(highest, on_paper or 0, least) for code, highest, on_paper in rows}

    def _begin(self, queues: set[str]) -> None:
        day = {"site_id": self._key["site"], "service_day": self._key["day"]}
        rows = [{**day, "queue_code": queue, "highest": 0} for queue in sorted(queues)]
        self._connection.execute(upsert(self._connection, number_series).on_conflict_do_nothing(), rows)


def _shut_out(connection: Connection, site_id: str, wishes: Sequence[Wish]) -> Mapping[str, RefusedError]:
    """Who must not ask, asked in the transaction itself: a kiosk that was revoked a moment ago gets no number."""
    named = {wish.device_id for wish in wishes}
    rows = connection.execute(_WHO, {"site": site_id, "named": sorted(named)}).all()
    reasons = {row.device_id: reason for row in rows if (reason := _objection(row))}
    unknown = RefusedError(ProblemCode.DEVICE_UNKNOWN, "Pair this device with this server first.")
    return dict.fromkeys(named - {row.device_id for row in rows}, unknown) | reasons


def _objection(row: Row[Any, Any, Any]) -> RefusedError | None:
    if row.revoked_at_ms is not None:
        return RefusedError(ProblemCode.DEVICE_REVOKED, "This device was shut out; its events are safe with it.")
    if row.kind != DeviceKind.KIOSK:
        return RefusedError(ProblemCode.FOREIGN_ORIGIN, "Only kiosks reserve numbers.")
    return None


def _promised(connection: Connection, site_id: str, messages: Sequence[Reserve]) -> dict[str, _Promise]:
    named = [message.ticket for message in messages]
    return {
        ticket: _Promise(device_id, date.fromisoformat(day), queue, number)
        for ticket, day, queue, number, device_id in connection.execute(_PROMISED, {"site": site_id, "named": named})
    }


def _store(connection: Connection, site_id: str, new: Mapping[str, _Promise], now_ms: int) -> None:
    rows = [
        {
            "site_id": site_id,
            "ticket_id": ticket,
            "service_day": promise.service_day.isoformat(),
            "queue_code": promise.queue_code,
            "number": promise.number,
            "device_id": promise.device_id,
            "reserved_at_ms": now_ms,
        }
        for ticket, promise in new.items()
    ]
    if rows:
        connection.execute(_PROMISE, rows)


def _answer(node: Node, wish: Wish, promised: Mapping[str, _Promise]) -> Answer:
    promise = promised.get(wish.message.ticket)
    if promise is None:
        return RefusedError(ProblemCode.EXHAUSTED, f"Queue {wish.message.queue} has no number left on this day.")
    if promise.device_id != wish.device_id:
        return RefusedError(ProblemCode.FOREIGN_ORIGIN, "This ticket is another kiosk's.")
    return Reserved(
        ticket=wish.message.ticket,
        queue=promise.queue_code,
        number=promise.number,
        service_day=promise.service_day,
        server_epoch=node.epoch,
    )


def _not_yet() -> RefusedError:
    detail = "This server was restored and waits for the hello of every kiosk."
    return RefusedError(ProblemCode.RECOVERING, detail, retry_after_s=_ASK_AGAIN_S)
