"""Counters and the hall, as desks ask about them: one's own counter, and what a supervisor sees and does."""

from functools import partial

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection

from kiosk.sync.desk_wire import (
    COUNTER_PATH,
    HALL_PATH,
    SUPERVISE_PATH,
    Answer,
    HallAnswer,
    Refusal,
    Role,
    SetCounter,
    Supervise,
    View,
)
from server.authentication import SignedRequest, answer_signed
from server.changes import publish_deed
from server.counters import Told, set_counter
from server.database import milliseconds
from server.desk_room import Room, open_room
from server.desk_view import desk_view
from server.hall_view import hall_view
from server.messages import PROBLEMS, body_of, parse, written
from server.node import Node
from server.staff_api import check_desk
from server.staff_sessions import session_of
from server.supervising import supervise


def counter_router(node: Node) -> APIRouter:
    """Signed by desks, for whoever is signed in there."""
    router = APIRouter(tags=["counters"], responses=PROBLEMS)

    @router.post(
        COUNTER_PATH, openapi_extra=body_of(SetCounter), response_model=Answer, summary="Open, pause, close a counter"
    )
    async def counter(request: Request) -> Response:
        """Or take another one. Closing the last counter of a queue asks what becomes of those who wait."""
        return written(await answer_signed(request, node.database, node.sessions, partial(_counter, node)))

    @router.post(HALL_PATH, openapi_extra=body_of(View), response_model=HallAnswer, summary="The whole hall")
    async def hall(request: Request) -> Response:
        """For supervisors."""
        return written(await answer_signed(request, node.database, node.sessions, partial(_hall, node)))

    @router.post(
        SUPERVISE_PATH, openapi_extra=body_of(Supervise), response_model=HallAnswer, summary="What a supervisor does"
    )
    async def supervising(request: Request) -> Response:
        """For supervisors. The hall as it is afterwards comes with the answer."""
        return written(await answer_signed(request, node.database, node.sessions, partial(_supervise, node)))

    return router


def _counter(node: Node, signed: SignedRequest) -> Answer:
    check_desk(node, signed.device)
    message = parse(SetCounter, signed.body)
    answer, told = set_counter(node, signed.device.site_id, signed.device.device_id, message)
    _tell(node, signed, told)
    with node.database.reading() as connection:
        room = _room(node, connection, signed, message.session)
        return answer if isinstance(room, Refusal) else answer.model_copy(update={"view": desk_view(room)})


def _hall(node: Node, signed: SignedRequest) -> HallAnswer:
    check_desk(node, signed.device)
    return _hall_answer(node, signed, parse(View, signed.body).session, Answer())


def _supervise(node: Node, signed: SignedRequest) -> HallAnswer:
    check_desk(node, signed.device)
    message = parse(Supervise, signed.body)
    done, told = supervise(node, signed.device.site_id, signed.device.device_id, message)
    _tell(node, signed, told)
    return _hall_answer(node, signed, message.session, done)


def _hall_answer(node: Node, signed: SignedRequest, session: str, done: Answer) -> HallAnswer:
    with node.database.reading() as connection:
        room = _room(node, connection, signed, session)
        if isinstance(room, Refusal):
            return HallAnswer(refusal=room)
        if room.officer.role is not Role.SUPERVISOR:
            return HallAnswer(refusal=Refusal.NOT_ALLOWED)
        seen = hall_view(room, node.outlooks.ranges(room.site_id))
        return HallAnswer(refusal=done.refusal, waiting=done.waiting, hall=seen)


def _room(node: Node, connection: Connection, signed: SignedRequest, session: str) -> Room | Refusal:
    site_id = signed.device.site_id
    now_ms = milliseconds(node.trusted_clock.read().at)
    officer = session_of(connection, site_id, signed.device.device_id, session, now_ms)
    return officer if isinstance(officer, Refusal) else open_room(node, connection, site_id, officer, now_ms)


def _tell(node: Node, signed: SignedRequest, told: Told) -> None:
    if told != Told():
        publish_deed(node, signed.device.site_id, told.tickets, told.counters, hall=told.hall)
