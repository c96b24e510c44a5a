"""The file of `--site`: published at the start when it has changed since it was last published from there, so that a
restart does not undo what `giliran server publish` put before the kiosks meanwhile.
"""

import hashlib
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, ValidationError

from kiosk.errors import StoreError
from kiosk.private_file import write_private
from kiosk.sync.wire import SnapshotKind
from server.node import Node
from server.publishing import publish_files
from server.snapshots import newest_own

MARK_FILE: Final = "site-at-start.json"


class _Mark(BaseModel):
    """What was published from the file last: its hash, for which site, as which version."""

    model_config = ConfigDict(frozen=True)

    sha256: str
    site: str
    version: int


def publish_at_start(node: Node, data_dir: Path, site_file: Path) -> None:
    """Raises as publish_files, and StoreError where the mark cannot be kept."""
    path = data_dir / MARK_FILE
    digest = _digest(site_file)
    mark = _read(path)
    if mark is not None and mark.sha256 == digest and _is_held(node, mark):
        return
    published = publish_files(node, None, site_file)[0]
    mark = _Mark(sha256=digest, site=published.site_id, version=published.version)
    try:
        write_private(path, mark.model_dump_json().encode())
    except OSError as error:
        raise StoreError(f"{path} cannot be written: {error.strerror}.") from error


def _is_held(node: Node, mark: _Mark) -> bool:
    """That version or a later one; a database that was put back may have neither."""
    with node.database.reading() as connection:
        newest = newest_own(connection, mark.site, SnapshotKind.SITE, node.identity.device_id)
    return newest is not None and newest.version >= mark.version


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""  # who publishes it says why


def _read(path: Path) -> _Mark | None:
    """None where nothing was published yet, or nobody can say: then the file is published."""
    try:
        return _Mark.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None
