"""The databases that server tests run on: SQLite in the test's folder, and a PostgreSQL database of its own.

One cluster for each test process: it starts in less than a second, which is less than any lock would cost.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import make_url

from bench.postgresql import Cluster, NoPostgresError, TemplateDatabases, running_cluster
from kiosk.clock import SystemClock
from server.database import open_database
from server.settings import Role, ServerSettings

DATABASES: Final = ("sqlite", "postgresql")

_fresh_urls: list[Callable[[], str]] = []
"""Where servers of the running test get their databases; empty: SQLite in their folders."""
_url_by_folder: dict[Path, str] = {}
_clusters: list[Cluster] = []


def database_of(server_dir: Path) -> str | None:
    """For `ServerSettings.database`: each folder has one of its own in a test that runs `on_both_databases`."""
    if _fresh_urls and server_dir not in _url_by_folder:
        _url_by_folder[server_dir] = _fresh_urls[-1]()
    return _url_by_folder.get(server_dir)


def copy_server(source: Path, target: Path) -> None:
    """A stopped server's folder and database, over whatever `target` was: a backup, or its return."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)
    urls = [database_of(folder) for folder in (source, target)]
    original, copied = (None if url is None else str(make_url(url).database) for url in urls)
    if original is not None and copied is not None:
        (cluster,) = _clusters
        cluster.drop(copied)
        cluster.create(copied, original)


def remove_server(folder: Path) -> None:
    """The next one that works in this folder begins with an empty database."""
    shutil.rmtree(folder)
    _url_by_folder.pop(folder, None)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Cluster]:
    """A running PostgreSQL, empty."""
    try:
        with running_cluster(in_memory=True) as cluster:
            _clusters.append(cluster)
            yield cluster
            _clusters.clear()
    except NoPostgresError as error:
        if os.environ.get("CI"):
            pytest.fail(str(error))
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def postgresql_databases(postgresql: Cluster, tmp_path_factory: pytest.TempPathFactory) -> TemplateDatabases:
    """Copies of one that was migrated, in its first epoch."""
    url = postgresql.create("migrated")
    folder = tmp_path_factory.mktemp("migrated")
    database = open_database(ServerSettings(Role.SITE, folder, url), SystemClock())
    database.close()
    return TemplateDatabases(postgresql, "migrated")


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """For `ServerSettings.database`, `site_server(database=...)` and so on; None is SQLite."""
    with _fresh(request) as url:
        yield url


@pytest.fixture(scope="module", params=DATABASES)
def module_database_url(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """The same, for a server that all tests of a module share."""
    with _fresh(request) as url:
        yield url


@pytest.fixture(params=DATABASES)
def on_both_databases(request: pytest.FixtureRequest) -> Iterator[None]:
    """Every server that tests.paired_kiosk pairs with, starts or looks into has this test's kind of database.

    For a whole module: `pytestmark = pytest.mark.usefixtures("on_both_databases")`.
    """
    if request.param == "sqlite":
        yield
        return
    databases: TemplateDatabases = request.getfixturevalue("postgresql_databases")
    with ExitStack() as open_databases:
        _fresh_urls.append(lambda: open_databases.enter_context(databases.fresh()))
        yield
        _fresh_urls.clear()
        _url_by_folder.clear()


@pytest.fixture
def postgresql_url(postgresql_databases: TemplateDatabases) -> Iterator[str]:
    """For what only PostgreSQL does."""
    with postgresql_databases.fresh() as url:
        yield url


@contextmanager
def _fresh(request: pytest.FixtureRequest) -> Iterator[str | None]:
    if request.param == "sqlite":
        yield None
        return
    databases: TemplateDatabases = request.getfixturevalue("postgresql_databases")
    with databases.fresh() as url:
        yield url


def settings_on(folder: Path, database: str | None, role: Role = Role.SITE) -> ServerSettings:
    return ServerSettings(role, folder, database)
