"""Remembering that two histories of one origin exist. Nothing is thrown away; a person judges."""

from enum import StrEnum

from sqlalchemy import Connection, insert, select

from server.schema import forks


class ForkKind(StrEnum):
    SAME_KEY = "same_key"
    SAME_PARENT = "same_parent"


def record_fork(
    connection: Connection,
    kind: ForkKind,
    key: tuple[str, str, str, int],
    offered: tuple[str, bytes | None],
    now_ms: int,
) -> None:
    """`key`: site, origin, incarnation, sequence. `offered`: hash and bytes of the second event. Again is harmless."""
    names = ("site_id", "origin", "incarnation", "sequence")
    values = dict(zip(names, key, strict=True)) | {"offered_hash": offered[0]}
    known = select(forks.c.kind).where(*(forks.c[name] == value for name, value in values.items()))
    if connection.execute(known).first() is None:
        connection.execute(insert(forks).values(**values, kind=kind, offered=offered[1], seen_at_ms=now_ms))
