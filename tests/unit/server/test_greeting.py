"""Which heads a hello is answered with, when an origin has had more incarnations than one answer tells unasked."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import insert

from kiosk.clock import SystemClock
from kiosk.sync.wire import Head, Hello
from server.database import Database, open_database
from server.greeting import MAX_FORGOTTEN, held_heads
from server.schema import incarnations
from server.settings import Role
from tests.paired_kiosk import SITE
from tests.postgresql import settings_on

ORIGIN = "0" * 16
HELD = 250


@pytest.fixture
def database(tmp_path: Path, database_url: str | None) -> Iterator[Database]:
    """Holds so many incarnations of one origin, the one with the highest number came last."""
    database = open_database(settings_on(tmp_path, database_url, Role.CENTRAL), SystemClock())
    facts = {"origin": ORIGIN, "sequence": 7, "hash": "a" * 64, "parent_hash": "0" * 64}
    with database.writing() as connection:
        rows = [facts | {"site_id": SITE, "incarnation": name(number), "begun_at_ms": number} for number in range(HELD)]
        strange = [row | {"site_id": "other-hall", "incarnation": "f" * 16} for row in rows[:1]]
        connection.execute(insert(incarnations), [*rows, *strange])
    yield database
    database.close()


def name(number: int) -> str:
    """So that their order is neither that of their coming nor the reverse."""
    return f"{number * 7919 % 65536:016x}"


def told(database: Database, numbers: Sequence[int]) -> list[str]:
    heads = tuple(Head(incarnation=name(number), sequence=7, hash="a" * 64) for number in numbers)
    with database.reading() as connection:
        return [head.incarnation for head in held_heads(connection, SITE, Hello(origin=ORIGIN, heads=heads))]


@pytest.mark.parametrize(
    "named", [(), (HELD - 1,), (3,), (HELD - 2, 0, 60, HELD + 5), tuple(range(0, HELD, 2)), tuple(range(HELD))]
)
def test_all_that_were_named_are_told_and_the_newest_of_the_others(database: Database, named: Sequence[int]) -> None:
    held = sorted((number for number in named if number < HELD), reverse=True)
    others = [number for number in reversed(range(HELD)) if number not in named]
    assert told(database, named) == [name(number) for number in (*held, *others[:MAX_FORGOTTEN])]
