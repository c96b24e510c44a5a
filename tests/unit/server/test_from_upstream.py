"""Central's files on their way down: as they came, checked once more, and not in the way of the site's own."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.clock import FakeClock
from kiosk.errors import OfflineError
from kiosk.identity import new_identity
from kiosk.sync.sealing import seal
from kiosk.sync.wire import Snapshot, SnapshotKind
from server.from_upstream import FromUpstream
from server.node import Node, open_node
from server.publishing import PublicationError, publish_files
from server.settings import Role, ServerSettings
from server.snapshots import snapshot_for, versions_for
from tests.conftest import Logs
from tests.postgresql import database_of
from tests.published_hall import (
    HALL,
    bundle_bytes,
    catalogue_bytes,
    catalogue_file,
    keys_of,
    numbers_bytes,
    site_bytes,
    site_file,
    without_service,
)

pytestmark = pytest.mark.usefixtures("on_both_databases")

CLOCK = FakeClock(datetime(2026, 11, 23, 3, 0, tzinfo=UTC))
SERVICE = "polda.skck-baru"


@dataclass
class Line:
    """To central, and what was asked on it."""

    central: Node
    asked: list[SnapshotKind] = field(default_factory=list)
    on_the_way: Callable[[Snapshot], Snapshot] = lambda snapshot: snapshot

    async def snapshot(self, kind: SnapshotKind) -> Snapshot:
        self.asked.append(kind)
        found = handed_down(self.central, kind)
        if found is None:
            raise OfflineError("nothing")
        return self.on_the_way(found)


@pytest.fixture
def central(tmp_path: Path) -> Iterator[Node]:
    node = open_node(ServerSettings(Role.CENTRAL, tmp_path / "central", database_of(tmp_path / "central")), CLOCK)
    yield node
    node.close()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Node]:
    node = open_node(ServerSettings(Role.SITE, tmp_path / "site", database_of(tmp_path / "site")), CLOCK)
    yield node
    node.close()


def handed_down(node: Node, kind: SnapshotKind) -> Snapshot | None:
    with node.database.reading() as connection:
        return snapshot_for(connection, HALL, kind, node.identity.device_id)


def take(site: Node, line: Line, taker: FromUpstream | None = None) -> FromUpstream:
    taker = taker or FromUpstream(site, HALL)
    with line.central.database.reading() as connection:
        versions = versions_for(connection, HALL, line.central.identity.device_id)
    asyncio.run(taker.take(line, versions, keys_of(line.central.identity)))
    return taker


def test_what_came_is_handed_on_as_it_came_and_fetched_once(central: Node, site: Node, tmp_path: Path) -> None:
    publish_files(central, catalogue_file(tmp_path), site_file(tmp_path))
    line = Line(central)
    taker = take(site, line)
    take(site, line, taker)
    assert line.asked == [SnapshotKind.CATALOGUE, SnapshotKind.SITE]
    for kind in line.asked:
        assert handed_down(site, kind) == handed_down(central, kind)


def test_of_catalogues_centrals_is_handed_down_and_of_site_files_the_sites_own(
    central: Node, site: Node, tmp_path: Path
) -> None:
    publish_files(site, catalogue_file(tmp_path), site_file(tmp_path, site_bytes(short_name_id="Di Sini")))
    gone = without_service(SERVICE)
    CLOCK.advance(timedelta(minutes=1))
    publish_files(central, catalogue_file(tmp_path, catalogue_bytes(gone)), site_file(tmp_path, site_bytes(gone)))
    own = handed_down(site, SnapshotKind.SITE)
    take(site, Line(central))
    assert handed_down(site, SnapshotKind.CATALOGUE) == handed_down(central, SnapshotKind.CATALOGUE)
    assert handed_down(site, SnapshotKind.SITE) == own
    with pytest.raises(PublicationError, match="from its upstream"):
        publish_files(site, catalogue_file(tmp_path), None)


@pytest.mark.parametrize(
    "on_the_way",
    [
        lambda it: it.model_copy(update={"content": it.content[:-40]}),
        lambda it: it.model_copy(update={"version": it.version + 1}),
        lambda it: seal(bundle_bytes(), "*", SnapshotKind.CATALOGUE, it.version, new_identity()),
    ],
)
def test_what_was_touched_on_the_way_is_refused_once(
    central: Node, site: Node, tmp_path: Path, expected_logs: Logs, on_the_way: Callable[[Snapshot], Snapshot]
) -> None:
    expected_logs("snapshot_refused")
    publish_files(central, catalogue_file(tmp_path), None)
    line = Line(central, on_the_way=on_the_way)
    take(site, line, take(site, line))
    assert line.asked == [SnapshotKind.CATALOGUE]
    assert expected_logs.seen == ["snapshot_refused"]
    assert handed_down(site, SnapshotKind.CATALOGUE) is None


def test_a_site_file_that_did_not_fit_is_fetched_again_with_a_newer_catalogue(
    central: Node, site: Node, tmp_path: Path, expected_logs: Logs
) -> None:
    """A line that broke between the two: the site file came alone."""
    expected_logs("snapshot_refused")
    publish_files(central, catalogue_file(tmp_path, catalogue_bytes(without_service(SERVICE))), None)
    taker = take(site, Line(central))
    CLOCK.advance(timedelta(minutes=1))
    publish_files(central, catalogue_file(tmp_path), site_file(tmp_path))
    with central.database.reading() as connection:
        versions = versions_for(connection, HALL, central.identity.device_id)
    asyncio.run(taker.take(Line(central), {"site": versions["site"]}, keys_of(central.identity)))
    assert handed_down(site, SnapshotKind.SITE) is None
    take(site, Line(central), taker)
    assert handed_down(site, SnapshotKind.SITE) == handed_down(central, SnapshotKind.SITE)


@pytest.mark.parametrize(
    "said",
    [
        (b"{}", "*", 2**40),
        (bundle_bytes(numbers=numbers_bytes(**{SERVICE: 60_000})), "*", 2**40),
        (bundle_bytes(catalogue_bytes(without_service(SERVICE))), "*", 1),
        (bundle_bytes(catalogue_bytes(without_service(SERVICE))), "mpp-lain", 2**40),
    ],
)
def test_what_central_signed_is_judged_all_the_same(
    central: Node, site: Node, tmp_path: Path, expected_logs: Logs, said: tuple[bytes, str, int]
) -> None:
    expected_logs("snapshot_refused")
    raw, of, version = said
    publish_files(central, catalogue_file(tmp_path), None)
    take(site, Line(central))
    good = handed_down(site, SnapshotKind.CATALOGUE)
    bad = seal(raw, of, SnapshotKind.CATALOGUE, version, central.identity)
    line = Line(central, on_the_way=lambda _: bad)
    asyncio.run(FromUpstream(site, HALL).take(line, {"catalogue": version}, keys_of(central.identity)))
    assert expected_logs.seen == ["snapshot_refused"]
    assert handed_down(site, SnapshotKind.CATALOGUE) == good
