"""A backup is whole, taken while the server runs, and can be put back; what is no whole backup is refused."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pysqlite3 import dbapi2
from sqlalchemy import func, select

from kiosk.clock import FakeClock, SystemClock
from kiosk.domain.verdict import Verified
from kiosk.enrolment import UPSTREAM_FILE
from kiosk.errors import IdentityError, StoreError, StoreLockedError
from kiosk.folder_owner import SERVER_FILE
from kiosk.identity import FILE_NAME as IDENTITY_FILE
from kiosk.identity import load_or_create_identity
from server.backup import copy_database, take_backup
from server.backup_manifest import DUMP_FILE, MANIFEST_FILE, BackupError, Manifest, read_manifest
from server.database import FILE_NAME, Database, look_into, open_database
from server.postgresql_tools import DUMP
from server.restore import Restored, restore
from server.run import Server
from server.schema import events, recoveries, server_epoch
from server.settings import Role, ServerSettings
from server.verification import verify_database
from tests.paired_kiosk import SITE, pair
from tests.small_hall import MONDAY_10_00
from tests.written_log import WrittenLog, take

if TYPE_CHECKING:
    from bench.postgresql import Cluster


@pytest.fixture
def settings(tmp_path: Path, database_url: str | None) -> ServerSettings:
    """Of a stopped server with one kiosk and a log of eleven events."""
    settings = ServerSettings(Role.SITE, tmp_path / "server", database_url)
    pair(tmp_path / "kiosk", settings.data_dir, database_url)
    log = WrittenLog()
    for number in range(1, 11):
        log.issue(number)
    with opened(settings) as database, database.writing() as connection:
        log.push(connection)
    return settings


@pytest.fixture
def empty_url(database_url: str | None, request: pytest.FixtureRequest) -> Iterator[str | None]:
    """Where a dump may go; None for SQLite, which needs no such place."""
    if database_url is None:
        yield None
        return
    cluster: Cluster = request.getfixturevalue("postgresql")
    yield cluster.create("empty")
    cluster.drop("empty")


@contextmanager
def opened(settings: ServerSettings) -> Iterator[Database]:
    database = open_database(settings, SystemClock())
    try:
        yield database
    finally:
        database.close()


def verified(settings: ServerSettings) -> Verified:
    database = look_into(settings)
    try:
        verdict = verify_database(database)
    finally:
        database.close()
    assert isinstance(verdict, Verified), verdict
    return verdict


def backed_up(settings: ServerSettings, out: Path) -> Manifest:
    return take_backup(settings, out, FakeClock(MONDAY_10_00))


def put_back(backup: Path, settings: ServerSettings) -> Restored:
    return restore(backup, settings, None, FakeClock(MONDAY_10_00))


def test_a_backup_holds_everything_for_its_owner_alone(settings: ServerSettings, tmp_path: Path) -> None:
    (settings.data_dir / UPSTREAM_FILE).write_text("{}")
    manifest = backed_up(settings, tmp_path / "backup")
    assert read_manifest(tmp_path / "backup") == manifest
    found = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "backup").iterdir()}
    assert found == dict.fromkeys([IDENTITY_FILE, UPSTREAM_FILE, MANIFEST_FILE, manifest.database_file], 0o600)
    assert (tmp_path / "backup").stat().st_mode & 0o777 == 0o700
    assert (manifest.role, manifest.epoch) == (Role.SITE, 1)
    assert (tmp_path / "backup" / IDENTITY_FILE).read_bytes() == (settings.data_dir / IDENTITY_FILE).read_bytes()


def test_it_comes_back_as_it_was_in_an_epoch_of_its_own(
    settings: ServerSettings, tmp_path: Path, empty_url: str | None
) -> None:
    before = verified(settings)
    backed_up(settings, tmp_path / "backup")
    new = ServerSettings(Role.SITE, tmp_path / "new", empty_url)
    done = put_back(tmp_path / "backup", new)
    assert (done.epoch, done.aside) == (2, None)
    assert verified(new).hash == before.hash
    with opened(new) as database, database.reading() as connection:
        assert connection.execute(select(recoveries.c.site_id, recoveries.c.epoch)).all() == [(SITE, 2)]
    left = {path.name for path in new.data_dir.iterdir()} - {"giliran.log"}
    assert left == {IDENTITY_FILE, SERVER_FILE, "kiosk.lock", *([FILE_NAME] if empty_url is None else [])}


def test_what_was_there_is_set_aside_and_its_epoch_surpassed(tmp_path: Path) -> None:
    settings = ServerSettings(Role.SITE, tmp_path / "server")
    pair(tmp_path / "kiosk", settings.data_dir)
    backed_up(settings, tmp_path / "backup")
    for expected in (2, 3):
        with opened(settings) as database, database.writing() as connection:
            WrittenLog().push(connection)
        present = verified(settings).events
        done = put_back(tmp_path / "backup", settings)
        assert done.epoch == expected
        assert done.aside is not None
        assert verified(ServerSettings(Role.SITE, done.aside)).events == present
    aside = [path for path in settings.data_dir.iterdir() if path.is_dir()]
    assert len(aside) == 2


def test_an_enrolment_later_than_the_backup_stays_and_that_of_another_server_goes(tmp_path: Path) -> None:
    settings = ServerSettings(Role.SITE, tmp_path / "server")
    pair(tmp_path / "kiosk", settings.data_dir)
    backed_up(settings, tmp_path / "backup")
    (settings.data_dir / UPSTREAM_FILE).write_text("later")
    put_back(tmp_path / "backup", settings)
    assert (settings.data_dir / UPSTREAM_FILE).read_text() == "later"
    (settings.data_dir / IDENTITY_FILE).unlink()
    load_or_create_identity(settings.data_dir)
    done = put_back(tmp_path / "backup", settings)
    assert not (settings.data_dir / UPSTREAM_FILE).exists()
    assert done.aside is not None
    assert (done.aside / UPSTREAM_FILE).read_text() == "later"


def test_a_backup_under_load_is_one_moment_of_the_log(tmp_path: Path) -> None:
    """Every commit between two steps would begin the copy anew, and it would not end, if no snapshot were held."""
    settings = ServerSettings(Role.SITE, tmp_path / "server")
    pair(tmp_path / "kiosk", settings.data_dir)
    log = WrittenLog()
    events = log.events[log.incarnation]
    for number in range(1, 3000):
        log.issue(number)
    steps: list[int] = []
    with opened(settings) as database:
        with database.writing() as connection:
            for start in range(0, 3000, 500):
                take(connection, log.origin, events[start : start + 500])
        before = verified(settings)

        def write_between_steps(done: int, _total: int) -> None:
            assert len(steps) < 100, "the copy does not end"
            steps.append(done)
            log.issue(len(events))
            with database.writing() as connection:
                take(connection, log.origin, events[-1:])

        manifest = take_backup(settings, tmp_path / "backup", SystemClock(), (write_between_steps, lambda *_: None))
    assert len(steps) > 3
    assert len(events) == 3000 + len(steps)
    assert (manifest.events, manifest.hash) == (before.events, before.hash)
    assert verified(ServerSettings(Role.SITE, tmp_path / "backup")) == before
    assert verified(settings).events == before.events + len(steps)


def test_a_running_server_is_backed_up_and_not_overwritten(
    settings: ServerSettings, tmp_path: Path, empty_url: str | None
) -> None:
    with Server(settings):
        backed_up(settings, tmp_path / "backup")
        with pytest.raises(StoreLockedError, match="already running"):
            put_back(tmp_path / "backup", ServerSettings(Role.SITE, settings.data_dir, empty_url))
    assert verified(settings).events >= 11


@pytest.mark.parametrize("name", [FILE_NAME, IDENTITY_FILE])
def test_a_damaged_backup_is_refused_and_changes_nothing(tmp_path: Path, name: str) -> None:
    settings = ServerSettings(Role.SITE, tmp_path / "server")
    pair(tmp_path / "kiosk", settings.data_dir)
    backed_up(settings, tmp_path / "backup")
    content = bytearray((tmp_path / "backup" / name).read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "backup" / name).write_bytes(content)
    before = (settings.data_dir / FILE_NAME).read_bytes()
    with pytest.raises(BackupError, match=f"{name} is not what was backed up"):
        put_back(tmp_path / "backup", settings)
    assert (settings.data_dir / FILE_NAME).read_bytes() == before
    assert not [path for path in settings.data_dir.iterdir() if path.is_dir()]


def test_a_backup_that_broke_off_is_none(settings: ServerSettings, tmp_path: Path) -> None:
    backed_up(settings, tmp_path / "backup")
    (tmp_path / "backup" / MANIFEST_FILE).unlink()
    with pytest.raises(BackupError, match="holds no finished backup"):
        put_back(tmp_path / "backup", settings)


@pytest.mark.parametrize("change", [{"format": "another"}, {"files": {}}, {"database": "postgresql"}])
def test_a_manifest_that_says_something_else_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    settings = ServerSettings(Role.SITE, tmp_path / "server")
    pair(tmp_path / "kiosk", settings.data_dir)
    backed_up(settings, tmp_path / "backup")
    path = tmp_path / "backup" / MANIFEST_FILE
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(BackupError, match="manifest"):
        put_back(tmp_path / "backup", settings)


def test_a_database_that_is_not_whole_makes_no_backup(tmp_path: Path) -> None:
    settings = ServerSettings(Role.SITE, tmp_path / "server")
    pair(tmp_path / "kiosk", settings.data_dir)
    with opened(settings) as database, database.writing() as connection:
        WrittenLog().push(connection)
    with dbapi2.connect(str(settings.data_dir / FILE_NAME)) as connection:
        connection.execute("UPDATE events SET raw = CAST(replace(CAST(raw AS TEXT), '1.0', '1.1') AS BLOB)")
    connection.close()
    with pytest.raises(BackupError, match="not whole and does not count"):
        backed_up(settings, tmp_path / "backup")
    assert not (tmp_path / "backup").exists()  # nor the key


def test_a_folder_that_is_not_empty_is_not_written(settings: ServerSettings, tmp_path: Path) -> None:
    backed_up(settings, tmp_path / "backup")
    with pytest.raises(BackupError, match="is not empty"):
        backed_up(settings, tmp_path / "backup")


def test_a_disk_that_is_not_mounted_is_not_made_up(tmp_path: Path) -> None:
    settings = ServerSettings(Role.SITE, tmp_path / "server")
    pair(tmp_path / "kiosk", settings.data_dir)
    with pytest.raises(BackupError, match=rf"There is no folder {tmp_path}/disk:"):
        backed_up(settings, tmp_path / "disk" / "backup")
    assert not (tmp_path / "disk").exists()


def test_where_no_server_is_nothing_is_backed_up_and_nothing_made(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(IdentityError, match="There is no key"):
        backed_up(ServerSettings(Role.SITE, tmp_path / "empty"), tmp_path / "backup")
    load_or_create_identity(tmp_path / "empty")
    with pytest.raises(StoreError, match=f"There is no {FILE_NAME}"):
        backed_up(ServerSettings(Role.SITE, tmp_path / "empty"), tmp_path / "backup")
    assert not (tmp_path / "backup").exists()


def test_no_room_is_said_before_anything_is_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = ServerSettings(Role.SITE, tmp_path / "server")
    pair(tmp_path / "kiosk", settings.data_dir)
    usage = type("Usage", (), {"free": 1024})
    monkeypatch.setattr("server.backup.shutil.disk_usage", lambda _: usage)
    with pytest.raises(BackupError, match=r"has 0\.0 MB free and \d+\.\d MB are needed: make room"):
        copy_database(settings.data_dir / FILE_NAME, tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()


def test_a_dump_goes_into_an_empty_database_only(postgresql_url: str, tmp_path: Path) -> None:
    settings = ServerSettings(Role.SITE, tmp_path / "server", postgresql_url)
    pair(tmp_path / "kiosk", settings.data_dir, postgresql_url)
    backed_up(settings, tmp_path / "backup")
    with pytest.raises(BackupError, match="The database is not empty"):
        put_back(tmp_path / "backup", settings)
    with pytest.raises(BackupError, match="name an empty database"):
        put_back(tmp_path / "backup", ServerSettings(Role.SITE, tmp_path / "new"))
    (tmp_path / "backup" / DUMP_FILE).write_bytes(b"")
    with pytest.raises(BackupError, match="is not what was backed up"):
        put_back(tmp_path / "backup", settings)


def test_without_its_tools_a_postgresql_is_told_the_command_and_no_password(
    postgresql_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = ServerSettings(Role.SITE, tmp_path / "server", postgresql_url)
    pair(tmp_path / "kiosk", settings.data_dir, postgresql_url)
    monkeypatch.setattr("server.postgresql_tools.shutil.which", lambda _: None)
    secret = ServerSettings(Role.SITE, settings.data_dir, postgresql_url.replace("giliran@", "giliran:geheim@"))
    with pytest.raises(BackupError, match=rf"{DUMP} is not installed.*--format=custom.*--dbname=postgresql://") as told:
        backed_up(secret, tmp_path / "backup")
    assert "geheim" not in str(told.value)


def test_by_the_commands_and_by_the_operators_own_means(settings: ServerSettings, tmp_path: Path) -> None:
    at = ["--data", str(settings.data_dir), *(["--database", settings.database] if settings.database else [])]

    def giliran(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "giliran.py", "server", *words]
        return subprocess.run(command, check=False, capture_output=True, text=True)

    made = giliran("backup", str(tmp_path / "backup"), *at)
    assert (made.returncode, made.stderr) == (0, "")
    assert "It was checked and is good." in made.stdout
    again = giliran("backup", str(tmp_path / "backup"), *at)
    assert (again.returncode, again.stdout, again.stderr.count("\n")) == (1, "", 1)
    raised = giliran("restore", "--epoch-only", *at)
    assert (raised.returncode, "This is epoch 2 now" in raised.stdout) == (0, True)
    with opened(settings) as database, database.reading() as connection:
        assert connection.execute(select(func.max(server_epoch.c.epoch))).scalar_one() == 2
        assert connection.execute(select(func.count()).select_from(events)).scalar_one() >= 11
    assert giliran("restore", *at).returncode == 2
    assert giliran("restore", str(tmp_path), "--epoch-only", *at).returncode == 2
