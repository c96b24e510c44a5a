"""What a kiosk lets go of by itself, and what a fault there costs: nothing else."""

import asyncio
from pathlib import Path

import pytest

from kiosk.clock import SystemClock
from kiosk.identity import new_identity
from kiosk.store.writer import Store
from kiosk.sync import housekeeping
from tests.conftest import Logs


def test_a_bug_of_ours_ends_neither_the_housekeeping_nor_the_sync_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expected_logs: Logs
) -> None:
    expected_logs("housekeeping_failed")
    tries: list[int] = []

    def prune(_db: object, **_: object) -> int:
        tries.append(1)
        if len(tries) == 3:
            raise KeyboardInterrupt  # enough seen; nothing of ours raises it
        raise ZeroDivisionError

    monkeypatch.setattr(housekeeping, "prune", prune)
    with Store.open(tmp_path, SystemClock(), new_identity()) as store, pytest.raises(KeyboardInterrupt):
        asyncio.run(housekeeping.keep_house(store, 0.0))
    assert expected_logs.seen == ["housekeeping_failed"] * 2
