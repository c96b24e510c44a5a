"""Is this server's database what its origins wrote? Pages, every chain of every origin, tables against the log.

Reads only, in one snapshot and constant memory; the server may go on meanwhile.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any, Final

from sqlalchemy import Connection, Row, func, select
from sqlalchemy.exc import DBAPIError

from kiosk.domain.events import NO_EVENT, Event, LogHead
from kiosk.domain.projection_hash import ProjectionHash, hash_of_hashes
from kiosk.domain.verdict import Broken, Link, Verified, read_link
from kiosk.errors import StoreCorruptError
from kiosk.replay import Replay
from server.database import Database, store_error
from server.projected import ROWS_AT_ONCE, Lines, projected_rows
from server.schema import events, incarnations, poison, queues, service_days
from server.speakers import is_heard, kind_of

Progress = Callable[[int, int], None]
"""Called now and then with how many events of how many are done."""

_CHAIN: Final = (
    select(events.c.sequence, events.c.hash, events.c.raw)
    .order_by(events.c.sequence)
    .execution_options(yield_per=ROWS_AT_ONCE)
)


@dataclass(slots=True)
class _Round:
    """One check, as far as it has come. `origins`, `sites`: their hashes. `courses`: of each site."""

    connection: Connection
    progress: Progress
    total: int
    done: int = 0
    chains: int = 0
    tickets: int = 0
    origins: dict[str, str] = field(default_factory=dict)
    sites: dict[str, str] = field(default_factory=dict)
    courses: dict[str, str] = field(default_factory=dict)


def verify_database(database: Database, progress: Progress = lambda *_: None) -> Verified | Broken:
    """Raises StoreError if it cannot be read at all."""
    try:
        with database.reading() as connection:
            take_your_time(connection)
            return _pages(connection) or _verify(connection, progress)
    except DBAPIError as error:
        explained = store_error(error)
        if isinstance(explained, StoreCorruptError):
            return Broken(str(error.orig))
        raise explained from error


def take_your_time(connection: Connection) -> None:
    """Until this transaction ends. A nation's events cannot be counted in the half minute that a request's may take."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")


def sites_of(connection: Connection) -> list[str]:
    """Those of which there is anything to add up."""
    return list(
        connection.execute(select(incarnations.c.site_id).distinct().order_by(incarnations.c.site_id)).scalars()
    )


def origins_of(connection: Connection, site_id: str) -> list[str]:
    query = select(incarnations.c.origin).where(incarnations.c.site_id == site_id).distinct()
    return list(connection.execute(query.order_by(incarnations.c.origin)).scalars())


def count_events(connection: Connection) -> int:
    return int(connection.execute(select(func.count()).select_from(events)).scalar_one())


def _pages(connection: Connection) -> Broken | None:
    if connection.dialect.name != "sqlite":
        return None  # PostgreSQL checks its pages by itself (data checksums)
    verdict = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one()
    return None if verdict == "ok" else Broken(f"the pages are damaged: {verdict}")


def _verify(connection: Connection, progress: Progress) -> Verified | Broken:
    orphan = _orphan(connection)
    if orphan is not None:
        return orphan
    work = _Round(connection, progress, count_events(connection))
    for site_id in sites_of(connection):
        with Replay() as replay:
            for origin in origins_of(connection, site_id):
                broken = _origin(work, site_id, origin, replay)
                if broken is not None:
                    return broken
            broken = _tables(work, site_id, replay)
            if broken is not None:
                return broken
    parked = connection.execute(select(func.count()).select_from(poison)).scalar_one()
    whole = next(iter(work.sites.values())) if len(work.sites) == 1 else hash_of_hashes(work.sites)
    courses = hash_of_hashes(work.courses)
    return Verified(work.chains, work.done, work.tickets, work.origins, whole, parked, courses)


def _orphan(connection: Connection) -> Broken | None:
    """Events of a chain that has no head would never be looked at."""
    query = (
        select(events.c.origin, events.c.incarnation, events.c.sequence)
        .outerjoin(
            incarnations,
            (incarnations.c.site_id == events.c.site_id)
            & (incarnations.c.origin == events.c.origin)
            & (incarnations.c.incarnation == events.c.incarnation),
        )
        .where(incarnations.c.incarnation.is_(None))
        .limit(1)
    )
    row = connection.execute(query).first()
    return None if row is None else Broken("no chain is known that it belongs to", row[1], row[2], row[0])


def _origin(work: _Round, site_id: str, origin: str, replay: Replay) -> Broken | None:
    query = select(incarnations).where(incarnations.c.site_id == site_id, incarnations.c.origin == origin)
    chains = work.connection.execute(query.order_by(incarnations.c.begun_at_ms, incarnations.c.incarnation)).all()
    known: dict[str, Row[Any]] = {chain.incarnation: chain for chain in chains}
    for chain in chains:
        work.chains += 1
        broken = _chain(work, chain, known, replay)
        if broken is not None:
            return broken
    return None


