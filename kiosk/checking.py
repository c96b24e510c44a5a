"""`giliran verify` of a kiosk's database."""

from pathlib import Path

from pysqlite3 import dbapi2

from kiosk.check_report import Rebuilt, report
from kiosk.lock import FolderLock
from kiosk.progress import progress_bar
from kiosk.store.rebuild import rebuild
from kiosk.store.verify import verify

_SERVERS: str = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'server_epoch'"


def is_servers(path: Path) -> bool:
    """Whether this file is a server's database. What cannot be read is left to the check itself to name."""
    connection = dbapi2.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        return connection.execute(_SERVERS).fetchone() is not None
    except dbapi2.Error:
        return False
    finally:
        connection.close()


def check_kiosk(path: Path, *, with_rebuild: bool, as_json: bool) -> int:
    """The exit code. Raises StoreError where it cannot be read, StoreLockedError where a kiosk is running on it."""
    rebuilt = _rebuild(path) if with_rebuild else None
    with progress_bar("Checking") as progress:
        result = verify(path, progress)
    return report(result, rebuilt, as_json=as_json)


def _rebuild(path: Path) -> Rebuilt:
    lock = FolderLock(path.absolute().parent)
    try:
        with progress_bar("Rebuilding") as progress:
            return rebuild(path, progress)
    finally:
        lock.release()
