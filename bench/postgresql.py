"""A PostgreSQL of one's own in a temporary folder, for measuring and for tests: Debian's binaries, one unix socket.

It listens on no network and is gone when the process that started it ends, however that ends.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import sql

from kiosk.errors import KioskError

OLDEST: Final = 15
_INSTALLED: Final = Path("/usr/lib/postgresql")
_MEMORY: Final = Path("/dev/shm")  # noqa: S108  # a folder of ours is made in it, with a name nobody can know
_ROOM_IN_MEMORY: Final = 2 * 1024**3
_OWNER: Final = "giliran"
_LOG: Final = "postgresql.log"
_GUARD: Final = 'trap "" INT TERM HUP; read -r _; "$1/pg_ctl" -D "$2/data" -s -m immediate stop; rm -rf "$2"'
"""Waits for the end of its input, which comes when we let go of it or die."""

_SETTINGS: Final[dict[str, str]] = {
    "listen_addresses": "",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "max_wal_size": "1GB",
}


class NoPostgresError(KioskError):
    """There is no PostgreSQL here that could be started."""


@dataclass(frozen=True)
class Cluster:
    """Running. `url()` is for `--database`."""

    socket_folder: Path

    def url(self, database: str) -> str:
        return f"postgresql://{_OWNER}@/{database}?host={self.socket_folder}"

    def create(self, database: str, template: str = "template0") -> str:
        """A new database as `template` is now; nobody may be connected to that. Returns its URL."""
        self._administer("CREATE DATABASE {} TEMPLATE {}", database, template)
        return self.url(database)

    def drop(self, database: str) -> None:
        self._administer("DROP DATABASE IF EXISTS {} WITH (FORCE)", database)

    def _administer(self, statement: Any, *names: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@dataclass(frozen=True)
class TemplateDatabases:
    """Databases that are copies of one: a twentieth of a second each, where migrating takes a third."""

    cluster: Cluster
    template: str

    @contextmanager
    def fresh(self) -> Iterator[str]:
        name = f"{self.template}_{next(_COUNTED)}"
        yield self.cluster.create(name, self.template)
        self.cluster.drop(name)


_COUNTED: Final = count(1)


def find_binaries() -> Path:
    """The folder of the newest PostgreSQL that is installed. Raises NoPostgresError."""
    versions = {int(folder.name): folder / "bin" for folder in _INSTALLED.glob("[0-9]*") if folder.name.isdecimal()}
    usable = [version for version, folder in versions.items() if version >= OLDEST and (folder / "initdb").exists()]
    if not usable:
        raise NoPostgresError(f"No PostgreSQL {OLDEST} or newer is installed: apt-get install postgresql-15.")
    return versions[max(usable)]


@contextmanager
def running_cluster(*, in_memory: bool = False, **settings: str) -> Iterator[Cluster]:
    """`in_memory`: on a RAM disk where there is one with room, so that nothing waits for a disk. `settings` are those
    of postgresql.conf. Raises NoPostgresError.
    """
    binaries = find_binaries()
    user = _user()
    has_room = in_memory and _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM_IN_MEMORY
    folder = Path(tempfile.mkdtemp(prefix="giliran-pg-", dir=_MEMORY if has_room else None))
    if user is not None:
        shutil.chown(folder, user)
    with subprocess.Popen(  # noqa: S603  # Debian's own programs
        ["/bin/sh", "-c", _GUARD, "sh", binaries, folder],
        stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, user=user, cwd="/",
        start_new_session=True,
    ) as guard:  # fmt: skip
        try:
            _start(binaries, folder, user, _SETTINGS | settings)
            yield Cluster(folder)
        finally:
            guard.communicate()


def _start(binaries: Path, folder: Path, user: str | None, settings: Mapping[str, str]) -> None:
    data = folder / "data"
    options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
    _run(binaries / "initdb", "-D", data, "-U", _OWNER, "-A", "trust", "-E", "UTF8", "--locale=C", "-N", user=user)
    _run(
        binaries / "pg_ctl", "-D", data, "-l", folder / _LOG, "-w", "-o", f"-k {folder} {options}", "start", user=user
    )  # fmt: skip


def _run(*command: str | Path, user: str | None) -> None:
    finished = subprocess.run(  # noqa: S603  # Debian's own programs
        command, user=user, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        text=True, check=False,
    )  # fmt: skip
    if finished.returncode:
        log = next((Path(word) for word in command if str(word).endswith(_LOG)), None)
        said = log.read_text() if log is not None and log.exists() else finished.stderr
        raise NoPostgresError(f"PostgreSQL could not be started: {' '.join(said.split())}")


def _user() -> str | None:
    """PostgreSQL refuses to be run by root. None: as whom we are."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in known)
