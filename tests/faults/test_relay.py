"""From the hall to the nation, at its worst: byte for byte, once, in order, and the hall never waits."""

import shutil
import threading
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from kiosk.identity import Identity, load_or_create_identity
from kiosk.sync.status import SyncState
from kiosk.sync.wire import APPEND_PATH, HELLO_PATH
from server.devices import DeviceRecord
from server.enrolment import enrol, revoke
from server.epochs import raise_epoch
from server.node import open_node
from server.run import Server
from server.settings import Role, ServerSettings
from tests.bad_network import Proxy, half_open, lose_answers, refuse, relay, reset_after
from tests.called_hall import CalledHall
from tests.paired_kiosk import PATIENCE_S, SITE, held, pair, paired_kiosk
from tests.relayed_site import (
    BRISK,
    HASTY,
    all_held,
    assert_same_logs,
    central_server,
    enrol_site,
    relaying_server,
    wait_for_relay,
    wait_until_relayed,
)


class Places(NamedTuple):
    kiosk: Path
    site: Path
    central: Path


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path / "kiosk", tmp_path / "site", tmp_path / "central")


@pytest.fixture
def identity(places: Places) -> Identity:
    """Of a kiosk that its site knows, as central knows the site."""
    enrol_site(places.site, places.central)
    return pair(places.kiosk, places.site)


def visit(places: Places, identity: Identity, site: Server, count: int) -> None:
    with paired_kiosk(places.kiosk, identity, site.url) as kiosk:
        kiosk.issue(count)
        kiosk.wait_until_synced()


@pytest.mark.usefixtures("on_both_databases")
def test_central_holds_what_the_site_holds_and_the_kiosk_learns_of_it(tmp_path: Path) -> None:
    places = Places(tmp_path / "kiosk", tmp_path / "site", tmp_path / "central")
    enrol_site(places.site, places.central)
    identity = pair(places.kiosk, places.site)
    with central_server(places.central) as central, relaying_server(places.site, central.url) as site:
        with paired_kiosk(places.kiosk, identity, site.url) as kiosk:
            kiosk.issue(3)
            kiosk.wait_until_synced()
            kiosk.wait_until_central_holds_it()
        status = wait_until_relayed(site)
        assert status.last_contact is not None
        assert status.oldest_unsent is None
        assert site.node.identity.device_id in central.node.contacts.of_site(SITE)
    assert_same_logs(places.site, places.central)
    assert {origin for origin, _ in all_held(places.site)} == {identity.device_id, site.node.identity.device_id}


def test_what_a_server_says_itself_reaches_central_before_its_next_heartbeat(
    places: Places, identity: Identity
) -> None:
    rare = replace(BRISK, hello_every_s=600.0, heartbeat_every_s=600.0)
    with central_server(places.central) as central, relaying_server(places.site, central.url, rare) as site:
        visit(places, identity, site, 1)
        wait_until_relayed(site)
        CalledHall(site.node).issue()
        wait_until_relayed(site)
    assert_same_logs(places.site, places.central)


def test_n1_hall_goes_on_without_central_and_catches_up(places: Places, identity: Identity, expected_logs: Any) -> None:
    expected_logs("central_lost")
    with Proxy(half_open) as line, relaying_server(places.site, line.url, HASTY) as site:
        visit(places, identity, site, 700)
        lost = wait_for_relay(site, lambda status: status.state is SyncState.OFFLINE and status.backlog > 700)
        assert lost.detail
        assert lost.oldest_unsent is not None
        with central_server(places.central) as central:
            line.behaviour = relay(central.url)
            wait_until_relayed(site)
    assert_same_logs(places.site, places.central)


