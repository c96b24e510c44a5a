"""Answering a hello: which of the asker's events are held here, and whether both hold the same ones."""

from collections.abc import Sequence
from typing import Final

import structlog
from sqlalchemy import Connection, Select, bindparam, select

from kiosk.sync.wire import DeviceKind, Head, Hello, ProblemCode, SharedNumber
from server.database import lock_site, milliseconds
from server.devices import KnownDevice
from server.node import Node
from server.number_series import believable, news_of, raise_series
from server.problems import RefusedError
from server.schema import events, incarnations
from server.settings import Role

log = structlog.get_logger(__name__)

MAX_FORGOTTEN: Final = 100
"""Incarnations that the asker does not name: told so many at a time, those that came here last. What a restored disk
has lost is among them; what its origin has pruned is older.
"""


_HEADS: Final = (
    select(incarnations.c.incarnation, incarnations.c.sequence, incarnations.c.hash)
    .where(incarnations.c.site_id == bindparam("site_id"), incarnations.c.origin == bindparam("origin"))
    .order_by(incarnations.c.begun_at_ms.desc(), incarnations.c.incarnation)
)
_NEWEST: Final = _HEADS.limit(bindparam("most"))
"""Built once: every hello asks it."""


def held_heads(connection: Connection, site_id: str, hello: Hello) -> tuple[Head, ...]:
    """Of the incarnations it names, and of some that it does not know any more."""
    names = {head.incarnation for head in hello.heads}
    most = len(names) + MAX_FORGOTTEN
    newest = _heads(connection, _NEWEST, site_id=site_id, origin=hello.origin, most=most)
    named = [head for head in newest if head.incarnation in names]
    forgotten = [head for head in newest if head.incarnation not in names]
    if len(newest) == most and len(named) < len(names):  # older ones may be held, too
        query = _HEADS.where(incarnations.c.incarnation.in_(names))
        named = _heads(connection, query, site_id=site_id, origin=hello.origin)
    return (*named, *forgotten[:MAX_FORGOTTEN])


def check_speaker(device: KnownDevice, origin: str) -> None:
    """A relay speaks for every origin of its site, all others for themselves. Raises RefusedError."""
    if origin != device.device_id and device.kind is not DeviceKind.SITE:
        raise RefusedError(ProblemCode.FOREIGN_ORIGIN, f"{device.device_id} cannot speak for {origin}.")


def contradicted(connection: Connection, site_id: str, hello: Hello, held: Sequence[Head]) -> tuple[Head, ...]:
    """Those of the asker's last events that are held here with another hash."""
    ours = {head.incarnation: head for head in held}
    return tuple(
        theirs
        for theirs in hello.heads
        if _hash_here(connection, site_id, hello.origin, theirs, ours.get(theirs.incarnation))
        not in (None, theirs.hash)
    )


def _heads(connection: Connection, query: Select[str, int, str], **of: str | int) -> list[Head]:
    rows = connection.execute(query, of)
    return [Head(incarnation=row[0], sequence=row[1], hash=row[2]) for row in rows]


def _hash_here(connection: Connection, site_id: str, origin: str, theirs: Head, ours: Head | None) -> str | None:
    """None: not held here."""
    if ours is None or theirs.sequence > ours.sequence:
        return None
    if theirs.sequence == ours.sequence:
        return ours.hash
    query = select(events.c.hash).where(
        events.c.site_id == site_id,
        events.c.origin == origin,
        events.c.incarnation == theirs.incarnation,
        events.c.sequence == theirs.sequence,
    )
    return connection.execute(query).scalar_one_or_none()  # None where it was pruned here


def note_hello(node: Node, device: KnownDevice, hello: Hello) -> None:
    """What a hello tells besides: the epochs it has seen, that it is here, which shared numbers it holds.

    Raises RefusedError where another server has taken over.
    """
    site_id, device_id = device.site_id, device.device_id
    now_ms = milliseconds(node.clock.now())
    node.fences.note(site_id, node.role, hello.server_epoch, device_id, now_ms)
    node.fences.check(site_id)
    if node.role is Role.CENTRAL:
        node.fences.check_relay(site_id, hello.site_epoch, device_id, now_ms)
    is_own = hello.origin == device_id  # a relay knows only its copy of what others wrote
    node.contacts.note(site_id, device_id, hello.heads if is_own else (), is_hello=is_own)
    if node.role is not Role.SITE or device.kind is not DeviceKind.KIOSK:
        return
    news = _believed(node, device, news_of(node.database, site_id, hello.numbers))
    if news:
        with node.database.writing() as connection:
            lock_site(connection, site_id)
            raise_series(connection, site_id, news)
    node.recoveries.heard(site_id, device_id)


def _believed(node: Node, device: KnownDevice, claims: Sequence[SharedNumber]) -> Sequence[SharedNumber]:
    if not claims:
        return ()
    with node.database.reading() as connection:
        days = node.service_days.possible(connection, device.site_id)
        believed = believable(connection, device.site_id, claims, days)
    if len(believed) < len(claims):
        log.warning("numbers_doubted", site=device.site_id, told_by=device.device_id, count=len(claims) - len(believed))
    return believed
