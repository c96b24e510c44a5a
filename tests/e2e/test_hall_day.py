"""A whole day of a hall in fast time: a server, a kiosk, two desks and a board as processes, visitors of all agencies,
breaks, transfers, no-shows, and the line of the desks and the kiosk dead in the middle of visits.

GILIRAN_VISITS: how many; scripts/test_long.sh has 400. GILIRAN_SEED: whose chance. The clocks are real: the day's
eight hours are as long as its visits take, and the line is dead for the part that 20 minutes are of them.
"""

import json
import os
import random
import threading
import time
from collections import Counter
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from kiosk.config import SyncConfig, load_config
from kiosk.domain.desk_bodies import day_closed
from kiosk.domain.events import DAY_CLOSED
from kiosk.domain.site import Site
from kiosk.domain.stop_life import Verb
from kiosk.enrolling import enrol_kiosk
from kiosk.sync.desk_wire import Role
from kiosk.sync.wire import DeviceKind
from server.invitations import Wish, invite
from server.node import open_node
from server.settings import Role as ServerRole
from server.settings import ServerSettings
from server.trusting import publish_trust_lists
from tests.bad_network import Proxy, refuse, relay
from tests.desk_at_site import DeskSite, desk_site
from tests.e2e import queue_invariants as invariants
from tests.e2e.hall_staff import PATIENCE_S, SEED, TIMES_SAID, Board, Officer, Room, Talking
from tests.paired_desk import add_officer
from tests.published_hall import HALL
from tests.real_processes import KioskProcess, Said, ServerProcess, assert_no_traceback, wait_until

