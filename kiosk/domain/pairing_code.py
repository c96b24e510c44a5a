"""The code that lets a device in, once: `7KQ-M3X9T`. Read aloud over a telephone, typed with a glove.

The first three characters name the invitation at the server; the last five are its secret. The code itself never
travels: both ends derive a key from it, slowly, and prove to each other that they have it.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: without I, L, O and U."""

NAME_LENGTH: Final = 3
SECRET_LENGTH: Final = 5

_PREFIX: Final = "GILIRAN:"
_MISREAD: Final = str.maketrans("ILOU", "110V")
_UNSPOKEN: Final = re.compile(r"[\s\-_.]")
_DOMAIN: Final = b"GLRE1"


class PairingCodeError(ValueError):
    """`str(error)` says what a code looks like."""


@dataclass(frozen=True, slots=True)
class PairingCode:
    """`name`: 3 characters of ALPHABET; `secret`: 5."""

    name: str
    secret: str

    def __str__(self) -> str:
        return f"{self.name}-{self.secret}"

    def derived_key(self) -> bytes:
        """32 bytes. Slow (50 ms) by intent: whoever overhears a proof must pay that for each of 33 million guesses,
        and has ten minutes.
        """
        salt = b"giliran-pairing" + self.name.encode()
        return hashlib.scrypt(self.secret.encode(), salt=salt, n=2**14, r=8, p=1, dklen=32)


@dataclass(frozen=True, slots=True)
class PairingLink:
    """What the QR at the server says: the code, and where to go with it."""

    server_url: str
    code: PairingCode

    def __str__(self) -> str:
        return f"{_PREFIX}{self.server_url}:{self.code}"


def parse_code(text: str) -> PairingCode:
    """As people type it: in any case, with or without the hyphen, I and L for 1, O for 0, U for V.

    Raises PairingCodeError.
    """
    plain = _UNSPOKEN.sub("", text).upper().translate(_MISREAD)
    if len(plain) != NAME_LENGTH + SECRET_LENGTH or not set(plain) <= set(ALPHABET):
        raise PairingCodeError(f"{text!r} is no pairing code: it has 8 letters and digits, such as 7KQ-M3X9T.")
    return PairingCode(plain[:NAME_LENGTH], plain[NAME_LENGTH:])


def parse_link(text: str) -> tuple[str | None, PairingCode]:
    """What was typed or scanned: the code, and the server's URL where it came with one. Raises PairingCodeError."""
    text = text.strip()
    if not text.upper().startswith(_PREFIX):
        return None, parse_code(text)
    server_url, _, code = text[len(_PREFIX) :].rpartition(":")
    return server_url, parse_code(code)


def device_proof(derived_key: bytes, public_key: bytes) -> str:
    """Hex HMAC-SHA-256: the device knows the code, and this key is its own. `public_key`: 32 raw bytes."""
    return hmac.digest(derived_key, _DOMAIN + public_key, "sha256").hex()


def server_proof(derived_key: bytes, public_key: bytes, answer: bytes) -> str:
    """Hex HMAC-SHA-256: the server made the code, has heard of this device's key, and says all of `answer`."""
    return hmac.digest(derived_key, _DOMAIN + public_key + answer, "sha256").hex()
