"""What the server hands down, over a real line, broken in every way; and tickets that wait while the hall changes."""

import base64
import gzip
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from kiosk.clock import Clock, FakeClock, SystemClock
from kiosk.config import KioskConfig
from kiosk.data_in_force import DataInForce, DataPaths, load_in_force
from kiosk.domain.numbering import OwnSeriesOnly
from kiosk.domain.ticket import Ticket
from kiosk.handed_down import HandedDown
from kiosk.identity import Identity, new_identity
from kiosk.issuing import IssueRefused, Issuing
from kiosk.store.snapshots import taken, version_in_force
from kiosk.store.tickets import find_ticket, waiting
from kiosk.store.writer import Store
from kiosk.sync.client import SyncClient
from kiosk.sync.engine import SyncEngine
from kiosk.sync.sealing import seal
from kiosk.sync.snapshots import SnapshotTaker
from kiosk.sync.wire import MAX_SNAPSHOT_BYTES, SESSION_PATH, SNAPSHOT_PATH, Session, Snapshot, SnapshotKind
from server.publishing import publish_files
from server.snapshots import snapshot_for, versions_for
from server.trusting import publish_trust_lists
from tests.bad_network import Proxy, server_of
from tests.conftest import Logs
from tests.paired_kiosk import PATIENCE_S, QUICK, site_server
from tests.published_hall import (
    HALL,
    bundle_bytes,
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
from tests.small_hall import MONDAY_10_00, request

SERVICE = "polda.skck-baru"
PUBLISHER = new_identity()
STRANGER = new_identity()
SESSION = Session(session="7" * 16, challenge="9" * 64, server_epoch=1, server_time=MONDAY_10_00)


@dataclass
class Kiosk:
    """Enrolled at HALL; the key of whoever publishes there is pinned."""

    identity: Identity
    store: Store
    paths: DataPaths
    handed_down: HandedDown
    clock: Clock

    def in_force(self) -> DataInForce:
        return load_in_force(self.store, self.paths, self.clock)

    def version(self, kind: SnapshotKind) -> int:
        return self.store.call(lambda db: version_in_force(db, kind))

    def take(self, *snapshots: Snapshot) -> frozenset[SnapshotKind]:
        return self.handed_down.take(snapshots).taken

    def issuing(self, data: DataInForce) -> Issuing:
        config = KioskConfig()
        return Issuing(self.store, data.site, data.catalogue, self.identity, config, self.clock, OwnSeriesOnly())

    def find(self, ticket: Ticket) -> Ticket | None:
        return self.store.call(lambda db: find_ticket(db, ticket.id))


@contextmanager
def enrolled(folder: Path, identity: Identity, publisher: Identity, clock: Clock | None = None) -> Iterator[Kiosk]:
    clock = clock or SystemClock()
    paths = DataPaths.of(KioskConfig())
    with Store.open(folder, clock, identity) as store:
        yield Kiosk(identity, store, paths, HandedDown(store, paths, HALL, keys_of(publisher)), clock)


@contextmanager
def taking(kiosk: Kiosk, url: str) -> Iterator[tuple[SnapshotTaker, threading.Semaphore]]:
    """A taker at work, and how often it had news."""
    news = threading.Semaphore(0)
    taker = SnapshotTaker(
        kiosk.handed_down,
        lambda: SyncClient(url, HALL, kiosk.identity),
        news.release,
        first_pause_s=0.01,
        chance=lambda: 0.5,
    )
    taker.start()
    try:
        yield taker, news
    finally:
        taker.stop()


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[Kiosk]:
    """It has taken version 1 of everything, and works with it."""
    with enrolled(tmp_path / "kiosk", new_identity(), PUBLISHER, FakeClock(MONDAY_10_00)) as kiosk:
        assert kiosk.take(catalogue(1), site(1)) == {SnapshotKind.CATALOGUE, SnapshotKind.SITE}
        assert kiosk.in_force().site.id == HALL
        yield kiosk


def site(version: int, raw: bytes | None = None, signer: Identity = PUBLISHER, of: str = HALL) -> Snapshot:
    return seal(raw or site_bytes(), of, SnapshotKind.SITE, version, signer)


def catalogue(version: int, raw: bytes | None = None, of: str = HALL) -> Snapshot:
    return seal(raw or bundle_bytes(), of, SnapshotKind.CATALOGUE, version, PUBLISHER)


def doctored(**changes: object) -> Snapshot:
    return site(2, site_bytes(number=3)).model_copy(update=changes)


def packed(raw: bytes) -> str:
    return base64.b64encode(gzip.compress(raw)).decode()


BROKEN: dict[str, Callable[[], Snapshot]] = {
    "half": lambda: doctored(content=doctored().content[:-400]),
    "empty": lambda: doctored(content=packed(b"")),
    "bit_flipped": lambda: doctored(content=packed(site_bytes(number=4))),
    "no_signature": lambda: doctored(signature=base64.b64encode(bytes(64)).decode()),
    "strangers_signature": lambda: site(2, site_bytes(number=3), signer=STRANGER),
    "swollen": lambda: doctored(content=packed(bytes(MAX_SNAPSHOT_BYTES + 1))),
    "of_another_site": lambda: site(2, site_bytes(), of="mpp-lain"),
    "of_every_site": lambda: site(2, site_bytes(), of="*"),
    "says_it_is_another_site": lambda: site(2, site_bytes(id="mpp-lain")),
    "of_another_kind": lambda: catalogue(2),
    "no_json": lambda: site(2, b"{"),
    "no_site": lambda: site(2, b"{}"),
    "not_of_this_catalogue": lambda: site(2, site_bytes(popular=["nobody.offers-this"])),
    "the_same_version_again": lambda: site(1, site_bytes(number=3)),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_c1_a_broken_file_leaves_the_last_good_one_and_raises_one_alarm(
    kiosk: Kiosk, broken: str, expected_logs: Logs
) -> None:
    expected_logs("snapshot_refused")
    before = kiosk.in_force()
    with (
        Proxy(server_of({SESSION_PATH: SESSION, SNAPSHOT_PATH: BROKEN[broken]()})) as proxy,
        taking(kiosk, proxy.url) as (taker, news),
    ):
        taker.offer({"site": 2, "catalogue": 1})
        assert _holds_soon(lambda: bool(taker.troubles))
        for _ in range(3):  # heartbeats that still offer it
            taker.offer({"site": 2, "catalogue": 1})
        assert not news.acquire(blocking=False)
    assert expected_logs.seen == ["snapshot_refused"]
    assert len(taker.troubles) == 1
    assert kiosk.version(SnapshotKind.SITE) == 1
    after = kiosk.in_force()
    assert (after.site, after.catalogue.version, after.refused) == (before.site, before.catalogue.version, None)


def test_c1_an_older_edition_does_not_come_back(kiosk: Kiosk) -> None:
    assert kiosk.take(site(5, site_bytes(number=5)))
    assert not kiosk.take(site(4, site_bytes(number=4)))
    assert kiosk.handed_down.take([site(5, site_bytes(number=6))]).refused[SnapshotKind.SITE][0] == 5
    assert kiosk.in_force().site.number == 5


def test_c1_what_lies_damaged_on_the_disk_gives_way_to_the_edition_before(kiosk: Kiosk) -> None:
    assert kiosk.take(site(2, site_bytes(number=2)))
    kiosk.store.call(lambda db: db.conn.execute("UPDATE snapshots SET raw = x'7b7d' WHERE version = 2"))
    assert kiosk.in_force().site.number == json.loads(site_bytes())["number"]


def test_c1_an_edition_that_this_program_cannot_read_gives_way_too(kiosk: Kiosk, expected_logs: Logs) -> None:
    expected_logs("data_file_refused")
    later = site_bytes(a_field_of_a_later_version=1)
    kiosk.store.call(
        lambda db: db.conn.execute(
            "INSERT INTO snapshots SELECT kind, site_id, 9, 9, ?, signer, signature, ?, received_at FROM snapshots"
            " WHERE kind = 'site'",
            (site(9, later).sha256, later),
        )
    )
    loaded = kiosk.in_force()
    assert loaded.site.id == HALL
    assert loaded.refused is not None


def test_a_catalogue_and_a_site_that_only_fit_each_other_are_taken_together(kiosk: Kiosk) -> None:
    new_catalogue = catalogue(2, bundle_bytes(catalogue_bytes(without_service(SERVICE))))
    new_site = site(2, site_bytes(without_service(SERVICE)))
    assert kiosk.take(new_catalogue) == frozenset(), "the hall in force still names the service"
    assert kiosk.take(new_site, new_catalogue) == {SnapshotKind.SITE, SnapshotKind.CATALOGUE}
    assert SERVICE not in kiosk.in_force().catalogue.services


def test_the_one_that_fits_is_taken_without_the_other(kiosk: Kiosk) -> None:
    outcome = kiosk.handed_down.take([site(2, site_bytes(number=2)), catalogue(2, b"{}")])
    assert outcome.taken == {SnapshotKind.SITE}
    assert outcome.refused.keys() == {SnapshotKind.CATALOGUE}


def test_a_service_number_keeps_its_meaning(kiosk: Kiosk) -> None:
    numbers = numbers_bytes(**{SERVICE: 1, "dpmptsp.konsultasi": 60_000})
    outcome = kiosk.handed_down.take([catalogue(2, bundle_bytes(numbers=numbers))])
    assert "meant dpmptsp.konsultasi and would mean" in outcome.refused[SnapshotKind.CATALOGUE][1]


def test_a_file_that_a_technician_named_wins(tmp_path: Path) -> None:
    paths = DataPaths.of(KioskConfig(site=site_file(tmp_path, site_bytes(number=77))))
    with Store.open(tmp_path / "kiosk", SystemClock(), new_identity()) as store:
        handed_down = HandedDown(store, paths, HALL, keys_of(PUBLISHER))
        assert handed_down.wanted({"site": 9, "catalogue": 9, "trust": 9}).keys() == {"catalogue", "trust"}
        assert handed_down.take([site(9)]).taken == {SnapshotKind.SITE}
        assert load_in_force(store, paths, SystemClock()).site.number == 77


def test_the_trust_list_names_who_else_may_publish(kiosk: Kiosk) -> None:
    from_central = site(2, site_bytes(number=2), signer=STRANGER)
    assert not kiosk.take(from_central)
    trust = {
        "schema_version": 1,
        "site": HALL,
        "devices": [],
        "authorities": [{"device": STRANGER.device_id, "key": base64.b64encode(STRANGER.public_key).decode()}],
    }
    assert not kiosk.take(seal(json.dumps(trust).encode(), HALL, SnapshotKind.TRUST, 1, STRANGER)), "it names itself"
    assert kiosk.take(seal(json.dumps(trust).encode(), HALL, SnapshotKind.TRUST, 1, PUBLISHER))
    assert kiosk.take(from_central)


def test_the_newest_two_of_each_are_kept(kiosk: Kiosk) -> None:
    for version in (2, 3, 4):
        assert kiosk.take(site(version, site_bytes(number=version)))
    kept = kiosk.store.call(lambda db: taken(db, SnapshotKind.SITE))
    assert [file.version for file in kept] == [4, 3]


def test_a_published_file_reaches_the_kiosk_with_the_next_heartbeat(tmp_path: Path) -> None:
    with site_server(tmp_path / "server") as server:
        publish_files(server.node, catalogue_file(tmp_path), site_file(tmp_path))
        identity = let_in(server.node)
        publish_trust_lists(server.node)
        with (
            enrolled(tmp_path / "kiosk", identity, server.node.identity) as kiosk,
            taking(kiosk, server.url) as (taker, news),
        ):
            engine = SyncEngine(
                kiosk.store,
                identity,
                server.url,
                kiosk.clock,
                lambda _: None,
                site_id=HALL,
                pace=QUICK,
                on_snapshots=taker.offer,
            )
            engine.start()
            try:
                assert news.acquire(timeout=PATIENCE_S), taker.troubles
                assert kiosk.in_force().site.id == HALL
                publish_files(server.node, None, site_file(tmp_path, site_bytes(short_name_id="Baru")))
                assert news.acquire(timeout=PATIENCE_S), taker.troubles
            finally:
                engine.stop()
            assert kiosk.in_force().site.short_name.id == "Baru"
            assert kiosk.handed_down.authorities() == keys_of(server.node.identity)
            assert kiosk.version(SnapshotKind.TRUST) > 0
            with server.node.database.reading() as connection:
                own = server.node.identity.device_id
                assert kiosk.handed_down.wanted(versions_for(connection, HALL, own)) == {}
                assert snapshot_for(connection, "mpp-lain", SnapshotKind.SITE, own) is None


def test_c3_a_service_that_is_removed_leaves_the_tickets_that_wait_for_it_as_they_are(kiosk: Kiosk) -> None:
    before = kiosk.in_force()
    ticket = kiosk.issuing(before).issue(request("visitor", SERVICE)).ticket
    gone = without_service(SERVICE)
    assert kiosk.take(site(2, site_bytes(gone)), catalogue(2, bundle_bytes(catalogue_bytes(gone))))
    after = kiosk.in_force()
    assert SERVICE not in after.catalogue.services
    assert after.waiting_for == frozenset()
    assert kiosk.find(ticket) == ticket
    ahead = kiosk.store.call(lambda db: waiting(db, ticket.service_day, [ticket.queue_code]))
    assert ahead == {ticket.queue_code: 1}
    with pytest.raises(IssueRefused, match="unknown_service"):
        kiosk.issuing(after).issue(request("the next visitor", SERVICE))
    neighbour = next(iter(after.site.queue_by_code[ticket.queue_code].service_ids))
    following = kiosk.issuing(after).issue(request("another visitor", neighbour)).ticket
    assert (following.queue_code, following.number) == (ticket.queue_code, ticket.number + 1)


def test_c3_a_letter_with_tickets_gets_no_other_meaning_before_their_day_is_over(
    kiosk: Kiosk, expected_logs: Logs
) -> None:
    expected_logs("data_waits")
    before = kiosk.in_force()
    ticket = kiosk.issuing(before).issue(request("visitor", SERVICE)).ticket
    letter = ticket.queue_code
    other = next(code for code in before.site.queue_by_code if code != letter)
    assert kiosk.take(site(2, site_bytes(swapped_letters(letter, other))))
    same_day = kiosk.in_force()
    assert same_day.waiting_for == {letter}
    assert same_day.site.queue_by_service[SERVICE].code == letter
    following = kiosk.issuing(same_day).issue(request("another visitor", SERVICE)).ticket
    assert following.label == f"{letter}-002"
    clock = kiosk.clock
    assert isinstance(clock, FakeClock)
    clock.advance(MONDAY_10_00.replace(day=24) - MONDAY_10_00)
    next_day = kiosk.in_force()
    assert next_day.waiting_for == frozenset()
    assert next_day.site.queue_by_service[SERVICE].code == other
    assert kiosk.find(ticket) == ticket


def test_c3_a_letter_without_tickets_changes_at_once(kiosk: Kiosk) -> None:
    codes = list(kiosk.in_force().site.queue_by_code)
    assert kiosk.take(site(2, site_bytes(swapped_letters(codes[0], codes[1]))))
    assert kiosk.in_force().waiting_for == frozenset()


def _holds_soon(holds: Callable[[], bool]) -> bool:
    """Without a word to wait for: looks again, often."""
    pause = threading.Event()
    return any(holds() or pause.wait(0.01) for _ in range(int(PATIENCE_S * 100)))
