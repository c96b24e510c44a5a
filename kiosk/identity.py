"""Who this kiosk is: an Ed25519 key that never leaves the machine. Everything it writes is signed with it."""

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.errors import IdentityError
from kiosk.lock import FolderLock
from kiosk.private_file import write_private

FILE_NAME: Final = "identity.pem"


@dataclass(frozen=True)
class Identity:
    _key: Ed25519PrivateKey = field(repr=False)

    @cached_property
    def public_key(self) -> bytes:
        """32 bytes, as servers and trust lists keep them."""
        return self._key.public_key().public_bytes_raw()

    @cached_property
    def device_id(self) -> str:
        """16 lower-case hex digits: the first 8 bytes of the public key's SHA-256. The origin of all its events."""
        return hashlib.sha256(self.public_key).hexdigest()[:16]

    @cached_property
    def key_id(self) -> int:
        """Which key signed a ticket, 16 bits: bytes 9 and 10 of the public key's SHA-256."""
        return int.from_bytes(hashlib.sha256(self.public_key).digest()[8:10], "big")

    def sign(self, message: bytes) -> bytes:
        """64 bytes of Ed25519."""
        return self._key.sign(message)


def new_identity() -> Identity:
    return Identity(Ed25519PrivateKey.generate())


def load_or_create_identity(directory: Path) -> Identity:
    """The identity kept in this folder, made there at the first start.

    Raises:
        IdentityError: it is damaged, or of another kind, or cannot be read or written.
        StoreLockedError: there is none yet, and another program is at work in the folder.
    """
    path = directory / FILE_NAME
    try:
        if not path.exists():
            _create(path)
        path.chmod(0o600)  # a restored backup may have opened it to others
    except OSError as error:
        raise IdentityError(f"The kiosk's key cannot be read or written: check the permissions of {path}.") from error
    return read_identity(directory)


def read_identity(directory: Path) -> Identity:
    """The one that is kept in this folder; nothing is made or changed there. Raises IdentityError."""
    path = directory / FILE_NAME
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except FileNotFoundError as error:
        raise IdentityError(f"There is no key in {directory}: name the data folder of a kiosk or a server.") from error
    except OSError as error:
        raise IdentityError(f"The kiosk's key cannot be read or written: check the permissions of {path}.") from error
    except ValueError as error:
        raise IdentityError(f"The kiosk's key is damaged: restore {path}, or move it away and pair anew.") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise IdentityError(f"{path} holds a key of another kind: restore the kiosk's own, or move it away.")
    return Identity(key)


def _create(path: Path) -> None:
    """Two kiosks that are started at once on a new folder must not each make a key: the database knows only one."""
    lock = FolderLock(path.parent)
    try:
        if not path.exists():
            _write(path, Ed25519PrivateKey.generate())
    finally:
        lock.release()


def _write(path: Path, key: Ed25519PrivateKey) -> None:
    """Whole or not at all: a torn key would lock the kiosk out of its own history."""
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    write_private(path, pem)