def _chain(work: _Round, chain: Any, known: Mapping[str, Any], replay: Replay) -> Broken | None:
    before = LogHead(chain.incarnation, chain.pruned_sequence, chain.pruned_hash) if chain.pruned_sequence else None
    last = before
    kind = kind_of(work.connection, chain.site_id, chain.origin)
    with closing(work.connection.execute(_CHAIN.where(*_of(chain)))) as rows:
        for row in rows:
            event = read_link(Link(chain.incarnation, row.sequence, row.hash, bytes(row.raw)), last)
            if isinstance(event, Event) and event.origin != chain.origin:
                event = "its columns contradict its bytes"
            if isinstance(event, Event) and last is None:
                event = _broken_parent(work.connection, event, chain, known) or event
            if isinstance(event, str):
                return Broken(event, chain.incarnation, row.sequence, chain.origin)
            if is_heard(event, kind):  # else it is parked, and changes nothing
                replay.add(event)
            last = LogHead(chain.incarnation, row.sequence, row.hash)
            work.done += 1
            if work.done % ROWS_AT_ONCE == 0:
                work.progress(work.done, work.total)
    if last != LogHead(chain.incarnation, chain.sequence, chain.hash):
        sequence = 0 if last is None else last.sequence
        return Broken(
            f"the chain ends here, but its head says {chain.sequence}", chain.incarnation, sequence, chain.origin
        )
    return None


def _broken_parent(connection: Connection, event: Event, chain: Any, known: Mapping[str, Any]) -> str | None:
    """Why the first event of an incarnation does not continue another; None when it does, or the other never came."""
    parent = event.body.get("parent")
    if event.previous != chain.parent_hash:
        return "its chain is kept with another parent than it names"
    if parent is None:
        return None if event.previous == NO_EVENT else "names a parent's hash, but no parent"
    try:
        named = LogHead(parent["incarnation"], parent["sequence"], parent["hash"])
    except (KeyError, TypeError):
        return f"its body is not that of {event.type}"
    if event.previous != named.hash:
        return "names one parent in its body and another as the event before it"
    head = known.get(named.incarnation)
    if head is None or named.sequence > head.sequence or named.sequence < head.pruned_sequence:
        return None  # still on its way, or too old to be kept
    if named.sequence == head.pruned_sequence:
        found: str | None = head.pruned_hash
    else:
        query = select(events.c.hash).where(*_of(head), events.c.sequence == named.sequence)
        found = connection.execute(query).scalar_one_or_none()
    return None if found == named.hash else f"its parent is not the event {named.sequence} of {named.incarnation}"


def _tables(work: _Round, site_id: str, replay: Replay) -> Broken | None:
    """The rows against what the events say; and the hashes, which are of both when they agree."""
    total, courses = ProjectionHash(), ProjectionHash()
    lines = Lines()
    tables, log = projected_rows(work.connection, site_id, lines), replay.tickets(with_courses=True)
    with closing(tables), closing(log):
        for ours, theirs in zip_longest(tables, log):
            if ours is None or theirs is None or ours != theirs:
                return _difference(ours, theirs)
            total.add(ours.origin, ours.row)
            courses.add(ours.origin, ours.course)
            work.tickets += 1
    work.origins |= total.origins
    if total.origins:
        work.sites[site_id] = total.whole
        work.courses[site_id] = courses.whole
    return _queues(work.connection, site_id, lines) or _days(work.connection, site_id, replay)


def _difference(ours: Any, theirs: Any) -> Broken:
    if theirs is None or (ours is not None and ours[:2] < theirs[:2]):
        return Broken(f"table tickets holds {ours.ticket_id}, of which the log of {ours.origin} knows nothing")
    if ours is not None and ours[:3] == theirs[:3]:
        return Broken(f"table stops contradicts what all logs say was done to {theirs.ticket_id}")
    return Broken(f"table tickets lacks or contradicts what the log of {theirs.origin} says of {theirs.ticket_id}")


def _queues(connection: Connection, site_id: str, lines: Lines) -> Broken | None:
    """They count the tickets that are in the tables; of two with one label that is one."""
    query = select(queues).where(queues.c.site_id == site_id)
    kept = {(row.service_day, row.queue_code): (row.issued, row.waiting) for row in connection.execute(query)}
    counted = {line: (lines.issued[line], lines.waiting[line]) for line in lines.issued.keys() | lines.waiting.keys()}
    for day, code in sorted(kept.keys() | counted.keys()):
        if kept.get((day, code), (0, 0)) != counted.get((day, code), (0, 0)):  # one that was only transferred to
            return Broken(f"table queues miscounts queue {code} of {site_id} on {day}")
    return None


def _days(connection: Connection, site_id: str, replay: Replay) -> Broken | None:
    """Where something was pruned, a day may have gone, or stayed, without the event of one of those who opened it."""
    pruned = select(incarnations.c.origin).where(incarnations.c.site_id == site_id, incarnations.c.pruned_sequence > 0)
    if connection.execute(pruned.limit(1)).first() is not None:
        return None
    query = select(service_days.c.service_day).where(service_days.c.site_id == site_id)
    stored = connection.execute(query.order_by(service_days.c.service_day)).scalars()
    for ours, theirs in zip_longest(stored, replay.days()):
        if ours != theirs:
            day = min(one for one in (ours, theirs) if one is not None)
            return Broken(f"table service_days and the log of {site_id} do not agree on {day}")
    return None


def _of(chain: Any) -> Iterator[Any]:
    return (events.c[name] == getattr(chain, name) for name in ("site_id", "origin", "incarnation"))
