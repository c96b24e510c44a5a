import pytest

from kiosk.errors import FencedError
from kiosk.sync.fence import EpochFence


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
