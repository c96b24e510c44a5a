"""A command without --database or --role means the server of the folder, as it was started last; never another one."""

import json
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from stat import S_IMODE

import pytest
from click.testing import CliRunner

from giliran import main
from kiosk.folder_owner import SERVER_FILE
from server.ownership import OwnershipError
from server.remembered import Remembered, remember, remembered, settings_beside
from server.run import Server
from server.settings import Role, ServerSettings

PASSWORD = "rahasia"


def said(*words: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


@pytest.fixture
def central(tmp_path: Path, postgresql_url: str) -> Path:
    """The folder of a central server on PostgreSQL that ran once."""
    settings = ServerSettings(Role.CENTRAL, tmp_path / "central", postgresql_url)
    with Server(settings):
        pass
    return settings.data_dir


COMMANDS: Sequence[tuple[str, ...]] = (
    ("server", "invite", "--kind", "site", "--site", "mpp", "--no-wait"),
    ("server", "devices"),
    ("server", "publish", "--catalogue", "assets/catalogue/mpp-jakarta.json"),
    ("server", "promote"),
    ("verify",),
)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_no_command_makes_a_second_database(central: Path, words: tuple[str, ...]) -> None:
    code, output = said(*words, "--data", central)
    assert code == 0, output
    assert not (central / "server.db").exists()


def test_a_backup_is_of_the_database_and_the_role_that_the_server_has(central: Path, tmp_path: Path) -> None:
    code, output = said("server", "backup", tmp_path / "backup", "--data", central)
    assert code == 0, output
    manifest = json.loads((tmp_path / "backup" / "manifest.json").read_text())
    assert (manifest["database"], manifest["role"]) == ("postgresql", "central")


def test_only_its_owner_reads_how_it_is_run_and_no_password_is_kept(tmp_path: Path) -> None:
    url = f"postgresql://giliran:{PASSWORD}@localhost/giliran?password={PASSWORD}"
    remember(ServerSettings(Role.CENTRAL, tmp_path, url))
    assert S_IMODE((tmp_path / SERVER_FILE).stat().st_mode) == 0o600
    assert PASSWORD not in (tmp_path / SERVER_FILE).read_text()
    assert remembered(tmp_path) == Remembered(
        role=Role.CENTRAL, database="postgresql://giliran@localhost/giliran", has_password=True
    )
    assert settings_beside(tmp_path, None, url).database == url


def test_a_password_must_be_said_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PGPASSWORD", raising=False)
    remember(ServerSettings(Role.CENTRAL, tmp_path, f"postgresql://giliran:{PASSWORD}@localhost/giliran"))
    code, output = said("server", "devices", "--data", tmp_path)
    assert (code, "say its --database with the password" in output, PASSWORD in output) == (1, True, False)
    monkeypatch.setitem(os.environ, "PGPASSWORD", PASSWORD)
    assert settings_beside(tmp_path, None, None).database == "postgresql://giliran@localhost/giliran"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("server", "--role", "central"), "is run as --role site, not as central"),
        (("server", "--database", "postgresql://x@localhost/other"), "keeps its data in server.db in its folder"),
        (("server", "backup", "backup", "--role", "central"), "is run as --role site, not as central"),
        (("server", "devices", "--database", "postgresql://x@localhost/other"), "keeps its data in server.db"),
        (("server", "devices", "--database", "postgresql://x@localhost:port/other"), "--database is no URL"),
        (("verify", "--database", "postgresql://x@localhost/other"), "keeps its data in server.db"),
    ],
)
def test_what_contradicts_the_last_start_is_refused(tmp_path: Path, words: tuple[str, ...], sentence: str) -> None:
    with Server(ServerSettings(Role.SITE, tmp_path)):
        pass
    code, output = said(*words, "--data", tmp_path)
    assert (code, sentence in output) == (1, True), output


@pytest.mark.parametrize(
    "words",
    [*COMMANDS[:-1], ("server", "backup", "backup"), ("server", "revoke", "abcd"), ("server", "import", __file__)],
    ids=" ".join,
)
def test_where_no_server_ran_nothing_is_made(tmp_path: Path, words: tuple[str, ...]) -> None:
    code, output = said(*words, "--data", tmp_path)
    assert (code, "No server has run on" in output) == (1, True), output
    assert list(tmp_path.iterdir()) == []


def test_a_kiosk_and_a_server_do_not_share_a_folder(tmp_path: Path) -> None:
    kiosks, servers = tmp_path / "kiosk", tmp_path / "server"
    for folder, name in ((kiosks, "kiosk.db"), (servers, "server.db")):
        folder.mkdir()
        (folder / name).touch()
    config = tmp_path / "kiosk.toml"
    config.write_text(f'data_dir = "{servers}"\nsync.server = "http://127.0.0.1:9"\n')
    for words in (
        ("server", "--role", "site", "--data", kiosks),
        ("server", "devices", "--data", kiosks),
        ("enrol", "7KQ-M3X9T", "--data", kiosks, "--upstream", "http://127.0.0.1:9"),
    ):
        code, output = said(*words)
        assert (code, "is the data folder of a kiosk" in output) == (1, True), output
    for command in (("kiosk",), ("enrol", "7KQ-M3X9T")):
        code, output = said(*command, "--config", config)
        assert (code, "is the data folder of a server" in output) == (1, True), output
    assert sorted(path.name for path in tmp_path.rglob("*.*")) == ["kiosk.db", "kiosk.toml", "server.db"]


def test_a_database_that_moved_is_named_with_the_new_epoch(tmp_path: Path, postgresql_url: str) -> None:
    settings = ServerSettings(Role.SITE, tmp_path, postgresql_url)
    with Server(settings):
        pass
    remember(replace(settings, database="postgresql://giliran@localhost/before"))
    code, output = said("server", "restore", "--epoch-only", "--data", tmp_path, "--database", postgresql_url)
    assert code == 0, output
    assert settings_beside(tmp_path, None, postgresql_url).database == postgresql_url


def test_a_damaged_file_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / SERVER_FILE).write_text('{"role": "moon"}')
    code, output = said("server", "devices", "--data", tmp_path)
    assert (code, "is damaged: delete it" in output) == (1, True)


def test_a_database_has_one_server(tmp_path: Path, database_url: str | None) -> None:
    database = database_url or f"sqlite+pysqlite:///{tmp_path}/shared.db"
    first, second = (ServerSettings(Role.CENTRAL, tmp_path / name, database) for name in ("first", "second"))
    for _ in range(2):
        with Server(first):
            pass
    with pytest.raises(OwnershipError, match=r"giliran server promote"):
        Server(second)
    at = ("--data", second.data_dir, "--database", database)
    code, output = said("server", "restore", "--epoch-only", *at)
    assert (code, "put the identity.pem of that server back" in output) == (1, True), output
    code, output = said("server", "promote", "--role", "central", *at)
    assert code == 0, output
    with Server(second):
        pass
    with pytest.raises(OwnershipError):
        Server(first)
