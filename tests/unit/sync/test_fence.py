import asyncio
from pathlib import Path

import pytest

from kiosk.clock import SystemClock
from kiosk.errors import FencedError
from kiosk.identity import new_identity
from kiosk.store.server_epochs import server_epoch
from kiosk.store.writer import Store
from kiosk.sync.engine import SyncEngine
from kiosk.sync.fence import MOST_MISSED, EpochFence
from kiosk.sync.kiosk_log import KioskLog
from tests.conftest import Logs


def test_each_higher_epoch_is_remembered_once() -> None:
    kept: list[int] = []
    fence = EpochFence(remember=kept.append)
    for epoch in (2, 2, 5, 5):
        fence.admit(epoch)
    assert (fence.newest, kept) == (5, [2, 5])


def test_a_lower_epoch_is_refused_and_changes_nothing() -> None:
    kept: list[int] = []
    fence = EpochFence(7, kept.append)
    assert fence.is_old(6)
    with pytest.raises(FencedError, match="epoch 6, and 7 was seen already"):
        fence.admit(6)
    assert (fence.newest, kept) == (7, [])
    assert not fence.is_old(7)


def test_an_epoch_that_no_server_can_have_is_ignored(expected_logs: Logs) -> None:
    """Over plain HTTP anybody on the line can name one; believed, it would shut out the true server for good."""
    expected_logs("epoch_doubted")
    kept: list[int] = []
    fence = EpochFence(7, kept.append)
    for epoch in (7 + MOST_MISSED + 1, 7 + MOST_MISSED + 1, 2**63, 7):
        fence.admit(epoch)
    assert (fence.newest, kept) == (7, [])
    fence.admit(7 + MOST_MISSED)
    assert kept == [7 + MOST_MISSED]


def test_nor_is_it_believed_at_the_first_contact(expected_logs: Logs) -> None:
    expected_logs("epoch_doubted")
    fence = EpochFence()
    fence.admit(MOST_MISSED + 1)
    assert fence.newest is None
    fence.admit(1)
    assert fence.newest == 1


def test_nor_by_a_kiosks_log(tmp_path: Path) -> None:
    """What a hello says is kept by itself."""
    with Store.open(tmp_path, SystemClock(), new_identity()) as store:
        for epoch in (3, 3 + MOST_MISSED + 1, 3):
            asyncio.run(KioskLog(store).hear_epoch(epoch))
        assert store.call(server_epoch) == 3


def test_an_epoch_holds_after_a_restart_whatever_answer_it_came_with(tmp_path: Path) -> None:
    """A kiosk that heard of it in a heartbeat alone, and lost its power before the next hello."""
    identity = new_identity()
    with Store.open(tmp_path, SystemClock(), identity) as store:
        engine = SyncEngine(store, identity, "http://192.0.2.1", SystemClock(), lambda _: None, site_id="hall")
        engine._heart._fence.admit(7)
        assert store.call(server_epoch) == 7
    with Store.open(tmp_path, SystemClock(), identity) as store:
        assert store.call(server_epoch) == 7
