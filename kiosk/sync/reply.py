"""What came back, read as one kind of message; or the error that it is: only the server's own words count."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import TypeVar

import httpx2
from pydantic import BaseModel, ValidationError

from kiosk.errors import (
    FencedError,
    OfflineError,
    ProtocolMismatchError,
    ServerBusyError,
    SyncError,
    UnauthorisedError,
)
from kiosk.sync.batch import BatchError, unpack
from kiosk.sync.wire import EVENTS, JSON, PROBLEM_JSON, PROTOCOL, PROTOCOL_HEADER, Problem, ProblemCode

MessageT = TypeVar("MessageT", bound=BaseModel)


class TooSlowError(OfflineError):
    """The call ran out of time. A smaller batch may pass."""


class MessageRefusedError(SyncError):
    """The server looked at the message and will not take it, or not all of it; `problem` says why and what it took."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"The server refuses what this device says: {problem.detail}")
        self.problem = problem


class NotKnownThereError(ProtocolMismatchError):
    """The server is older than this request: go on without what it would have answered."""


class SessionLostError(SyncError):
    """The server does not know the session (any more): open a new one and ask again."""


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: httpx2.Headers
    content: bytes = b""

    @property
    def media_type(self) -> str:
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    @property
    def is_ours(self) -> bool:
        return self.headers.get(PROTOCOL_HEADER) == PROTOCOL

    def is_good(self, status: HTTPStatus, media_type: str) -> bool:
        return self.is_ours and self.status == status and self.media_type == media_type


def read_message(kind: type[MessageT]) -> Callable[[Reply], MessageT]:
    """A reader of this kind of message, which raises SyncError for all else."""

    def read(reply: Reply) -> MessageT:
        if reply.is_good(HTTPStatus.OK, JSON):
            try:
                return kind.model_validate_json(reply.content)
            except ValidationError as error:
                raise _unreadable() from error
        raise _trouble(reply)

    return read


def read_events(reply: Reply) -> Sequence[bytes]:
    """Of a batch; none where the server has no more. Raises SyncError."""
    if reply.is_ours and reply.status == HTTPStatus.NO_CONTENT:
        return ()
    if reply.is_good(HTTPStatus.OK, EVENTS):
        try:
            return unpack(reply.content)
        except BatchError as error:
            raise _unreadable() from error
    raise _trouble(reply)


def _unreadable() -> ProtocolMismatchError:
    return ProtocolMismatchError("The server's answer cannot be read: update this device or the server.")


def _trouble(reply: Reply) -> SyncError:
    """Only the server's own words count: a captive portal says 200 to everything, in HTML."""
    problem = _problem(reply)
    if problem is not None:
        return _kind_of(problem, reply)
    if reply.status == HTTPStatus.TOO_MANY_REQUESTS or reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return ServerBusyError(f"The server cannot answer now (status {reply.status}).", _retry_after_s(reply))
    what = f"status {reply.status}, {reply.media_type or 'no content type'}"
    return OfflineError(f"Something else answered in the server's place ({what}): check the address and the network.")


def _problem(reply: Reply) -> Problem | None:
    if not reply.is_ours or reply.media_type != PROBLEM_JSON:
        return None
    try:
        return Problem.model_validate_json(reply.content)
    except ValidationError:
        return None


def _kind_of(problem: Problem, reply: Reply) -> SyncError:
    match problem.code:
        case ProblemCode.SESSION_UNKNOWN | ProblemCode.REPLAYED:
            return SessionLostError(problem.detail)
        case ProblemCode.DEVICE_UNKNOWN | ProblemCode.DEVICE_REVOKED | ProblemCode.SIGNATURE:
            return UnauthorisedError(f"The server does not let this device in: {problem.detail}")
        case ProblemCode.PROTOCOL | ProblemCode.NOT_FOUND | ProblemCode.METHOD:
            kind = ProtocolMismatchError if problem.code is ProblemCode.PROTOCOL else NotKnownThereError
            return kind(f"The server speaks another protocol: {problem.detail}")
        case ProblemCode.FENCED:
            return FencedError(f"Another server has taken over this site: {problem.detail}", problem.site_epoch)
        case ProblemCode.BUSY | ProblemCode.INTERNAL | ProblemCode.RECOVERING | ProblemCode.RATE:
            return ServerBusyError(f"The server cannot answer now: {problem.detail}", _retry_after_s(reply))
        case _:
            return MessageRefusedError(problem)


def _retry_after_s(reply: Reply) -> float | None:
    """Whole seconds only: a date would need a clock that is right."""
    text = reply.headers.get("Retry-After", "")
    return float(text) if text.isascii() and text.isdecimal() else None
