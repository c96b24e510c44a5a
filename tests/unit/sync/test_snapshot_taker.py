"""When a file is asked for again, and when not."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

import pytest

from kiosk.handed_down import Outcome
from kiosk.identity import new_identity
from kiosk.sync.sealing import seal
from kiosk.sync.snapshots import SnapshotTaker
from kiosk.sync.wire import Snapshot, SnapshotKind
from tests.conftest import Logs

if TYPE_CHECKING:
    from kiosk.handed_down import HandedDown
    from kiosk.sync.client import SyncClient

PUBLISHER = new_identity()
BOTH = {SnapshotKind.CATALOGUE, SnapshotKind.SITE}


class OnlyTogether:
    """Has version 1 of each; takes a catalogue and a site file only if both are newer."""

    def __init__(self) -> None:
        self.held = dict.fromkeys(BOTH, 1)

    def wanted(self, offered: Mapping[str, int]) -> Mapping[SnapshotKind, int]:
        return {kind: offered[kind] for kind in sorted(BOTH) if offered[kind] != self.held[kind]}

    def take(self, snapshots: Sequence[Snapshot]) -> Outcome:
        if {each.kind for each in snapshots} != BOTH:
            return Outcome(frozenset(), {each.kind: (each.version, "It does not fit.") for each in snapshots})
        self.held |= {each.kind: each.version for each in snapshots}
        return Outcome(frozenset(BOTH), {})


class Shelf:
    """A connection to a server that has version 2 of everything."""

    def __init__(self) -> None:
        self.asked: list[SnapshotKind] = []

    async def snapshot(self, kind: SnapshotKind) -> Snapshot:
        self.asked.append(kind)
        return seal(b"{}", "hall", kind, 2, PUBLISHER)


def test_what_was_refused_alone_is_asked_for_again_with_what_comes_after_it(expected_logs: Logs) -> None:
    """The nation publishes its catalogue, and the hall its site file an hour later."""
    expected_logs("snapshot_refused")
    handed_down, shelf = OnlyTogether(), Shelf()
    taken: list[int] = []
    taker = SnapshotTaker(
        cast("HandedDown", handed_down), lambda: pytest.fail("not started"), lambda: taken.append(len(shelf.asked))
    )
    client = cast("SyncClient", shelf)
    for _ in range(2):
        asyncio.run(taker._fetch(client, {"catalogue": 2, "site": 1}))
    assert shelf.asked == [SnapshotKind.CATALOGUE], "once is enough while nothing changes"
    assert len(taker.troubles) == 1
    asyncio.run(taker._fetch(client, {"catalogue": 2, "site": 2}))
    assert (handed_down.held, taken) == (dict.fromkeys(BOTH, 2), [3])
    assert not taker.troubles