@pytest.mark.parametrize("path", [HELLO_PATH, APPEND_PATH])
def test_n3_n7_answer_lost_on_the_way_from_central_doubles_nothing(
    places: Places, identity: Identity, path: str, expected_logs: Any
) -> None:
    expected_logs("central_lost")
    lost = threading.Event()
    with central_server(places.central) as central, Proxy(lose_answers(central.url, path, lost.set)) as line:
        with relaying_server(places.site, line.url) as site:
            visit(places, identity, site, 3)
            assert lost.wait(PATIENCE_S)
            line.behaviour = relay(central.url)
            wait_until_relayed(site)
        assert_same_logs(places.site, places.central)


@pytest.mark.parametrize("sent_bytes", [1, 200, 900, 1700, 2600, 4000, 6000])
def test_n9_line_to_central_that_breaks_at_some_byte_loses_nothing(
    places: Places, identity: Identity, sent_bytes: int, expected_logs: Any
) -> None:
    expected_logs("central_lost")
    with central_server(places.central) as central, Proxy(refuse) as line:
        with relaying_server(places.site, line.url) as site:
            visit(places, identity, site, 40)
            line.behaviour = reset_after(central.url, sent_bytes)
            before = line.connections
            line.wait_for_connections(before + 2)
            line.behaviour = relay(central.url)
            wait_until_relayed(site)
        assert_same_logs(places.site, places.central)


def test_s1_central_restored_from_an_older_copy_is_sent_the_rest_again(
    places: Places, identity: Identity, expected_logs: Any
) -> None:
    expected_logs("central_lost", "server_restored")
    with Proxy(refuse) as line, relaying_server(places.site, line.url) as site:
        with central_server(places.central) as first:
            line.behaviour = relay(first.url)
            visit(places, identity, site, 3)
            wait_until_relayed(site)
        backup = shutil.copytree(places.central, places.central.with_name("backup"))
        with central_server(places.central) as second:
            line.behaviour = relay(second.url)
            visit(places, identity, site, 600)
            wait_until_relayed(site)
            assert_same_logs(places.site, places.central)
        shutil.rmtree(places.central)
        shutil.copytree(backup, places.central)
        with central_server(places.central) as third:
            line.behaviour = relay(third.url)
            with paired_kiosk(places.kiosk, identity, site.url) as kiosk:
                kiosk.issue()
                kiosk.wait_until_synced()
                kiosk.wait_until_central_holds_it()
            wait_until_relayed(site)
    assert "server_restored" in expected_logs.seen
    assert_same_logs(places.site, places.central)


def test_s1_central_that_was_swapped_in_a_quiet_hour_is_compared_whole(
    places: Places, identity: Identity, expected_logs: Any
) -> None:
    """No call failed. The first event of one kiosk finds another session, and the other kiosk's log is sent again."""
    expected_logs("server_restored", "batch_refused", "events_parked")
    quiet = replace(BRISK, hello_every_s=900.0, heartbeat_every_s=900.0)
    other = pair_second(places)
    with Proxy(refuse) as line, ExitStack() as until_swapped:
        first = until_swapped.enter_context(central_server(places.central))
        line.behaviour = relay(first.url)
        backup = places.central.with_name("backup")
        with relaying_server(places.site, line.url, quiet) as site:
            visit(places, identity, site, 3)
            wait_until_relayed(site)
            shutil.copytree(places.central, backup)
            with paired_kiosk(places.kiosk.with_name("gone"), other, site.url) as kiosk:
                kiosk.issue(3)
                kiosk.wait_until_central_holds_it()
            wait_until_relayed(site)
            with central_server(backup) as second:
                line.behaviour = relay(second.url)
                until_swapped.close()  # it has ended, and takes nothing any more
                with paired_kiosk(places.kiosk, identity, site.url) as kiosk:
                    kiosk.issue()
                    kiosk.wait_until_central_holds_it()
                wait_for_relay(site, lambda _: all_held(backup).items() >= all_held(places.site).items())


