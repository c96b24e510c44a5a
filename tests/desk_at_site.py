"""Counters with their real machines, a kiosk that signs tickets, and the real server of their hall."""

import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from kiosk.clock import Clock, SystemClock
from kiosk.desk.config import DeskConfig, DeskSyncConfig
from kiosk.desk.machine import DeskMachine, DeskPace
from kiosk.desk.state import DeskState, Link
from kiosk.domain.catalogue import Catalogue
from kiosk.domain.event_bodies import ticket_issued
from kiosk.domain.events import TICKET_ISSUED
from kiosk.domain.language import Language
from kiosk.domain.numbering import format_label
from kiosk.domain.site import Site
from kiosk.domain.ticket import Stop, Ticket, TicketId
from kiosk.domain.token import Claims, build_payload, sign
from kiosk.enrolling import enrol_desk
from kiosk.identity import Identity, load_or_create_identity
from kiosk.site_file import parse_site
from kiosk.store.database import transaction
from kiosk.store.log import append
from kiosk.store.writer import Store
from kiosk.sync.client import Deadlines
from kiosk.sync.desk_wire import CounterState, DeskVerb, DeskView, Refusal, Role
from kiosk.sync.engine import SyncEngine
from kiosk.sync.wire import DeviceKind
from server.invitations import Wish, invite
from server.run import Server
from server.settings import Role as ServerRole
from server.settings import ServerSettings
from server.trusting import publish_trust_lists
from tests.kiosk_at_site import LIVELY
from tests.paired_desk import PIN, add_officer
from tests.published_hall import HALL, catalogue_bytes, let_in, numbers_bytes
from tests.real_processes import open_hall_file

PATIENCE_S: Final = 20.0
PACE: Final = DeskPace(
    deeds=Deadlines(connect_s=0.5, total_s=1.0),
    look_every_s=2.0,
    probe_every_s=0.1,
    rest_s=0.02,
    enrolment_every_s=0.05,
    sync=LIVELY,
)


@dataclass
class DeskSite:
    """`queue` and `services`: a line that `counter` and `other_counter` serve, and what one may want there."""

    folder: Path
    server: Server
    site: Site
    catalogue: Catalogue
    kiosk: Identity
    day: date
    _numbers: int = field(default=0)

    def ticket(self, *service_ids: str, day: date | None = None, signer: Identity | None = None) -> Ticket:
        """As a kiosk signs it; nobody else has heard of it."""
        self._numbers += 1
        signer = signer or self.kiosk
        services = [self.catalogue.services[one] for one in service_ids]
        queue = self.site.queue_by_service[service_ids[0]]
        ticket_id = TicketId(secrets.token_hex(8))
        day = day or self.day
        claims = Claims(
            signer.key_id, self.site.number, 1, day, queue.number, 1, self._numbers, 600, ticket_id,
            tuple(service.number for service in services),
        )  # fmt: skip
        return Ticket(
            id=ticket_id,
            site_id=HALL,
            service_day=day,
            series=1,
            queue_code=queue.code,
            number=self._numbers,
            label=format_label(queue.code, self._numbers, 1),
            stops=tuple(
                Stop(position, service.id, service.number, self.site.queue_by_service[service.id].code)
                for position, service in enumerate(services, start=1)
            ),
            is_priority=False,
            language=Language.INDONESIAN,
            issued_at=datetime.now(UTC),
            clock_trusted=True,
            token=sign(build_payload(claims), signer.sign),
            people_ahead=tuple(0 for _ in services),
        )

    def tell(self, *tickets: Ticket) -> None:
        """The kiosk says to the server what it issued."""
        folder = self.folder / "kiosk"
        said = threading.Event()
        with Store.open(folder, SystemClock(), self.kiosk) as store:

            def write(db: Any) -> None:
                with transaction(db):
                    for ticket in tickets:
                        append(db, store.node, TICKET_ISSUED, ticket_issued(ticket, "c" * 64))

            store.call(write)
            engine = SyncEngine(
                store,
                self.kiosk,
                self.server.url,
                SystemClock(),
                lambda status: said.set() if status.backlog == 0 and status.last_contact else None,
                site_id=HALL,
                pace=LIVELY,
            )
            engine.start()
            assert said.wait(PATIENCE_S)
            engine.stop()

    def desk_config(self, name: str, url: str | None = None) -> DeskConfig:
        """Of a machine that a code has let in."""
        config = DeskConfig(name=name, data_dir=self.folder / name, bind_to_machine=False)
        code, _ = invite(self.server.node, Wish(HALL, DeviceKind.DESK))
        enrol_desk(str(code), replace(config, sync=DeskSyncConfig(server=self.server.url)))
        return replace(config, sync=DeskSyncConfig(server=url or self.server.url))


