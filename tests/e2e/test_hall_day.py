"""A whole day of a hall in fast time: a server, two desks and a board as processes, a kiosk that signs tickets for all
agencies, breaks, transfers, no-shows, and the line of the desks and the kiosk dead for a while.

GILIRAN_VISITS: how many; scripts/test_long.sh has 400. GILIRAN_SEED: whose chance.
"""

import os
import random
import threading
from collections import Counter
from contextlib import ExitStack, suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final, cast
from urllib.parse import urlsplit

from kiosk.domain.desk_bodies import day_closed
from kiosk.domain.events import DAY_CLOSED
from kiosk.domain.stop_life import Verb
from kiosk.sync.desk_wire import Role
from server.node import open_node
from server.settings import Role as ServerRole
from server.settings import ServerSettings
from tests.bad_network import Proxy, refuse, relay
from tests.desk_at_site import DeskSite, desk_site
from tests.e2e import queue_invariants as invariants
from tests.e2e.hall_staff import PATIENCE_S, SEED, TIMES_SAID, Board, Officer, Room, Talking
from tests.paired_desk import add_officer
from tests.published_hall import HALL
from tests.real_processes import ServerProcess

VISITS: Final = int(os.environ.get("GILIRAN_VISITS", "40"))
AGENCIES: Final = 42
BATCH: Final = 10


def test_a_day_of_a_hall_loses_nobody_and_calls_nobody_twice(tmp_path: Path, record_property: Any) -> None:
    chance = random.Random(SEED)  # noqa: S311
    staff = ("S-11", "S-12")
    with desk_site(tmp_path) as site:
        services = _a_service_of_each_agency(site)
        codes = sorted({site.site.queue_by_service[one].code for one in services})
        for one in staff:
            add_officer(site.server, one, Role.SUPERVISOR, site_id=HALL)
        numbers = sorted({each.number for queue in site.site.queues for each in queue.counters})[:2]
        port = urlsplit(site.server.url).port
        configs = [_desk_file(site, f"desk-{number}") for number in numbers]
    settings = ServerSettings(ServerRole.SITE, tmp_path / "server", site_file=tmp_path / "hall.json")
    process = ServerProcess(settings)
    process.listen = f"127.0.0.1:{port}"
    room = Room()
    with ExitStack() as stack:
        server = stack.enter_context(process)
        line = stack.enter_context(Proxy(relay(server.url), most_connections=100_000, longest_s=3600.0))
        site.server = cast("Any", SimpleNamespace(url=line.url))
        board_process = Talking("tests.e2e.board_process", server.url, errors=tmp_path / "board.stderr")
        board = Board(stack.enter_context(board_process))
        officers = []
        for number, who, config in zip(numbers, staff, configs, strict=True):
            config.write_text(config.read_text().replace(process.url, line.url))
            desk = Talking("tests.e2e.desk_process", str(config), errors=tmp_path / f"{who}.stderr")
            officers.append(Officer(stack.enter_context(desk), number, who, codes, room, board))
        for officer in officers:
            officer.start()
        with suppress(threading.BrokenBarrierError):  # the officer who broke it says why
            _day(site, room, line, services, chance, server.url)
        for officer in officers:
            officer.join(600)
            assert officer.failure is None, repr(officer.failure)
            assert not officer.is_alive()
        process.stop()
    day = _closed(settings, site)
    labels = set(room.tickets)
    assert len(labels) == VISITS
    invariants.nobody_is_lost(day, labels)
    invariants.nobody_is_called_twice(day)
    invariants.nobody_is_overtaken_by_his_own_class(day)
    invariants.every_stop_is_over(day)
    calls = {action.action for action in day.done if action.verb in (Verb.CALL, Verb.RECALL)}
    assert board.shown == Counter(calls)
    assert board.said == Counter(dict.fromkeys(calls, TIMES_SAID))
    assert any(course.conflicts for course in day.at_the_end().values())
    did = sum((officer.did for officer in officers), Counter[str]())
    record_property("did", dict(did))
    record_property("calls", len(calls))


def _day(  # noqa: PLR0917  # who takes part
    site: DeskSite, room: Room, line: Proxy, services: list[str], chance: random.Random, server_url: str
) -> None:
    """Visitors come in batches; when half of them have, the line is dead, and a batch comes that nobody hears of."""
    batches = [range(first, min(first + BATCH, VISITS)) for first in range(0, VISITS, BATCH)]
    for turn, batch in enumerate(batches):
        wanted = [chance.sample(services, chance.choice((1, 1, 1, 2, 3))) for _ in batch]
        if turn == 0 or len(batch) == 0:
            wanted = [[each] for each in services[: len(batch)]]
        tickets = [site.ticket(*one) for one in wanted]
        if turn == len(batches) // 2:
            room.come(tickets)
            room.untouched = list(tickets)
            room.line_is_cut.set()
            room.idle.wait(PATIENCE_S)
            line.behaviour = refuse
            line.cut()
            room.idle.wait(PATIENCE_S)
            line.behaviour = relay(server_url)
            site.tell(*tickets)
        else:
            room.come(tickets)
            site.tell(*tickets)
    room.all_came.set()


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


def _closed(settings: ServerSettings, site: DeskSite) -> invariants.Day:
    """The day is over, as the server says when the next one opens."""
    node = open_node(settings)
    try:
        with node.database.writing() as connection:
            node.own_log.append(connection, HALL, DAY_CLOSED, day_closed(HALL, site.day))
        return invariants.read_day(node.database)
    finally:
        node.close()
