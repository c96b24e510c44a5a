import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from giliran import main
from kiosk.catalogue_bundle import unbundled
from kiosk.clock import FakeClock
from kiosk.domain import token
from kiosk.domain.ticket import TicketId
from kiosk.errors import DataFileError
from kiosk.identity import Identity
from kiosk.sync.sealing import unseal
from kiosk.sync.wire import DeviceKind, SnapshotKind
from kiosk.trust_file import parse_trust_list
from server.enrolment import revoke
from server.node import Node, open_node
from server.publishing import PublicationError, publish_files
from server.schema import sites, snapshots
from server.settings import Role, ServerSettings
from server.snapshots import newest_own, snapshot_for, versions_for
from server.trusting import publish_trust_lists
from tests.conftest import Logs
from tests.paired_kiosk import site_server
from tests.postgresql import database_of
from tests.published_hall import (
    HALL,
    catalogue_bytes,
    catalogue_file,
    keys_of,
    let_in,
    numbers_bytes,
    site_bytes,
    site_file,
    swapped_letters,
    without_service,
)

pytestmark = pytest.mark.usefixtures("on_both_databases")

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
SKCK = "polda.skck-baru"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
def node(tmp_path: Path, clock: FakeClock) -> Iterator[Node]:
    opened = open_node(ServerSettings(Role.SITE, tmp_path / "server", database_of(tmp_path / "server")), clock)
    yield opened
    opened.close()


def versions(node: Node, site_id: str = HALL) -> dict[str, int]:
    with node.database.reading() as connection:
        return dict(versions_for(connection, site_id, node.identity.device_id))


def handed_down(node: Node, kind: SnapshotKind, site_id: str = HALL) -> bytes:
    with node.database.reading() as connection:
        snapshot = snapshot_for(connection, site_id, kind, node.identity.device_id)
    assert snapshot is not None
    return unseal(snapshot, keys_of(node.identity))


def test_files_are_handed_down_byte_for_byte(node: Node, tmp_path: Path) -> None:
    catalogue, hall = catalogue_file(tmp_path), site_file(tmp_path)
    publish_files(node, catalogue, hall)
    assert handed_down(node, SnapshotKind.SITE) == hall.read_bytes()
    assert unbundled("it", handed_down(node, SnapshotKind.CATALOGUE)) == (catalogue.read_bytes(), numbers_bytes())
    assert versions(node, "mpp-lain") == {}


def test_the_same_file_again_is_no_new_version(node: Node, tmp_path: Path) -> None:
    first, again = publish_files(node, None, site_file(tmp_path)), publish_files(node, None, site_file(tmp_path))
    assert [each.is_new for each in (*first, *again)] == [True, False]
    assert first[0].version == again[0].version == versions(node)["site"]


def test_versions_rise_with_the_clock_and_never_fall_with_it(node: Node, clock: FakeClock, tmp_path: Path) -> None:
    seen = []
    for name, leap in (
        ("Satu", timedelta(0)),
        ("Dua", timedelta(0)),
        ("Tiga", timedelta(days=1)),
        ("Empat", timedelta(days=-3)),
    ):
        clock.jump(clock.now() + leap)
        raw = site_bytes(short_name_id=name)
        seen.append(publish_files(node, None, site_file(tmp_path, raw))[0].version)
    assert seen == sorted(set(seen))
    assert seen[0] == int(NOW.timestamp())


def test_the_newest_two_are_kept(node: Node, tmp_path: Path) -> None:
    for name in ("Satu", "Dua", "Tiga"):
        publish_files(node, None, site_file(tmp_path, site_bytes(short_name_id=name)))
    with node.database.reading() as connection:
        kept = connection.execute(select(func.count()).select_from(snapshots)).scalar_one()
    assert kept == 2
    assert json.loads(handed_down(node, SnapshotKind.SITE))["short_name_id"] == "Tiga"


def test_all_problems_of_both_files_are_told_at_once_and_nothing_is_published(node: Node, tmp_path: Path) -> None:
    catalogue = catalogue_file(tmp_path, catalogue_bytes(schema_version="many"))
    hall = site_file(tmp_path, site_bytes(number=0, address=""))
    with pytest.raises(DataFileError) as refused:
        publish_files(node, catalogue, hall)
    places = {problem.path for problem in refused.value.problems}
    assert {"catalogue.json, schema_version", "hall.json, number", "hall.json, address"} <= places
    assert versions(node) == {}


def test_a_site_is_judged_against_the_catalogue_that_was_published(node: Node, tmp_path: Path) -> None:
    publish_files(
        node,
        catalogue_file(tmp_path, catalogue_bytes(without_service(SKCK))),
        site_file(tmp_path, site_bytes(without_service(SKCK))),
    )
    with pytest.raises(DataFileError, match="is no service"):
        publish_files(node, None, site_file(tmp_path, site_bytes(popular=[SKCK])))


def test_a_catalogue_must_fit_the_hall_that_was_published(node: Node, tmp_path: Path) -> None:
    publish_files(node, None, site_file(tmp_path, site_bytes(popular=[SKCK])))
    with pytest.raises(DataFileError, match=f"site file of {HALL}"):
        publish_files(node, catalogue_file(tmp_path, catalogue_bytes(without_service(SKCK))), None)


