"""The kiosk's own append-only log. All functions take the writer's connection (Store.submit, Store.call)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from sqlite_utils import Database

from kiosk.domain import hlc
from kiosk.domain.events import NO_EVENT, NODE_STARTED, Event, LogHead, StoredEvent, digest, encode
from kiosk.trusted_clock import TrustedClock

Upstream = Literal["site", "central"]

MAX_EVENTS: Final = 500
MAX_BYTES: Final = 262_144
"""What one batch may hold: raw bytes before compression (design.md, section 7)."""


@dataclass(frozen=True, slots=True)
class Node:
    """Who writes: this kiosk, in the incarnation that began when it was last started."""

    origin: str
    incarnation: str
    clock: TrustedClock


@dataclass(frozen=True, slots=True)
class Backlog:
    """Events that no server has acknowledged. `oldest`: when the oldest of them was written, aware UTC."""

    count: int
    oldest: datetime | None


_INCARNATIONS: Final = """
    WITH RECURSIVE incarnations (incarnation) AS (
        SELECT min(incarnation) FROM events
        UNION ALL
        SELECT (SELECT min(incarnation) FROM events WHERE incarnation > incarnations.incarnation)
        FROM incarnations WHERE incarnation IS NOT NULL
    )
"""
"""Every incarnation by one step in the index each, where GROUP BY would walk through all events."""


def append(db: Database, node: Node, event_type: str, body: Mapping[str, Any], version: int = 1) -> StoredEvent:
    """Write the next event, inside the caller's transaction."""
    # Events that were lost and fetched back lie behind our own: the newest by position need not be of this incarnation.
    newest = db.conn.execute("SELECT 0, hlc, hash FROM events ORDER BY position DESC LIMIT 1").fetchone()
    newest = newest or (0, 0, NO_EVENT)
    own = _last_of(db, node.incarnation)
    parent = body.get("parent") if own is None and event_type == NODE_STARTED else None
    continued = None if parent is None else _last_of(db, parent["incarnation"])
    sequence, stamp, previous = own or (newest if continued is None else (0, *continued[1:]))
    event = Event(
        origin=node.origin,
        incarnation=node.incarnation,
        sequence=sequence + 1,
        hlc=hlc.to_hex(hlc.next_stamp(max(stamp, newest[1]), node.clock.read().at)),
        type=event_type,
        version=version,
        body=body,
        previous=previous,
    )
    raw = encode(event)
    stored = StoredEvent(event.incarnation, event.sequence, digest(raw), raw)
    db.conn.execute(
        "INSERT INTO events (incarnation, sequence, hlc, type, hash, raw) VALUES (?, ?, ?, ?, ?, ?)",
        (stored.incarnation, stored.sequence, int(event.hlc, 16), event.type, stored.hash, raw),
    )
    return stored


def has_written(db: Database, node: Node, event_type: str) -> bool:
    """Whether there is an event of this type since this start."""
    query = "SELECT 1 FROM events WHERE incarnation = ? AND type = ? LIMIT 1"
    return db.conn.execute(query, (node.incarnation, event_type)).fetchone() is not None


def _last_of(db: Database, incarnation: str) -> tuple[int, int, str] | None:
    """Sequence, stamp and hash."""
    row: tuple[int, int, str] | None = db.conn.execute(
        "SELECT sequence, hlc, hash FROM events WHERE incarnation = ? ORDER BY sequence DESC LIMIT 1", (incarnation,)
    ).fetchone()
    return row


def newest(db: Database) -> LogHead | None:
    """The event that was written last, in whichever incarnation."""
    row = db.conn.execute("SELECT incarnation, sequence, hash FROM events ORDER BY position DESC LIMIT 1").fetchone()
    return LogHead(*row) if row else None


def head_of(db: Database, incarnation: str) -> LogHead | None:
    """The last event of one incarnation."""
    row = db.conn.execute(
        "SELECT incarnation, sequence, hash FROM events WHERE incarnation = ? ORDER BY sequence DESC LIMIT 1",
        (incarnation,),
    ).fetchone()
    return LogHead(*row) if row else None


