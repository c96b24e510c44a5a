"""N10: a backbone was cut, and 300 sites come back at the same moment."""

from pathlib import Path

import pytest

from bench.fleet import admit_fleet, greet_all, sender_process, write_model_log
from server.run import Server
from server.settings import Role, ServerSettings
from tests.postgresql import database_of

pytestmark = pytest.mark.usefixtures("on_both_databases")


def test_n10_all_sites_that_return_at_once_are_answered(tmp_path: Path) -> None:
    """None is refused, none runs out of time (how soon: `giliran bench ingest`); from one process of their own."""
    sites = [f"hall-{number}" for number in range(300)]
    settings = ServerSettings(Role.CENTRAL, tmp_path, database_of(tmp_path))
    with Server(settings) as central, sender_process() as sender:
        admit_fleet(central.node, sites)
        greetings = sender.submit(greet_all, central.url, sites, write_model_log(tickets=20)).result()
    assert greetings.failures == []
    assert len(greetings.milliseconds) == len(sites)
