"""When an event happened, whatever its origin's clock says: between two moments of this server's own clock.

An origin says now and then how far its log reaches (hello, heartbeat). What it had not written then happened later;
what it had written happened before. Between the two the origin's own clock is believed, so a wrong one moves a ticket
only inside its own outage. A statement reaches us a little after it was made: bounds are true to the length of a
request.

Kept is only what an event still on its way can need: when the origin last stated anything, and, while it has more than
is held here, what it has stated since.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, delete, insert, select

from kiosk.domain.events import Event
from server.database import Upsert
from server.schema import contacts, incarnations, timelines

SETBACK_MS: Final = 3_600_000
"""An origin's last ticket lies so far in the future only if this server's clock was wrong then: it counts no more."""

_HELD: Final = select(incarnations.c.incarnation, incarnations.c.sequence).where(
    incarnations.c.site_id == bindparam("site_id"),
    incarnations.c.origin == bindparam("origin"),
    incarnations.c.incarnation.in_(bindparam("named", expanding=True)),
)
_STATED: Final = (
    select(contacts.c.sequence, contacts.c.first_at_ms, contacts.c.last_at_ms)
    .where(
        contacts.c.site_id == bindparam("site_id"),
        contacts.c.origin == bindparam("origin"),
        contacts.c.incarnation == bindparam("incarnation"),
    )
    .order_by(contacts.c.sequence)
)
_TIMELINE: Final = select(
    timelines.c.stated_at_ms, timelines.c.effective_at_ms, timelines.c.hlc, timelines.c.incarnation
).where(timelines.c.site_id == bindparam("site_id"), timelines.c.origin == bindparam("origin"))
_KEEP_CONTACT: Final = Upsert(
    contacts,
    lambda new: new.on_conflict_do_update(
        index_elements=list(contacts.primary_key), set_={"last_at_ms": new.excluded.last_at_ms}
    ),
)
_KEEP_STATED: Final = Upsert(
    timelines,
    lambda new: new.on_conflict_do_update(
        index_elements=["site_id", "origin"], set_={"stated_at_ms": new.excluded.stated_at_ms}
    ),
)
_KEEP_PLACE: Final = Upsert(
    timelines,
    lambda new: new.on_conflict_do_update(
        index_elements=["site_id", "origin"],
        set_={name: new.excluded[name] for name in ("effective_at_ms", "hlc", "incarnation")},
    ),
)


@dataclass(frozen=True, slots=True)
class Bracket:
    """Milliseconds of this server's clock; `not_before_ms` None: nothing was ever heard of the origin before."""

    not_before_ms: int | None
    not_after_ms: int

    def clamp(self, at_ms: int) -> int:
        """Where this server's clock was set back meanwhile, the later bound counts."""
        earliest = at_ms if self.not_before_ms is None else min(self.not_before_ms, self.not_after_ms)
        return min(max(at_ms, earliest), self.not_after_ms)


def note_contact(connection: Connection, site_id: str, origin: str, heads: Mapping[str, int], now_ms: int) -> None:
    """The origin itself says now that these are its last events (incarnation -> sequence): by a hello all that may not
    be held here yet, by a heartbeat after that the one it is writing. A relay's word is none: it knows only its copy.
    """
    if not heads:
        return
    found = connection.execute(_HELD, {"site_id": site_id, "origin": origin, "named": list(heads)})
    held = {row.incarnation: row.sequence for row in found}
    beyond = {name: sequence for name, sequence in heads.items() if sequence > held.get(name, 0)}
    before = _timeline(connection, site_id, origin) if beyond else None
    last = None if before is None else before.stated_at_ms
    for incarnation, sequence in beyond.items():
        reach = range(held.get(incarnation, 0), sequence)
        _note_head(connection, (site_id, origin, incarnation), reach, last, now_ms)
    _KEEP_STATED.execute(connection, {"site_id": site_id, "origin": origin, "stated_at_ms": now_ms})


def brackets(connection: Connection, key: tuple[str, str, str], sequences: range, now_ms: int) -> Sequence[Bracket]:
    """Of new events that arrive now, in order; and forgets what no later one can need.

    `key`: site, origin, incarnation.
    """
    stated = connection.execute(_STATED, _named(key)).all()
    if not stated:
        timeline = _timeline(connection, *key[:2])
        return [Bracket(None if timeline is None else timeline.stated_at_ms, now_ms)] * len(sequences)
    found: list[Bracket] = []
    for sequence in sequences:
        earlier = [row.last_at_ms for row in stated if row.sequence < sequence]
        later = [row.first_at_ms for row in stated if row.sequence >= sequence]
        found.append(Bracket(earlier[-1] if earlier else None, min(later[0], now_ms) if later else now_ms))
    reached = [row.sequence for row in stated if row.sequence <= sequences[-1]]
    if reached:
        # The last one that was reached bounds what follows; with nothing beyond it the timeline does.
        spent = contacts.c.sequence <= reached[-1] if len(reached) == len(stated) else contacts.c.sequence < reached[-1]
        this = (contacts.c[name] == value for name, value in _named(key).items())
        connection.execute(delete(contacts).where(*this, spent))
    return found


def effective_times(
    connection: Connection, site_id: str, tickets_issued: Sequence[tuple[Event, Bracket]]
) -> Sequence[int]:
    """The place of each new ticket in the order of calls: its own time within its bracket, and not before the tickets
    that its origin issued earlier. Equal times are told apart by sequence; an incarnation counts anew, so its first
    ticket comes a millisecond later. What an older incarnation still had to send comes late, and goes before: its
    stamps are lower, so its times are.
    """
    if not tickets_issued:
        return ()
    origin = tickets_issued[0][0].origin
    row = _timeline(connection, site_id, origin)
    last, stamp, incarnation = (0, 0, None) if row is None else (row.effective_at_ms, row.hlc, row.incarnation)
    times: list[int] = []
    for event, bracket in tickets_issued:
        place, own_stamp = bracket.clamp(int(event.hlc, 16) >> 16), int(event.hlc, 16)
        if own_stamp > stamp:
            earliest = last if event.incarnation == incarnation else last + 1
            if earliest <= bracket.not_after_ms + SETBACK_MS:
                place = max(place, earliest)
            last, stamp, incarnation = place, own_stamp, event.incarnation
        times.append(place)
    facts = {"effective_at_ms": last, "hlc": stamp, "incarnation": incarnation}
    _KEEP_PLACE.execute(connection, {"site_id": site_id, "origin": origin} | facts)
    return times


def _note_head(connection: Connection, key: tuple[str, str, str], reach: range, last: int | None, now_ms: int) -> None:
    """`reach`: from what is held here to what there is. `last`: when the origin last stated anything; it had not more
    than what is held here then.
    """
    names = _named(key)
    highest = connection.execute(_STATED, names).all()[-1:]
    if not highest and last is not None:
        base = names | {"sequence": reach.start, "first_at_ms": last, "last_at_ms": last}
        connection.execute(insert(contacts).values(base))
    if highest and highest[0].sequence > reach.stop:
        return  # a disk that was restored says less than before, and proves nothing about what came after
    _KEEP_CONTACT.execute(connection, names | {"sequence": reach.stop, "first_at_ms": now_ms, "last_at_ms": now_ms})


def _timeline(connection: Connection, site_id: str, origin: str) -> Row[*tuple[Any, ...]] | None:
    return connection.execute(_TIMELINE, {"site_id": site_id, "origin": origin}).one_or_none()


def _named(key: tuple[str, str, str]) -> dict[str, Any]:
    return dict(zip(("site_id", "origin", "incarnation"), key, strict=True))