VISITS: Final = int(os.environ.get("GILIRAN_VISITS", "40"))
AGENCIES: Final = 42
BATCH: Final = 10
MOST_WAITING: Final = 20
"""Stops, before the next visitors come."""
OFFLINE_EACH: Final = max(4, VISITS // 48)
"""Whom each desk serves by paper alone: the day's share of 20 minutes, and at least enough to see."""
ENOUGH_TO_MISS: Final = 200
"""Visits of which some are surely missed and come back by the kiosk."""
OUTAGE_OF_MORNING: Final = 20 / 240
STAFF: Final = ("S-11", "S-12")


@dataclass(frozen=True)
class Prepared:
    """Who was let in at a server that has ended since. `configs`: of the desks. `codes`: all queues."""

    settings: ServerSettings
    port: int
    site: Site
    services: tuple[str, ...]
    codes: list[str]
    numbers: list[int]
    configs: list[Path]
    kiosk: KioskProcess


class Visitors:
    """Who come, what they want: every agency once, in any order, before any comes again."""

    def __init__(self, kiosk: KioskProcess, services: tuple[str, ...]) -> None:
        self._kiosk = kiosk
        self._services = services
        self._deck: list[str] = []
        self._chance = random.Random(SEED)  # noqa: S311

    def take(self, count: int) -> list[Said]:
        return [self._take(self._chance.choice((1, 1, 1, 2, 3))) for _ in range(count)]

    def _take(self, stops: int) -> Said:
        wanted: list[str] = []
        while len(wanted) < stops:
            if not self._deck:
                self._deck = self._chance.sample(self._services, len(self._services))
            one = self._deck.pop()
            if one not in wanted:
                wanted.append(one)
        said = self._kiosk.issue(*wanted)
        assert said is not None, self._kiosk.errors.read_text()
        return said

    def wait_until_known(self) -> None:
        """The server has heard of all."""
        self._kiosk.wait_until(lambda told: told["written"] == told["at_site"], PATIENCE_S)


def test_a_day_of_a_hall_loses_nobody_and_calls_nobody_twice(tmp_path: Path) -> None:
    prepared = _prepared(tmp_path)
    process = ServerProcess(prepared.settings)
    process.listen = f"127.0.0.1:{prepared.port}"
    room = Room(OFFLINE_EACH, prepared.kiosk.look)
    with ExitStack() as stack:
        server = stack.enter_context(process)
        line = stack.enter_context(Proxy(relay(server.url), most_connections=100_000, longest_s=3600.0))
        board_process = Talking("tests.e2e.board_process", server.url, errors=tmp_path / "board.stderr")
        board = Board(stack.enter_context(board_process))
        kiosk = stack.enter_context(prepared.kiosk)
        kiosk.config.write_text(kiosk.config.read_text() + f'[sync]\nserver = "{line.url}"\n')
        kiosk.start()
        kiosk.wait_until(lambda told: not told["numbers_trouble"])
        officers = []
        for number, who, config in zip(prepared.numbers, STAFF, prepared.configs, strict=True):
            config.write_text(config.read_text().replace(process.url, line.url))
            desk = Talking("tests.e2e.desk_process", str(config), errors=tmp_path / f"{who}.stderr")
            officers.append(Officer(stack.enter_context(desk), number, who, prepared.codes, room, board))
        for officer in officers:
            officer.start()
        with suppress(threading.BrokenBarrierError):  # the officer who broke it says why
            _day(room, line, Visitors(kiosk, prepared.services), server.url)
        for officer in officers:
            officer.join(600)
            assert officer.failure is None, officer.failure
            assert not officer.is_alive()
        kiosk.wait_until(lambda told: told["written"] == told["at_site"], PATIENCE_S)
        kiosk.close()
        process.stop()
        assert_no_traceback(process, kiosk)
    day = _closed(prepared.settings, kiosk.said[0].day)
    assert len(kiosk.said) == len(room.tickets) == VISITS
    _judge(day, set(room.tickets), board)
    visited = {prepared.site.queue_by_service[one].agency_id for said in kiosk.said for one in said.services}
    assert len(visited) == AGENCIES
    did = sum((officer.did for officer in officers), Counter[str]())
    came_by_kiosk = sum(action.kiosk is not None for action in day.done)
    assert came_by_kiosk >= did["kiosk_returned"]
    assert came_by_kiosk or VISITS < ENOUGH_TO_MISS
    (tmp_path / "did.json").write_text(json.dumps(did))


def _judge(day: invariants.Day, labels: set[str], board: Board) -> None:
    invariants.nobody_is_lost(day, labels)
    invariants.nobody_is_called_twice(day)
    invariants.nobody_is_overtaken_by_his_own_class(day)
    invariants.every_stop_is_over(day)
    calls = {action.action for action in day.done if action.verb in (Verb.CALL, Verb.RECALL)}
    assert board.shown == Counter(calls)
    assert board.said == Counter(dict.fromkeys(calls, TIMES_SAID))
    assert any(course.conflicts for course in day.at_the_end().values())


def _day(room: Room, line: Proxy, visitors: Visitors, server_url: str) -> None:
    """Visitors come in batches; when half of them have, the line is dead, and some come whom nobody hears of."""
    began = time.monotonic()
    unheard = 2 * OFFLINE_EACH + 1
    left = VISITS
    while left:
        room.wait_for_room(MOST_WAITING)
        if left <= VISITS // 2 and not room.line_is_cut.is_set():
            room.line_is_cut.set()
            _outage(room, line, visitors, server_url, unheard, (time.monotonic() - began) * OUTAGE_OF_MORNING)
            left -= unheard
            continue
        coming = min(BATCH, left)
        room.come(visitors.take(coming))
        visitors.wait_until_known()
        left -= coming
    room.all_came.set()


def _outage(  # noqa: PLR0917  # what breaks, for whom, for how long
    room: Room, line: Proxy, visitors: Visitors, server_url: str, unheard: int, lasts_s: float
) -> None:
    room.idle.wait(PATIENCE_S)
    line.behaviour = refuse
    line.cut()
    ends = time.monotonic() + lasts_s
    tickets = visitors.take(unheard)
    room.come(tickets)
    room.untouched = list(tickets)
    room.idle.wait(PATIENCE_S)
    room.idle.wait(PATIENCE_S)
    wait_until(lambda: time.monotonic() > ends, lasts_s + 1, lambda: "time stands still")
    line.behaviour = relay(server_url)
    visitors.wait_until_known()


def _prepared(folder: Path) -> Prepared:
    with desk_site(folder) as site:
        services = _a_service_of_each_agency(site)
        for one in STAFF:
            add_officer(site.server, one, Role.SUPERVISOR, site_id=HALL)
        kiosk = KioskProcess(folder / "anjungan", "sim:slips")
        code, _ = invite(site.server.node, Wish(HALL, DeviceKind.KIOSK))
        enrol_kiosk(str(code), replace(load_config(kiosk.config), sync=SyncConfig(server=site.server.url)))
        publish_trust_lists(site.server.node)
        numbers = sorted({each.number for queue in site.site.queues for each in queue.counters})[:2]
        return Prepared(
            ServerSettings(ServerRole.SITE, folder / "server", site_file=folder / "hall.json"),
            urlsplit(site.server.url).port or 0,
            site.site,
            tuple(services),
            sorted({site.site.queue_by_service[one].code for one in services}),
            numbers,
            [_desk_file(site, f"desk-{number}") for number in numbers],
            kiosk,
        )


def _a_service_of_each_agency(site: DeskSite) -> list[str]:
    found: dict[str, str] = {}
    for queue in site.site.queues:
        for service in sorted(queue.service_ids):
            found.setdefault(queue.agency_id, service)
    assert len(found) >= AGENCIES
    return list(found.values())


def _desk_file(site: DeskSite, name: str) -> Path:
    config = site.desk_config(name)
    file = site.folder / f"{name}.toml"
    file.write_text(
        f'kind = "desk"\nname = "{name}"\ndata_dir = "{config.data_dir}"\nbind_to_machine = false\n'
        f'[sync]\nserver = "{site.server.url}"\n'
    )
    return file


def _closed(settings: ServerSettings, day: str) -> invariants.Day:
    """The day is over, as the server says when the next one opens."""
    node = open_node(settings)
    try:
        with node.database.writing() as connection:
            node.own_log.append(connection, HALL, DAY_CLOSED, day_closed(HALL, date.fromisoformat(day)))
        return invariants.read_day(node.database)
    finally:
        node.close()
