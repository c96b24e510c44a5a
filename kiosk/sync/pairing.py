"""Pairing with a site server on this very machine, so that one command can bring up both.

What proves "this machine, this user" is a secret in a file that only this user can read: a proxy in front of the
server, or a stranger on the network, has no part in it (docs/decisions/003-pairing-on-one-machine.md).
"""

import base64
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

import httpx2
from pydantic import ValidationError

from kiosk.config import KioskConfig
from kiosk.errors import OfflineError, UnauthorisedError
from kiosk.identity import Identity
from kiosk.sync.machine_secret import pairing_proof, secret_file
from kiosk.sync.tls import trusted
from kiosk.sync.wire import JSON, PAIR_PATH, PROTOCOL, PROTOCOL_HEADER, Pairing, Problem

_WITHIN_S: Final = 5.0
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


def pair_on_this_machine(
    server_url: str, identity: Identity, site_id: str, config: KioskConfig, timezone: str | None = None
) -> bool:
    """Let the server know this kiosk. False where the server runs elsewhere, or leaves no secret for us to read.

    `timezone`: the site's, by its IANA name, for a server that was told nothing about the site.

    Raises:
        OfflineError: nothing answers, or the URL is none.
        UnauthorisedError: the server does not take this kiosk; the sentence names the other one that has its number.
    """
    secret = _secret(server_url)
    if secret is None:
        return False
    message = Pairing(
        site=site_id,
        device=identity.device_id,
        public_key=base64.b64encode(identity.public_key).decode(),
        kiosk_number=config.number,
        letter=config.letter,
        name=config.name,
        proof=pairing_proof(secret, identity.public_key),
        timezone=timezone,
    )
    headers = {PROTOCOL_HEADER: PROTOCOL, "Content-Type": JSON}
    try:
        verify = trusted(config.sync.authority)
        with httpx2.Client(base_url=server_url, verify=verify, timeout=_WITHIN_S, trust_env=False) as client:
            answer = client.post(PAIR_PATH, content=message.model_dump_json().encode(), headers=headers)
    except httpx2.HTTPError as error:
        raise OfflineError(
            f"The server at {server_url} does not answer: {str(error) or type(error).__name__}."
        ) from error
    if answer.status_code != HTTPStatus.NO_CONTENT:
        raise UnauthorisedError(f"The server at {server_url} does not take this kiosk: {_reason(answer)}")
    return True


def _reason(answer: httpx2.Response) -> str:
    try:
        return Problem.model_validate_json(answer.content).detail
    except ValidationError:  # somebody else stands there
        return answer.text[:200]


def _secret(server_url: str) -> bytes | None:
    try:
        parts = urlsplit(server_url)
        port = parts.port
    except ValueError as error:
        raise OfflineError(f"{server_url} is no server's address: {error}.") from error
    if parts.hostname not in _LOOPBACK or port is None:
        return None
    try:
        return secret_file(port).read_bytes()
    except OSError:  # none there, or not for this user
        return None
