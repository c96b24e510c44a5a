"""The data files last accepted whole, byte for byte, so that a broken file never stops a kiosk that had good ones."""

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from kiosk.data_file import digest
from kiosk.store.database import transaction


@dataclass(frozen=True, slots=True)
class DataFiles:
    """The three files that belong together, as bytes: old or new, never mixed."""

    catalogue: bytes
    numbers: bytes
    site: bytes


_KINDS = ("catalogue", "numbers", "site")


def activate(db: Database, files: DataFiles, at: datetime) -> None:
    """Put accepted files in force, in a transaction of its own. Files in force already are left as they are."""
    if in_force(db) == files:
        return
    with transaction(db):
        for kind in _KINDS:
            raw: bytes = getattr(files, kind)
            db.conn.execute(
                "INSERT OR REPLACE INTO catalogue_snapshot (kind, raw, sha256, activated_at) VALUES (?, ?, ?, ?)",
                (kind, raw, digest(raw), at.isoformat()),
            )


def in_force(db: Database) -> DataFiles | None:
    """The files last activated; None if there are none, or if they are not what was stored."""
    rows = db.conn.execute("SELECT kind, raw, sha256 FROM catalogue_snapshot").fetchall()
    stored = {kind: raw for kind, raw, sha256 in rows if digest(raw) == sha256}
    return DataFiles(**stored) if len(stored) == len(_KINDS) else None
