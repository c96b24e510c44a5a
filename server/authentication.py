"""Who asks: a request counts only with the signature of a paired device over all of it, once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from kiosk.sync import signing
from kiosk.sync.wire import (
    COUNTER_HEADER,
    DEVICE_HEADER,
    MAX_BODY_BYTES,
    PROTOCOL,
    PROTOCOL_HEADER,
    SESSION_HEADER,
    SIGNATURE_HEADER,
    SITE_HEADER,
    ProblemCode,
)
from server.database import Database
from server.devices import KnownDevice, find_device
from server.problems import RefusedError
from server.sessions import OpenSession, Sessions

_MAX_COUNTER = 2**53 - 1

AnswerT = TypeVar("AnswerT")


@dataclass(frozen=True, slots=True)
class SignedRequest:
    device: KnownDevice
    body: bytes


@dataclass(frozen=True, slots=True)
class Asker:
    """Whose signature fits. Whether it is still welcome, the caller's own transaction must ask."""

    site_id: str
    device_id: str
    body: bytes


async def answer_signed(
    request: Request, database: Database, sessions: Sessions, work: Callable[[SignedRequest], AnswerT]
) -> AnswerT:
    """What `work` makes of a request that is in order, on another thread. The cheapest checks come first: without an
    open session not one byte of the body is read. One thread looks at the device and works: to change over costs more
    than the look.

    Raises:
        RefusedError: the request is not from a device that may ask, or not for the first time; or `work` refuses it.
    """
    asker = await authenticate_by_session(request, sessions)

    def admit_and_work() -> AnswerT:
        return work(SignedRequest(paired_device(database, asker.site_id, asker.device_id), asker.body))

    return await run_in_threadpool(admit_and_work)


async def authenticate_by_session(request: Request, sessions: Sessions) -> Asker:
    """Without a look into the database: by the key that the device had when the session was opened.

    Raises RefusedError as `answer_signed`, but not for a device that was revoked since.
    """
    claim = await _claim(request, sessions)
    _prove(request, claim, claim.session.public_key)
    return Asker(claim.session.site_id, claim.session.device_id, claim.body)


class _Claim(NamedTuple):
    session: OpenSession
    counter: int
    body: bytes


async def _claim(request: Request, sessions: Sessions) -> _Claim:
    check_protocol(request)
    session = _session(request, sessions)
    # Apart, because a stranger too can open a session in a device's name, and use up what it may ask.
    sessions.rates.take((session.site_id, session.device_id, session.is_proven))
    counter = _counter(request)
    return _Claim(session, counter, await read_body(request))


def _prove(request: Request, claim: _Claim, public_key: bytes) -> None:
    session = claim.session
    query = request.url.query
    parts = signing.SignedParts(
        method=request.method,
        path=f"{request.url.path}?{query}" if query else request.url.path,
        body=claim.body,
        site=session.site_id,
        device=session.device_id,
        session=session.id,
        challenge=session.challenge,
        counter=claim.counter,
    )
    if not signing.verify(parts, request.headers.get(SIGNATURE_HEADER, ""), public_key):
        raise RefusedError(ProblemCode.SIGNATURE, "The signature is not this device's over this request.")
    if not session.advance(claim.counter):
        raise RefusedError(ProblemCode.REPLAYED, f"Counter {claim.counter} was used in this session.")


def check_protocol(request: Request) -> None:
    spoken = request.headers.get(PROTOCOL_HEADER)
    if spoken != PROTOCOL:
        raise RefusedError(ProblemCode.PROTOCOL, f"{PROTOCOL_HEADER} must be {PROTOCOL}.")


def paired_device(database: Database, site_id: str, device_id: str) -> KnownDevice:
    with database.looking() as connection:
        return welcome(find_device(connection, site_id, device_id))


def welcome(device: KnownDevice | None) -> KnownDevice:
    """Raises RefusedError for a device that is not, or no longer, welcome."""
    if device is None:
        raise RefusedError(ProblemCode.DEVICE_UNKNOWN, "Pair this device with this server first.")
    if device.is_revoked:
        raise RefusedError(ProblemCode.DEVICE_REVOKED, "This device was shut out; its events are safe with it.")
    return device


async def read_body(request: Request) -> bytes:
    """At most MAX_BODY_BYTES, whatever Content-Length says; never more than that in memory."""
    announced = request.headers.get("Content-Length", "0")
    if not announced.isdecimal() or int(announced) > MAX_BODY_BYTES:
        raise _too_large()
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_BODY_BYTES:
                raise _too_large()
    except ClientDisconnect as error:
        raise RefusedError(ProblemCode.MALFORMED, "The line broke before the request was complete.") from error
    return bytes(body)


def _too_large() -> RefusedError:
    return RefusedError(ProblemCode.TOO_LARGE, f"A request body holds at most {MAX_BODY_BYTES} bytes.")


def _session(request: Request, sessions: Sessions) -> OpenSession:
    headers = request.headers
    session = sessions.find(
        headers.get(SITE_HEADER, ""), headers.get(DEVICE_HEADER, ""), headers.get(SESSION_HEADER, "")
    )
    if session is None:
        raise RefusedError(ProblemCode.SESSION_UNKNOWN, "This session is not open here.")
    return session


def _counter(request: Request) -> int:
    text = request.headers.get(COUNTER_HEADER, "")
    if not (text.isascii() and text.isdecimal() and len(text) <= 16 and 1 <= int(text) <= _MAX_COUNTER):
        raise RefusedError(ProblemCode.MALFORMED, f"{COUNTER_HEADER} must be a whole number from 1.")
    return int(text)
