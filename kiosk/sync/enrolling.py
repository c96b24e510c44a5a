"""Bringing a pairing code to the server that made it: `giliran enrol`."""

import base64
import hmac
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Final

import httpx2
from pydantic import ValidationError

from kiosk.domain.pairing_code import PairingCode, device_proof
from kiosk.enrolment import Enrolment
from kiosk.errors import OfflineError, ServerBusyError, SyncError, UnauthorisedError
from kiosk.identity import Identity
from kiosk.sync.code_proof import proof_of
from kiosk.sync.tls import trusted, unreachable
from kiosk.sync.wire import (
    ENROL_PATH,
    JSON,
    MAX_BODY_BYTES,
    PROBLEM_JSON,
    PROTOCOL,
    PROTOCOL_HEADER,
    DeviceKind,
    Enrol,
    Enrolled,
    Problem,
    ProblemCode,
)
from kiosk.version import VERSION

_WITHIN_S: Final = 15.0


@dataclass(frozen=True, slots=True)
class Wish:
    """What the device is, and what else it would like to be; the server may decide otherwise."""

    kind: DeviceKind
    kiosk_number: int | None = None
    letter: str | None = None
    name: str | None = None


def enrol(
    server_url: str, code: PairingCode, identity: Identity, wish: Wish, authority: Path | None = None
) -> Enrolment:
    """Who this device is from now on. The code itself does not travel; the server proves that it made it.

    Raises:
        OfflineError: nothing that knows the code answers at `server_url`.
        UnauthorisedError: the server does not take the device; the sentence says why.
        SyncError: the server cannot answer now, or speaks another protocol.
    """
    derived_key = code.derived_key()
    message = Enrol(
        invitation=code.name,
        device=identity.device_id,
        public_key=base64.b64encode(identity.public_key).decode(),
        proof=device_proof(derived_key, identity.public_key),
        program=f"giliran {VERSION}",
        kind=wish.kind,
        kiosk_number=wish.kiosk_number,
        letter=wish.letter,
        name=wish.name,
    )
    reply = _post(server_url, message, authority)
    if reply.headers.get(PROTOCOL_HEADER) != PROTOCOL:
        raise OfflineError(f"Something else answered in the server's place at {server_url}: check the address.")
    if reply.status_code != HTTPStatus.OK:
        raise _refusal(server_url, reply)
    try:
        answer = Enrolled.model_validate_json(reply.content)
    except ValidationError as error:
        raise SyncError(f"The answer of {server_url} cannot be read: update this device or the server.") from error
    if not hmac.compare_digest(proof_of(reply.content, derived_key, identity.public_key), answer.proof):
        raise UnauthorisedError(
            f"Whoever answers at {server_url} did not make this code: do not go on, and look at what stands there."
        )
    return Enrolment.of(answer, server_url)


def _post(server_url: str, message: Enrol, authority: Path | None) -> httpx2.Response:
    headers = {PROTOCOL_HEADER: PROTOCOL, "Content-Type": JSON, "Accept-Encoding": "identity"}
    body = message.model_dump_json().encode()
    try:
        with (
            httpx2.Client(base_url=server_url, verify=trusted(authority), timeout=_WITHIN_S, trust_env=False) as client,
            client.stream("POST", ENROL_PATH, content=body, headers=headers) as reply,
        ):
            content = bytearray()
            for chunk in reply.iter_raw():
                content += chunk
                if len(content) > MAX_BODY_BYTES:
                    break
            return httpx2.Response(reply.status_code, headers=reply.headers, content=bytes(content))
    except httpx2.HTTPError as error:
        raise unreachable(error, server_url) from error


def _refusal(server_url: str, reply: httpx2.Response) -> SyncError:
    try:
        problem = Problem.model_validate_json(reply.content)
    except ValidationError:
        problem = None
    is_problem = reply.headers.get("Content-Type", "").partition(";")[0] == PROBLEM_JSON
    if problem is None or not is_problem:
        return OfflineError(f"The server at {server_url} cannot answer now (status {reply.status_code}).")
    match problem.code:
        case ProblemCode.RATE | ProblemCode.BUSY | ProblemCode.INTERNAL:
            return ServerBusyError(f"The server at {server_url} cannot answer now, try again soon: {problem.detail}")
        case ProblemCode.NOT_FOUND | ProblemCode.METHOD | ProblemCode.PROTOCOL | ProblemCode.MALFORMED:
            return SyncError(f"The server at {server_url} knows no pairing codes: update it. ({problem.detail})")
        case _:
            return UnauthorisedError(f"The server at {server_url} does not take this device: {problem.detail}")
