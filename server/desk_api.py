"""What desks ask about their counter: how things stand, a deed, a scan. docs/desk-protocol.md."""

from functools import partial

from fastapi import APIRouter, Request, Response

from kiosk.sync.desk_wire import (
    ACT_PATH,
    SCAN_PATH,
    VIEW_PATH,
    Act,
    Answer,
    DeskVerb,
    DeskView,
    Refusal,
    Scan,
    ScanAnswer,
    View,
)
from server.authentication import SignedRequest, answer_signed
from server.calling import act
from server.changes import publish_deed
from server.database import milliseconds
from server.desk_room import open_room
from server.desk_scan import scan
from server.desk_view import desk_view
from server.messages import PROBLEMS, body_of, parse, written
from server.node import Node
from server.staff_api import check_desk
from server.staff_sessions import session_of


def desk_router(node: Node) -> APIRouter:
    """Signed by desks, with the session of whoever sits there."""
    router = APIRouter(tags=["desk"], responses=PROBLEMS)

    @router.post(VIEW_PATH, openapi_extra=body_of(View), response_model=Answer, summary="How things stand at a desk")
    async def view(request: Request) -> Response:
        """Everything that the desk shows, in one answer."""
        return written(await answer_signed(request, node.database, node.sessions, partial(_view, node)))

    @router.post(ACT_PATH, openapi_extra=body_of(Act), response_model=Answer, summary="Do something at a counter")
    async def do(request: Request) -> Response:
        """Each `action` is done at most once, however often it is asked for."""
        return written(await answer_signed(request, node.database, node.sessions, partial(_act, node)))

    @router.post(SCAN_PATH, openapi_extra=body_of(Scan), response_model=ScanAnswer, summary="Scan a ticket")
    async def look_at(request: Request) -> Response:
        """At the right counter the visit begins; anywhere else the answer says where to go."""
        return written(await answer_signed(request, node.database, node.sessions, partial(_scan, node)))

    return router


def view_for(node: Node, site_id: str, device_id: str, session: str) -> DeskView | Refusal:
    """Of whoever is signed in with this session at this desk; SIGNED_OUT: nobody is."""
    now_ms = milliseconds(node.trusted_clock.read().at)
    with node.database.reading() as connection:
        officer = session_of(connection, site_id, device_id, session, now_ms)
        if isinstance(officer, Refusal):
            return officer
        return desk_view(open_room(node, connection, site_id, officer, now_ms))


def _view(node: Node, signed: SignedRequest) -> Answer:
    check_desk(node, signed.device)
    message = parse(View, signed.body)
    seen = view_for(node, signed.device.site_id, signed.device.device_id, message.session)
    return Answer(refusal=seen) if isinstance(seen, Refusal) else Answer(view=seen)


def _act(node: Node, signed: SignedRequest) -> Answer:
    check_desk(node, signed.device)
    message = parse(Act, signed.body)
    site_id, device_id = signed.device.site_id, signed.device.device_id
    answer, ticket = act(node, site_id, device_id, message)
    seen = view_for(node, site_id, device_id, message.session)
    _tell(node, site_id, ticket, seen, is_undo=message.verb is DeskVerb.UNDO)
    if isinstance(seen, Refusal):
        return Answer(refusal=seen)
    return answer.model_copy(update={"view": seen})


def _scan(node: Node, signed: SignedRequest) -> ScanAnswer:
    check_desk(node, signed.device)
    message = parse(Scan, signed.body)
    site_id, device_id = signed.device.site_id, signed.device.device_id
    answer, ticket = scan(node, site_id, device_id, message)
    seen = view_for(node, site_id, device_id, message.session)
    _tell(node, site_id, ticket, seen)
    if isinstance(seen, Refusal):
        return ScanAnswer(verdict=answer.verdict)
    return answer.model_copy(update={"view": seen})


def _tell(node: Node, site_id: str, ticket: str | None, seen: DeskView | Refusal, *, is_undo: bool = False) -> None:
    """Whoever watches the hall, also of the last deed before the session ended. A call that was taken back is in no
    table any more: they look again.
    """
    tickets = () if ticket is None else (ticket,)
    if isinstance(seen, Refusal):
        publish_deed(node, site_id, tickets, hall=ticket is not None)
        return
    counters = () if seen.counter is None else (seen.counter.counter,)
    publish_deed(node, site_id, tickets, counters, hall=is_undo)
