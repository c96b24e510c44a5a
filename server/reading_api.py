"""What anyone on the hall's own network may look at: tickets without a person in them, and the server's health."""

from datetime import date
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST
from pydantic import BaseModel
from sqlalchemy import select
from starlette.concurrency import run_in_threadpool

from kiosk.sync.wire import Problem, ProblemCode
from kiosk.version import VERSION
from server.database import Database
from server.metrics import metrics_text
from server.node import Node
from server.problems import RefusedError
from server.readiness import Reason, ReasonCode, state_of
from server.schema import devices
from server.settings import Role
from server.tickets import TicketList, newest_tickets

MAX_TICKETS: Final = 500


class Health(BaseModel):
    status: str
    role: Role
    version: str
    server_epoch: int


class ReasonView(BaseModel):
    code: ReasonCode
    sentence: str


class Readiness(BaseModel):
    """`reasons`: why not; none when ready. `warnings`: what a person should look at though events are taken.
    `parked_events`: kept and acknowledged, but not shown, because they could not be projected; the log names each batch
    (`events_parked`).
    """

    ready: bool
    reasons: tuple[ReasonView, ...] = ()
    warnings: tuple[ReasonView, ...] = ()
    parked_events: int = 0


def reading_router(node: Node) -> APIRouter:
    router = APIRouter()

    @router.get("/v1/tickets", tags=["tickets"], responses={404: {"model": Problem}}, summary="The newest tickets")
    def tickets(
        site: Annotated[str | None, Query(description="May be left out where the server knows one site.")] = None,
        service_day: date | None = None,
        limit: Annotated[int, Query(ge=1, le=MAX_TICKETS)] = 50,
    ) -> TicketList:
        """Unsigned and without personal data; keep it inside the hall's network."""
        return _tickets(node.database, site, service_day, limit)

    @router.get("/healthz", tags=["operation"], summary="Is the process alive?")
    def healthz() -> Health:
        return Health(status="ok", role=node.role, version=VERSION, server_epoch=node.epoch)

    @router.get("/readyz", tags=["operation"], responses={503: {"model": Readiness}}, summary="Can it take events now?")
    def readyz(response: Response) -> Readiness:
        """The codes stay the same from version to version; the sentences may change."""
        state = state_of(node)
        response.status_code = 200 if state.is_ready else 503
        return Readiness(
            ready=state.is_ready,
            reasons=tuple(_view(reason) for reason in state.reasons if reason.is_grave),
            warnings=tuple(_view(reason) for reason in state.reasons if not reason.is_grave),
            parked_events=state.parked_events,
        )

    @router.get("/metrics", tags=["operation"], response_class=Response, summary="How all fare, as OpenMetrics")
    async def metrics(request: Request) -> Response:
        node.strangers.check(request)
        return Response(await run_in_threadpool(metrics_text, node), media_type=CONTENT_TYPE_LATEST)

    return router


def _view(reason: Reason) -> ReasonView:
    return ReasonView(code=reason.code, sentence=reason.sentence())


def _tickets(database: Database, site: str | None, service_day: date | None, limit: int) -> TicketList:
    with database.reading() as connection:
        if site is not None:
            return newest_tickets(connection, site, service_day, limit)
        known = connection.execute(select(devices.c.site_id).distinct().limit(2)).scalars().all()
        if len(known) > 1:
            raise RefusedError(ProblemCode.NOT_FOUND, "This server knows several sites: name one with ?site=.")
        return newest_tickets(connection, known[0], service_day, limit) if known else TicketList(tickets=())
