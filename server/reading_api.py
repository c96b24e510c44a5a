"""What anyone on the hall's own network may look at: tickets without a person in them, and the server's health."""

from datetime import date
from typing import Annotated, Final

import structlog
from fastapi import APIRouter, Query, Response
from pydantic import BaseModel
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionError

from kiosk.sync.wire import Problem, ProblemCode
from kiosk.version import VERSION
from server.database import Database, store_error
from server.node import Node
from server.problems import RefusedError
from server.schema import devices, poison, server_epoch
from server.settings import Role
from server.tickets import TicketList, newest_tickets

log = structlog.get_logger(__name__)

MAX_TICKETS: Final = 500


class Health(BaseModel):
    status: str
    role: Role
    version: str
    server_epoch: int


class Readiness(BaseModel):
    """`reasons`: sentences that say why not; none when ready. `parked_events`: kept and acknowledged, but not shown,
    because they could not be projected; the log names each batch (`events_parked`).
    """

    ready: bool
    reasons: tuple[str, ...] = ()
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
        readiness = _readiness(node)
        response.status_code = 200 if readiness.ready else 503
        return readiness

    return router


def _tickets(database: Database, site: str | None, service_day: date | None, limit: int) -> TicketList:
    with database.reading() as connection:
        if site is not None:
            return newest_tickets(connection, site, service_day, limit)
        known = connection.execute(select(devices.c.site_id).distinct().limit(2)).scalars().all()
        if len(known) > 1:
            raise RefusedError(ProblemCode.NOT_FOUND, "This server knows several sites: name one with ?site=.")
        return newest_tickets(connection, known[0], service_day, limit) if known else TicketList(tickets=())


def _readiness(node: Node) -> Readiness:
    """Takes a write lock and gives it back: what an append needs, without leaving a trace."""
    if node.fences.fenced_sites:
        sites = ", ".join(node.fences.fenced_sites)
        return Readiness(ready=False, reasons=(f"A newer server has taken over {sites}: stop this one.",))
    try:
        with node.database.writing() as connection:
            connection.execute(select(server_epoch.c.epoch).with_for_update())  # PostgreSQL: refused if it only reads
            parked = connection.execute(select(func.count()).select_from(poison)).scalar_one()
            return Readiness(ready=True, parked_events=parked)
    except DBAPIError as error:
        return Readiness(ready=False, reasons=(str(store_error(error)),))
    except NoConnectionError:
        return Readiness(ready=False, reasons=("Every connection to the database is in use: try again.",))
