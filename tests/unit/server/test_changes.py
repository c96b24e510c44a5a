"""What a watcher of a hall is told of a call, and what not."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from kiosk.domain.course import Deed
from kiosk.domain.stop_life import Verb
from server.node import Node, open_node
from tests.called_hall import CalledHall
from tests.paired_kiosk import SITE, pair
from tests.postgresql import database_of, settings_on

pytestmark = pytest.mark.usefixtures("on_both_databases")


def open_hall(folder: Path) -> Node:
    pair(folder / "kiosk", folder / "server")
    return open_node(settings_on(folder / "server", database_of(folder / "server")))


def told(node: Node, *deeds: Any) -> Sequence[tuple[str, Mapping[str, Any]]]:
    """What one who watches from the beginning hears of these deeds."""

    async def watch() -> Sequence[tuple[str, Mapping[str, Any]]]:
        reader = node.stream.open(SITE, None)
        await reader.news(0.0)
        for deed in deeds:
            deed()
        news, has_gap = await reader.news(0.0)
        reader.close()
        assert not has_gap
        return [(each.change.name, each.change.facts) for each in news]

    return asyncio.run(watch())


def test_a_call_is_told_with_its_ticket_and_queue_and_its_end_too(tmp_path: Path) -> None:
    node = open_hall(tmp_path)
    hall = CalledHall(node)
    ticket, label = hall.issue()
    news = told(node, lambda: hall.do(Verb.CALL, ticket, 3), lambda: hall.do(Verb.START, ticket, 3))
    assert [name for name, _ in news] == ["ticket", "queue", "call"] * 2
    calls = [facts for name, facts in news if name == "call"]
    assert [(call["label"], call["counter"], call["is_over"]) for call in calls] == [
        (label, 3, False),
        (label, 3, True),
    ]
    node.close()


def test_an_undone_call_is_over_and_the_hall_is_looked_at_anew(tmp_path: Path) -> None:
    node = open_hall(tmp_path)
    hall = CalledHall(node)
    ticket, _ = hall.issue()
    called = hall.do(Verb.CALL, ticket, 3)
    news = told(node, lambda: hall.do(Deed.UNDO, ticket, 3, undoes=called))
    (call,) = (facts for name, facts in news if name == "call")
    assert (call["call"], call["is_over"]) == (called, True)
    assert news[-1] == ("hall", {})
    node.close()


def test_where_nobody_watches_nothing_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    node = open_hall(tmp_path)
    hall = CalledHall(node)
    monkeypatch.setattr("server.changes._look", lambda *_: pytest.fail("somebody read"))
    hall.do(Verb.CALL, hall.issue()[0], 3)
    node.close()
