"""What must hold after every history, however bad (research/reliability.md, 3.3). Each says exactly what is allowed."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Final

from pysqlite3 import dbapi2
from sqlite_utils import Database

from kiosk.domain.events import TICKET_ISSUED, Event, LogHead, Malformed, broken_link, decode, digest
from kiosk.domain.ticket import SHARED_SERIES
from kiosk.domain.verdict import Broken, Verified
from kiosk.store import verify as kiosk_verify
from server.verification import verify_database
from tests.simulator.desk_invariants import AT_COUNTERS, AT_COUNTERS_NOW, Invariant
from tests.simulator.fairness import i8_each_ticket_keeps_its_turn
from tests.simulator.kiosk_machine import HALL, KioskMachine
from tests.simulator.promises import Paper
from tests.simulator.server_machine import ServerMachine
from tests.simulator.world import AnyMachine, World


class BrokenInvariantError(AssertionError):
    """Names the invariant and the first thing that breaks it."""


_SHARED: Final = "file:simulated?mode=memory&cache=shared"
"""The product checks a kiosk's database from beside it."""


def check_now(world: World) -> None:
    """What can be asked after every step without costing much."""
    for invariant in CHEAP:
        _ask(world, invariant)


def check_all(world: World) -> None:
    for invariant in ALL:
        _ask(world, invariant)


def _ask(world: World, invariant: Invariant) -> None:
    for fault in invariant(world):
        raise BrokenInvariantError(f"{invariant.__name__}: {fault}")


def i1_nothing_acknowledged_is_lost(world: World) -> Iterator[str]:
    """Every event that its origin was told to be safe is in the log of central.

    Excused: an event whose last copy was destroyed by a disk that somebody put back to an older state; and what a kiosk
    that was revoked could not send once more to a site that was restored. That one is safe on the kiosk's own disk.
    """
    held = world.held(world.last)
    kept = {key for kiosk in world.kiosks if kiosk.identity.device_id in world.revoked for key in world.held(kiosk)}
    for key, by in world.promises.acknowledged.items():
        if key not in held and key not in world.promises.destroyed and key not in kept:
            yield f"{key} was acknowledged by {by} and is not at {world.last.name}"


def i1_nothing_written_stays_behind(world: World) -> Iterator[str]:
    """After all is repaired whatever any disk holds is at central too. Excused: what a revoked kiosk still keeps."""
    held = world.held(world.last)
    for machine in world.machines:
        for key in world.held(machine):
            if key not in held and key.origin not in world.revoked | world.mute:
                yield f"{key} is at {machine.name} and not at {world.last.name}"


def i1_nobody_is_told_of_central_what_is_not_so(world: World) -> Iterator[str]:
    """What an origin is told to be safe in the nation was there at that moment: it may forget it.

    Excused: what a central that was put back to an older state has lost since; the site learns of it with a greeting.
    """
    if world.central.name not in world.restored:
        yield from (f"{key} was said to be at central" for key in world.promises.false_claims)


def i2_no_effect_twice(world: World) -> Iterator[str]:
    """One ticket per sitting at a machine, whatever was pressed and repeated.

    Excused: a sitting that a restored disk has forgotten.
    """
    for session, tickets in world.promises.sessions.items():
        if len(tickets) > 1 and not session.startswith(tuple(world.restored)):
            yield f"sitting {session} was given {len(tickets)} tickets"


def i3_every_chain_is_whole(world: World) -> Iterator[str]:
    """On every disk each incarnation is a prefix without gaps, each event naming the hash of the one before; and no two
    disks hold different bytes under one key.
    """
    born: dict[tuple[str, str, int], str] = {}
    for machine in world.machines:
        heads: dict[tuple[str, str], LogHead] = {}
        for key, (stored, raw) in world.held(machine).items():
            event = decode(raw)
            chain = key[:2]
            if isinstance(event, Malformed) or digest(raw) != stored:
                yield f"{key} at {machine.name} is not what was written"
            elif fault := broken_link(event, heads.get(chain)):
                yield f"{key} at {machine.name}: {fault}"
            if born.setdefault(key, stored) != stored:
                yield f"{key} at {machine.name} is another event than elsewhere"
            heads[chain] = LogHead(key.incarnation, key.sequence, stored)


