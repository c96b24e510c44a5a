"""`giliran staff`, as a person types it beside a running server."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from giliran import main
from kiosk.sync.desk_wire import Refusal
from server.run import Server
from server.settings import Role, ServerSettings
from tests.paired_desk import PairedDesk, paired_desk
from tests.paired_kiosk import SITE, site_server

OWN = "905174"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with site_server(tmp_path / "server") as server:
        yield server


@pytest.fixture
def desk(server: Server) -> Iterator[PairedDesk]:
    desk = paired_desk(server)
    yield desk
    desk.close()


@pytest.fixture
def data(tmp_path: Path) -> str:
    return str(tmp_path / "server")


def said(*words: str, typed: str = "") -> Result:
    result = CliRunner().invoke(main, ["staff", *words], input=typed)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def good(*words: str, typed: str = "") -> Any:
    result = said(*words, "--json", typed=typed)
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def test_from_the_first_pin_to_the_last_day(desk: PairedDesk, data: str) -> None:
    made = good("add", "p-017", "--role", "supervisor", "--data", data)
    assert (made["staff"], made["site"]) == ("P-017", SITE)
    assert desk.try_pin("P-017", made["pin"]).refusal is Refusal.MUST_CHANGE
    assert desk.try_pin("P-017", made["pin"], new_pin=OWN).signed_in is not None
    (listed,) = good("list", "--data", data)
    assert (listed["staff"], listed["role"], listed["is_locked"]) == ("P-017", "supervisor", False)
    given = good("reset", "P-017", "--data", data)["pin"]
    assert desk.try_pin("P-017", OWN).refusal is Refusal.WRONG_PIN
    assert desk.try_pin("P-017", given).refusal is Refusal.MUST_CHANGE
    assert "is gone" in said("remove", "P-017", "--data", data).output
    assert desk.try_pin("P-017", given).refusal is Refusal.WRONG_PIN
    assert good("list", "--data", data) == []


def test_a_pin_is_shown_once(desk: PairedDesk, data: str) -> None:
    output = said("add", "P-017", "--data", data).output
    pin = output.split("PIN: ")[1].split()[0]
    assert desk.try_pin("P-017", pin).refusal is Refusal.MUST_CHANGE
    assert pin not in said("list", "--data", data).output


def test_a_pin_of_standard_input_need_not_be_replaced(desk: PairedDesk, data: str) -> None:
    assert good("add", "P-017", "--data", data, "--pin-stdin", typed=f"{OWN}\n")["pin"] is None
    assert desk.try_pin("P-017", OWN).signed_in is not None
    assert OWN not in said("reset", "P-017", "--data", data, "--pin-stdin", typed="482915\n").output
    assert desk.try_pin("P-017", "482915").signed_in is not None


@pytest.mark.parametrize(
    ("typed", "sentence"), [("123456\n", "among the first"), ("12345\n", "six digits"), ("", "six digits")]
)
def test_an_easy_pin_is_a_sentence_that_does_not_repeat_it(
    desk: PairedDesk, data: str, typed: str, sentence: str
) -> None:
    result = said("add", "P-017", "--data", data, "--pin-stdin", typed=typed)
    assert (result.exit_code, sentence in result.output) == (1, True)
    assert not typed.strip() or typed.strip() not in result.output
    assert good("list", "--data", data) == []
    assert desk.try_pin("P-017", "123456").refusal is Refusal.WRONG_PIN


def test_unlocking_ends_a_wait(desk: PairedDesk, data: str) -> None:
    pin = good("add", "P-017", "--data", data)["pin"]
    for _ in range(5):
        desk.try_pin("P-017", "739164")
    assert desk.try_pin("P-017", pin).refusal is Refusal.WAIT
    assert "may try again" in said("unlock", "P-017", "--data", data).output
    assert "was not locked" in said("unlock", "P-017", "--data", data).output
    assert good("list", "--data", data)[0]["failures"] == 0


def test_people_read_how_it_stands(desk: PairedDesk, data: str) -> None:
    assert "Nobody works at" in said("list", "--data", data).output
    said("add", "P-017", "--data", data)
    assert "waits for a new PIN" in said("list", "--data", data).output
    assert desk.device_id


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["add", "Budi Santoso"], "no staff id"),
        (["add", "P"], "no staff id"),
        (["reset", "P-999"], "Nobody at small-hall has the id P-999"),
        (["unlock", "P-999"], "Nobody at"),
        (["remove", "P-999"], "Nobody at"),
        (["list", "--site", "No Site"], "small letters"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_done_is_one_sentence(desk: PairedDesk, data: str, words: list[str], sentence: str) -> None:
    result = said(*words, "--data", data)
    assert (result.exit_code, sentence in result.output, result.output.count("\n")) == (1, True, 1), result.output
    assert desk.device_id


def test_an_id_is_given_once(desk: PairedDesk, data: str) -> None:
    said("add", "P-017", "--data", data)
    result = said("add", "P-017", "--data", data)
    assert (result.exit_code, "is at small-hall already" in result.output) == (1, True)
    assert desk.device_id


def test_staff_are_of_a_site(tmp_path: Path) -> None:
    with Server(ServerSettings(Role.CENTRAL, tmp_path)):
        result = said("list", "--data", str(tmp_path))
    assert (result.exit_code, "server of their site" in result.output) == (1, True)


@pytest.mark.parametrize(
    "words",
    [["add", "P-017"], ["add", "P-017", "--data", "/nowhere"], ["add", "P-017", "--data", ".", "--role", "king"]],
    ids=" ".join,
)
def test_wrong_use_exits_2(words: list[str]) -> None:
    assert said(*words).exit_code == 2
