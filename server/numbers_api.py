"""Asked every few seconds, or while a visitor waits: the heartbeat and the reservation of a number."""

from functools import partial

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from kiosk.sync.wire import (
    HEARTBEAT_PATH,
    RESERVE_PATH,
    Heartbeat,
    HeartbeatAnswer,
    ProblemCode,
    Reserve,
    Reserved,
)
from server.authentication import SignedRequest, answer_signed, authenticate_by_session
from server.database import milliseconds
from server.messages import PROBLEMS, body_of, parse, written
from server.node import Node
from server.problems import RefusedError
from server.reservation import ReservationDesk, Wish
from server.settings import Role
from server.shortcut import Endpoint
from server.snapshots import versions_for
from server.waits import told_to_kiosks


def numbers_router(node: Node, reserve: Endpoint | None) -> APIRouter:
    """`reserve` as from `reservation_endpoint`; None where no numbers are given."""
    router = APIRouter(tags=["numbers"], responses=PROBLEMS)

    @router.post(
        HEARTBEAT_PATH,
        openapi_extra=body_of(Heartbeat),
        response_model=HeartbeatAnswer,
        summary="Say that all is well, or what is not",
    )
    async def heartbeat(request: Request) -> Response:
        """Signed, by every device. The answer says which day it is at the site and whether numbers can be had."""
        return written(await answer_signed(request, node.database, node.sessions, partial(_beat, node)))

    if reserve is not None:
        router.post(RESERVE_PATH, openapi_extra=body_of(Reserve), response_model=Reserved, summary="Reserve a number")(
            reserve
        )
    return router


def reservation_endpoint(node: Node) -> Endpoint | None:
    """None at central: numbers are of one hall."""
    if node.role is not Role.SITE:
        return None
    desk = ReservationDesk(node)

    async def reserve(request: Request) -> Response:
        """Signed, by kiosks. The same ticket gets the same number, however often it is asked for."""
        asker = await authenticate_by_session(request, node.sessions)
        message = parse(Reserve, asker.body)
        if message.server_epoch is not None and message.server_epoch > node.epoch:
            await run_in_threadpool(_note_epoch, node, asker.site_id, asker.device_id, message.server_epoch)
        node.fences.check(asker.site_id)
        reserved = await desk.reserve(asker.site_id, Wish(asker.device_id, message))
        return written(reserved)

    return reserve


def _beat(node: Node, signed: SignedRequest) -> HeartbeatAnswer:
    message = parse(Heartbeat, signed.body)
    device = signed.device
    if message.origin != device.device_id:
        raise RefusedError(ProblemCode.FOREIGN_ORIGIN, f"{device.device_id} cannot speak for {message.origin}.")
    _note_epoch(node, device.site_id, device.device_id, message.server_epoch)
    node.fences.check(device.site_id)
    if node.role is Role.CENTRAL:
        now_ms = milliseconds(node.clock.now())
        node.fences.check_relay(device.site_id, message.site_epoch, device.device_id, now_ms)
    node.contacts.note(
        device.site_id, device.device_id, () if message.head is None else (message.head,), message.health
    )
    with node.database.reading() as connection:
        day = node.service_days.in_force(connection, device.site_id)
        snapshots = versions_for(connection, device.site_id, node.identity.device_id)
        queues = told_to_kiosks(node, connection, device.site_id, day) if node.role is Role.SITE else {}
    return HeartbeatAnswer(
        server_epoch=node.epoch,
        server_time=node.clock.now(),
        service_day=day,
        recovering=node.recoveries.is_open(device.site_id),
        snapshots=snapshots,
        queues=queues,
    )


def _note_epoch(node: Node, site_id: str, device_id: str, epoch: int | None) -> None:
    node.fences.note(site_id, node.role, epoch, device_id, milliseconds(node.clock.now()))
