"""The hall that desks are served from: what was published here, else the sample."""

from pathlib import Path

import pytest

from kiosk.clock import SystemClock
from server.hall import Hall
from server.node import Node, open_node
from server.publishing import publish_files
from server.settings import Role, ServerSettings
from tests.published_hall import HALL, site_bytes, site_file


@pytest.fixture
def node(tmp_path: Path) -> Node:
    return open_node(ServerSettings(Role.SITE, tmp_path / "server"), SystemClock())


def hall_of(node: Node, site_id: str = HALL) -> Hall:
    with node.database.reading() as connection:
        return node.halls.of(connection, site_id, node.identity.device_id)


def test_the_sample_where_nothing_was_published(node: Node) -> None:
    hall = hall_of(node)
    assert hall.site.is_demonstration
    assert hall.queues_of(10) == ("D",)
    assert {(place.floor, place.zone) for place in hall.places("D")} == {(1, "1B")}
    assert [place.counter for place in hall.places("D")] == sorted(place.counter for place in hall.places("D"))
    assert hall.places("QX") == ()
    assert hall.queues_of(9999) == ()
    assert (hall.place_of(9999).counter, hall.place_of(9999).floor) == (9999, None)
    assert hall_of(node) is hall  # read once


def test_what_was_published_last_is_in_force(node: Node, tmp_path: Path) -> None:
    before = hall_of(node)
    raw = site_bytes(lambda value: value["queues"][1].update(calling={"calls": 2}))
    publish_files(node, None, site_file(tmp_path / "one", raw))
    hall = hall_of(node)
    assert hall.site.id == HALL != before.site.id
    assert hall.rules["D"].calls == 2
    raw = site_bytes(lambda value: value["queues"][1].update(calling={"calls": 5}))
    publish_files(node, None, site_file(tmp_path / "two", raw))
    assert hall_of(node).rules["D"].calls == 5
    assert hall_of(node, "elsewhere").site.is_demonstration
