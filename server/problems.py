"""What a client is told when it is refused: one problem document (RFC 9457) per reason."""

import math
from collections.abc import Mapping
from typing import Final

import structlog
from fastapi import Response
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from kiosk.sync.wire import PROBLEM_JSON, Problem, ProblemCode
from server.database import store_error

log = structlog.get_logger(__name__)

_BUSY_FOR_S: Final = 5.0
"""What a client is asked to wait when the database could not be written."""

_KINDS: Final[Mapping[ProblemCode, tuple[int, str]]] = {
    ProblemCode.PROTOCOL: (400, "Another protocol is spoken here"),
    ProblemCode.MALFORMED: (400, "The message is not well formed"),
    ProblemCode.TOO_LARGE: (413, "The message is too large"),
    ProblemCode.SESSION_UNKNOWN: (401, "Open a new session"),
    ProblemCode.DEVICE_UNKNOWN: (401, "This device is not paired"),
    ProblemCode.DEVICE_REVOKED: (401, "This device is revoked"),
    ProblemCode.SIGNATURE: (401, "The signature does not fit"),
    ProblemCode.REPLAYED: (401, "This request was seen before"),
    ProblemCode.FOREIGN_ORIGIN: (403, "A device writes only its own log"),
    ProblemCode.GAP: (409, "Events are missing before these"),
    ProblemCode.FORK: (409, "Another event is held under this key"),
    ProblemCode.CHAIN: (409, "The chain of hashes is broken"),
    ProblemCode.CONFLICT: (409, "Another kiosk has this number or letter"),
    ProblemCode.CODE: (403, "This pairing code does not open the door"),
    ProblemCode.RECOVERING: (503, "Numbers are not reserved yet"),
    ProblemCode.FENCED: (409, "A newer server has taken over"),
    ProblemCode.EXHAUSTED: (409, "No number is left today"),
    ProblemCode.RATE: (429, "Too many requests"),
    ProblemCode.BUSY: (503, "Try again later"),
    ProblemCode.NOT_FOUND: (404, "Nothing is here"),
    ProblemCode.METHOD: (405, "This path is asked in another way"),
    ProblemCode.INTERNAL: (500, "The server failed"),
}


class RefusedError(Exception):
    """Ends the request with a problem document. `retry_after_s` becomes a Retry-After header."""

    def __init__(  # noqa: PLR0913  # what a problem document can say
        self,
        code: ProblemCode,
        detail: str,
        *,
        acknowledged: Mapping[str, int] | None = None,
        central: Mapping[str, int] | None = None,
        retry_after_s: float | None = None,
        site_epoch: int | None = None,
    ) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.acknowledged = acknowledged or {}
        self.central = central or {}
        self.retry_after_s = retry_after_s
        self.site_epoch = site_epoch


def store_problem(error: SQLAlchemyError) -> Response:
    """What the client hears when the database could not be used; the log hears why."""
    log.error("server_store_failed", detail=str(store_error(error) if isinstance(error, DBAPIError) else error))
    return problem_response(
        RefusedError(ProblemCode.BUSY, "The database cannot be used now.", retry_after_s=_BUSY_FOR_S)
    )


def problem_response(error: RefusedError, headers: Mapping[str, str] | None = None) -> Response:
    status, title = _KINDS[error.code]
    problem = Problem(
        status=status,
        code=error.code,
        title=title,
        detail=error.detail,
        acknowledged=error.acknowledged,
        central=error.central,
        site_epoch=error.site_epoch,
    )
    waiting = {} if error.retry_after_s is None else {"Retry-After": str(math.ceil(error.retry_after_s))}
    return Response(problem.model_dump_json(), status, {**waiting, **(headers or {})}, media_type=PROBLEM_JSON)
