"""What the documents tell people to type, the command line understands; what they link to is there."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from giliran import main
from kiosk.paths import resource_path

ROOT = resource_path("")
DOCUMENTS = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
_BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
_LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")


def console_lines() -> Iterator[tuple[str, str]]:
    for document in DOCUMENTS:
        for block in _BLOCK.findall(document.read_text("utf-8")):
            for line in block.splitlines():
                if line.startswith("$ "):
                    yield document.name, line[2:]


LINES = sorted(set(console_lines()))


def parse(words: list[str]) -> click.Command:
    """The command that these words call. Raises click.UsageError where an option or a command is not known."""
    command: click.Command = main
    while isinstance(command, click.Group):
        name = words.pop(0)
        with click.Context(command, info_name="giliran") as context:
            found = command.get_command(context, name)
        if found is None and command.invoke_without_command:
            words.insert(0, name)
            break
        if found is None:
            raise click.UsageError(f"no command {name}")
        command = found
    with click.Context(command) as context:
        _, rest, _ = command.make_parser(context).parse_args(words)
    wanted = sum(isinstance(parameter, click.Argument) for parameter in command.params)
    if len(rest) > wanted:
        raise click.UsageError(f"{rest} is too much")
    return command


@pytest.mark.parametrize(("document", "line"), LINES, ids=[f"{document}: {line}" for document, line in LINES])
def test_commands_in_documents_are_understood(document: str, line: str) -> None:
    program, *words = line.split()
    if program == "make":
        assert re.search(rf"^{words[0]}:", (ROOT / "Makefile").read_text(), re.MULTILINE)
    else:
        assert program == "giliran"
        parse(words)


def test_the_check_itself_sees_a_wrong_option() -> None:
    with pytest.raises(click.UsageError):
        parse(["demo", "--sevrice", "x"])
    with pytest.raises(click.UsageError):
        parse(["moon"])


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    missing = [link for link in _LINK.findall(document.read_text("utf-8")) if not (document.parent / link).exists()]
    assert missing == []