def test_s1_restored_site_takes_back_from_central_what_gone_kiosks_wrote(
    places: Places, identity: Identity, expected_logs: Any
) -> None:
    """Both were let in, and one has left, after the copy was made: only central knows."""
    expected_logs("history_recovered", "fork_seen", "events_parked")
    with central_server(places.central) as central:
        with relaying_server(places.site, central.url) as site:
            visit(places, identity, site, 3)
            wait_until_relayed(site)
        backup = shutil.copytree(places.site, places.site.with_name("backup"))
        gone = pair_second(places)
        with relaying_server(places.site, central.url) as site:
            with paired_kiosk(places.kiosk.with_name("gone"), gone, site.url) as kiosk:
                kiosk.issue(700)
                kiosk.wait_until_synced()
                kiosk.wait_until_central_holds_it()
            wait_until_relayed(site)
        before = all_held(places.site)
        shutil.rmtree(places.site)
        shutil.copytree(backup, places.site)
        with relaying_server(places.site, central.url) as site:
            told = wait_until_relayed(site, SyncState.ALARM)
            assert "older copy" in told.detail
    after = all_held(places.site)
    assert before.items() <= after.items()
    assert_same_logs(places.site, places.central)


def pair_second(places: Places) -> Identity:
    folder = places.kiosk.with_name("gone")
    folder.mkdir()
    identity = load_or_create_identity(folder)
    enrol(places.site, DeviceRecord(identity.device_id, identity.public_key, SITE, 2, "B", "Anjungan 2"))
    return identity


def test_site_that_is_not_enrolled_says_how_to_and_begins_by_itself(
    places: Places, tmp_path: Path, expected_logs: Any
) -> None:
    expected_logs("upstream_not_enrolled")
    identity = pair(places.kiosk, places.site)
    with central_server(places.central) as central, relaying_server(places.site, central.url) as site:
        visit(places, identity, site, 2)
        status = wait_for_relay(site, lambda status: status.state is SyncState.REFUSED)
        assert "giliran enrol CODE" in status.detail
        enrol_site(places.site, places.central)
        wait_until_relayed(site)
    assert_same_logs(places.site, places.central)


def test_a3_revoked_site_keeps_its_events(places: Places, identity: Identity, expected_logs: Any) -> None:
    expected_logs("central_lost")
    with central_server(places.central) as central, relaying_server(places.site, central.url) as site:
        wait_until_relayed(site)
        revoke(central.node, SITE, site.node.identity.device_id)
        visit(places, identity, site, 2)
        status = wait_for_relay(site, lambda status: status.state is SyncState.REFUSED)
        assert "shut out" in status.detail
    assert sum(map(len, held(places.site, identity.device_id).values())) == 3


def test_relay_stops_in_the_middle_of_a_call(places: Places, identity: Identity) -> None:
    with Proxy(half_open) as line, relaying_server(places.site, line.url, BRISK):
        line.wait_for_connections(1)


def test_n15_central_fences_the_site_server_that_was_replaced(
    places: Places, identity: Identity, expected_logs: Any
) -> None:
    """Two servers of one site at work: the old one learns it from central, and takes nothing any more."""
    expected_logs("central_lost", "server_fenced", "old_server_refused", "history_recovered", "fork_seen")
    standby = Path(shutil.copytree(places.site, places.site.with_name("standby")))
    node = open_node(ServerSettings(Role.SITE, standby))
    raise_epoch(node.database, node.role, node.own_log, node.clock)
    node.close()
    with central_server(places.central) as central, relaying_server(places.site, central.url) as old:
        wait_until_relayed(old)
        with relaying_server(standby, central.url) as new:
            wait_until_relayed(new, SyncState.ALARM)  # the copy is older than what the other has relayed since
            fenced = wait_for_relay(old, lambda status: status.state is SyncState.ALARM)
            assert "taken over" in fenced.detail
            assert old.node.fences.fenced_sites == (SITE,)
            with paired_kiosk(places.kiosk, identity, old.url) as kiosk:
                kiosk.wait_until(lambda status: status.state is SyncState.ALARM and status.backlog == 1)
            with paired_kiosk(places.kiosk, identity, new.url) as kiosk:
                kiosk.wait_until_synced()
