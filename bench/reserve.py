"""Numbers that one site server gives to 16 kiosks at once, each a process of its own, beside bare durable commits."""

import multiprocessing
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import psycopg
from pysqlite3 import dbapi2
from sqlalchemy import func, select

from bench.measurement import Budget, Measurement
from bench.number_takers import SITE, START_WITHIN_S, Took, kiosk_of, take_numbers
from bench.postgresql import NoPostgresError, running_cluster
from kiosk.errors import KioskError
from kiosk.paths import is_frozen, own_command
from server.devices import DeviceRecord
from server.enrolment import admit
from server.node import open_node
from server.run import ADDRESS_FILE
from server.schema import reservations
from server.settings import Role, ServerSettings

if TYPE_CHECKING:
    from multiprocessing.queues import Queue

CLIENTS: Final = 16
COUNT: Final = 24_000
"""On each database; `--count 100000` is the budget's."""
COMMITS: Final = 1000


_FAST_ENOUGH: Final = Budget("p99", 20)
_MANY_ENOUGH: Final = Budget("p50", 1000, at_least=True)
_NONE: Final = Budget("max", 0)


def measure(count: int = COUNT) -> Sequence[Measurement]:
    """`count`: numbers to reserve on each database."""
    if is_frozen():
        raise KioskError("Reservations are measured from a source tree: run `giliran bench reserve` there.")
    with TemporaryDirectory() as folder:
        measured = _measure_on("SQLite", Path(folder), None, count)
    try:
        with running_cluster() as cluster, TemporaryDirectory() as folder:
            measured += _measure_on("PostgreSQL", Path(folder), cluster.create("site"), count)
    except NoPostgresError:
        pass  # only SQLite is measured where there is no other
    return measured


def _measure_on(name: str, folder: Path, url: str | None, count: int) -> list[Measurement]:
    settings = ServerSettings(Role.SITE, folder / "server", url)
    _let_in(settings)
    with _server(settings) as address:
        took = _clients(address, count // CLIENTS)
    given = [number for one in took for number in one.numbers]
    seconds = max(one.ended_at for one in took) - min(one.begun_at for one in took)
    bare = _bare_commits(folder / "bare.db", url)
    return [
        Measurement(
            f"reserve, {CLIENTS} clients, {name} / bare commit",
            "ms",
            [sample for one in took for sample in one.milliseconds],
            bare,
            (_FAST_ENOUGH,),
        ),
        Measurement(
            f"reservations, {name} / bare commits",
            "1/s",
            [len(given) / seconds],
            [1000 * len(bare) / sum(bare)],
            (_MANY_ENOUGH,),
        ),
        Measurement(
            f"numbers given twice, {name}", "n", [len(given) - min(len(set(given)), _kept(settings))], budgets=(_NONE,)
        ),
    ]


def _let_in(settings: ServerSettings) -> None:
    node = open_node(settings)
    for number in range(1, CLIENTS + 1):
        kiosk = kiosk_of(number)
        letter = chr(ord("A") + number - 1)
        admit(node, DeviceRecord(kiosk.device_id, kiosk.public_key, SITE, number, letter, f"Anjungan {number}"))
    node.close()


@contextmanager
def _server(settings: ServerSettings) -> Iterator[str]:
    command = [*own_command(), "server", "--role", "site", "--data", str(settings.data_dir), "--listen", "127.0.0.1:0"]
    if settings.database is not None:
        command += ["--database", settings.database]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603  # our own program
        try:
            assert server.stdout is not None  # noqa: S101  # a pipe was asked for
            if not server.stdout.readline():  # it says where it listens
                raise KioskError("The site server did not start: its words stand above.")
            yield (settings.data_dir / ADDRESS_FILE).read_text()
        finally:
            server.terminate()


def _clients(url: str, count: int) -> Sequence[Took]:
    """All of them begin at the same moment, with everything signed. Raises KioskError where one got no number."""
    context = multiprocessing.get_context("spawn")
    ready = context.Barrier(CLIENTS)
    results: Queue[Any] = context.Queue()
    clients = [
        context.Process(target=take_numbers, args=(url, n, count, ready, results)) for n in range(1, CLIENTS + 1)
    ]
    for client in clients:
        client.start()
    took = [results.get(timeout=START_WITHIN_S + count) for _ in clients]
    for client in clients:
        client.join()
    failure = next((one for one in took if isinstance(one, str)), None)
    if failure is not None:
        raise KioskError(f"A client got no number: {failure}.")
    return took


def _kept(settings: ServerSettings) -> int:
    """How many different numbers the database knows."""
    node = open_node(settings)
    label = select(reservations.c.service_day, reservations.c.queue_code, reservations.c.number).distinct().subquery()
    with node.database.reading() as connection:
        kept = connection.execute(select(func.count()).select_from(label)).scalar_one()
    node.close()
    return int(kept)


def _bare_commits(file: Path, url: str | None) -> Sequence[float]:
    """Milliseconds of single rows of the same size, each durable on the same disk before the next."""
    row = ("bench", "0123456789abcdef", "2026-11-23", "D", 12345, "0123456789abcdef", 1_790_000_000_000)
    columns = "site text, ticket text, day text, queue text, number bigint, device text, at_ms bigint"
    if url is not None:
        with psycopg.connect(url, autocommit=True) as postgres:
            postgres.execute(f"CREATE TABLE bare ({columns})")
            return _timed(lambda: postgres.execute("INSERT INTO bare VALUES (%s, %s, %s, %s, %s, %s, %s)", row))
    sqlite = dbapi2.connect(str(file), isolation_level=None)
    try:
        sqlite.execute("PRAGMA journal_mode=WAL")
        sqlite.execute("PRAGMA synchronous=FULL")
        sqlite.execute(f"CREATE TABLE bare ({columns})")
        return _timed(lambda: sqlite.execute("INSERT INTO bare VALUES (?, ?, ?, ?, ?, ?, ?)", row))
    finally:
        sqlite.close()


def _timed(commit: Callable[[], object]) -> Sequence[float]:
    samples = []
    for _ in range(COMMITS):
        begun = time.perf_counter()
        commit()
        samples.append((time.perf_counter() - begun) * 1000)
    return samples
