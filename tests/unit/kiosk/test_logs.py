import ast
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from kiosk import logs
from kiosk.logs import EVENTS, FILE_NAME, FloodControl, configure_logging, drop_secrets

ROOT = Path(__file__).parents[3]
METHODS = {"debug", "info", "warning", "error", "exception", "critical"}


@pytest.fixture
def configured() -> Iterator[None]:
    """Logging is the process's: give it back as it was."""
    root = logging.getLogger()
    before = list(root.handlers), root.level, logging.raiseExceptions
    root.handlers = []
    yield
    for handler in root.handlers:
        handler.close()
    root.handlers, level, logging.raiseExceptions = before
    root.setLevel(level)
    for package in ("kiosk", "printing", "server", "ui"):
        logging.getLogger(package).setLevel(logging.NOTSET)


def lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / FILE_NAME).read_text(encoding="utf-8").splitlines()]


@pytest.mark.usefixtures("configured")
def test_a_line_is_an_object_with_its_facts(tmp_path: Path) -> None:
    configure_logging(tmp_path / "logs")
    structlog.get_logger("kiosk.test").info("printer_lost", device="sim:x", attempt=3)
    (line,) = lines(tmp_path / "logs")
    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "printer_lost", "level": "info", "logger": "kiosk.test", "device": "sim:x", "attempt": 3}


@pytest.mark.usefixtures("configured")
def test_libraries_speak_only_of_trouble_and_in_the_same_shape(tmp_path: Path) -> None:
    configure_logging(tmp_path)
    logging.getLogger("library").info("GET /t/K1.SECRET")
    logging.getLogger("library").warning("odd %s", "thing")
    assert [(line["logger"], line["level"], line["event"]) for line in lines(tmp_path)] == [
        ("library", "warning", "odd thing")
    ]


@pytest.mark.usefixtures("configured")
def test_a_failure_carries_its_traceback(tmp_path: Path) -> None:
    configure_logging(tmp_path)
    try:
        dict[str, str]()["queue"]
    except KeyError:
        structlog.get_logger("kiosk.test").exception("store_failed")
    (line,) = lines(tmp_path)
    assert line["exception"][0]["exc_type"] == "KeyError"


@pytest.mark.usefixtures("configured")
def test_secrets_reach_no_file(tmp_path: Path) -> None:
    configure_logging(tmp_path)
    facts = dict.fromkeys((*logs.SECRETS, "Token", "NIK"), "geheim")
    structlog.get_logger("kiosk.test").error("printer_lost", **facts)
    assert "geheim" not in (tmp_path / FILE_NAME).read_text()


def test_only_the_facts_on_the_list_are_dropped() -> None:
    assert drop_secrets(None, "info", {"event": "x", "queue": "D", "phone": "0812"}) == {"event": "x", "queue": "D"}


@pytest.mark.usefixtures("configured")
def test_the_console_reads_like_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(None, console=True)
    structlog.get_logger("kiosk.test").warning("printer_lost", device="sim:x")
    assert "printer_lost" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("configured")
def test_configuring_again_replaces(tmp_path: Path) -> None:
    configure_logging(tmp_path / "old")
    configure_logging(tmp_path / "new")
    structlog.get_logger("kiosk.test").info("printer_lost")
    assert lines(tmp_path / "old") == []
    assert len(lines(tmp_path / "new")) == 1


@pytest.mark.usefixtures("configured")
def test_the_files_stay_within_their_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "MAX_FILE_BYTES", 2000)
    monkeypatch.setattr(logs, "_BURST", 1000)
    configure_logging(tmp_path)
    for number in range(200):
        structlog.get_logger("kiosk.test").info("printer_lost", number=number)
    sizes = [path.stat().st_size for path in tmp_path.iterdir()]
    assert len(sizes) == logs.KEPT_FILES + 1
    assert max(sizes) <= 2000


def test_a_flood_is_cut_off_and_counted() -> None:
    now = 0.0
    control = FloodControl(lambda: now)

    def record(event: str) -> logging.LogRecord:
        return logging.LogRecord("kiosk", logging.INFO, "", 0, {"event": event}, None, None)

    assert [control.filter(record("printer_lost")) for _ in range(100)] == [True] * 20 + [False] * 80
    assert control.filter(record("printer_recovered")), "another event has its own bucket"
    now = 1.0
    first = record("printer_lost")
    assert control.filter(first)
    assert first.__dict__["suppressed"] == 80
    assert not control.filter(record("printer_lost"))
    now = 100.0
    second = record("printer_lost")
    assert control.filter(second)
    assert second.__dict__["suppressed"] == 1
    assert sum(control.filter(record("printer_lost")) for _ in range(100)) == 19


@pytest.mark.usefixtures("configured")
def test_the_number_of_suppressed_lines_is_in_the_next_one(tmp_path: Path) -> None:
    configure_logging(tmp_path)
    filters = logging.getLogger().handlers[0].filters
    (flood_control,) = (each for each in filters if isinstance(each, FloodControl))
    now = 0.0
    flood_control._monotonic = lambda: now
    for _ in range(25):
        structlog.get_logger("kiosk.test").info("printer_lost")
    now = 60.0
    structlog.get_logger("kiosk.test").info("printer_lost")
    assert [line.get("suppressed") for line in lines(tmp_path)] == [None] * 20 + [5]


def test_every_event_in_the_code_is_listed_and_every_listed_one_is_there() -> None:
    assert logged_events() == set(EVENTS)


def logged_events() -> set[str]:
    """First arguments of log.info("...") and its kin, in all packages."""
    calls = (
        node
        for package in ("kiosk", "printing", "server", "ui")
        for path in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in METHODS
    )
    return {
        call.args[0].value
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id in {"log", "_log"}
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    }


def test_log_is_for_its_owner_alone(tmp_path: Path, configured: None) -> None:
    configure_logging(tmp_path)
    assert (tmp_path / FILE_NAME).stat().st_mode & 0o777 == 0o600
