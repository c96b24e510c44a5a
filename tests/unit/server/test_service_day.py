"""When a day begins at a site, and by whose word."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from kiosk.clock import FakeClock
from kiosk.domain.events import DAY_CLOSED, DAY_OPENED, Event, decode
from kiosk.domain.service_day import OpenDay
from kiosk.trusted_clock import Reading
from server.node import Node, open_node
from server.schema import closed_days, events, service_days
from server.service_day import LONGEST_CLOSURE, day_due, day_in_force, note_timezone
from tests.lean_kiosk import let_in
from tests.paired_kiosk import SITE
from tests.postgresql import settings_on
from tests.small_hall import MONDAY_10_00

JAKARTA = ZoneInfo("Asia/Jakarta")
SUNDAY, MONDAY, TUESDAY = (date(2026, 11, day) for day in (22, 23, 24))
FAR = MONDAY + LONGEST_CLOSURE + timedelta(days=300)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(MONDAY_10_00)


@pytest.fixture
def node(tmp_path: Path, database_url: str | None, clock: FakeClock) -> Iterator[Node]:
    node = open_node(settings_on(tmp_path, database_url), clock)
    let_in(node)
    yield node
    node.close()


def ensure(node: Node, told: date | None = None, site_id: str = SITE) -> date:
    with node.database.writing() as connection:
        return node.service_days.ensure(connection, site_id, told)


def opened(node: Node) -> list[tuple[str, bool]]:
    """What this server's own log says of days."""
    with node.database.reading() as connection:
        rows = connection.execute(events.select().where(events.c.site_id == SITE).order_by(events.c.sequence)).all()
    written = [decode(bytes(row.raw)) for row in rows]
    return [
        (event.body["service_day"], event.body["clock_trusted"])  # type: ignore[union-attr]  # our own
        for event in written
        if event.type == DAY_OPENED  # type: ignore[union-attr]
    ]


def at(day: date, *, is_trusted: bool = True) -> Reading:
    return Reading(datetime.combine(day, MONDAY_10_00.timetz()), is_trusted)


@pytest.mark.parametrize(
    ("current", "reading", "told", "due"),
    [
        (None, at(MONDAY), None, OpenDay(MONDAY, clock_trusted=True)),
        (None, at(MONDAY), TUESDAY, OpenDay(MONDAY, clock_trusted=True)),
        (None, at(SUNDAY, is_trusted=False), MONDAY, OpenDay(MONDAY, clock_trusted=False)),
        (None, at(SUNDAY, is_trusted=False), None, OpenDay(SUNDAY, clock_trusted=False)),
        (MONDAY, at(MONDAY), None, None),
        (MONDAY, at(MONDAY), TUESDAY, None),  # a kiosk's clock runs ahead: ours decides
        (MONDAY, at(SUNDAY), SUNDAY, None),  # a day never goes back
        (MONDAY, at(TUESDAY), None, OpenDay(TUESDAY, clock_trusted=True)),
        (MONDAY, at(TUESDAY), MONDAY, OpenDay(TUESDAY, clock_trusted=True)),
        (MONDAY, at(TUESDAY, is_trusted=False), None, None),
        (MONDAY, at(MONDAY, is_trusted=False), TUESDAY, OpenDay(TUESDAY, clock_trusted=False)),
        (MONDAY, at(MONDAY, is_trusted=False), SUNDAY, None),
        (MONDAY, at(MONDAY, is_trusted=False), FAR, None),
        (MONDAY, at(MONDAY + timedelta(days=31)), None, OpenDay(MONDAY + timedelta(days=31), clock_trusted=True)),
        (MONDAY, at(MONDAY + timedelta(days=32)), None, None),
        (MONDAY, at(FAR), None, None),  # nobody confirms it
        (MONDAY, at(FAR), TUESDAY, OpenDay(TUESDAY, clock_trusted=False)),
        (MONDAY, at(FAR), FAR, OpenDay(FAR, clock_trusted=True)),  # a hall that was shut for a year
        (MONDAY, at(FAR), FAR - timedelta(days=1), OpenDay(FAR, clock_trusted=True)),
    ],
)
def test_day_that_is_due(current: date | None, reading: Reading, told: date | None, due: OpenDay | None) -> None:
    assert day_due(current, reading, JAKARTA, told) == due


def test_day_is_opened_once_and_told_to_the_nation(node: Node) -> None:
    assert [ensure(node) for _ in range(3)] == [MONDAY] * 3
    assert opened(node) == [("2026-11-23", True)]


