"""What one officer wants the next to know of a visit. In no event, at no other node, and gone with the day."""

import re
from typing import Final

from sqlalchemy import Connection, bindparam, delete, select

from server.database import Upsert
from server.schema import notes

_MOST_DIGITS: Final = 7
"""A file's number still passes; a phone, a NIK or a family card's number has more."""
_NUMBER: Final = re.compile(r"\d(?:[\s.,/()+-]*\d)*")
_ADDRESS: Final = re.compile(r"\S@\S|\(at\)|\bwww\.|https?:", re.IGNORECASE)

_KEEP: Final = Upsert(
    notes,
    lambda new: new.on_conflict_do_update(
        index_elements=["site_id", "ticket_id"],
        set_={name: new.excluded[name] for name in ("note", "officer", "written_at_ms")},
    ),
)
_NOTE: Final = select(notes.c.note).where(
    notes.c.site_id == bindparam("site"), notes.c.ticket_id == bindparam("ticket")
)


def looks_personal(note: str) -> bool:
    """Whether it looks as if it held a NIK, a phone number or an address. Names cannot be told: the desk says so."""
    longest = max((sum(map(str.isdecimal, found)) for found in _NUMBER.findall(note)), default=0)
    return longest > _MOST_DIGITS or _ADDRESS.search(note) is not None


def keep_note(  # noqa: PLR0913, PLR0917  # one a column
    connection: Connection, site_id: str, ticket_id: str, note: str, officer: str, now_ms: int
) -> None:
    """An empty one takes the old one away."""
    if not note:
        connection.execute(delete(notes).where(notes.c.site_id == site_id, notes.c.ticket_id == ticket_id))
        return
    row = {
        "site_id": site_id,
        "ticket_id": ticket_id,
        "note": note,
        "officer": officer,
        "written_at_ms": now_ms,
    }
    _KEEP.execute(connection, row)


def note_of(connection: Connection, site_id: str, ticket_id: str) -> str:
    return connection.execute(_NOTE, {"site": site_id, "ticket": ticket_id}).scalar_one_or_none() or ""
