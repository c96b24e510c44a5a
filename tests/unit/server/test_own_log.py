"""A server's own chain, over restarts and whatever its clock did meanwhile."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from kiosk.clock import FakeClock
from kiosk.domain.events import DAY_OPENED
from server.node import open_node
from server.schema import events, forks
from tests.paired_kiosk import SITE
from tests.postgresql import database_of, settings_on
from tests.small_hall import MONDAY_10_00

pytestmark = pytest.mark.usefixtures("on_both_databases")


def test_restarts_continue_one_chain_though_the_clock_was_set_back(tmp_path: Path) -> None:
    """The second start writes at times before those of the first: what came last is told by the events themselves."""
    clock = FakeClock(MONDAY_10_00)
    for start in range(4):
        node = open_node(settings_on(tmp_path, database_of(tmp_path)), clock)
        with node.database.writing() as connection:
            body = {"service_day": f"2026-11-{23 + start}", "clock_trusted": True}
            node.own_log.append(connection, SITE, DAY_OPENED, body)
        with node.database.reading() as connection:
            written = connection.execute(select(func.count()).select_from(events)).scalar_one()
            found = connection.execute(select(forks.c.kind)).scalars().all()
        node.close()
        assert (written, found) == (2 * (start + 1), [])
        clock.jump(MONDAY_10_00 - timedelta(minutes=4) + timedelta(seconds=start))
