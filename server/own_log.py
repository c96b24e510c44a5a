"""What a server itself has to say: days opened, devices let in and shut out. An origin like any other, in the same log.

One chain per site, because a site's log is complete in itself and is relayed to the nation as a whole.
"""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Connection, Row, and_, select

from kiosk.domain import hlc
from kiosk.domain.event_bodies import node_started
from kiosk.domain.events import NO_EVENT, NODE_STARTED, Event, LogHead, decode, digest, encode
from kiosk.trusted_clock import TrustedClock
from kiosk.version import VERSION
from server.database import lock_site
from server.ingest import ingest
from server.schema import events, incarnations

_LAST: Final = select(events.c.incarnation, events.c.sequence, events.c.hash, events.c.raw)
_IS_HEAD: Final = and_(
    *(incarnations.c[name] == events.c[name] for name in ("site_id", "origin", "incarnation", "sequence"))
)


class OwnLog:
    """Thread-safe as far as its database is: it remembers nothing. `incarnation`: 16 hex digits, new at every start."""

    def __init__(self, origin: str, incarnation: str, clock: TrustedClock) -> None:
        self.origin = origin
        self.incarnation = incarnation
        self._clock = clock

    def append(self, connection: Connection, site_id: str, event_type: str, body: Mapping[str, Any]) -> None:
        """Written, projected and durable with the caller's transaction. The site's others wait for its end."""
        lock_site(connection, site_id)
        head, stamp = self._head(connection, site_id)
        if head is None or head.incarnation != self.incarnation:
            started = node_started(head, VERSION, clock_trusted=self._clock.read().is_trusted)
            head, stamp = self._write(connection, site_id, (head, stamp), NODE_STARTED, started)
        self._write(connection, site_id, (head, stamp), event_type, body)

    def _write(
        self,
        connection: Connection,
        site_id: str,
        after: tuple[LogHead | None, int],
        event_type: str,
        body: Mapping[str, Any],
    ) -> tuple[LogHead, int]:
        head, stamp = after
        now = self._clock.read().at
        continues = head is not None and head.incarnation == self.incarnation
        event = Event(
            origin=self.origin,
            incarnation=self.incarnation,
            sequence=head.sequence + 1 if head is not None and continues else 1,
            hlc=hlc.to_hex(hlc.next_stamp(stamp, now)),
            type=event_type,
            version=1,
            body=body,
            previous=NO_EVENT if head is None else head.hash,
        )
        raw = encode(event)
        receipt = ingest(connection, site_id, self.origin, [raw], hlc.milliseconds(now), own=True)
        if receipt.refusal is not None:  # two servers write as one, or the log is damaged
            raise RuntimeError(f"this server's own log refuses {event_type}: {receipt.refusal.detail}")
        return LogHead(event.incarnation, event.sequence, digest(raw)), int(event.hlc, 16)

    def _head(self, connection: Connection, site_id: str) -> tuple[LogHead | None, int]:
        """The last event of this start, or else of the one before."""
        own = (events.c.site_id == site_id, events.c.origin == self.origin)
        row = connection.execute(
            _LAST.where(*own, events.c.incarnation == self.incarnation).order_by(events.c.sequence.desc()).limit(1)
        ).first()
        if row is not None:
            return _head_and_stamp(row)
        # Once per start: by the stamps, which never go back, because the clock may have been set back between starts.
        heads = [_head_and_stamp(head) for head in connection.execute(_LAST.join(incarnations, _IS_HEAD).where(*own))]
        return max(heads, key=lambda one: (one[1], one[0].incarnation), default=(None, 0))


def _head_and_stamp(row: Row[str, int, str, bytes]) -> tuple[LogHead, int]:
    return LogHead(row.incarnation, row.sequence, row.hash), _stamp(bytes(row.raw))


def _stamp(raw: bytes) -> int:
    event = decode(raw)
    return int(event.hlc, 16) if isinstance(event, Event) else 0
