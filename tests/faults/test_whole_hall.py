"""A whole hall in real processes: four kiosks, their site server and the central one, while a nemesis kills what it
finds and spoils every line. Nothing that a visitor was told may be lost, and no number may come twice.

`GILIRAN_SEED` chooses another misfortune, `GILIRAN_TICKETS` how many visitors come.
"""

import os
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import select

from kiosk.domain.events import TICKET_ISSUED, Event, decode
from kiosk.identity import load_or_create_identity
from server.database import look_into
from server.schema import events, incarnations, stops, tickets
from server.settings import Role, ServerSettings, Upstream
from tests.bad_network import Frozen, Proxy, half_open, refuse, thin
from tests.published_hall import HALL
from tests.real_processes import (
    KioskProcess,
    ServerProcess,
    assert_no_traceback,
    open_hall_file,
    said_json,
    verified,
    wait_until,
)

KIOSKS: Final = 4
MISFORTUNES: Final = (
    *["kiosk killed"] * 4, "site killed", "central killed", *["line cut"] * 2, *["line half open"] * 2,
    *["line dead"] * 2, *["line thin"] * 2, *["lines mended"] * 4,
)  # fmt: skip
"""Each comes as often as it stands here, in any order, and then all of them again."""
SERVICES: Final = ("dukcapil.ktp-hilang", "polda.lapor-hilang")
BETWEEN_VISITORS_S: Final = 0.05
TICKETS: Final = {"sqlite": "600", "postgresql": "300"}
"""On each kind of central database, if nobody asks for more."""
TICKETS_PER_MISFORTUNE: Final = 30
STANDSTILL_S: Final = 60.0
NO_PRINTER: Final = "tcp://127.0.0.1:9"
SETTLES_WITHIN_S: Final = 60.0


class Line:
    """From a node to its server, by way of a proxy that a nemesis may make bad; new connections find it so, and those
    there are break.
    """

    def __init__(self, proxy: Proxy) -> None:
        self.url = proxy.url
        self._proxy = proxy
        self._good = Frozen("")

    def lead_to(self, server_url: str) -> None:
        self._good = Frozen(server_url)
        self._thin = thin(server_url, bytes_per_s=8_000)
        self.mend()

    def mend(self) -> None:
        self._good.thaw()
        self._proxy.behaviour = self._good
        self._proxy.cut()

    def go_dead(self) -> None:
        """Half open, in the middle of whatever is said."""
        self._good.freeze()

    def refuse(self) -> None:
        self._be(refuse)

    def swallow(self) -> None:
        self._be(half_open)

    def thin_out(self) -> None:
        self._be(self._thin)

    def _be(self, behaviour: Any) -> None:
        self._proxy.behaviour = behaviour
        self._proxy.cut()


class Hall:
    """`lines`: of the kiosks, and last the site's to central."""

    def __init__(
        self, site: ServerProcess, central: ServerProcess, kiosks: list[KioskProcess], lines: list[Line]
    ) -> None:
        self.site, self.central, self.kiosks, self.lines = site, central, kiosks, lines

    def open(self) -> None:
        """In the morning all is well: a kiosk that never saw the file of its hall has nothing to show."""
        for kiosk in self.kiosks:
            kiosk.launch()
        for kiosk in self.kiosks:
            kiosk.wait_until_ready()
            kiosk.wait_until(lambda told: not told["numbers_trouble"])

    def mend_lines(self) -> None:
        for line in self.lines:
            line.mend()

    def bring_back(self, server: ServerProcess) -> None:
        server.start()
        for line in self.lines[:-1] if server is self.site else self.lines[-1:]:
            line.lead_to(server.url)


@contextmanager
def open_hall(folder: Path, visitors: int, central_database: str | None) -> Iterator[Hall]:
    """Everybody is paired by code, through the commands that people use."""
    tries = 1000 + 2 * visitors  # where nobody answers, each ticket tries anew
    with ExitStack() as stack:
        lines = [Line(stack.enter_context(Proxy(refuse, tries))) for _ in range(KIOSKS + 1)]
        at_central = ServerSettings(Role.CENTRAL, folder / "central", central_database)
        central = stack.enter_context(ServerProcess(at_central, is_brisk=True))
        lines[-1].lead_to(central.url)
        hall_file = open_hall_file(folder)
        at_site = ServerSettings(Role.SITE, folder / "site", None, hall_file, Upstream(lines[-1].url))
        link = central.invited(lines[-1].url, "--kind", "site", "--site", HALL)
        said_json("enrol", link, "--data", str(at_site.data_dir))
        site = stack.enter_context(ServerProcess(at_site, is_brisk=True))
        kiosks = []
        for number, line in enumerate(lines[:-1], 1):
            line.lead_to(site.url)
            printer = "sim:slips" if number == 1 else NO_PRINTER
            kiosk = stack.enter_context(KioskProcess(folder / f"kiosk-{number}", printer))
            said_json("enrol", site.invited(line.url, "--site", HALL), "--config", str(kiosk.config))
            kiosks.append(kiosk)
        yield Hall(site, central, kiosks, lines)


