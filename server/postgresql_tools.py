"""PostgreSQL's own programs, for backups: a dump is theirs to write and to read, not ours."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

from sqlalchemy import URL, make_url

from server.backup_manifest import BackupError

DUMP: Final = "pg_dump"
RESTORE: Final = "pg_restore"


def dump_database(address: str, target: Path) -> None:
    """In one snapshot, beside whoever writes. Raises BackupError with what the program said."""
    url, environment = split_password(address)
    words = ["--format=custom", "--no-owner", "--no-privileges", f"--file={target}", f"--dbname={url}"]
    target.touch(mode=0o600)
    _run(DUMP, words, environment)


def check_dump(dump: Path) -> None:
    """That its table of contents can be read to the end."""
    _run(RESTORE, ["--list", str(dump)], {})


def restore_dump(address: str, dump: Path) -> None:
    """Into an empty database: all of it, or nothing. Raises BackupError with what the program said."""
    url, environment = split_password(address)
    words = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", f"--dbname={url}", str(dump)]
    _run(RESTORE, words, environment)


def split_password(address: str) -> tuple[str, dict[str, str]]:
    """What may stand on a command line that everybody on the machine can read, and what may not."""
    url = make_url(address).set(drivername="postgresql")
    passwords = [word for word in (url.password, url.query.get("password")) if isinstance(word, str)]
    bare: URL = URL.create(
        url.drivername, url.username, None, url.host, url.port, url.database, url.query
    ).difference_update_query(["password"])
    return bare.render_as_string(hide_password=False), {"PGPASSWORD": passwords[-1]} if passwords else {}


def _run(program: str, words: list[str], environment: dict[str, str]) -> None:
    found = shutil.which(program)
    if found is None:
        shown = " ".join([program, *words])
        raise BackupError(
            f"{program} is not installed here (apt-get install postgresql-client). Run elsewhere: {shown}"
        )
    done = subprocess.run(  # noqa: S603  # PostgreSQL's own programs
        [found, *words], env={**os.environ, **environment}, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    if done.returncode:
        raise BackupError(f"{program} failed: {' '.join(done.stderr.split()) or f'exit code {done.returncode}'}")
