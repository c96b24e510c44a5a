"""The door for a device with a pairing code."""

import asyncio
from typing import Final

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool

from kiosk.sync.wire import ENROL_PATH, Enrol, Enrolled
from server.authentication import check_protocol, read_body
from server.messages import PROBLEMS, body_of, parse
from server.node import Node
from server.problems import RefusedError
from server.redeeming import redeem

REFUSED_AFTER_S: Final = 0.3
"""However long it took to find out: a stopwatch must not tell which invitations there are."""


def enrol_router(node: Node) -> APIRouter:
    router = APIRouter(tags=["pairing"], responses=PROBLEMS)

    @router.post(ENROL_PATH, openapi_extra=body_of(Enrol), summary="Be let in by a pairing code")
    async def enrol(request: Request) -> Enrolled:
        """Unsigned: the device is not known yet. The code itself does not travel, only proofs of it."""
        loop = asyncio.get_running_loop()
        came_at = loop.time()
        node.strangers.check_code(request)
        check_protocol(request)
        message = parse(Enrol, await read_body(request))
        try:
            return await run_in_threadpool(redeem, node, message)
        except RefusedError:
            await asyncio.sleep(came_at + REFUSED_AFTER_S - loop.time())
            raise

    return router
