"""How far the shared series of each queue has come on each day, as this server knows it."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from sqlalchemy import Connection, Select, case, func, select, update

from kiosk.domain.ticket import SHARED_SERIES
from kiosk.sync.wire import SharedNumber
from server.database import Database, upsert
from server.schema import number_series, tickets
from server.service_day import LONGEST_CLOSURE

EVERY_QUEUE: Final = "*"
"""In the place of a queue's code: what holds for every queue of the day, those without a row too."""

MOST_UNHEARD_OF: Final = 5_000
"""More than a hall gives on a day. Who tells of a number further above what is known here is broken or lies: believed,
it would leave the queue without numbers.
"""


def raise_series(connection: Connection, site_id: str, numbers: Iterable[SharedNumber]) -> None:
    """From now on only higher numbers are given there. Who says nothing new costs nothing but a look."""
    for number in numbers:
        _note_highest(connection, site_id, number.service_day.isoformat(), number.queue, number.number)


def news_of(database: Database, site_id: str, numbers: Sequence[SharedNumber]) -> Sequence[SharedNumber]:
    """Those that are higher than what is known here."""
    if not numbers:
        return ()
    with database.reading() as connection:
        query = select(number_series.c.service_day, number_series.c.queue_code, number_series.c.highest).where(
            number_series.c.site_id == site_id,
            number_series.c.service_day.in_({number.service_day.isoformat() for number in numbers}),
        )
        highest = {(row.service_day, row.queue_code): row.highest for row in connection.execute(query)}
    return [one for one in numbers if one.number > highest.get((one.service_day.isoformat(), one.queue), 0)]


def believable(
    connection: Connection, site_id: str, claims: Iterable[SharedNumber], days: Sequence[date]
) -> Sequence[SharedNumber]:
    """Of what a kiosk says is known nowhere here, that which can be true. `days`: what today may be; none: any."""
    return [
        claim
        for claim in claims
        if (not days or any(abs(claim.service_day - day) <= LONGEST_CLOSURE for day in days))
        and claim.number <= _known(connection, site_id, claim) + MOST_UNHEARD_OF
    ]


def _known(connection: Connection, site_id: str, claim: SharedNumber) -> int:
    day = claim.service_day.isoformat()
    given = select(func.max(number_series.c.highest)).where(
        number_series.c.site_id == site_id,
        number_series.c.service_day == day,
        number_series.c.queue_code.in_((claim.queue, EVERY_QUEUE)),
    )
    arrived = select(func.max(tickets.c.number)).where(
        tickets.c.site_id == site_id,
        tickets.c.service_day == day,
        tickets.c.series == SHARED_SERIES,
        tickets.c.queue_code == claim.queue,
    )
    return max(connection.execute(query).scalar_one() or 0 for query in (given, arrived))


def leap(connection: Connection, site_id: str, day: str, by: int) -> None:
    """Every series of the day goes on so many numbers above what was given or has arrived, untouched queues too."""
    _note_highest(connection, site_id, day, EVERY_QUEUE, 0)
    for queue, number in connection.execute(_on_paper(site_id, day)).all():
        _note_highest(connection, site_id, day, queue, number)
    of_the_day = (number_series.c.site_id == site_id, number_series.c.service_day == day)
    connection.execute(update(number_series).where(*of_the_day).values(highest=number_series.c.highest + by))


def _on_paper(site_id: str, day: str) -> Select[str, int]:
    return (
        select(tickets.c.queue_code, func.max(tickets.c.number))
        .where(tickets.c.site_id == site_id, tickets.c.service_day == day, tickets.c.series == SHARED_SERIES)
        .group_by(tickets.c.queue_code)
    )


def _note_highest(connection: Connection, site_id: str, day: str, queue: str, number: int) -> None:
    new = upsert(connection, number_series).values(site_id=site_id, service_day=day, queue_code=queue, highest=number)
    higher = case((new.excluded.highest > number_series.c.highest, new.excluded.highest), else_=number_series.c.highest)
    keys = ["site_id", "service_day", "queue_code"]
    connection.execute(new.on_conflict_do_update(index_elements=keys, set_={"highest": higher}))
