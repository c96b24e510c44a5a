"""All machines of one simulation, the time they share, and what the harness remembers of them."""

import base64
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from random import Random
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.exc import DBAPIError

from kiosk.clock import FakeClock
from kiosk.domain.ticket import Ticket
from kiosk.enrolment import Enrolment
from kiosk.errors import KioskError
from kiosk.identity import Identity
from kiosk.sync.wire import HELLO_PATH, DeviceKind
from server.database import _open_epoch, milliseconds
from server.devices import DeviceRecord
from server.enrolment import admit
from server.node import start_node
from server.settings import Role
from tests.simulator.counter_book import CounterBook
from tests.simulator.desk_hall import add_officers, enrolment, trust_in
from tests.simulator.desk_machine import DeskStation, recollected
from tests.simulator.desk_machine import Upstream as DeskUpstream
from tests.simulator.disks import Disk, KioskDisk, ServerDisk
from tests.simulator.door import Admitted, Door
from tests.simulator.kiosk_machine import HALL, LETTERS, KioskMachine
from tests.simulator.memory_folder import DeskDisk
from tests.simulator.network import Line
from tests.simulator.power import Machine, Power
from tests.simulator.promises import Contact, Key, Promises
from tests.simulator.server_machine import ServerMachine, Upstream
from tests.small_hall import MONDAY_10_00

Tell = Callable[[str], None]
AnyMachine = KioskMachine | DeskStation | ServerMachine
MOST_KIOSKS: Final = 4
SITE_KEY: Final = 10
CENTRAL_KEY: Final = 11
FIRST_DESK_KEY: Final = 20


@dataclass
class Snapshot:
    """A copy of a machine's disk, as a backup or an image keeps it."""

    machine: "AnyMachine"
    disk: Disk


