"""From the press on "Ambil nomor": until the ticket is durable, until its first byte leaves for the printer, and until
the printer has said that the slip is out.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bench.measurement import Budget, Measurement
from bench.paper import Hall, measure_paper
from kiosk.catalogue_file import load_catalogue
from kiosk.clock import FakeClock
from kiosk.config import KioskConfig
from kiosk.domain.catalogue import Catalogue
from kiosk.domain.language import Language
from kiosk.domain.numbering import OwnSeriesOnly
from kiosk.domain.site import Site
from kiosk.domain.ticket import IssueRequest
from kiosk.identity import load_or_create_identity
from kiosk.issuing import Issuing
from kiosk.paths import resource_path
from kiosk.site_file import load_site
from kiosk.store.database import open_database, transaction
from kiosk.store.log import read_after
from kiosk.store.writer import Store

TICKETS: Final = 1000
WARM_UP: Final = 10

_OPENING_HOURS: Final = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def measure() -> Sequence[Measurement]:
    catalogue = load_catalogue(
        resource_path("assets/catalogue/mpp-jakarta.json"), resource_path("assets/catalogue/service-numbers.json")
    )
    site = load_site(resource_path("assets/sites/mpp-jakarta.json"), catalogue)
    with TemporaryDirectory() as folder, kiosk_at_work(Path(folder), site, catalogue) as kiosk:
        hall = Hall(site, catalogue, kiosk.store, kiosk.clock, kiosk.folder, lambda: _issue(kiosk))
        return _durable(kiosk), *measure_paper(hall)


def _issue(kiosk: "KioskAtWork") -> None:
    kiosk.issuing.issue(kiosk.next_visitor())


@dataclass
class KioskAtWork:
    """A kiosk at work, and where its visitors come from."""

    folder: Path
    store: Store
    clock: FakeClock
    issuing: Issuing
    services: Sequence[str]
    visitors: int = 0

    def next_visitor(self) -> IssueRequest:
        self.visitors += 1
        service = self.services[self.visitors % len(self.services)]
        return IssueRequest(f"visitor {self.visitors}", (service,), is_priority=False, language=Language.INDONESIAN)


@contextmanager
def kiosk_at_work(folder: Path, site: Site, catalogue: Catalogue) -> Iterator[KioskAtWork]:
    clock = FakeClock(_OPENING_HOURS)
    identity = load_or_create_identity(folder)
    with Store.open(folder, clock, identity) as store:
        issuing = Issuing(store, site, catalogue, identity, KioskConfig(), clock, OwnSeriesOnly())
        unlimited = sorted(service for service, queue in site.queue_by_service.items() if queue.quota is None)
        kiosk = KioskAtWork(folder, store, clock, issuing, unlimited)
        for _ in range(WARM_UP):
            issuing.issue(kiosk.next_visitor())
        yield kiosk


def _durable(kiosk: KioskAtWork) -> Measurement:
    """Milliseconds, one by one in turn with a bare commit: the same pragmas, as many bytes in one row."""
    bare = open_database(kiosk.folder / "bare.db")
    bare.conn.execute("CREATE TABLE row (content BLOB NOT NULL) STRICT")
    content = b"x" * _bytes_of_a_ticket(kiosk.store)
    samples, baseline = [], []
    for _ in range(TICKETS):
        visitor = kiosk.next_visitor()
        begun = time.perf_counter()
        kiosk.issuing.issue(visitor)
        issued = time.perf_counter()
        with transaction(bare):
            bare.conn.execute("INSERT INTO row VALUES (?)", (content,))
        samples.append((issued - begun) * 1000)
        baseline.append((time.perf_counter() - issued) * 1000)
    bare.close()
    return Measurement("durable ticket / bare commit", "ms", samples, baseline, (Budget("ratio", 3),))


def _bytes_of_a_ticket(store: Store) -> int:
    """What the last ticket added: its event, and its rows as text."""
    (event,) = store.call(lambda db: read_after(db, store.node.incarnation, WARM_UP, max_events=1))
    rows = store.call(
        lambda db: [
            db.conn.execute(f"SELECT * FROM {table} LIMIT 1").fetchone()  # noqa: S608  # our own table names
            for table in ("tickets", "stops", "print_jobs")
        ]
    )
    return len(event.raw) + sum(len(str(value)) for row in rows for value in row)
