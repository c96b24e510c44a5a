"""/metrics: how this server and all who report to it fare, as OpenMetrics. docs/operations.md says what to watch.

Read from the database and from what was last reported, at each request: a restart forgets nothing but `refusals`.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Final

from prometheus_client import CollectorRegistry
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.openmetrics.exposition import generate_latest
from prometheus_client.registry import Collector

from kiosk.domain.printer_facts import PrinterFacts
from kiosk.domain.ticket import SHARED_SERIES
from kiosk.sync.status import SyncState, SyncStatus
from kiosk.sync.wire import DeviceKind, ProblemCode
from kiosk.version import VERSION
from server.node import Node
from server.overview import DeviceState, Overview, Tables, look
from server.readiness import ReasonCode
from server.tallies import Tally

_DEVICE: Final = ("site", "device")


def metrics_text(node: Node) -> bytes:
    """OpenMetrics 1.0, UTF-8."""
    registry = CollectorRegistry()
    registry.register(ServerCollector(node))
    text: bytes = generate_latest(registry)  # type: ignore[no-untyped-call]  # its stubs leave this one out
    return text


class ServerCollector(Collector):
    def __init__(self, node: Node) -> None:
        self._node = node

    def describe(self) -> Iterable[Metric]:
        """Nothing beforehand: the registry need not ask the database for names."""
        return ()

    def collect(self) -> Iterator[Metric]:
        overview = look(self._node)
        yield from _of_server(self._node, overview)
        if self._node.relay.status is not None:
            yield from _of_relay(self._node, self._node.relay.status)
        if overview.tables is not None:
            yield from _of_sites(overview.tables)
            yield from _of_devices(overview.tables.devices)
            yield from _of_printers(overview.tables.printers)


def _of_server(node: Node, overview: Overview) -> Iterator[Metric]:
    state = overview.state
    info = {"version": VERSION, "role": str(node.role), "database": node.database.dialect}
    yield InfoMetricFamily("giliran_build", "Which program this is.", info)
    yield _gauge("giliran_server_epoch", "Which life of this server: a restore adds one.", node.epoch)
    yield _gauge("giliran_ready", "1: it takes events.", int(state.is_ready))
    conditions = GaugeMetricFamily("giliran_condition", "1: /readyz gives this reason or warning.", labels=("code",))
    present = {reason.code for reason in state.reasons}
    for reason in ReasonCode:
        conditions.add_metric((reason,), int(reason in present))
    yield conditions
    yield _gauge("giliran_clock_trusted", "1: the server's wall clock is plausible.", int(overview.now.is_trusted))
    is_sound = overview.tables is not None and not node.database_check.damage
    yield _gauge("giliran_db_check_ok", "1: the database answers, and its last check found it whole.", int(is_sound))
    if state.disk_free_bytes is not None:
        yield _gauge("giliran_disk_free_bytes", "Free where the data lie.", state.disk_free_bytes, unit="bytes")
    if overview.wal_bytes is not None:
        yield _gauge("giliran_wal_bytes", "SQLite's write-ahead log.", overview.wal_bytes, unit="bytes")
    refusals = CounterMetricFamily("giliran_refusals", "Requests refused since the start.", labels=("code",))
    counted = node.refusals.codes
    for code in ProblemCode:
        refusals.add_metric((code,), counted.get(code, 0))
    yield refusals


def _of_relay(node: Node, relay: SyncStatus) -> Iterator[Metric]:
    states = GaugeMetricFamily("giliran_relay_state", "1: the way to central is so.", labels=("state",))
    for state in SyncState:
        states.add_metric((state,), int(state is relay.state))
    yield states
    yield _gauge("giliran_relay_unsynced_events", "What central has not acknowledged.", relay.backlog)
    now = node.clock.now()
    oldest = 0.0 if relay.oldest_unsent is None else _seconds(now - relay.oldest_unsent)
    yield _gauge("giliran_relay_oldest_unsynced_seconds", "Age of the oldest of them.", oldest, unit="seconds")
    silent = _seconds(now - (relay.last_contact or node.started_at))
    yield _gauge("giliran_relay_last_contact_seconds", "Since central last answered.", silent, unit="seconds")


def _of_sites(tables: Tables) -> Iterator[Metric]:
    issued = CounterMetricFamily(
        "giliran_tickets_issued",
        "Tickets that came here, by series: shared, or a kiosk's own.",
        labels=("site", "series"),
    )
    verdicts = CounterMetricFamily("giliran_print_verdict", "Slips by their verdict.", labels=("site", "verdict"))
    starts = CounterMetricFamily("giliran_incarnations", "Starts of programs that write a log.", labels=("site",))
    for (site_id, tally, kind), total in sorted(tables.tallies.items()):
        if tally is Tally.TICKETS_ISSUED:
            issued.add_metric((site_id, "shared" if kind == str(SHARED_SERIES) else kind), total)
        elif tally is Tally.PRINT_VERDICTS:
            verdicts.add_metric((site_id, kind), total)
        else:
            starts.add_metric((site_id,), total)
    yield from (issued, verdicts, starts)
    sites = sorted({device.site_id for device in tables.devices} | tables.forks.keys() | tables.parked.keys())
    alarms = CounterMetricFamily("giliran_fork_alarms", "Second histories of one device.", labels=("site",))
    parked = GaugeMetricFamily("giliran_poison_events", "Kept, but not understood by this version.", labels=("site",))
    for site_id in sites:
        alarms.add_metric((site_id,), tables.forks.get(site_id, 0))
        parked.add_metric((site_id,), tables.parked.get(site_id, 0))
    yield from (alarms, parked)
    reserved = GaugeMetricFamily("giliran_numbers_reserved", "Of the shared series, today.", labels=("site",))
    for site_id, total in sorted(tables.reserved.items()):
        reserved.add_metric((site_id,), total)
    taken = GaugeMetricFamily("giliran_queue_issued", "Visitors who took a number today.", labels=("site", "queue"))
    waiting = GaugeMetricFamily("giliran_queue_waiting", "Those who still wait.", labels=("site", "queue"))
    for queue in tables.queues:
        taken.add_metric((queue.site_id, queue.code), queue.issued)
        waiting.add_metric((queue.site_id, queue.code), queue.waiting)
    yield from (reserved, taken, waiting)
    counters = GaugeMetricFamily("giliran_counters", "Counters by their state.", labels=("site", "state"))
    for (site_id, state), total in sorted(tables.counters.items()):
        counters.add_metric((site_id, state), total)
    locked = GaugeMetricFamily("giliran_staff_locked", "Accounts that wrong PINs have locked.", labels=("site",))
    for site_id, total in sorted(tables.staff_locked.items()):
        locked.add_metric((site_id,), total)
    yield from (counters, locked)


def _of_devices(devices: Iterable[DeviceState]) -> Iterator[Metric]:
    known = InfoMetricFamily("giliran_device", "Who may write here.", labels=_DEVICE)
    families = {
        name: GaugeMetricFamily(f"giliran_{name}", sentence, labels=_DEVICE, unit=unit)
        for name, (sentence, unit) in _SAID.items()
    }
    printers = GaugeMetricFamily("giliran_printer_state", "1: as last reported.", labels=(*_DEVICE, "state"))
    for device in devices:
        key = (device.site_id, device.device_id)
        program = "" if device.health is None else device.health.program
        known.add_metric(
            key, {"name": device.name, "kind": device.kind, "letter": device.letter or "", "program": program}
        )
        for name, value in _said(device):
            families[name].add_metric(key, value)
        if device.health is not None and device.health.printer:
            printers.add_metric((*key, device.health.printer), 1)
    yield known
    yield from families.values()
    yield printers


def _of_printers(told: Mapping[tuple[str, str], PrinterFacts]) -> Iterator[Metric]:
    """As the kiosks' logs tell it: at central too, which hears no heartbeat of a kiosk."""
    words = GaugeMetricFamily(
        "giliran_kiosk_printer",
        "As its log last told; 1: slips come out here.",
        labels=(*_DEVICE, "printer", "state", "confirmation"),
    )
    left = GaugeMetricFamily("giliran_slips_left", "Estimated, on the roll in use.", labels=_DEVICE)
    low = GaugeMetricFamily("giliran_paper_low", "1: the roll should be changed soon.", labels=_DEVICE)
    for key, facts in told.items():
        for name, word in (("first", facts.printer), ("second", facts.fallback)):
            if word is not None:
                is_used = name == facts.in_use
                words.add_metric((*key, name, word, facts.confirmation if is_used else ""), int(is_used))
        if facts.slips_left is not None:
            left.add_metric(key, facts.slips_left)
        low.add_metric(key, int(facts.is_paper_low))
    yield from (words, left, low)


