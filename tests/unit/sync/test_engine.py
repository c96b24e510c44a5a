"""What a fault on the way upstream costs: one round, never the sync itself."""

import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.clock import SystemClock
from kiosk.identity import new_identity
from kiosk.store.writer import Store
from kiosk.sync import engine as engine_module
from kiosk.sync.engine import SyncEngine
from kiosk.sync.status import SyncState, SyncStatus
from tests.conftest import Logs
from tests.paired_kiosk import PATIENCE_S, QUICK

NOBODY = "http://127.0.0.1:9"


def _fail(*_: object) -> None:
    raise ZeroDivisionError


@pytest.mark.parametrize("fault", ["callback", "backlog"])
def test_a_fault_while_trouble_is_reported_does_not_end_the_sync(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expected_logs: Logs, fault: str
) -> None:
    expected_logs("server_lost", "sync_failed")
    told: list[SyncStatus] = []

    def tell(status: SyncStatus) -> None:
        told.append(status)
        if fault == "callback":
            raise ZeroDivisionError

    if fault == "backlog":
        monkeypatch.setattr(engine_module, "backlog", _fail)
    identity = new_identity()
    with Store.open(tmp_path, SystemClock(), identity) as store:
        engine = SyncEngine(
            store,
            identity,
            NOBODY,
            SystemClock(),
            tell,
            site_id="hall",
            pace=replace(QUICK, heartbeat_every_s=60.0, first_missed_s=60.0, longest_missed_s=60.0),
        )
        engine.start()
        try:
            moment, deadline = threading.Event(), time.monotonic() + PATIENCE_S
            while engine._failures < 4 and time.monotonic() < deadline:
                moment.wait(0.01)
            assert (engine._failures >= 4, engine._thread.is_alive()) == (True, True)
            assert [status.state for status in told] == [SyncState.OFFLINE]
        finally:
            engine.stop()
