"""Requests signed by the device's own Ed25519 key. No clock takes part: a challenge and a counter stand for time.

The challenge belongs to one session at one server; the counter rises strictly within it. So a copied request
is worth nothing, and a kiosk whose battery died in the year 2000 still gets in (docs/sync-protocol.md, 3).
"""

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from kiosk.sync.wire import (
    COUNTER_HEADER,
    DEVICE_HEADER,
    PROTOCOL,
    PROTOCOL_HEADER,
    SESSION_HEADER,
    SIGNATURE_HEADER,
    SITE_HEADER,
)


class Signer(Protocol):
    def sign(self, message: bytes) -> bytes:
        """A raw Ed25519 signature, 64 bytes."""


@dataclass(frozen=True, slots=True)
class SignedParts:
    """All that a signature covers. `path` is the target with its query; `body` is as sent, compressed and all."""

    method: str
    path: str
    body: bytes
    site: str
    device: str
    session: str
    challenge: str
    counter: int

    def message(self) -> bytes:
        body_hash = hashlib.sha256(self.body).hexdigest()
        lines = (
            "GLRQ1",
            self.method,
            self.path,
            body_hash,
            self.site,
            self.device,
            self.session,
            self.challenge,
            str(self.counter),
        )
        return "\n".join(lines).encode()


def sign(parts: SignedParts, signer: Signer) -> Mapping[str, str]:
    """The headers that carry everything but the challenge, which both ends know."""
    return {
        PROTOCOL_HEADER: PROTOCOL,
        SITE_HEADER: parts.site,
        DEVICE_HEADER: parts.device,
        SESSION_HEADER: parts.session,
        COUNTER_HEADER: str(parts.counter),
        SIGNATURE_HEADER: base64.b64encode(signer.sign(parts.message())).decode(),
    }


def verify(parts: SignedParts, signature: str, public_key: bytes) -> bool:
    """Whether `signature` (base64, from the header) is this device's over exactly these parts."""
    try:
        raw = base64.b64decode(signature, validate=True)
        Ed25519PublicKey.from_public_bytes(public_key).verify(raw, parts.message())
    except (binascii.Error, ValueError, InvalidSignature):
        return False
    return True
