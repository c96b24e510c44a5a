"""The databases that server tests run on: SQLite in the test's folder, and a PostgreSQL database of its own.

One cluster for each test process: it starts in less than a second, which is less than any lock would cost.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from bench.postgresql import Cluster, NoPostgresError, TemplateDatabases, running_cluster
from kiosk.clock import SystemClock
from server.database import open_database
from server.settings import Role, ServerSettings

DATABASES: Final = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Cluster]:
    """A running PostgreSQL, empty."""
    try:
        with running_cluster(in_memory=True) as cluster:
            yield cluster
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
