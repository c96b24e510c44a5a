"""The one request that a visitor waits for goes past the framework: measured, that is half of what it costs.

The framework has the same route with the same function, for whoever reads its description.
"""

from collections.abc import Awaitable, Callable

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionError
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from kiosk.sync.wire import RESERVE_PATH, ProblemCode
from server.problems import RefusedError, problem_response, store_problem

log = structlog.get_logger(__name__)

Endpoint = Callable[[Request], Awaitable[Response]]


class Shortcut:
    """An ASGI application: `reserve` answers its path, `app` all others. Both refuse in the same words.

    `on_refused`: hears of each refusal here.
    """

    def __init__(self, app: ASGIApp, reserve: Endpoint, on_refused: Callable[[ProblemCode], None]) -> None:
        self._app = app
        self._reserve = reserve
        self._on_refused = on_refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == RESERVE_PATH and scope["method"] == "POST":
            response = await self._answer(Request(scope, receive))
            await response(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        try:
            return await self._reserve(request)
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