@pytest.mark.parametrize(
    ("numbers", "sentence"),
    [
        ({SKCK: 60_000}, f"of {SKCK} is gone"),
        ({SKCK: 1, "dpmptsp.konsultasi": 60_000}, "meant dpmptsp.konsultasi and would mean"),
    ],
)
def test_a_service_number_keeps_its_meaning(node: Node, tmp_path: Path, numbers: dict[str, int], sentence: str) -> None:
    publish_files(node, catalogue_file(tmp_path), site_file(tmp_path))
    with pytest.raises(DataFileError, match=sentence):
        publish_files(node, catalogue_file(tmp_path, numbers=numbers_bytes(**numbers)), None)


def test_nobody_guesses_whose_catalogue_it_is(node: Node, tmp_path: Path) -> None:
    with pytest.raises(PublicationError, match="no site yet"):
        publish_files(node, catalogue_file(tmp_path), None)
    with pytest.raises(PublicationError, match="Nothing to publish"):
        publish_files(node, None, None)


def test_a_published_hall_is_one_whose_days_are_opened(node: Node, tmp_path: Path) -> None:
    publish_files(node, None, site_file(tmp_path, site_bytes(timezone="Asia/Makassar")))
    with node.database.reading() as connection:
        assert connection.execute(select(sites)).all() == [(HALL, "Asia/Makassar")]


def test_centrals_catalogue_is_for_everywhere_and_must_fit_every_hall(tmp_path: Path, clock: FakeClock) -> None:
    central = open_node(ServerSettings(Role.CENTRAL, tmp_path / "central", database_of(tmp_path / "central")), clock)
    publish_files(central, catalogue_file(tmp_path), site_file(tmp_path, site_bytes(popular=[SKCK])))
    assert versions(central).keys() == {"catalogue", "site"}
    assert versions(central, "mpp-lain").keys() == {"catalogue"}
    with pytest.raises(DataFileError, match=f"site file of {HALL}"):
        publish_files(central, catalogue_file(tmp_path, catalogue_bytes(without_service(SKCK))), None)
    with central.database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(sites)).scalar_one() == 0
    central.close()


def ticket_of(kiosk: Identity, day: date) -> str:
    claims = token.Claims(kiosk.key_id, 3174, 1, day, 1, 1, 1, 600, TicketId("0" * 16), (1,))
    return token.sign(token.build_payload(claims), kiosk.sign)


def test_the_trust_list_is_what_a_desk_verifies_tickets_with(node: Node, clock: FakeClock, tmp_path: Path) -> None:
    publish_files(node, None, site_file(tmp_path))
    kiosk, desk = let_in(node), let_in(node, kind=DeviceKind.DESK)
    publish_trust_lists(node)
    first = versions(node)["trust"]
    publish_trust_lists(node)
    assert versions(node)["trust"] == first, "nothing has changed"
    clock.advance(timedelta(days=1))
    revoke(node, HALL, kiosk.device_id)
    publish_trust_lists(node)
    assert versions(node)["trust"] > first
    trust = parse_trust_list("trust", handed_down(node, SnapshotKind.TRUST))
    assert {each.facts.device_id: each.facts.kind for each in trust.devices} == {
        kiosk.device_id: "kiosk",
        desk.device_id: "desk",
    }
    assert trust.authorities == keys_of(node.identity)
    verdicts = {
        day: isinstance(token.verify(ticket_of(kiosk, day), trust.kiosk_keys(3174, day), 3174), token.Valid)
        for day in (date(2026, 11, day) for day in (22, 23, 24, 25))
    }
    assert verdicts == {
        date(2026, 11, 22): False,
        date(2026, 11, 23): True,
        date(2026, 11, 24): True,
        date(2026, 11, 25): False,
    }


def test_a_broken_trust_list_names_every_fault(node: Node) -> None:
    let_in(node)
    publish_trust_lists(node)
    value = json.loads(handed_down(node, SnapshotKind.TRUST))
    value["devices"][0] |= {"device": "0" * 16, "from_day": "2026-13-01"}
    value["authorities"].append({"device": "1" * 16, "key": value["devices"][0]["key"]})
    value["to_come"] = {"x": 1}
    with pytest.raises(DataFileError) as refused:
        parse_trust_list("trust", json.dumps(value).encode())
    assert {problem.path for problem in refused.value.problems} == {
        "devices.0.device",
        "devices.0.from_day",
        "authorities.1.device",
    }


def test_the_command_publishes_and_says_what(tmp_path: Path, expected_logs: Logs) -> None:
    with site_server(tmp_path / "server"):
        pass
    files = ["--catalogue", str(catalogue_file(tmp_path)), "--site", str(site_file(tmp_path))]
    told = CliRunner().invoke(main, ["server", "publish", "--data", str(tmp_path / "server"), *files])
    assert told.exit_code == 0, told.output
    assert "Published catalogue" in told.output
    assert f"for {HALL}." in told.output
    again = CliRunner().invoke(main, ["server", "publish", "--data", str(tmp_path / "server"), *files, "--json"])
    assert [each["is_new"] for each in json.loads(again.output)] == [False, False]
    site_file(tmp_path, site_bytes(swapped_letters("A", "A"), number=0))
    refused = CliRunner().invoke(main, ["server", "publish", "--data", str(tmp_path / "server"), *files])
    assert refused.exit_code == 1
    assert "hall.json is not used, 1 problem" in refused.output


def test_an_own_edition_is_found_again(node: Node, tmp_path: Path) -> None:
    publish_files(node, None, site_file(tmp_path))
    with node.database.reading() as connection:
        assert newest_own(connection, HALL, SnapshotKind.SITE, node.identity.device_id) is not None
        assert newest_own(connection, HALL, SnapshotKind.SITE, "0" * 16) is None
