"""A kiosk's store and a server that know each other: both ends of the sync protocol on one machine, for real."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import select

from kiosk.clock import SystemClock
from kiosk.domain.event_bodies import ticket_issued
from kiosk.domain.events import TICKET_ISSUED
from kiosk.domain.language import Language
from kiosk.domain.ticket import Stop, Ticket, TicketId
from kiosk.identity import Identity, load_or_create_identity
from kiosk.store.database import transaction
from kiosk.store.log import acknowledged, append, heads, read_after
from kiosk.store.writer import Store
from kiosk.sync.client import Deadlines
from kiosk.sync.engine import SyncEngine
from kiosk.sync.pace import Pace
from kiosk.sync.status import SyncState, SyncStatus
from server.database import open_database
from server.devices import DeviceRecord
from server.enrolment import enrol
from server.run import Server
from server.schema import events
from server.settings import Role, ServerSettings
from tests.postgresql import database_of
from tests.small_hall import MONDAY_10_00

SITE = "small-hall"
PATIENCE_S = 10.0
"""What a test waits for at most."""

QUICK = Pace(hello_every_s=0.5, first_backoff_s=0.02, longest_backoff_s=0.1, deadlines=Deadlines(total_s=5.0))
IMPATIENT = replace(QUICK, deadlines=Deadlines(connect_s=1.0, total_s=1.0))
"""For lines on which nothing comes back; a loaded machine still answers in this time."""


def pair(kiosk_dir: Path, server_dir: Path, database: str | None = None) -> Identity:
    """`database`, here and below: of the server, where it is not what the fixture `on_both_databases` says."""
    kiosk_dir.mkdir(parents=True, exist_ok=True)
    identity = load_or_create_identity(kiosk_dir)
    enrol(
        server_dir,
        DeviceRecord(identity.device_id, identity.public_key, SITE, 1, "A", "Anjungan 1"),
        database or database_of(server_dir),
    )
    return identity


def site_server(server_dir: Path, listen: str = "127.0.0.1:0", database: str | None = None, **options: Any) -> Server:
    return Server(ServerSettings(Role.SITE, server_dir, database or database_of(server_dir)), listen, **options)


class PairedKiosk:
    """A store that is written to, an engine that brings it to `server_url`, and everything the engine said."""

    def __init__(
        self, store: Store, identity: Identity, server_url: str, pace: Pace = QUICK, authority: Path | None = None
    ) -> None:
        self.store = store
        self.identity = identity
        self.said: list[SyncStatus] = []
        self._changed = threading.Condition()
        self.engine = SyncEngine(
            store,
            identity,
            server_url,
            SystemClock(),
            self._note,
            site_id=SITE,
            pace=pace,
            chance=lambda: 0.5,
            authority=authority,
        )

    def write(self, count: int = 1) -> None:
        """As many issued tickets, without a number shared, and no word to the engine."""
        node = self.store.node

        def work(db: Any) -> None:
            with transaction(db):
                for _ in range(count):
                    taken = db.conn.execute("SELECT count(*) FROM events").fetchone()[0]
                    append(db, node, TICKET_ISSUED, ticket_issued(some_ticket(taken), "c" * 64))

        self.store.call(work)

    def issue(self, count: int = 1) -> None:
        self.write(count)
        self.engine.wake()

    def log(self) -> Mapping[str, Sequence[bytes]]:
        """Incarnation -> the exact bytes of its events."""
        return self.store.call(
            lambda db: {
                head.incarnation: [event.raw for event in read_after(db, head.incarnation, 0, 10**6, 10**9)]
                for head in heads(db)
            }
        )

    def acknowledged(self) -> Mapping[str, int]:
        return self.store.call(lambda db: acknowledged(db, "site"))

    def wait_until(self, holds: Callable[[SyncStatus], bool]) -> SyncStatus:
        with self._changed:
            assert self._changed.wait_for(lambda: holds(self.engine.status), PATIENCE_S), self.engine.status
            return self.engine.status

    def wait_until_pushed(self) -> None:
        """All that is written by now is acknowledged."""
        wanted = {incarnation: len(events) for incarnation, events in self.log().items()}
        with self._changed:
            assert self._changed.wait_for(lambda: self.acknowledged() == wanted, PATIENCE_S), self.engine.status

    def wait_until_central_holds_it(self) -> None:
        """All that is written by now, as the site server has told the kiosk."""
        wanted = {incarnation: len(events) for incarnation, events in self.log().items()}

        def is_told() -> bool:
            return self.store.call(lambda db: acknowledged(db, "central")) == wanted

        with self._changed:
            assert self._changed.wait_for(is_told, PATIENCE_S), self.engine.status

    def wait_until_synced(self) -> None:
        """The same, and the kiosk knows that all is well."""
        self.wait_until_pushed()
        self.wait_until(lambda status: status.state is SyncState.ONLINE and status.backlog == 0)

    def _note(self, status: SyncStatus) -> None:
        with self._changed:
            self.said.append(status)
            self._changed.notify_all()


@contextmanager
def paired_kiosk(
    kiosk_dir: Path, identity: Identity, server_url: str, pace: Pace = QUICK, authority: Path | None = None
) -> Iterator[PairedKiosk]:
    with Store.open(kiosk_dir, SystemClock(), identity) as store:
        kiosk = PairedKiosk(store, identity, server_url, pace, authority)
        kiosk.engine.start()
        try:
            yield kiosk
        finally:
            kiosk.engine.stop()


def held(server_dir: Path, origin: str, database: str | None = None) -> Mapping[str, Sequence[bytes]]:
    """Incarnation -> the exact bytes that the server keeps, read from its database."""
    settings = ServerSettings(Role.SITE, server_dir, database or database_of(server_dir))
    opened = open_database(settings, SystemClock())
    try:
        with opened.reading() as connection:
            rows = connection.execute(
                select(events.c.incarnation, events.c.raw)
                .where(events.c.site_id == SITE, events.c.origin == origin)
                .order_by(events.c.incarnation, events.c.sequence)
            ).all()
    finally:
        opened.close()
    kept: dict[str, list[bytes]] = {}
    for incarnation, raw in rows:
        kept.setdefault(incarnation, []).append(raw)
    return kept


def some_ticket(number: int) -> Ticket:
    return Ticket(
        id=TicketId(f"{number:016x}"),
        site_id=SITE,
        service_day=MONDAY_10_00.date(),
        series=1,
        queue_code="D",
        number=number,
        label=f"D-{number:03d}A",
        stops=(Stop(1, "dukcapil.ktp", 11, "D"),),
        is_priority=False,
        language=Language.INDONESIAN,
        issued_at=MONDAY_10_00,
        clock_trusted=True,
        token="",
        people_ahead=(number,),
    )
