"""What is older than 90 days, and held by central, leaves the kiosk: events from the front of each incarnation, and the
rows that they made. The last one that went stays as an anchor, so that what is left can still be checked.

The acknowledgements stay too: by them the kiosk knows what it once had.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlite_utils import Database

from kiosk.domain import hlc
from kiosk.domain.events import Event, decode
from kiosk.domain.history import DayOpened, IssuedTicket, NotUnderstoodError, effect_of
from kiosk.store.database import transaction

KEPT: Final = timedelta(days=90)
AT_ONCE: Final = 100
"""Events that go in one job of the store, which takes well under 50 ms: a visitor may press meanwhile."""

_OLDEST: Final = """
    WITH RECURSIVE incarnations (incarnation) AS (
        SELECT min(incarnation) FROM events
        UNION ALL
        SELECT (SELECT min(incarnation) FROM events WHERE incarnation > incarnations.incarnation)
        FROM incarnations WHERE incarnation IS NOT NULL
    )
    SELECT incarnation, acknowledgements.sequence FROM incarnations
    JOIN acknowledgements USING (incarnation)
    JOIN events AS first USING (incarnation)
    WHERE by = 'central' AND first.sequence <= acknowledgements.sequence AND first.hlc < ?
        AND first.sequence = (SELECT min(sequence) FROM events WHERE incarnation = incarnations.incarnation)
    ORDER BY first.hlc LIMIT 1
"""
"""The incarnation whose first event is the oldest that may go."""


def prune(db: Database, now: datetime, at_once: int = AT_ONCE) -> int:
    """One small step, in a transaction of its own; says how many events went. 0: nothing is left to prune.

    `now`: a trusted, aware UTC time. The newest event's time counts too, so that a clock far ahead prunes nothing.
    """
    with transaction(db):
        newest = db.conn.execute("SELECT hlc FROM events ORDER BY position DESC LIMIT 1").fetchone()
        if newest is None:
            return 0
        cutoff = hlc.milliseconds(min(now, hlc.time_of(newest[0])) - KEPT) << 16
        oldest = db.conn.execute(_OLDEST, (cutoff,)).fetchone()
        if oldest is None:
            return 0
        incarnation, held = oldest
        rows = db.conn.execute(
            "SELECT sequence, hash, raw FROM events WHERE incarnation = ? AND sequence <= ? AND hlc < ?"
            " ORDER BY sequence LIMIT ?",
            (incarnation, held, cutoff, at_once),
        ).fetchall()
        _forget(db, [decode(raw) for _, _, raw in rows])
        last, last_hash, _ = rows[-1]
        db.conn.execute("DELETE FROM events WHERE incarnation = ? AND sequence <= ?", (incarnation, last))
        db.conn.execute(
            "INSERT INTO anchors (incarnation, sequence, hash) VALUES (?, ?, ?)"
            " ON CONFLICT DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash",
            (incarnation, last, last_hash),
        )
    return len(rows)


def _forget(db: Database, events: Sequence[Any]) -> None:
    for event in events:
        try:
            effect = effect_of(event) if isinstance(event, Event) else None
        except NotUnderstoodError:
            continue
        if isinstance(effect, IssuedTicket):
            for statement in (
                "DELETE FROM print_jobs WHERE ticket_id = ?",
                "DELETE FROM stops WHERE ticket_id = ?",
                "DELETE FROM papers WHERE ticket_id = ?",
                "DELETE FROM tickets WHERE id = ?",
            ):
                db.conn.execute(statement, (effect.ticket_id,))
        elif isinstance(effect, DayOpened):
            db.conn.execute(
                "DELETE FROM service_days WHERE service_day = ?"
                " AND position < (SELECT max(position) FROM service_days)",
                (effect.service_day,),
            )