def i4_no_label_twice_on_paper(world: World) -> Iterator[str]:
    """No two tickets of one service day carry the same label on paper.

    Excused: the shared series of a site server that was put back to before an earlier restore: it cannot know that it
    gave numbers twice already; the own series of a kiosk whose disk is in two machines; and own numbers of the minute
    before a kiosk's disk was put back, of which its witness had not heard yet (docs/simulator.md).
    """
    tickets = defaultdict(set)
    for paper in world.promises.papers:
        if not _may_repeat(world, paper):
            tickets[paper.service_day, paper.label].add(paper.ticket_id)
    for (day, label), ids in tickets.items():
        if len(ids) > 1:
            yield f"{label} of {day} is on {len(ids)} tickets: {', '.join(sorted(ids))}"


def _may_repeat(world: World, paper: Paper) -> bool:
    if paper.series == SHARED_SERIES:
        return world.has_forgotten_an_epoch
    return paper.ticket_id in world.promises.untold or world.origin_of(paper.machine) in world.cloned


def i5_every_paper_is_known(world: World) -> Iterator[str]:
    """Whoever holds a slip has a ticket at central.

    Excused: a ticket whose event was destroyed, what a revoked kiosk still keeps, and labels as I4 excuses them: of two
    tickets with one label the tables have one, the log has both.
    """
    known = _tickets(world.last)
    lost = {key.origin for key in world.promises.destroyed}
    for paper in world.promises.papers:
        origin = world.origin_of(paper.machine)
        if _may_repeat(world, paper):
            continue
        if paper.ticket_id not in known and origin not in lost | world.revoked:
            yield f"{paper.label} of {paper.service_day} ({paper.ticket_id}) is on paper and unknown"


def i6_no_paper_too_many(world: World) -> Iterator[str]:
    """A ticket has one slip without a mark, and one more, marked, for each copy that somebody asked for.

    Excused: what a kiosk printed again for somebody who stood there, where its disk was put back to before it knew that
    the slip had come out, or is in two machines.
    """
    forgetful = {kiosk.name for kiosk in world.kiosks if kiosk.identity.device_id in world.cloned} | world.restored
    forgotten = {paper.ticket_id for paper in world.promises.papers if paper.machine in forgetful}
    slips = Counter(paper.ticket_id for paper in world.promises.papers)
    unmarked = Counter(paper.ticket_id for paper in world.promises.papers if paper.copy == 0)
    for ticket_id, count in slips.items():
        excused = world.promises.again[ticket_id] if ticket_id in forgotten else 0
        copies = world.promises.reprints[ticket_id]
        if unmarked[ticket_id] > 1 + excused:
            yield f"{ticket_id} has {unmarked[ticket_id]} slips without a mark"
        if count > 1 + copies + excused:
            yield f"{ticket_id} has {count} slips and {copies} reprints"


def i6_no_ghosts(world: World) -> Iterator[str]:
    """At central only those wait who may hold their number; and whoever holds paper, or took the number from a screen,
    waits, until its day is closed; then nobody does. Excused: what was destroyed, and what a revoked kiosk still keeps.
    From the first: a slip whose verdict a full disk did not take: it is unknown after the next start; and a kiosk whose
    disk was put back: of slips that it has forgotten it cannot say that they did not come out. Whoever took a number
    that a full disk could not note may wait, or not.
    """
    held = {paper.ticket_id for paper in world.promises.papers} | world.promises.shown
    lost = {key.origin for key in world.promises.destroyed} | world.revoked | world.cloned
    forgetful = {kiosk.identity.device_id for kiosk in world.kiosks if kiosk.name in world.restored}
    under_way = {
        ticket_id
        for kiosk in world.kiosks
        for (ticket_id,) in kiosk.disk.connection.execute("SELECT ticket_id FROM print_jobs WHERE state = 'sending'")
    }
    rows = world.last.disk.connection.execute(
        "SELECT ticket_id, origin, may_be_out, shown_on_screen,"
        " EXISTS (SELECT 1 FROM stops WHERE stops.site_id = tickets.site_id AND stops.ticket_id = tickets.ticket_id"
        " AND state <> 'expired'),"
        " EXISTS (SELECT 1 FROM stops WHERE stops.site_id = tickets.site_id AND stops.ticket_id = tickets.ticket_id"
        " AND state NOT IN ('expired', 'completed', 'transferred', 'cancelled')),"
        " EXISTS (SELECT 1 FROM closed_days WHERE closed_days.site_id = tickets.site_id"
        " AND closed_days.service_day = tickets.service_day) FROM tickets WHERE site_id = ?",
        (HALL.id,),
    )
    for ticket_id, origin, may_be_out, is_shown, was_there, waits, is_over in rows.fetchall():
        if waits and is_over:
            yield f"{ticket_id} waits, and its day is over"
        if origin in lost:
            continue
        is_sure = origin not in forgetful and ticket_id not in held | under_way | world.promises.taken
        if waits and is_sure and not (may_be_out or is_shown):
            yield f"{ticket_id} waits, and nobody can hold it"
        if not was_there and not is_over and ticket_id in held:
            yield f"{ticket_id} is held by somebody, and waits nowhere"


