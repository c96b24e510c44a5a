"""A kiosk's log as one file, for a stick: gzip over a header, its signature, and the exact bytes of events, one a line.

The kiosk's own key signs the header, and the header holds the hash of all that follows: whoever carries the file can
lose it, but not change it. Lines are as long as the protocol lets them be, whatever the file says.
"""

import base64
import binascii
import gzip
import hashlib
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kiosk.errors import KioskError
from kiosk.sync.wire import MAX_EVENT_BYTES, Hex16, Key, SiteId

SIGNED_PREFIX: Final = b"GLRX1\n"
MAX_HEADER_BYTES: Final = 4 * 1024 * 1024
_SIGNATURE_LINE: Final = 100

Progress = Callable[[int, int], None]


class ExportFileError(KioskError):
    """The file is none of ours, is damaged, or was not written by the device that it names."""


class Chain(BaseModel):
    """The events `first` to `last` of one incarnation; `hash` is of the last."""

    model_config = ConfigDict(frozen=True)

    incarnation: Hex16
    first: Annotated[int, Field(ge=1)]
    last: Annotated[int, Field(ge=1)]
    hash: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class ExportHeader(BaseModel):
    """`sha256`: of all lines after the signature, with their line feeds. `chains`: as they follow each other there."""

    model_config = ConfigDict(frozen=True)

    format: Literal["giliran-log-1"] = "giliran-log-1"
    site: SiteId
    device: Hex16
    key: Key
    version: str
    made_at: datetime
    chains: tuple[Chain, ...]
    events: Annotated[int, Field(ge=1)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


def read_header(path: Path) -> ExportHeader:
    """Whose signature fits the key that it names itself. Raises ExportFileError."""
    with _reading(path) as stream:
        return _header(path, stream)


def check_body(path: Path, progress: Progress = lambda *_: None) -> None:
    """That what follows is what was signed, to its last byte. Raises ExportFileError."""
    with _reading(path) as stream:
        header = _header(path, stream)
        found, count = hashlib.sha256(), 0
        for line in _lines(path, stream):
            found.update(line)
            count += 1
            if count > header.events:
                break
            progress(count, header.events)
    if (count, found.hexdigest()) != (header.events, header.sha256):
        raise ExportFileError(f"{path} is not as its kiosk wrote it: copy it from the stick again, or export anew.")


def read_events(path: Path) -> Iterator[bytes]:
    """One by one, in constant memory. Raises ExportFileError."""
    with _reading(path) as stream:
        _header(path, stream)
        for line in _lines(path, stream):
            yield line[:-1]


@contextmanager
def _reading(path: Path) -> Iterator[gzip.GzipFile]:
    try:
        with gzip.open(path, "rb") as stream:
            yield stream
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise ExportFileError(f"{path} is no export of a kiosk, or is damaged ({error}).") from error
    except OSError as error:
        raise ExportFileError(f"{path} cannot be read: {error.strerror}.") from error


def _header(path: Path, stream: gzip.GzipFile) -> ExportHeader:
    raw = stream.readline(MAX_HEADER_BYTES).rstrip(b"\n")
    try:
        header = ExportHeader.model_validate_json(raw)
        key = base64.b64decode(header.key)
        signature = base64.b64decode(stream.readline(_SIGNATURE_LINE).rstrip(b"\n"), validate=True)
        Ed25519PublicKey.from_public_bytes(key).verify(signature, SIGNED_PREFIX + raw)
    except (ValidationError, binascii.Error) as error:
        raise ExportFileError(f"{path} is no export of a kiosk that this version can read.") from error
    except InvalidSignature as error:
        raise ExportFileError(f"{path} was changed after its kiosk signed it: export anew.") from error
    if hashlib.sha256(key).hexdigest()[:16] != header.device:
        raise ExportFileError(f"{path} names another device than the one that signed it.")
    return header


def _lines(path: Path, stream: gzip.GzipFile) -> Iterator[bytes]:
    while line := stream.readline(MAX_EVENT_BYTES + 1):
        if not line.endswith(b"\n"):
            raise ExportFileError(f"{path} is damaged: it ends too early, or a line is too long.")
        yield line
