"""I8: whose turn it is. The order of calls follows from when a ticket was issued, as far as anybody can know that."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from kiosk.domain.events import TICKET_ISSUED, Event, decode
from tests.simulator.kiosk_machine import HALL
from tests.simulator.promises import Key
from tests.simulator.world import World

LONGEST_REQUEST_MS: Final = 25_000
"""What is said and what is heard lie so far apart at most: a slow request, and the moment between two steps."""


@dataclass(frozen=True, slots=True)
class Place:
    """Milliseconds of the site's clock. `written_ms`: the truth; the others: what the site makes of it."""

    key: Key
    ticket_id: str
    group: tuple[str, str, bool]
    written_ms: int
    not_before_ms: int | None
    not_after_ms: int
    effective_ms: int


def i8_each_ticket_keeps_its_turn(world: World) -> Iterator[str]:
    """The bounds within which the site believes a ticket to be issued are true, to the length of a request, by its own
    clock. Its place lies within them. So no ticket comes before another of its class, queue and day that was certainly
    issued earlier. Within an incarnation of a kiosk the order is the order of issue.

    Excused: everything where the site's own clock was set meanwhile; origins that two machines write as; and tickets
    that a disk lost when it was put back: from then on it says that they were never written.
    """
    if not world.site_clock_is_good:
        return
    denied = world.promises.denied
    places = [one for one in _places(world) if one.key.origin not in world.cloned and one.key not in denied]
    for place in places:
        if place.not_before_ms is not None and place.not_before_ms > place.written_ms + LONGEST_REQUEST_MS:
            yield f"{place} was issued long before it could be"
        if place.not_after_ms < place.written_ms:
            yield f"{place} was issued after it was heard of"
        if place.effective_ms > place.not_after_ms + LONGEST_REQUEST_MS:
            yield f"{place} waits longer than it should"
        if place.not_before_ms is not None and place.effective_ms < place.not_before_ms:
            yield f"{place} goes before others that it should not"
    yield from _wrong_turns(places)


def _wrong_turns(places: list[Place]) -> Iterator[str]:
    in_turn = sorted(places, key=lambda place: place.effective_ms)
    for number, later in enumerate(in_turn):
        for earlier in in_turn[:number]:
            if later.group == earlier.group and _is_certainly_before(later, earlier):
                yield f"{earlier} is called before {later}, which was issued first"
    by_chain = sorted(places, key=lambda place: place.key)
    for one, next_one in pairwise(by_chain):
        if one.key[:2] == next_one.key[:2] and one.effective_ms > next_one.effective_ms:
            yield f"{next_one} is called before {one} of the same kiosk"


def _is_certainly_before(one: Place, other: Place) -> bool:
    return other.not_before_ms is not None and one.not_after_ms + LONGEST_REQUEST_MS < other.not_before_ms


def _places(world: World) -> Iterator[Place]:
    connection = world.site.disk.connection
    effective = dict(
        connection.execute("SELECT ticket_id, effective_at_ms FROM tickets WHERE site_id = ?", (HALL.id,)).fetchall()
    )
    rows = connection.execute(
        "SELECT raw, not_before_ms, not_after_ms FROM events WHERE site_id = ? ORDER BY origin, incarnation, sequence",
        (HALL.id,),
    )
    for raw, not_before, not_after in rows.fetchall():
        event = decode(bytes(raw))
        if not isinstance(event, Event) or event.type != TICKET_ISSUED or not_after is None:
            continue
        key = Key(event.origin, event.incarnation, event.sequence)
        ticket_id = event.body["ticket_id"]
        if ticket_id in effective and key in world.promises.written_ms:
            group = (event.body["service_day"], event.body["queue_code"], event.body["is_priority"])
            written = world.promises.written_ms[key]
            yield Place(key, ticket_id, group, written, not_before, not_after, effective[ticket_id])
