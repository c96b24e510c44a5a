"""When each device was last heard of, how it fares, and which event it said was its last.

Kept in memory and written now and then: thirty kiosks that report every two seconds must not cost fifteen flushes of
the disk a second. What a crash takes with it only widens the bracket in which later events happened. What a bracket
relies on is written in the transaction that stores the event (`write_pending`), so it is never narrower than the proof.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import Final

import structlog
from sqlalchemy import Connection, select

from kiosk.sync.wire import Head, Health
from kiosk.trusted_clock import LONGEST_LEAP, TrustedClock
from server.database import Database, lock_site, milliseconds, moment, upsert
from server.effective_time import note_contact
from server.schema import device_health

log = structlog.get_logger(__name__)

WRITE_EVERY_MS: Final = 30_000
MOST_STATED: Final = 100
"""Different statements of one origin that are kept until they are written. Who says more between two writes sends
events that are refused.
"""


@dataclass(frozen=True, slots=True)
class Contact:
    """The newest word of one device. Times: milliseconds since 1970, this server's clock. `health_at_ms`: when it said
    how it fares; None: in an earlier life of this server.
    """

    last_at_ms: int
    health: Health | None = None
    health_at_ms: int | None = None


Heads = frozenset[tuple[str, int]]
"""Incarnation and sequence: what an origin named as its last events in one breath."""


@dataclass(frozen=True, slots=True)
class Stated:
    """When an origin named these heads for the first and for the last time. What it said between adds nothing."""

    first_at_ms: int
    last_at_ms: int


Pending = Mapping[Heads, Stated]


class Contacts:
    """Safe to use from many threads."""

    def __init__(self, database: Database, clock: TrustedClock) -> None:
        self._database = database
        self._clock = clock
        self._lock = Lock()
        self._devices = _read(database)
        self._stated: dict[tuple[str, str], dict[Heads, Stated]] = {}
        self._greeted: dict[tuple[str, str], frozenset[str]] = {}
        self._is_urgent = False
        self._written_at_ms = 0
        self._disagreeing: set[tuple[str, str]] = set()

    def note(
        self,
        site_id: str,
        device_id: str,
        heads: Sequence[Head] = (),
        health: Health | None = None,
        *,
        is_hello: bool = False,
    ) -> None:
        """A signed request has come. `heads`: the last events of its own log, where it named them.

        A hello names those of all incarnations, a heartbeat only the present one: it proves nothing before this server
        has heard a hello of the same life, because older ones may still have more to send.
        """
        now_ms = milliseconds(self._clock.read().at)
        key = (site_id, device_id)
        with self._lock:
            before = self._devices.get(key)
            self._is_urgent |= before is None or _is_news(before.health, health)
            self._devices[key] = _after(before, now_ms, health)
            if is_hello:
                self._greeted[key] = frozenset(head.incarnation for head in heads)
            if heads and all(head.incarnation in self._greeted.get(key, ()) for head in heads):
                self._state(key, frozenset((head.incarnation, head.sequence) for head in heads), now_ms)
        if health is not None:
            self._compare_clocks(key, health, now_ms)

    def last(self, site_id: str, device_id: str) -> Contact | None:
        return self._devices.get((site_id, device_id))

    def of_site(self, site_id: str) -> Mapping[str, Contact]:
        """By device id."""
        with self._lock:
            return {device: contact for (site, device), contact in self._devices.items() if site == site_id}

    def write_pending(self, connection: Connection, site_id: str, origin: str) -> Pending:
        """What this origin stated, with the caller's transaction. Say `written` once that is durable."""
        lock_site(connection, site_id)
        with self._lock:
            pending = dict(self._stated.get((site_id, origin), {}))
        said = {(at_ms, heads) for heads, one in pending.items() for at_ms in (one.first_at_ms, one.last_at_ms)}
        for at_ms, heads in sorted(said, key=lambda one: (one[0], len(one[1]))):
            note_contact(connection, site_id, origin, dict(heads), at_ms)
        return pending

    def written(self, site_id: str, origin: str, pending: Pending) -> None:
        with self._lock:
            stated = self._stated.get((site_id, origin), {})
            for heads, one in pending.items():
                if stated.get(heads) == one:  # else it was said again meanwhile
                    del stated[heads]

    def write_due(self) -> None:
        """At most once a second, by a chore: at once what is new, all else every half minute."""
        now_ms = milliseconds(self._clock.read().at)
        if self._is_urgent or abs(now_ms - self._written_at_ms) >= WRITE_EVERY_MS:
            self.write()

    def write(self) -> None:
        """All of it, now."""
        now_ms = milliseconds(self._clock.read().at)
        with self._lock:
            rows = [_row(*key, contact) for key, contact in self._devices.items()]
            keys = sorted(self._stated)  # whoever waits for several sites waits in one order
            self._is_urgent = False
        if not rows:
            return
        with self._database.writing() as connection:
            new = upsert(connection, device_health)
            changes = {name: new.excluded[name] for name in ("last_contact_ms", "health")}
            connection.execute(new.on_conflict_do_update(index_elements=["site_id", "device_id"], set_=changes), rows)
            pending = {key: self.write_pending(connection, *key) for key in keys}
        for key, stated in pending.items():
            self.written(*key, stated)
        self._written_at_ms = now_ms

    def _state(self, key: tuple[str, str], heads: Heads, now_ms: int) -> None:
        stated = self._stated.setdefault(key, {})
        known = stated.get(heads)
        if known is not None:
            stated[heads] = replace(known, last_at_ms=now_ms)
        elif len(stated) < MOST_STATED:
            stated[heads] = Stated(now_ms, now_ms)

    def _compare_clocks(self, key: tuple[str, str], health: Health, now_ms: int) -> None:
        """Once per disagreement: one of two machines that both believe their clock is wrong by more than a day."""
        apart = abs(health.at - moment(now_ms))
        if not health.clock_trusted or apart <= LONGEST_LEAP:
            self._disagreeing.discard(key)
        elif key not in self._disagreeing:
            self._disagreeing.add(key)
            log.error("clocks_disagree", site=key[0], device=key[1], hours=round(apart.total_seconds() / 3600))


def _after(before: Contact | None, now_ms: int, health: Health | None) -> Contact:
    if health is not None:
        return Contact(now_ms, health, now_ms)
    return Contact(now_ms) if before is None else replace(before, last_at_ms=now_ms)


def _is_news(before: Health | None, now: Health | None) -> bool:
    """What somebody who looks at the hall would want to know at once."""
    if now is None:
        return False
    return before is None or _word(before) != _word(now)


def _word(health: Health) -> tuple[object, ...]:
    return (health.program, health.clock_trusted, health.backlog > 0, health.alarms, health.printer, health.details)


def _row(site_id: str, device_id: str, contact: Contact) -> dict[str, str | int | None]:
    health = None if contact.health is None else contact.health.model_dump_json()
    return {"site_id": site_id, "device_id": device_id, "last_contact_ms": contact.last_at_ms, "health": health}


def _read(database: Database) -> dict[tuple[str, str], Contact]:
    with database.reading() as connection:
        rows = connection.execute(select(device_health)).all()
    return {
        (row.site_id, row.device_id): Contact(
            row.last_contact_ms, None if row.health is None else Health.model_validate_json(row.health)
        )
        for row in rows
    }