class World:
    def __init__(
        self, kiosks: int, tell: Tell, alarms: Sequence[Mapping[str, Any]], skews_s: Sequence[int] = ()
    ) -> None:
        """`alarms`: the errors that the product has logged so far. `skews_s`: one for each desk."""
        self.tell = tell
        self.alarms = alarms
        self.promises = Promises()
        self.power = Power(tell)
        self.now = self._minute = MONDAY_10_00
        self.clocks: dict[str, FakeClock] = {}
        self.snapshots: list[Snapshot] = []
        self.upstream = Line("site->central", self._central_door, tell)
        counters = len(skews_s)
        self.central = ServerMachine(
            Role.CENTRAL, identity(CENTRAL_KEY), _server_disk(Role.CENTRAL, counters), self.power
        )
        self.site = ServerMachine(
            Role.SITE,
            identity(SITE_KEY),
            _server_disk(Role.SITE, counters),
            self.power,
            Upstream(self.upstream, self._told_by_central, _enrolment()),
        )
        self.site.has_counters = counters > 0
        self.kiosks = [self._kiosk(number) for number in range(1, kiosks + 1)]
        self.desks = [self._desk(number, kiosks) for number in range(1, counters + 1)]
        self.book = CounterBook()
        for desk, skew_s in zip(self.desks, skews_s, strict=True):
            self.clock(desk).jump(self.now + timedelta(seconds=skew_s))
        self.site_clock_is_good = True
        self.cloned: set[str] = set()
        """Origins that two machines write as."""
        self.revoked: set[str] = set()
        self.has_forgotten_an_epoch = False
        """A server was put back to before an earlier restore: its copy does not know what was given out since."""
        self.mute = {self.central.identity.device_id}
        """Origins whose log goes nowhere."""
        self.restored: set[str] = set()
        """Names of machines whose disk was put back."""

    @property
    def machines(self) -> tuple[AnyMachine, ...]:
        return (self.site, self.central, *self.correspondents)

    @property
    def correspondents(self) -> tuple[KioskMachine | DeskStation, ...]:
        """Whoever tells the site what it wrote."""
        return (*self.kiosks, *self.desks)

    @property
    def last(self) -> ServerMachine:
        """The end of the way of every event."""
        return self.central

    def origin_of(self, name: str) -> str:
        return next(kiosk.identity.device_id for kiosk in self.kiosks if kiosk.name == name)

    @property
    def lines(self) -> tuple[Line, ...]:
        return (self.upstream, *(one.line for one in self.correspondents))

    def clock(self, machine: Machine) -> FakeClock:
        return self.clocks.setdefault(machine.name, FakeClock(self.now))

    def pass_time(self, by: timedelta) -> None:
        self.now += by
        for machine in self.machines:
            self.clock(machine).advance(by)

    def begins_minute(self) -> bool:
        """Whether a minute or more has passed since this was last so."""
        if self.now - self._minute < timedelta(minutes=1):
            return False
        self._minute = self.now
        return True

    def start(self, machine: AnyMachine, chance: Random) -> None:
        """Switches it on; a disk that is full may not let it."""
        if machine.is_up:
            return
        try:
            with self.power.on(machine):
                if isinstance(machine, KioskMachine):
                    name, machine.witness_told_at = machine.name, self.now
                    machine.start(self.clock(machine), chance, lambda ticket, copy: self._paper(name, ticket, copy))
                elif isinstance(machine, DeskStation):
                    machine.start(self.clock(machine), chance)
                    self.book.faults += recollected(machine)
                else:
                    machine.start(self.clock(machine), lambda admitted: self._heard(machine, admitted))
        except (KioskError, DBAPIError) as error:
            machine.die()
            self.tell(f"{machine.name} does not start: {error}")

    def put_back(self, machine: AnyMachine, snapshot: Snapshot) -> None:
        """The machine is off. Its disk holds again what it once held."""
        self.restored.add(machine.name)
        if isinstance(machine, KioskMachine):
            self.promises.forget_untold(machine.name, machine.witness_told_at)
        if isinstance(machine, DeskStation):
            machine.may_forget = True
        before = set(self.held(machine))
        machine.disk.put_back(snapshot.disk)
        machine.disk.free()
        after = set(self.held(machine))
        elsewhere = {key for other in self.machines if other is not machine for key in self.held(other)}
        self.promises.put_back(before - after, after - before, elsewhere)

    def held(self, machine: AnyMachine) -> Mapping[Key, tuple[str, bytes]]:
        """Every event on its disk: hash and bytes."""
        connection = machine.disk.connection
        if not isinstance(machine, ServerMachine):
            rows = connection.execute(
                "SELECT ?, incarnation, sequence, hash, raw FROM events ORDER BY 2, 3", (machine.identity.device_id,)
            )
        else:
            rows = connection.execute(
                "SELECT origin, incarnation, sequence, hash, raw FROM events WHERE site_id = ? ORDER BY 1, 2, 3",
                (HALL.id,),
            )
        return {Key(*row[:3]): (row[3], bytes(row[4])) for row in rows.fetchall()}

    def note_written(self) -> None:
        """After each step, in which time stood still: what is new on a kiosk's disk was written just now."""
        at_ms = milliseconds(self.clock(self.site).now())
        for kiosk in self.kiosks:
            origin = kiosk.identity.device_id
            query = "SELECT incarnation, sequence FROM events WHERE position > ? ORDER BY position"
            rows = kiosk.disk.connection.execute(query, (kiosk.noted,)).fetchall()
            for incarnation, sequence in rows:
                self.promises.written_ms.setdefault(Key(origin, incarnation, sequence), at_ms)
            (kiosk.noted,) = kiosk.disk.connection.execute("SELECT coalesce(max(position), 0) FROM events").fetchone()

    def clone(self, original: KioskMachine) -> KioskMachine:
        """Another machine with a copy of its disk, key and all; without its witness, which lies elsewhere."""
        self.cloned.add(original.identity.device_id)
        name = f"{original.name}'s clone"
        line = Line(f"{name}->site", self._site_door, self.tell)
        disk = KioskDisk(original.disk)
        twin = KioskMachine(name, original.config.number, original.identity, disk, line, self._told_by_site)
        twin.noted = original.noted
        self.kiosks.append(twin)
        return twin

    def _kiosk(self, number: int) -> KioskMachine:
        name = f"kiosk-{number}"
        line = Line(f"{name}->site", self._site_door, self.tell)
        return KioskMachine(name, number, identity(number), KioskDisk(_new_kiosk()), line, self._told_by_site)

    def _desk(self, number: int, kiosks: int) -> DeskStation:
        key, name = identity(FIRST_DESK_KEY + number), f"desk-{number}"
        trust = trust_in([identity(kiosk) for kiosk in range(1, kiosks + 1)])
        upstream = DeskUpstream(
            Line(f"{name}->site", self._site_door, self.tell),
            self._told_by_site,
            enrolment(key, name, identity(SITE_KEY)),
            trust,
        )
        return DeskStation(number, key, DeskDisk(_new_kiosk()), upstream)

    def _told_by_site(self, origin: str, held: Mapping[str, int], central: Mapping[str, int]) -> None:
        for incarnation, sequence in held.items():
            self.promises.acknowledge(origin, incarnation, sequence, "site")
        for incarnation, sequence in central.items():
            self.promises.safe_at_central(origin, incarnation, sequence, self._held_by_central)

    def _held_by_central(self) -> Container[Key]:
        return self.held(self.central)

    def _told_by_central(self, origin: str, held: Mapping[str, int], _: Mapping[str, int]) -> None:
        for incarnation, sequence in held.items():
            self.promises.safe_at_central(origin, incarnation, sequence, self._held_by_central)

    def _site_door(self) -> Door | None:
        return self.site.door()

    def _central_door(self) -> Door | None:
        return self.central.door()

    def _paper(self, machine: str, ticket: Ticket, copy: int) -> None:
        self.tell(f"{machine} prints {ticket.label} of {ticket.service_day}, copy {copy}")
        self.promises.printed(ticket, copy, machine, self.now)
        self.book.tokens[ticket.id] = ticket.token

    def _heard(self, machine: ServerMachine, admitted: Admitted) -> None:
        if machine is self.site and admitted.path == HELLO_PATH:
            at_ms = milliseconds(self.clock(machine).now())
            self.promises.contacts.append(Contact(admitted.signed.device.device_id, at_ms))


