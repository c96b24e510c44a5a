"""Who may hold a ticket, and what follows: one that nobody can hold keeps no place in a queue.

The rows are what the events add up to (kiosk/domain/history.py), in whatever order they came; a ticket of which only
lost slips are told has none. They are kept apart from the tickets: news may be there before its ticket is.
"""

from collections.abc import Sequence
from typing import Final

from sqlite_utils import Database

from kiosk.domain.event_bodies import ticket_abandoned, ticket_shown
from kiosk.domain.events import TICKET_ABANDONED, TICKET_SHOWN
from kiosk.domain.history import Paper
from kiosk.domain.ticket import TicketId
from kiosk.store.database import transaction
from kiosk.store.log import Node, append

_LOST: Final = (
    "SELECT id FROM tickets WHERE id NOT IN (SELECT ticket_id FROM papers)"
    " AND EXISTS (SELECT 1 FROM print_jobs WHERE ticket_id = tickets.id)"
    " AND NOT EXISTS (SELECT 1 FROM print_jobs WHERE ticket_id = tickets.id AND state NOT IN ('failed', 'expired'))"
)
"""Tickets of which certainly no slip came out or will come, that nobody took from the screen, and that are not
abandoned yet. One that came back from a server has no slips here: nothing is certain about it."""


def note_paper(db: Database, ticket_id: str, paper: Paper) -> None:
    """Join what was told to what is known, inside the caller's transaction; the ticket may still be unknown."""
    if paper.is_shown or paper.may_be_out or paper.is_abandoned:
        db.conn.execute(
            "INSERT INTO papers (ticket_id, is_shown, may_be_out, is_abandoned) VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET is_shown = max(is_shown, excluded.is_shown),"
            " may_be_out = max(may_be_out, excluded.may_be_out),"
            " is_abandoned = max(is_abandoned, excluded.is_abandoned)",
            (ticket_id, paper.is_shown, paper.may_be_out, paper.is_abandoned),
        )
        settle_stops(db, ticket_id)


def settle_stops(db: Database, ticket_id: str) -> None:
    """An abandoned ticket waits nowhere; it waits again, where it did, as soon as somebody may hold it."""
    row = db.conn.execute(
        "SELECT is_shown, may_be_out, is_abandoned FROM papers WHERE ticket_id = ?", (ticket_id,)
    ).fetchone()
    if row is None or not row[2]:
        return
    if Paper(is_shown=bool(row[0]), may_be_out=bool(row[1]), is_abandoned=True).is_ghost:
        db.conn.execute(
            "UPDATE stops SET state_before = state, state = 'expired'"
            " WHERE ticket_id = ? AND state IN ('waiting', 'pending')",
            (ticket_id,),
        )
    else:
        db.conn.execute(
            "UPDATE stops SET state = state_before, state_before = NULL"
            " WHERE ticket_id = ? AND state = 'expired' AND state_before IS NOT NULL",
            (ticket_id,),
        )


def show_ticket(db: Database, node: Node, ticket_id: TicketId) -> None:
    """The number was taken from the screen; inside the caller's transaction."""
    append(db, node, TICKET_SHOWN, ticket_shown(ticket_id))
    note_paper(db, ticket_id, Paper(is_shown=True))


def was_shown(db: Database, ticket_id: TicketId) -> bool:
    """Whether the visitor said that the number is taken from the screen."""
    row = db.conn.execute("SELECT is_shown FROM papers WHERE ticket_id = ?", (ticket_id,)).fetchone()
    return row is not None and bool(row[0])


def tickets_without_paper(db: Database) -> tuple[TicketId, ...]:
    return tuple(TicketId(ticket_id) for (ticket_id,) in db.conn.execute(_LOST))


def abandon(db: Database, node: Node, ticket_ids: Sequence[TicketId]) -> tuple[TicketId, ...]:
    """Those of them that nobody can hold lose their places, in one transaction."""
    with transaction(db):
        gone = tuple(
            ticket_id for ticket_id in ticket_ids if db.conn.execute(f"{_LOST} AND id = ?", (ticket_id,)).fetchone()
        )
        for ticket_id in gone:
            append(db, node, TICKET_ABANDONED, ticket_abandoned(ticket_id))
            note_paper(db, ticket_id, Paper(is_abandoned=True))
    return gone
