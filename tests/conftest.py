"""A test passes in silence: no warning, no Qt message, no log line at warning or above that it did not expect.

Warnings and Qt messages are made failures in pyproject.toml; log lines here.
"""

import logging
import os
import tempfile
from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any

import pytest
import structlog
from hypothesis import HealthCheck, settings

from tests.postgresql import (
    database_url,
    module_database_url,
    on_both_databases,
    postgresql,
    postgresql_databases,
    postgresql_url,
)

__all__ = [
    "database_url",
    "module_database_url",
    "on_both_databases",
    "postgresql",
    "postgresql_databases",
    "postgresql_url",
]

# Before the first import of Qt: a screen that does not exist, drawn without a GPU, the same on every machine.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["QT_QUICK_BACKEND"] = "software"
os.environ["LC_ALL"] = "C.UTF-8"
_STATE = tempfile.TemporaryDirectory(prefix="giliran-state-")
os.environ["XDG_STATE_HOME"] = _STATE.name  # a kiosk under test leaves no witness in a developer's home

# The same examples in every run of CI; new ones at every run at a desk. A loaded machine is not a failure.
settings.register_profile(
    "ci", max_examples=50, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("desk", max_examples=50, deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "desk")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="Write the golden files anew instead of comparing.")


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update-golden"))


class Logs(logging.Handler):
    """Every log line at warning or above, from structlog and from the libraries, while one test runs.

    A test that provokes one says so: `expected_logs("printer_lost")`, by event name, whole message or logger name.
    """

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.seen: list[str] = []
        self.unexpected: list[str] = []
        self._expected: set[str] = set()

    def __call__(self, *events: str) -> None:
        self._expected.update(events)

    def emit(self, record: logging.LogRecord) -> None:
        facts = record.msg if isinstance(record.msg, dict) else {"event": record.getMessage()}
        self._note(record.levelname, record.name, facts)

    def from_structlog(self, logger: object, method: str, facts: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        if getattr(logging, method.upper(), logging.ERROR) >= logging.WARNING:
            self._note(method.upper(), "structlog", facts)
        raise structlog.DropEvent

    def _note(self, level: str, logger: str, facts: Mapping[str, Any]) -> None:
        event = str(facts["event"])
        self.seen.append(event)
        if not {event, logger} & self._expected:
            self.unexpected.append(f"{level} {logger}: {facts}")


@pytest.fixture(autouse=True)
def expected_logs() -> Iterator[Logs]:
    logs = Logs()
    structlog.configure(processors=[logs.from_structlog], cache_logger_on_first_use=False)
    logging.getLogger().addHandler(logs)
    yield logs
    for handler in list(logging.getLogger().handlers):
        if not type(handler).__module__.startswith("_pytest"):  # ours, and what a test made the product attach
            logging.getLogger().removeHandler(handler)
            handler.close()
    structlog.reset_defaults()
    assert not logs.unexpected, "unexpected log lines:\n" + "\n".join(logs.unexpected)


@pytest.fixture(scope="session")
def qapp_cls() -> type:
    """pytest-qt would make a QApplication, which the product does not have."""
    from PySide6.QtGui import QGuiApplication  # noqa: PLC0415  # most tests need no Qt

    return QGuiApplication