def test_day_opens_by_itself_at_three_in_the_morning(node: Node, clock: FakeClock) -> None:
    node.service_days.open_due(node.database)
    clock.jump(MONDAY_10_00 + timedelta(hours=16, minutes=59))
    node.service_days.open_due(node.database)
    assert opened(node) == [("2026-11-23", True)]
    clock.jump(MONDAY_10_00 + timedelta(hours=17))
    for _ in range(2):
        node.service_days.open_due(node.database)
    assert opened(node) == [("2026-11-23", True), ("2026-11-24", True)]


def test_three_in_the_morning_is_the_sites_own(node: Node, clock: FakeClock) -> None:
    """At 17:30 UTC it is 00:30 in Jakarta and 02:30 in Jayapura; at 18:30 it is 03:30 there."""
    with node.database.writing() as connection:
        for site, timezone in ((SITE, "Asia/Jayapura"), ("aceh", "Asia/Jakarta")):
            note_timezone(connection, site, timezone)
            note_timezone(connection, site, "UTC")  # what was said first stays
    clock.jump(datetime(2026, 11, 23, 17, 30, tzinfo=MONDAY_10_00.tzinfo))
    assert (ensure(node), ensure(node, site_id="aceh")) == (MONDAY, MONDAY)
    clock.jump(datetime(2026, 11, 23, 18, 30, tzinfo=MONDAY_10_00.tzinfo))
    assert (ensure(node), ensure(node, site_id="aceh")) == (TUESDAY, MONDAY)


def test_kiosk_from_the_future_opens_no_day_for_the_hall(node: Node) -> None:
    """Its events are kept as they are; whoever asks this server gets the day that it is."""
    ensure(node)
    with node.database.writing() as connection:
        connection.execute(service_days.insert().values(site_id=SITE, service_day=FAR.isoformat(), origin="c" * 16))
    assert ensure(node) == MONDAY
    with node.database.reading() as connection:
        assert node.service_days.in_force(connection, SITE) == MONDAY
    assert opened(node) == [("2026-11-23", True)]


def test_no_day_where_nothing_is_known(node: Node) -> None:
    with node.database.reading() as connection:
        assert day_in_force(connection, "elsewhere") is None


def days(node: Node, event_type: str) -> list[str]:
    with node.database.reading() as connection:
        rows = connection.execute(events.select().where(events.c.site_id == SITE).order_by(events.c.sequence)).all()
    written = [decode(bytes(row.raw)) for row in rows]
    return [event.body["service_day"] for event in written if isinstance(event, Event) and event.type == event_type]


def test_the_day_before_is_closed_where_the_next_one_opens(node: Node, clock: FakeClock) -> None:
    ensure(node)
    assert days(node, DAY_CLOSED) == []
    clock.jump(MONDAY_10_00 + timedelta(days=1))
    assert (ensure(node), ensure(node)) == (TUESDAY, TUESDAY)
    assert days(node, DAY_CLOSED) == ["2026-11-23"], "at once, not by the next chore"
    node.service_days.open_due(node.database)
    assert days(node, DAY_CLOSED) == ["2026-11-23"]
    with node.database.reading() as connection:
        assert connection.execute(closed_days.select()).one().service_day == "2026-11-23"


def test_many_days_that_nobody_closed_are_closed_bit_by_bit(node: Node) -> None:
    """After an upgrade; and where a kiosk has opened the day in force."""
    old = [f"2026-10-{day:02}" for day in range(1, 9)]
    with node.database.writing() as connection:
        for day in (*old, MONDAY.isoformat(), FAR.isoformat()):
            connection.execute(service_days.insert().values(site_id=SITE, service_day=day, origin="c" * 16))
    ensure(node)
    assert days(node, DAY_CLOSED) == []
    for closed in (3, 6, 8, 8):
        node.service_days.open_due(node.database)
        assert sorted(days(node, DAY_CLOSED)) == old[-closed:]


def test_no_day_is_closed_by_a_clock_that_may_lie(node: Node, clock: FakeClock) -> None:
    """A kiosk from the future has opened one."""
    ensure(node)
    with node.database.writing() as connection:
        connection.execute(service_days.insert().values(site_id=SITE, service_day=FAR.isoformat(), origin="c" * 16))
    clock.jump(MONDAY_10_00 - timedelta(days=4000))
    assert not node.trusted_clock.read().is_trusted
    node.service_days.open_due(node.database)
    assert days(node, DAY_CLOSED) == []
