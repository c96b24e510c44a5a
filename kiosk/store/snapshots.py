"""What the server handed down and this kiosk took: whole files, the newest two of each, with who signed them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlite_utils import Database

from kiosk.data_file import digest
from kiosk.store.database import transaction
from kiosk.sync.wire import SnapshotKind

KEPT: Final = 2
"""Of one kind for one site, or for everywhere."""


@dataclass(frozen=True, slots=True)
class TakenFile:
    """`raw`: the exact bytes that `signature` (Base64, by the key of `signer`) stands for."""

    kind: SnapshotKind
    site_id: str
    version: int
    sha256: str
    signer: str
    signature: str
    raw: bytes

    @property
    def name(self) -> str:
        """What an error calls it."""
        return f"{self.kind} {self.version}"


def keep(db: Database, files: Sequence[TakenFile], at: datetime) -> None:
    """All of them or none, in a transaction of its own; what is older than the two newest goes."""
    with transaction(db):
        (last,) = db.conn.execute("SELECT coalesce(max(received), 0) FROM snapshots").fetchone()
        for received, file in enumerate(files, start=last + 1):
            db.conn.execute(
                "INSERT INTO snapshots (kind, site_id, version, received, sha256, signer, signature, raw, received_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    file.kind,
                    file.site_id,
                    file.version,
                    received,
                    file.sha256,
                    file.signer,
                    file.signature,
                    file.raw,
                    at.isoformat(),
                ),
            )
            db.conn.execute(
                "DELETE FROM snapshots WHERE kind = ? AND site_id = ? AND version NOT IN"
                " (SELECT version FROM snapshots WHERE kind = ? AND site_id = ? ORDER BY version DESC LIMIT ?)",
                (file.kind, file.site_id, file.kind, file.site_id, KEPT),
            )


def taken(db: Database, kind: SnapshotKind) -> tuple[TakenFile, ...]:
    """The newest first, as received; without those that are not what was stored."""
    rows = db.conn.execute(
        "SELECT kind, site_id, version, sha256, signer, signature, raw FROM snapshots WHERE kind = ?"
        " ORDER BY received DESC",
        (kind,),
    ).fetchall()
    files = (TakenFile(SnapshotKind(row[0]), *row[1:]) for row in rows)
    return tuple(file for file in files if digest(file.raw) == file.sha256)


def highest_version(db: Database, kind: SnapshotKind, site_id: str) -> int:
    """Of exactly this site, or of everywhere; 0 where nothing was taken yet."""
    row = db.conn.execute(
        "SELECT max(version) FROM snapshots WHERE kind = ? AND site_id = ?", (kind, site_id)
    ).fetchone()
    return int(row[0] or 0)


def version_in_force(db: Database, kind: SnapshotKind) -> int:
    """Of what was taken last; 0 where nothing was taken yet."""
    row = db.conn.execute(
        "SELECT version FROM snapshots WHERE kind = ? ORDER BY received DESC LIMIT 1", (kind,)
    ).fetchone()
    return 0 if row is None else int(row[0])
