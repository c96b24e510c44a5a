"""What kiosks ask about a slip that was held before their scanner. docs/sync-protocol.md, section 18."""

from functools import partial

from fastapi import APIRouter, Request, Response

from kiosk.sync.visit_wire import VISIT_PATH, Look, VisitSeen, seen
from kiosk.sync.wire import DeviceKind, ProblemCode
from server.authentication import SignedRequest, answer_signed
from server.changes import publish_deed
from server.messages import PROBLEMS, body_of, parse, written
from server.node import Node
from server.problems import RefusedError
from server.visit_look import look


def visit_router(node: Node) -> APIRouter:
    """Signed by kiosks; there is no officer."""
    router = APIRouter(tags=["visit"], responses=PROBLEMS)

    @router.post(VISIT_PATH, openapi_extra=body_of(Look), response_model=VisitSeen, summary="Where a visit stands")
    async def look_up(request: Request) -> Response:
        """Who missed a call stands in the line again, once for each `action`."""
        return written(await answer_signed(request, node.database, node.sessions, partial(_look, node)))

    return router


def _look(node: Node, signed: SignedRequest) -> VisitSeen:
    device = signed.device
    if device.kind is not DeviceKind.KIOSK:
        raise RefusedError(ProblemCode.FOREIGN_ORIGIN, "Only kiosks ask for a visitor.")
    node.fences.check(device.site_id)
    status, ticket = look(node, device.site_id, device.device_id, parse(Look, signed.body))
    if ticket is not None:
        publish_deed(node, device.site_id, (ticket,))
    return seen(status)
