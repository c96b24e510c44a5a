"""Pairing a kiosk that runs on the same machine as this server (docs/decisions/003-pairing-on-one-machine.md)."""

import base64
import hashlib
import hmac
import ipaddress
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from kiosk.sync.machine_secret import pairing_proof, secret_file
from kiosk.sync.wire import PAIR_PATH, Pairing, ProblemCode
from server.authentication import check_protocol, read_body
from server.devices import DeviceRecord
from server.enrolment import EnrolmentConflictError, admit_within
from server.node import Node
from server.problems import RefusedError
from server.service_day import note_timezone


@contextmanager
def pairing_secret(host: str, port: int) -> Iterator[bytes | None]:
    """While inside, a new secret lies where only this user can read it. None unless `host` is a loopback address."""
    if not ipaddress.ip_address(host).is_loopback:
        yield None
        return
    path = secret_file(port)
    secret = secrets.token_bytes(32)
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secret)
    try:
        yield secret
    finally:
        path.unlink(missing_ok=True)


def pairing_router(node: Node, secret: bytes) -> APIRouter:
    router = APIRouter(tags=["pairing"])

    @router.post(PAIR_PATH, status_code=204, summary="Pair a kiosk on this machine")
    async def pair(request: Request) -> Response:
        """Only for whoever can read this server's pairing secret; again is harmless, a revoked device stays so.

        409 where another kiosk of the site has this number or letter.
        """
        node.strangers.check(request)
        check_protocol(request)
        record, timezone = _read(await read_body(request), secret)
        try:
            await run_in_threadpool(_let_in, node, record, timezone)
        except EnrolmentConflictError as error:
            raise RefusedError(ProblemCode.CONFLICT, str(error)) from error
        return Response(status_code=204)

    return router


def _let_in(node: Node, record: DeviceRecord, timezone: str | None) -> None:
    with node.database.writing() as connection:
        admit_within(connection, node, record)
        if timezone is not None:
            note_timezone(connection, record.site_id, timezone)


def _read(body: bytes, secret: bytes) -> tuple[DeviceRecord, str | None]:
    """Who asks, and the timezone of its site."""
    try:
        wish = Pairing.model_validate_json(body)
    except ValidationError as error:
        raise RefusedError(ProblemCode.MALFORMED, "This is not a pairing message.") from error
    public_key = base64.b64decode(wish.public_key)
    if not hmac.compare_digest(wish.proof, pairing_proof(secret, public_key)):
        raise RefusedError(ProblemCode.SIGNATURE, "The proof is not of this machine's secret.")
    if hashlib.sha256(public_key).hexdigest()[:16] != wish.device:
        raise RefusedError(ProblemCode.FOREIGN_ORIGIN, "A device is named after its own key.")
    if wish.timezone is not None and not _is_timezone(wish.timezone):
        raise RefusedError(ProblemCode.MALFORMED, f"{wish.timezone!r} is no timezone, such as Asia/Jakarta.")
    record = DeviceRecord(wish.device, public_key, wish.site, wish.kiosk_number, wish.letter, wish.name)
    return record, wish.timezone


def _is_timezone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
