"""Whole files that travel down: sealed by the server that publishes them, opened by whoever trusts its key.

A relay passes a sealed file on as it came, so its seal says who made it, wherever it is opened.
"""

import base64
import binascii
import gzip
import hashlib
import zlib
from collections.abc import Mapping
from typing import Final, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from kiosk.domain.snapshot import signed_words
from kiosk.errors import SyncError
from kiosk.sync.signing import Signer
from kiosk.sync.wire import MAX_SNAPSHOT_BYTES, Snapshot, SnapshotKind

_GZIP: Final = 31
"""zlib's word for "with a gzip header"."""


class Sealer(Signer, Protocol):
    """Whose seal it is: kiosk.identity.Identity, seen from here."""

    @property
    def device_id(self) -> str: ...


class SealError(SyncError):
    """The file is not what a server that we trust has sealed, or too large."""


def seal(raw: bytes, site: str, kind: SnapshotKind, version: int, signer: Sealer) -> Snapshot:
    """Raises SealError for a file that no receiver would take."""
    if len(raw) > MAX_SNAPSHOT_BYTES:
        raise SealError(_too_large(kind))
    sha256 = hashlib.sha256(raw).hexdigest()
    return Snapshot(
        site=site,
        kind=kind,
        version=version,
        sha256=sha256,
        signer=signer.device_id,
        signature=base64.b64encode(signer.sign(signed_words(site, kind, version, sha256))).decode(),
        content=base64.b64encode(gzip.compress(raw, mtime=0)).decode(),
    )


def unseal(snapshot: Snapshot, keys: Mapping[str, bytes]) -> bytes:
    """The exact bytes of the file. `keys`: device id -> raw public key of everyone who may sign.

    Raises SealError: another signer, another signature, other bytes, or more than MAX_SNAPSHOT_BYTES.
    """
    what = f"{snapshot.kind} {snapshot.version}"
    key = keys.get(snapshot.signer)
    if key is None:
        raise SealError(f"The {what} is signed by {snapshot.signer}, whom nobody here was told to trust.")
    words = signed_words(snapshot.site, snapshot.kind, snapshot.version, snapshot.sha256)
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(base64.b64decode(snapshot.signature, validate=True), words)
    except (InvalidSignature, ValueError) as error:
        raise SealError(f"The {what} does not carry the signature of {snapshot.signer}.") from error
    raw = _unpacked(snapshot)
    if hashlib.sha256(raw).hexdigest() != snapshot.sha256:
        raise SealError(f"The {what} is not the file that was signed.")
    return raw


def _unpacked(snapshot: Snapshot) -> bytes:
    unpacking = zlib.decompressobj(wbits=_GZIP)
    try:
        packed = base64.b64decode(snapshot.content, validate=True)
        raw = unpacking.decompress(packed, MAX_SNAPSHOT_BYTES + 1)
    except (binascii.Error, zlib.error) as error:
        raise SealError(f"The {snapshot.kind} {snapshot.version} arrived damaged.") from error
    if len(raw) > MAX_SNAPSHOT_BYTES:
        raise SealError(_too_large(snapshot.kind))
    if not unpacking.eof:
        raise SealError(f"The {snapshot.kind} {snapshot.version} arrived only in part.")
    return raw


def _too_large(kind: SnapshotKind) -> str:
    return f"The {kind} is larger than {MAX_SNAPSHOT_BYTES // 1024**2} MiB."
