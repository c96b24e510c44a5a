"""How the server of a folder is run: `server.json`, written at each start of it. So no command beside a running server
can mean another database than the server's own, and find it empty and good.
"""

import os
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy.exc import ArgumentError

from kiosk.errors import StoreError
from kiosk.folder_owner import SERVER_FILE, FolderOwnerError, refuse_kiosks_folder
from kiosk.identity import FILE_NAME as IDENTITY_FILE
from kiosk.private_file import write_private
from server.postgresql_engine import is_postgresql
from server.postgresql_tools import split_password
from server.settings import Role, ServerSettings
from server.sqlite_engine import FILE_NAME

_PASSWORD: Final = "PGPASSWORD"  # noqa: S105  # where libpq finds one; not one itself


class Remembered(BaseModel):
    """`database`: its URL without a password, None for SQLite in the folder. `has_password`: one stood in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    role: Role
    database: str | None = None
    has_password: bool = False


def remember(settings: ServerSettings) -> None:
    """Raises StoreError where it cannot be written."""
    address, has_password = _bare(settings.data_dir, settings.database)
    content = Remembered(role=settings.role, database=address, has_password=has_password)
    path = settings.data_dir / SERVER_FILE
    try:
        write_private(path, f"{content.model_dump_json(indent=2)}\n".encode())
    except OSError as error:
        raise StoreError(f"{path} cannot be written: {error.strerror}.") from error


def remembered(data_dir: Path) -> Remembered | None:
    """None: no server was started on this folder yet. Raises StoreError where the file cannot be understood."""
    path = data_dir / SERVER_FILE
    try:
        return Remembered.model_validate_json(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {error.strerror}.") from error
    except ValidationError as error:
        raise StoreError(
            f"{path} is damaged: delete it, and start the server with its --role and, if it has one, its --database."
        ) from error


def settings_to_start(data_dir: Path, role: Role | None, database: str | None) -> ServerSettings | None:
    """None: neither said nor remembered which role. Raises FolderOwnerError, StoreError."""
    refuse_kiosks_folder(data_dir)
    known = remembered(data_dir)
    if known is None:
        return None if role is None else ServerSettings(role, data_dir, database)
    return _agreed(known, data_dir, role, database)


def settings_beside(
    data_dir: Path, role: Role | None, database: str | None, *, has_moved: bool = False, is_standby: bool = False
) -> ServerSettings:
    """Of a command for the server of this folder. `has_moved`: its database may be another now. `is_standby`: it need
    not have run here before, if a database is named.

    Raises FolderOwnerError where it would not be that server's, StoreError.
    """
    refuse_kiosks_folder(data_dir)
    known = remembered(data_dir)
    if known is not None:
        if has_moved and database is not None:
            known = known.model_copy(update={"database": _bare(data_dir, database)[0]})
        return _agreed(known, data_dir, role, database)
    may_name_one = is_standby or (data_dir / IDENTITY_FILE).exists()
    if not ((data_dir / FILE_NAME).exists() or (database is not None and may_name_one)):
        raise FolderOwnerError(
            f"No server has run on {data_dir} yet: start it first, with giliran server --role ... --data {data_dir}."
        )
    return ServerSettings(role or Role.SITE, data_dir, database)


def _agreed(known: Remembered, data_dir: Path, role: Role | None, database: str | None) -> ServerSettings:
    if role is not None and role is not known.role:
        raise FolderOwnerError(
            f"The server of {data_dir} is run as --role {known.role}, not as {role}: name the folder of the other one."
        )
    if database is None:
        if known.has_password and not os.environ.get(_PASSWORD):
            raise FolderOwnerError(
                f"The server of {data_dir} keeps its data in {known.database} behind a password, which is not kept:"
                f" say its --database with the password, or set {_PASSWORD}."
            )
        return ServerSettings(known.role, data_dir, known.database)
    if _bare(data_dir, database)[0] != known.database:
        place = known.database or f"{FILE_NAME} in its folder"
        raise FolderOwnerError(
            f"The server of {data_dir} keeps its data in {place}, not in the --database that was named: leave"
            f" --database out. If the data have moved there: giliran server restore --epoch-only, with that --database."
        )
    return ServerSettings(known.role, data_dir, database)


def _bare(data_dir: Path, database: str | None) -> tuple[str | None, bool]:
    """How it is kept, and whether a password was left out."""
    if database is None:
        return None, False
    if not is_postgresql(database):
        return (None if Path(database.partition(":///")[2]) == (data_dir / FILE_NAME).absolute() else database), False
    try:
        address, secrets = split_password(database)
    except (ArgumentError, ValueError) as error:
        raise StoreError(
            "--database is no URL: write postgresql://USER@HOST/DATABASE, with %-signs for special characters."
        ) from error
    return address, bool(secrets)
