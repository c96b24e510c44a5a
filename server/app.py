"""The server's HTTP face, put together. docs/sync-protocol.md says what may be relied on; /docs shows it as it runs."""

from collections.abc import Mapping
from http import HTTPStatus

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from kiosk.sync.wire import ProblemCode
from kiosk.version import VERSION
from server.api_page import api_page
from server.board_api import board_router
from server.counter_api import counter_router
from server.desk_api import desk_router
from server.enrol_api import enrol_router
from server.node import Node
from server.numbers_api import numbers_router, reservation_endpoint
from server.pairing import pairing_router
from server.problems import RefusedError, problem_response, store_problem
from server.reading_api import reading_router
from server.refusals import Refusals
from server.settings import Role
from server.shortcut import Shortcut
from server.snapshot_api import snapshot_router
from server.staff_api import staff_router
from server.status_page import status_router
from server.stream_api import stream_router
from server.sync_api import sync_router
from server.visit_api import visit_router


def create_app(node: Node, pairing_secret: bytes | None = None) -> ASGIApp:
    """`pairing_secret`: lets kiosks on this machine pair by themselves; None where the server is open to others."""
    app = FastAPI(
        title=f"Giliran {node.role} server",
        version=VERSION,
        summary="Keeps the exact bytes of every kiosk's log, and shows the tickets they add up to.",
        docs_url=None,  # FastAPI's own page loads its scripts from a public network; a hall may have none
        redoc_url=None,
    )
    often_asked = (sync_router(node), numbers_router(node, reservation_endpoint(node)))
    for router in often_asked:
        app.include_router(router)
    app.include_router(snapshot_router(node))
    app.include_router(reading_router(node))
    app.include_router(status_router(node))
    app.include_router(stream_router(node))
    app.include_router(enrol_router(node))
    if node.role is Role.SITE:
        app.include_router(staff_router(node))
        app.include_router(counter_router(node))
        app.include_router(desk_router(node))
        app.include_router(board_router(node))
        app.include_router(visit_router(node))
    if pairing_secret is not None:
        app.include_router(pairing_router(node, pairing_secret))
    page = api_page(app.openapi())

    @app.get("/docs", include_in_schema=False)
    def docs() -> HTMLResponse:
        return HTMLResponse(page)

    _explain_failures(app, node.refusals)
    return Shortcut(app, often_asked, node.refusals.note)


def _explain_failures(app: FastAPI, refusals: Refusals) -> None:
    def refuse(error: RefusedError, headers: Mapping[str, str] | None = None) -> Response:
        refusals.note(error.code)
        return problem_response(error, headers)

    @app.exception_handler(RefusedError)
    async def refused(_: Request, error: RefusedError) -> Response:
        return refuse(error)

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        return refuse(RefusedError(ProblemCode.MALFORMED, f"{place}: {first['msg']}."))

    @app.exception_handler(HTTPException)
    async def nothing_here(request: Request, error: HTTPException) -> Response:
        detail = f"{request.method} {request.url.path}: {error.detail}."
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            return refuse(RefusedError(ProblemCode.METHOD, detail), error.headers)  # with Allow
        return refuse(RefusedError(ProblemCode.NOT_FOUND, detail))

    @app.exception_handler(DBAPIError)
    @app.exception_handler(NoConnectionError)
    async def store_failed(_: Request, error: SQLAlchemyError) -> Response:
        refusals.note(ProblemCode.BUSY)
        return store_problem(error)

    @app.exception_handler(Exception)
    async def failed(_: Request, __: Exception) -> Response:
        """Our bug. Starlette raises it again after the answer is out, and uvicorn logs it with its traceback."""
        return refuse(RefusedError(ProblemCode.INTERNAL, "The server's log says more."))
