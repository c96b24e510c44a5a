"""How many took a number for each queue, and how many of them wait there: a visitor counts once, however many stops."""

from collections.abc import Collection, Mapping
from itertools import groupby
from typing import Final

from sqlalchemy import Connection, bindparam, func, select

from kiosk.domain.ticket import StopState
from server.database import Upsert
from server.schema import queues, stops

Line = tuple[str, str]
"""(service day, queue)."""

WAITS: Final = (StopState.WAITING.value, StopState.PENDING.value)
"""Of a stop whose visitor waits there."""

_KEY: Final = ["site_id", "service_day", "queue_code"]
_ADDED: Final = Upsert(
    queues,
    lambda new: new.on_conflict_do_update(
        index_elements=_KEY,
        set_={"issued": queues.c.issued + new.excluded.issued, "waiting": queues.c.waiting + new.excluded.waiting},
    ),
)
_COUNTED: Final = Upsert(
    queues, lambda new: new.on_conflict_do_update(index_elements=_KEY, set_={"waiting": new.excluded.waiting})
)
_WAITING: Final = (
    select(stops.c.queue_code, func.count(stops.c.ticket_id.distinct()))
    .where(
        stops.c.site_id == bindparam("of_site"),
        stops.c.service_day == bindparam("of_day"),
        stops.c.queue_code.in_(bindparam("codes", expanding=True)),
        stops.c.state.in_(WAITS),
    )
    .group_by(stops.c.queue_code)
)
"""Built once: SQLAlchemy takes longer to build a statement than SQLite to carry it out."""


def count_issued(connection: Connection, site_id: str, issued: Mapping[Line, int]) -> None:
    """Adds those who took a number, and now wait."""
    rows = [
        {"site_id": site_id, "service_day": day, "queue_code": code, "issued": count, "waiting": count}
        for (day, code), count in sorted(issued.items())
    ]
    if rows:
        _ADDED.execute(connection, rows)


def count_waiting(connection: Connection, site_id: str, lines: Collection[Line]) -> None:
    """Anew, from the stops as they are."""
    rows = []
    for day, of_day in groupby(sorted(lines), key=lambda line: line[0]):
        codes = [code for _, code in of_day]
        these = {"of_site": site_id, "of_day": day, "codes": codes}
        found = {row[0]: row[1] for row in connection.execute(_WAITING, these)}
        key = {"site_id": site_id, "service_day": day, "issued": 0}
        rows += [key | {"queue_code": code, "waiting": found.get(code, 0)} for code in codes]
    if rows:
        _COUNTED.execute(connection, rows)
