"""Who is signed in at which desk, and at which counter. A desk shows a session with everything it asks.

It ends at sign-out, after fourteen hours, when another signs in at that desk or the same officer at another, and when
the account is locked, reset or removed. The counter is paused then; whoever is being served there stays there. That a
desk locks itself while nobody touches it is the desk's own business.
"""

import hashlib
import secrets
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, bindparam, delete, insert, or_, select, update

from kiosk.domain.desk_bodies import counter_closed, counter_paused, staff_signed
from kiosk.domain.events import COUNTER_CLOSED, COUNTER_PAUSED, STAFF_SIGNED_IN, STAFF_SIGNED_OUT
from kiosk.sync.desk_wire import CounterState, Refusal, Role
from server.database import lock_site, milliseconds
from server.node import Node
from server.own_log import OwnLog
from server.schema import counters, staff, staff_sessions

LASTS_MS: Final = 14 * 3600_000
"""Longer than any day of an office."""

_SESSION: Final = (
    select(staff_sessions.c.staff_id, staff_sessions.c.counter, staff_sessions.c.begun_at_ms, staff.c.role)
    .join(staff, and_(staff.c.site_id == staff_sessions.c.site_id, staff.c.staff_id == staff_sessions.c.staff_id))
    .where(
        staff_sessions.c.site_id == bindparam("site"),
        staff_sessions.c.session_hash == bindparam("hash"),
        staff_sessions.c.device_id == bindparam("device"),
    )
)
"""Built once: every request of a desk asks it."""


@dataclass(frozen=True, slots=True)
class Desk:
    """A paired device at which officers sit."""

    site_id: str
    device_id: str


@dataclass(frozen=True, slots=True)
class Officer:
    """Who asks. `counter`: the one that the desk has taken, None for none."""

    staff: str
    role: Role
    counter: int | None


def session_of(connection: Connection, site_id: str, device_id: str, session: str, now_ms: int) -> Officer | Refusal:
    """SIGNED_OUT where it is over, or was another desk's. `now_ms`: milliseconds since 1970."""
    key = {"site": site_id, "hash": _hash(session), "device": device_id}
    row = connection.execute(_SESSION, key).first()
    if row is None or now_ms - row.begun_at_ms >= LASTS_MS:
        return Refusal.SIGNED_OUT
    return Officer(row.staff_id, Role(row.role), row.counter)


def open_session(connection: Connection, own_log: OwnLog, at: Desk, officer: Officer, now_ms: int) -> str:
    """32 hex digits, which only the desk keeps. A counter that another desk has is not given to this one."""
    site_id, device_id = at.site_id, at.device_id
    lock_site(connection, site_id)
    at_this_desk = staff_sessions.c.device_id == device_id
    _end(connection, own_log, site_id, or_(at_this_desk, staff_sessions.c.staff_id == officer.staff))
    session = secrets.token_hex(16)
    connection.execute(
        insert(staff_sessions).values(
            site_id=site_id,
            session_hash=_hash(session),
            staff_id=officer.staff,
            device_id=device_id,
            counter=officer.counter,
            begun_at_ms=now_ms,
        )
    )
    body = staff_signed(officer.staff, device_id, officer.counter)
    own_log.append(connection, site_id, STAFF_SIGNED_IN, body)
    return session


def take_counter(connection: Connection, site_id: str, session: str, counter: int | None) -> None:
    connection.execute(
        update(staff_sessions)
        .where(staff_sessions.c.site_id == site_id, staff_sessions.c.session_hash == _hash(session))
        .values(counter=counter)
    )


@dataclass(frozen=True, slots=True)
class Holder:
    staff: str
    device_id: str


