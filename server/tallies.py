"""What has come to pass at each site, counted as it came: it only rises, whatever is pruned or built again later.

So that whoever asks for the sums now and then (server/metrics.py) makes nobody count millions of rows.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection, delete, insert, select

from server.database import Upsert
from server.schema import tallies

_RAISE: Final = Upsert(
    tallies,
    lambda new: new.on_conflict_do_update(
        index_elements=["site_id", "tally", "kind"], set_={"total": tallies.c.total + new.excluded.total}
    ),
)


class Tally(StrEnum):
    """What is counted, and what its kinds are."""

    TICKETS_ISSUED = "tickets_issued"
    """By series, as a number."""
    PRINT_VERDICTS = "print_verdicts"
    """By verdict, one for each slip."""
    INCARNATIONS = "incarnations"
    """Starts of programs that write a log. One kind, without a name."""


def count(connection: Connection, site_id: str, tally: Tally, kinds: Mapping[str, int]) -> None:
    """Adds so many of each kind, within the caller's transaction."""
    rows = [{"site_id": site_id, "tally": tally, "kind": kind, "total": kinds[kind]} for kind in sorted(kinds)]
    if rows:
        _RAISE.execute(connection, rows)


@contextmanager
def uncounted(connection: Connection, site_id: str) -> Iterator[None]:
    """Whatever is projected in here was counted when it came."""
    of_site = tallies.c.site_id == site_id
    before = [dict(row._mapping) for row in connection.execute(select(tallies).where(of_site))]  # noqa: SLF001  # public by its documentation
    yield
    connection.execute(delete(tallies).where(of_site))
    if before:
        connection.execute(insert(tallies), before)