class Day:
    """Visitors at every kiosk until `tickets` were shown a number, and a nemesis meanwhile."""

    def __init__(self, hall: Hall, tickets: int, chance: random.Random) -> None:
        self._hall = hall
        self._wanted = tickets
        self._chance = chance
        self._is_over = threading.Event()
        self._said = threading.Condition()
        self._troubles: list[BaseException] = []
        self._deck: list[str] = []
        self._returns: dict[ServerProcess, threading.Thread] = {}
        self.misfortunes: Counter[str] = Counter()

    def pass_by(self) -> None:
        visitors = [
            threading.Thread(target=self._told, args=(partial(self._visit, kiosk),)) for kiosk in self._hall.kiosks
        ]
        for thread in visitors:
            thread.start()
        try:
            for number in count(1):
                self._wait_for(min(number * TICKETS_PER_MISFORTUNE, self._wanted))
                if self._is_over.is_set():
                    break
                self._strike()
        finally:
            self._is_over.set()
            for thread in (*visitors, *self._returns.values()):
                thread.join()
        if self._troubles:
            raise self._troubles[0]

    def _visit(self, kiosk: KioskProcess) -> None:
        while not self._is_over.wait(BETWEEN_VISITORS_S):
            if not kiosk.is_running:
                kiosk.start()
            kiosk.issue(*SERVICES[: 1 + len(kiosk.said) % 2])
            with self._said:
                self._said.notify_all()

    def _wait_for(self, tickets: int) -> None:
        """Until so many were said; the day is over when all were."""

        def is_so_far() -> bool:
            said = sum(len(kiosk.said) for kiosk in self._hall.kiosks)
            if said >= self._wanted:
                self._is_over.set()
            return said >= tickets or self._is_over.is_set()

        with self._said:
            assert self._said.wait_for(is_so_far, STANDSTILL_S), "nobody gets a ticket"

    def _told(self, work: Callable[[], None]) -> None:
        """What fails on a thread is told where the test is."""
        try:
            work()
        except BaseException as trouble:  # noqa: BLE001  # told later
            self._troubles.append(trouble)
            self._is_over.set()
            with self._said:
                self._said.notify_all()

    def _strike(self) -> None:
        if not self._deck:
            self._deck = self._chance.sample(MISFORTUNES, len(MISFORTUNES))
        what = self._deck.pop()
        self.misfortunes[what] += 1
        hall, line = self._hall, self._chance.choice(self._hall.lines)
        strikes: Mapping[str, Callable[[], object]] = {
            "kiosk killed": self._chance.choice(hall.kiosks).kill,
            "site killed": partial(self._kill, hall.site),
            "central killed": partial(self._kill, hall.central),
            "line cut": line.refuse,
            "line half open": line.swallow,
            "line dead": line.go_dead,
            "line thin": line.thin_out,
            "lines mended": hall.mend_lines,
        }
        strikes[what]()

    def _kill(self, server: ServerProcess) -> None:
        """It is started again at once, which takes a while."""
        before = self._returns.get(server)
        if before is None or not before.is_alive():
            server.kill()
            self._returns[server] = threading.Thread(target=self._told, args=(partial(self._hall.bring_back, server),))
            self._returns[server].start()


def settle(hall: Hall) -> None:
    """All lines are good again: without a hand, every kiosk finds its server, and central gets whatever there is."""
    hall.mend_lines()
    for kiosk in hall.kiosks:
        if not kiosk.is_running:
            kiosk.start()
    for kiosk in hall.kiosks:
        kiosk.wait_until_settled(SETTLES_WITHIN_S)
    for kiosk in hall.kiosks:
        kiosk.close()

    def lacking() -> set[tuple[str, str, int]]:
        return heads(hall.site.settings) - heads(hall.central.settings)

    wait_until(lambda: not lacking(), SETTLES_WITHIN_S, lambda: str(lacking()))


