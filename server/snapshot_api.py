"""Handing files down: POST /v1/snapshot."""

from functools import partial

from fastapi import APIRouter, Request

from kiosk.sync.wire import SNAPSHOT_PATH, ProblemCode, Snapshot, SnapshotRequest
from server.authentication import SignedRequest, answer_signed
from server.messages import body_of, parse
from server.node import Node
from server.problems import RefusedError
from server.snapshots import snapshot_for


def snapshot_router(node: Node) -> APIRouter:
    router = APIRouter(tags=["sync"])

    @router.post(SNAPSHOT_PATH, openapi_extra=body_of(SnapshotRequest), summary="Fetch a whole file")
    async def snapshot(request: Request) -> Snapshot:
        """Signed. The newest catalogue, site file or trust list for the device's site, with its publisher's signature.

        404 where none was published.
        """
        return await answer_signed(request, node.database, node.sessions, partial(_hand_down, node))

    return router


def _hand_down(node: Node, signed: SignedRequest) -> Snapshot:
    wish = parse(SnapshotRequest, signed.body)
    with node.database.reading() as connection:
        found = snapshot_for(connection, signed.device.site_id, wish.kind, node.identity.device_id)
    if found is None:
        raise RefusedError(ProblemCode.NOT_FOUND, f"No {wish.kind} was published for {signed.device.site_id}.")
    return found
