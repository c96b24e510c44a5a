"""What is too old to be kept goes, chain by chain from the front, with the rows that it made.

A site keeps what central has not acknowledged, however old, and 90 days of the rest. Central keeps 13 months, and of
what is older the totals of each day. The last event that went stays as an anchor: hash and sequence, so that what is
left can still be checked.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import structlog
from sqlalchemy import Connection, Row, delete, func, select, update

from kiosk.domain.course import Action
from kiosk.domain.deeds import DayClosed
from kiosk.domain.history import DayOpened, Effect, IssuedTicket, NotUnderstoodError, effect_of
from kiosk.domain.print_job import PrintState
from server.database import Database, lock_site, milliseconds, upsert
from server.node import Node
from server.parked import arrival_of
from server.queue_counts import count_waiting
from server.schema import (
    actions,
    closed_days,
    daily_totals,
    events,
    incarnations,
    notes,
    number_series,
    poison,
    queue_closures,
    queues,
    reservations,
    service_days,
    stops,
    tickets,
)
from server.service_day import day_in_force
from server.settings import Role
from server.verification import sites_of

log = structlog.get_logger(__name__)

_DAY_MS: Final = 86_400_000
KEPT_MS: Final = {Role.SITE: 90 * _DAY_MS, Role.CENTRAL: 396 * _DAY_MS}

_AT_ONCE: Final = 200
"""Events that go in one transaction, so that nobody waits long."""
_PRINTED: Final = (PrintState.CONFIRMED, PrintState.UNVERIFIED)


@dataclass(frozen=True, slots=True)
class _Rule:
    role: Role
    own: str
    cutoff_ms: int


def prune_old(node: Node) -> None:
    """Nothing goes by a clock that cannot be trusted."""
    now = node.trusted_clock.read()
    if now.is_trusted:
        prune(node.database, node.role, node.identity.device_id, milliseconds(now.at))


def prune(database: Database, role: Role, own: str, now_ms: int) -> int:
    """Says how many events went. `own`: the id of this server, whose own chains keep their last event to go on from."""
    rule = _Rule(role, own, now_ms - KEPT_MS[role])
    with database.reading() as connection:
        sites = sites_of(connection)
    total = 0
    for site_id in sites:
        with database.reading() as connection:
            chains = _old_chains(connection, site_id, rule)
        for origin, incarnation in chains:
            while gone := _prune_chunk(database, (site_id, origin, incarnation), rule):
                total += gone
        _prune_numbers(database, site_id, rule)
    if total:
        log.info("events_pruned", count=total)
    return total


def _old_chains(connection: Connection, site_id: str, rule: _Rule) -> Sequence[tuple[str, str]]:
    query = select(incarnations.c.origin, incarnations.c.incarnation).where(
        incarnations.c.site_id == site_id,
        incarnations.c.begun_at_ms < rule.cutoff_ms,
        incarnations.c.pruned_sequence < incarnations.c.sequence,
    )
    rows = connection.execute(query.order_by(incarnations.c.begun_at_ms, incarnations.c.incarnation)).all()
    return [(row.origin, row.incarnation) for row in rows]


def _prune_chunk(database: Database, key: tuple[str, str, str], rule: _Rule) -> int:
    site_id, origin, incarnation = key
    this = {"site_id": site_id, "origin": origin, "incarnation": incarnation}
    with database.writing() as connection:
        lock_site(connection, site_id)
        chain = connection.execute(
            select(incarnations).where(*(incarnations.c[name] == value for name, value in this.items()))
        ).one()
        last = chain.sequence - 1 if origin == rule.own else chain.sequence
        if rule.role is Role.SITE:
            last = min(last, chain.central_sequence)
        old = _old_events(connection, this, (chain.pruned_sequence, last), rule)
        if not old:
            return 0
        _forget(connection, site_id, origin, [_effect(row) for row in old], rule)
        for table in (poison, events):
            of_chain = (table.c[name] == value for name, value in this.items())
            connection.execute(delete(table).where(*of_chain, table.c.sequence <= old[-1].sequence))
        anchor = {"pruned_sequence": old[-1].sequence, "pruned_hash": old[-1].hash}
        connection.execute(
            update(incarnations).where(*(incarnations.c[name] == value for name, value in this.items())).values(anchor)
        )
    return len(old)


def _old_events(
    connection: Connection, this: dict[str, str], between: tuple[int, int], rule: _Rule
) -> Sequence[Row[*tuple[Any, ...]]]:
    """The next in front, as far as all of them are old, and nothing that is left is what it is by them."""
    query = (
        select(events)
        .where(
            *(events.c[name] == value for name, value in this.items()),
            events.c.sequence > between[0],
            events.c.sequence <= between[1],
        )
        .order_by(events.c.sequence)
        .limit(_AT_ONCE)
    )
    old: list[Row[*tuple[Any, ...]]] = []
    for row in connection.execute(query).all():
        if row.received_at_ms >= rule.cutoff_ms:
            break
        old.append(row)
    return old[: _free(connection, this["site_id"], [_effect(row) for row in old])]


def _effect(row: Row[*tuple[Any, ...]]) -> Effect:
    arrival = arrival_of(row)
    try:
        return None if arrival is None else effect_of(arrival.event)
    except NotUnderstoodError:
        return None


def _free(connection: Connection, site_id: str, effects: Sequence[Effect]) -> int:
    """How many in front speak of no ticket that stays: what was done to it stays as long, and so does the end of its
    day. A ticket may have come long after both, from a kiosk that was cut off.
    """
    of_tickets = {effect.ticket_id for effect in effects if isinstance(effect, Action)}
    of_days = {effect.service_day for effect in effects if isinstance(effect, DayClosed)}
    if not of_tickets and not of_days:
        return len(effects)
    here = tickets.c.site_id == site_id
    held = select(tickets.c.ticket_id).where(here, tickets.c.ticket_id.in_(sorted(of_tickets)))
    days = select(tickets.c.service_day).where(here, tickets.c.service_day.in_(sorted(of_days))).distinct()
    kept_tickets, kept_days = (set(connection.execute(query).scalars()) for query in (held, days))
    for count, effect in enumerate(effects):
        if isinstance(effect, Action) and effect.ticket_id in kept_tickets:
            return count
        if isinstance(effect, DayClosed) and effect.service_day in kept_days:
            return count
    return len(effects)


def _forget(connection: Connection, site_id: str, origin: str, effects: Sequence[Effect], rule: _Rule) -> None:
    """The rows that these events made."""
    ids: list[str] = []
    days: set[str] = set()
    for effect in effects:
        if isinstance(effect, IssuedTicket):
            ids.append(effect.ticket_id)
            days.add(effect.service_day)
        elif isinstance(effect, DayOpened):
            days.add(effect.service_day)
    if ids:
        _forget_tickets(connection, site_id, origin, ids, rule)
    for day in sorted(days):
        _forget_day(connection, site_id, day)


def _forget_tickets(connection: Connection, site_id: str, origin: str, ids: Sequence[str], rule: _Rule) -> None:
    """A parked twin has no row; a ticket of the same id that another origin issued is not ours."""
    query = select(tickets).where(
        tickets.c.site_id == site_id, tickets.c.origin == origin, tickets.c.ticket_id.in_(list(ids))
    )
    gone = {row.ticket_id: row for row in connection.execute(query).all()}
    if not gone:
        return
    of_these = (stops.c.site_id == site_id, stops.c.ticket_id.in_(list(gone)))
    was_issued = stops.c.issued_state.is_not(None).label("was_issued")
    lines = connection.execute(select(stops.c.ticket_id, stops.c.queue_code, was_issued).where(*of_these).distinct())
    touched: set[tuple[str, str]] = set()
    issued: Counter[tuple[str, str]] = Counter()
    printed: Counter[tuple[str, str]] = Counter()
    priority: Counter[tuple[str, str]] = Counter()
    for ticket_id, code, was_issued_here in lines:
        ticket = gone[ticket_id]
        line = (ticket.service_day, code)
        touched.add(line)
        if not was_issued_here:  # added or transferred to later
            continue
        issued[line] += 1
        printed[line] += ticket.print_verdict in _PRINTED
        priority[line] += ticket.is_priority
    if rule.role is Role.CENTRAL:
        for (day, code), count in sorted(issued.items()):
            _add_total(connection, (site_id, day, code), count, printed[day, code], priority[day, code])
    for table in (stops, actions, notes, tickets):
        connection.execute(delete(table).where(table.c.site_id == site_id, table.c.ticket_id.in_(list(gone))))
    count_waiting(connection, site_id, touched)
    for day, code in sorted(touched):
        this = (queues.c.site_id == site_id, queues.c.service_day == day, queues.c.queue_code == code)
        connection.execute(update(queues).where(*this).values(issued=queues.c.issued - issued[day, code]))
        connection.execute(delete(queues).where(*this, queues.c.issued <= 0, queues.c.waiting <= 0))


def _add_total(connection: Connection, key: tuple[str, str, str], issued: int, printed: int, priority: int) -> None:
    row = dict(zip(("site_id", "service_day", "queue_code"), key, strict=True))
    counts = {"issued": issued, "printed": printed, "priority": priority}
    statement = upsert(connection, daily_totals).values(row | counts)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=list(row), set_={name: daily_totals.c[name] + statement.excluded[name] for name in counts}
        )
    )


def _forget_day(connection: Connection, site_id: str, day: str) -> None:
    """Unless a ticket of it is left, or it is the newest."""
    left = select(tickets.c.ticket_id).where(tickets.c.site_id == site_id, tickets.c.service_day == day).limit(1)
    newest = select(func.max(service_days.c.service_day)).where(service_days.c.site_id == site_id)
    if connection.execute(left).first() is None and connection.execute(newest).scalar_one() != day:
        for table in (service_days, closed_days, queue_closures):
            connection.execute(delete(table).where(table.c.site_id == site_id, table.c.service_day == day))


def _prune_numbers(database: Database, site_id: str, rule: _Rule) -> None:
    """Reserved numbers count within their day; a day at a time. Those of the day in force stay whatever the clock says:
    it may lie, and then they would be given again.
    """
    oldest_kept = datetime.fromtimestamp(rule.cutoff_ms / 1000, UTC).date().isoformat()
    with database.reading() as connection:
        in_force = day_in_force(connection, site_id)
    if in_force is not None:
        oldest_kept = min(oldest_kept, in_force.isoformat())
    for table in (reservations, number_series):
        query = select(table.c.service_day).where(table.c.site_id == site_id, table.c.service_day < oldest_kept)
        with database.reading() as connection:
            days = connection.execute(query.distinct().order_by(table.c.service_day)).scalars().all()
        for day in days:
            with database.writing() as connection:
                connection.execute(delete(table).where(table.c.site_id == site_id, table.c.service_day == day))