def holder_of(connection: Connection, site_id: str, counter: int, now_ms: int) -> Holder | None:
    """Who has taken this counter; None: it is free."""
    row = connection.execute(
        select(staff_sessions.c.staff_id, staff_sessions.c.device_id).where(
            staff_sessions.c.site_id == site_id,
            staff_sessions.c.counter == counter,
            staff_sessions.c.begun_at_ms > now_ms - LASTS_MS,
        )
    ).first()
    return None if row is None else Holder(row.staff_id, row.device_id)


def free_counter(connection: Connection, site_id: str, counter: int) -> None:
    """Whoever has it is still signed in, at no counter."""
    connection.execute(
        update(staff_sessions)
        .where(staff_sessions.c.site_id == site_id, staff_sessions.c.counter == counter)
        .values(counter=None)
    )


def end_session(connection: Connection, own_log: OwnLog, site_id: str, device_id: str, session: str) -> bool:
    """Whether there was one."""
    lock_site(connection, site_id)
    this = and_(staff_sessions.c.session_hash == _hash(session), staff_sessions.c.device_id == device_id)
    return _end(connection, own_log, site_id, this) > 0


def end_sessions_of(connection: Connection, own_log: OwnLog, site_id: str, staff_id: str) -> None:
    lock_site(connection, site_id)
    _end(connection, own_log, site_id, staff_sessions.c.staff_id == staff_id)


def end_old_sessions(node: Node) -> None:
    """A chore: sessions that are too old, and after them the counters that nobody came back to."""
    oldest_ms = milliseconds(node.trusted_clock.read().at) - LASTS_MS
    is_old = staff_sessions.c.begun_at_ms <= oldest_ms
    is_left = and_(counters.c.state != CounterState.CLOSED, counters.c.since_ms <= oldest_ms)
    with node.database.reading() as connection:
        of_sites = set(connection.execute(select(staff_sessions.c.site_id).where(is_old)).scalars())
        of_sites |= set(connection.execute(select(counters.c.site_id).where(is_left)).scalars())
    for site_id in sorted(of_sites):
        with node.database.writing() as connection:
            lock_site(connection, site_id)
            _end(connection, node.own_log, site_id, is_old)
            _close_left(connection, node.own_log, site_id, is_left)


def _close_left(connection: Connection, own_log: OwnLog, site_id: str, is_left: ColumnElement[bool]) -> None:
    """Those of a desk that is signed in are its officer's business."""
    taken = select(staff_sessions.c.counter).where(
        staff_sessions.c.site_id == site_id, staff_sessions.c.counter.is_not(None)
    )
    left = select(counters).where(counters.c.site_id == site_id, is_left, counters.c.counter.not_in(taken))
    for row in connection.execute(left.order_by(counters.c.counter)).all():
        if row.officer is not None:
            own_log.append(connection, site_id, COUNTER_CLOSED, counter_closed(row.counter, row.officer))


def _end(connection: Connection, own_log: OwnLog, site_id: str, which: ColumnElement[bool]) -> int:
    """With their counters paused. Says how many."""
    mine = and_(staff_sessions.c.site_id == site_id, which)
    rows = connection.execute(select(staff_sessions).where(mine).order_by(staff_sessions.c.session_hash)).all()
    if not rows:
        return 0
    connection.execute(delete(staff_sessions).where(mine))
    for row in rows:
        if row.counter is not None and _is_open(connection, site_id, row.counter, row.device_id):
            own_log.append(connection, site_id, COUNTER_PAUSED, counter_paused(row.counter, row.staff_id))
        own_log.append(connection, site_id, STAFF_SIGNED_OUT, staff_signed(row.staff_id, row.device_id, row.counter))
    return len(rows)


def _is_open(connection: Connection, site_id: str, counter: int, device_id: str) -> bool:
    state = connection.execute(
        select(counters.c.state).where(
            counters.c.site_id == site_id, counters.c.counter == counter, counters.c.device_id == device_id
        )
    ).scalar_one_or_none()
    return state == CounterState.OPEN


def _hash(session: str) -> str:
    return hashlib.sha256(session.encode()).hexdigest()
