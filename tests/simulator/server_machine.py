"""A site server or the central one in the simulation: the product's node on a fake disk, without HTTP and threads."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError

from kiosk.clock import FakeClock
from kiosk.enrolment import Enrolment
from kiosk.errors import KioskError
from kiosk.identity import Identity
from kiosk.sync.fence import EpochFence
from kiosk.trusted_clock import TrustedClock
from kiosk.version import RELEASED_AT
from server.central_contact import CentralContact
from server.epochs import raise_epoch
from server.node import Node, start_node
from server.own_log import OwnLog
from server.relay import CENTRAL, Relay
from server.settings import Role
from tests.simulator.desk_hall import serve
from tests.simulator.disks import ServerDisk
from tests.simulator.door import Admitted, Door
from tests.simulator.kiosk_machine import HALL
from tests.simulator.network import Line, SimulatedClient, Told
from tests.simulator.power import Machine, Power
from tests.simulator.stillness import at_once


@dataclass
class Process:
    """What one life of the program has in memory. `contact`: with central, where this is a site."""

    node: Node
    door: Door
    contact: CentralContact | None = None
    is_in_touch: bool = False


@dataclass(frozen=True)
class Upstream:
    """Where a site relays to. `told`: is given what central says to be safe."""

    line: Line
    told: Told
    enrolment: Enrolment


class ServerMachine(Machine):
    """`upstream`: of a site."""

    def __init__(
        self, role: Role, identity: Identity, disk: ServerDisk, power: Power, upstream: "Upstream | None" = None
    ) -> None:
        super().__init__(role.value)
        self.role = role
        self.identity = identity
        self.disk = disk
        self.upstream = upstream
        self._power = power
        self.process: Process | None = None
        self.has_counters = False

    @property
    def is_up(self) -> bool:
        return self.process is not None

    def die(self) -> None:
        self.process = None

    def start(self, clock: FakeClock, heard: Callable[[Admitted], None]) -> None:
        """Raises StoreError, DBAPIError where the disk does not let it begin."""
        node = start_node(self.role, self.disk.database, clock, self.identity)
        if self.has_counters:
            serve(node)
        self.process = Process(node, Door(node, self, self._power, heard))
        if self.upstream is not None:
            self.process.contact = self._contact(node, self.upstream)

    def _contact(self, node: Node, upstream: "Upstream") -> CentralContact:
        """As server/relaying.py does."""
        node.recoveries.expect(HALL.id, CENTRAL)
        fence = EpochFence(node.fences.highest(HALL.id, Role.CENTRAL) or None)
        client = SimulatedClient(upstream.line, HALL.id, self.identity, fence, upstream.told)
        relay = Relay(node, HALL.id, client)
        node.arrivals.add(lambda _, origin: relay.wake(origin))
        return CentralContact(node, client, relay, upstream.enrolment)

    def door(self) -> Door | None:
        return None if self.process is None else self.process.door

    def relay(self, batches: int) -> bool:
        """As server/relaying.py does: a heartbeat, a greeting, then batches. True where nothing is left.

        Raises KioskError, DBAPIError.
        """
        process = self.process
        assert process is not None
        assert process.contact is not None
        contact = process.contact
        try:
            if not process.is_in_touch:
                at_once(contact.beat())
                process.is_in_touch = True
            if contact.is_stranger:
                at_once(contact.greet())
            return not all(at_once(contact.relay.push()) for _ in range(batches))
        except (KioskError, DBAPIError):
            process.is_in_touch = False
            raise

    def greet_again(self) -> None:
        """As after a quarter of an hour."""
        if self.process is not None and self.process.contact is not None:
            self.process.contact._greeted_in = None

    def do_chores(self) -> None:
        """Those of server/run.py that numbers and logs depend on. Raises DBAPIError."""
        assert self.process is not None
        node = self.process.node
        node.contacts.write_due()
        if self.role is Role.SITE:
            node.service_days.open_due(node.database)
            node.recoveries.settle()

    def raise_epoch(self, clock: FakeClock, above: int) -> int:
        """As `giliran server restore` does before the restored server is started. Returns the new one.

        `above`: the epoch of the database that lay there until then.
        """
        trusted = TrustedClock(clock, RELEASED_AT)
        log = OwnLog(self.identity.device_id, secrets.token_hex(8), trusted)
        return raise_epoch(self.disk.database, self.role, log, clock, above=above)
