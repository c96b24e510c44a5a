"""Taking a batch in: judge the envelopes, keep the exact bytes, project them; all in one transaction.

The key (site, origin, incarnation, sequence) makes it idempotent for ever: no window of time, no memory of requests.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, bindparam, insert, select, update

from kiosk.domain.events import NO_EVENT, Event, LogHead, Malformed, broken_link, decode, digest, encode
from kiosk.sync.wire import ProblemCode
from server.database import insert_many, lock_site
from server.effective_time import brackets
from server.forks import ForkKind, record_fork
from server.parked import Arrival
from server.projection import project
from server.schema import events, incarnations
from server.tallies import Tally, count

_KEY: Final = ("site_id", "origin", "incarnation")
_HEAD: Final = select(incarnations.c.sequence, incarnations.c.hash).where(
    *(incarnations.c[name] == bindparam(name) for name in _KEY)
)
_ADVANCE: Final = (
    update(incarnations)
    .where(*(incarnations.c[name] == bindparam(f"of_{name}") for name in _KEY))
    .values(sequence=bindparam("sequence"), hash=bindparam("hash"))
)


@dataclass(frozen=True, slots=True)
class Refusal:
    code: ProblemCode
    detail: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """`sequence`: the last one now held of `incarnation`, 0 if none. `refusal`: why the rest was not taken.

    `fork`: a second history showed itself; recorded. `parked`: events that could not be projected.
    """

    incarnation: str | None
    sequence: int = 0
    accepted: int = 0
    duplicates: int = 0
    refusal: Refusal | None = None
    fork: ForkKind | None = None
    parked: int = 0


@dataclass(frozen=True, slots=True)
class _Offered:
    raw: bytes
    hash: str
    event: Event

    @property
    def head(self) -> LogHead:
        return LogHead(self.event.incarnation, self.event.sequence, self.hash)


def ingest(  # noqa: PLR0913  # each of them is one word of "who brings what, where and when"
    connection: Connection, site_id: str, origin: str, batch: Sequence[bytes], now_ms: int, *, own: bool = False
) -> Receipt:
    """Takes the longest prefix of `batch` that continues what is held. Durable once the transaction is.

    `own`: `origin` is this server itself.
    """
    offered, refusal = _read(batch, origin)
    if not offered:
        return Receipt(None, refusal=refusal)
    lock_site(connection, site_id)
    incarnation = offered[0].event.incarnation
    chain = _Chain(connection, site_id, origin, incarnation)
    head = chain.head()
    held = 0 if head is None else head.sequence
    repeated = [one for one in offered if one.event.sequence <= held]
    if stranger := _contradiction(repeated, chain.hashes(repeated)):
        key = (site_id, origin, incarnation, stranger.event.sequence)
        record_fork(connection, ForkKind.SAME_KEY, key, (stranger.hash, stranger.raw), now_ms)
        refusal = Refusal(ProblemCode.FORK, f"event {stranger.event.sequence} is not the one held here")
        return Receipt(incarnation, held, refusal=refusal, fork=ForkKind.SAME_KEY)
    fresh, misfit = _continuing(offered[len(repeated) :], head)
    if not fresh:
        return Receipt(incarnation, held, 0, len(repeated), misfit or refusal)
    sequence = fresh[-1].event.sequence
    bounds = brackets(connection, (site_id, origin, incarnation), range(held + 1, sequence + 1), now_ms)
    arrivals = [Arrival(one.event, now_ms, bound) for one, bound in zip(fresh, bounds, strict=True)]
    fork = chain.store(fresh, head, arrivals)
    parked = project(connection, site_id, arrivals, origin if own else None)
    return Receipt(incarnation, sequence, len(fresh), len(repeated), misfit or refusal, fork, parked)


def _read(batch: Sequence[bytes], origin: str) -> tuple[Sequence[_Offered], Refusal | None]:
    """The events up to the first that cannot be one of this batch."""
    offered: list[_Offered] = []
    for line, raw in enumerate(batch, start=1):
        event = _canonical(raw)
        if isinstance(event, Malformed):
            return offered, Refusal(ProblemCode.MALFORMED, f"line {line}: {event.reason}")
        if event.origin != origin:
            return offered, Refusal(ProblemCode.FOREIGN_ORIGIN, f"line {line} is of origin {event.origin}")
        if offered:
            before = offered[-1].event
            if (event.incarnation, event.sequence) != (before.incarnation, before.sequence + 1):
                return offered, Refusal(ProblemCode.MALFORMED, f"line {line} does not follow the line before it")
        offered.append(_Offered(raw, digest(raw), event))
    return offered, None


def _canonical(raw: bytes) -> Event | Malformed:
    """Only canonical JSON, so that no two readers can find different keys in the same bytes."""
    event = decode(raw)
    if isinstance(event, Malformed):
        return event
    try:
        return event if encode(event) == raw else Malformed("not written canonically")
    except (ValueError, RecursionError):
        return Malformed("holds what canonical JSON cannot say")


def _contradiction(repeated: Sequence[_Offered], held: Mapping[int, str]) -> _Offered | None:
    """What was pruned here can contradict nothing any more."""
    return next((one for one in repeated if held.get(one.event.sequence, one.hash) != one.hash), None)


def _continuing(offered: Sequence[_Offered], head: LogHead | None) -> tuple[Sequence[_Offered], Refusal | None]:
    """The events that the chain goes on with, up to the first that does not fit."""
    last = head
    for taken, one in enumerate(offered):
        expected = 1 if last is None else last.sequence + 1
        if one.event.sequence != expected:
            return offered[:taken], Refusal(ProblemCode.GAP, f"event {expected} is expected next")
        if fault := broken_link(one.event, last):
            return offered[:taken], Refusal(ProblemCode.CHAIN, f"event {expected} {fault}")
        last = one.head
    return offered, None


class _Chain:
    """One incarnation's rows."""

    def __init__(self, connection: Connection, site_id: str, origin: str, incarnation: str) -> None:
        self._connection = connection
        self._key = {"site_id": site_id, "origin": origin, "incarnation": incarnation}

    def head(self) -> LogHead | None:
        row = self._connection.execute(_HEAD, self._key).one_or_none()
        return None if row is None else LogHead(self._key["incarnation"], row.sequence, row.hash)

    def hashes(self, repeated: Sequence[_Offered]) -> Mapping[int, str]:
        if not repeated:
            return {}
        first, last = repeated[0].event.sequence, repeated[-1].event.sequence
        query = select(events.c.sequence, events.c.hash).where(
            *(events.c[name] == value for name, value in self._key.items()), events.c.sequence.between(first, last)
        )
        return {row.sequence: row.hash for row in self._connection.execute(query)}

    def store(self, fresh: Sequence[_Offered], head: LogHead | None, arrivals: Sequence[Arrival]) -> ForkKind | None:
        now_ms = arrivals[0].received_at_ms
        rows = [
            {
                **self._key,
                "sequence": one.event.sequence,
                "hash": one.hash,
                "raw": one.raw,
                "received_at_ms": now_ms,
                "not_before_ms": arrival.bracket.not_before_ms,
                "not_after_ms": arrival.bracket.not_after_ms,
            }
            for one, arrival in zip(fresh, arrivals, strict=True)
        ]
        insert_many(self._connection, events, rows)
        new_head = {"sequence": fresh[-1].event.sequence, "hash": fresh[-1].hash}
        if head is not None:
            of_this = {f"of_{name}": value for name, value in self._key.items()}
            self._connection.execute(_ADVANCE, of_this | new_head)
            return None
        fork = self._sibling(fresh[0], now_ms)
        parent = {"parent_hash": fresh[0].event.previous, "begun_at_ms": now_ms}
        self._connection.execute(insert(incarnations).values(self._key | new_head | parent))
        count(self._connection, self._key["site_id"], Tally.INCARNATIONS, {"": 1})
        return fork

    def _sibling(self, first: _Offered, now_ms: int) -> ForkKind | None:
        """Whether another incarnation already continues the same event: a disk was cloned or restored."""
        parent_hash = first.event.previous
        if parent_hash == NO_EVENT:
            return None
        query = select(incarnations.c.incarnation).where(
            incarnations.c.site_id == self._key["site_id"],
            incarnations.c.origin == self._key["origin"],
            incarnations.c.parent_hash == parent_hash,
        )
        if self._connection.execute(query).first() is None:
            return None
        key = (self._key["site_id"], self._key["origin"], self._key["incarnation"], first.event.sequence)
        record_fork(self._connection, ForkKind.SAME_PARENT, key, (first.hash, None), now_ms)
        return ForkKind.SAME_PARENT