@contextmanager
def desk_site(folder: Path, *officers: str) -> Iterator[DeskSite]:
    settings = ServerSettings(ServerRole.SITE, folder / "server", site_file=open_hall_file(folder))
    with Server(settings) as server:
        (folder / "kiosk").mkdir()
        kiosk = let_in(server.node, identity=load_or_create_identity(folder / "kiosk"))
        for officer in officers or ("P-01", "P-02"):
            add_officer(server, officer, site_id=HALL)
        add_officer(server, "S-01", Role.SUPERVISOR, site_id=HALL)
        publish_trust_lists(server.node)
        with server.node.database.writing() as connection:
            day = server.node.service_days.ensure(connection, HALL)
        catalogue = _catalogue()
        site = parse_site("hall.json", (folder / "hall.json").read_bytes(), catalogue)
        yield DeskSite(folder, server, site, catalogue, kiosk, day)


class Counter:
    """A desk's machine, and everything that it has shown."""

    def __init__(self, config: DeskConfig, clock: Clock | None = None, pace: DeskPace = PACE) -> None:
        self.machine = DeskMachine(config, clock or SystemClock(), pace)
        self.shown: list[DeskState] = []
        self._changed = threading.Condition()
        self.machine.start()
        self.machine.watch(self._note)

    @property
    def state(self) -> DeskState:
        return self.machine.state

    def wait_until(self, holds: Callable[[DeskState], bool], within_s: float = PATIENCE_S) -> DeskState:
        with self._changed:
            assert self._changed.wait_for(lambda: holds(self.machine.state), within_s), self.machine.state
            return self.machine.state

    def sign_in(self, counter: int, staff: str = "P-01") -> DeskState:
        self.machine.sign_in(staff, PIN, counter)
        self.wait_until(lambda state: state.person is not None and state.view is not None)
        self.machine.set_counter(counter, CounterState.OPEN)
        return self.wait_until(
            lambda state: (
                state.view is not None
                and state.view.counter is not None
                and state.view.counter.state is CounterState.OPEN
            )
        )

    def scan(self, text: str) -> DeskState:
        count = self.state.scan_count
        self.machine.scan(text)
        return self.wait_until(lambda state: state.scan_count > count and not state.busy)

    def do(self, deed: Callable[[DeskMachine], None]) -> Refusal | None:
        """What the answer is; None: done."""
        count = self.state.answer_count
        deed(self.machine)
        answer = self.wait_until(lambda state: state.answer_count > count and not state.busy).answer
        assert answer is not None
        return answer.refusal

    def acts(self, verb: DeskVerb) -> Refusal | None:
        return self.do(lambda machine: machine.act(verb))

    @property
    def view(self) -> DeskView:
        assert self.state.view is not None
        return self.state.view

    @property
    def served(self) -> str | None:
        """The label of who is at this counter, as the server sees it."""
        return None if self.view.visit is None else self.view.visit.label

    @property
    def served_alone(self) -> str | None:
        """And as this desk knows by itself."""
        visit = self.state.offline_visit
        return None if visit is None else visit.label

    def wait_until_live(self) -> DeskState:
        return self.wait_until(lambda state: state.link is Link.LIVE)

    def wait_until_cut_off(self) -> DeskState:
        return self.wait_until(lambda state: state.link is Link.CUT_OFF)

    def wait_until_ready_to_be_cut_off(self) -> DeskState:
        """All is handed down, and sent."""
        return self.wait_until(lambda state: state.can_judge and state.unsent == 0)

    def close(self) -> None:
        self.machine.close()

    def _note(self, state: DeskState) -> None:
        with self._changed:
            self.shown.append(state)
            self._changed.notify_all()


@contextmanager
def counter(config: DeskConfig, clock: Clock | None = None, pace: DeskPace = PACE) -> Iterator[Counter]:
    desk = Counter(config, clock, pace)
    try:
        yield desk
    finally:
        desk.close()


def _catalogue() -> Catalogue:
    from kiosk.catalogue_file import parse_catalogue  # noqa: PLC0415

    return parse_catalogue("catalogue.json", catalogue_bytes(), numbers_bytes())
