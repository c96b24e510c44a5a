"""`giliran verify` of kiosks and servers, as a technician types it."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from pysqlite3 import dbapi2
from rich.console import Console

from giliran import main
from kiosk import progress
from kiosk.clock import SystemClock
from kiosk.lock import FolderLock
from kiosk.store.log import heads, read_after
from server.database import Database, open_database
from server.settings import Role, ServerSettings
from tests.small_hall import request, running_kiosk
from tests.written_log import WrittenLog, take


def run(*words: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["verify", *map(str, words)])
    return result.exit_code, result.output


def facts(*words: str | Path) -> dict[str, Any]:
    code, output = run(*words, "--json")
    found: dict[str, Any] = json.loads(output)
    assert found["ok"] is (code == 0)
    return found


def served(folder: Path, url: str | None, kiosk_dir: Path | None = None) -> Database:
    database = open_database(ServerSettings(Role.SITE, folder, url), SystemClock())
    if kiosk_dir is None:
        with database.writing() as connection:
            WrittenLog().push(connection)
        return database
    kiosk_dir.mkdir()
    with running_kiosk(kiosk_dir) as machine:
        for number in range(3):
            machine.issuing.issue(request(f"v{number}", "dukcapil.ktp", "polri.skck"))
        machine.jobs.recover()
        logs = machine.store.call(
            lambda db: [[one.raw for one in read_after(db, head.incarnation, 0)] for head in heads(db)]
        )
    with database.writing() as connection:
        for raws in logs:
            take(connection, machine.identity.device_id, raws)
    return database


def test_a_kiosk_and_its_server_say_the_same_hash(tmp_path: Path, database_url: str | None) -> None:
    served(tmp_path / "server", database_url, tmp_path / "kiosk").close()
    own = facts(tmp_path / "kiosk" / "kiosk.db")
    there = facts("--data", tmp_path / "server", *(("--database", database_url) if database_url else ()))
    assert there.pop("courses")  # what became of them at the counters, of which a kiosk's log does not tell
    assert own == there == facts("--data", tmp_path / "kiosk")
    assert (own["tickets"], len(own["origins"])) == (3, 1)


def test_a_servers_file_is_known_by_its_tables(tmp_path: Path) -> None:
    served(tmp_path, None).close()
    copy = (tmp_path / "server.db").rename(tmp_path / "a copy.db")
    code, output = run(copy)
    assert (code, output.splitlines()[0]) == (0, "Good: 1 event in 1 start, and their 0 tickets.")


def test_a_running_server_is_checked_but_not_rebuilt(tmp_path: Path, database_url: str | None) -> None:
    words = ("--data", tmp_path, *(("--database", database_url) if database_url else ()))
    database = served(tmp_path, database_url)
    lock = FolderLock(tmp_path)
    assert facts(*words)["ok"]
    code, output = run(*words, "--rebuild")
    assert (code, "Another Giliran is already running" in output) == (1, True)
    lock.release()
    assert facts(*words, "--rebuild")["changed"] is False
    database.close()


def test_a_kiosk_is_rebuilt_and_what_changed_is_said(tmp_path: Path) -> None:
    with running_kiosk(tmp_path) as machine:
        machine.issuing.issue(request("one"))
        machine.jobs.recover()
        assert "Another Giliran is already running" in run(tmp_path / "kiosk.db", "--rebuild")[1]
    connection = dbapi2.connect(str(tmp_path / "kiosk.db"), isolation_level=None)
    connection.execute("UPDATE tickets SET label = 'X-001'")
    connection.close()
    code, output = run(tmp_path / "kiosk.db")
    assert (code, output.startswith("Broken: table tickets")) == (1, True)
    code, output = run(tmp_path / "kiosk.db", "--rebuild")
    assert (code, "they have changed" in output) == (0, True)
    assert "nothing has changed" in run("--data", tmp_path, "--rebuild")[1]


def test_the_first_bad_link_is_named_for_a_script_too(tmp_path: Path) -> None:
    served(tmp_path, None).close()
    connection = dbapi2.connect(str(tmp_path / "server.db"), isolation_level=None)
    connection.execute("UPDATE events SET hash = replace(hash, substr(hash, 1, 1), 'x')")
    connection.close()
    found = facts(tmp_path / "server.db")
    assert (found["ok"], found["origin"], found["sequence"]) == (False, "0a" * 8, 1)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "Name a database file, or --data"),
        (("--database", "postgresql://x/y"), "Name a database file, or --data"),
        (("--data", "/nowhere"), "neither a server.db nor a kiosk.db"),
        ((__file__, "--data", "/nowhere"), "Name a database file, or --data"),
        ((__file__, "--database", "postgresql://x/y"), "--database goes with --data"),
    ],
)
def test_wrong_use_says_what_is_right(words: tuple[str, ...], sentence: str) -> None:
    code, output = run(*words)
    assert (code, sentence in output) == (2, True)


def test_a_database_of_another_version_is_left_as_it_is(tmp_path: Path) -> None:
    served(tmp_path, None).close()
    connection = dbapi2.connect(str(tmp_path / "server.db"), isolation_level=None)
    connection.execute("UPDATE alembic_version SET version_num = '0001'")
    connection.close()
    before = (tmp_path / "server.db").read_bytes()
    code, output = run("--data", tmp_path)
    assert (code, "is of another version" in output) == (1, True)
    assert (tmp_path / "server.db").read_bytes() == before


def test_a_bar_shows_only_after_a_while(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with progress.progress_bar("Checking") as tell:
        tell(1, 2)
    assert capsys.readouterr() == ("", "")
    monkeypatch.setattr(progress, "_PATIENCE_S", 0.0)
    monkeypatch.setattr(progress, "Console", partial(Console, force_terminal=True))
    with progress.progress_bar("Checking") as tell:
        tell(1, 2)
        tell(2, 2)
    captured = capsys.readouterr()
    assert (captured.out, "Checking" in captured.err) == ("", True)
