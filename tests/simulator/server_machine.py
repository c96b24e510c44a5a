"""A site server or the central one in the simulation: the product's node on a fake disk, without HTTP and threads."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from kiosk.clock import FakeClock
from kiosk.identity import Identity
from kiosk.trusted_clock import TrustedClock
from kiosk.version import RELEASED_AT
from server.epochs import raise_epoch
from server.node import Node, start_node
from server.own_log import OwnLog
from server.run import _chores
from server.settings import Role
from tests.simulator.disks import ServerDisk
from tests.simulator.door import Admitted, Door
from tests.simulator.network import Line
from tests.simulator.power import Machine, Power

CHORES: Final = frozenset({"contacts", "service day", "recovery"})
"""Those of a server's chores that numbers and logs depend on."""


@dataclass
class Process:
    """What one life of the program has in memory."""

    node: Node
    door: Door


class ServerMachine(Machine):
    """`upstream`: the line to central, for a site."""

    def __init__(self, role: Role, identity: Identity, disk: ServerDisk, power: Power, upstream: Line | None) -> None:
        super().__init__(role.value)
        self.role = role
        self.identity = identity
        self.disk = disk
        self.upstream = upstream
        self._power = power
        self.process: Process | None = None

    @property
    def is_up(self) -> bool:
        return self.process is not None

    def die(self) -> None:
        self.process = None

    def start(self, clock: FakeClock, heard: Callable[[Admitted], None]) -> None:
        """Raises StoreError, DBAPIError where the disk does not let it begin."""
        node = start_node(self.role, self.disk.database, clock, self.identity)
        self.process = Process(node, Door(node, self, self._power, heard))

    def door(self) -> Door | None:
        return None if self.process is None else self.process.door

    def do_chores(self) -> None:
        """Raises DBAPIError."""
        assert self.process is not None
        for chore in _chores(self.process.node)._due:
            if chore.name in CHORES:
                chore.work()

    def raise_epoch(self, clock: FakeClock) -> None:
        """As `giliran server restore` does before the restored server is started."""
        trusted = TrustedClock(clock, RELEASED_AT)
        log = OwnLog(self.identity.device_id, secrets.token_hex(8), trusted)
        raise_epoch(self.disk.database, self.role, log, clock)