@cache
def identity(number: int) -> Identity:
    """The same keys in every run: a replay signs the same bytes."""
    return Identity(Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32))


@cache
def _enrolment() -> Enrolment:
    """Of the site at central."""
    key, authority = identity(SITE_KEY), identity(CENTRAL_KEY)
    return Enrolment(
        server_url="http://simulated.invalid",
        site=HALL.id,
        device=key.device_id,
        kind=DeviceKind.SITE,
        name="site",
        server=authority.device_id,
        server_key=base64.b64encode(authority.public_key).decode(),
        server_epoch=1,
        authorities=(),
    )


@cache
def _new_kiosk() -> KioskDisk:
    return KioskDisk.formatted()


@cache
def _only_disk(_: Role) -> ServerDisk:
    """Used by one simulation after the other: SQLAlchemy compiles each statement once for it."""
    return ServerDisk()


def _server_disk(role: Role, counters: int) -> ServerDisk:
    disk = _only_disk(role)
    disk.free()
    disk.put_back(_new_server(role, counters))
    return disk


@cache
def _new_server(role: Role, counters: int) -> ServerDisk:
    """Migrated, with everybody paired who will ever ask; made once, copied for each simulation."""
    disk = ServerDisk.formatted()
    clock = FakeClock(MONDAY_10_00)
    with disk.database.writing() as connection:
        _open_epoch(connection, clock)
    node = start_node(role, disk.database, clock, identity(SITE_KEY if role is Role.SITE else CENTRAL_KEY))
    if role is Role.CENTRAL:
        key = identity(SITE_KEY)
        admit(node, DeviceRecord(key.device_id, key.public_key, HALL.id, None, None, "site", DeviceKind.SITE))
        return disk
    for number in range(1, MOST_KIOSKS + 1):
        key, letter = identity(number), LETTERS[number - 1]
        admit(node, DeviceRecord(key.device_id, key.public_key, HALL.id, number, letter, f"kiosk-{number}"))
    for number in range(1, counters + 1):
        key = identity(FIRST_DESK_KEY + number)
        admit(node, DeviceRecord(key.device_id, key.public_key, HALL.id, None, None, f"desk-{number}", DeviceKind.DESK))
    add_officers(node, counters)
    return disk