def heads(db: Database) -> tuple[LogHead, ...]:
    """The last event of every incarnation, the oldest incarnation first."""
    rows = db.conn.execute(
        f"""
        {_INCARNATIONS}
        SELECT incarnation, sequence, hash FROM incarnations JOIN events USING (incarnation)
        WHERE sequence = (SELECT max(sequence) FROM events WHERE incarnation = incarnations.incarnation)
        ORDER BY position
        """  # noqa: S608  # our own words
    )
    return tuple(LogHead(*row) for row in rows)


def read_after(
    db: Database, incarnation: str, sequence: int, max_events: int = MAX_EVENTS, max_bytes: int = MAX_BYTES
) -> tuple[StoredEvent, ...]:
    """The next events of an incarnation in order: as many as both limits allow, and at least one if there is one."""
    batch: list[StoredEvent] = []
    size = 0
    rows = db.conn.execute(
        "SELECT incarnation, sequence, hash, raw FROM events WHERE incarnation = ? AND sequence > ?"
        " ORDER BY sequence LIMIT ?",
        (incarnation, sequence, max_events),
    )
    for row in rows:
        event = StoredEvent(*row)
        size += len(event.raw)
        if batch and size > max_bytes:
            break
        batch.append(event)
    rows.close()
    return tuple(batch)


def acknowledge(db: Database, incarnation: str, sequence: int, by: Upstream) -> None:
    """Note that `by` holds everything up to `sequence` durably. A late or repeated answer changes nothing."""
    db.conn.execute(
        "INSERT INTO acknowledgements (incarnation, by, sequence) VALUES (?, ?, ?)"
        " ON CONFLICT DO UPDATE SET sequence = max(sequence, excluded.sequence)",
        (incarnation, by, sequence),
    )


def retract(db: Database, incarnation: str, sequence: int, by: Upstream) -> None:
    """Note that `by` holds less than it acknowledged: it was restored from an older copy, so all after is unsent."""
    db.conn.execute(
        "UPDATE acknowledgements SET sequence = min(sequence, ?) WHERE incarnation = ? AND by = ?",
        (sequence, incarnation, by),
    )


def acknowledged(db: Database, by: Upstream | None = None) -> Mapping[str, int]:
    """Incarnation -> the last sequence held by this upstream, or by any where `by` is None."""
    rows = db.conn.execute(
        "SELECT incarnation, max(sequence) FROM acknowledgements WHERE ? IS NULL OR by = ? GROUP BY incarnation",
        (by, by),
    )
    return dict(rows.fetchall())


def unsent(db: Database, by: Upstream) -> tuple[str, ...]:
    """Incarnations that this upstream has not acknowledged to their end; the one that was written last comes first."""
    rows = db.conn.execute(
        f"""
        {_INCARNATIONS}
        SELECT incarnation FROM incarnations JOIN events USING (incarnation)
        WHERE sequence = (SELECT max(sequence) FROM events WHERE incarnation = incarnations.incarnation)
            AND sequence > coalesce((SELECT sequence FROM acknowledgements
                                     WHERE incarnation = incarnations.incarnation AND by = ?), 0)
        ORDER BY position DESC
        """,  # noqa: S608  # our own words
        (by,),
    )
    return tuple(incarnation for (incarnation,) in rows)


def backlog(db: Database) -> Backlog:
    """Counted from sequences, which have no gaps: it is asked for after every ticket."""
    count, oldest = db.conn.execute(
        f"""
        {_INCARNATIONS},
        reached AS (
            SELECT incarnation,
                (SELECT max(sequence) FROM events WHERE incarnation = incarnations.incarnation) AS last,
                coalesce((SELECT max(sequence) FROM acknowledgements
                          WHERE incarnation = incarnations.incarnation), 0) AS held
            FROM incarnations WHERE incarnation IS NOT NULL
        )
        SELECT coalesce(sum(last - held), 0), min(
            (SELECT hlc FROM events WHERE incarnation = reached.incarnation AND sequence = held + 1)
        )
        FROM reached WHERE last > held
        """  # noqa: S608  # our own words
    ).fetchone()
    return Backlog(count, None if oldest is None else hlc.time_of(oldest))
