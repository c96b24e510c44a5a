"""What devices ask goes past the framework: measured, that is half of what a reservation costs, and a fifth of a hello.

The framework has the same routes with the same functions, for whoever reads its description.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence

import structlog
from fastapi import APIRouter
from fastapi.routing import APIRoute
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionError
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from kiosk.sync.wire import ProblemCode
from server.problems import RefusedError, problem_response, store_problem

log = structlog.get_logger(__name__)

Endpoint = Callable[[Request], Awaitable[Response]]


class Shortcut:
    """An ASGI application: the routers' endpoints answer what is posted to their paths, `app` all else. Both refuse in
    the same words.

    `routers`: each endpoint takes the request and gives the whole response. `on_refused`: hears of each refusal here.
    """

    def __init__(self, app: ASGIApp, routers: Sequence[APIRouter], on_refused: Callable[[ProblemCode], None]) -> None:
        self._app = app
        self._endpoints: Mapping[str, Endpoint] = {
            route.path: route.endpoint for router in routers for route in router.routes if isinstance(route, APIRoute)
        }
        self._on_refused = on_refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        endpoint = self._endpoints.get(scope["path"]) if scope["type"] == "http" else None
        if endpoint is not None and scope["method"] == "POST":
            response = await self._answer(endpoint, Request(scope, receive))
            await response(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _answer(self, endpoint: Endpoint, request: Request) -> Response:
        try:
            return await endpoint(request)
        except RefusedError as error:
            self._on_refused(error.code)
            return problem_response(error)
        except (DBAPIError, NoConnectionError) as error:
            self._on_refused(ProblemCode.BUSY)
            return store_problem(error)
        except Exception:
            self._on_refused(ProblemCode.INTERNAL)
            log.exception("request_failed", path=request.url.path)
            return problem_response(RefusedError(ProblemCode.INTERNAL, "The server's log says more."))