def i7_all_add_up_alike(world: World) -> Iterator[str]:
    """Kiosk, site and central find their own tables to be what their log says, and the same hash for each origin.

    Excused: the hash of origins that gave one label twice. Of two such tickets a node shows the one it heard of first.
    """
    site = _verified(world.site)
    if isinstance(site, Broken):
        yield f"site: {site}"
        return
    others: list[AnyMachine] = [*world.kiosks, *([world.central] if world.last is world.central else [])]
    for machine in others:
        found = _verified(machine)
        if isinstance(found, Broken):
            yield f"{machine.name}: {found}"
            continue
        compared = {*found.origins, *(site.origins if machine is world.central else ())}
        for origin in compared - world.revoked - _repeated_labels(world):
            if found.origins.get(origin) != site.origins.get(origin):
                yield f"{machine.name} and site disagree on the tickets of {origin}"
        if machine is world.central and found.hash == site.hash and found.courses != site.courses:
            yield "central and site disagree on what became of the tickets"


def _repeated_labels(world: World) -> set[str]:
    """Origins that have two tickets of one label, or one each; I4 says whether they may."""
    origins = defaultdict(list)
    for key, (_, raw) in world.held(world.last).items():
        event = decode(raw)
        if isinstance(event, Event) and event.type == TICKET_ISSUED:
            origins[event.body["service_day"], event.body["label"]].append(key.origin)
    return {origin for twins in origins.values() if len(twins) > 1 for origin in twins}


def i9_nobody_is_called_a_clone_who_is_none(world: World) -> Iterator[str]:
    """Not of the research, but of the technician's trust: an alarm about a twin means that there is one."""
    for alarm in world.alarms:
        if alarm.get("has_twin") and alarm["origin"] not in world.cloned:
            yield f"{alarm['origin']} is taken for two machines"


def _verified(machine: AnyMachine) -> Verified | Broken:
    if isinstance(machine, ServerMachine):
        return verify_database(machine.disk.database)
    with (
        closing(dbapi2.connect(_SHARED, uri=True)) as copy,
        closing(dbapi2.connect(":memory:", uri=True, isolation_level=None)) as checking,
    ):
        machine.disk.connection.backup(copy)
        checking.execute("ATTACH ? AS kiosk", (_SHARED,))
        return kiosk_verify._check_log(Database(checking), lambda *_: None)


def _tickets(machine: AnyMachine) -> Mapping[str, str]:
    column = "id" if isinstance(machine, KioskMachine) else "ticket_id"
    rows = machine.disk.connection.execute(f"SELECT {column}, label FROM tickets WHERE site_id = ?", (HALL.id,))  # noqa: S608
    return dict(rows.fetchall())


CHEAP: Final[tuple[Invariant, ...]] = (
    i1_nobody_is_told_of_central_what_is_not_so,
    i4_no_label_twice_on_paper,
    i6_no_paper_too_many,
    *AT_COUNTERS_NOW,
)
ALL: Final[tuple[Invariant, ...]] = (
    i1_nothing_acknowledged_is_lost,
    i1_nothing_written_stays_behind,
    i1_nobody_is_told_of_central_what_is_not_so,
    i2_no_effect_twice,
    i3_every_chain_is_whole,
    i4_no_label_twice_on_paper,
    i5_every_paper_is_known,
    i6_no_paper_too_many,
    i6_no_ghosts,
    i7_all_add_up_alike,
    i8_each_ticket_keeps_its_turn,
    i9_nobody_is_called_a_clone_who_is_none,
    *AT_COUNTERS,
)
