"""The command line as a contract: its commands, its examples, its quickness, its exit codes."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from giliran import main

ROOT = Path(__file__).parents[3]
COMMANDS = [
    "bench", "board", "demo", "desk", "enrol", "export", "kiosk", "printer", "run", "selftest", "server", "staff",
    "verify", "voice",
]  # fmt: skip
GROUPS = {"bench", "printer", "staff"}
HEAVY = {
    "PySide6", "argon2", "cryptography", "escpos", "fastapi", "httpx2", "PIL", "pydantic", "pysqlite3", "rich",
    "sqlalchemy",
}  # fmt: skip


def commands(group: click.Group, words: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    for name, command in group.commands.items():
        yield (*words, name), command
        if isinstance(command, click.Group):
            yield from commands(command, (*words, name))


EVERY = dict(commands(main))


def test_the_commands_are_those_that_work() -> None:
    assert sorted(main.commands) == COMMANDS
    assert sorted(" ".join(words) for words in EVERY if words[0] in GROUPS and len(words) == 2) == [
        "bench call", "bench ingest", "bench issue", "bench reserve", "bench scan", "bench search", "bench startup",
        "bench ui",
        "printer emulate", "printer probe", "printer status", "printer test-page", "printer watch",
        "staff add", "staff list", "staff remove", "staff reset", "staff unlock",
    ]  # fmt: skip


@pytest.mark.parametrize("words", EVERY, ids=" ".join)
def test_help_has_an_example_of_the_command_itself(words: tuple[str, ...]) -> None:
    result = CliRunner().invoke(main, [*words, "--help"], terminal_width=200)
    assert result.exit_code == 0
    assert f"Example: giliran {' '.join(words)}" in result.output


@pytest.mark.parametrize("words", EVERY, ids=" ".join)
def test_help_in_the_list_of_commands_is_whole(words: tuple[str, ...]) -> None:
    assert not EVERY[words].get_short_help_str(60).endswith("...")


def test_help_loads_nothing_heavy() -> None:
    program = (
        "import sys, giliran\n"
        "giliran.main(['--help'], standalone_mode=False)\n"
        "print(*sys.modules, file=sys.stderr)"  # with a part of a package comes the package
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True)
    assert HEAVY.isdisjoint(done.stderr.split())


@pytest.mark.parametrize(
    "words",
    [
        ["nothing"],
        ["demo"],
        ["demo", "--out", "x", "--size", "1080"],
        ["demo", "--out", "x", "--language", "fr"],
        ["kiosk", "--config", "/nowhere/kiosk.toml"],
        ["server", "--role", "moon", "--data", "x"],
        ["server", "--role", "site", "--data", "x", "--listen", "host"],
        ["server", "--role", "site", "--data", "x", "--listen", "127.0.0.1:99999"],
        ["verify", "/nowhere/kiosk.db"],
        ["printer", "status"],
        ["bench", "moon"],
    ],
    ids=" ".join,
)
def test_wrong_use_exits_2(words: list[str]) -> None:
    assert CliRunner().invoke(main, words).exit_code == 2


def test_folder_that_cannot_be_made_is_one_sentence_and_exits_1(tmp_path: Path) -> None:
    folder = tmp_path / "file" / "data"
    folder.parent.write_text("")
    result = CliRunner().invoke(main, ["server", "--role", "site", "--data", str(folder)])
    sentence = f"The data folder {folder} cannot be made: Not a directory.\n"
    assert (result.exit_code, result.stderr) == (1, sentence)


def test_every_fault_of_a_kiosks_settings_is_named_at_once(tmp_path: Path) -> None:
    broken = tmp_path / "kiosk.toml"
    broken.write_text('number = 0\nsite = "no.json"\nprinter = {device = "lpt1", profile = "bogus"}')
    result = CliRunner().invoke(main, ["kiosk", "--config", str(broken)])
    assert result.exit_code == 1
    assert [line.split(":")[0].strip() for line in result.stderr.splitlines()[1:]] == [
        "number",
        "printer.device",
        "printer.profile",
        "site",
    ]


def test_trouble_with_the_environment_is_one_sentence_and_exits_1(tmp_path: Path) -> None:
    broken = tmp_path / "kiosk.toml"
    broken.write_text("this is no TOML")
    done = subprocess.run(
        [sys.executable, "giliran.py", "kiosk", "--config", str(broken)],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert str(broken) in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
