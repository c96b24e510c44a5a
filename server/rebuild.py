"""Building the tables again from the log: after a fault in a projection was mended, or a row was tampered with.

All in one transaction: whoever reads sees the old tables or the new ones. Devices stay as they are: who was let in by
hand stands in no log, and nobody who was shut out comes back.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy import Connection, delete, select, update

from kiosk.check_report import Rebuilt
from kiosk.domain.events import DAY_OPENED
from kiosk.domain.history import DayOpened, NotUnderstoodError, effect_of
from kiosk.domain.projection_hash import hash_of_hashes
from server.database import Database, lock_site
from server.device_projection import DEVICE_EVENTS
from server.parked import Arrival, arrival_of, parked_events, release
from server.projected import hashes
from server.projection import project
from server.schema import (
    actions,
    closed_days,
    counters,
    events,
    incarnations,
    queue_closures,
    queues,
    service_days,
    stops,
    tickets,
    timelines,
)
from server.tallies import uncounted
from server.verification import Progress, count_events, origins_of, sites_of, take_your_time

_AT_ONCE: Final = 500

_EVENTS: Final = (
    select(events.c.sequence, events.c.raw, events.c.received_at_ms, events.c.not_before_ms, events.c.not_after_ms)
    .order_by(events.c.sequence)
    .limit(_AT_ONCE)
)


def rebuild(database: Database, progress: Progress = lambda *_: None) -> Rebuilt:
    """In an order that depends on nothing but what is stored: site, origin, chain. Raises StoreError."""
    done = 0
    with database.writing() as connection:
        take_your_time(connection)
        sites = sites_of(connection)
        for site_id in sites:
            lock_site(connection, site_id)
        total = count_events(connection)
        before = tables_hash(connection, sites)
        for site_id in sites:
            _drop(connection, site_id)
            first_openers: dict[str, tuple[int, str]] = {}
            with uncounted(connection, site_id):
                for arrivals in _batches(connection, site_id):
                    of_tickets = [one for one in arrivals if one.event.type not in DEVICE_EVENTS]
                    project(connection, site_id, of_tickets)
                    _note_days(first_openers, arrivals)
                    done += len(arrivals)
                    progress(done, total)
            _name_openers(connection, site_id, first_openers)
        after = tables_hash(connection, sites)
    return Rebuilt(done, before, after)


def tables_hash(connection: Connection, sites: Sequence[str]) -> str:
    """Over all tickets, and what became of them."""
    totals: dict[str, str] = {}
    for site_id in sites:
        rows, courses = hashes(connection, site_id)
        if rows.origins:
            totals[site_id] = hash_of_hashes({"rows": rows.whole, "courses": courses.whole})
    return hash_of_hashes(totals)


def _drop(connection: Connection, site_id: str) -> None:
    for table in (stops, actions, tickets, queues, service_days, closed_days, counters, queue_closures):
        connection.execute(delete(table).where(table.c.site_id == site_id))
    after = ("", "", 0)
    while chunk := parked_events(connection, site_id, after, _AT_ONCE):
        parked = [one.arrival.event for one in chunk]
        after = (parked[-1].origin, parked[-1].incarnation, parked[-1].sequence)
        release(connection, site_id, [event for event in parked if event.type not in DEVICE_EVENTS])
    anew = update(timelines).where(timelines.c.site_id == site_id)
    connection.execute(anew.values(effective_at_ms=0, hlc=0, incarnation=None))


def _batches(connection: Connection, site_id: str) -> Iterator[Sequence[Arrival]]:
    for origin in origins_of(connection, site_id):
        chains = select(incarnations.c.incarnation).where(
            incarnations.c.site_id == site_id, incarnations.c.origin == origin
        )
        in_order = chains.order_by(incarnations.c.begun_at_ms, incarnations.c.incarnation)
        for incarnation in connection.execute(in_order).scalars().all():
            yield from _chain(connection, {"site_id": site_id, "origin": origin, "incarnation": incarnation})


def _chain(connection: Connection, key: dict[str, Any]) -> Iterator[Sequence[Arrival]]:
    """Page by page: no cursor stays open while the tables are written."""
    of_chain = _EVENTS.where(*(events.c[name] == value for name, value in key.items()))
    last = 0
    while rows := connection.execute(of_chain.where(events.c.sequence > last)).all():
        last = rows[-1].sequence
        yield [arrival for row in rows if (arrival := arrival_of(row)) is not None]


def _note_days(first: dict[str, tuple[int, str]], arrivals: Sequence[Arrival]) -> None:
    for arrival in arrivals:
        if arrival.event.type != DAY_OPENED:
            continue
        try:
            effect = effect_of(arrival.event)
        except NotUnderstoodError:
            continue
        if isinstance(effect, DayOpened):
            opened = (arrival.received_at_ms, arrival.event.origin)
            first[effect.service_day] = min(first.get(effect.service_day, opened), opened)


def _name_openers(connection: Connection, site_id: str, first: dict[str, tuple[int, str]]) -> None:
    """A day belongs to whoever opened it first, and the replay went origin by origin."""
    for day, (_, origin) in first.items():
        this = (service_days.c.site_id == site_id, service_days.c.service_day == day)
        connection.execute(update(service_days).where(*this).values(origin=origin))
