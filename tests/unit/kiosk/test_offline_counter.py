"""Serving by the paper: what a desk believes of itself after it was killed."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from kiosk.clock import FakeClock, SystemClock
from kiosk.desk.memory import Memory, remember
from kiosk.desk.offline import OfflineCounter
from kiosk.desk.scanned import Label
from kiosk.domain.scan import ScanVerdict
from kiosk.domain.ticket import StopState
from kiosk.errors import StoreError
from kiosk.identity import new_identity
from kiosk.store.writer import Store
from kiosk.sync.desk_wire import DeskVerb, DeskView
from tests.desk_window import MORNING
from tests.scripted_counter import PIN, ScriptedCounter

ACTION = "0123456789abcdef"


class FullDisk:
    """A store whose next writing comes to nothing."""

    def __init__(self, store: Store) -> None:
        self.node = store.node

    def submit(self, _: object) -> None:
        raise StoreError("disk full")


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Any]:
    remember(tmp_path, Memory(day=MORNING.date(), counter=9, queues=("D",)))
    with Store.open(tmp_path, SystemClock(), new_identity()) as store:

        async def known(_: object) -> None:
            return None

        config = SimpleNamespace(counter=9)
        yield SimpleNamespace(folder=tmp_path, store=store, config=config, known=known, wake=lambda: None)


@pytest.fixture
def view() -> DeskView:
    hall = ScriptedCounter(FakeClock(MORNING))
    hall.sign_in("P-014", PIN, 9)
    return hall.view()


def started_anew(room: Any) -> OfflineCounter:
    offline = OfflineCounter(room)
    asyncio.run(offline.begin())
    return offline


def test_whom_a_killed_desk_had_begun_to_serve_is_still_there(room: Any, view: DeskView) -> None:
    answer = asyncio.run(started_anew(room).scan(Label("D-001"), ACTION, None, view))
    assert answer.verdict is ScanVerdict.STARTED_OFFLINE
    here = started_anew(room).visit
    assert here is not None
    assert (here.label, here.stops[0].state) == ("D-001", StopState.SERVING)


def test_nobody_is_served_whose_start_was_never_written(room: Any, view: DeskView) -> None:
    offline = started_anew(room)
    store, room.store = room.store, FullDisk(room.store)
    with pytest.raises(StoreError):
        asyncio.run(offline.scan(Label("D-001"), ACTION, None, view))
    room.store = store
    assert started_anew(room).visit is None


def test_whom_the_server_had_called_here_is_here_after_a_start_anew(room: Any, view: DeskView) -> None:
    hall = ScriptedCounter(FakeClock(MORNING))
    hall.sign_in("P-014", PIN, 9)
    hall.act(DeskVerb.CALL_NEXT)
    asyncio.run(started_anew(room).take_over(hall.view()))
    offline = started_anew(room)
    assert offline.visit is not None
    assert asyncio.run(offline.act(DeskVerb.START, ACTION, None)) is None
    again = started_anew(room)
    assert again.visit is not None
    assert again.visit.stops[0].state is StopState.SERVING
