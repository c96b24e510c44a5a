"""Events per second that central takes in, through its real HTTP server, beside what the bare database takes; and how
long hello takes when 300 sites come back at the same moment.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import click

from bench.bare_databases import bare_database, events_per_second, read_batches
from bench.fleet import admit_fleet, greet_all, send_all, sender_process, write_model_log
from bench.measurement import Budget, Measurement
from bench.postgresql import Cluster, NoPostgresError, running_cluster
from kiosk.errors import KioskError
from kiosk.paths import is_frozen
from server.run import Server
from server.settings import Role, ServerSettings

TICKETS: Final = 1000
"""Of each site, and so about 2,000 events."""
SITES: Final = 8
"""That send at the same time."""
ROUNDS: Final = 5
RETURNING: Final = 300
STORMS: Final = 3

_AT_LEAST: Final = Budget("p50", 5000, at_least=True)
_OF_COPY: Final = Budget("ratio", 0.2, at_least=True)
"""Of what COPY does with the same rows. SQLite knows no COPY: there the ratio is only shown."""


def measure() -> Sequence[Measurement]:
    if is_frozen():
        raise KioskError("Ingest is measured from a source tree: run `giliran bench ingest` there.")
    model = write_model_log(TICKETS)
    measured: list[Measurement] = []
    with sender_process() as sender:
        with TemporaryDirectory() as folder:
            measured += _measure_on("SQLite", Path(folder), None, sender, model)
        with TemporaryDirectory() as folder, _postgresql() as cluster:
            if cluster is not None:
                measured += _measure_on("PostgreSQL", Path(folder), cluster, sender, model)
    return measured


@contextmanager
def _postgresql() -> Iterator[Cluster | None]:
    """One of our own on this machine's disk, with fsync as ever; None where there is none to start."""
    try:
        with running_cluster() as cluster:
            yield cluster
    except NoPostgresError:
        yield None


def _measure_on(
    name: str, folder: Path, cluster: Cluster | None, sender: ProcessPoolExecutor, model: Sequence[bytes]
) -> Sequence[Measurement]:
    """Rounds of the server and of the bare database alternate, so that whatever else the machine does hits both."""
    rounds = [[f"site-{number}-{site}" for site in range(SITES)] for number in range(ROUNDS + 1)]
    returning = [f"returning-{number}" for number in range(RETURNING)]
    taken: list[float] = []
    bare: list[float] = []
    urls = (None, None) if cluster is None else (cluster.create("central"), cluster.create("bare"))
    with (
        Server(ServerSettings(Role.CENTRAL, folder / "central", urls[0])) as server,
        bare_database(folder / "bare", urls[1]) as database,
    ):
        for sites in rounds:
            admit_fleet(server.node, sites)
            seconds = sender.submit(send_all, server.url, sites, model).result()
            with server.node.database.reading() as connection:
                batches = [batch for site_id in sites for batch in read_batches(connection, site_id)]
            taken.append(len(model) * SITES / seconds)
            bare.append(events_per_second(database, batches))
        admit_fleet(server.node, returning)
        storms = [sender.submit(greet_all, server.url, returning, model).result() for _ in range(STORMS)]
    for reason, count in Counter(reason for storm in storms for reason in storm.failures).items():
        click.echo(f"{name}, hello: {count} x {reason}", err=True)
    budgets = (_AT_LEAST,) if cluster is None else (_AT_LEAST, _OF_COPY)
    waits = [milliseconds for storm in storms for milliseconds in storm.milliseconds]
    failures = [len(storm.failures) for storm in storms]
    return (
        Measurement(f"ingest, {name} / bare", "events/s", taken[1:], bare[1:], budgets),
        Measurement(f"{RETURNING} hellos at once, {name}", "ms", waits, budgets=(Budget("p95", 2000),)),
        Measurement(f"of them failed, {name}", "n", failures, budgets=(Budget("max", 0),)),
    )