def heads(settings: ServerSettings) -> set[tuple[str, str, int]]:
    database = look_into(settings)
    try:
        with database.reading() as connection:
            rows = connection.execute(
                select(incarnations.c.origin, incarnations.c.incarnation, incarnations.c.sequence)
            )
            return {(row[0], row[1], row[2]) for row in rows}
    finally:
        database.close()


def labels_at(settings: ServerSettings) -> Mapping[str, tuple[str, str]]:
    """Ticket -> day and label: the same in the tables and in the log, where each is written once."""
    database = look_into(settings)
    try:
        with database.reading() as connection:
            known = select(tickets.c.ticket_id, tickets.c.service_day, tickets.c.label)
            rows = {ticket: (day, label) for ticket, day, label in connection.execute(known)}
            written = [decode(raw) for raw in connection.execute(select(events.c.raw)).scalars()]
    finally:
        database.close()
    issued = [event.body for event in written if isinstance(event, Event) and event.type == TICKET_ISSUED]
    assert len(issued) == len(rows)
    assert {body["ticket_id"]: (body["service_day"], body["label"]) for body in issued} == rows
    return rows


def stops_at(settings: ServerSettings) -> Mapping[str, tuple[str, ...]]:
    """Ticket -> its services in their order."""
    database = look_into(settings)
    try:
        with database.reading() as connection:
            rows = connection.execute(
                select(stops.c.ticket_id, stops.c.service_id).order_by(stops.c.ticket_id, stops.c.position)
            ).all()
    finally:
        database.close()
    of_ticket: dict[str, tuple[str, ...]] = {}
    for ticket, service in rows:
        of_ticket[ticket] = (*of_ticket.get(ticket, ()), service)
    return of_ticket


def assert_nothing_is_lost_or_doubled(hall: Hall) -> None:
    said = [each for kiosk in hall.kiosks for each in kiosk.said]
    assert max(Counter((each.day, each.label) for each in said).values()) == 1, "no number said twice"
    central = labels_at(hall.central.settings)
    assert len(set(central.values())) == len(central), "no number given twice"
    assert {each.ticket: (each.day, each.label) for each in said}.items() <= central.items(), "no promise lost"
    services = stops_at(hall.central.settings)
    assert {each.ticket: each.services for each in said}.items() <= services.items(), "nor a place in a queue"
    assert labels_at(hall.site.settings) == central


def assert_all_agree(hall: Hall) -> None:
    """Every chain is whole, and each node derives the same from it."""
    at_site, at_central = (verified_origins(server) for server in (hall.site, hall.central))
    for kiosk in hall.kiosks:
        ((origin, total),) = verified(kiosk.data)["origins"].items()
        assert at_site[origin] == at_central[origin] == total
    own = load_or_create_identity(hall.central.folder).device_id
    assert {origin: total for origin, total in at_central.items() if origin != own} == at_site


def verified_origins(server: ServerProcess) -> Mapping[str, str]:
    facts = server.verified()
    assert facts["parked"] == 0, "all that came late has found its place"
    return dict(facts["origins"])


@pytest.mark.parametrize("database_of_central", TICKETS)
def test_whatever_is_killed_and_cut_nothing_is_lost_and_no_number_comes_twice(
    tmp_path: Path, database_of_central: str, request: pytest.FixtureRequest
) -> None:
    seed = int(os.environ.get("GILIRAN_SEED", "20261122"))
    visitors = int(os.environ.get("GILIRAN_TICKETS", TICKETS[database_of_central]))
    url = None if database_of_central == "sqlite" else request.getfixturevalue("postgresql_url")
    with open_hall(tmp_path, visitors, url) as hall:
        day = Day(hall, visitors, random.Random(seed))  # noqa: S311  # a misfortune that can be repeated
        try:
            hall.open()
            day.pass_by()
            settle(hall)
            assert_nothing_is_lost_or_doubled(hall)
            assert_all_agree(hall)
            assert_no_traceback(hall.site, hall.central, *hall.kiosks)
        except BaseException as trouble:
            trouble.add_note(f"GILIRAN_SEED={seed} GILIRAN_TICKETS={visitors}: {dict(day.misfortunes)}")
            raise
