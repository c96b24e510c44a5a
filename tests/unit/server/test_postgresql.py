"""What only PostgreSQL does: refuse to start unsafe, keep turns, come back after a lost connection."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from kiosk.clock import SystemClock
from server.database import open_database
from server.schema import metadata
from tests.postgresql import settings_on


def test_migrations_make_exactly_the_schema(tmp_path: Path, postgresql_url: str) -> None:
    database = open_database(settings_on(tmp_path, postgresql_url), SystemClock())
    with database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    assert database.epoch() == 1
    database.close()
