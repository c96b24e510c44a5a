"""A PIN on its way to the site server: readable for that server alone, once, also on a line without TLS.

The server makes an X25519 key and signs it with its own Ed25519 identity; a desk believes it by the key that it was
told at its enrolment. Both ends derive one ChaCha20-Poly1305 key by HKDF-SHA256; the desk and the officer's id are
sealed in with the PIN, so that a sealed PIN taken from one sign-in opens no other.
"""

import base64
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from kiosk.errors import SyncError
from kiosk.sync.desk_wire import SealKey
from kiosk.sync.signing import Signer

LASTS_S: Final = 6 * 3600.0
"""So long a key is given out; it opens what was sealed with it for as long again."""
MOST_OPENED: Final = 4096
"""PINs that one key opens; then the server makes another."""

_WORDS: Final = b"GLRK1"
_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12


class PinSealError(SyncError):
    """The key is not signed by the server that this desk knows; or what is sealed cannot be opened, or was before."""


def sealed_pin(pin: str, staff: str, device_id: str, seal_key: SealKey, server_key: bytes) -> str:
    """Base64, for `SignIn.sealed_pin`; another one at every call. `server_key`: 32 raw bytes of Ed25519, known from
    the enrolment.

    Raises PinSealError: whoever gave `seal_key` is not that server, so nothing is sealed for it.
    """
    try:
        raw = base64.b64decode(seal_key.key, validate=True)
        signature = base64.b64decode(seal_key.signature, validate=True)
        Ed25519PublicKey.from_public_bytes(server_key).verify(signature, _signed_words(raw, device_id))
        own = X25519PrivateKey.generate()
        shared = own.exchange(X25519PublicKey.from_public_bytes(raw))
    except (InvalidSignature, ValueError) as error:
        raise PinSealError("The key for PINs does not carry the signature of this desk's own server.") from error
    sender = own.public_key().public_bytes_raw()
    nonce = secrets.token_bytes(_NONCE_BYTES)
    sealed = _cipher(shared, sender, raw).encrypt(nonce, pin.encode(), _context(device_id, staff))
    return base64.b64encode(sender + nonce + sealed).decode()


@dataclass
class _Given:
    """`opened`: senders' keys, each of which is used once."""

    key: X25519PrivateKey
    made_at_s: float
    opened: set[bytes] = field(default_factory=set)

    @property
    def public(self) -> bytes:
        return self.key.public_key().public_bytes_raw()


class PinOpener:
    """The server's end. Its keys live in memory alone: a restart makes new ones. Safe to use from many threads.

    `monotonic`: seconds that never jump.
    """

    def __init__(self, signer: Signer, monotonic: Callable[[], float]) -> None:
        self._signer = signer
        self._monotonic = monotonic
        self._lock = Lock()
        self._given: OrderedDict[bytes, _Given] = OrderedDict()

    def key_for(self, device_id: str) -> SealKey:
        with self._lock:
            public = self._current().public
        signature = self._signer.sign(_signed_words(public, device_id))
        return SealKey(key=base64.b64encode(public).decode(), signature=base64.b64encode(signature).decode())

    def open(self, sealed: str, staff: str, device_id: str) -> str:
        """The PIN. Raises PinSealError: damaged, another officer's or desk's, opened before, or the key is gone."""
        try:
            raw = base64.b64decode(sealed, validate=True)
            sender, nonce = raw[:_KEY_BYTES], raw[_KEY_BYTES : _KEY_BYTES + _NONCE_BYTES]
            theirs = X25519PublicKey.from_public_bytes(sender)
        except ValueError as error:
            raise PinSealError("The sealed PIN is damaged.") from error
        with self._lock:
            self._forget_old()
            for given in self._given.values():
                pin = _opened(given, theirs, nonce, raw[_KEY_BYTES + _NONCE_BYTES :], _context(device_id, staff))
                if pin is None:
                    continue
                if sender in given.opened:
                    raise PinSealError("This sealed PIN was used before.")
                given.opened.add(sender)
                return pin
        raise PinSealError("The PIN is sealed with no key of this server that is still good: ask for one again.")

    def _current(self) -> _Given:
        self._forget_old()
        newest = next(reversed(self._given.values()), None)
        if newest is None or self._age_s(newest) >= LASTS_S or len(newest.opened) >= MOST_OPENED:
            newest = _Given(X25519PrivateKey.generate(), self._monotonic())
            self._given[newest.public] = newest
        return newest

    def _forget_old(self) -> None:
        for public, given in list(self._given.items()):
            if self._age_s(given) >= 2 * LASTS_S:
                del self._given[public]

    def _age_s(self, given: _Given) -> float:
        return self._monotonic() - given.made_at_s


def _opened(given: _Given, theirs: X25519PublicKey, nonce: bytes, sealed: bytes, context: bytes) -> str | None:
    try:
        shared = given.key.exchange(theirs)
        cipher = _cipher(shared, theirs.public_bytes_raw(), given.public)
        return cipher.decrypt(nonce, sealed, context).decode()
    except (InvalidTag, ValueError):  # ValueError also for a sender's key of low order, and for what is no text
        return None


def _cipher(shared: bytes, sender: bytes, receiver: bytes) -> ChaCha20Poly1305:
    derived = HKDF(SHA256(), _KEY_BYTES, salt=None, info=_WORDS + sender + receiver).derive(shared)
    return ChaCha20Poly1305(derived)


def _signed_words(public: bytes, device_id: str) -> bytes:
    return _WORDS + public + device_id.encode()


def _context(device_id: str, staff: str) -> bytes:
    return f"{device_id} {staff}".encode()
