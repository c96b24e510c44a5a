"""A kiosk that gives numbers to visitors, with the way to its server open: issuing and sync together, for real."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import time as wall_time
from pathlib import Path

from kiosk.clock import FakeClock
from kiosk.config import KioskConfig, SyncConfig
from kiosk.domain.numbering import NumbersToCome
from kiosk.domain.site import TimeRange
from kiosk.domain.ticket import Ticket
from kiosk.identity import Identity, load_or_create_identity
from kiosk.store.log import acknowledged
from kiosk.sync.engine import SyncEngine
from kiosk.sync.pace import Pace
from kiosk.sync.status import SyncState, SyncStatus
from server.devices import DeviceRecord
from server.enrolment import enrol
from tests.paired_kiosk import PATIENCE_S, QUICK, SITE
from tests.postgresql import database_of
from tests.small_hall import Machine, request, running_kiosk, small_site

LIVELY: Pace = replace(QUICK, heartbeat_every_s=0.1, first_missed_s=0.05, longest_missed_s=0.2)
"""Waits as short as a test wants them; the time that a visitor waits is the real one."""

_A_MOMENT_S = 0.01


def admit(kiosk_dir: Path, server_dir: Path, number: int = 1, letter: str = "A") -> Identity:
    """Lets a kiosk in at the server whose data lie in `server_dir`."""
    kiosk_dir.mkdir(parents=True, exist_ok=True)
    identity = load_or_create_identity(kiosk_dir)
    record = DeviceRecord(identity.device_id, identity.public_key, SITE, number, letter, f"Anjungan {number}")
    enrol(server_dir, record, database_of(server_dir))
    return identity


@dataclass
class KioskAtSite:
    """`said`: every status, in order. `versions`: what the server last said of its snapshots."""

    machine: Machine
    engine: SyncEngine
    said: list[SyncStatus]
    versions: dict[str, int]
    _visitors: int = field(default=0)

    def issue(self) -> Ticket:
        self._visitors += 1
        ticket = self.machine.issuing.issue(request(f"{self.machine.store.node.incarnation} {self._visitors}")).ticket
        self.engine.wake()
        return ticket

    def timed(self) -> tuple[str, float]:
        """The next ticket's label, and the seconds that its visitor waited."""
        began = time.monotonic()
        label = self.issue().label
        return label, time.monotonic() - began

    def wait_until(self, holds: Callable[[], bool]) -> None:
        """Looks again every moment: what is waited for tells nobody when it comes."""
        never = threading.Event()
        deadline = time.monotonic() + PATIENCE_S
        while not holds():
            assert time.monotonic() < deadline, (self.engine.status, self.engine.numbers_trouble)
            never.wait(_A_MOMENT_S)

    def wait_until_synced(self) -> None:
        """All that is written by now is acknowledged, and the kiosk knows it."""
        count = self.machine.store.call(lambda db: db.conn.execute("SELECT count(*) FROM events").fetchone()[0])
        self.wait_until(lambda: sum(self.machine.store.call(lambda db: acknowledged(db, "site")).values()) >= count)
        self.wait_until(lambda: (self.engine.status.state, self.engine.status.backlog) == (SyncState.ONLINE, 0))

    def wait_until_shared(self) -> None:
        self.wait_until(lambda: not self.engine.numbers_trouble)

    def wait_until_alone(self) -> None:
        self.wait_until(lambda: bool(self.engine.numbers_trouble))


@contextmanager
def kiosk_at_site(  # noqa: PLR0917  # a test's list
    kiosk_dir: Path, server_url: str, clock: FakeClock, letter: str = "A", pace: Pace = LIVELY, printer: str = "ready"
) -> Iterator[KioskAtSite]:
    """Open day and night: the day of a real server's clock may be any."""
    numbers = NumbersToCome()
    config = KioskConfig(letter=letter, sync=SyncConfig(server=server_url))
    site = small_site(hours=((TimeRange(wall_time(0), wall_time(23, 59)),),) * 7)
    with running_kiosk(kiosk_dir, clock, site, config, numbers) as machine:
        said: list[SyncStatus] = []
        versions: dict[str, int] = {}

        def keep(newest: Mapping[str, int]) -> None:
            versions.update(newest)

        engine = SyncEngine(
            machine.store,
            machine.identity,
            server_url,
            clock,
            said.append,
            site_id=SITE,
            pace=pace,
            chance=lambda: 0.5,
            printer=lambda: printer,
            on_snapshots=keep,
            outlook=machine.issuing.outlook,
        )
        engine.start()
        numbers.source = engine.numbers
        try:
            yield KioskAtSite(machine, engine, said, versions)
        finally:
            engine.stop()
