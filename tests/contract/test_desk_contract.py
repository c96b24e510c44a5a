"""What docs/desk-protocol.md shows is what desks, boards and their server write and read."""

import json
import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from kiosk.sync import desk_wire

HERE = Path(__file__).parent / "desk_messages"
DOCUMENT = Path("docs/desk-protocol.md").read_text(encoding="utf-8")
MESSAGES: dict[str, type[BaseModel]] = {
    message.__name__: message
    for message in (
        desk_wire.Seal,
        desk_wire.SealKey,
        desk_wire.SignIn,
        desk_wire.SignInAnswer,
        desk_wire.SignOut,
        desk_wire.View,
        desk_wire.Act,
        desk_wire.Answer,
        desk_wire.Scan,
        desk_wire.ScanAnswer,
        desk_wire.SetCounter,
        desk_wire.Supervise,
        desk_wire.HallAnswer,
        desk_wire.BoardView,
        desk_wire.Call,
        desk_wire.CounterView,
    )
}


def text(name: str) -> str:
    return (HERE / f"{name}.json").read_text(encoding="utf-8")


def test_every_message_that_travels_has_its_fixture() -> None:
    assert {file.stem for file in HERE.iterdir()} == MESSAGES.keys()


@pytest.mark.parametrize("name", MESSAGES)
def test_every_message_is_written_and_read_as_documented(name: str) -> None:
    message = MESSAGES[name].model_validate_json(text(name))
    assert json.loads(message.model_dump_json()) == json.loads(text(name))


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_of_a_later_minor_version_is_understood(name: str) -> None:
    later = {**json.loads(text(name)), "a_field_to_come": {"x": 1}}
    assert MESSAGES[name].model_validate(later) == MESSAGES[name].model_validate_json(text(name))


@pytest.mark.parametrize("name", MESSAGES)
def test_the_document_shows_the_fixture(name: str) -> None:
    shown = re.search(rf"<!-- {name} -->\n```json\n(.*?)\n```", DOCUMENT, re.DOTALL)
    assert shown, f"docs/desk-protocol.md does not show {name}"
    assert shown[1] + "\n" == text(name)


def test_the_document_knows_every_path_and_every_refusal() -> None:
    paths = [value for name, value in vars(desk_wire).items() if name.endswith("_PATH")]
    assert [path for path in paths if path not in DOCUMENT] == []
    assert [refusal for refusal in desk_wire.Refusal if f"`{refusal}`" not in DOCUMENT] == []
