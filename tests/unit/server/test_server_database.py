from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from kiosk.clock import SystemClock
from kiosk.errors import StoreCorruptError, StoreError, StoreTooNewError
from server.database import FILE_NAME, Database, open_database
from server.schema import metadata
from server.settings import Role, ServerSettings


def opened(folder: Path) -> Database:
    return open_database(ServerSettings(Role.SITE, folder), SystemClock())


def test_migrations_make_exactly_the_schema(tmp_path: Path) -> None:
    database = opened(tmp_path)
    with database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        tables = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'table'").all()
    database.close()
    assert {name for name, sql in tables if not sql.rstrip().endswith("STRICT")} == {"alembic_version"}


def test_every_key_of_the_log_leads_with_the_site() -> None:
    """So the same tables can be spread over many machines by site. The two left are of the server, one row each."""
    leading = {table.name: next(iter(table.primary_key)).name for table in metadata.sorted_tables}
    assert {name for name, column in leading.items() if column != "site_id"} == {"server_epoch", "owners"}


def test_what_visitors_hold_is_for_its_owner_alone(tmp_path: Path) -> None:
    database = opened(tmp_path)
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.glob(f"{FILE_NAME}*")}
    database.close()
    assert modes == dict.fromkeys((FILE_NAME, f"{FILE_NAME}-wal", f"{FILE_NAME}-shm"), 0o600)


def test_commits_survive_a_power_cut(tmp_path: Path) -> None:
    database = opened(tmp_path)
    for session in (database.reading, database.writing):
        with session() as connection:
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2
    database.close()


def test_opening_again_keeps_the_epoch(tmp_path: Path) -> None:
    for _ in range(2):
        database = opened(tmp_path)
        assert database.epoch() == 1
        database.close()


def test_database_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    database = opened(tmp_path)
    with database.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    with pytest.raises(StoreTooNewError, match="newer version"):
        opened(tmp_path)


def test_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"not a database, whatever its name says" * 100)
    with pytest.raises(StoreCorruptError):
        opened(tmp_path)


def test_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be made"):
        opened(tmp_path / "file" / "data")


def test_other_databases_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="postgresql"):
        open_database(ServerSettings(Role.CENTRAL, tmp_path, "mysql://somewhere/giliran"), SystemClock())
