"""A hall of four services in three queues, and a machine in it: enough for everything but the catalogue itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from kiosk.clock import FakeClock
from kiosk.config import KioskConfig
from kiosk.domain.catalogue import Agency, Catalogue, Evidence, Fee, FeeKind, Presence, Service
from kiosk.domain.language import Language, Text
from kiosk.domain.numbering import NumberSource, OwnSeriesOnly
from kiosk.domain.site import Counter, Floor, Queue, Site, TimeRange, Zone
from kiosk.domain.ticket import IssueRequest
from kiosk.identity import Identity, load_or_create_identity
from kiosk.issuing import Issuing
from kiosk.store.print_jobs import StoredPrintJobs
from kiosk.store.writer import Store
from kiosk.witness import Witness

MONDAY_10_00 = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
"""10:00 in Jakarta."""

SERVICE_NUMBERS = {"dukcapil.ktp": 11, "dukcapil.kk": 12, "polri.skck": 21, "pajak.npwp": 31}


def small_catalogue() -> Catalogue:
    services = [_service(service_id, number) for service_id, number in SERVICE_NUMBERS.items()]
    agencies = tuple(
        Agency(
            id=agency_id,
            name=_text(agency_id),
            short=agency_id,
            kind="ministry",
            floor=1,
            presence=Presence.CONFIRMED,
            note=None,
            sources=(),
            services=tuple(service for service in services if service.agency_id == agency_id),
        )
        for agency_id in ("dukcapil", "polri", "pajak")
    )
    return Catalogue(version="c" * 64, agencies=agencies, life_events=())


def small_site(**changes: Any) -> Site:
    """Open on weekdays from 08:00 to 16:00. A police certificate (SKCK) should come after the identity card."""
    office_hours = (TimeRange(time(8), time(16)),)
    site = Site(
        id="small-hall",
        number=7,
        name=_text("Small hall"),
        short_name=_text("Hall"),
        address="Jalan Kecil 1",
        timezone=ZoneInfo("Asia/Jakarta"),
        floors=(Floor(1, _text("Floor 1")),),
        zones=(Zone("z", 1, _text("Zone")),),
        queues=(
            _queue("D", 1, "dukcapil", "dukcapil.ktp", "dukcapil.kk"),
            _queue("P", 2, "polri", "polri.skck"),
            _queue("N", 3, "pajak", "pajak.npwp"),
        ),
        hours=(office_hours,) * 5 + ((), ()),
        exceptions=(),
        friday_break=None,
        procedure=(),
        complaint_channels=(),
        after={"polri.skck": ("dukcapil.ktp",)},
        public_url=None,
        is_demonstration=False,
    )
    return replace(site, **changes)


def request(session_key: str, *service_ids: str, is_priority: bool = False) -> IssueRequest:
    return IssueRequest(session_key, service_ids or ("dukcapil.ktp",), is_priority, Language.INDONESIAN)


@dataclass(frozen=True)
class Machine:
    """One kiosk, running."""

    clock: FakeClock
    identity: Identity
    store: Store
    issuing: Issuing
    jobs: StoredPrintJobs


@contextmanager
def running_kiosk(
    directory: Path,
    clock: FakeClock | None = None,
    site: Site | None = None,
    config: KioskConfig | None = None,
    numbers: NumberSource | None = None,
    *,
    witness: Witness | None = None,
) -> Iterator[Machine]:
    clock = clock or FakeClock(MONDAY_10_00)
    identity = load_or_create_identity(directory)
    with Store.open(directory, clock, identity, witness) as store:
        issuing = Issuing(
            store,
            site or small_site(),
            small_catalogue(),
            identity,
            config or KioskConfig(),
            clock,
            numbers or OwnSeriesOnly(),
        )
        yield Machine(clock, identity, store, issuing, StoredPrintJobs(store, clock))


def _service(service_id: str, number: int) -> Service:
    return Service(
        id=service_id,
        number=number,
        agency_id=service_id.partition(".")[0],
        name=_text(service_id),
        requirements=(),
        fee=Fee(FeeKind.FREE),
        finishing_time=None,
        procedure=None,
        product=None,
        legal_basis=None,
        service_class="document",
        planning_minutes=10,
        counter_minutes=None,
        online_first=False,
        evidence=Evidence.HALL,
        keywords=(),
        sources=(),
    )


def _queue(code: str, number: int, agency_id: str, *service_ids: str) -> Queue:
    return Queue(code, number, agency_id, _text(agency_id), frozenset(service_ids), (Counter(number, "z"),))


def _text(words: str) -> Text:
    return Text(words, words)
