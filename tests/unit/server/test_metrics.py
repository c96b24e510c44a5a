"""What a monitoring program reads: every name that docs/operations.md tells it to watch, in the form it understands."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from prometheus_client.core import Metric
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from sqlalchemy import insert

from kiosk.domain.desk_bodies import counter_opened
from kiosk.domain.event_bodies import kiosk_status
from kiosk.domain.events import COUNTER_OPENED, KIOSK_STATUS
from kiosk.domain.print_job import PrintState
from kiosk.domain.printer_facts import PrinterFacts
from kiosk.identity import Identity, new_identity
from kiosk.paths import resource_path
from kiosk.sync.status import SyncState, SyncStatus
from kiosk.sync.wire import Health, ProblemCode
from server.database import milliseconds
from server.devices import DeviceRecord
from server.enrolment import admit
from server.forks import ForkKind, record_fork
from server.readiness import ReasonCode
from server.run import Server
from server.schema import poison
from server.service_day import day_in_force
from tests.paired_desk import add_officer
from tests.paired_kiosk import SITE, site_server
from tests.relayed_site import central_server
from tests.written_log import WrittenLog

pytestmark = pytest.mark.usefixtures("on_both_databases")

NAMES = {
    "giliran_build_info": {"database", "role", "version"},
    "giliran_server_epoch": set(),
    "giliran_ready": set(),
    "giliran_condition": {"code"},
    "giliran_clock_trusted": set(),
    "giliran_db_check_ok": set(),
    "giliran_disk_free_bytes": set(),
    "giliran_refusals_total": {"code"},
    "giliran_relay_state": {"state"},
    "giliran_relay_unsynced_events": set(),
    "giliran_relay_oldest_unsynced_seconds": set(),
    "giliran_relay_last_contact_seconds": set(),
    "giliran_tickets_issued_total": {"series", "site"},
    "giliran_print_verdict_total": {"site", "verdict"},
    "giliran_incarnations_total": {"site"},
    "giliran_fork_alarms_total": {"site"},
    "giliran_poison_events": {"site"},
    "giliran_numbers_reserved": {"site"},
    "giliran_queue_issued": {"queue", "site"},
    "giliran_queue_waiting": {"queue", "site"},
    "giliran_counters": {"site", "state"},
    "giliran_staff_locked": {"site"},
    "giliran_device_info": {"device", "kind", "letter", "name", "program", "site"},
    "giliran_device_last_contact_seconds": {"device", "site"},
    "giliran_unsynced_events": {"device", "site"},
    "giliran_oldest_unsynced_seconds": {"device", "site"},
    "giliran_device_alarms": {"device", "site"},
    "giliran_device_clock_trusted": {"device", "site"},
    "giliran_device_clock_offset_seconds": {"device", "site"},
    "giliran_device_disk_free_bytes": {"device", "site"},
    "giliran_unseen_slips": {"device", "site"},
    "giliran_printer_state": {"device", "site", "state"},
    "giliran_kiosk_printer": {"confirmation", "device", "printer", "site", "state"},
    "giliran_slips_left": {"device", "site"},
    "giliran_paper_low": {"device", "site"},
}
"""Every sample with its labels. On SQLite there is `giliran_wal_bytes` as well."""

Samples = Mapping[tuple[str, tuple[str, ...]], float]


def families(text: str) -> Iterator[Metric]:
    yield from text_string_to_metric_families(text)  # type: ignore[no-untyped-call]  # its stubs leave this one out


def scrape(server: Server) -> Samples:
    """(name, values of its labels in the order of their names) -> value."""
    answer = httpx2.get(f"{server.url}/metrics")
    assert answer.headers["Content-Type"].startswith("application/openmetrics-text; version=1.0.0")
    return {
        (sample.name, tuple(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in families(answer.text)
        for sample in family.samples
    }


def let_in(server: Server, name: str = "Anjungan 1") -> Identity:
    identity = new_identity()
    admit(server.node, DeviceRecord(identity.device_id, identity.public_key, SITE, 1, "A", name))
    return identity


def health(**changes: Any) -> Health:
    facts = {"program": "9.9", "at": datetime.now(UTC), "clock_trusted": True, "printer": "no_paper"}
    return Health.model_validate(facts | {"backlog": 3, "disk_free_bytes": 10**9} | changes)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with site_server(tmp_path) as server:
        yield server


def test_every_name_is_there_with_its_labels(server: Server) -> None:
    kiosk = let_in(server)
    server.node.contacts.note(SITE, kiosk.device_id, (), health())
    server.node.relay.tell(SyncStatus(SyncState.ONLINE))
    server.node.service_days.open_due(server.node.database)
    log = WrittenLog(kiosk.device_id)
    with server.node.database.reading() as connection:
        day = day_in_force(connection, SITE)
    log.printed(log.issue(1, service_day=day))
    log.write(KIOSK_STATUS, kiosk_status(PrinterFacts("no_paper", "ready", "second", "fence", 120)))
    add_officer(server)
    with server.node.database.writing() as connection:
        log.push(connection)
        opened = counter_opened(3, ["D"], "P-017", kiosk.device_id)
        server.node.own_log.append(connection, SITE, COUNTER_OPENED, opened)
    answer = httpx2.get(f"{server.url}/metrics").text
    found: dict[str, set[str]] = {}
    for family in families(answer):
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    found.pop("giliran_wal_bytes", None)
    assert found == NAMES


def test_sums_survive_a_restart(tmp_path: Path) -> None:
    log = WrittenLog("0a" * 8)
    log.printed(log.issue(1), 0, PrintState.CONFIRMED)
    log.issue(2, series=0)
    with site_server(tmp_path) as server, server.node.database.writing() as connection:
        log.push(connection)
    with site_server(tmp_path) as server:
        samples = scrape(server)
    assert samples["giliran_tickets_issued_total", ("shared", SITE)] == 1
    assert samples["giliran_tickets_issued_total", ("1", SITE)] == 1
    assert samples["giliran_print_verdict_total", (SITE, "confirmed")] == 1
    assert samples["giliran_incarnations_total", (SITE,)] == 1


def test_what_a_device_said_is_told_also_after_a_restart(tmp_path: Path) -> None:
    with site_server(tmp_path) as server:
        kiosk = let_in(server)
        now = datetime.now(UTC)
        server.node.contacts.note(
            SITE, kiosk.device_id, (), health(at=now, oldest_unsent=now - timedelta(minutes=10), alarms=1)
        )
        assert abs(scrape(server)["giliran_device_clock_offset_seconds", (kiosk.device_id, SITE)]) < 60
    with site_server(tmp_path) as server:
        samples = scrape(server)
    key = (kiosk.device_id, SITE)
    assert samples["giliran_unsynced_events", key] == 3
    assert 600 <= samples["giliran_oldest_unsynced_seconds", key] < 700
    assert samples["giliran_device_alarms", key] == 1
    assert samples["giliran_printer_state", (*key, "no_paper")] == 1
    assert 0 <= samples["giliran_device_last_contact_seconds", key] < 60
    assert ("giliran_device_clock_offset_seconds", key) not in samples, "nobody has compared clocks since"


def test_alarms_and_refusals_are_counted(server: Server) -> None:
    kiosk = let_in(server)
    now_ms = milliseconds(server.node.clock.now())
    with server.node.database.writing() as connection:
        record_fork(connection, ForkKind.SAME_PARENT, (SITE, kiosk.device_id, "ab" * 8, 7), ("f" * 64, None), now_ms)
        parked = {"site_id": SITE, "origin": kiosk.device_id, "incarnation": "cd" * 8, "sequence": 1}
        connection.execute(insert(poison).values(parked | {"reason": "unheard of", "parked_at_ms": now_ms}))
    httpx2.get(f"{server.url}/nowhere")
    httpx2.post(f"{server.url}/v1/reserve")
    samples = scrape(server)
    assert samples["giliran_fork_alarms_total", (SITE,)] == 1
    assert samples["giliran_poison_events", (SITE,)] == 1
    assert samples["giliran_refusals_total", (ProblemCode.NOT_FOUND,)] == 1
    assert samples["giliran_refusals_total", (ProblemCode.PROTOCOL,)] == 1
    assert samples["giliran_refusals_total", (ProblemCode.INTERNAL,)] == 0
    assert samples["giliran_condition", (ReasonCode.EVENTS_PARKED,)] >= 1


def test_relay_is_told_with_its_age(server: Server) -> None:
    assert not any(name.startswith("giliran_relay") for name, _ in scrape(server)), "it has no upstream"
    now = server.node.clock.now()
    lost = SyncStatus(SyncState.OFFLINE, now - timedelta(hours=2), 40, now - timedelta(hours=3))
    server.node.relay.tell(lost)
    samples = scrape(server)
    assert samples["giliran_relay_unsynced_events", ()] == 40
    assert 10_800 <= samples["giliran_relay_oldest_unsynced_seconds", ()] < 10_900
    assert 7_200 <= samples["giliran_relay_last_contact_seconds", ()] < 7_300
    assert (samples["giliran_relay_state", ("offline",)], samples["giliran_relay_state", ("online",)]) == (1, 0)
    assert samples["giliran_condition", (ReasonCode.UPSTREAM_AWAY,)] == 1


def test_database_that_fails_leaves_the_rest(server: Server) -> None:
    let_in(server)
    with server.node.database.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE devices RENAME TO gone")
    samples = scrape(server)
    assert samples["giliran_db_check_ok", ()] == 0
    assert ("giliran_server_epoch", ()) in samples


def test_central_tells_of_sites_and_not_of_their_kiosks(tmp_path: Path) -> None:
    with central_server(tmp_path) as server:
        let_in(server)
        names = {name for name, _ in scrape(server)}
    assert "giliran_device_info" not in names
    assert "giliran_queue_waiting" not in names


def test_what_a_kiosks_log_tells_of_its_printers_is_told_at_central_too(tmp_path: Path) -> None:
    with central_server(tmp_path) as server:
        key = (SITE, let_in(server).device_id)
        log = WrittenLog(key[1])
        for left in (130, 120):
            log.write(KIOSK_STATUS, kiosk_status(PrinterFacts("no_paper", "ready", "second", "fence", left)))
        with server.node.database.writing() as connection:
            log.push(connection)
        samples = scrape(server)
    device = (key[1], SITE)
    assert samples["giliran_slips_left", device] == 120
    assert samples["giliran_paper_low", device] == 0
    assert samples["giliran_kiosk_printer", ("fence", key[1], "second", SITE, "ready")] == 1
    assert samples["giliran_kiosk_printer", ("", key[1], "first", SITE, "no_paper")] == 0


def test_labels_say_a_name_as_it_is(server: Server) -> None:
    """A4: whatever a device is called, it stays within its label."""
    nasty = 'A"1\\ <script>{x="y"} 1'
    kiosk = let_in(server, nasty)
    labels = (kiosk.device_id, "kiosk", "A", nasty, "", SITE)
    assert scrape(server)["giliran_device_info", labels] == 1


def test_document_names_every_metric() -> None:
    document = resource_path("docs/operations.md").read_text("utf-8")
    told = set(re.findall(r"\bgiliran_[a-z_]+", document))
    assert set(NAMES) | {"giliran_wal_bytes"} <= told
    assert told <= set(NAMES) | {"giliran_wal_bytes"}, "the document tells of one that does not exist"