_SAID: Final = {
    "device_last_contact_seconds": ("Since it was last heard of.", "seconds"),
    "unsynced_events": ("What it has not brought here yet, as it last said.", ""),
    "oldest_unsynced_seconds": ("Age of the oldest of them.", "seconds"),
    "device_alarms": ("What a person must look at there.", ""),
    "device_clock_trusted": ("1: it believes its own wall clock.", ""),
    "device_clock_offset_seconds": ("How far its clock is ahead of this server's.", "seconds"),
    "unseen_slips": ("Confirmed slips in a row with which nobody came; 0: no suspicion.", ""),
    "device_disk_free_bytes": ("Free where its data lie.", "bytes"),
}


def _said(device: DeviceState) -> Iterator[tuple[str, float]]:
    health, silent_for = device.health, device.silent_for
    if device.kind is DeviceKind.KIOSK:
        yield "unseen_slips", 0 if device.unseen is None else device.unseen.run
    if silent_for is not None:
        yield "device_last_contact_seconds", _seconds(silent_for)
    if health is None or silent_for is None:
        return
    yield "unsynced_events", health.backlog
    waited = timedelta() if health.oldest_unsent is None else health.at - health.oldest_unsent
    yield "oldest_unsynced_seconds", _seconds(waited + silent_for) if health.backlog else 0.0
    yield "device_alarms", health.alarms
    yield "device_clock_trusted", int(health.clock_trusted)
    if device.skew is not None:
        yield "device_clock_offset_seconds", round(device.skew.total_seconds(), 3)
    if health.disk_free_bytes is not None:
        yield "device_disk_free_bytes", health.disk_free_bytes


def _gauge(name: str, sentence: str, value: float, unit: str = "") -> GaugeMetricFamily:
    return GaugeMetricFamily(name, sentence, value, unit=unit)


def _seconds(age: timedelta) -> float:
    return round(max(0.0, age.total_seconds()), 3)
