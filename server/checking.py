"""`giliran verify` of a server's database."""

from pathlib import Path

from sqlalchemy.exc import DBAPIError

from kiosk.check_report import Rebuilt, report
from kiosk.lock import FolderLock
from kiosk.progress import progress_bar
from server.database import look_into, store_error
from server.rebuild import rebuild
from server.settings import Role, ServerSettings
from server.verification import verify_database


def check_server(data_dir: Path, url: str | None = None, *, with_rebuild: bool = False, as_json: bool = False) -> int:
    """The exit code. Raises StoreError where it cannot be read, StoreLockedError where a server is running on it."""
    settings = ServerSettings(Role.SITE, data_dir, url)  # what is checked does not depend on the role
    rebuilt = _rebuild(settings) if with_rebuild else None
    database = look_into(settings)
    try:
        with progress_bar("Checking") as progress:
            result = verify_database(database, progress)
    finally:
        database.close()
    return report(result, rebuilt, as_json=as_json)


def _rebuild(settings: ServerSettings) -> Rebuilt:
    database = look_into(settings)
    try:
        lock = FolderLock(settings.data_dir)
        try:
            with progress_bar("Rebuilding") as progress:
                return rebuild(database, progress)
        except DBAPIError as error:
            raise store_error(error) from error
        finally:
            lock.release()
    finally:
        database.close()
